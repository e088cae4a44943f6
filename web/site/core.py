"""What the page "The core" shows of `purezmq` beyond its text; each is made when the site is built.

``{core-layers}`` draws the packages and who imports whom, from the sources. ``{core-sizes}`` counts
their lines. ``{core-differences}`` and ``{core-absent}`` are the tables of
``web/site/differences.py``, which the tests run. ``{core-speed}`` and
``{core-goals}`` show ``web/tools/bench.csv``, which ``make bench`` writes. What must stay true: no
figure here is written by hand.
"""

from __future__ import annotations

import ast
import csv
import runpy
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx

from web.lessons.cells import imported, really_run
from web.paths import ROOT
from web.site.core_picture import CorePicture, arrow
from web.site.directives import Companion, element, tag, text
from web.tools.bench import AGAINST, FIGURES, GOALS, IMPORT, IMPORT_GOAL, size_text
from web.tools.lines import budgets, lines_of_code, parts, statements
from web.tools.workloads import LIBRARIES, ROWS
from web.words import date
from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.svg import NAME, SMALL, WIDE, Drawing, Form
from zmqlab.words.language import Language, Text

CORE = ROOT / "purezmq"
DIFFERENCES = ROOT / "web" / "site" / "differences.py"


# The sources


class Size(NamedTuple):
    """How much a file holds."""

    statements: int
    lines: int


def sizes(folder: Path = CORE) -> dict[str, dict[str, Size]]:
    """Return for each package, the topmost as "", its files and their sizes."""
    found: dict[str, dict[str, Size]] = {}
    for path in sorted(folder.rglob("*.py")):
        package = path.parent.relative_to(folder).as_posix().removeprefix(".")
        source = path.read_text(encoding="utf-8")
        size = Size(statements(source), lines_of_code(source))
        found.setdefault(package, {})[path.name] = size
    return found


def total(files: Mapping[str, Size]) -> Size:
    """Add the sizes of files."""
    return Size(
        sum(size.statements for size in files.values()), sum(size.lines for size in files.values())
    )


def imports(folder: Path = CORE) -> Counter[tuple[str, str]]:
    """Count for each two layers the import statements of the one that name the other.

    A layer is a package or module right below the folder. What only type checkers import is left
    out.
    """
    found: Counter[tuple[str, str]] = Counter()
    for path in sorted(folder.rglob("*.py")):
        layer = _layer(path.relative_to(folder).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in really_run(tree):
            for module in _modules(node, folder.name):
                top, *rest = module.split(".")
                if top == folder.name and rest and _layer(rest) != layer:
                    found[layer, _layer(rest)] += 1
    return found


def _modules(node: ast.AST, package: str) -> set[str]:
    """Return the modules that a statement imports; of the package itself, what it takes there."""
    whole = (package, f"{package}.compat")
    found = imported(node)
    return {one.path if one.module in whole else one.module for one in found if not one.level}


def _layer(parts: Sequence[str]) -> str:
    """Return the layer of a module: constants and the stand-in are layers of their own."""
    if parts[0] == "compat" and len(parts) > 1 and parts[1] in ("constants", "standin"):
        return parts[1]
    return parts[0]


class Layers(Picture):
    """The packages of `purezmq`, their sizes, and an arrow from each to those that it imports."""

    title = Text(en="The layers, from the import statements", ko="import 문으로 그린 계층")
    meanings: ClassVar = {
        "asyncio": Text(
            en="sockets, sessions, contexts: all that waits",
            ko="소켓, 세션, 컨텍스트: 기다리는 일은 모두 여기에",
        ),
        "wire": Text(en="bytes in, events out", ko="바이트를 받아 이벤트로"),
        "transport": Text(en="streams of bytes", ko="바이트 스트림"),
        "patterns": Text(en="who gets the message", ko="누구에게 보낼지 결정"),
        "compat": Text(en="what pyzmq also has", ko="pyzmq의 나머지 기능"),
    }  # fmt: skip
    places: ClassVar = {
        "asyncio": (0, 0, 640),
        "patterns": (0, 148, 150),
        "wire": (163, 148, 150),
        "transport": (326, 148, 150),
        "compat": (490, 148, 150),
    }
    height = 84

    def __init__(self, arrows: Counter[tuple[str, str]], files: dict[str, dict[str, Size]]) -> None:
        self.arrows = {pair: n for pair, n in arrows.items() if set(pair) <= set(self.places)}
        self.counts = {name: total(files.get(name, {})).statements for name in self.places}

    def sentences(self, language: Language) -> list[str]:
        """Say each package and each arrow."""
        told = Text(en="{}: {}; {:,} statements.", ko="{}: {}, 문장 {:,}개.")
        uses = Text(
            en="{} imports {}: {} statements.",
            ko="{} → {}: import 문 {}개.",
        )
        found = [
            told[language].format(name, meaning[language], self.counts[name])
            for name, meaning in self.meanings.items()
        ]
        return found + [uses[language].format(*pair, n) for pair, n in self.arrows.items()]

    def draw(self, language: Language, form: Form = WIDE) -> Drawn | None:
        """Draw a card for each package, and the arrows."""
        if form.narrow:
            return None  # its sentences stand there
        drawing = Drawing()
        margin = 14.0
        counted = Text(en="{:,} statements", ko="문장 {:,}개")
        for name, (left, top, width) in self.places.items():
            x, y = left + margin, top + margin
            drawing.rect(x, y, width, self.height, "card", "quiet", 8)
            drawing.text(x + 14, y + 24, f"{name}/", "accent", NAME, mono=True, weight=600)
            drawing.text(x + 14, y + 46, self.meanings[name][language], size=SMALL)
            count = counted[language].format(self.counts[name])
            drawing.text(x + 14, y + 66, count, "quiet", SMALL)
        for user, used in self.arrows:
            self._arrow(drawing, user, used, margin)
        return Drawn(drawing, 640 + 2 * margin, 148 + self.height + 2 * margin)

    def _arrow(self, drawing: Drawing, user: str, used: str, margin: float) -> None:
        (left, top, width), (to_left, to_top, to_width) = self.places[user], self.places[used]
        if top == to_top:  # neighbours
            forward = to_left > left
            y = top + self.height / 2 + margin
            x1 = (left + width if forward else left) + margin
            x2 = (to_left if forward else to_left + to_width) + margin
            arrow(drawing, x1, y, x2, y)
            return
        narrow = (to_left, to_width) if to_width < width else (left, width)
        x = narrow[0] + narrow[1] / 2 + margin
        down = to_top > top
        y1 = (top + self.height if down else top) + margin
        y2 = (to_top if down else to_top + self.height) + margin
        arrow(drawing, x, y1, x, y2)


class LayersPicture(CorePicture):
    """Draw `Layers` from the sources as they are."""

    def picture(self) -> Layers:
        """Count the imports and the lines now."""
        return Layers(imports(), sizes())


def table(head: list[str], rows: list[list[tag]], css: str, caption: str = "") -> tag:
    """Make a table whose cells know their column, for screens too narrow for columns.

    The roles say what CSS would take away there: that it is a table still.
    """
    columns = element("tr", role="row")
    for name in head:
        columns += element("th", text(name), scope="col", role="columnheader")
    body = element("tbody", role="rowgroup")
    for cells in rows:
        for name, cell in zip(head, cells, strict=True):
            cell["attributes"]["data-label"] = name
        body += element("tr", *cells, role="row")
    parts = [element("thead", columns, role="rowgroup"), body]
    if caption:
        parts.insert(0, element("caption", text(caption)))
    made = element("table", *parts, class_=f"docutils {css}", role="table")
    return element("div", made, class_="table-wrapper docutils container")


def head_cell(*children: nodes.Node) -> tag:
    """Make the cell that names a row."""
    return element("th", *children, scope="row", role="rowheader")


def cell(*children: nodes.Node) -> tag:
    """Make a cell."""
    return element("td", *children, role="cell")


class Sizes(Companion):
    """How many statements and lines each file has, package by package, counted now."""

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        self.env.note_reread()
        words = self.words
        rows = []
        whole: dict[str, Size] = {}
        for package, files in sizes().items():
            listed = element("ul", class_="core-files")
            for name, size in files.items():
                whole[f"{package}/{name}"] = size
                if size.statements:
                    named = element("code", text(name), class_="literal")
                    listed += element("li", named, text(f" {size.statements:,}"))
            place = element(
                "code", text(f"purezmq/{package}/".replace("//", "/")), class_="literal"
            )
            rows.append(self.row(place, total(files), listed))
        rows.append(self.row(text(words["core_total"]), total(whole), text("")))
        counted = parts(CORE)
        for part, most in budgets().items():
            name = " + ".join(part.split(" and "))
            remark = words["core_budget"].format(counted=counted[part], allowed=most)
            rows.append(self.row(element("code", text(name), class_="literal"), None, text(remark)))
        columns = ("core_package", "core_statements", "core_lines", "core_files")
        head = [words[name] for name in columns]
        return [table(head, rows, "core-sizes")]

    def row(self, name: nodes.Node, size: Size | None, remark: nodes.Node) -> list[tag]:
        """Make a row; a part that is a budget's and no package has no size of its own."""
        figures = [f"{size.statements:,}", f"{size.lines:,}"] if size else ["", ""]
        return [head_cell(name), *(cell(text(figure)) for figure in figures), cell(remark)]


# The table of differences


@cache
def _differences(changed: float) -> dict[str, Any]:
    return runpy.run_path(str(DIFFERENCES))


def differences() -> dict[str, Any]:
    """Return what `differences.py` holds: ``DIFFERENCES`` and ``ABSENT``."""
    return _differences(DIFFERENCES.stat().st_mtime)


class Differences(Companion):
    """What libzmq does, what `purezmq` does, and why."""

    def run(self) -> list[nodes.Node]:
        """Make the table of differences on purpose."""
        self.env.note_dependency(str(DIFFERENCES))
        rows = []
        for row in differences()["DIFFERENCES"]:
            what, *others = getattr(row, self.config.language)
            rows.append([head_cell(*self.inline(what)), *(cell(*self.inline(o)) for o in others)])
        head = [self.words["core_what"], "libzmq", "purezmq", self.words["core_why"]]
        return [table(head, rows, "core-stack")]

    def inline(self, content: str) -> list[nodes.Node]:
        """Parse a cell's text."""
        return self.parsed(content)


class Absent(Differences):
    """Names that pyzmq has and `purezmq` has not."""

    def run(self) -> list[nodes.Node]:
        """Make the table of names."""
        self.env.note_dependency(str(DIFFERENCES))
        rows = []
        for row in differences()["ABSENT"]:
            names = ", ".join(f"`{name}`" for name in row.names)
            reason = getattr(row, self.config.language)
            where = element("code", text(row.where), class_="literal")
            rows.append([head_cell(where), cell(*self.inline(names)), cell(*self.inline(reason))])
        head = [self.words[name] for name in ("core_where", "core_names", "core_why")]
        return [table(head, rows, "core-stack")]


# The figures


def figures(path: Path = FIGURES) -> list[dict[str, str]]:
    """Return the rows of the file that ``make bench`` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


_SPACE = "\N{NO-BREAK SPACE}"
UNITS = (*(f"{_SPACE}{name}" for name in ("µs", "ms", "MB/s", "M/s", "k/s")), "만/s", "/s")


def digits(value: float) -> str:
    """Write two significant digits, or a whole number.

    >>> digits(0.456), digits(9.96), digits(123.4), digits(1234)
    ('0.46', '10', '123', '1,234')
    """
    if value >= 99.5:
        return f"{value:,.0f}"
    return f"{float(f'{value:.1e}'):#.2g}".removesuffix(".")


def count(value: float, language: str) -> str:
    """Write a large count as a reader of the language does.

    >>> count(1_024_000, "ko"), count(38_400, "ko"), count(900, "en")
    ('102만', '3.8만', '900')
    """
    steps = [(1e6, f"{_SPACE}M"), (1e3, f"{_SPACE}k")]
    if language == "ko":
        steps = [(1e4, "만")]
    for step, name in steps:
        if value >= step:
            return digits(value / step) + name
    return f"{float(f'{value:.1e}') if value > 99.5 else value:,.0f}"


def rate(row: str, size: int, seconds: float, language: str) -> str:
    """Say what one message's time means: messages a second, octets a second, or the time."""
    if row.startswith("req-rep"):
        return f"{digits(seconds * 1e6)}{_SPACE}µs"
    if size >= 64 * 1024 and not row.endswith("inproc"):  # there, octets need not move at all
        return f"{digits(size / seconds / 1e6)}{_SPACE}MB/s"
    return f"{count(1 / seconds, language)}/s"


def span(low: str, high: str, language: str) -> str:
    """Write a range as a reader of the language does; a unit that both have stands once."""
    dash = "~" if language == "ko" else "–"
    for unit in UNITS:
        if low.endswith(unit) and high.endswith(unit):
            low = low.removesuffix(unit)
            break
    return f"{low}{dash}{high}"


def ratio(found: dict[str, str], against: str, language: str) -> tuple[str, str]:
    """Write how many times the other's rate or time, and the spread."""
    values = {name: found[f"{against} {name}"] for name in ("median", "low", "high")}
    if not values["median"]:
        return "", ""
    middle, low, high = (digits(float(values[name])) for name in ("median", "low", "high"))
    return times(middle, language), span(low, high, language)


def times(value: str, language: str) -> str:
    """Write a factor.

    >>> times("13", "en"), times("13", "ko")
    ('13×', '13배')
    """
    return f"{value}배" if language == "ko" else f"{value}×"


def measured(middle: str, spread: str) -> tag:
    """Make a cell of a median and, smaller below it, its spread."""
    made = cell(element("span", text(middle), class_="core-middle"))
    if spread:
        made += element("span", text(f" ({spread})"), class_="core-spread")
    return made


class Speed(Companion):
    """The figures of the last run of ``make bench``: a table for each kind of work."""

    def run(self) -> list[nodes.Node]:
        """Make the tables from the file that the run wrote."""
        self.env.note_dependency(str(FIGURES))
        language, words, found = self.config.language, self.words, figures()
        made: list[nodes.Node] = [element("p", text(self.circumstances(found[0])))]
        for row in ROWS:
            of_row = [one for one in found if one["row"] == row]
            rows = []
            for size in sorted({int(one["size"]) for one in of_row}):
                by = {one["library"]: one for one in of_row if int(one["size"]) == size}
                cells = [head_cell(text(size_text(size)))]
                for library in LIBRARIES:
                    one = by.get(library)
                    if one is None:
                        cells.append(cell(text(words["core_none"])))
                        continue
                    middle, low, high = (
                        rate(row, size, float(one[name]), language)
                        for name in ("median", "high", "low")
                    )
                    if row.startswith("req-rep"):
                        low, high = high, low
                    cells.append(measured(middle, span(low, high, language)))
                cells += [measured(*ratio(by["purezmq"], one, language)) for one in AGAINST]
                rows.append(cells)
            head = [words["core_size"], *(words[f"core_{name}"] for name in LIBRARIES)]
            head += [words["core_beside"].format(words[f"core_{name}"]) for name in AGAINST]
            lower = row.startswith("req-rep")
            better = words["core_lower" if lower else "core_higher"]
            caption = f"{words[f'core_{row}']}: {better}"
            made.append(table(head, rows, "core-speed", caption))
        return made

    def circumstances(self, one: dict[str, str]) -> str:
        """Say when, where and how it was measured."""
        return self.words["core_measured"].format(
            **{**one, "date": date(one["date"], self.config.language)}
        )


class Goals(Speed):
    """What the design wants of `purezmq`, and what the last run of ``make bench`` measured."""

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        self.env.note_dependency(str(FIGURES))
        language, words = self.config.language, self.words
        ours = {(one["row"], one["size"]): one for one in figures() if one["library"] == "purezmq"}
        rows = []
        for row, size, against, goal in GOALS:
            one = ours[row, str(size)]
            lower = row.startswith("req-rep")
            value = float(one[f"{against} median"])
            wanted = words["core_at_most" if lower else "core_at_least"].format(
                times(f"{goal:g}", language)
            )
            other = words[f"core_{against}"]
            kind = words["core_time_of" if lower else "core_rate_of"].format(other)
            rows.append(
                self.row(
                    f"{words[f'core_{row}']}, {size_text(size)}: {kind}",
                    wanted,
                    ratio(one, against, language),
                    value <= goal if lower else value >= goal,
                )
            )
        one = ours[IMPORT, ""]
        unit = f"{_SPACE}ms"
        middle, low, high = (
            digits(float(one[name]) * 1e3) + unit for name in ("median", "low", "high")
        )
        rows.append(
            self.row(
                words["core_import"],
                words["core_at_most"].format(f"{IMPORT_GOAL * 1e3:.0f}{unit}"),
                (middle, span(low, high, language)),
                float(one["median"]) <= IMPORT_GOAL,
            )
        )
        head = [words[f"core_{name}"] for name in ("work", "goal", "result", "reached")]
        return [table(head, rows, "core-goals core-stack")]

    def row(self, work: str, goal: str, found: tuple[str, str], reached: bool) -> list[tag]:
        """Make a row: the work, what was wanted, what came, and whether that is enough."""
        verdict = self.words["core_yes" if reached else "core_no"]
        return [head_cell(text(work)), cell(text(goal)), measured(*found), cell(text(verdict))]


class Cost(Speed):
    """What one message of 100 octets takes from PUSH to PULL, by the clock and of processors."""

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        self.env.note_dependency(str(FIGURES))
        words, rows = self.words, []
        for one in figures():
            if (one["row"], one["size"]) == ("push-pull tcp", "100"):
                clock, processor = (
                    f"{digits(float(one[name]) * 1e6)}{_SPACE}µs" for name in ("median", "cpu")
                )
                name = words[f"core_{one['library']}"]
                rows.append([head_cell(text(name)), cell(text(clock)), cell(text(processor))])
        head = [words[f"core_{name}"] for name in ("library", "clock", "processor")]
        return [table(head, rows, "core-cost")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("core-layers", LayersPicture)
    app.add_directive("core-sizes", Sizes)
    app.add_directive("core-differences", Differences)
    app.add_directive("core-absent", Absent)
    app.add_directive("core-speed", Speed)
    app.add_directive("core-goals", Goals)
    app.add_directive("core-cost", Cost)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
