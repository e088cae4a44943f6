"""Octets as fields: what lies on the wire between two peers, taken apart and drawn.

`Reader` takes one direction of a connection, in chunks of any size, and gives its pieces: the
greeting, then commands and frames, each with its fields. `purezmq.wire` does the reading; here it
is only noted where each field stands. `Octets` draws the same pieces. What must stay true: the
fields of a piece lie one behind the other and cover it whole; nothing that comes in raises, for
whoever watches a wire must not disturb it.

Only the beginning of a long body is kept. Nothing outside the standard library is imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from purezmq.errors import RemoteProtocolError
from purezmq.wire import command, frame, greeting
from zmqlab.draw.flow import paragraph
from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.svg import HAIRLINE, WIDE, Drawing, Form, clipped, text_width
from zmqlab.words.language import Language, Text

KEPT = 1024
"""Octets of a long body that are kept to be shown."""
COMMAND_MAX = 64 * 1024
"""Octets of a command beyond which its direction is no longer read."""
LONGEST = 32
"""Characters of a value that are shown."""

Kind = Literal["greeting", "command", "frame", "unread"]
Role = Literal["framing", "length", "name", "value", "filler", "unread"]

_COLOURS: dict[Role, str] = {
    "framing": "series-1",
    "length": "quiet",
    "name": "series-4",
    "value": "series-3",
    "filler": "handshake",
    "unread": "lost",
}


def _named(en: str, ko: str) -> Text:
    return Text(en=en, ko=ko)


SIGNATURE = _named("signature", "시그니처")
VERSION = _named("version", "버전")
MECHANISM = _named("mechanism", "보안 방식")
AS_SERVER = _named("as-server", "서버 여부")
FILLER = _named("filler", "채움")
FLAGS = _named("flags", "플래그")
SIZE = _named("size", "크기")
NAME_LENGTH = _named("name length", "이름 길이")
COMMAND = _named("command", "명령")
PROPERTY = _named("property", "속성")
VALUE_LENGTH = _named("value length", "값 길이")
VALUE = _named("value", "값")
LENGTH = _named("length", "길이")
USERNAME = _named("user name", "사용자 이름")
PASSWORD = _named("password", "비밀번호")
REASON = _named("reason", "이유")
TOPIC = _named("topic", "토픽")
TTL = _named("ttl", "ttl")
CONTEXT = _named("context", "컨텍스트")
SUBSCRIPTION = _named("subscription", "구독 여부")
BODY_OF_FRAME = _named("body", "본문")
DATA = _named("data", "데이터")
ENCRYPTED = _named("encrypted", "암호화된 데이터")
UNREAD = _named("not read", "읽지 못함")

_GREETING = _named("greeting", "인사(greeting)")
_FRAME = _named("frame", "프레임")
_MORE = _named("more", "이어짐")
_LAST = _named("last", "마지막")
_EMPTY = _named("empty", "비어 있음")
_SERVER = _named("server", "서버")
_LONG = _named("long", "긴 형식")
_SUBSCRIBES = _named("subscribe", "구독")
_CANCELS = _named("cancel", "구독 취소")
_ENCRYPTED = _named("encrypted", "암호화됨")
_NONE = _named("none", "없음")

_FRAMING = "RFC 37, Framing"
_GRAMMAR = "RFC 37, Formal Grammar"
_COMMANDS = "RFC 37, Commands"
_CURVE = "RFC 25, ZMTP-CURVE"
_SECTIONS = {
    b"READY": "RFC 37, The NULL Security Mechanism",
    b"ERROR": "RFC 37, Error Handling",
    b"HELLO": "RFC 24, ZMTP-PLAIN",
    b"WELCOME": "RFC 24, ZMTP-PLAIN",
    b"INITIATE": "RFC 24, ZMTP-PLAIN",
    b"SUBSCRIBE": "RFC 37, The Publish-Subscribe Pattern",
    b"CANCEL": "RFC 37, The Publish-Subscribe Pattern",
    b"PING": "RFC 37, Connection Heartbeating",
    b"PONG": "RFC 37, Connection Heartbeating",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A run of octets with one meaning.

    Parameters
    ----------
    name : Text
        What it is.
    start, end : int
        Where it stands in the octets of its piece. Beyond what was kept of a long body, `end`
        still says where it ended on the wire.
    role : str
        ``framing``, ``length``, ``name``, ``value``, ``filler`` or ``unread``: decides its colour.
    value : Text
        What it says.
    section : str
        Where the RFCs lay it down.
    """

    name: Text
    start: int
    end: int
    role: Role
    value: Text
    section: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A greeting, a command, a frame of a message, or octets that cannot be read.

    Parameters
    ----------
    kind : str
        ``greeting``, ``command``, ``frame`` or ``unread``.
    name : str
        Of a command its name, else the kind.
    octets : bytes
        The octets, of a long body the first ones.
    size : int
        How many there were on the wire.
    fields : tuple of Field
        What they mean, from the first octet to the last.
    told : Text
        The piece in a few words.
    """

    kind: Kind
    name: str
    octets: bytes
    size: int
    fields: tuple[Field, ...]
    told: Text


def same(words: str) -> Text:
    """The same words in both languages."""
    return Text(en=words, ko=words)


def readable(octets: bytes, size: int | None = None, longest: int = LONGEST) -> Text:
    """Octets as people read them.

    Parameters
    ----------
    octets : bytes
        The octets, or the first ones.
    size : int, optional
        How many there were, if that is more.
    longest : int, optional
        Characters after which it is cut.

    Returns
    -------
    Text
        In quotes if all of it prints, else in hex; never anything that a terminal obeys.
    """
    size = len(octets) if size is None else size
    if not size:
        return _EMPTY
    cut = size > len(octets)
    for spare in range(4 if cut else 1):  # a cut may go through a letter
        try:
            text = octets[: len(octets) - spare].decode("utf-8")
        except UnicodeDecodeError:
            continue
        if text.isprintable():
            short = cut or len(text) > longest
            return same(f'"{text[: longest - 1]}…"' if short else f'"{text}"')
    room = max(2, longest // 3)
    return same(octets[:room].hex(" ") + (" …" if size > room else ""))


class _Fields:
    """Notes fields one behind the other."""

    def __init__(self, octets: bytes, section: str) -> None:
        self.octets = octets
        self.section = section
        self.noted: list[Field] = []
        self.place = 0

    def add(self, name: Text, length: int, role: Role, value: Text) -> None:
        end = self.place + length
        self.noted.append(Field(name, self.place, end, role, value, self.section))
        self.place = end

    def shown(self, name: Text, length: int, role: Role) -> None:
        """Note a field that says what its octets say."""
        self.add(name, length, role, readable(self.octets[self.place : self.place + length]))

    def counted(self, name: Text, length: int) -> None:
        """Note a field that is a number in network order."""
        number = int.from_bytes(self.octets[self.place : self.place + length])
        self.add(name, length, "length", same(str(number)))


class Reader:
    """One direction of a connection.

    Parameters
    ----------
    mechanism : str, optional
        What the greeting would say, where the first octets come after it.
    begins : {"greeting", "frames"}, optional
        What the first octets are.

    Attributes
    ----------
    socket_type : str
        The sender's, once it said so: ``REQ``, ``SUB``...
    fault : str
        Why the octets cannot be read any more; empty while they can.
    count : int
        Octets that came.
    """

    def __init__(
        self, mechanism: str = "NULL", begins: Literal["greeting", "frames"] = "greeting"
    ) -> None:
        self.mechanism = mechanism
        self.socket_type = ""
        self.fault = ""
        self.count = 0
        self._greeted = begins == "frames"
        self._buffer = bytearray()
        self._header: frame.Header | None = None
        self._missing = 0  # octets of a body that are still to come
        self._place = 0  # how much of the chunk is read

    def feed(self, data: bytes) -> list[Piece]:
        """Take the next octets.

        Parameters
        ----------
        data : bytes
            A chunk of any size.

        Returns
        -------
        list of Piece
            What is whole with this chunk. The last one is ``unread`` if there the octets stop
            making sense; after that nothing more comes.
        """
        self.count += len(data)
        if self.fault:
            return []
        pieces: list[Piece] = []
        try:
            self._feed(data, pieces)
        except RemoteProtocolError as error:
            self.fault = str(error)
            self._buffer += data[self._place :]
            pieces.append(self._unread(len(self._buffer), self.fault))
        return pieces

    def rest(self) -> Piece | None:
        """What came and is no whole piece; None if nothing is left."""
        if self.fault or not self._buffer:
            return None
        if self._header is None:
            return self._unread(len(self._buffer))
        return self._unread(self._header.length + self._header.size - self._missing)

    def _unread(self, size: int, reason: str = "") -> Piece:
        octets = bytes(self._buffer[:KEPT])
        told = _reason(reason)
        field = Field(UNREAD, 0, size, "unread", readable(octets, size), "")
        return Piece("unread", "unread", octets, size, (field,), told)

    def _feed(self, data: bytes, pieces: list[Piece]) -> None:
        self._place = 0
        if not self._greeted:
            self._take(data, greeting.SIZE - len(self._buffer))
            greeting.check(bytes(self._buffer))
            if len(self._buffer) < greeting.SIZE:
                return
            pieces.append(self._greeting(bytes(self._buffer)))
            self._buffer.clear()
            self._greeted = True
        while self._place < len(data):
            if self._header is None:
                self._header = header = self._read_header(data)
                if header is None:
                    return
                self._missing = header.size
            else:
                header = self._header
            taken = min(self._missing, len(data) - self._place)
            most = COMMAND_MAX if header.flags & frame.COMMAND else KEPT
            kept = min(taken, header.length + most - len(self._buffer))
            self._take(data, kept)
            self._place += taken - kept
            self._missing -= taken
            if not self._missing:
                pieces.append(self._frame(header, bytes(self._buffer)))
                self._buffer.clear()
                self._header = None

    def _take(self, data: bytes, count: int) -> None:
        chunk = data[self._place : self._place + max(count, 0)]
        self._buffer += chunk
        self._place += len(chunk)

    def _read_header(self, data: bytes) -> frame.Header | None:
        """Gather a header, octet by octet where it comes so."""
        self._take(data, frame.SHORT_HEADER - len(self._buffer))
        header = frame.read_header(bytes(self._buffer))
        if header is None:
            self._take(data, frame.LONG_HEADER - len(self._buffer))
            header = frame.read_header(bytes(self._buffer))
        if header and header.flags & frame.COMMAND and header.size > COMMAND_MAX:
            raise RemoteProtocolError(f"a command of {header.size} octets")
        return header

    def _greeting(self, octets: bytes) -> Piece:
        said = greeting.parse(octets)
        self.mechanism = said.mechanism
        version = f"{said.version[0]}.{said.version[1]}"
        noted = _Fields(octets, _GRAMMAR)
        noted.add(SIGNATURE, 10, "framing", same("ff … 7f"))
        noted.add(VERSION, 2, "value", same(version))
        noted.add(MECHANISM, 20, "name", same(said.mechanism))
        noted.add(AS_SERVER, 1, "value", same(str(octets[noted.place])))
        noted.add(FILLER, greeting.SIZE - noted.place, "filler", same("0"))
        told = Text(en=f"ZMTP {version}, {said.mechanism}", ko=f"ZMTP {version}, {said.mechanism}")
        if said.as_server:
            told = Text(*(f"{told[one]}, {_SERVER[one]}" for one in ("en", "ko")))
        return Piece("greeting", "greeting", octets, len(octets), tuple(noted.noted), told)

    def _frame(self, header: frame.Header, octets: bytes) -> Piece:
        noted = _Fields(octets, _FRAMING)
        is_command = bool(header.flags & frame.COMMAND)
        more = bool(header.flags & frame.MORE)
        said = [COMMAND] if is_command else [_MORE if more else _LAST]
        said += [_LONG] if header.flags & frame.LONG else []
        noted.add(FLAGS, 1, "framing", _listed(said))
        noted.counted(SIZE, header.length - 1)
        if is_command:
            return self._command(noted, header, octets)
        body = octets[header.length :]
        if self.mechanism == "CURVE" and body.startswith(b"\x07MESSAGE"):
            noted.section = _CURVE
            noted.add(ENCRYPTED, header.size, "value", readable(body, header.size))
            told = Text(
                en=f"MESSAGE, encrypted, {_octets(header.size, 'en')}",
                ko=f"MESSAGE, 암호화됨, {_octets(header.size, 'ko')}",
            )
        elif self.socket_type in ("SUB", "XSUB") and body[:1] in (b"\0", b"\1"):
            # ZMTP 3.0's form of a subscription (RFC 23): a message, 01 or 00 and the prefix.
            noted.section = "RFC 23, ZMTP 3.0"
            what = _SUBSCRIBES if body[0] else _CANCELS
            noted.add(SUBSCRIPTION, 1, "name", what)
            topic = readable(body[1:], header.size - 1)
            noted.add(TOPIC, header.size - 1, "value", topic)
            told = Text(*(f"{what[one]} {topic[one]}" for one in ("en", "ko")))
        else:
            shown = readable(body, header.size)
            noted.add(BODY_OF_FRAME, header.size, "value", shown)
            size = [_octets(header.size, one) for one in ("en", "ko")]
            end = _MORE if more else _LAST
            if header.size:
                told = Text(f"{end.en}, {size[0]} {shown.en}", f"{end.ko}, {size[1]} {shown.ko}")
            else:
                told = _listed([end, _EMPTY])
        fields = tuple(one for one in noted.noted if one.end > one.start)
        return Piece("frame", "frame", octets, header.length + header.size, fields, told)

    def _command(self, noted: _Fields, header: frame.Header, octets: bytes) -> Piece:
        body = octets[header.length :]
        name, data = command.split(body)
        section = _SECTIONS.get(name, _COMMANDS)
        noted.section = _CURVE if self.mechanism == "CURVE" else section
        if len(body) - len(data) == 1 + len(name):
            noted.counted(NAME_LENGTH, 1)
        noted.shown(COMMAND, len(octets) - len(data) - noted.place, "name")
        before = len(noted.noted)
        if self.mechanism in ("NULL", "PLAIN"):
            said = self._data(name, data, noted)
        else:
            noted.add(ENCRYPTED, len(data), "value", readable(data))
            said = [_ENCRYPTED, Text(_octets(len(data), "en"), _octets(len(data), "ko"))]
        if not said:
            said = [one.value for one in noted.noted[before:]]
        fields = tuple(one for one in noted.noted if one.end > one.start)
        shown = name.decode("ascii", "replace")
        shown = shown if shown.isprintable() else name.hex(" ")
        return Piece("command", shown, octets[:KEPT], len(octets), fields, _listed(said))

    def _data(self, name: bytes, data: bytes, noted: _Fields) -> list[Text]:
        """Note the fields of a command's data; return what they say, if not simply in a row."""
        if name in (b"READY", b"INITIATE"):
            return self._metadata(data, noted)
        if name in (b"HELLO", b"ERROR"):
            labels = [USERNAME, PASSWORD] if name == b"HELLO" else [REASON]
            strings = command.parse_strings(name.decode(), data, len(labels))
            said = []
            for label, string in zip(labels, strings, strict=True):
                noted.counted(LENGTH, 1)
                noted.add(label, len(string), "value", readable(string))
                shown = readable(string)
                said.append(Text(f"{label.en} {shown.en}", f"{label.ko} {shown.ko}"))
            return said
        if name == b"PING":
            ttl, context = command.parse_ping(data)
            shown = readable(context)
            lives = Text(f"{ttl:g} s", f"{ttl:g} s") if ttl else _NONE
            noted.add(TTL, 2, "value", lives)
            noted.add(CONTEXT, len(context), "value", shown)
            said = [Text(f"ttl {lives.en}", f"ttl {lives.ko}")]
            return [*said, Text(f"context {shown.en}", f"컨텍스트 {shown.ko}")] if context else said
        if name == b"PONG":
            context = command.parse_pong(data)
            noted.add(CONTEXT, len(context), "value", readable(context))
            shown = readable(context)
            return [Text(f"context {shown.en}", f"컨텍스트 {shown.ko}")] if context else []
        label = TOPIC if name in (b"SUBSCRIBE", b"CANCEL") else DATA
        if data or label is TOPIC:
            noted.add(label, len(data), "value", readable(data))
        return []

    def _metadata(self, data: bytes, noted: _Fields) -> list[Text]:
        said = []
        for name, value in command.parse_metadata(data).items():
            noted.counted(NAME_LENGTH, 1)
            noted.add(PROPERTY, len(name), "name", same(name))
            noted.counted(VALUE_LENGTH, 4)
            shown = readable(value)
            if name.lower() == "socket-type":
                self.socket_type = value.decode("ascii", "replace")
                if value.isalpha():
                    shown = same(self.socket_type)
            noted.add(VALUE, len(value), "value", shown)
            said.append(Text(f"{name} {shown.en}", f"{name} {shown.ko}"))
        return said


def _listed(words: Iterable[Text]) -> Text:
    words = list(words)
    return Text(", ".join(one.en for one in words), ", ".join(one.ko for one in words))


def _octets(count: int, language: Language) -> str:
    if language == "ko":
        return f"{count:,}바이트"
    return f"{count:,} byte" + ("" if count == 1 else "s")


PER_LINE, LINES = 16, 3
"""Octets in a line of a field's hex, and lines of it that are shown."""
GAP, LINE = 14.0, 18.0

_FROM_TO = Text(en="octets {} to {}", ko="옥텟 {}~{}")
_ONE_AT = Text(en="octet {}", ko="옥텟 {}")
_AND_MORE = Text(en="… {} more", ko="… 외 {}개")
_UNREAD_HEAD = Text(en="cannot be read as ZMTP 3", ko="ZMTP 3으로 읽을 수 없음")
_INCOMPLETE = Text(en="not complete", ko="끝나지 않음")
_NO_FLAGS = re.compile(r"a frame has the flags (0x[0-9a-f]{2}), which do not exist")


def _reason(reason: str) -> Text:
    """Return why octets can't be read; the one that a lesson draws has Korean words."""
    if found := _NO_FLAGS.fullmatch(reason):
        return Text(en=reason, ko=f"프레임의 플래그가 {found[1]}인데, 그런 플래그는 없음")
    return same(reason)


class Octets(Picture):
    r"""Octets of one direction of a connection, as named fields over their hex.

    Parameters
    ----------
    data : bytes or iterable of Piece
        The octets, from a greeting on or from the beginning of a frame; or what a `Reader` or a
        `zmqlab.net.wiretap.Wiretap` made of them.
    mechanism : str, optional
        ``NULL``, ``PLAIN`` or ``CURVE``, where no greeting says it.

    Attributes
    ----------
    pieces : list of Piece
        Greeting, commands and frames in order.

    Examples
    --------
    >>> [field.name.en for field in Octets(b"\x00\x05hello").pieces[0].fields]
    ['flags', 'size', 'body']
    """

    title = Text(en="Bytes on the wire", ko="와이어 위의 바이트")

    def __init__(self, data: bytes | Iterable[Piece], mechanism: str = "NULL") -> None:
        if isinstance(data, bytes | bytearray | memoryview):
            octets = bytes(data)
            # FF are no flags of a frame: it can only be the first octet of a greeting.
            reader = Reader(mechanism, "greeting" if octets[:1] == b"\xff" else "frames")
            self.pieces = reader.feed(octets)
            rest = reader.rest()
            self.pieces += [rest] if rest else []
        else:
            self.pieces = list(data)

    def sentences(self, language: Language) -> list[str]:
        """Each piece in words, field by field."""
        told = []
        for piece in self.pieces:
            fields = "; ".join(
                f"{_where(field, language)}: {field.name[language]}, {field.value[language]}"
                for field in piece.fields
            )
            told.append(f"{heading(piece, language)}. {fields}")
        return told

    def draw(self, language: Language, form: Form = WIDE) -> Drawn:
        """Draw a heading a piece, and its fields from left to right, in as many rows as needed."""
        drawing = Drawing()
        left, y = (10.0 if form.narrow else 16.0), 22.0
        right = form.width - left
        for piece in self.pieces:
            head = heading(piece, language)
            y = paragraph(drawing, head, left, y, form, colour="text", weight=650) + 10
            x, tall = left, 0.0
            for field in piece.fields:
                lines, width = _block(piece, field, language, form, right - left - 6)
                if x > left and x + width > right:
                    x, y, tall = left, y + tall + 16, 0.0
                _field(drawing, field, lines, x, y, width, language, form)
                x += width + GAP
                tall = max(tall, 48 + LINE * len(lines))
            y += tall + 24
            drawing.line(left, y - 16, right, y - 16, HAIRLINE, 1)
            y += 8
        return Drawn(drawing, form.width, max(y - 16, 24))


def heading(piece: Piece, language: Language) -> str:
    """A piece in a line."""
    if piece.kind == "unread":
        reason = piece.told[language]
        return f"{_UNREAD_HEAD[language]}: {reason}" if reason else _INCOMPLETE[language]
    name = {"greeting": _GREETING[language], "frame": _FRAME[language]}.get(piece.kind, piece.name)
    return name + (f": {piece.told[language]}" if piece.told[language] else "")


def _where(field: Field, language: Language) -> str:
    if field.end - field.start == 1:
        return _ONE_AT[language].format(field.start)
    return _FROM_TO[language].format(field.start, field.end - 1)


def _block(
    piece: Piece, field: Field, language: Language, form: Form, room: float
) -> tuple[list[str], float]:
    """The lines of hex of a field, and the width that it takes with its name and value."""
    octets = piece.octets[field.start : field.end]
    size = field.end - field.start
    if size > 4 and len(octets) == size and len(set(octets)) == 1:
        lines = [f"{octets[0]:02x} × {size}"]
    else:
        per_line = PER_LINE // 2 if form.narrow else PER_LINE
        shown = octets[: per_line * LINES]
        lines = [
            shown[at : at + per_line].hex(" ") for at in range(0, max(len(shown), 1), per_line)
        ]
        if size > len(shown):
            lines.append(_AND_MORE[language].format(f"{size - len(shown):,}"))
    width = max(
        text_width(field.name[language], form.small),
        text_width(field.value[language], form.small),
        *(text_width(line, form.body, mono=True) for line in lines),
    )
    return lines, min(max(width + 2, 20), room)


def _field(
    drawing: Drawing,
    field: Field,
    lines: list[str],
    x: float,
    y: float,
    width: float,
    language: Language,
    form: Form,
) -> None:
    colour = _COLOURS[field.role]
    place = f"{field.name[language]}: {field.value[language]} ({_where(field, language)})"
    drawing.open_group(place + (f"\n{field.section}" if field.section else ""))
    drawing.rect(x - 3, y - 10, width + 6, 64 + LINE * (len(lines) - 1), "card", radius=4)
    drawing.text(x, y, clipped(field.name[language], width, form.small), colour, form.small)
    # The bracket: over all of the field, its ends down to the hex.
    dash = "3 3" if field.role == "unread" else ""
    path = f"M{x:.1f} {y + 15:.1f}v-5h{width:.1f}v5"
    drawing.curve(path, colour, 1.75, dash)
    for line in lines:
        drawing.text(x, y + 24, line, colour, form.body, mono=True)
        y += LINE
    drawing.text(x, y + 27, clipped(field.value[language], width, form.small), "text", form.small)
    drawing.close_group()
