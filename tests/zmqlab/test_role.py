import ast
import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from zmqlab.run import role
from zmqlab.run.role import STAMP, STAMPED, endpoint_fault

LIMIT = 10.0

TOY = """
    "A toy."
    import zmq
    from zmqlab.run.role import Role

    role = Role("toy", __doc__, bind=["tcp://127.0.0.1:*", "ipc://*"])
    role.option("--number", type=int, default=1)

    def main():
        with zmq.Context() as context, context.socket(zmq.PULL) as socket:
            endpoints = []
            for endpoint in role.bind:
                socket.bind(endpoint)
                endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))
            role.ready(*endpoints)
            BODY

    role.run(main)
"""


def command(folder: Path, body: str, *arguments: str) -> list[str]:
    path = folder / "toy.py"
    path.write_text(textwrap.dedent(TOY).replace("BODY", body))
    return [sys.executable, str(path), *arguments]


def run(
    folder: Path, body: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, body, *arguments),
        capture_output=True, text=True, timeout=LIMIT, check=False,
        cwd=folder,  # libzmq makes the folder of an ipc://* endpoint here, and leaves it
        env={**os.environ, "ZMQLAB_LANGUAGE": "en", **environment},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("endpoint", "side", "words"),
    [
        ("", "bind", "transport://address"),
        ("tcp:/127.0.0.1:5555", "bind", "transport://address"),
        ("127.0.0.1:5555", "connect", "transport://address"),
        ("://127.0.0.1:5555", "connect", "transport://address"),
        ("tcp://127.0.0.1: 5555", "connect", "without spaces"),
        ("foo://x", "bind", "no transport 'foo'"),
        ("udp://127.0.0.1:5555", "bind", "no transport 'udp'"),
        ("TCP://127.0.0.1:5555", "bind", "no transport 'TCP'"),
        ("inproc://x", "connect", "stays within one process"),
        ("ipc://", "bind", "the path is missing"),
        ("tcp://nonsense", "bind", "a host and a port"),
        ("tcp://:5555", "connect", "a host and a port"),
        ("tcp://127.0.0.1:", "connect", "a host and a port"),
        ("tcp://127.0.0.1:99999", "bind", "from 1 to 65535, not '99999'"),
        ("tcp://127.0.0.1:-1", "bind", "from 1 to 65535, not '-1'"),
        ("tcp://127.0.0.1:80a", "connect", "from 1 to 65535, not '80a'"),
        ("tcp://[::1]:*", "bind", "use IPv4; write this machine's address as 127.0.0.1"),
        ("tcp://[::1]:5555", "connect", "use IPv4"),
        ("tcp://::1:5555", "connect", "use IPv4"),
        ("tcp://127.0.0.1:0;[::1]:5555", "connect", "use IPv4"),
        ("tcp://*:5555", "connect", "* is for bind only"),
        ("tcp://127.0.0.1:*", "connect", "* is for bind only"),
        ("tcp://127.0.0.1:0", "connect", "* is for bind only"),
    ],
)
def test_what_is_wrong_with_an_endpoint(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, side: str, words: str
) -> None:
    monkeypatch.setenv("ZMQLAB_LANGUAGE", "en")
    english = endpoint_fault(endpoint, side)
    assert english is not None
    assert words in english
    monkeypatch.setenv("ZMQLAB_LANGUAGE", "ko")
    korean = endpoint_fault(endpoint, side)
    assert korean is not None
    assert any("가" <= letter <= "힣" for letter in korean)
    assert "\n" not in english + korean


@pytest.mark.parametrize(
    ("variables", "korean"),
    [
        ({}, False),
        ({"LANG": "ko_KR.UTF-8"}, True),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "ko_KR.UTF-8", "ZMQLAB_LANGUAGE": "en"}, False),
        ({"LANG": "en_US.UTF-8", "ZMQLAB_LANGUAGE": "ko"}, True),
        ({"LANG": "ko_KR.UTF-8", "ZMQLAB_LANGUAGE": "fr"}, True),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_systems(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], korean: bool
) -> None:
    for name in ("ZMQLAB_LANGUAGE", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    fault = endpoint_fault("tcp://nonsense", "bind")
    assert fault is not None
    assert any("가" <= letter <= "힣" for letter in fault) is korean


def test_it_needs_the_standard_library_and_pyzmq_alone() -> None:
    imported = set()
    for node in ast.walk(ast.parse(Path(role.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    assert {name.split(".")[0] for name in imported} - sys.stdlib_module_names == {"zmq"}


def test_the_help_names_the_kind_of_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    toy = role.Role("toy", "A toy.")
    toy.option("--count", type=role.positive)
    toy.option("--time", type=role.seconds)
    toy.option("--other", type=role.endpoint)
    toy.option("--id", type=role.routing_id)
    toy.option("--named", type=role.positive, metavar="ROUNDS")
    toy.option("--flag", action="store_true")
    with (
        pytest.MonkeyPatch.context() as patched,
        pytest.raises(SystemExit),
    ):
        patched.setattr(sys, "argv", ["toy.py", "--help"])
        toy.run(lambda: None)
    words = capsys.readouterr().out
    for option in (
        "--count N",
        "--time SECONDS",
        "--other ENDPOINT",
        "--id NAME",
        "--named ROUNDS",
        "--flag]",
    ):
        assert option in words


@pytest.mark.parametrize(
    ("endpoint", "side"),
    [
        ("tcp://127.0.0.1:5555", "bind"),
        ("tcp://*:*", "bind"),
        ("tcp://127.0.0.1:0", "bind"),
        ("tcp://eth0:5555", "bind"),
        ("tcp://localhost:65535", "connect"),
        ("tcp://127.0.0.1:0;127.0.0.1:5555", "connect"),
        pytest.param(
            "ipc:///tmp/x", "connect", marks=pytest.mark.skipif(os.name == "nt", reason="no ipc")
        ),
    ],
)
def test_nothing_is_wrong_with_an_endpoint(endpoint: str, side: str) -> None:
    assert endpoint_fault(endpoint, side) is None


def test_defaults_and_ready_line(tmp_path: Path) -> None:
    done = run(tmp_path, "print(role.options.number)")
    assert (done.returncode, done.stderr) == (0, "")
    ready, number = done.stdout.splitlines()
    word, name, tcp, ipc = ready.split()
    assert (word, name, number) == ("ready", "toy", "1")
    assert tcp.startswith("tcp://127.0.0.1:")
    assert int(tcp.rpartition(":")[2]) > 0
    assert ipc.startswith("ipc://")


def test_an_option_given_replaces_the_defaults(tmp_path: Path) -> None:
    free = "tcp://127.0.0.1:*"
    done = run(tmp_path, "print(role.options.number)", "--number", "7", "--bind", free)
    assert len(done.stdout.split()) == 4
    assert done.stdout.split()[-1] == "7"


def test_help(tmp_path: Path) -> None:
    done = run(tmp_path, "pass", "--help")
    assert done.returncode == 0
    assert "A toy." in done.stdout
    assert "tcp://127.0.0.1:* ipc://*" in " ".join(done.stdout.split())
    assert "--connect" not in done.stdout  # it has no such side


@pytest.mark.parametrize(
    "arguments", [["--nonsense"], ["--number", "x"], ["--bind"], ["--connect", "tcp://a:1"]]
)
def test_a_wrong_option_is_one_line(tmp_path: Path, arguments: list[str]) -> None:
    done = run(tmp_path, "pass", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("toy.py: ")
    assert done.stderr.count("\n") == 1
    assert "--help" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
@pytest.mark.parametrize("stamped", ["", "1"])
def test_a_full_disk_is_told_in_one_line(tmp_path: Path, stamped: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command(tmp_path, "print('so much')"),
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=LIMIT, check=False,
            cwd=tmp_path, env={**os.environ, "ZMQLAB_STAMPED": stamped},
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.endswith("toy.py: the output can't be written: No space left on device\n")
    assert "Traceback" not in done.stderr


def test_a_wrong_endpoint_in_korean(tmp_path: Path) -> None:
    done = run(tmp_path, "pass", "--bind", "tcp://127.0.0.1:99999", ZMQLAB_LANGUAGE="ko")
    assert done.returncode == 2
    assert done.stderr == (
        "toy.py: --bind 'tcp://127.0.0.1:99999': '99999': 포트는 1~65535의 수로 씁니다"
        "(바인드할 때는 *가 비어 있는 포트)\n"
    )


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("tcp://192.0.2.1:5555", "no such address"),
        ("tcp://no-such-host.invalid:5555", "no such address"),
        ("ipc:///no/such/folder/x", "folder of this path does not exist"),
        ("ipc://" + "x" * 200, "too long"),
    ],
)
def test_an_endpoint_that_the_socket_refuses(tmp_path: Path, endpoint: str, words: str) -> None:
    done = run(tmp_path, "pass", "--bind", endpoint)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"toy.py: --bind '{endpoint}': ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path is short enough for ipc."""
    with tempfile.TemporaryDirectory(prefix="zl", dir="/tmp") as folder:
        yield Path(folder)


@pytest.mark.skipif(os.name == "nt", reason="no ipc")
@pytest.mark.parametrize(
    ("kind", "words"),
    [("file", "is no socket"), ("link", "is no socket"), ("folder", "this is a folder")],
)
def test_ipc_does_not_destroy_what_is_there(short: Path, kind: str, words: str) -> None:
    path = short / "thing"
    (short / "mine").write_text("precious")
    if kind == "file":
        path.write_text("precious")
    elif kind == "link":
        path.symlink_to(short / "mine")
    else:
        path.mkdir()
    done = run(short, "pass", "--bind", f"ipc://{path}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"toy.py: --bind 'ipc://{path}': ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert path.is_dir() if kind == "folder" else path.read_text() == "precious"


@pytest.mark.skipif(os.name == "nt", reason="no ipc")
def test_ipc_where_somebody_listens(short: Path) -> None:
    with zmq.Context() as context, context.socket(zmq.PULL) as first:
        first.bind(f"ipc://{short}/taken")
        done = run(short, "pass", "--bind", f"ipc://{short}/taken")
        assert (done.returncode, done.stdout) == (2, "")
        assert "already in use: end the program that has it, or take another path" in done.stderr
        assert done.stderr.count("\n") == 1
        with context.socket(zmq.PUSH) as push:  # it can still be reached
            push.connect(f"ipc://{short}/taken")
            push.send(b"still here")
            assert first.poll(LIMIT * 1000)
            assert first.recv() == b"still here"


@pytest.mark.skipif(os.name == "nt", reason="no ipc")
def test_ipc_twice_in_one_program(short: Path) -> None:
    endpoint = f"ipc://{short}/twice"
    done = run(short, "pass", "--bind", endpoint, "--bind", endpoint)
    assert (done.returncode, done.stdout) == (2, "")
    assert "already in use" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="no ipc")
def test_ipc_where_a_killed_program_was(short: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(f"{short}/left")
    assert (short / "left").is_socket()
    done = run(short, "pass", "--bind", f"ipc://{short}/left")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"ready toy ipc://{short}/left\n"


def test_other_errors_are_not_hidden(tmp_path: Path) -> None:
    done = run(tmp_path, "socket.send(b'')")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "ZMQError" in done.stderr


def test_fail(tmp_path: Path) -> None:
    done = run(tmp_path, "role.fail('no luck')")
    assert (done.returncode, done.stderr) == (1, "toy.py: no luck\n")


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_python_ends_changes_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Python takes its own handlers away as it ends; a signal then would kill the program."""
    late = f"lambda self, kill=os.kill, pid=os.getpid(): kill(pid, {int(number)})"
    body = f"import os; globals()['kept'] = type('', (), {{'__del__': {late}}})()"
    done = run(tmp_path, body, "--bind", "tcp://127.0.0.1:*")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("busy", ["socket.recv()", "__import__('time').sleep(60)"])
def test_an_interrupt_ends_it_cleanly(tmp_path: Path, busy: str, number: signal.Signals) -> None:
    with subprocess.Popen(
        command(tmp_path, busy),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("ready toy")
            wait_until_blocked(process.pid)
            process.send_signal(number)
            out, err = process.communicate(timeout=LIMIT)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (0, "toy stopped\n", "")


def wait_until_blocked(pid: int) -> None:
    """Wait until a process sleeps in a system call."""
    end = time.monotonic() + LIMIT
    state = ""
    while not state.startswith("S"):
        assert time.monotonic() < end
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=True
        ).stdout


def test_a_line_is_seen_when_it_is_printed(tmp_path: Path) -> None:
    body = "print('now'); __import__('time').sleep(60)"
    with subprocess.Popen(
        command(tmp_path, body), stdout=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert process.stdout.readline() == "now\n"
        process.kill()


@pytest.mark.skipif(os.name == "nt", reason="pipes as POSIX has them")
def test_nobody_reads_on(tmp_path: Path) -> None:
    body = "[print(number) for number in range(1000_000)]"
    with subprocess.Popen(
        command(tmp_path, body),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(LIMIT) == 1


def test_stamps(tmp_path: Path) -> None:
    before = time.monotonic_ns()
    gone = f"print({STAMPED!r} in __import__('os').environ)"  # its own programs print as they are
    body = f"print('one\\ntwo'); print('x', end=''); print('y'); {gone}"
    done = run(tmp_path, body, "--bind", "tcp://127.0.0.1:*", **{STAMPED: "1"})
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split(" ", 1) for line in done.stdout.split("\n")[:-1]]
    assert [words for _, words in lines][1:] == ["one", "two", "xy", "False"]
    times = [int(stamp.removeprefix(STAMP)) for stamp, _ in lines]
    times = [before, *times, time.monotonic_ns()]
    assert times == sorted(times)
