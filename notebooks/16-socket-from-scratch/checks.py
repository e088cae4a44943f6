"""Checkers of lesson 16: messages out of an engine, and the socket types of RFC 49."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import purezmq
from purezmq.asyncio import Context, Socket
from purezmq.patterns import PATTERNS, Message, Options, Pattern
from purezmq.wire.engine import Engine
from purezmq.wire.frame import encode, encode_command
from purezmq.wire.mechanism import LEGAL
from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.trial import next_message, trial
from zmqlab.words.language import Text

HANGS = 5.0
"""Seconds after which a call counts as stuck."""
LIMIT = 1000
"""Milliseconds that a message between two sockets of one process may take."""

# ------------------------------------------------------------- warm-up

Messages = Callable[[Engine, list[bytes]], Any]


def _written(kind: str, peer: str, after: bytes) -> bytes:
    """Return what a peer writes: greeting, READY and more."""
    engine = Engine(peer, now=0.0)
    stream = engine.data_to_send()
    engine.receive_data(Engine(kind, now=0.0).data_to_send(), 0.0)
    return stream + engine.data_to_send() + after


def _cut(stream: bytes, size: int) -> list[bytes]:
    return [stream[at : at + size] for at in range(0, len(stream), size)]


SALT: Message = [b"salt", b"2.5 kg"]
FLOUR: Message = [b"flour"]
EMPTY: Message = [b""]
LINES = b"".join(encode(each) for each in (SALT, FLOUR, EMPTY))
WANTED = encode_command(b"SUBSCRIBE", b"NASDAQ")
PING = encode_command(b"PING", b"\0\0")
STREAM = _written("PULL", "PUSH", LINES)
HALF = encode([b"sugar", b"1 kg"])[:-2]
"""A message without its end."""


@dataclass(frozen=True)
class _Case:
    """What an engine is given, and the messages in it."""

    about: Text
    chunks: list[bytes]
    found: list[Message]
    kind: str = "PULL"


CASES = (
    _Case(Text(en="Everything in one chunk.", ko="모두 한 조각."), [STREAM], [SALT, FLOUR, EMPTY]),
    _Case(
        Text(en="One byte in each chunk.", ko="조각마다 1바이트."),
        _cut(STREAM, 1),
        [SALT, FLOUR, EMPTY],
    ),
    _Case(
        Text(
            en="Two chunks, and a message that is cut between them.",
            ko="조각 두 개, 그 사이에서 잘린 메시지.",
        ),
        [STREAM[:-12], STREAM[-12:]],
        [SALT, FLOUR, EMPTY],
    ),
    _Case(
        Text(
            en="An XPUB's engine: a message, a subscription, a message.",
            ko="XPUB 엔진: 메시지, 구독, 메시지.",
        ),
        [_written("XPUB", "XSUB", encode(SALT) + WANTED + encode(FLOUR))],
        [SALT, FLOUR],
        "XPUB",
    ),
    _Case(
        Text(
            en="A message, a PING, and a message whose end is missing.",
            ko="메시지, PING, 끝이 빠진 메시지.",
        ),
        [_written("PULL", "PUSH", encode(FLOUR) + PING + HALF)],
        [FLOUR],
    ),
    _Case(
        Text(en="A handshake and nothing more.", ko="핸드셰이크가 전부인 경우."),
        [_written("PULL", "PUSH", b"")],
        [],
    ),
)
RETURNED = Text(en="{} What did messages() return?", ko="{} messages()는 무엇을 돌려줬나요?")
ENGINES = Text(
    en="{} How many bytes did messages() give to the engine that it got?",
    ko="{} messages()가 받은 엔진에 건넨 것은 몇 바이트인가요?",
)


class _Counting(Engine):
    """An engine that counts the bytes that it is given."""

    given = 0

    def receive_data(self, data: bytes, now: float, placed: int = 0) -> list[Any]:
        """Count, and process as an engine does."""
        self.given += len(data)
        return super().receive_data(data, now, placed)


@checker("16 whole messages", timeout=20.0)
async def whole_messages(messages: Messages) -> Text:
    """Let chunks of several kinds be read."""
    for one in CASES:
        engine = _Counting(one.kind, now=0.0)
        async with trial(patience(HANGS), one.about):
            found = messages(engine, list(one.chunks))
            if inspect.isawaitable(found):
                found = await found
        expect(found, one.found, RETURNED.format(one.about))
        expect(engine.given, sum(map(len, one.chunks)), ENGINES.format(one.about))
    return Text(
        en="All messages, in order, and nothing but messages, however the bytes are cut.",
        ko="바이트를 어떻게 자르든 모든 메시지가 순서대로, 메시지만 나옵니다.",
    )


# ------------------------------------------------------------- main exercise

Types = Callable[[], Any]
TWO_CLASSES = Text(
    en="two classes, SCATTER's and GATHER's, made from those of `purezmq.patterns`",
    ko="`purezmq.patterns`의 클래스로 만든 SCATTER와 GATHER 클래스 두 개",
)
RETURNS = Text(en="What did types() return?", ko="types()는 무엇을 돌려줬나요?")
EINVAL = "ZMQError(EINVAL)"
SENDS = Text(
    en="SCATTER, two peers with room for two messages each. What did send() say to five messages?",
    ko="SCATTER에 메시지 두 개씩 들어가는 피어가 둘 있습니다. 메시지 다섯 개에 send()는 각각"
    " 무엇을 돌려줬나요?",
)
NOBODY = Text(
    en="SCATTER without a peer. What did send() say?",
    ko="피어가 없는 SCATTER입니다. send()는 무엇을 돌려줬나요?",
)
DEALT = Text(
    en="SCATTER, two peers. What did each of them get?",
    ko="SCATTER에 피어가 둘 있습니다. 피어는 각각 무엇을 받았나요?",
)
SEVERAL = Text(
    en="SCATTER is given a message of two frames. What became of it?",
    ko="SCATTER에 프레임이 두 개인 메시지를 건넸습니다. 어떻게 되었나요?",
)
THREE = Text(
    en="SCATTER is given a message of three frames. What became of it?",
    ko="SCATTER에 프레임이 세 개인 메시지를 건넸습니다. 어떻게 되었나요?",
)
TO_NOBODY = Text(
    en="SCATTER has no peer, and is given a message of two frames. What became of it?",
    ko="피어가 없는 SCATTER에 프레임이 두 개인 메시지를 건넸습니다. 어떻게 되었나요?",
)
LEFT_OVER = Text(
    en="SCATTER has refused a message of two frames. What of it waits for the peers?",
    ko="SCATTER가 프레임이 두 개인 메시지를 거절했습니다. 그 가운데 피어에게 갈 것이 남아 있나요?",
)
GOT = Text(
    en="GATHER, a run of messages from one peer, some of two frames. What did recv() return?",
    ko="GATHER에 한 피어의 메시지가 이어서 왔고, 일부는 프레임이 두 개입니다. recv()는 무엇을"
    " 돌려줬나요?",
)
IN_TURN = Text(
    en="GATHER, two peers with three messages each. In which order did recv() return them?",
    ko="GATHER에 피어 둘의 메시지가 세 개씩 왔습니다. recv()는 어떤 순서로 돌려줬나요?",
)
READABLE = Text(
    en="GATHER got messages of two frames only. What does can_recv() say?",
    ko="GATHER에 프레임이 두 개인 메시지만 왔습니다. can_recv()는 무엇을 돌려줬나요?",
)
AGAIN = Text(
    en="GATHER got messages of two frames, and then one of one frame. What did recv() return?",
    ko="GATHER에 프레임이 두 개인 메시지가 오고, 그다음 한 프레임짜리가 왔습니다. recv()는"
    " 무엇을 돌려줬나요?",
)
LONGER = Text(
    en="GATHER got a message of three frames, and then one of one frame. What did recv() return?",
    ko="GATHER에 프레임이 세 개인 메시지가 오고, 그다음 한 프레임짜리가 왔습니다. recv()는"
    " 무엇을 돌려줬나요?",
)
RESUMES = Text(
    en="GATHER's pipe is full with four messages, and its session has stopped reading. After how"
    " many calls of recv() was on_room called?",
    ko="GATHER의 파이프가 메시지 네 개로 가득 차서 세션이 읽기를 멈췄습니다. recv()를 몇 번"
    " 호출한 뒤에 on_room이 호출되었나요?",
)
ONE_WAY = Text(
    en="{} only {}. What did {}() do?",
    ko="{} 소켓은 {} 방향뿐입니다. {}()를 호출하자 무엇을 했나요?",
)
ENOTSUP = "ZMQError(ENOTSUP)"
OVER = Text(
    en="Your SCATTER and your GATHER in purezmq's sockets, over {}. What did GATHER receive?",
    ko="작성한 SCATTER와 GATHER를 purezmq 소켓에 넣고 {} 연결했습니다. GATHER 소켓이 무엇을"
    " 받았나요?",
)
RUDE = Text(
    en="Over {} a peer sends GATHER a message of two frames and then one of one frame. What did"
    " GATHER receive? (Over inproc a type whose `queues_all` is True is never asked.)",
    ko="{} 연결한 피어가 프레임이 두 개인 메시지를 보내고 한 프레임짜리를 보냈습니다. GATHER"
    " 소켓이 무엇을 받았나요? (inproc에서는 `queues_all`이 True인 유형에 묻지 않습니다.)",
)
SCHEMES = {
    "tcp": Text(en="tcp", ko="tcp로"),
    "inproc": Text(en="inproc", ko="inproc으로"),
}
NOTHING = Text(en="nothing within 1 s", ko="1초 동안 아무것도 받지 못함")
ABOUT = Text(en="types() and its classes are tried.", ko="types()와 그 클래스를 시험합니다.")
TASKS: list[Message] = [[b"1"], [b"2"], [b""], [b"4"], [b"5"]]


@checker("16 scatter and gather", timeout=60.0)
async def scatter_and_gather(types: Types) -> Text:
    """Try both classes with pipes, and then in sockets."""
    async with trial(patience(HANGS), ABOUT):
        made = types()
        if inspect.isawaitable(made):
            made = await made
        if not _are_classes(made):
            raise NotRight(TWO_CLASSES, made, RETURNS)
        scatter, gather = made
        _try_scatter(scatter)
        _try_gather(gather)
    for endpoint in "tcp://127.0.0.1:*", "inproc://rfc-49":
        with _types(SCATTER=scatter, GATHER=gather):
            await _talk(endpoint)
    return Text(
        en="Both types keep to RFC 49: in turn, with the mark, one frame only, over tcp and"
        " inproc.",
        ko="두 유형 모두 RFC 49를 지킵니다. 차례를 지키고, 하이 워터마크를 지키고, 한 프레임짜리"
        " 메시지만 tcp와 inproc으로 주고받습니다.",
    )


def _are_classes(made: object) -> bool:
    if not isinstance(made, tuple | list) or len(made) != 2:
        return False
    return all(isinstance(each, type) and issubclass(each, Pattern) for each in made)


def _outcome(call: Callable[..., object], *arguments: object) -> object:
    """Return what a call returns, or the name of the ZMQError that it raises."""
    try:
        return call(*arguments)
    except purezmq.ZMQError as error:
        known = {purezmq.EINVAL: EINVAL, purezmq.ENOTSUP: ENOTSUP}
        return known.get(error.errno, f"ZMQError({error})")


def _copies(messages: Iterable[Message]) -> list[Message]:
    return [list(each) for each in messages]


def _try_scatter(scatter: type[Pattern]) -> None:
    pattern = scatter(Options(sndhwm=2))
    expect(_outcome(pattern.send, [b"early"]), False, NOBODY)
    one = pattern.pipe()
    two = pattern.pipe()
    pattern.attach(one)
    pattern.attach(two)
    expect(_outcome(pattern.send, [b"a", b"b"]), EINVAL, SEVERAL)
    expect(_outcome(pattern.send, [b"a", b"b", b"c"]), EINVAL, THREE)
    expect(list(one.outbound) + list(two.outbound), [], LEFT_OVER)
    said = [_outcome(pattern.send, each) for each in _copies(TASKS)]
    expect(said, [True, True, True, True, False], SENDS)
    expect([list(one.outbound), list(two.outbound)], [[[b"1"], [b""]], [[b"2"], [b"4"]]], DEALT)
    expect(_outcome(pattern.send, [b"a", b"b"]), EINVAL, SEVERAL)
    alone = scatter(Options())
    expect(_outcome(alone.send, [b"a", b"b"]), EINVAL, TO_NOBODY)
    words = Text(en="sends", ko="보내는")
    expect(_outcome(pattern.recv), ENOTSUP, ONE_WAY.format("SCATTER", words, "recv"))


def _all(pattern: Pattern) -> list[Message]:
    """Receive until nothing waits."""
    found: list[Message] = []
    for _ in range(20):
        message = pattern.recv()
        if message is None:
            break
        found.append(message)
    return found


def _resumed_after(pattern: Pattern) -> list[int]:
    """Fill a pipe to its mark of four; return when its session was told to read on."""
    pipe = pattern.pipe()
    pattern.attach(pipe)
    pattern.deliver(pipe, [[b"1"], [b"2"], [b"3"], [b"4"]])
    calls: list[int] = []
    received: list[Message | None] = []
    pipe.paused = True
    pipe.on_room = lambda: calls.append(len(received) + 1)  # within a call of recv()
    while len(received) < 4:
        received.append(pattern.recv())
    return calls


def _try_gather(gather: type[Pattern]) -> None:
    pattern = gather(Options())
    one = pattern.pipe()
    two = pattern.pipe()
    pattern.attach(one)
    pattern.attach(two)
    pattern.deliver(one, [[b"1"], [b"2"], [b"3"]])
    pattern.deliver(two, [[b"a"], [b"b"], [b"c"]])
    order = [b"1", b"a", b"2", b"b", b"3", b"c"]
    expect(_all(pattern), [[each] for each in order], IN_TURN)
    pattern.deliver(one, [[b"1"], [b"x", b"y"], [b""], [b"", b"z"], [b"4"]])
    expect(_all(pattern), [[b"1"], [b""], [b"4"]], GOT)
    pattern.deliver(one, [[b"x", b"y"], [b"y", b"z"]])
    expect(pattern.can_recv(), False, READABLE)
    pattern.deliver(two, [[b"x", b"y"]])
    pattern.deliver(one, [[b"5"]])
    expect(_all(pattern), [[b"5"]], AGAIN)
    pattern.deliver(one, [[b"x", b"y", b"z"], [b"6"]])
    expect(_all(pattern), [[b"6"]], LONGER)
    expect(_resumed_after(gather(Options(rcvhwm=4))), [2], RESUMES)
    words = Text(en="receives", ko="받는")
    expect(_outcome(pattern.send, [b"out"]), ENOTSUP, ONE_WAY.format("GATHER", words, "send"))


@contextlib.contextmanager
def _types(**classes: type[Pattern]) -> Iterator[None]:
    """Add socket types to purezmq for a while, each with the other for its peer."""
    tables: tuple[dict[str, Any], ...] = (PATTERNS, LEGAL)
    before = [dict(table) for table in tables]
    PATTERNS.update(classes)
    LEGAL.update({name: frozenset(classes) - {name} for name in classes})
    try:
        yield
    finally:
        for table, rows in zip(tables, before, strict=True):
            table.clear()
            table.update(rows)


def _pair(context: Context, endpoint: str) -> tuple[Socket, Socket]:
    gather = context.socket(purezmq.GATHER)
    scatter = context.socket(purezmq.SCATTER)
    gather.bind(endpoint)
    scatter.connect(gather.last_endpoint.decode())
    return scatter, gather


async def _talk(endpoint: str) -> None:
    """Let the two talk, and then let GATHER hear a peer that sends several frames."""
    scheme = endpoint.partition(":")[0]
    context = Context()
    try:
        async with trial(patience(HANGS), ABOUT):
            scatter, gather = _pair(context, endpoint)
            await scatter.send(b"salt")
            await scatter.send(b"")
            over = OVER.format(SCHEMES[scheme])
            expect(await _next(gather), [b"salt"], over)
            expect(await _next(gather), [b""], over)
            try:
                said: object = await scatter.send_multipart([b"a", b"b"])
            except purezmq.ZMQError as error:
                said = EINVAL if error.errno == purezmq.EINVAL else error
            expect(said, EINVAL, SEVERAL)
            gather.close(linger=0)
            with _types(SCATTER=PATTERNS["PUSH"], GATHER=PATTERNS["GATHER"]):
                rude, gather = _pair(context, endpoint)
            await rude.send_multipart([b"a", b"b"])
            await rude.send(b"flour")
            expect(await _next(gather), [b"flour"], RUDE.format(SCHEMES[scheme]))
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await context.destroy(linger=0)


async def _next(socket: Socket) -> object:
    """Return the next message, or words if none comes."""
    found = await next_message(socket, LIMIT)  # type: ignore[arg-type]
    return NOTHING if found is None else found
