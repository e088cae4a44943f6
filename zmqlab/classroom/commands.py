"""The commands ``zmqlab class board``, ``serve``, ``join``, ``vote`` and ``leave``.

Whatever needs pyzmq is imported by the command that needs it: `zmqlab doctor` is reached through
here too, and has to speak where pyzmq does not.
"""

from __future__ import annotations

import contextlib
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.live import Live

from zmqlab.classroom.board import Board
from zmqlab.classroom.keys import Keys
from zmqlab.classroom.protocol import MOST_SEATS, Malformed, clean_name
from zmqlab.classroom.show import View, line, screen
from zmqlab.exercises.checks import names
from zmqlab.words.language import Language, Text, kernel_language

if TYPE_CHECKING:
    from zmqlab.classroom.host import Host

app = typer.Typer(no_args_is_help=True, add_completion=False)

PORT = 5600
# fmt: off
ANIMALS = (
    "badger", "beaver", "bison", "cobra", "crane", "dingo", "eagle", "falcon", "ferret",
    "gecko", "goose", "heron", "hornet", "husky", "ibis", "jackal", "koala", "lemur",
    "lion", "llama", "lynx", "magpie", "moose", "newt", "otter", "panda", "parrot",
    "pelican", "puffin", "quail", "rabbit", "raven", "robin", "salmon", "seal", "shark",
    "sloth", "snail", "spider", "squid", "stork", "swan", "tiger", "toucan", "trout",
    "turtle", "walrus", "whale", "wolf", "wombat", "yak", "zebra",
)
# fmt: on
REFRESH = 4
"""Times a second that the screen is drawn."""

Speaks = Annotated[
    Literal["en", "ko"] | None, typer.Option(help="Default: as the environment says.")
]

OPENS = Text(
    en="This opens ports {} of this machine to its network{}. Nothing is kept when it ends.",
    ko="이 노트북의 {} 포트를 네트워크에 엽니다{}. 끝내면 아무것도 남지 않습니다.",
)
ENCRYPTED = Text(
    en=", encrypted by CURVE, for those with the code word",
    ko=". CURVE로 암호화하며 코드 단어를 아는 사람만 들어올 수 있습니다",
)
PLAIN = Text(
    en=", for those with the code word; PLAIN, so the network can read along (--curve encrypts)",
    ko=". 코드 단어를 아는 사람만 들어올 수 있습니다. PLAIN이므로 암호화하지 않습니다"
    "(--curve는 암호화)",
)
OPEN = Text(en=", for anybody in it", ko=". 같은 네트워크의 누구나 들어올 수 있습니다")
IN_USE = Text(
    en="ports {} are in use; taking free ones",
    ko="{} 포트를 다른 프로그램이 쓰고 있어 빈 포트를 씁니다",
)
NO_NAME = Text(
    en="choose a name of 1 to 24 characters that can be seen",
    ko="보이는 글자로 1~24자인 이름을 정하세요",
)
ENDED = Text(en="The board has ended.", ko="현황판을 끝냈습니다.")
ASK_NAME = Text(en="Your name on the board", ko="현황판에 표시할 이름")
ASK_CODE = Text(en="Code word", ko="코드 단어")


@app.callback()
def about() -> None:
    """Teach a class: a live board over ØMQ, and joining it."""


@app.command()
def board(
    code: Annotated[
        str | None, typer.Option(help="The code word. Default: one is made up. '' asks for none.")
    ] = None,
    curve: Annotated[
        bool, typer.Option("--curve", help="Encrypt; the address then carries a key to copy.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65533, help="The first of three ports; 0 takes free ones.")
    ] = PORT,
    local: Annotated[
        bool, typer.Option("--local", help="Only for this machine, to try it alone.")
    ] = False,
    seats: Annotated[int, typer.Option(min=1, max=MOST_SEATS, help="How many may join.")] = 60,
    lines: Annotated[
        bool, typer.Option("--lines", help="Print a line for each event, and no screen.")
    ] = False,
    language: Speaks = None,
) -> None:
    """Show who has which check passed, is stuck, has not begun; take a show of hands."""
    spoken = language or kernel_language()
    if code is None:
        code = f"{secrets.choice(ANIMALS)}{secrets.randbelow(90) + 10}"
    state = Board(names(), secrets.token_hex(4), code, seats)
    with _hosting(state, code, curve, "127.0.0.1" if local else "*", port, spoken) as host:
        security = ENCRYPTED if curve else PLAIN if code else OPEN
        opened = ", ".join(map(str, host.ports))
        print(OPENS.format(opened, security)[spoken], flush=True)
        view = View(spoken, host.addresses(), code)
        with contextlib.suppress(KeyboardInterrupt):
            if lines or not sys.stdout.isatty():
                _tell_lines(host, view)
            else:
                _show(host, view)
    print(ENDED[spoken], flush=True)


@contextlib.contextmanager
def _hosting(
    state: Board, code: str, curve: bool, where: str, port: int, language: Language
) -> Iterator[Host]:
    from zmqlab.classroom.host import Host, PortError

    try:
        host = Host(state, code=code, curve=curve, host=where, port=port)
    except PortError:
        print(IN_USE.format(f"{port}-{port + 2}")[language], file=sys.stderr)
        host = Host(state, code=code, curve=curve, host=where)
    with host:
        yield host


def _tell_lines(host: Host, view: View) -> None:
    """Print how to join, then a line for each thing that happens."""
    signal.signal(signal.SIGTERM, _interrupt)
    for address in view.addresses:
        print(f"zmqlab class join {address} --code {view.code or repr('')}", flush=True)
    with Keys() as keys:
        while _pressed(host, view, keys):
            host.turn(0.25)
            for one in host.board.happenings:
                print(line(one, view.language), flush=True)
            host.board.happenings.clear()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _show(host: Host, view: View) -> None:
    """Draw the board until somebody ends it."""
    console = Console()
    drawn_at = 0.0
    with Keys() as keys, Live(console=console, screen=True, auto_refresh=False) as live:
        while _pressed(host, view, keys):
            host.turn(0.05)
            now = time.monotonic()
            if now - drawn_at > 1 / REFRESH:
                drawn_at = now
                shown = screen(host.board, view, now, console.height, host.refused)
                live.update(shown, refresh=True)


def _pressed(host: Host, view: View, keys: Keys) -> bool:
    """Do what the keys say; return whether the board goes on."""
    return all(view.press(host.board, key, time.monotonic()) for key in keys.pressed())


@app.command()
def serve(
    folder: Annotated[
        Path | None,
        typer.Argument(help="An unpacked bundle. Default: this folder, or build/site in it."),
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The first port to try.")] = 8000,
    local: Annotated[bool, typer.Option("--local", help="Only for this machine.")] = False,
    language: Speaks = None,
) -> None:
    """Serve the site, the notebooks and the packages of a bundle to the room."""
    from zmqlab.classroom import serve as serving

    spoken = language or kernel_language()
    try:
        serving.run(folder, port, local, spoken)
    except serving.ServeError as error:
        print(error.told[spoken], file=sys.stderr)
        raise typer.Exit(1) from None


@app.command()
def join(
    address: Annotated[str, typer.Argument(help="As the board shows it: tcp://HOST:PORT")],
    name: Annotated[str | None, typer.Option(help="Your name on the board.")] = None,
    code: Annotated[str | None, typer.Option(help="The class's code word.")] = None,
    language: Speaks = None,
) -> None:
    """Join a class: the checks of all notebooks on this laptop then show on its board."""
    spoken = language or kernel_language()
    while name is None:
        name = typer.prompt(ASK_NAME[spoken])
        try:
            clean_name(name)
        except Malformed:
            print(NO_NAME[spoken], file=sys.stderr)
            name = None
    if code is None:
        code = typer.prompt(ASK_CODE[spoken], default="", show_default=False)
    with _learner(spoken) as learner:
        print(learner.join(address, name, code).text(spoken))


@app.command()
def vote(
    answer: Annotated[int | None, typer.Argument(help="The answer's number.", min=1)] = None,
    language: Speaks = None,
) -> None:
    """Put up a hand for an answer to the board's question, or tell how the vote stands."""
    spoken = language or kernel_language()
    with _learner(spoken) as learner:
        print(learner.vote(answer).text(spoken))


@app.command()
def leave(language: Speaks = None) -> None:
    """Leave the class: nothing is reported from then on."""
    spoken = language or kernel_language()
    with _learner(spoken) as learner:
        print(learner.leave().text(spoken))


@contextlib.contextmanager
def _learner(language: Language) -> Iterator[ModuleType]:
    """Give the learner's module; tell what goes wrong in a line, and end with status 1."""
    from zmqlab.classroom import learner

    try:
        yield learner
    except learner.ClassError as error:
        print(error.told[language], file=sys.stderr)
        raise typer.Exit(1) from None
