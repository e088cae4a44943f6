"""What programs printed, as lanes: a column a program, and a long log folded to a line.

A notebook shows the same log as a table with the program's name in every row (`zmqlab.run`).
"""

from __future__ import annotations

import re
from html import escape

from web.words import WORDS

LONG = 8
"""Rows that stand open; more are folded."""
LOG = re.compile(
    r'<div class="zl-programs"([^>]*)><table[^>]*><thead><tr>'
    r"<th[^>]*>([^<]*)</th>.*?</thead><tbody>(.*?)</tbody></table></div>",
    re.DOTALL,
)
ROW = re.compile(
    r'<tr><td class="zl-time"[^>]*>([\d.]+) s</td>'
    r'<th scope="row" style="[^"]*?color:([^";]+)[^"]*">([^<]*)</th>'
    r'<td style="([^"]*)">(.*?)</td></tr>'
    r"|<tr><td colspan=[^>]*>([^<]*)</td></tr>",
    re.DOTALL,
)


def lanes(html: str, language: str) -> str:
    """Draw each log in a page as lanes."""
    return LOG.sub(lambda found: _lanes(found, language), html)


def _lanes(found: re.Match[str], language: str) -> str:
    attributes, time, body = found.groups()
    rows = list(ROW.finditer(body))
    if "".join(row[0] for row in rows) != body:
        raise ValueError("a log of programs has rows of another form: see zmqlab.run.programs")
    colours = {row[3]: row[2] for row in rows if row[3]}  # in the order in which they speak
    heads = "".join(
        f'<th scope="col" style="color:{colour}">{name}</th>' for name, colour in colours.items()
    )
    drawn = "".join(_row(row, list(colours)) for row in rows)
    table = (
        f'<div class="zl-programs"{attributes}><table class="log-lanes"><thead><tr>'
        f'<th scope="col">{time}</th>{heads}</tr></thead><tbody>{drawn}</tbody></table></div>'
    )
    if len(rows) <= LONG:
        return table
    summary = escape(WORDS[language]["log"].format(len(rows)))
    return f'<details class="fold fold-log"><summary>{summary}</summary>{table}</details>'


def _row(row: re.Match[str], names: list[str]) -> str:
    seconds, colour, name, style, words, more = row.groups()
    if more is not None:
        return f'<tr><td colspan="{len(names) + 1}">{more}</td></tr>'
    before, after = names.index(name), len(names) - names.index(name) - 1
    quiet = ' class="log-quiet"' if "quiet" in style else ""
    return (
        f'<tr><td class="zl-time">{_time(float(seconds))}</td>{"<td></td>" * before}'
        f'<td data-lane="{name}" style="--lane:{colour}"{quiet}>{words}</td>'
        f"{'<td></td>' * after}</tr>"
    )


def _time(seconds: float) -> str:
    """Write a time as the pictures do: milliseconds below a second.

    >>> _time(0.01234), _time(1.5)
    ('12.3 ms', '1.50 s')
    """
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"
