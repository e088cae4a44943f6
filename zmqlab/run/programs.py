"""Programs of ``examples/`` as real processes, that a lesson starts, watches, kills and restarts.

What must stay true:

- Nothing is left running: not when a cell fails, not when the kernel is killed
  (`zmqlab.run.reaper`).
- Nothing is hoped for: a program counts as started when it has printed its ready line, and every
  wait has a limit.
- What a program prints is read by a thread as it comes, so that its time is right even while a
  cell keeps the event loop busy, and so that no program stops because its pipe is full.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import html
import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self, TypeVar

from zmqlab.draw.colours import notebook_style, var
from zmqlab.run import reaper
from zmqlab.run.role import STAMP, STAMPED
from zmqlab.words.language import Language, Text, both, kernel_language

T = TypeVar("T")
Kind = Literal["ready", "out", "err", "event"]

POSIX = os.name == "posix"
STOP_LIMIT = 3.0
"""Seconds for a program to end after SIGINT, and again after SIGTERM."""

PALETTE = ("accent", "late", "duplicate", "waiting", "handshake")
"""A colour for each role in turn (red means lost, and is not among them)."""

FIRST, LAST = 150, 50
"""Of a longer output so many lines are shown from its start and from its end."""
WIDEST = 500
"""Characters of a line that are shown."""

WINDOWS = Text(
    en="On Windows programs end without being asked: stop() and kill() are the same there, and "
    "programs outlive a kernel that is killed. WSL has no such limits.",
    ko="Windows에서는 프로그램에 먼저 알리지 않고 바로 끝냅니다. stop()과 kill()이 같고, "
    "커널을 강제로 끝내면 프로그램이 남습니다. WSL에는 이런 제약이 없습니다.",
)
CELL = "text-align:left;padding:2px 12px"
TITLE = Text(en="What the programs printed", ko="프로그램 출력")
TIME = Text(en="Time", ko="시간")
ROLE = Text(en="Program", ko="프로그램")
OUTPUT = Text(en="Output", ko="출력")
MORE = Text(en="… {} more lines", ko="… {}줄 더 있음")
NOTHING = Text(en="No program has been started yet.", ko="아직 시작한 프로그램이 없습니다.")
STARTED = Text(en="started", ko="시작")
FROZEN = Text(en="frozen", ko="일시 정지")
THAWED = Text(en="thawed", ko="재개")
NO_FREEZE = Text(
    en="Windows can't freeze a program (there is no SIGSTOP); WSL can.",
    ko="Windows에는 SIGSTOP이 없어 프로그램을 일시 정지할 수 없습니다. WSL에서는 됩니다.",
)


class ProgramError(RuntimeError):
    """A program did not start, ended too early, or printed nothing of what was waited for.

    Attributes
    ----------
    status : int or None
        The exit status of a program that ended before it was ready.
    """

    status: int | None = None


@dataclass(frozen=True)
class Line:
    """A line that a program printed, or an event of its life.

    Attributes
    ----------
    program : Program
        Who printed it.
    time : float
        Seconds since the first program was started: when a program of `zmqlab.run.role` printed it,
        when the line of another one was read.
    kind : {"ready", "out", "err", "event"}
        Its ready line, standard output, standard error, or an event such as a kill.
    text : str or Text
        The line without its end; the words for an event, in both languages.
    """

    program: Program
    time: float
    kind: Kind
    text: str | Text

    def words(self, language: Language) -> str:
        """Give the text, an event's in this language."""
        return self.text[language] if isinstance(self.text, Text) else self.text


@dataclass(eq=False)
class _Run:
    """One life of a program, from its start to its end."""

    process: subprocess.Popen[bytes]
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    endpoints: list[str] | None = None
    ended: bool = False
    """The process has ended and all that it printed has been read."""


class Program:
    """A program as a real process; made by `Programs.start`.

    Attributes
    ----------
    path : Path
        The program's file.
    arguments : list of str
        What it was started with.
    name : str
        Its role from the ready line, numbered from the second of the same role on: ``worker 2``.
    number : int
        How many programs were started before it.
    """

    def __init__(self, programs: Programs, path: Path, arguments: Sequence[str]) -> None:
        self.path = path
        self.arguments = list(arguments)
        self.name = path.stem
        self.number = len(list(programs))
        self._programs = programs
        self._run: _Run | None = None

    @property
    def endpoints(self) -> list[str]:
        """The endpoints of its ready line, with the real ports."""
        return list(self._run.endpoints or ()) if self._run else []

    @property
    def lines(self) -> list[str]:
        """What it printed since its last start, without the ready line."""
        return list(self._run.lines) if self._run else []

    @property
    def errors(self) -> list[str]:
        """What it printed on standard error since its last start."""
        return list(self._run.errors) if self._run else []

    @property
    def output(self) -> list[Line]:
        """Everything that it printed, and the events of its life, in order of time."""
        return [line for line in self._programs.output if line.program is self]

    @property
    def now(self) -> float:
        """The present, in the time of `Line`."""
        return time.monotonic() - (self._programs.began or 0.0)

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._run is not None and not self._run.ended

    @property
    def pid(self) -> int | None:
        """The number of its process; None when it has ended."""
        return self._run.process.pid if self._run and self.running else None

    @property
    def returncode(self) -> int | None:
        """Its exit status, -9 after a SIGKILL; None while it runs."""
        return self._run.process.returncode if self._run and self._run.ended else None

    def kill(self) -> None:
        """Kill it (SIGKILL), as a power cut would: it can neither refuse nor close anything."""
        self.signal("SIGKILL")

    def freeze(self) -> None:
        """Stop it where it is (SIGSTOP): its connections stay open and nothing more happens."""
        self._hold("SIGSTOP", FROZEN)

    def thaw(self) -> None:
        """Let it go on (SIGCONT), as if no time had passed."""
        self._hold("SIGCONT", THAWED)

    def _hold(self, name: str, words: Text) -> None:
        if not POSIX:
            raise ProgramError(NO_FREEZE[kernel_language()])
        if self.running:
            self.signal(name)
            self._programs.note(self, "event", words)

    async def stop(self, limit: float = STOP_LIMIT) -> int:
        """End it as Ctrl-C does (SIGINT); after `limit` by SIGTERM, and then by SIGKILL.

        One that is frozen is thawed: it could not end.

        Returns
        -------
        int
            Its exit status: 0 for a program that ended cleanly.
        """
        for name in ("SIGINT", "SIGTERM"):
            if self.running:
                self.signal(name)
                if POSIX:
                    self.signal("SIGCONT")
                with contextlib.suppress(TimeoutError):
                    return await self.wait(limit)
        self.kill()
        return await self.wait(limit)

    async def wait(self, timeout: float | None = None) -> int:  # noqa: ASYNC109
        """Wait until it has ended and its output has been read.

        Returns
        -------
        int
            Its exit status; negative for a signal: -9 after a SIGKILL.

        Raises
        ------
        TimeoutError
            After `timeout` seconds.
        """
        run = self._alive_or_ended()
        try:
            await self._programs.until(lambda: run.ended, timeout)
        except TimeoutError:
            raise TimeoutError(
                Text(
                    en=f"{self.name} still runs after {timeout:g} s",
                    ko=f"{self.name}: {timeout:g}초가 지나도 끝나지 않았습니다",
                )[kernel_language()]
            ) from None
        return run.process.returncode

    async def line(self, substring: str, timeout: float = 5.0) -> str:  # noqa: ASYNC109
        """Wait for a line with `substring` in what it printed since its last start.

        Raises
        ------
        TimeoutError
            After `timeout` seconds without such a line.
        ProgramError
            When the program ends without it.
        """
        run = self._alive_or_ended()
        seen = [0, 0]

        def found() -> str | bool:
            ended = run.ended  # before the look: an ended program prints no more
            for index, printed in enumerate((run.lines, run.errors)):
                while seen[index] < len(printed):
                    seen[index] += 1
                    if substring in printed[seen[index] - 1]:
                        return printed[seen[index] - 1] or True
            return ended

        printed = Text(en="it printed", ko="출력한 내용")
        language = kernel_language()
        try:
            answer = await self._programs.until(found, timeout)
        except TimeoutError:
            text = Text(
                en=f"{self.name} printed no {substring!r} within {timeout:g} s",
                ko=f"{self.name}: {timeout:g}초 안에 {substring!r} 출력 없음",
            )
            raise TimeoutError(_with_output(text[language], printed[language], run)) from None
        if isinstance(answer, str):
            return answer
        text = Text(
            en=f"{self.name} ended (exit status {run.process.returncode}) without {substring!r}",
            ko=f"{self.name}: {substring!r} 출력 없이 끝남(종료 상태 {run.process.returncode})",
        )
        raise ProgramError(_with_output(text[language], printed[language], run))

    async def restart(self, timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Start it again, on the endpoints that it had; stop it first if it still runs.

        Where it was asked to take any free port (``*``), it gets the port it had, so that those
        who connected to it find it again.
        """
        if self.running:
            await self.stop()
        self.arguments = _on_same_ports(self.arguments, self.endpoints)
        await self.begin(ready=self._run is None or self._run.endpoints is not None, limit=timeout)

    async def begin(self, *, ready: bool, limit: float) -> None:
        """Start the process, and wait for its ready line if it prints one."""
        run = self._run = self._programs.spawn(self)
        if not ready:
            return
        try:
            await self._programs.until(lambda: run.endpoints is not None or run.ended, limit)
        except BaseException as error:
            self.signal("SIGKILL")
            if not isinstance(error, TimeoutError):
                raise
            await self.wait(STOP_LIMIT)
            text = Text(
                en=f"{self.path.name} printed no ready line within {limit:g} s",
                ko=f"{self.path.name}: {limit:g}초 안에 ready 줄이 나오지 않았습니다",
            )
        else:
            if run.endpoints is not None:
                return
            text = Text(
                en=f"{self.path.name} ended (exit status {run.process.returncode}) "
                "before it was ready",
                ko=f"{self.path.name}: 준비되기 전에 끝났습니다(종료 상태 "
                f"{run.process.returncode})",
            )
        failed = ProgramError("\n".join([text[kernel_language()], *run.lines, *run.errors]))
        failed.status = run.process.returncode if run.ended else None
        raise failed

    def _alive_or_ended(self) -> _Run:
        assert self._run is not None, "Programs.start starts a program before it hands it out"
        return self._run

    def signal(self, name: str) -> None:
        """Send a signal to the program and to what it started itself (its process group)."""
        if self._run is None or self._run.ended:
            return
        if not POSIX:
            self._run.process.terminate()
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._run.process.pid, getattr(signal, name))

    def __repr__(self) -> str:
        """Say its name, and whether it runs."""
        language = kernel_language()
        if self.running:
            words = Text(en="running", ko="실행 중")[language]
        else:
            words = _ended(self.returncode)[language]
        return " ".join([f"{self.name}: {words}", *self.endpoints])

    def _repr_html_(self) -> str:
        """Show what this program printed."""
        return _table(self.output)


class Programs:
    """The programs of a lesson, all ended when it ends.

    Use it with ``async with``, or over several cells and then ``await programs.close()``.

    Parameters
    ----------
    echo : callable, optional
        Called with each `Line` as it comes, one at a time, from a thread. Lines of two programs
        may come in another order than their times.
    python : sequence of str
        The command that runs a program's file.
    """

    def __init__(
        self,
        echo: Callable[[Line], None] | None = None,
        python: Sequence[str] = (sys.executable,),
    ) -> None:
        self._output: list[Line] = []
        self._programs: list[Program] = []
        self._echo = echo
        self._python = tuple(python)
        self.began: float | None = None
        self._lock = threading.Lock()
        self._wakers: set[Callable[[], None]] = set()
        self._reaper: _Reaper | None = None
        if not POSIX:
            warnings.warn(WINDOWS[kernel_language()], stacklevel=2)
            atexit.register(self._kill_all)

    @property
    def output(self) -> list[Line]:
        """Everything that all of them printed, and the events of their lives, in order of time."""
        return sorted(self._output, key=lambda line: line.time)

    async def start(
        self,
        program: str | Path,
        *arguments: str | float | os.PathLike[str],
        ready: bool = True,
        timeout: float = 10.0,  # noqa: ASYNC109
    ) -> Program:
        """Start a program and wait for its ready line.

        Parameters
        ----------
        program : str or Path
            A file of ``examples/``, as ``request_reply/server.py``, or the whole path of another.
        *arguments : str or number or path
            What it is given: ``"--bind", "tcp://127.0.0.1:*"``.
        ready : bool
            False for a program without a ready line (it has no endpoints).
        timeout : float
            Seconds until the ready line must be there.

        Raises
        ------
        ProgramError
            When there is no such file, or the program ends or the time passes before it is ready;
            with what it printed.
        TypeError
            When an argument is something else.
        """
        child = Program(self, _find(program), [_argument(one) for one in arguments])
        self._programs.append(child)
        await child.begin(ready=ready, limit=timeout)
        return child

    async def close(self) -> None:
        """Stop all programs that still run; called again, do nothing."""
        try:
            await asyncio.gather(*(one.stop() for one in self._programs if one.running))
        finally:
            self._kill_all()
            if self._reaper is not None:
                self._reaper.close()
                self._reaper = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __iter__(self) -> Iterator[Program]:
        return iter(self._programs)

    def _kill_all(self) -> None:
        for one in self._programs:
            one.signal("SIGKILL")

    def spawn(self, program: Program) -> _Run:
        """Start a program's process and the reading of what it prints."""
        command = [*self._python, str(program.path), *program.arguments]
        environment = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            "ZMQLAB_LANGUAGE": kernel_language(),
            STAMPED: "1",
        }
        if POSIX:
            if self._reaper is None or not self._reaper.alive:
                self._reaper = _Reaper()
            command = [*_REAPER, "launch", str(self._reaper.pipe), *command]
        if self.began is None:
            self.began = time.monotonic()
        self.note(program, "event", STARTED)
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,  # never the kernel's
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            # A session of its own: an interrupt of the kernel is not meant for the programs.
            start_new_session=POSIX,
            pass_fds=(self._reaper.pipe,) if self._reaper else (),
        )
        run = _Run(process)
        assert process.stdout is not None and process.stderr is not None
        readers = [
            threading.Thread(target=self._read, args=(program, run, kind, pipe), daemon=True)
            for kind, pipe in (("out", process.stdout), ("err", process.stderr))
        ]
        for reader in readers:
            reader.start()
        threading.Thread(target=self._wait, args=(program, run, readers), daemon=True).start()
        return run

    def _read(self, program: Program, run: _Run, kind: Kind, pipe: IO[bytes]) -> None:
        """Take in what a program prints, line by line (a thread)."""
        with pipe:
            for raw in pipe:
                text, seconds = _unstamped(raw.decode(errors="replace").rstrip("\r\n"))
                self._take_line(program, run, kind, text, seconds)
                self._wake()

    def _take_line(
        self, program: Program, run: Any, kind: Kind, text: str, seconds: float | None
    ) -> None:
        """Note a line, and what a program's first ready line says of it."""
        words = text.split() if text.startswith("ready ") else []
        if kind == "out" and run.endpoints is None and len(words) > 1:
            self._name(program, words[1])
            self.note(program, "ready", text, seconds)
            run.endpoints = words[2:]
        else:
            (run.lines if kind == "out" else run.errors).append(text)
            self.note(program, kind, text, seconds)

    def _wait(self, program: Program, run: _Run, readers: list[threading.Thread]) -> None:
        """See a program's end, and the end of its output (a thread)."""
        status = run.process.wait()
        if self._reaper is not None:
            self._reaper.forget(run.process.pid)
        for reader in readers:
            reader.join(1)  # no longer: a process that it left behind may hold its pipe open
        self.note(program, "event", _ended(status))
        run.ended = True
        self._wake()

    def _name(self, program: Program, role: str) -> None:
        others = {one.name for one in self._programs if one is not program}
        names = [role, *(f"{role} {number}" for number in range(2, len(others) + 2))]
        program.name = next(name for name in names if name not in others)

    def note(
        self, program: Program, kind: Kind, text: str | Text, seconds: float | None = None
    ) -> None:
        """Keep a line: what a program printed, or what happened to it."""
        with self._lock:
            now = time.monotonic() if seconds is None else seconds
            line = Line(program, now - (self.began or 0.0), kind, text)
            self._output.append(line)
            if self._echo is not None:
                self._echo(line)

    def _wake(self) -> None:
        for waker in list(self._wakers):
            waker()

    async def until(self, look: Callable[[], T], limit: float | None) -> T:
        """Wait until `look` finds something true; look again whenever a program did something."""
        loop = asyncio.get_running_loop()
        changed = asyncio.Event()

        called = False

        def waker() -> None:
            nonlocal called
            if not called:  # once is enough: each call takes room in the pipe that wakes the loop
                called = True
                with contextlib.suppress(RuntimeError):  # that loop has been closed
                    loop.call_soon_threadsafe(changed.set)

        self._wakers.add(waker)
        try:
            async with asyncio.timeout(limit):
                while not (found := look()):
                    await changed.wait()
                    changed.clear()
                    called = False
                return found
        finally:
            self._wakers.discard(waker)

    def __repr__(self) -> str:
        """Give the text alternative: the merged output, in the kernel's language."""
        return _lines_as_text(self.output, kernel_language())

    def _repr_html_(self) -> str:
        """Show the merged output, coloured by program."""
        return _table(self.output)


_REAPER = [sys.executable, "-I", "-S", reaper.__file__]


class _Reaper:
    """The watcher process of `zmqlab.run.reaper`, and our end of its pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [*_REAPER, "watch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            start_new_session=True,
        )
        assert self._process.stdin is not None
        self._pipe = self._process.stdin
        self.pipe = self._pipe.fileno()
        _reapers.add(self)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def forget(self, pid: int) -> None:
        """Note that a program has ended; its number may soon be another process's."""
        with contextlib.suppress(OSError, ValueError):
            self._pipe.write(b"-%d\n" % pid)

    def close(self) -> None:
        self.let_go()
        try:
            self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:  # somebody else holds the pipe open
            self._process.kill()
            self._process.wait()

    def let_go(self) -> None:
        """Close our end of the pipe."""
        with contextlib.suppress(OSError):
            self._pipe.close()


_reapers: weakref.WeakSet[_Reaper] = weakref.WeakSet()


def _forked() -> None:
    """Let go of the pipes in a forked child, or it would keep them open after us."""
    for one in list(_reapers):
        one.let_go()


if POSIX:
    os.register_at_fork(after_in_child=_forked)


def _find(program: str | Path) -> Path:
    """Give the whole path of a program of the installed ``examples``."""
    package = importlib.util.find_spec("examples")
    folder = Path(package.origin).parent if package and package.origin else Path("examples")
    path = folder / program  # an absolute path stays itself
    if path.is_file():
        return path
    there = sorted(
        one.relative_to(folder).as_posix()
        for one in folder.glob("*/*.py")
        if not one.name.startswith("_")
    )
    raise ProgramError(
        Text(
            en=f"there is no program {program}; there are: {', '.join(there)}",
            ko=f"프로그램 {program}: 없습니다. 쓸 수 있는 프로그램: {', '.join(there)}",
        )[kernel_language()]
    )


def _argument(given: object) -> str:
    """Give an argument as a command line has it."""
    if isinstance(given, (str, os.PathLike)):
        return os.fsdecode(given)
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return str(given)
    raise TypeError(
        Text(
            en=f"an argument of a program is text, a number or a path, not {given!r}",
            ko=f"{given!r}: 프로그램의 인자는 문자열, 숫자, 경로 가운데 하나여야 합니다",
        )[kernel_language()]
    )


def _on_same_ports(arguments: list[str], endpoints: list[str]) -> list[str]:
    """Put the endpoints a program got in the place of those that asked for any (``:*``, ``:0``).

    Its ready line names what it bound to in the order in which it was asked.
    """
    got = iter([one for one in endpoints if one not in arguments])
    fixed = []
    for argument in arguments:
        option, equals, value = argument.rpartition("=")
        if "://" in value and value.endswith((":*", ":0")):
            value = next(got, value)
        fixed.append(option + equals + value)
    return fixed


def _unstamped(text: str) -> tuple[str, float | None]:
    """Take the time off a line that a program of `zmqlab.run.role` printed."""
    stamp, space, words = text.partition(" ")
    if space and stamp.startswith(STAMP) and stamp[1:].isdecimal():
        return words, int(stamp[1:]) / 1e9
    return text, None


def _ended(status: int | None) -> Text:
    if status is not None and status < 0:
        name = signal.Signals(-status).name
        return Text(en=f"ended by {name}", ko=f"{name} 신호로 종료")
    return Text(en=f"ended, exit status {status}", ko=f"종료, 종료 상태 {status}")


def _with_output(text: str, printed: str, run: _Run) -> str:
    output = [*run.lines, *run.errors]
    return "\n".join([f"{text}; {printed}:" if output else text, *output])


def _lines_as_text(lines: list[Line], language: Language) -> str:
    if not lines:
        return NOTHING[language]
    head, hidden, tail = _shown(lines)
    width = max(len(line.program.name) for line in head + tail)

    def row(line: Line) -> str:
        words = _cut(line.words(language))
        return f"{line.time:9.4f} s  {line.program.name:<{width}}  {words}"

    more = [MORE.format(hidden)[language]] if hidden else []
    return "\n".join([*map(row, head), *more, *map(row, tail)])


def _shown(lines: list[Line]) -> tuple[list[Line], int, list[Line]]:
    """Give the first lines, the number of those left out, and the last ones."""
    hidden = len(lines) - FIRST - LAST
    return (lines[:FIRST], hidden, lines[-LAST:]) if hidden > 0 else (lines, 0, [])


def _cut(words: str) -> str:
    return words if len(words) <= WIDEST else f"{words[:WIDEST]}…"


def _table(lines: list[Line]) -> str:
    """Draw the output of programs as a table, in both languages."""
    head, hidden, tail = _shown(lines)

    def row(line: Line, language: Language) -> str:
        colour = var(PALETTE[line.program.number % len(PALETTE)])
        quiet = line.kind in ("event", "ready")
        words = html.escape(_cut(line.words(language)))
        if line.kind == "event":
            words = f"<em>{words}</em>"
        shade = f";color:{var('quiet')}" if quiet else ""
        return (
            f'<tr><td class="zl-time" style="{CELL};color:{var("quiet")}">{line.time:.4f} s</td>'
            f'<th scope="row" style="{CELL};color:{colour}">{html.escape(line.program.name)}</th>'
            f'<td style="{CELL}{shade}"><code>{words}</code></td></tr>'
        )

    def render(language: Language) -> str:
        if not lines:
            return f'<p class="zl-programs">{NOTHING[language]}</p>'
        titles = "".join(
            f'<th scope="col" style="{CELL}">{one[language]}</th>' for one in (TIME, ROLE, OUTPUT)
        )
        more = f'<tr><td colspan="3" style="{CELL}">{MORE.format(hidden)[language]}</td></tr>'
        body = "".join(
            [
                *(row(line, language) for line in head),
                more if hidden else "",
                *(row(line, language) for line in tail),
            ]
        )
        return (
            f'<div class="zl-programs" style="overflow-x:auto;background:{var("card")};'
            f'color:{var("text")}" tabindex="0" role="group" '
            f'aria-label="{TITLE[language]}">'
            '<table style="color:inherit;border-collapse:collapse">'
            f"<thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    return notebook_style() + both(render)
