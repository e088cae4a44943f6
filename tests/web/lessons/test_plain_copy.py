"""A cell's program: which cells it holds, what stands for the instruments, and that it runs.

Every program must compile, and a plain one may import the standard library and ``zmq`` alone. Of
each lesson that measures nothing one plain program runs to its end here; the soak test runs all of
them, twice, where nothing but pyzmq is installed, and compares what they print with the page.
"""

import ast
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest
import zmq

import zmqlab
from web.lessons.as_program import Lab, NoPlainFormError, plainly, without_watching
from web.lessons.folders import front, page_name, pages
from web.lessons.localise import plain
from web.lessons.plain_copy import Copies, files, for_page, write_programs
from web.lessons.source import read
from web.paths import ROOT, RUNS
from web.words import LANGUAGES
from zmqlab import plain_forms
from zmqlab.plain import ATTRIBUTE

PAGES = pages()
LIMIT = 120  # seconds; the longest program takes some, and the machine may be busy
OURS = {"zmqlab", "examples", "purezmq"}

QUICK = [path for path in PAGES if not front(path).get("measures")]
pytestmark = pytest.mark.xdist_group("copies")  # which are made once

each_page = pytest.mark.parametrize("path", PAGES, ids=page_name)


@cache
def copies(path):
    return Copies(read(path))


@cache
def offered(path):
    """Return what a page offers, cell by cell."""
    return copies(path).every


def run(text, folder, *, alone):
    """Run a program as a reader does who saved it; ``alone`` with nothing but pyzmq installed."""
    file = folder / "program.py"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-X", "dev"]
    if alone:
        command += ["-I", "-S", "-c", BARE, str(only_pyzmq(folder)), str(file)]
    else:
        command.append(str(file))
    return subprocess.run(
        command,
        cwd=folder,
        env=dict(os.environ, PYTHONPATH=str(ROOT), PYTHONIOENCODING="utf-8", PYTHONUTF8="1"),
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
    )


BARE = """
import runpy, sys
sys.path.append(sys.argv[1])
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def only_pyzmq(folder):
    """Make a folder of packages that holds pyzmq alone."""
    packages = folder / "packages"
    installed = Path(zmq.__file__).parent.parent
    for name in ("zmq", "pyzmq.libs"):
        if (installed / name).exists() and not (packages / name).exists():
            packages.mkdir(exist_ok=True)
            (packages / name).symlink_to(installed / name, target_is_directory=True)
    return packages


def ended_well(done):
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    assert "was never" not in done.stderr, done.stderr
    assert "ResourceWarning" not in done.stderr, done.stderr


def plain_programs(path):
    """Return the cells of a page that have a plain program, counted from 0, and the programs."""
    return {number: copy.program for number, copy in enumerate(offered(path)) if copy.program}


@each_page
def test_a_plain_program_needs_pyzmq_alone(path):
    programs = plain_programs(path)
    assert programs or path not in QUICK, "a page without a cell that is a program?"
    for text in programs.values():
        tree = compile(text, "program", "exec", ast.PyCF_ONLY_AST)
        compile(text, "program", "exec")
        modules = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert not node.level
                modules.add(node.module.split(".")[0])
        assert modules <= sys.stdlib_module_names | {"zmq"}
        assert modules & {"zmq"} or "zmq" not in text.split("# Code: MIT.")[1]
        for word in ("get_ipython", "zmqlab", "stage", "idea("):
            assert word not in text.split("# Code: MIT.")[1]
        names = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name)]
        assert not {"Stage", "Programs"} & set(names)


@each_page
def test_every_program_reads_like_one(path):
    lesson = read(path)
    for number, copy in enumerate(offered(path)):
        for text, ours in ((copy.program, False), (copy.instruments, True)):
            if not text:
                continue
            tree = ast.parse(text)
            compile(text, "program", "exec")
            lines = text.splitlines()
            assert lines[0] == f"# ØMQ Companion, lesson {lesson.number}: {plain(lesson.title)}"
            assert lines[1].startswith(f"# Cell {number + 1} of that lesson")
            assert ("and zmqlab, which comes with" in text) == ours
            kinds = [type(node).__name__ for node in tree.body]
            last_import = max((n for n, kind in enumerate(kinds) if "Import" in kind), default=-1)
            assert all("Import" in kind for kind in kinds[: last_import + 1]), "imports first"
            assert getattr(tree.body[-2], "name", "") == "main"
            assert kinds[-1] == "If"
            assert not [line for line in lines if line != line.rstrip()]
            assert "\n\n\n\n" not in text


@each_page
def test_each_cell_that_does_something_offers_a_way(path):
    """Exercises have none; a cell that only defines has none; all else has one."""
    for cell, copy in zip(read(path).code(), offered(path), strict=True):
        if {"exercise", "check"} & set(cell.tags):
            assert copy == type(copy)()
            continue
        if copy.example:
            assert not copy.program and copy.instruments
            assert (ROOT / "examples" / copy.example.replace("-", "_")).is_dir()
        if not copy.program and not copy.instruments:
            kinds = {type(node).__name__ for node in ast.parse(cell.source).body}
            assert kinds <= {"FunctionDef", "AsyncFunctionDef", "ClassDef", "Assign"} | {
                "Import",
                "ImportFrom",
            }


@pytest.mark.parametrize("path", QUICK, ids=page_name)
def test_the_last_plain_program_runs_to_its_end(path, tmp_path):
    *_, text = plain_programs(path).values()
    ended_well(run(text, tmp_path, alone=True))


# ---------------------------------------------------------------- as the page has it


def printed(cell):
    """Return what a notebook's cell printed and showed, pictures left out."""
    text = ""
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            text += output.text
        elif output.output_type == "execute_result" and "image/svg+xml" not in output.data:
            shows = [mime for mime in output.data if mime not in ("text/plain",)]
            text += "" if shows else output.data["text/plain"] + "\n"
    return text


def masked(text):
    """Replace the numbers of what was measured, which no two runs share."""
    return re.sub(r"\d[\d,.]*", "N", text)


@pytest.mark.soak
@each_page
def test_plain_programs_print_what_their_cells_do(path, tmp_path):
    notebook = nbformat.read(RUNS / f"{page_name(path)}.ipynb", 4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    whole = copies(path)
    for number, text in plain_programs(path).items():
        parts = [printed(cells[one]) for one in whole.flow.needed(number)[:-1]]
        parts.append(printed(cells[number]))
        expected = "".join(parts)
        for _ in range(2):
            done = run(text, tmp_path, alone=True)
            ended_well(done)
            if "measured" in expected:
                assert masked(done.stdout) == masked(expected), number
            else:
                assert done.stdout == expected, number


# ---------------------------------------------------------------- with a lesson made here

FIRST = """import zmq
import zmq.asyncio
from zmqlab import Stage, free_endpoint

stage = Stage()
context = stage.context()   # watched
context.rcvtimeo = 3000
context.linger = 0
endpoint = await free_endpoint()    # nobody listens there
"""
CLIENT = """client = context.socket(zmq.REQ)
stage.name(client=client)
client.connect(endpoint)
await client.send_string("hello")
"""
SERVER = """await stage.refused(client)     # nobody was there
server = context.socket(zmq.REP)
server.bind(endpoint)
print(await server.recv_string())
stage.sequence()
"""


@pytest.fixture
def only(project):
    """Give the small lesson these code cells, its own first, and return its programs."""

    def make(*cells):
        text = project.lesson.read_text(encoding="utf-8")
        top, _, _ = text.partition("## The idea")
        blocks = []
        for cell in cells:
            tags, source = cell if isinstance(cell, tuple) else ("", cell)
            option = f":tags: [{tags}]\n" if tags else ""
            blocks.append(f"```{{code-cell}} ipython3\n{option}{source}\n```\n")
        text = top + "## The idea\n\n" + "\n".join(blocks)
        project.lesson.write_text(text, encoding="utf-8")
        return Copies(read(project.lesson))

    return make


def test_the_small_lessons_program_is_this(only):
    made = only(
        FIRST,
        CLIENT,
        SERVER,
        "await stage.crash(server)\nserver = context.socket(zmq.REP)\nserver.bind(endpoint)\n"
        "async def twice(x):\n    return 2 * x\n\nawait twice(21)",
    )
    assert (
        made.plain(3)
        == '''\
# ØMQ Companion, lesson 01: A toy with code
# Cell 4 of that lesson with the cells that it needs, as a program.
# It needs Python 3.11 or newer and pyzmq (pip install pyzmq).
# Code: MIT.

import asyncio
import socket

import zmq
import zmq.asyncio
from zmq.utils.monitor import recv_monitor_message


def free_endpoint(host: str = "127.0.0.1") -> str:
    """Return a tcp endpoint where nobody listens; the system chooses its port."""
    with socket.create_server((host, 0)) as probe:
        return f"tcp://{host}:{probe.getsockname()[1]}"


async def wait_for_event(event: int, *monitors: zmq.asyncio.Socket) -> None:
    """Wait until each monitor has told of an event, 5 seconds at most."""
    async with asyncio.timeout(5):
        for monitor in monitors:
            while (await recv_monitor_message(monitor))["event"] != event:
                pass  # it tells of other things first


async def twice(x):
    return 2 * x


async def main():
    # The idea
    context = zmq.asyncio.Context()
    context.rcvtimeo = 3000
    context.linger = 0
    endpoint = free_endpoint()  # nobody listens there

    client = context.socket(zmq.REQ)
    client_events = client.get_monitor_socket(addr="inproc://client-events")
    client.connect(endpoint)
    await client.send_string("hello")

    await wait_for_event(zmq.EVENT_CONNECT_RETRIED, client_events)  # nobody was there
    server = context.socket(zmq.REP)
    server_events = server.get_monitor_socket(addr="inproc://server-events")
    server.bind(endpoint)
    print(await server.recv_string())

    server.close(linger=0)
    await wait_for_event(zmq.EVENT_MONITOR_STOPPED, server_events)  # its port is free
    server_events.close()
    await wait_for_event(zmq.EVENT_DISCONNECTED, client_events)  # its peers know
    server = context.socket(zmq.REP)
    server_events = server.get_monitor_socket(addr="inproc://server-events-2")
    server.bind(endpoint)

    print(repr(await twice(21)))

    context.destroy(linger=0)


if __name__ == "__main__":
    asyncio.run(main())
'''
    )


def test_that_program_runs_where_only_pyzmq_is(only, tmp_path):
    made = only(FIRST, CLIENT, SERVER, "await stage.crash(server)\nprint('gone')")
    for _ in range(2):
        done = run(made.plain(3), tmp_path, alone=True)
        ended_well(done)
        assert done.stdout == "hello\ngone\n"
    without = run("import psutil", tmp_path, alone=True)
    assert "No module named 'psutil'" in without.stderr, "something else is installed there"


def test_with_the_instruments_it_runs_too(only, tmp_path):
    made = only(FIRST, CLIENT, SERVER)
    text = made.with_instruments(2)
    assert "print(stage.sequence())" in text
    done = run(text, tmp_path, alone=False)
    ended_well(done)
    assert done.stdout.startswith("hello\n") and "client" in done.stdout


def test_without_zmqlab_it_fails_as_its_head_says(only, tmp_path):
    text = only(FIRST).with_instruments(0)
    done = run(text, tmp_path, alone=True)
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1].removeprefix("ModuleNotFoundError: ")
    assert said == "No module named 'zmqlab'"
    head = " ".join(line.removeprefix("# ") for line in text.partition("\nimport")[0].splitlines())
    assert said in head and "Start here" in head and "make site" in head


@pytest.mark.parametrize(
    ("cells", "needed"),
    [
        (["a = 1", "b = 2", "print(a)"], [0, 2]),
        (["a = []", "a.append(1)", "b = 2", "print(a)"], [0, 1, 3]),
        (["a = 1", "a = 2", "print(a)"], [1, 2]),
        (["a = 1", "a += 1", "print(a)"], [0, 1, 2]),
        (["a = 1", "def f():\n    return a", "b = 1", "f()"], [0, 1, 3]),
        (["def f():\n    return a", "a = 1", "f()"], [0, 1, 2]),
        (["a = []", "def f():\n    a.append(1)", "f()", "print(a)"], [0, 1, 2, 3]),
        (["import os", "x = 1", "print(os.name)"], [2]),
        (["crew = []", "for one in crew:\n    one.stop()", "print(crew)"], [0, 1, 2]),
        (
            # What one socket sends changes the other one, for they share an endpoint.
            [
                "import zmq\nc = zmq.Context()\ne = 'inproc://x'",
                "a = c.socket(zmq.PAIR)\na.bind(e)",
                "b = c.socket(zmq.PAIR)\nb.connect(e)",
                "a.send(b'x')",
                "other = c.socket(zmq.PUB)\nother.bind('inproc://y')",
                "b.recv()",
            ],
            [0, 1, 2, 3, 5],
        ),
        (
            ["ANY = 'tcp://127.0.0.1:*'", "a.bind(ANY)", "b.bind(ANY)", "print(ANY)"],
            [0, 3],
        ),
    ],
)
def test_the_cells_that_a_cell_needs(only, cells, needed):
    assert only(*cells).flow.needed(len(cells) - 1) == needed


def test_it_prints_what_the_notebook_shows_and_keeps_every_character(only, tmp_path):
    made = only(
        "from __future__ import annotations\nx = 3\nrow = f'''{x}\n  ß {\n    x + 1} end'''\nrow",
        "x, 'é'  # a pair",
        "x;",
        "text = '''\n    # not a comment\n\tindented\n'''\nprint(len(text), row)\ntext",
    )
    text = "\n    # not a comment\n\tindented\n"
    row = "3\n  ß 4 end"
    for number, shown in ((0, repr(row)), (1, "(3, 'é')"), (2, "")):
        done = run(made.plain(number), tmp_path, alone=True)
        ended_well(done)
        assert done.stdout == (f"{shown}\n" if shown else "")
    done = run(made.plain(3), tmp_path, alone=True)
    ended_well(done)
    assert done.stdout == f"{len(text)} {row}\n{text!r}\n"


def test_an_import_of_a_name_that_is_assigned_too_stays_in_place(only, tmp_path):
    cells = "from os.path import join\nprint(join('a', 'b'))\njoin = 'own'", "print(join)"
    text = only(*cells).plain(1)
    assert "\n    from os.path import join\n" in text
    done = run(text, tmp_path, alone=True)
    assert done.stdout.split() == ["a/b", "own"]


def test_a_program_that_awaits_nothing_has_a_plain_main(only, tmp_path):
    text = only("import zmq\ncontext = zmq.Context()\nprint(context.closed)").plain(0)
    assert "\ndef main():\n" in text and "asyncio" not in text
    assert run(text, tmp_path, alone=True).stdout == "False\n"
    assert text.count("context.destroy(linger=0)") == 1


def test_what_is_open_is_closed_once_and_tasks_are_ended(only, tmp_path):
    made = only(
        FIRST,
        "import asyncio\nserver = context.socket(zmq.REP)\nserver.bind(endpoint)\n"
        "async def serve():\n    await server.recv()\n\n"
        "waiting = asyncio.create_task(serve())\nawait asyncio.sleep(0)",
        "waiting.cancel()\nserver.close()\ncontext.term()",
    )
    assert made.plain(1).count("destroy") == 1
    assert "destroy" not in made.plain(2)
    for number in (1, 2):
        ended_well(run(made.plain(number), tmp_path, alone=True))


def test_a_monitor_ends_before_its_socket_and_its_context_ends_at_once(only, tmp_path):
    made = only(FIRST, CLIENT, "await stage.refused(client)\nclient.close()\ncontext.term()")
    text = made.plain(2)
    closing = "client.disable_monitor()", "client.close()", "client_events.close()"
    assert "\n    ".join([*closing, "context.destroy(linger=0)"]) in text
    ended_well(run(text, tmp_path, alone=True))


def test_a_socket_of_a_with_gets_its_monitor_inside(only):
    text = only(
        FIRST,
        "with context.socket(zmq.REQ) as client:\n    client.connect(endpoint)\n"
        "    await stage.connected(client, peers=2)",
    ).plain(1)
    assert (
        "as client:\n"
        '        client_events = client.get_monitor_socket(addr="inproc://client-events")\n'
        "        client.connect(endpoint)\n" in text
    )
    assert "wait_for_event(zmq.EVENT_HANDSHAKE_SUCCEEDED, client_events, client_events)" in text


@pytest.mark.parametrize(
    "source",
    [
        "from zmqlab import Programs\nasync with Programs() as programs:\n    pass",
        "record = stage.record()",
        "print(stage.sequence())",
        "await stage.connected(context.socket(zmq.REQ))",
        "async def f(socket):\n    await stage.connected(socket)\nawait f(context.socket(zmq.REQ))",
        "from examples import EXAMPLES\nprint(EXAMPLES)",
        "from zmqlab.run.measure import full\nprint(full())",
        "print(stage)",
    ],
)
def test_what_has_no_plain_form_is_never_left_half(only, source):
    made = only(FIRST, source)
    with pytest.raises(NoPlainFormError):
        made.plain(1)
    copy = made.copy(1)
    assert not copy.program and copy.instruments


def test_a_cell_that_starts_an_example_names_it(only):
    start = 'from zmqlab import Programs\np = Programs()\nawait p.start("request_reply/server.py")'
    assert only(start).copy(0).example == "request-reply"


def test_a_cell_that_only_watches_has_no_plain_program(only):
    made = only(FIRST, CLIENT, "stage.sequence()", 'from zmqlab import idea\n\nidea("a")')
    for number in (2, 3):
        copy = made.copy(number)
        assert (copy.program, copy.example) == ("", "")
        assert copy.instruments


def test_only_an_exercise_its_check_and_definitions_have_no_program(only):
    made = only(
        "x = 1\nprint(x)",
        ("exercise", "def mine():\n    ..."),
        ("check", 'from zmqlab import check\n\ncheck("01 toy", mine)'),
        "LIMIT = 3\ndef yours():\n    return LIMIT",
        "yours()",
    )
    offers = [bool(copy.program) for copy in made.every]
    assert offers == [True, False, False, False, True]
    assert "mine" not in made.plain(4)
    page = for_page(made)
    assert [bool(cell) for cell in page["cells"]] == offers
    assert page["numbers"] == [1, 2, 3, 4, 5]


def test_blocks_that_only_watched_hold_a_pass():
    lab = Lab.of([FIRST])
    source = "for s in many:\n    stage.name(s=s)\nif x:\n    stage.clear()\n    y()"
    assert without_watching(source, lab, last=True) == "for s in many:\n    pass\nif x:\n    y()"
    with pytest.raises(NoPlainFormError):
        plainly("x = 1; stage.clear()", lab)


def test_every_instrument_that_acts_declares_what_there_is():
    """What a form names is there: functions to copy, with all that they import."""
    found = [getattr(zmqlab, name) for name in zmqlab.__all__]
    found += [getattr(zmqlab.Stage, name) for name in dir(zmqlab.Stage) if name[0] != "_"]
    forms = [form for one in found if (form := getattr(one, ATTRIBUTE, None)) is not None]
    assert len(forms) > 9
    for form in forms:
        assert all(callable(getattr(plain_forms, name)) for name in form.helpers)
    for name in ("crash", "connected", "disconnected", "refused", "context"):
        assert getattr(getattr(zmqlab.Stage, name), ATTRIBUTE).code


# ---------------------------------------------------------------- files and pages


def test_the_files_are_the_programs_and_old_ones_go(tmp_path, monkeypatch):
    monkeypatch.setattr("web.lessons.plain_copy.SITE", tmp_path)
    monkeypatch.setattr("web.lessons.plain_copy.BUILD", tmp_path / "build")
    monkeypatch.setattr("web.lessons.plain_copy.pages", lambda: PAGES[:1])
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "99-gone-1.py").write_text("", encoding="utf-8")
    write_programs()
    expected = files(Copies(read(PAGES[0])))
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}
    assert there == expected
    script = (folder / f"{page_name(PAGES[0])}.js").read_text(encoding="utf-8")
    assert json.loads(script.removeprefix("window.copyPrograms(").removesuffix(");\n")) == expected


@pytest.mark.parametrize("path", PAGES[:2], ids=page_name)
def test_the_page_holds_no_program_only_which_there_are(path):
    page = for_page(Copies(read(path)))
    assert len(json.dumps(page)) < 80 * len(page["cells"]) + 100
    there = {
        f"{page['page']}-{number}{end}.py"
        for number, copy in enumerate(offered(path), 1)
        for text, end in ((copy.program, ""), (copy.instruments, "-instruments"))
        if text
    }
    for number, cell in zip(page["numbers"], page["cells"], strict=True):
        name = f"{page['page']}-{number}"
        assert ("plain" in cell) == (f"{name}.py" in there)
        assert ("instruments" in cell) == (f"{name}-instruments.py" in there)


def test_nothing_in_the_page_ends_the_script_element():
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
