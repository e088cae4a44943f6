import re

import pytest

from zmqlab.draw.colours import COLOURS, css_variables, notebook_style, standalone_style, var

MEANINGS = [name for name in COLOURS if name not in ("page", "card")]


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, two):
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "card"])
@pytest.mark.parametrize("name", MEANINGS)
def test_every_colour_can_be_read(name, ground, theme):
    assert contrast(COLOURS[name][theme], COLOURS[ground][theme]) >= 5.4


def test_the_table_is_complete():
    assert " ".join(MEANINGS) == (
        "text quiet accent waiting lost late duplicate handshake "
        "series-1 series-2 series-3 series-4 series-5 series-6"
    )


def test_style_sheet_has_both_themes():
    css = css_variables()
    light, dark, system = css.strip().split("\n")
    assert light.startswith(":root{")
    assert dark.startswith('body[data-theme="dark"]{')
    assert system.startswith('@media (prefers-color-scheme: dark){body:not([data-theme="light"]){')
    for name, (by_day, by_night) in COLOURS.items():
        assert f"--zl-{name}:{by_day}" in light
        assert f"--zl-{name}:{by_night}" in dark
        assert f"--zl-{name}:{by_night}" in system
    assert css.count("{") == css.count("}")


def test_a_colour_has_its_light_value_as_fall_back():
    assert var("lost") == "var(--zl-lost, #b3202c)"


def test_outputs_are_dark_where_jupyter_is():
    assert '[data-jp-theme-light="false"] .zl-lang' in notebook_style()
    assert COLOURS["page"][1] in notebook_style()
    assert re.search(r"prefers-color-scheme: dark\)\{svg\{", standalone_style())
