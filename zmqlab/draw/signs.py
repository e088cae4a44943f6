"""The signs of the pictures, and what they mean: "How to read this" is made of them.

A sign is a name, its meaning in both languages, and a small drawing in SVG, 30 by 16 pixels.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from html import escape

from zmqlab.draw.colours import var
from zmqlab.words.language import Language, Text


def _fill(path: str, colour: str) -> str:
    return f'<path d="{path}" fill="{var(colour)}"/>'


def _draw(path: str, colour: str, width: float = 2, dash: str = "") -> str:
    extra = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{path}" fill="none" stroke="{var(colour)}" stroke-width="{width:g}" '
        f'stroke-linecap="round"{extra}/>'
    )


_HEAD = "M28 8l-8 -4v8z"


class Sign(Enum):
    """A sign that pictures use: its meaning, and its drawing."""

    BINDS = (
        Text(en="is bound: others connect to it", ko="바인드한 쪽. 상대가 여기에 연결합니다"),
        _fill("M10 3h10v10h-10z", "quiet"),
    )
    CONNECTS = (
        Text(en="connects", ko="연결하는 쪽"),
        _draw("M10 3h10v10h-10z", "quiet", 1.75),
    )
    CONNECTION = (
        Text(en="a connection: it has no direction", ko="연결. 방향이 없습니다"),
        _draw("M2 8h26", "quiet", 1.25),
    )
    FLOW = (
        Text(
            en="messages run this way; the number counts them",
            ko="메시지가 가는 방향. 숫자는 메시지 수입니다",
        ),
        _draw("M9 3l5 5l-5 5M16 3l5 5l-5 5", "accent", 2.5),
    )
    MESSAGE = (
        Text(en="a message, from its sender to its receiver", ko="메시지. 보낸 쪽에서 받은 쪽으로"),
        _draw("M2 8h20", "accent") + _fill(_HEAD, "accent"),
    )
    FOLDED = (
        Text(en="many alike, drawn as one", ko="비슷한 것 여럿을 하나로 그림"),
        _draw("M2 8h18", "accent", 3.5) + _fill(_HEAD, "accent"),
    )
    QUEUED = (
        Text(en="a message waits in a queue", ko="메시지가 큐에서 기다림"),
        _draw("M15 2v13", "waiting", 2.25, "0.1 4.5")
        + _draw("M10 3h10M10 7h10M10 11h10", "waiting"),
    )
    WAITS = (
        Text(en="a call waits", ko="호출이 기다림"),
        _draw("M2 8h26", "waiting", 2.5, "0.1 5"),
    )
    WAITS_SHORTLY = (
        Text(en="a call waits for a moment", ko="호출이 잠깐 기다림"),
        _draw("M2 8h26", "quiet", 1.75, "0.1 5"),
    )
    GAVE_UP = (
        Text(en="a call stops waiting", ko="호출이 대기를 그만둠"),
        _draw("M6 8h18", "waiting", 2.5),
    )
    LOST = (
        Text(en="lost or dropped", ko="유실되거나 버려짐"),
        _draw("M2 8h12", "lost") + _draw("M18 3l9 10m0 -10l-9 10", "lost", 2.25),
    )
    REFUSED = (
        Text(en="a call or a connection is refused", ko="호출이나 연결이 거절됨"),
        _draw("M2 8h12", "handshake", 1.25, "4 3") + _draw("M18 3l9 10m0 -10l-9 10", "lost", 2.25),
    )
    HANDSHAKE = (
        Text(en="the connection comes to be, or is lost", ko="연결이 맺어지거나 끊어짐"),
        _draw("M2 8h26", "handshake", 1.25, "5 4"),
    )
    SUBSCRIPTION = (
        Text(en="a subscription", ko="구독"),
        _fill("M10 8l-5 -5l-5 5l5 5z", "handshake")
        + _draw("M11 8h12", "handshake", 1.25, "4 3")
        + _fill("M28 8l-7 -3.5v7z", "handshake"),
    )
    CLOSED = (
        Text(en="the socket is closed", ko="소켓이 닫힘"),
        _draw("M15 0v8", "quiet", 1.5) + _draw("M10 3l10 10m0 -10l-10 10", "text", 2.25),
    )
    NEW = (
        Text(en="a new socket in the same lane", ko="같은 세로줄의 새 소켓"),
        _draw("M8 4h14", "quiet") + _draw("M15 4v12", "quiet", 1.5),
    )
    DELIVERED = (
        Text(en="received in time, once", ko="제때 한 번 받음"),
        _fill("M9 1h12v14h-12z", "accent"),
    )
    LATE = (
        Text(en="received late", ko="늦게 받음"),
        _draw("M10 2h10v12h-10zM15 5v4h3", "late", 1.75),
    )
    TWICE = (
        Text(en="received more than once", ko="두 번 이상 받음"),
        _fill("M9 1h4.4v14h-4.4zM16.6 1h4.4v14h-4.4z", "duplicate"),
    )
    MISSING = (
        Text(en="lost", ko="유실"),
        _draw("M9 1h12v14h-12z", "lost", 1) + _draw("M11 4l8 8m0 -8l-8 8", "lost", 2),
    )
    IN_HAND = (
        Text(en="lost after somebody had taken it", ko="누군가 받은 뒤에 유실"),
        _draw("M9 1h12v14h-12z", "lost", 1)
        + _draw("M12 3l6 6m0 -6l-6 6", "lost", 2)
        + _fill("M9 11h12v4h-12z", "lost"),
    )
    STILL_WAITING = (
        Text(en="still waiting", ko="아직 기다림"),
        _draw("M10 3h10M10 8h10M10 13h10", "waiting", 2.25),
    )
    MEDIAN = (
        Text(en="the median: half are below it", ko="중앙값. 절반이 이보다 작습니다"),
        _draw("M6 8h18", "text", 2),
    )
    MEASURED = (
        Text(en="one measured value", ko="측정값 하나"),
        f'<circle cx="15" cy="8" r="4" fill="none" stroke="{var("text")}" stroke-width="1.5"/>',
    )
    QUARTILES = (
        Text(en="half of all values lie between the two bars", ko="값의 절반이 두 선 사이에 있음"),
        _draw("M10 2h10M15 2v12M10 14h10", "text", 1.5),
    )
    CURVE = (
        Text(
            en="a curve: the share of values up to there; the marks are at 50 and 99 %",
            ko="곡선. 그 값까지의 비율이며 표시는 50%와 99% 자리입니다",
        ),
        _draw("M2 14h6v-6h7v-4h12", "text", 2),
    )

    def __init__(self, meaning: Text, drawing: str) -> None:
        self.meaning = meaning
        self.drawing = drawing


_HOW = Text(en="How to read this", ko="그림 읽는 법")


def key(signs: Iterable[Sign], language: Language) -> str:
    """The signs with their meanings, folded under "How to read this".

    Parameters
    ----------
    signs : iterable of Sign
        Those that a picture uses.
    language : {"en", "ko"}

    Returns
    -------
    str
        HTML; empty if there are none.
    """
    used = set(signs)
    items = "".join(
        '<li style="display:flex;gap:8px;align-items:center">'
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 16" width="30" height="16" '
        'aria-hidden="true" '
        f'style="flex:none">{sign.drawing}</svg>{escape(sign.meaning[language])}</li>'
        for sign in Sign
        if sign in used
    )
    if not items:
        return ""
    return (
        f'<details class="zl-text zl-key"><summary>{_HOW[language]}</summary>'
        f'<ul style="list-style:none;padding-left:0">{items}</ul></details>'
    )
