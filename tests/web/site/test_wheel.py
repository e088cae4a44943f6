"""The wheel beside the site: what a downloaded notebook installs, tried in an empty folder."""

import os
import shutil
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from web.lessons.folders import pages
from web.lessons.setup_cell import setup_source, wheel_name
from web.lessons.source import read
from web.site import wheel

NAME = "01 ask again"
WRONG = "async def ask(*given): return 'PRICE OF TEA?'"
PROGRAM = """\
import asyncio
import sys
from pathlib import Path

import zmq
import zmq.asyncio
import zmqlab
from zmqlab import check
from zmqlab.exercises import lessons

given = {{"zmq": zmq, "asyncio": asyncio}}
exec(Path("answer.py").read_text(encoding="utf-8"), given)

async def main():
    return await check({name!r}, given["ask"])

verdict = asyncio.run(main())
print(zmqlab.__file__, lessons.load("01").__file__, verdict.state, sep="\\n")
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return wheel.write_wheel(tmp_path_factory.mktemp("downloads"))


@pytest.fixture(scope="module")
def installed(made, tmp_path_factory):
    """Install the wheel alone, without a network, into a folder of its own."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(target), str(made)], check=True)
    return target


@pytest.fixture(scope="module")
def solution():
    """The lesson's own answer to the exercise."""
    lesson = read(pages()[0])
    return next(
        exercise.solution
        for exercise in lesson.exercises()
        if any(NAME in check.source for check in exercise.checks)
    )


def run(installed, folder, code):
    """Run code in a folder, where only the installed wheel gives zmqlab."""
    environment = dict(os.environ, PYTHONPATH=str(installed), ZMQLAB_LANGUAGE="en")
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("right", [True, False])
def test_an_exercise_is_checked_in_an_empty_folder(installed, solution, tmp_path, right):
    (tmp_path / "answer.py").write_text(solution if right else WRONG, encoding="utf-8")
    done = run(installed, tmp_path, PROGRAM.format(name=NAME))
    assert done.stderr == ""
    package, checks, state = done.stdout.split("\n")[-4:-1]
    assert Path(package).is_relative_to(installed) and Path(checks).is_relative_to(installed)
    assert state == ("passed" if right else "not right")


def test_the_programs_are_in_it(installed, tmp_path):
    done = run(installed, tmp_path, "import examples.__main__ as m; print(m.__file__)")
    assert Path(done.stdout.strip()).is_relative_to(installed)
    assert (installed / "examples" / "speed" / "pair.c").is_file()


def test_neither_wrong_answers_nor_solutions_are_in_it(made):
    assert list(wheel.LESSONS.glob("*/wrong.py"))
    with zipfile.ZipFile(made) as opened:
        assert opened.testzip() is None
        inside = {name: opened.read(name).decode() for name in opened.namelist()}
    assert [name for name in inside if name.endswith(("wrong.py", ".md"))] == []
    found = []
    for path in pages():
        for exercise in read(path).exercises():
            found += [name for name, text in inside.items() if exercise.solution in text]
    assert found == []
    assert not [name for name in inside if name.startswith(("web/", "tests/"))]


def test_the_same_content_gives_the_same_bytes(made, tmp_path, monkeypatch):
    copy = tmp_path / "copy"
    for name in (*wheel.PACKAGES, "notebooks"):
        shutil.copytree(wheel.ROOT / name, copy / name)
    for name in wheel.LICENCES:
        shutil.copy(wheel.ROOT / name, copy)
    for path in copy.rglob("*.py"):
        os.utime(path, (1, 1))
    monkeypatch.setattr(wheel, "ROOT", copy)
    monkeypatch.setattr(wheel, "LESSONS", copy / "notebooks")
    again = wheel.write_wheel(tmp_path / "again")
    assert again.read_bytes() == made.read_bytes()


def test_an_older_wheel_goes(tmp_path):
    (tmp_path / "zeromq_companion-0.0.1-py3-none-any.whl").touch()
    wheel.write_wheel(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [wheel_name()]


# ---------------------------------------------------------------- the notebook's first cell


@pytest.fixture
def bare(tmp_path):
    """Return a Python without zmqlab, whose pip installs nothing of others."""
    folder = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    (site,) = folder.glob("lib/python*/site-packages")
    import pip

    (site / "pip.pth").write_text(f"{tmp_path / 'pip'}\n")
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "pip").symlink_to(Path(pip.__file__).parent)
    return python


def first_cell(python, folder, language="en"):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_RETRIES": "0"}
    environment |= {"PIP_ROOT_USER_ACTION": "ignore"}
    return subprocess.run(
        [python, "-c", setup_source(language)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of other systems")
@pytest.mark.parametrize("place", [".", "../downloads", "../../downloads"])
def test_the_first_cell_installs_from_near(made, bare, tmp_path, place):
    here = tmp_path / "site" / "en" / "notebooks"
    here.mkdir(parents=True)
    near = (here / place).resolve()
    near.mkdir(exist_ok=True)
    shutil.copy(made, near)
    done = first_cell(bare, here)
    assert (done.stdout, done.stderr) == ("zmqlab is ready\n", "")
    shutil.rmtree(near) if place != "." else (here / made.name).unlink()
    assert first_cell(bare, here).stdout == "zmqlab is ready\n"


@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of other systems")
def test_the_first_cell_installs_from_the_site_it_came_from(made, bare, tmp_path, monkeypatch):
    shutil.copytree(made.parent, tmp_path / "site" / "zmq" / "downloads")
    here = tmp_path / "here"
    here.mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("SITE_ADDRESS", f"http://127.0.0.1:{server.server_port}/zmq")
        done = first_cell(bare, here)
        server.shutdown()
    assert (done.stdout, done.stderr) == ("zmqlab is ready\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of other systems")
def test_the_first_cell_says_what_to_do_where_there_is_no_wheel(bare, tmp_path, monkeypatch):
    monkeypatch.setenv("SITE_ADDRESS", "http://127.0.0.1:9/zmq/")
    here = tmp_path / "here"
    here.mkdir()
    for language, words in (("en", "beside this notebook"), ("ko", "이 노트북 옆에")):
        done = first_cell(bare, here, language)
        assert done.returncode == 1
        said = done.stderr.strip().splitlines()[-1]
        assert said.startswith("ModuleNotFoundError: ")
        assert f"http://127.0.0.1:9/zmq/downloads/{wheel_name()}" in said and words in said
