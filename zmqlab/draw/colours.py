"""The colours of the pictures and of the site: one table, used by SVG, style sheet and plots.

A colour has one meaning and never stands alone: each goes with a shape. Plots have six hues of
their own, which are none of these. All have a contrast of at
least 5.4 on page and on card, in both themes; a test computes it.
"""

from __future__ import annotations

COLOURS: dict[str, tuple[str, str]] = {
    "page": ("#ffffff", "#14181b"),
    "card": ("#f5f7f8", "#1d2327"),
    "text": ("#1c2326", "#e6eaec"),
    "quiet": ("#55626a", "#a3b0b7"),
    "accent": ("#0a6b6b", "#4fd0c4"),
    "waiting": ("#8a5a00", "#f2b84b"),
    "lost": ("#b3202c", "#ff8a8a"),
    "late": ("#1f5fa8", "#7db8f5"),
    "duplicate": ("#7a3fa0", "#cf9df0"),
    "handshake": ("#5b6770", "#9fb0b8"),
    "series-1": ("#4346c2", "#a5a8ff"),
    "series-2": ("#a63e00", "#ffa366"),
    "series-3": ("#2a6a12", "#8fd16a"),
    "series-4": ("#a0196c", "#f58cc4"),
    "series-5": ("#665800", "#d9c84a"),
    "series-6": ("#00638a", "#6cc9f0"),
}
"""Name -> (light, dark). The series tell curves of a plot apart and mean nothing else."""

SERIES = tuple(name for name in COLOURS if name.startswith("series-"))


def var(name: str) -> str:
    """The colour as CSS: the page's variable, and the light value where there is none.

    Parameters
    ----------
    name : str
        A name of `COLOURS`.

    Returns
    -------
    str
        For instance ``var(--zl-lost, #b3202c)``.
    """
    return f"var(--zl-{name}, {COLOURS[name][0]})"


def _declarations(theme: int) -> str:
    return ";".join(f"--zl-{name}:{values[theme]}" for name, values in COLOURS.items())


def css_variables() -> str:
    """Style sheet of the site: the variables, light and dark.

    Returns
    -------
    str
        ``:root`` holds the light values. furo's switch sets ``data-theme`` on the body; "auto"
        follows the system.
    """
    dark = _declarations(1)
    return (
        f":root{{{_declarations(0)}}}\n"
        f'body[data-theme="dark"]{{{dark}}}\n'
        f"@media (prefers-color-scheme: dark)"
        f'{{body:not([data-theme="light"]){{{dark}}}}}\n'
    )


def notebook_style() -> str:
    """A style element for outputs: dark values where Jupyter or VS Code has a dark theme.

    Returns
    -------
    str
        It touches nothing on the site, where the style sheet of `css_variables` rules.
    """
    places = (
        '[data-jp-theme-light="false"] .zl-lang',
        "body.vscode-dark .zl-lang",
    )
    return f"<style>{','.join(places)}{{{_declarations(1)}}}</style>"


def standalone_style() -> str:
    """A style element for an SVG file of its own: dark where the system is dark.

    Returns
    -------
    str
    """
    return f"<style>@media (prefers-color-scheme: dark){{svg{{{_declarations(1)}}}}}</style>"
