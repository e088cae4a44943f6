"""The page "The core": what it shows is counted, drawn and taken from runs, not written."""

import csv
import re
import subprocess
import sys

import pytest

from web.paths import GUIDES, ROOT
from web.site.core import CORE, Layers, count, digits, imports, rate, sizes, span, total
from web.tools import record_wiretap as wiretap
from web.tools.bench import COLUMNS, FIGURES, GOALS, IMPORT, LEAST, SIZES
from web.tools.lines import lines_of_code
from web.tools.workloads import LIBRARIES, ROWS, fits
from web.words import LANGUAGES, WORDS

PAGES = {
    language: "\n".join(
        (GUIDES[language] / f"{name}.md").read_text("utf-8")
        for name in ("core", "core-differences", "core-speed", "core-tried")
    )
    for language in LANGUAGES
}
SPACE = "\N{NO-BREAK SPACE}"


def test_lines_of_code_leave_out_what_is_none():
    source = '''"""A module.

Of three lines.
"""

# A comment.
import os  # code


class A:
    """Documented."""

    text = """two
    lines"""


def f(a,
      b):
    "Documented."
    return (a,

            b)
'''
    # import; class; text, 2; def, 2; return, 2: the blank line in its brackets is none
    assert lines_of_code(source) == 8
    assert lines_of_code("") == lines_of_code('"""Only this."""\n') == 0


def test_every_file_is_counted():
    found = sizes()
    assert sum(map(len, found.values())) == len(list(CORE.rglob("*.py")))
    assert {"", "wire", "patterns", "transport", "asyncio", "compat"} == set(found)
    assert 300 < total(found["wire"]).statements < total(found["wire"]).lines < 1500


def test_the_picture_has_every_package_and_only_real_arrows(tmp_path):
    arrows = imports()
    picture = Layers(arrows, sizes())
    packages = {path.name for path in CORE.iterdir() if (path / "__init__.py").exists()}
    assert packages == set(picture.places) == set(picture.meanings)
    for layer in packages:  # as the page says below the picture
        assert arrows[layer, "constants"] and arrows[layer, "errors"]
    for language in LANGUAGES:
        assert len(picture.sentences(language)) == len(packages) + len(picture.arrows)
    assert "<svg" in picture._repr_html_()
    house = tmp_path / "house"
    for name, source in {
        "wire/a.py": "import house.patterns.b\nfrom house import asyncio, wire",
        "patterns/b.py": "if TYPE_CHECKING:\n    import house.wire\nelse:\n    pass",
        "asyncio/c.py": "def f():\n    from house.wire.a import x",
    }.items():
        (house / name).parent.mkdir(parents=True)
        (house / name).write_text(source, encoding="utf-8")
    assert imports(house) == {
        ("wire", "patterns"): 1,
        ("wire", "asyncio"): 1,
        ("asyncio", "wire"): 1,
    }
    drawn = Layers(imports(house), {})
    assert drawn.draw("en")[0].svg(1, 1, "").count("<polygon") == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_that_the_page_names_are_there(language):
    named = set(re.findall(r"`(purezmq/[\w/]+\.py)`", PAGES[language]))
    assert len(named) > 8 and all((ROOT / name).is_file() for name in named), named


def test_both_pages_show_the_same_code():
    blocks = [re.findall(r"^```(?:python|sh)\n.*?^```", PAGES[one], re.M | re.S) for one in PAGES]
    assert blocks[0] == blocks[1] and len(blocks[0]) == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_has_one_head(language):
    """A table that follows another without an empty line would become rows of it."""
    rules = re.findall(r"(.*)\n.*\n(?=\|---)", PAGES[language])
    assert len(rules) == 3 and not any(rules)


@pytest.mark.parametrize("library", ["purezmq", "zmq"])
def test_the_first_program_runs_on_either_library(library, tmp_path):
    program = wiretap.program("first.py")
    if library == "zmq":
        program = program.replace("import purezmq as zmq", "import zmq")
        program = program.replace("import purezmq.asyncio", "import zmq.asyncio")
        assert "purezmq" not in program
    (tmp_path / "first.py").write_text(program, encoding="utf-8")
    command = [sys.executable, "-W", "error", "first.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("Hello, world!\n", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wiretap_says_what_the_page_shows(language):
    from asyncio import run

    from zmqlab.run.endpoints import free_endpoint

    async def endpoints():
        return [await free_endpoint(), await free_endpoint()]

    server, tap = run(endpoints())
    for endpoint in (wiretap.SERVER, wiretap.TAP):
        assert endpoint in PAGES[language]

    def timeless(said):
        # Both sides talk at once: what came first on the way there may be second another time.
        lines = [re.sub(r"^ +\d+\.\d{4} s ", "", line) for line in said.splitlines()]
        return [sorted(way for way in lines if mark in way) for mark in "→←"], lines[0], lines[-2:]

    said = wiretap.record(language, server, tap)
    said = said.replace(server, wiretap.SERVER).replace(tap, wiretap.TAP)
    assert timeless(said) == timeless(wiretap.recording(language).read_text(encoding="utf-8"))


def test_a_port_that_is_taken_is_told(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("print('in use')", encoding="utf-8")
    with pytest.raises(RuntimeError, match="in use"), wiretap.started(str(program), ready="5555"):
        pass


@pytest.mark.parametrize(
    "value, written",
    [(0.04567, "0.046"), (0.5, "0.50"), (1.04, "1.0"), (9.96, "10"), (42.4, "42"), (1234, "1,234")],
)
def test_digits(value, written):
    assert digits(value) == written


def test_counts_and_ranges_as_readers_write_them():
    assert [count(one, "en") for one in (1_024_000, 38_400, 999)] == [
        f"1.0{SPACE}M",
        f"38{SPACE}k",
        "1,000",
    ]
    assert [count(one, "ko") for one in (1_024_000, 38_400, 7_396)] == ["102만", "3.8만", "7,400"]
    assert rate("push-pull tcp", 100, 1e-6, "ko") == "100만/s"
    assert rate("push-pull tcp", 1_000_000, 1e-3, "en") == f"1,000{SPACE}MB/s"
    assert rate("push-pull inproc", 1_000_000, 1e-6, "en") == f"1.0{SPACE}M/s"
    assert rate("req-rep tcp", 1_000_000, 1e-3, "en") == f"1,000{SPACE}µs"
    assert span(f"1.0{SPACE}k/s", f"2.0{SPACE}k/s", "en") == f"1.0–2.0{SPACE}k/s"
    assert span(f"900{SPACE}k/s", f"1.1{SPACE}M/s", "ko") == f"900{SPACE}k~1.1{SPACE}M/s"


def test_the_figures_that_are_kept_are_of_a_whole_run():
    with FIGURES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    found = {(one["row"], one["size"], one["library"]) for one in rows}
    wanted = {
        (row, str(size), library)
        for row in ROWS
        for library in LIBRARIES
        if fits(row, library)
        for size in SIZES
    } | {(IMPORT, "", library) for library in LIBRARIES}
    assert found == wanted and len(rows) == len(wanted)
    assert len({tuple(one[name] for name in COLUMNS[:10]) for one in rows}) == 1
    assert int(rows[0]["repetitions"]) >= LEAST
    for one in rows:
        low, middle, high = (float(one[name]) for name in ("low", "median", "high"))
        assert 0 < low <= middle <= high
    ours = {(one["row"], one["size"]): one for one in rows if one["library"] == "purezmq"}
    for row, size, against, _ in GOALS:
        assert float(ours[row, str(size)][f"{against} median"]) > 0


def test_every_row_and_library_has_words():
    for words in WORDS.values():
        assert all(words[f"core_{name}"] for name in (*ROWS, *LIBRARIES))
