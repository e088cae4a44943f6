"""The page of options: what ``web/site/options/*.toml`` says of each, and what libzmq answers.

``{option-group} queues`` shows the options of a file, ``{context-options}`` those of the context,
``{monitor-events}`` a monitor's events. What must stay true: a default is asked of a fresh socket
when the site is built, and whether `purezmq` has an option is asked of `purezmq`; where libzmq
can't be asked, a dash stands with the reason.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import zmq
from docutils import nodes
from sphinx.application import Sphinx

import purezmq
import purezmq.asyncio
from web.lessons.curriculum import lesson_paths
from web.paths import ROOT
from web.site.directives import element, text
from web.site.sockets import Reference, lesson_code, lesson_links, socket_link

FOLDER = ROOT / "web" / "site" / "options"
CONTEXT, EVENTS = "context", "events"
MOST = 4
"""Lessons named for one option."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "ms": "milliseconds",
        "s": "seconds",
        "messages": "messages",
        "bytes": "bytes",
        "kB": "kilobytes",
        "kbit/s": "kbit/s",
        "connections": "connections",
        "hops": "routers",
        "flag": "switch",
        "bits": "bits",
        "count": "number",
        "binary": "bytes, any",
        "text": "text",
        "key": "key, 32 bytes or 40 characters",
        "descriptor": "descriptor",
        "default": "default {}",
        "none": "default –, {}",
        "manual": "{}; the manual says {}",
        "empty": "empty",
        "write_only": "it can only be set",
        "unset": "no key is set",
        "varies": "each socket has its own",
        "refused": "libzmq refuses it",
        "build": "this libzmq is built without {}",
        "draft_missing": "this libzmq is built without drafts",
        "context": "it is the context's",
        "read_only": "read only",
        "draft": "draft",
        "since": "since libzmq {}",
        "types": "for {}",
        "purezmq": "also in purezmq",
        "not_in_purezmq": "not in purezmq",
        "shown": "shown in {}",
    },
    "ko": {
        "ms": "밀리초",
        "s": "초",
        "messages": "메시지 수",
        "bytes": "바이트",
        "kB": "킬로바이트",
        "kbit/s": "kbit/s",
        "connections": "연결 수",
        "hops": "라우터 수",
        "flag": "스위치",
        "bits": "비트",
        "count": "숫자",
        "binary": "임의의 바이트",
        "text": "문자열",
        "key": "키(32바이트 또는 40글자)",
        "descriptor": "파일 디스크립터",
        "default": "기본값 {}",
        "none": "기본값 없음({})",
        "manual": "{}, 설명서에는 {}",
        "empty": "빈 값",
        "write_only": "설정만 할 수 있음",
        "unset": "설정된 키 없음",
        "varies": "소켓마다 다름",
        "refused": "libzmq가 받지 않음",
        "build": "이 libzmq는 {} 없이 빌드됨",
        "draft_missing": "이 libzmq는 초안 기능 없이 빌드됨",
        "context": "컨텍스트의 옵션",
        "read_only": "읽기 전용",
        "draft": "초안",
        "since": "libzmq {}부터",
        "types": "{}용",
        "purezmq": "purezmq에도 있음",
        "not_in_purezmq": "purezmq에는 없음",
        "shown": "{}에 나옴",
    },
}


@dataclass(frozen=True)
class Option:
    """What a file says of an option.

    Attributes
    ----------
    access : str
        ``rw``, or ``r`` or ``w`` alone.
    default : str
        Why libzmq can't be asked: a key of `WORDS`; usually empty.
    manual : str
        The default that libzmq's manual gives to an option that can't be read.
    build : str
        What libzmq has to be built with.
    number : int
        Of an option of the context that pyzmq does not name.
    """

    name: str
    en: str
    ko: str
    since: str = ""
    unit: str = ""
    range: str = ""
    types: str = ""
    access: str = "rw"
    default: str = ""
    manual: str = ""
    build: str = ""
    draft: bool = False
    context: bool = False
    number: int = 0


@dataclass(frozen=True)
class Table:
    """A file: options of one purpose."""

    name: str
    path: Path
    options: tuple[Option, ...]


def _read(path: Path) -> Table:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    name = path.stem.partition("-")[2] or path.stem
    return Table(name, path, tuple(Option(key, **entry) for key, entry in said.items()))


def tables() -> list[Table]:
    """Return the tables of the sockets' options, in their order."""
    return [_read(path) for path in sorted(FOLDER.glob("[0-9]*.toml"))]


def table_of(name: str) -> Table:
    """Return the table of this name, one of the sockets', the context's or the events."""
    others = [_read(FOLDER / f"{one}.toml") for one in (CONTEXT, EVENTS)]
    return next(table for table in [*tables(), *others] if table.name == name)


# What the libraries answer


@cache
def of_libzmq(name: str, types: str = "") -> int | bytes | None:
    """Ask a fresh socket of libzmq for an option; None if it does not say."""
    known = [one for one in types.split(", ") if one in zmq.SocketType.__members__]
    with zmq.Context() as context:
        for kind in [*known, "DEALER"]:
            with context.socket(zmq.SocketType[kind]) as socket:
                try:
                    value: int | bytes = socket.getsockopt(zmq.SocketOption[name])
                except zmq.ZMQError:
                    continue
                return value
    return None


@cache
def settable(name: str, unit: str, types: str = "") -> bool:
    """Try to set an option on a fresh socket of libzmq."""
    value: int | bytes = b"X-name:value" if unit in ("binary", "text") else 1
    kind = types.split(", ")[0] or "DEALER"
    with zmq.Context() as context, context.socket(zmq.SocketType[kind]) as socket:
        try:
            socket.setsockopt(zmq.SocketOption[name], value)
        except zmq.ZMQError:
            return False
    return True


@cache
def of_context(name: str, number: int = 0) -> int | None:
    """Ask a fresh context of libzmq for an option; None if it does not say."""
    with zmq.Context() as context:
        try:
            return int(context.get(number or zmq.ContextOption[name]))
        except zmq.ZMQError:
            return None


@cache
def in_purezmq(name: str) -> bool:
    """Ask a socket of `purezmq` whether it has an option."""
    context = purezmq.asyncio.Context()
    socket = context.socket(purezmq.DEALER)
    try:
        socket.getsockopt(purezmq.SocketOption[name])
    except NotImplementedError:
        return False
    except purezmq.ZMQError:
        return True  # it can only be set
    finally:
        socket.close(linger=0)
    return True


def lessons_of(name: str) -> list[str]:
    """Return the numbers of the lessons whose code sets or reads an option, at most `MOST`.

    Those that do so most often are named; nearly every lesson sets `LINGER` somewhere.
    """
    attribute = name.lower()
    forms = [rf"\bzmq\.{name}\b", rf"\.{attribute}\b[^=\n(]*= "]
    if name in ("SUBSCRIBE", "UNSUBSCRIBE"):
        forms.append(rf"\.{attribute}\(")
    elif name == "LAST_ENDPOINT":
        forms.append(rf"\.{attribute}\b")
    elif name not in ("LINGER", "RATE"):  # such keywords belong to other calls
        forms.append(rf"\b{attribute}=")
    counts = Counter(
        {number: len(re.findall("|".join(forms), code)) for number, code in lesson_code().items()}
    )
    return sorted(number for number, count in counts.most_common(MOST) if count)


def value_text(value: int | bytes, words: dict[str, str]) -> str:
    """Write a value as a reader sees it."""
    if isinstance(value, bytes):
        return repr(value) if value else words["empty"]
    return f"{value:,}"


class OptionGroup(Reference):
    """The options of a table: each with its name, two sentences, and a line of facts."""

    @property
    def own(self) -> dict[str, str]:
        """The words of this page in the language being built."""
        return WORDS[self.config.language]

    def run(self) -> list[nodes.Node]:
        """Make the entries."""
        for path in lesson_paths().values():
            self.env.note_dependency(str(path))
        try:
            table = table_of(self.arguments[0])
        except StopIteration:
            raise self.error(f"no table of options {self.arguments[0]!r}") from None
        self.env.note_dependency(str(table.path))
        return [self.option(option) for option in table.options]

    def option(self, option: Option) -> nodes.Element:
        """Make an entry, and let links reach it by ``option-NAME``."""
        facts = [
            self.own["draft"] if option.draft else "",
            self.unit(option),
            self.default(option),
            self.own["read_only"] if option.access == "r" else "",
            self.own["since"].format(option.since),
            self.kinds(option),
            self.own["purezmq" if in_purezmq(option.name) else "not_in_purezmq"],
            self.lessons(option),
        ]
        head: list[nodes.Node] = [element("code", text(option.name), class_="literal")]
        if not option.context:
            attribute = element("code", text(f"socket.{option.name.lower()}"), class_="literal")
            head += [text(" "), attribute]
        return self.entry_of(f"option-{option.name}", option, head, facts)

    def entry_of(
        self, name: str, option: Option, head: list[nodes.Node], facts: list[str]
    ) -> nodes.Element:
        """Make an entry with an anchor."""
        anchor = name.lower().replace("_", "-")
        domain: Any = self.env.get_domain("std")
        domain.labels[anchor] = (self.env.docname, anchor, option.name)
        domain.anonlabels[anchor] = (self.env.docname, anchor)
        parts = [
            element("p", *head, class_="option-name"),
            *self.parsed(getattr(option, self.config.language)),
        ]
        line = " · ".join(fact for fact in facts if fact)
        if line:
            parts.append(element("div", *self.parsed(line), class_="option-facts"))
        return element("div", *parts, class_="option", id=anchor)

    def unit(self, option: Option) -> str:
        """Write the unit and the range."""
        unit = self.own.get(option.unit, option.unit)
        return unit if option.range in ("–", "") else f"{unit}, {option.range}"

    def default(self, option: Option) -> str:
        """Write the default that libzmq gave, or why it gave none."""
        words = self.own
        value = None if option.default else of_libzmq(option.name, option.types)
        if value is not None:
            return words["default"].format(value_text(value, words))
        return words["none"].format(self.reason(option))

    def reason(self, option: Option) -> str:
        """Say why libzmq gives no default."""
        words = self.own
        if option.default or option.context:
            return words[option.default or "context"]
        if option.build:
            return words["build"].format(option.build)
        here = not option.draft or settable(option.name, option.unit, option.types)
        reason = words["write_only" if here else "draft_missing"]
        return words["manual"].format(reason, option.manual) if option.manual else reason

    def kinds(self, option: Option) -> str:
        """Write links to the types that an option is for."""
        if not option.types:
            return ""
        named = [
            one if one in ("STREAM", "RADIO") else socket_link(one)
            for one in option.types.split(", ")
        ]
        return self.own["types"].format(", ".join(named))

    def lessons(self, option: Option) -> str:
        """Write links to the lessons that show it."""
        numbers = lessons_of(option.name)
        links = lesson_links(numbers, self.config.language)
        return self.own["shown"].format(links) if links else ""


class ContextOptions(OptionGroup):
    """The options of the context."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Make the entries."""
        table = table_of(CONTEXT)
        self.env.note_dependency(str(table.path))
        return [self.option(option) for option in table.options]

    def option(self, option: Option) -> nodes.Element:
        """Make an entry."""
        facts = [self.unit(option), self.default(option), self.own["since"].format(option.since)]
        if option.access == "r":
            facts.append(self.own["read_only"])
        named = option.name in zmq.ContextOption.__members__
        attribute = f"context.{option.name.lower()}" if named else f"context.set({option.number})"
        if option.name in ("BLOCKY", "IPV6"):
            attribute = f"context.set({option.number}, …)"
        head: list[nodes.Node] = [
            element("code", text(option.name), class_="literal"),
            text(" "),
            element("code", text(attribute), class_="literal"),
        ]
        return self.entry_of(f"context-{option.name}", option, head, facts)

    def default(self, option: Option) -> str:
        """Write the default that libzmq gave, or why it gave none."""
        words = self.own
        value = None if option.access == "w" else of_context(option.name, option.number)
        if value is None:
            return words["none"].format(words["write_only"])
        return words["default"].format(value_text(value, words))


class MonitorEvents(OptionGroup):
    """The events of a monitor."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Make the list."""
        table = table_of(EVENTS)
        self.env.note_dependency(str(table.path))
        rows = [(option.name, getattr(option, self.config.language)) for option in table.options]
        listed = self.facts([])
        for name, content in rows:
            term = element("dt", element("code", text(name), class_="literal"))
            listed += element("div", term, element("dd", *self.parsed(content)))
        return [listed]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("option-group", OptionGroup)
    app.add_directive("context-options", ContextOptions)
    app.add_directive("monitor-events", MonitorEvents)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
