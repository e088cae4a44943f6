import asyncio
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import zmq
import zmq.asyncio

from zmqlab.run import programs as module
from zmqlab.run.programs import Line, Program, ProgramError, Programs

SERVER = "request_reply/server.py"
CLIENT = "request_reply/client.py"
ANY = "tcp://127.0.0.1:*"
LIMIT = 20.0

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZMQLAB_LANGUAGE", "en")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a program of a few lines, and give its path."""

    def write(text: str, name: str = "toy.py") -> Path:
        path = tmp_path / name
        path.write_text(textwrap.dedent(text))
        return path

    return write


def go(main: Coroutine[Any, Any, None]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(LIMIT):
            await main

    asyncio.run(limited())


def there(pid: int) -> bool:
    """Whether a process runs; one that is dead but not yet collected does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def wait_until_gone(*pids: int) -> None:
    end = time.monotonic() + LIMIT
    while left := [pid for pid in pids if there(pid)]:
        assert time.monotonic() < end, f"still running: {left}"
        time.sleep(0.01)


def wait_for_threads(number: int) -> None:
    """Wait until no more than this number of threads is left."""
    end = time.monotonic() + LIMIT
    while threading.active_count() > number:
        assert time.monotonic() < end, threading.enumerate()
        time.sleep(0.01)


def reaper_pid(programs: Programs) -> int:
    assert programs._reaper is not None
    return programs._reaper._process.pid


def pid_of(program: Program) -> int:
    assert program.pid is not None
    return program.pid


def test_a_program_is_started_when_it_is_ready() -> None:
    async def main() -> None:
        async with Programs() as programs:
            server = await programs.start(SERVER, "--bind", ANY)
            assert server.name == "server"
            assert server.running
            assert server.returncode is None
            (endpoint,) = server.endpoints
            assert re.fullmatch(r"tcp://127\.0\.0\.1:[1-9]\d+", endpoint)
            assert server.lines == []
            client = await programs.start(
                CLIENT, "--connect", server.endpoints[0], "--requests", "2"
            )
            assert await client.wait(10) == 0
            told = ["sending Hello 1", "got World 1", "sending Hello 2", "got World 2"]
            assert client.lines == told
            assert await server.line("sending World 2") == "sending World 2"
        assert server.returncode == 0
        assert server.lines[-1] == "server stopped"
        assert not server.running

    go(main())


def test_what_a_program_inherits(write: Write) -> None:
    toy = write("""
        import os, sys
        print("ready toy", flush=True)
        own_session = os.getsid(0) == os.getpid()
        print(repr(sys.stdin.read()), sys.executable, own_session, *sys.argv[1:])
    """)

    async def main() -> None:
        async with Programs() as programs:
            program = await programs.start(toy, "two words", "*")
            assert await program.wait(10) == 0
            assert program.lines == [f"'' {sys.executable} True two words *"]

    go(main())


def test_a_program_that_dies_before_it_is_ready(write: Write) -> None:
    toy = write("""
        import sys
        print("so far so good")
        sys.exit("no luck")
    """)

    async def main() -> None:
        async with Programs() as programs:
            with pytest.raises(ProgramError) as caught:
                await programs.start(toy)
            message = str(caught.value).splitlines()
            assert message[0] == "toy.py ended (exit status 1) before it was ready"
            assert sorted(message[1:]) == ["no luck", "so far so good"]

    go(main())


def test_a_program_that_is_never_ready(write: Write) -> None:
    toy = write("""
        import os, time
        print(os.getpid(), flush=True)
        time.sleep(60)
    """)

    async def main() -> None:
        async with Programs() as programs:
            with pytest.raises(ProgramError, match=r"toy\.py printed no ready line") as caught:
                await programs.start(toy, timeout=2)
            wait_until_gone(int(str(caught.value).splitlines()[1]))

    go(main())


def test_a_program_without_a_ready_line() -> None:
    async def main() -> None:
        async with Programs() as programs:
            version = await programs.start("version/version.py", ready=False)
            assert await version.wait(10) == 0
            assert f"pyzmq {zmq.__version__}" in version.lines

    go(main())


def test_an_unknown_program() -> None:
    async def main() -> None:
        with pytest.raises(ProgramError, match=r"there are: .*request_reply/client\.py, ") as error:
            await Programs().start("request_reply/sever.py")
        assert "\n" not in str(error.value)

    go(main())


def test_waiting_for_a_line() -> None:
    async def main() -> None:
        async with Programs() as programs:
            server = await programs.start(SERVER, "--bind", ANY, "--requests", "2")
            with zmq.asyncio.Context() as context, context.socket(zmq.REQ) as socket:
                socket.linger = 0
                socket.connect(server.endpoints[0])
                waiting = asyncio.create_task(server.line("got salt", timeout=10))
                with pytest.raises(TimeoutError, match=r"server printed no 'salt' within 0\.1 s"):
                    await server.line("salt", timeout=0.1)
                assert not waiting.done()
                await socket.send_string("salt")
                assert await waiting == "got salt"
                await socket.recv()
                with pytest.raises(TimeoutError, match="it printed:\ngot salt\nsending World 1"):
                    await server.line("pepper", timeout=0.1)
                await socket.send_string("pepper")
                with pytest.raises(ProgramError, match=r"ended \(exit status 0\) without 'soap'"):
                    await server.line("soap", timeout=10)

    go(main())


def test_a_wait_has_its_limit() -> None:
    async def main() -> None:
        async with Programs() as programs:
            server = await programs.start(SERVER, "--bind", ANY)
            with pytest.raises(TimeoutError, match=r"server still runs after 0\.05 s"):
                await server.wait(0.05)

    go(main())


@pytest.mark.parametrize(
    ("ignored", "status"),
    [([], -signal.SIGINT), (["SIGINT"], -signal.SIGTERM), (["SIGINT", "SIGTERM"], -signal.SIGKILL)],
)
def test_stop_asks_and_then_insists(write: Write, ignored: list[str], status: int) -> None:
    toy = write(f"""
        import signal, time
        for name in ("SIGINT", "SIGTERM"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        for name in {ignored}:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        print("ready toy", flush=True)
        time.sleep(60)
    """)

    async def main() -> None:
        async with Programs() as programs:
            program = await programs.start(toy)
            assert await program.stop(0.2 if ignored else 10) == status
            assert repr(program) == f"toy: ended by {signal.Signals(-status).name}"

    go(main())


def test_a_killed_server_comes_back_where_it_was() -> None:
    async def main() -> None:
        async with Programs() as programs:
            server = await programs.start(SERVER, "--bind", ANY)
            endpoints, first = server.endpoints, server.pid
            with zmq.asyncio.Context() as context, context.socket(zmq.REQ) as socket:
                socket.linger = 0
                socket.connect(endpoints[0])
                await socket.send(b"one")
                assert await socket.recv() == b"World 1"
                server.kill()
                assert await server.wait(10) == -signal.SIGKILL
                server.kill()  # of no effect on the dead
                await server.restart()
                assert (server.endpoints, server.lines) == (endpoints, [])
                assert server.pid != first
                await socket.send(b"two")
                assert await socket.recv() == b"World 1"
                await server.restart()  # of a running one: it is stopped first
                assert server.endpoints == endpoints
                await socket.send(b"three")
                assert await socket.recv() == b"World 1"
        words = [line.words("en") for line in programs.output if line.kind == "event"]
        assert words == [
            "started", "ended by SIGKILL",
            "started", "ended, exit status 0",
            "started", "ended, exit status 0",
        ]  # fmt: skip

    go(main())


def test_ports_asked_for_become_the_ports_got() -> None:
    asked = ["--bind", ANY, "--bind=tcp://127.0.0.1:0", "--bind", "ipc:///tmp/x", "--name=a:*"]
    got = ["tcp://127.0.0.1:7001", "tcp://127.0.0.1:7002", "ipc:///tmp/x", "tcp://127.0.0.1:9"]
    assert module._on_same_ports(asked, got) == [
        "--bind", "tcp://127.0.0.1:7001", "--bind=tcp://127.0.0.1:7002", "--bind", "ipc:///tmp/x",
        "--name=a:*",
    ]  # fmt: skip


def test_several_of_one_role_get_numbers(write: Write) -> None:
    toy = write("""
        import time
        print("ready worker", flush=True)
        time.sleep(60)
    """)

    async def main() -> None:
        async with Programs() as programs:
            names = [(await programs.start(toy)).name for _ in range(3)]
            assert names == ["worker", "worker 2", "worker 3"]
            assert [program.name for program in programs] == names

    go(main())


def test_over_several_cells() -> None:
    programs = Programs()
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(programs.start(SERVER, "--bind", ANY))
    reaper = reaper_pid(programs)
    loop.close()
    assert server.running

    async def later() -> None:
        await programs.close()
        assert server.returncode == 0
        await programs.close()

    go(later())
    wait_until_gone(reaper)


def test_nothing_is_left_when_a_cell_fails() -> None:
    def descriptors() -> int:
        return len(os.listdir("/dev/fd"))

    async def main() -> None:
        before, threads = descriptors(), threading.active_count()
        with pytest.raises(ZeroDivisionError):
            async with Programs() as programs:
                server = await programs.start(SERVER, "--bind", ANY)
                pids = [pid_of(server), reaper_pid(programs)]
                1 / 0  # noqa: B018
        wait_until_gone(*pids)
        wait_for_threads(threads)
        assert descriptors() == before

    go(main())


@pytest.mark.skipif(not module.POSIX, reason="the reaper needs POSIX")
@pytest.mark.parametrize("forks", [False, True], ids=["alone", "with a forked child"])
@pytest.mark.parametrize("end", ["killed", "ended"])
def test_nothing_outlives_the_kernel(write: Write, end: str, forks: bool) -> None:
    kernel = write(
        f"""
        import asyncio, os, time
        from zmqlab import Programs

        async def cell():
            programs = Programs()
            server = await programs.start({SERVER!r}, "--bind", {ANY!r})
            child = 0
            if {forks}:
                child = os.fork()
                if not child:
                    time.sleep(60)
                    os._exit(0)
            print(server.pid, programs._reaper._process.pid, child, flush=True)
            if {end == "killed"}:
                await server.wait()

        asyncio.run(cell())
        """,
        "kernel.py",
    )
    process = subprocess.Popen([sys.executable, kernel], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as pipe:
        server, reaper, child = map(int, pipe.readline().split())
    try:
        if end == "killed":
            assert there(server)
            assert there(reaper)
            process.kill()
        process.wait(LIMIT)
        wait_until_gone(server, reaper)
    finally:
        if child:
            assert there(child), "the test needs it to outlive the kernel"
            os.kill(child, signal.SIGKILL)


@pytest.mark.skipif(not module.POSIX, reason="process groups need POSIX")
def test_a_kill_takes_what_the_program_started(write: Write) -> None:
    toy = write("""
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        print("ready toy", flush=True)
        print(child.pid, flush=True)
        child.wait()
    """)

    async def main() -> None:
        async with Programs() as programs:
            program = await programs.start(toy)
            child = int(await program.line(""))
            assert there(child)
            program.kill()
            assert await program.wait(10) == -signal.SIGKILL
            wait_until_gone(child)

    go(main())


def test_a_chatty_program_does_not_stall(write: Write) -> None:
    toy = write("""
        import sys
        for number in range(20_000):
            print("x" * 50, file=sys.stderr if number % 2 else sys.stdout)
        sys.stdout.flush()
        sys.stdout.buffer.write(b"\\xff caf\\xc3\\xa9 \\xed\\x95\\x9c\\nready toy\\n")
    """)

    async def main() -> None:
        async with Programs() as programs:
            program = await programs.start(toy)
            assert await program.wait(10) == 0
            assert (len(program.lines), len(program.errors)) == (10_001, 10_000)
            assert program.lines[-1] == "\ufffd café 한"

    go(main())


def test_the_merged_output_is_in_the_order_of_what_happened() -> None:
    async def main() -> None:
        heard: list[Line] = []
        async with Programs(echo=heard.append) as programs:
            server = await programs.start(SERVER, "--bind", ANY)
            client = await programs.start(
                CLIENT, "--connect", server.endpoints[0], "--requests", "20"
            )
            await client.wait(10)
        assert sorted(heard, key=lambda line: line.time) == programs.output
        story = [
            (line.program.name, line.words("en")) for line in programs.output if line.kind == "out"
        ]
        expected = []
        for number in range(1, 21):
            expected += [
                ("client", f"sending Hello {number}"),
                ("server", f"got Hello {number}"),
                ("server", f"sending World {number}"),
                ("client", f"got World {number}"),
            ]
        assert story == [*expected, ("server", "server stopped")]

    go(main())


def test_how_it_shows_itself(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = write("""
        import sys
        print("ready toy tcp://127.0.0.1:1", flush=True)
        print("<b>bold</b>", flush=True)
        sys.exit("sorry")
    """)

    async def main() -> None:
        async with Programs() as programs:
            assert repr(programs) == "No program has been started yet."
            assert "아직 시작한 프로그램이 없습니다." in programs._repr_html_()
            program = await programs.start(toy)
            await program.wait(10)
            assert repr(program) == "toy: ended, exit status 1 tcp://127.0.0.1:1"
            times = [line.time for line in programs.output]
            assert times == sorted(times)
            rows = [line.split("s  toy  ")[1] for line in repr(programs).splitlines()]
            assert rows[0] == "started"
            assert rows[-1] == "ended, exit status 1"
            printed = ["<b>bold</b>", "ready toy tcp://127.0.0.1:1", "sorry"]
            assert sorted(rows[1:-1]) == printed  # two streams, in whichever order they are read
            for page in (programs._repr_html_(), program._repr_html_()):
                english, korean = page.split('lang="ko"')
                for half in (english, korean):
                    assert "&lt;b&gt;bold" in half
                    assert "<b>" not in half
                    assert 'color:var(--zl-accent, #0a6b6b)">toy<' in half
                    assert "lost" not in half.split("</style>")[-1]
                assert "What the programs printed" in english
                assert "종료, 종료 상태 1" in korean
            monkeypatch.setenv("ZMQLAB_LANGUAGE", "ko")
            assert repr(program) == "toy: 종료, 종료 상태 1 tcp://127.0.0.1:1"

    go(main())


def test_plain_windows_is_told_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POSIX", False)

    async def main() -> None:
        with pytest.warns(UserWarning, match="On Windows programs end without being asked"):
            programs = Programs()
        async with programs:
            server = await programs.start(SERVER, "--bind", ANY)
            assert programs._reaper is None
            await server.restart()
            assert await server.stop() == 0  # SIGTERM, where terminate() is that
        assert not server.running

    go(main())


@pytest.mark.parametrize("words", ["ready  ", "ready ", "ready"])
def test_a_ready_line_without_a_role_is_a_line(write: Write, words: str) -> None:
    path = write(f"print({words!r}); print('ready toy tcp://x'); print('more')")

    async def main() -> None:
        async with Programs() as programs:
            toy = await programs.start(path)
            await toy.wait(LIMIT)
            assert toy.name == "toy"
            assert toy.endpoints == ["tcp://x"]
            assert toy.lines == [words, "more"]

    go(main())


def test_arguments_are_text_numbers_or_paths(write: Write) -> None:
    path = write("import sys; print('ready toy'); print(sys.argv[1:])")

    async def main() -> None:
        async with Programs() as programs:
            toy = await programs.start(path, "--requests", 3, "--rate", 0.5, Path("here"))
            await toy.wait(LIMIT)
            assert toy.lines == ["['--requests', '3', '--rate', '0.5', 'here']"]
            for wrong in (None, ["x"], True):
                with pytest.raises(TypeError, match="text, a number or a path, not "):
                    await programs.start(path, wrong)  # type: ignore[arg-type]
            assert len(list(programs)) == 1

    go(main())


def test_a_long_output_is_cut(write: Write) -> None:
    path = write(
        "print('ready toy')\nprint('w' * 10_000)\nfor number in range(1000): print('row', number)"
    )

    async def main() -> None:
        async with Programs() as programs:
            toy = await programs.start(path)
            await toy.wait(LIMIT)
            assert len(toy.lines) == 1001
            page = toy._repr_html_()
            # started, ready, the wide one, 1000 rows, ended: 1004, of which 200 are shown
            assert page.count("… 804 more lines") == page.count("… 804줄 더 있음") == 1
            assert page.count("<tr>") == 2 * (1 + 200 + 1)
            for text, there in (("row 0<", 2), ("row 500<", 0), ("row 999<", 2)):
                assert page.count(text) == there
            assert page.count("w" * module.WIDEST + "…") == 2
            assert "w" * (module.WIDEST + 1) not in page
            shown = repr(programs).splitlines()
            assert len(shown) == 201
            assert shown[module.FIRST] == "… 804 more lines"

    go(main())
