"""Checkers of lesson 17: a secret key in a file, and a doorkeeper that answers ZAP.

No verdict may hold a secret key: what is shown of an answer is its mode, its length, or a yes.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import zmq
import zmq.asyncio
from zmq.utils import z85

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.words.language import Text

# ------------------------------------------------------------- warm-up

SaveKey = Callable[[Path], Any]
POSIX = os.name == "posix"
PUBLIC = Text(
    en="What did save_key() return? The public key: 40 characters of Z85, as bytes.",
    ko="save_key()는 무엇을 반환했나요? Z85 문자 40개로 된 bytes인 공개 키입니다.",
)
FORTY = Text(en="40 bytes", ko="bytes 40개")
SIZE = Text(
    en="How long is the file? A secret key has 40 characters.",
    ko="파일의 길이는 얼마인가요? 비밀 키는 문자 40개입니다.",
)
PAIR = Text(
    en="Do the key in the file and the key that was returned belong together?",
    ko="파일의 키와 반환한 키가 한 쌍인가요?",
)
MODE = Text(
    en="Who may read the file? Its mode, with a mask that forbids nothing.",
    ko="파일을 읽을 수 있는 사람. 아무것도 막지 않는 umask에서의 모드입니다.",
)
AGAIN = Text(
    en="Two calls. Are the two public keys different?",
    ko="두 번 호출했습니다. 두 공개 키가 서로 다른가요?",
)
THERE = Text(
    en="Somebody has put a file there before. What was raised?",
    ko="누군가 그 자리에 파일을 먼저 만들어 두었습니다. 어떤 예외가 발생했나요?",
)
LINK = Text(
    en="Somebody has put a link there, to a place of their own. What was raised?",
    ko="누군가 자기 파일을 가리키는 링크를 먼저 만들어 두었습니다. 어떤 예외가 발생했나요?",
)
CHANGED = Text(en="Is that file still as it was?", ko="먼저 있던 파일이 그대로인가요?")
NOTHING = Text(en="nothing", ko="예외 없음")
OPEN = Text(
    en="Who could read the file while save_key() was working? Its laxest mode, with a mask that"
    " forbids nothing.",
    ko="save_key()가 실행되는 동안 누가 파일을 읽을 수 있었나요? 아무것도 막지 않는 umask에서"
    " 가장 느슨했던 모드입니다.",
)
MASK = Text(
    en="Is the process's mask as it was before? A changed mask counts for all its files.",
    ko="프로세스의 umask가 호출 전과 같은가요? umask를 바꾸면 프로세스의 모든 파일에 적용됩니다.",
)
STILL_OPEN = Text(
    en="Is the file still open after save_key() has returned?",
    ko="save_key()가 반환된 뒤에도 파일이 열려 있나요?",
)
COPY = Text(
    en="Is there another file in the folder that holds the secret key?",
    ko="비밀 키가 든 다른 파일이 폴더에 있나요?",
)


_masking = threading.Lock()  # the mask belongs to the process


@contextlib.contextmanager
def _no_mask() -> Iterator[None]:
    with _masking:
        before = os.umask(0)
        try:
            yield
            left = os.umask(0)
        finally:
            os.umask(before)
    expect(left, 0, MASK)


@contextlib.contextmanager
def _modes(path: Path) -> Iterator[set[int]]:
    """Note the file's modes after each call that is made meanwhile in this thread."""
    seen: set[int] = set()

    def look(_frame: Any, event: str, _argument: Any) -> None:
        if event in ("c_return", "return"):
            with contextlib.suppress(OSError):
                seen.add(stat.S_IMODE(path.lstat().st_mode))

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def _is_open(path: Path) -> bool:
    """Return whether this process holds the file open, where the system tells."""
    with contextlib.suppress(OSError):
        for number in os.listdir("/dev/fd"):
            with contextlib.suppress(OSError):
                if os.path.samestat(os.fstat(int(number)), path.stat()):
                    return True
    return False


def _saved(save_key: SaveKey, path: Path) -> bytes:
    """Call it; give the public key."""
    with _no_mask():
        public = save_key(path)
    if not isinstance(public, bytes) or len(public) != 40:
        kind = f"{type(public).__name__}"
        raise NotRight(
            FORTY, kind if not hasattr(public, "__len__") else f"{kind}, {len(public)}", PUBLIC
        )
    return public


def _raised(save_key: SaveKey, path: Path) -> Any:
    try:
        _saved(save_key, path)
    except FileExistsError:
        return "FileExistsError"
    return NOTHING


@checker("17 save key")
def save_key_alone(save_key: SaveKey) -> Text:
    """Look at the file, its mode and its key; put something in the way."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.key"
        with _modes(path) as modes:
            public = _saved(save_key, path)
        secret = path.read_bytes() if path.exists() else b""
        expect(len(secret), 40, SIZE)
        if POSIX:
            expect(oct(stat.S_IMODE(path.stat().st_mode)), "0o600", MODE)
            expect(oct(max(modes)), "0o600", OPEN)
            expect(_is_open(path), False, STILL_OPEN)
        expect(_belongs(public, secret), True, PAIR)
        others = [other for other in Path(folder).iterdir() if other != path and other.is_file()]
        expect(any(secret in other.read_bytes() for other in others), False, COPY)
        expect(_saved(save_key, Path(folder) / "second.key") != public, True, AGAIN)
        _in_the_way(save_key, Path(folder))
    return Text(
        en="The secret key is in a file of its own, from the first moment for its owner alone.",
        ko="비밀 키가 새 파일에 들어 있고, 만들어진 순간부터 소유자만 읽을 수 있습니다.",
    )


def _belongs(public: bytes, secret: bytes) -> bool:
    try:
        return bool(zmq.curve_public(secret) == public)
    except (zmq.ZMQError, ValueError, KeyError):
        return False


def _in_the_way(save_key: SaveKey, folder: Path) -> None:
    there = folder / "there.key"
    there.write_text("of another", encoding="utf-8")
    there.chmod(0o644)
    expect(_raised(save_key, there), "FileExistsError", THERE)
    kept = there.read_text(encoding="utf-8") == "of another"
    mode = stat.S_IMODE(there.stat().st_mode)
    expect(kept and (mode == 0o644 or not POSIX), True, CHANGED)
    if POSIX:
        link = folder / "link.key"
        link.symlink_to(folder / "mallory")  # which is not there yet
        expect(_raised(save_key, link), "FileExistsError", LINK)
        expect((folder / "mallory").exists(), False, CHANGED)


# ------------------------------------------------------------- main exercise

KeepDoor = Callable[[zmq.asyncio.Socket, dict[bytes, bytes | None]], Awaitable[Any]]
LIMIT = 4.0
"""Seconds in which a reply has come."""
COMES = 3000
"""Milliseconds in which a report has come over tcp."""

REPLY = Text(en="{} What did it reply?", ko="{} 무엇이라고 응답했나요?")
KNOWN = Text(en="An active key.", ko="활성 키.")
WAITING = Text(en="A key whose name is None.", ko="이름이 None인 키.")
UNKNOWN = Text(en="A key that is not in `shops`.", ko="`shops`에 없는 키.")
ADDED = Text(
    en="The key was put into `shops` meanwhile.", ko="그 사이에 키를 `shops`에 넣었습니다."
)
REMOVED = Text(
    en="The key was taken out of `shops` meanwhile.",
    ko="그 사이에 키를 `shops`에서 뺐습니다.",
)
A_NULL = Text(en="A request of NULL, without a key.", ko="키가 없는 NULL 요청.")
A_PLAIN = Text(
    en="A request of PLAIN with a user name and a password.",
    ko="사용자 이름과 비밀번호가 있는 PLAIN 요청.",
)
MASKED = Text(
    en="A request of NULL with an active key behind it.", ko="활성 키가 뒤에 붙은 NULL 요청."
)
OLD = Text(en="A request of version 2.0.", ko="버전이 2.0인 요청.")
SHORT = Text(en="A key of 3 bytes.", ko="3바이트짜리 키.")
LONG = Text(en="An active key with 4 bytes behind it.", ko="활성 키 뒤에 4바이트가 더 붙은 키.")
EARLY = Text(
    en="A request of NULL with a key behind it whose name is None.",
    ko="이름이 None인 키가 뒤에 붙은 NULL 요청.",
)
NO_KEY = Text(en="CURVE without a key.", ko="키가 없는 CURVE 요청.")
FORM = Text(
    en="{} What is the form of the reply? `1.0`, the request's number, code, text, name, an empty"
    " frame.",
    ko="{} 응답의 형식은 무엇인가요? `1.0`, 요청의 번호, 코드, 텍스트, 이름, 빈 프레임입니다.",
)
ENDED = Text(
    en="Is keep_door() still running? It answers until it is cancelled.",
    ko="keep_door()가 아직 실행 중인가요? 취소될 때까지 응답해야 합니다.",
)
CLOSED = Text(en="Is `zap` closed after the cancelling?", ko="취소한 뒤에 `zap`이 닫혔나요?")
CANCELLED = Text(en="keep_door() was cancelled.", ko="keep_door()를 취소했습니다.")
REPORT = Text(
    en="A shop with an active key sent a report. Which User-Id came with it?",
    ko="활성 키로 연결한 지점이 보고했습니다. 함께 온 User-Id는 무엇인가요?",
)


class _Door:
    """The learner's doorkeeper at work, and one who asks it."""

    def __init__(self, context: zmq.asyncio.Context, keep_door: KeepDoor) -> None:
        self.context = context
        self.shops: dict[bytes, bytes | None] = {}
        self.zap = context.socket(zmq.REP)
        self.zap.bind("inproc://zeromq.zap.01")
        self.asker = context.socket(zmq.REQ)
        self.asker.connect("inproc://zeromq.zap.01")
        self.task = asyncio.ensure_future(keep_door(self.zap, self.shops))
        self._number = 0

    async def ask(
        self, about: Text, mechanism: bytes, *credentials: bytes, version: bytes = b"1.0"
    ) -> tuple[str, str]:
        """Ask as libzmq does; give code and name."""
        self._number += 1
        number = b"%d" % self._number
        request = [version, number, b"office", b"192.0.2.7", b"", mechanism, *credentials]
        await self.asker.send_multipart(request)
        reply = asyncio.ensure_future(self.asker.recv_multipart())
        async with trial(patience(LIMIT), REPLY.format(about)):
            await asyncio.wait([reply, self.task], return_when=asyncio.FIRST_COMPLETED)
            if not reply.done():
                reply.cancel()
                await self.task  # raises what ended it
                raise NotRight(True, False, ENDED)
        frames = reply.result()
        form = [len(frames), frames[0], *frames[1:2], *frames[5:6]]
        expect(form, [6, b"1.0", number, b""], FORM.format(about))
        return frames[2].decode(errors="replace"), frames[4].decode(errors="replace")

    async def end(self) -> None:
        """Cancel the doorkeeper, and look at its socket."""
        self.task.cancel()
        async with trial(patience(LIMIT), CANCELLED):
            await asyncio.wait([self.task])
        expect(self.zap.closed, False, CLOSED)


@contextlib.asynccontextmanager
async def _door(keep_door: KeepDoor) -> AsyncIterator[_Door]:
    context = zmq.asyncio.Context()
    context.linger = 0
    door = _Door(context, keep_door)
    try:
        yield door
    finally:
        door.task.cancel()
        await asyncio.wait([door.task], timeout=1)
        if door.task.done() and not door.task.cancelled():
            door.task.exception()  # it is raised already, or came after the verdict
        context.destroy(linger=0)


@checker("17 keep door", timeout=60.0)
async def keep_the_door(keep_door: KeepDoor) -> Text:
    """Ask as libzmq asks, with right and wrong requests; then let libzmq itself ask."""
    must_be_async(keep_door, "keep_door", "zap, shops")
    async with _door(keep_door) as door:
        await _requests(door)
        await _a_report(door)
        await door.end()
    return Text(
        en="It lets in active keys and nobody else, follows the list, and no request ends it.",
        ko="활성 키만 들여보내고, 바뀐 목록을 따르며, 어떤 요청에도 끝나지 않습니다.",
    )


async def _requests(door: _Door) -> None:
    anna, ben, carol, stranger = (z85.decode(zmq.curve_keypair()[0]) for _ in range(4))
    door.shops.update({z85.encode(anna): b"anna", z85.encode(ben): b"ben"})
    door.shops[z85.encode(carol)] = None
    for key, name in (anna, "anna"), (ben, "ben"):
        expect(await door.ask(KNOWN, b"CURVE", key), ("200", name), REPLY.format(KNOWN))
    wrong = (
        (UNKNOWN, b"CURVE", (stranger,), "400"),
        (WAITING, b"CURVE", (carol,), "300"),
        (A_NULL, b"NULL", (), "400"),
        (MASKED, b"NULL", (anna,), "400"),
        (A_PLAIN, b"PLAIN", (b"anna", b"sesame"), "400"),
        (EARLY, b"NULL", (carol,), "400"),
        (LONG, b"CURVE", (anna + b"more",), "400"),
        (SHORT, b"CURVE", (b"abc",), "400"),
        (NO_KEY, b"CURVE", (), "400"),
    )
    for about, mechanism, credentials, code in wrong:
        reply = await door.ask(about, mechanism, *credentials)
        expect(reply, (code, ""), REPLY.format(about))
    reply = await door.ask(OLD, b"CURVE", anna, version=b"2.0")
    expect(reply, ("400", ""), REPLY.format(OLD))
    door.shops[z85.encode(stranger)] = b"dora"
    reply = await door.ask(ADDED, b"CURVE", stranger)
    expect(reply, ("200", "dora"), REPLY.format(ADDED))
    del door.shops[z85.encode(anna)]
    expect(await door.ask(REMOVED, b"CURVE", anna), ("400", ""), REPLY.format(REMOVED))


async def _a_report(door: _Door) -> None:
    of_office, secret = zmq.curve_keypair()
    public, own = zmq.curve_keypair()
    door.shops[public] = b"eva"
    office = door.context.socket(zmq.PULL)
    office.curve_server = True
    office.curve_secretkey = secret
    office.bind("tcp://127.0.0.1:*")
    shop = door.context.socket(zmq.PUSH)
    shop.curve_serverkey = of_office
    shop.curve_publickey = public
    shop.curve_secretkey = own
    shop.connect(office.get_string(zmq.LAST_ENDPOINT))
    await shop.send(b"took 980")
    came = await office.poll(int(patience(COMES)))
    sender = (await office.recv(copy=False)).get("User-Id") if came else None
    expect(sender, "eva", REPORT)
