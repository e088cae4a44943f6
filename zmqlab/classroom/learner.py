"""A learner's sockets: join a class, report checks, put up a hand.

A thread of its own owns the sockets; what it sends and when is decided by `Member`. The notebook's
thread changes the member under a lock and rings a bell, and so no check waits for the network.
"""

from __future__ import annotations

import atexit
import contextlib
import re
import secrets
import threading
import time
from dataclasses import dataclass

import zmq
from zmq.utils import z85
from zmq.utils.monitor import recv_monitor_message

from zmqlab.classroom.host import USER
from zmqlab.classroom.member import Member
from zmqlab.classroom.note import Note, new_key, read_note, remove_note, write_note
from zmqlab.classroom.protocol import (
    LARGEST_STATE,
    Hello,
    Malformed,
    Reason,
    Result,
    Vote,
    Welcome,
    clean_name,
    read_answer,
    read_state,
    write_hello,
    write_report,
)
from zmqlab.words.language import Language, Text, Worded, kernel_language

PATIENCE = 6.0
"""Seconds for the board to answer."""
TURN, SHORT_TURN = 250, 50
"""Milliseconds that the thread waits for anything before it looks at the clock: when the board has
everything, and when it has not."""
FLUSH = 300
"""Milliseconds for what was sent to leave when the line is closed."""
LAST_WORD = 1.5
"""Seconds for the board to confirm the last report when Python ends."""
ADDRESS = re.compile(
    r"(?:tcp://)?(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})"
    r"(?:#(?P<key>[0-9a-f]{64}))?"
)

NO_ADDRESS = Text(
    en="{!r} is no address of a board; one looks like this: tcp://192.168.0.10:5600",
    ko="{!r}: 현황판 주소가 아닙니다. 주소는 tcp://192.168.0.10:5600처럼 생겼습니다",
)
NO_NAME = Text(
    en="choose a name of 1 to 24 characters that can be seen",
    ko="보이는 글자로 1~24자인 이름을 정하세요",
)
NO_ANSWER = Text(
    en="no board answers at {}: is the address right, is this laptop in the same network, and does "
    "the teacher's firewall let the port through?",
    ko="{}에서 현황판의 응답이 없습니다. 주소가 맞는지, 같은 네트워크에 있는지, 강사 노트북의 "
    "방화벽이 포트를 막지 않는지 확인하세요",
)
REASONS = {
    Reason.CODE: Text(en="the code word is not right", ko="코드 단어가 맞지 않습니다"),
    Reason.FULL: Text(en="the class is full", ko="자리가 모두 찼습니다"),
    Reason.LOCKED: Text(
        en="the teacher lets nobody new in now", ko="지금은 새로 참여할 수 없습니다"
    ),
    Reason.NAME: NO_NAME,
}
NOT_JOINED = Text(
    en="this laptop has joined no class: join(address, name, code) comes first",
    ko="참여한 수업이 없습니다. 먼저 join(주소, 이름, 코드)를 실행하세요",
)
NO_QUESTION = Text(en="no question is open now", ko="지금 열린 질문이 없습니다")
NO_SUCH_ANSWER = Text(
    en="this question has the answers 1 to {}", ko="이 질문의 답은 1번부터 {}번까지입니다"
)
UNHEARD = Text(
    en="the board has not confirmed it yet; it is sent again until it has",
    ko="현황판이 아직 확인하지 않았습니다. 확인할 때까지 다시 보냅니다",
)
JOINED = Text(
    en="You are in the class as {name}. Your checks now show on the board: their names, passed or "
    "not, and how many tries. leave() ends it.",
    ko="{name} 이름으로 수업에 참여했습니다. 이제 확인 결과가 현황판에 나타납니다. 보내는 것은 "
    "확인 이름, 통과 여부, 시도 횟수뿐입니다. leave()로 그만둘 수 있습니다.",
)
LEFT = Text(en="You have left the class.", ko="수업에서 나왔습니다. 이제 아무것도 보내지 않습니다.")
HAND = Text(
    en="Question {question}: your hand is up for answer {answer}.",
    ko="질문 {question}: {answer}번에 손을 들었습니다.",
)
HANDS = Text(
    en="Question {question}, answers 1 to {answers}; hands up: {raised}.",
    ko="질문 {question}, 답 1~{answers}: {raised}명이 손을 들었습니다.",
)
REVEALED = Text(en="Question {question}, the hands: {counts}.", ko="질문 {question} 결과: {counts}")


class ClassError(RuntimeError):
    """Something about the class did not work.

    Parameters
    ----------
    told : Text
        What, in a line.
    """

    def __init__(self, told: Text) -> None:
        super().__init__(told[kernel_language()])
        self.told = told


@dataclass(frozen=True, repr=False)
class Told(Worded):
    """A sentence to the learner, in the language of the kernel."""

    words: Text

    def text_lines(self, language: Language) -> list[str]:
        """Return the sentence."""
        return [self.words[language]]


class Line:
    """The connection of this Python to a board.

    Parameters
    ----------
    note : Note
        Where the board is, and who this is.
    """

    def __init__(self, note: Note) -> None:
        found = ADDRESS.fullmatch(note.address)
        if found is None or not 0 < int(found["port"]) < 65536:
            raise ClassError(NO_ADDRESS.format(note.address))
        self.note = note
        self._host = found["host"]
        self._port = int(found["port"])
        self._server_key = bytes.fromhex(found["key"] or "")
        self._client_keys = zmq.curve_keypair() if self._server_key else None
        hello = Hello(note.key, note.name, note.code)
        self._member = Member(hello, secrets.token_hex(4))
        self._wrong_code = False
        self._ended = False
        self._changed = threading.Condition()
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._bell = self._context.socket(zmq.PAIR)
        self._bell.bind("inproc://bell")
        self._thread = threading.Thread(target=self._run, name="class", daemon=True)
        self._thread.start()

    # From any thread.

    def wait_until_in(self, limit: float) -> str:
        """Return the name on the board once it has let us in.

        Raises
        ------
        ClassError
            If the board refuses, or does not answer in time.
        """
        member = self._member
        with self._changed:
            self._changed.wait_for(
                lambda: member.welcome or member.refused or self._wrong_code, limit
            )
            if member.welcome:
                return member.welcome.name
            if member.refused:
                raise ClassError(REASONS[member.refused.reason])
            if self._wrong_code:
                raise ClassError(REASONS[Reason.CODE])
        raise ClassError(NO_ANSWER.format(self.note.address.partition("#")[0]))

    def checked(self, name: str, result: Result) -> None:
        """Note a verdict; it is sent soon."""
        with self._changed:
            self._member.checked(name, result)
            self._ring()

    def vote(self, limit: float) -> Vote:
        """Return the question, once there is one.

        Raises
        ------
        ClassError
            If none is open within so many seconds.
        """
        with self._changed:
            vote = self._changed.wait_for(lambda: self._member.vote, limit)
            if vote is None:
                raise ClassError(NO_QUESTION)
            return vote

    def raise_hand(self, answer: int, limit: float) -> bool:
        """Put up a hand; return whether the board has confirmed it within so many seconds."""
        with self._changed:
            self._member.raise_hand(answer)
            self._ring()
            return self._changed.wait_for(lambda: self._member.confirmed, limit)

    def confirmed(self, limit: float) -> bool:
        """Wait until the board has all that was reported; return whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self._member.confirmed, limit)

    def close(self) -> None:
        """End the thread and its sockets. A report that waits gets a moment to leave."""
        with self._changed:
            self._ended = True
            if not self._bell.closed:
                self._ring()
        self._thread.join(3)
        if not self._thread.is_alive():
            self._bell.close(linger=0)
            self._context.term()

    def _ring(self) -> None:
        with contextlib.suppress(zmq.Again):  # it rings already
            self._bell.send(b"", zmq.NOBLOCK)

    # In the thread.

    def _run(self) -> None:
        sockets = _Sockets(self._context, self._host, self._server_key, self._client_keys)
        try:
            sockets.join_at(self._port, self.note.code)
            while not self._ended:
                self._turn(sockets)
        finally:
            sockets.close()

    def _turn(self, sockets: _Sockets) -> None:
        """Wait, then tell the member what came and send what is due."""
        ready = sockets.wait(TURN if self._member.confirmed else SHORT_TURN)
        with self._changed:
            now = time.monotonic()
            if sockets.monitor in ready:
                recv_monitor_message(sockets.monitor)
                self._wrong_code = True
            if sockets.joining in ready:
                self._take_answer(sockets, now)
            if sockets.state in ready:
                self._take_state(sockets, now)
            # What the board's side can't take now stays due.
            if sockets.can_send(sockets.joining) and (hello := self._member.due_hello(now)):
                sockets.send(sockets.joining, write_hello(hello))
            if sockets.can_send(sockets.results) and (report := self._member.due_report(now)):
                sockets.send(sockets.results, write_report(report))
            self._changed.notify_all()

    def _take_answer(self, sockets: _Sockets, now: float) -> None:
        try:
            answer = read_answer(sockets.joining.recv_multipart(zmq.NOBLOCK))
        except (Malformed, zmq.Again):
            return
        self._wrong_code = False
        self._member.answered(answer, now)
        if isinstance(answer, Welcome):
            sockets.take_part(answer, self.note.code)

    def _take_state(self, sockets: _Sockets, now: float) -> None:
        assert sockets.state is not None
        try:
            state = read_state(sockets.state.recv(zmq.NOBLOCK))
        except (Malformed, zmq.Again):
            return
        self._member.heard(state, now)


class _Sockets:
    """DEALER, PUSH and SUB of a learner, and the bell: for the thread that owns them."""

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        host: str,
        server_key: bytes,
        client_keys: tuple[bytes, bytes] | None,
    ) -> None:
        self._context = context
        self._host = host
        self._server_key = server_key
        self._client_keys = client_keys
        self._bell = context.socket(zmq.PAIR)
        self._bell.connect("inproc://bell")
        self._ports: tuple[int, int] | None = None
        self.joining: zmq.Socket[bytes]
        self.monitor: zmq.Socket[bytes]
        self.results: zmq.Socket[bytes] | None = None
        self.state: zmq.Socket[bytes] | None = None

    def join_at(self, port: int, code: str) -> None:
        """Connect to the board's ROUTER."""
        self.joining = self._socket(zmq.DEALER, code)
        self.monitor = self.joining.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        self.joining.connect(f"tcp://{self._host}:{port}")

    def take_part(self, welcome: Welcome, code: str) -> None:
        """Connect to the board's PULL and PUB, unless that is done already."""
        ports = (welcome.results, welcome.state)
        if ports == self._ports:
            return
        for socket in (self.results, self.state):
            if socket is not None:
                socket.close(linger=0)
        self._ports = ports
        self.results = self._socket(zmq.PUSH, code)
        self.results.sndhwm = 2  # a report says it all: two are enough
        self.results.connect(f"tcp://{self._host}:{welcome.results}")
        self.state = self._socket(zmq.SUB, code)
        self.state.conflate = True
        self.state.subscribe(b"")
        self.state.connect(f"tcp://{self._host}:{welcome.state}")

    def _socket(self, kind: int, code: str) -> zmq.Socket[bytes]:
        socket = self._context.socket(kind)
        socket.linger = FLUSH
        socket.maxmsgsize = LARGEST_STATE
        socket.immediate = True  # nothing is queued for a board that is not there
        socket.reconnect_ivl = 200
        socket.reconnect_ivl_max = 2000
        socket.heartbeat_ivl = 2000
        socket.heartbeat_timeout = 8000
        if self._client_keys:
            socket.curve_serverkey = z85.encode(self._server_key)
            socket.curve_publickey, socket.curve_secretkey = self._client_keys
        elif code:
            socket.plain_username = USER
            socket.plain_password = code.encode()
        return socket

    def wait(self, limit: int) -> set[zmq.Socket[bytes]]:
        """Return the sockets that have something, after so many milliseconds at most."""
        poller = zmq.Poller()
        for socket in (self._bell, self.joining, self.monitor, self.state):
            if socket is not None:
                poller.register(socket, zmq.POLLIN)
        ready = {socket for socket, _ in poller.poll(limit)}
        if self._bell in ready:
            self._bell.recv()
        return ready

    @staticmethod
    def can_send(socket: zmq.Socket[bytes] | None) -> bool:
        """Tell whether the board is connected and has room for a message."""
        return socket is not None and bool(socket.poll(0, zmq.POLLOUT))

    @staticmethod
    def send(socket: zmq.Socket[bytes] | None, frames: list[bytes]) -> None:
        """Send without waiting; what is lost is said again later."""
        assert socket is not None
        with contextlib.suppress(zmq.Again):
            socket.send_multipart(frames, zmq.NOBLOCK)

    def close(self) -> None:
        """Close all; what was sent has `FLUSH` milliseconds to leave."""
        self.joining.disable_monitor()
        for socket in (self._bell, self.joining, self.results, self.state):
            if socket is not None:
                socket.close()


_line: Line | None = None
_lock = threading.RLock()


def join(address: str, name: str, code: str = "") -> Told:
    """Join a class: this laptop's checks then show on the teacher's board.

    Parameters
    ----------
    address : str
        As the board shows it: ``tcp://192.168.0.10:5600``.
    name : str
        A name for the board, 1 to 24 characters. It need not be yours.
    code : str
        The class's code word.

    Raises
    ------
    ClassError
        If it did not work, with the reason.
    """
    global _line
    with _lock:
        try:
            name = clean_name(name)
        except Malformed:
            raise ClassError(NO_NAME) from None
        before = read_note()
        key = before.key if before else new_key()
        note = Note(address, name, code, key, time.time())
        _end()
        line = Line(note)
        try:
            shown = line.wait_until_in(PATIENCE)
        except BaseException:
            line.close()
            raise
        write_note(note)
        _line = line
    return Told(JOINED.format(name=shown))


def leave() -> Told:
    """Leave the class, on this laptop and for all its notebooks."""
    with _lock:
        remove_note()
        _end()
    return Told(LEFT)


def vote(answer: int | None = None) -> Told:
    """Put up a hand for an answer to the question on the board.

    Parameters
    ----------
    answer : int, optional
        The answer's number. Without one, tell how the vote stands.

    Raises
    ------
    ClassError
        If no class is joined, or no question is open.
    """
    with _lock:
        line = _current()
    if line is None:
        raise ClassError(NOT_JOINED)
    line.wait_until_in(PATIENCE)
    question = line.vote(PATIENCE if answer else 1.5)
    if answer is None:
        return Told(_standing(question))
    try:
        confirmed = line.raise_hand(answer, PATIENCE)
    except ValueError:
        open_now = question.counts is None
        told = NO_SUCH_ANSWER.format(question.answers) if open_now else NO_QUESTION
        raise ClassError(told) from None
    told = HAND.format(question=question.question, answer=answer)
    if not confirmed:
        told = Text(en=f"{told.en} ({UNHEARD.en})", ko=f"{told.ko} ({UNHEARD.ko})")
    return Told(told)


def _standing(vote: Vote) -> Text:
    if vote.counts is None:
        return HANDS.format(question=vote.question, answers=vote.answers, raised=vote.raised)
    counts = ", ".join(f"{number}: {count}" for number, count in enumerate(vote.counts, 1))
    return REVEALED.format(question=vote.question, counts=counts)


def report(name: str, state: str) -> None:
    """Report a verdict to the class; `zmqlab.exercises.reports` calls this."""
    with _lock:
        line = _current()
    if line is not None:
        line.checked(name, Result(state))


def _current() -> Line | None:
    """Return the line to the class of the note, which another Python may have written."""
    global _line
    note = read_note()
    if _line is not None and _line.note != note:
        _end()
    if _line is None and note is not None:
        _line = Line(note)
    return _line


def _end() -> None:
    global _line
    if _line is not None:
        _line.close()
    _line = None


def _end_at_exit() -> None:
    """Let the last report arrive, as that of a program whose check was its last line."""
    if _line is not None:
        _line.confirmed(LAST_WORD)
    _end()


atexit.register(_end_at_exit)
