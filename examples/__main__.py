"""List the examples, run all roles of one together, or write a copy that needs pyzmq alone."""

from __future__ import annotations

import asyncio
import contextlib
import io
import math
import os
import queue
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Annotated, NoReturn, TextIO

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from examples import EXAMPLES, story
from examples.eject import eject as write_copy
from examples.table import Example
from zmqlab.run.programs import Line, ProgramError, Programs
from zmqlab.words.language import Text, kernel_language

COLOURS = ("cyan", "blue", "magenta", "yellow", "green")
"""A colour for each role in turn (red means lost, and is not among them)."""

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)


@app.command("list")
def show() -> None:
    """Show every example: its roles, its lesson, the Guide's programs that it descends from."""
    language = kernel_language()
    headings = (
        Text(en="Name", ko="이름"),
        Text(en="Roles", ko="역할"),
        Text(en="Lesson", ko="레슨"),
        Text(en="The Guide's", ko="가이드 프로그램"),
    )
    table = Table(*(heading[language] for heading in headings))
    for name, example in EXAMPLES.items():
        files = [part.file for part in example.parts]
        roles = ", ".join(
            _stem(file) + f" ×{files.count(file)}" * (files.count(file) > 1)
            for file in dict.fromkeys(files)
        )
        table.add_row(name, roles, example.lesson, ", ".join(filter(None, example.guide)))
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    for name, example in EXAMPLES.items():
        if example.topologies:
            console.print(f"{name} --topology {', '.join(example.topologies)}")


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="One of `python -m examples list`.")],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            help="After --: options for one role, the last or that which matters most, "
            "as `-- --requests 3`."
        ),
    ] = None,
    topology: Annotated[
        str, typer.Option(help="Of an example that can be put together in several ways, one.")
    ] = "",
) -> None:
    """Run all roles of an example together, on free ports, until its story ends or Ctrl-C."""
    example = _found(name)
    if topology and topology not in example.topologies:
        names = ", ".join(example.topologies) or "-"
        text = Text(
            en=f"{example.folder} has no topology {topology!r}; it has: {names}",
            ko=f"{example.folder}의 토폴로지 {topology!r}: 없습니다. 쓸 수 있는 토폴로지: {names}",
        )
        _fail(text[kernel_language()], 2)
    try:
        status = asyncio.run(_run(example, topology, arguments or []))
    except ProgramError as error:
        if error.status is None:
            _fail(str(error), 1)
        # What it printed stands above already, in its colour.
        _fail(str(error).partition("\n")[0], error.status if error.status > 0 else 1)
    raise typer.Exit(status)


@app.command()
def eject(
    name: Annotated[str, typer.Argument(help="One of `python -m examples list`.")],
    folder: Annotated[Path, typer.Argument(help="A new folder, or an empty one.")],
) -> None:
    """Write an example's programs and the one helper file that they need into a folder."""
    example = _found(name)
    language = kernel_language()
    try:
        written = write_copy(example, folder)
    except FileExistsError:
        text = Text(
            en=f"{folder} is there and not empty: take another folder",
            ko=f"{folder}: 이미 있고 비어 있지 않습니다. 다른 폴더를 쓰세요",
        )
        _fail(text[language], 2)
    except OSError as error:
        text = Text(
            en=f"{folder} can't be written: {error.strerror}",
            ko=f"{folder}: 쓸 수 없습니다({error.strerror})",
        )
        _fail(text[language], 1)
    for path in sorted(folder.iterdir()):
        print(path)
    for place, module in written.left_out.items():
        text = Text(
            en=f"left out: {place}, which needs {module}",
            ko=f"뺀 파일: {place}({module} 필요)",
        )
        print(text[language])


def _found(name: str) -> Example:
    """Return the example of this name, or end with one line."""
    example = EXAMPLES.get(name.replace("-", "_"))
    if example is None:
        names = ", ".join(EXAMPLES)
        text = Text(
            en=f"there is no example {name!r}; there are: {names}",
            ko=f"예제 {name!r}: 없습니다. 쓸 수 있는 예제: {names}",
        )
        _fail(text[kernel_language()], 2)
    return example


async def _run(example: Example, topology: str, arguments: list[str]) -> int:
    """Run the parts; give the status of the one that ends the story, or 0 after Ctrl-C."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C is KeyboardInterrupt there
            loop.add_signal_handler(number, stopped.set)
    names = [_stem(part.key) for part in example.chosen(topology)]
    width = max(len(name + " 2" * (names.count(name) > 1)) for name in names)
    telling = _Telling(width, unheard=lambda: loop.call_soon_threadsafe(stopped.set))
    story = asyncio.create_task(_story(example, topology, arguments, telling))
    stop = asyncio.create_task(stopped.wait())
    await asyncio.wait({story, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not story.done():
        story.cancel()
    status = 0
    with contextlib.suppress(asyncio.CancelledError):
        status = await story
    if telling.failed is not None:
        text = Text(
            en=f"the output can't be written: {telling.failed.strerror}",
            ko=f"출력을 쓸 수 없습니다: {telling.failed.strerror}",
        )
        _fail(text[kernel_language()], 1)
    return status


async def _story(example: Example, topology: str, arguments: list[str], telling: _Telling) -> int:
    """Run the parts until the story ends; return the status of the one that ended it."""
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="zmqlab-"))
        await stack.enter_async_context(telling)
        programs = await stack.enter_async_context(Programs(echo=telling.put))
        ended = await story(programs, example.folder, topology, folder, arguments)
        return ended.returncode or 0


class _Telling:
    """Prints what programs say, in order of its time, in a thread of its own.

    A line is held back for a moment, since one that was printed before it may come after it.
    Programs that print faster than a terminal shows are made to wait: the queue has an end. When
    nobody reads on (``| head``), `unheard` is called, and the rest is let go. So it is when the
    output can't be written (a full disk); `failed` then says why.
    """

    failed: OSError | None = None

    HELD = 0.2
    """Seconds that a line may come late."""

    def __init__(self, width: int, unheard: Callable[[], object]) -> None:
        self._width = width
        self._unheard = unheard
        self._queue: queue.Queue[Line | None] = queue.Queue(1000)
        self.put = self._queue.put
        self._console = Console(highlight=False, soft_wrap=True)
        self._thread = threading.Thread(target=self._tell)

    async def __aenter__(self) -> None:
        self._thread.start()

    async def __aexit__(self, *_error: object) -> None:
        self._queue.put(None)
        self._thread.join()

    def _tell(self) -> None:
        held: list[Line] = []
        until = -math.inf
        more = True
        while more:
            newest = max((line.time for line in held), default=until)
            end = time.monotonic() + self.HELD
            while more and (left := end - time.monotonic()) > 0:
                try:
                    line = self._queue.get(timeout=left)
                except queue.Empty:
                    break
                if line is None:
                    more = False
                else:
                    held.append(line)
            until = newest if more else math.inf
            ripe = sorted((line for line in held if line.time <= until), key=lambda it: it.time)
            held = [line for line in held if line.time > until]
            told = [self._styled(line) for line in ripe if line.kind != "event"]
            if told:
                try:
                    self._console.print(Styled("\n").join(told))
                except SystemExit:  # Rich's answer to a closed pipe; it prints no more from here on
                    self._unheard()
                except OSError as error:
                    self.failed = error
                    self._console.file = io.StringIO()
                    _let_go(sys.stdout)
                    self._unheard()

    def _styled(self, line: Line) -> Styled:
        colour = COLOURS[line.program.number % len(COLOURS)]
        who = Styled(f"{line.program.name:<{self._width}} │ ", style=colour)
        return who + Styled(line.words("en"))


def _let_go(stream: TextIO) -> None:
    """Have a stream write to nowhere: what it still holds can't be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _stem(file: str) -> str:
    return PurePath(file).stem


def _fail(message: str, status: int) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(status)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        app(prog_name="python -m examples")
