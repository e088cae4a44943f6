"""A cell's program: what it holds, and that it runs as a file, ends, and does so again.

Every cell's program must compile. Of each lesson these run: the first, the middle and the last
cell's (twice, one after the other), and that of each cell tagged libzmq-only.
"""

import ast
import json
import os
import subprocess
import sys

import pytest

from web.lessons.localise import plain
from web.lessons.plain_copy import for_page, pieces, program
from web.lessons.source import read
from web.paths import LESSONS, ROOT
from web.words import LANGUAGES

PATHS = sorted(LESSONS.glob("[0-9][0-9]-*.md"))
LIMIT = 120  # seconds; the longest lesson may take 20 s, and the machine may be busy

each_lesson = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def chosen(path):
    """Return the numbers of the cells whose programs are run."""
    cells = read(path).code()
    own = {n for n, cell in enumerate(cells) if "libzmq-only" in cell.tags}
    return sorted({0, len(cells) // 2, len(cells) - 1} | own)


RUNS = [(path, number) for path in PATHS for number in chosen(path)]


def run(text, folder):
    """Run a program as a reader does who saved it somewhere."""
    file = folder / "program.py"
    file.write_text(text, encoding="utf-8")
    environment = dict(os.environ, PYTHONPATH=str(ROOT), PYTHONIOENCODING="utf-8")
    return subprocess.run(
        [sys.executable, "-X", "dev", str(file)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )


@pytest.mark.parametrize(
    ("path", "number"), RUNS, ids=[f"{path.stem}-{number}" for path, number in RUNS]
)
def test_a_program_runs_and_ends(path, number, tmp_path):
    lesson = read(path)
    text = program(lesson, number)
    times = 2 if number == len(lesson.code()) - 1 else 1
    for _ in range(times):
        done = run(text, tmp_path)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert "ResourceWarning" not in done.stderr, "something stays open"
        assert "was never" not in done.stderr


@each_lesson
def test_every_program_compiles_and_says_what_it_is(path):
    lesson = read(path)
    for number in range(len(lesson.code())):
        text = program(lesson, number)
        tree = ast.parse(text)
        compile(text, "program", "exec")
        first = text.splitlines()[0]
        assert first == f"# ØMQ Companion, lesson {lesson.number}: {plain(lesson.title)}"
        assert ("zmqlab" in text.split("import", 1)[1]) == ("zmqlab, which comes with" in text)
        assert [n.name for n in tree.body if isinstance(n, ast.AsyncFunctionDef)] == ["main"]
        assert text.endswith("\nasyncio.run(main())\n")
        assert not [line for line in text.splitlines() if line != line.rstrip()]


@each_lesson
def test_the_page_holds_each_piece_once(path):
    """What all programs of a page take grows with the lesson, not with its square."""
    lesson = read(path)
    size = sum(len(cell.source) for cell in lesson.code())
    assert len(json.dumps(for_page(lesson), ensure_ascii=False)) < 3 * size + 3000


@each_lesson
def test_a_cell_that_may_be_left_out_is_in_its_own_program_only(path):
    lesson = read(path)
    cells = lesson.code()
    last = program(lesson, len(cells) - 1)
    for number, cell in enumerate(cells[:-1]):
        if "libzmq-only" in cell.tags:
            line = max(cell.source.splitlines(), key=len).strip()
            assert line in program(lesson, number)
            assert line not in last


# ---------------------------------------------------------------- with a lesson made here

FIRST = """import zmq
import zmq.asyncio

context = zmq.asyncio.Context()
context.rcvtimeo = 1000
server = context.socket(zmq.REP)
port = server.bind_to_random_port("tcp://127.0.0.1")
"""


def only(project, *cells):
    """Give the small lesson these code cells, its own first, and read it."""
    text = project.lesson.read_text(encoding="utf-8")
    top, _, _ = text.partition("## The idea")
    blocks = [f"```{{code-cell}} ipython3\n{cell}\n```\n" for cell in cells]
    project.lesson.write_text(top + "## The idea\n\n" + "\n".join(blocks), encoding="utf-8")
    return read(project.lesson)


def body(lesson, number):
    return pieces(lesson)[number].body


def test_the_small_lessons_program_is_this(project):
    lesson = only(
        project,
        FIRST,
        'message = """two\nlines"""\nmessage  # shown',
        "async def twice(x):\n    return 2 * x\n\nawait twice(2)",
    )
    assert (
        program(lesson, 2)
        == '''\
# ØMQ Companion, lesson 01: A toy with code
# A cell of that lesson with the cells that it needs, as a program of its own.
# It needs Python 3.11 or newer and pyzmq (pip install pyzmq).
# Code: MIT.
import asyncio
import zmq
import zmq.asyncio


def show(value):
    """Print what a notebook shows of the last line of a cell."""
    if value is not None:
        print(repr(value))


async def main():
    # == The idea
    context = zmq.asyncio.Context()
    context.rcvtimeo = 1000
    server = context.socket(zmq.REP)
    port = server.bind_to_random_port("tcp://127.0.0.1")

    message = """two
lines"""
    show(message)  # shown

    async def twice(x):
        return 2 * x

    show(await twice(2))

    # == What is still open
    context.destroy(linger=0)


asyncio.run(main())
'''
    )


def test_it_prints_what_the_notebook_shows_and_keeps_every_character(project, tmp_path):
    lesson = only(
        project,
        "from __future__ import annotations\nx = 3\nrow = f'''{x}\n  ß {\n    x + 1} end'''\nrow",
        "x, 'é'  # a pair",
        "x;",
        "None",
        "print(\n    'a',\n)",
        "text = '''\n    # not a comment\n\tindented\n'''\nlen(text)",
    )
    done = run(program(lesson, 5), tmp_path)
    assert done.returncode == 0, done.stderr
    shown = [repr("3\n  ß 4 end"), "(3, 'é')", "a", str(len("\n    # not a comment\n\tindented\n"))]
    assert done.stdout.splitlines() == shown


def test_an_import_of_a_name_that_is_assigned_too_stays_in_place(project, tmp_path):
    lesson = only(
        project, "from os.path import join\nprint(join('a', 'b'))", "join = 'own'\nprint(join)"
    )
    assert pieces(lesson)[0].imports == ()
    done = run(program(lesson, 1), tmp_path)
    assert done.stdout.split() == ["a/b", "own"]


def test_what_is_open_is_closed_once_and_tasks_are_ended(project, tmp_path):
    lesson = only(
        project,
        FIRST,
        "import asyncio\n\nasync def serve():\n    await server.recv()\n\n"
        "waiting = asyncio.create_task(serve())\n"
        "queued = context.socket(zmq.PUSH)\nqueued.connect('tcp://127.0.0.1:9')\n"
        "queued.send(b'nobody takes it')\nawait asyncio.sleep(0)",
        "server.close()\nqueued.close(linger=0)\ncontext.term()",
    )
    assert "destroy" in program(lesson, 1)
    assert "destroy" not in program(lesson, 2)
    for number in (1, 2):
        done = run(program(lesson, number), tmp_path)
        assert done.returncode == 0, done.stderr


def test_contexts_made_side_by_side_are_all_closed(project):
    first = "import zmq, zmq.asyncio\na, (b, c) = zmq.Context(), (zmq.asyncio.Context(), 3)"
    text = program(only(project, first), 0)
    assert "a.destroy(linger=0)" in text
    assert "b.destroy(linger=0)" in text
    assert "c.destroy" not in text


def test_cells_of_real_processes_bring_those_that_they_need(project):
    text = "```{code-cell} ipython3\n:tags: [libzmq-only]\n%s\n```\n"
    only(project, "x = 1")
    with project.lesson.open("a", encoding="utf-8") as file:
        file.writelines(text % code for code in ("pid = 1", "pid += x", "other = 2"))
        file.write("\n```{code-cell} ipython3\nx\n```\n")
    made = pieces(read(project.lesson))
    assert [piece.alone for piece in made] == [False, True, True, True, False]
    assert [piece.beside for piece in made] == [(), (), (1,), (), ()]
    lesson = read(project.lesson)
    assert "pid = 1" in program(lesson, 2) and "pid" not in program(lesson, 3)
    assert "pid" not in program(lesson, 4)


def test_a_picture_of_an_idea_is_left_out_unless_asked_for(project):
    idea = 'from zmqlab import idea\n\nidea("a REQ -> b REP at inproc://x")'
    lesson = only(project, idea, "x = 1")
    assert "idea(" in program(lesson, 0)
    assert "zmqlab" not in program(lesson, 1)
    lesson = only(project, idea, 'idea("c REQ -> d REP at inproc://y")')
    assert program(lesson, 1).count("idea(") == 2


def test_an_exercise_and_its_check_have_no_program_and_are_in_no_other(project):
    text = "```{code-cell} ipython3\n:tags: [%s]\n%s\n```\n"

    def lesson(last):
        only(project, "x = 1")
        with project.lesson.open("a", encoding="utf-8") as file:
            file.write(text % ("exercise", "def mine():\n    ..."))
            file.write(text % ("check", 'from zmqlab import check\n\ncheck("01 toy", mine)'))
            file.write(f"\n```{{code-cell}} ipython3\n{last}\n```\n")
        return read(project.lesson)

    closing = lesson("x")
    assert [piece.offered for piece in pieces(closing)] == [True, False, False, True]
    assert [cell["offered"] for cell in for_page(closing)["cells"]] == [True, False, False, True]
    assert "mine" not in program(closing, 3) and "zmqlab" not in program(closing, 3)
    assert "def mine" in program(lesson("mine()"), 3), "a later cell needs it"


def test_without_zmqlab_it_fails_as_its_head_says(project, tmp_path):
    """Run from an empty folder by a Python that has only the standard library."""
    text = program(only(project, "from zmqlab import Stage\n\nprint(Stage)"), 0)
    file = tmp_path / "program.py"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(file)],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
    )
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1].removeprefix("ModuleNotFoundError: ")
    assert said == "No module named 'zmqlab'"
    head = " ".join(line.removeprefix("# ") for line in text.partition("\nimport")[0].splitlines())
    assert said in head and "Start here" in head and "make doctor" in head


def test_nothing_in_the_page_ends_the_script_element(project):
    from web.lessons.plain_copy import add_programs

    class App:
        class config:  # noqa: N801
            language = LANGUAGES[0]

        class builder:  # noqa: N801
            name = "html"

    context = {"body": '<div class="highlight"></div>'}
    add_programs(App, "guide/start", "page.html", context, None)
    script = context["body"].split('id="copy-data">')[1].removesuffix("</script>\n")
    assert "<" not in script
    assert set(json.loads(script)) == {"words"}
