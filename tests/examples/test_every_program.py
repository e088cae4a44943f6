"""What holds for every program in the folders, whatever its pattern.

Each is started once, and ended by Ctrl-C. What they refuse is asked of all in this one process.
"""

import ast
import os
import re
import runpy
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import examples
from examples import EXAMPLES
from examples.table import ANY_PORT

FOLDER = Path(examples.__file__).parent
PROGRAMS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/[!_]*.py"))
PARTS = [
    (example, part)
    for example in EXAMPLES.values()
    for parts in (example.parts, *example.topologies.values())
    for part in parts
]
ALONE = sorted({example.place(part.file) for example, part in PARTS if not part.ready})
"""Programs without a ready line: each does its work and ends."""
ALSO = {example.place(file) for example in EXAMPLES.values() for file in example.also}
OTHERS = [name for name in PROGRAMS if name not in {*ALONE, *ALSO}]
HERE = {
    example.place(part.file)
    for example in EXAMPLES.values()
    for way in example.ways
    for part in example.chosen(way)
}
"""What can run here: some need a command that may not be installed."""

ANY_NUMBER = "needs a whole number from 1 on"
ANY_TIME = "needs seconds from 0 to 1,000,000"
WRONG = {
    "N": dict.fromkeys(("0", "-1", "x"), ANY_NUMBER),
    "SECONDS": dict.fromkeys(("nan", "inf", "-1", "1e30", "x", ""), ANY_TIME),
    "ENDPOINT": {
        "tcp://nonsense": "'tcp://nonsense': tcp needs a host and a port",
        "127.0.0.1:5555": "'127.0.0.1:5555': an endpoint is written transport://address",
    },
}
"""By the placeholder in the help: values to refuse, and why."""

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a program in this process, as far as it reads its options."""
    monkeypatch.setenv("ZMQLAB_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "1000")

    def accepted(*_arguments: object) -> None:
        raise AssertionError(f"{sys.argv} were accepted")

    monkeypatch.setattr(signal, "signal", accepted)  # the first step after the options

    def call(program: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", [str(FOLDER / program), *arguments])
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(FOLDER / program), run_name="__main__")
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return call


def options(help_text: str) -> dict[str, str]:
    """Return the options of a help text that take a count, a time or an endpoint."""
    return dict(re.findall(r"^  (--[\w-]+) (N|SECONDS|ENDPOINT)\b", help_text, re.MULTILINE))


def defaults(help_text: str, side: str) -> list[str]:
    """Return the endpoints that a program binds or connects to if it is told no others."""
    found = re.search(rf"^  --{side} ENDPOINT .*\(default: ([^)]*)\)", help_text, re.MULTILINE)
    return found[1].split() if found else []


def test_the_table_names_every_file_of_the_folder() -> None:
    named = {example.place(part.file) for example, part in PARTS} | ALSO
    assert set(PROGRAMS) == named
    folders = {path.parent.name for path in FOLDER.glob("*/__init__.py")}
    assert set(EXAMPLES) == folders
    assert [*EXAMPLES] == sorted(EXAMPLES, key=lambda name: (EXAMPLES[name].lesson, name))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_table_agrees_with_its_programs(name: str, call: Call) -> None:
    example = EXAMPLES[name]
    for parts in (example.parts, *example.topologies.values()):
        assert {example.ends, *example.asks} <= {"", *(part.key for part in parts)}
    assert set(example.needs) <= set(example.topologies)
    files = [example.place(file) for file in example.files]
    guide = example.guide or [""] * len(files)
    for file, ancestor in zip(files, guide, strict=True):
        text = (FOLDER / file).read_text(encoding="utf-8")
        own = ["source page's example", "whitepaper", f"esson {example.lesson}"]
        assert any(source in text for source in ([f"Guide: {ancestor}"] if ancestor else own))
        assert Path(file).stem not in sys.stdlib_module_names  # it would hide that module
    helps = {file: call(file, "--help")[1] for file in files}
    bound = {end for text in helps.values() for end in defaults(text, "bind")}
    for part in example.parts:  # started without arguments, they find each other
        connects = defaults(helps[example.place(part.file)], "connect")
        assert not part.connect or connects[0] in bound


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_help_is_the_docstring(program: str, call: Call) -> None:
    status, out, err = call(program, "--help")
    assert (status, err) == (0, "")
    docstring = ast.get_docstring(ast.parse((FOLDER / program).read_text(encoding="utf-8")))
    assert docstring
    assert " ".join(docstring.split()) in " ".join(out.split())
    takes_endpoints = program in OTHERS
    assert ("ENDPOINT" in options(out).values()) is takes_endpoints


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_wrong_is_refused_in_one_line(program: str, call: Call) -> None:
    name = program.split("/")[1]
    found = options(call(program, "--help")[1])
    for option, kind in found.items():
        for value, words in WRONG[kind].items():
            status, out, err = call(program, f"{option}={value}")
            assert (status, out, err.count("\n")) == (2, "", 1), (option, value, err)
            assert err.startswith(f"{name}: "), (option, value, err)
            assert option in err and words in err, (option, value, err)
    status, out, err = call(program, "--nonsense")
    assert (status, out) == (2, "")
    assert "--nonsense" in err and "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("program", OTHERS)
def test_it_says_that_it_is_ready_and_ends_by_an_interrupt(
    program: str, call: Call, start, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nobody at the other side, so each waits for what it always waits for."""
    if program not in HERE:
        pytest.skip(f"one of {EXAMPLES[program.split('/')[0]].needs} is not installed")
    text = call(program, "--help")[1]
    monkeypatch.undo()
    binds, connects = defaults(text, "bind"), defaults(text, "connect")
    words = [word for _ in binds for word in ("--bind", ANY_PORT)]
    words += [word for _ in connects for word in ("--connect", nobody)]
    process = start(program, *words)
    assert all(re.fullmatch(r"tcp://127.0.0.1:[1-9]\d*", end) for end in process.endpoints)
    # One that may do with either of its sides leaves the other out.
    both = [*process.endpoints[: len(binds)], *[nobody] * len(connects)]
    assert process.endpoints == both or process.endpoints == both[: len(binds)] != []
    process.wait_until_blocked()
    children = psutil.Process(process.process.pid).children(recursive=True)
    status, lines, errors = process.interrupt()
    assert (status, errors) == (0, "")
    assert lines[-1] == f"{process.role} stopped"
    assert psutil.wait_procs(children, timeout=10)[1] == []


@pytest.mark.parametrize("program", ALONE)
def test_a_program_without_a_ready_line_does_its_work_and_ends(program: str, run) -> None:
    done = run(program)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
