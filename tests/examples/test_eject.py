"""What a learner takes home: an example's programs and one helper file, with pyzmq alone."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import examples
from examples import EXAMPLES, run_once
from examples.__main__ import app
from examples.eject import bare_python, eject
from examples.table import Example, Part
from zmqlab.run import role

FOLDER = Path(examples.__file__).parent


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZMQLAB_LANGUAGE", "en")


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_copy_needs_pyzmq_alone_and_is_the_program_line_by_line(
    name: str, tmp_path: Path
) -> None:
    example = EXAMPLES[name]
    written = eject(example, tmp_path)
    for part in example.parts:
        assert example.place(part.file) in written.files
    every = {*map(example.place, (*example.files, *example.also))}
    assert every <= {*written.files, *written.left_out}
    helper = tmp_path / "role.py"
    assert helper.read_bytes() == Path(role.__file__).read_bytes()
    files = [*written.files.values(), helper]
    assert {*files, tmp_path / "README.md"} == {*tmp_path.iterdir()}
    assert len({path.name for path in files}) == len(files)
    own = {path.stem for path in files}
    for path in files:
        assert imported(path) - sys.stdlib_module_names <= {"zmq", *own}
    for place, path in written.files.items():
        before = (FOLDER / place).read_text(encoding="utf-8").splitlines()
        after = path.read_text(encoding="utf-8").splitlines()
        changed = [new for old, new in zip(before, after, strict=True) if old != new]
        assert all(line.startswith("from ") or ".py" in line for line in changed), changed
        assert "../" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize(("language", "words"), [("en", "lesson"), ("ko", "레슨")])
def test_the_readme_says_in_two_lines_how_to_start_it(
    name: str, language: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZMQLAB_LANGUAGE", language)
    example = EXAMPLES[name]
    written = eject(example, tmp_path)
    first, second = (tmp_path / "README.md").read_text(encoding="utf-8").splitlines()
    assert f"{words} {example.lesson}" in first and name in first
    install, *commands = second.split("`")[1::2]
    assert install == "pip install pyzmq"
    assert [command.split()[:2] for command in commands] == [
        ["python", written.files[example.place(part.file)].name] for part in example.parts
    ]
    assert not any("*" in command or "{" in command for command in commands)


def test_the_commands_of_a_readme_fit_together(tmp_path: Path) -> None:
    eject(EXAMPLES["pipeline"], tmp_path)
    _, second = (tmp_path / "README.md").read_text(encoding="utf-8").splitlines()
    _, *commands = second.split("`")[1::2]
    sink, outlet = "tcp://127.0.0.1:5555", "tcp://127.0.0.1:5556"
    both = f"--connect {outlet} --connect {sink}"
    assert commands == [
        f"python sink.py --bind {sink}",
        f"python ventilator.py --bind {outlet} --workers 3 --tasks 24 --connect {sink}",
        f"python worker.py --name worker {both}",
        f'python worker.py --name "worker 2" {both}',
        f'python worker.py --name "worker 3" {both}',
    ]


def test_two_files_of_one_name(tmp_path: Path) -> None:
    files = eject(EXAMPLES["switch_or_broker"], tmp_path).files
    names = {place: path.name for place, path in files.items()}
    assert names["switch_or_broker/sender.py"] == "sender.py"
    assert names["reliable_edges/sender.py"] == "reliable_edges_sender.py"
    assert names["reliable_edges/switch.py"] == "switch.py"
    text = files["switch_or_broker/broker.py"].read_text(encoding="utf-8")
    assert "The other sides are reliable_edges_sender.py" in text


def test_the_command_names_what_it_wrote_and_what_it_left_out(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    done = CliRunner().invoke(app, ["eject", "reliable-edges", str(home)])
    assert (done.exit_code, done.stderr) == (0, "")
    *written, left_out = done.stdout.splitlines()
    names = ["README.md", "receiver.py", "role.py", "sender.py", "switch.py"]
    assert written == [str(home / name) for name in names]
    assert left_out == "left out: reliable_edges/storm.py, which needs zmqlab"
    assert sorted(path.name for path in home.iterdir()) == names


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "server.py"
    mine.write_text("precious")
    for folder in (tmp_path, mine):
        done = CliRunner().invoke(app, ["eject", "request_reply", str(folder)])
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr == f"{folder} is there and not empty: take another folder\n"
    done = CliRunner().invoke(app, ["eject", "request_reply", str(mine / "below")])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"{mine / 'below'} can't be written: Not a directory\n"
    assert (mine.read_text(), [*tmp_path.iterdir()]) == ("precious", [mine])


def test_a_copy_runs_where_pyzmq_is_the_only_package(tmp_path: Path) -> None:
    command = [*bare_python(tmp_path / "python"), "-c"]
    names = "import zmq, sys; print(sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [*command, names], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "zmq" in ast.literal_eval(done.stdout)
    for other in ("zmqlab", "examples", "psutil", "rich"):
        done = subprocess.run(
            [*command, f"import {other}"], capture_output=True, check=False, cwd=tmp_path
        )
        assert done.returncode == 1 and b"ModuleNotFoundError" in done.stderr
    run_once("pipeline", ejected=True)


def test_a_run_that_fails_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = Part("request_reply/client.py", ("--connect", "tcp://127.0.0.1:9", "--timeout", "0.1"))
    broken = Example(lesson="00", parts=(alone,), folder="broken")
    monkeypatch.setitem(EXAMPLES, "broken", broken)
    with pytest.raises(RuntimeError, match=r"(?s)broken: client: .*no reply within 0\.1 s"):
        run_once("broken")
