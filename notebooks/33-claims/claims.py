"""What is claimed of ØMQ, and what this machine gives: a board of verdicts.

The claims stand here with who made them, in paraphrase, in both languages. The lesson measures, and
judges in sight of the reader: ``board.judge("sockets", "if", one_send="103,000/s", ...)``. What a
C program took is told apart. Nothing is judged that was not measured, and what can't be measured
here has a verdict of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from zmqlab.draw.colours import notebook_style, var
from zmqlab.draw.machine import measured
from zmqlab.draw.svg import HAIRLINE
from zmqlab.words.language import Language, Text, Worded, both
from zmqlab.words.terms import term


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict: its mark, its words, and the name of its colour."""

    mark: str
    words: Text
    colour: str


VERDICTS = {
    "holds": Verdict("✓", Text(en="holds", ko="맞음"), "accent"),
    "if": Verdict("◐", Text(en="holds if", ko="조건부로 맞음"), "accent"),
    "no": Verdict("△", Text(en="doesn't here", ko="여기서는 아님"), "waiting"),
    "open": Verdict("–", Text(en="can't be tested here", ko="여기서 확인할 수 없음"), "quiet"),
}
"""Every verdict by its key, in the order of the board."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim in paraphrase, whose it is, what to know beside the verdict, and what it holds if."""

    words: Text
    source: Text
    note: Text
    condition: Text | None = None


_PAGE = Text(en="{}, after the source page", ko="{}, 원본 페이지에서")
_UNDATED = Text(en="{}, undated", ko="{}, 날짜 없음")


def _voice(name: str, year: str = "") -> Text:
    return _PAGE.format(f"{name} ({year})" if year else name)


def _web(name: str) -> Text:
    return _UNDATED.format(name)


CLAIMS = {
    "sockets": Claim(
        Text(
            en="As fast as raw sockets, often faster",
            ko="성능은 소켓과 같거나 종종 더 좋다",
        ),
        _voice("Martin Lucina, Martin Sustrik (LWN 369885)"),
        Text(
            en="for one message at a time the raw socket is ahead; beside batching by hand, "
            "compare the figures",
            ko="메시지를 하나씩 주고받으면 소켓이 앞섬. 배칭을 직접 짠 소켓과는 수치를 비교",
        ),
        Text(
            en="the other side sends each message by itself, and what counts is throughput of "
            "small messages",
            ko="소켓 쪽이 메시지를 하나씩 보내고, 작은 메시지의 처리량을 따질 때",
        ),
    ),
    "hour": Claim(
        Text(
            en="A network program can be mastered in an hour or two",
            ko="네트워크 프로그램을 한두 시간이면 익힌다",
        ),
        _voice("Martin Lucina, Martin Sustrik (LWN 369885)"),
        Text(
            en="no machine measures that; look at what lesson 01 took you, and at the lines of "
            "code that the near end takes in this lesson",
            ko="기계로 측정할 수 없음. 레슨 01에 걸린 시간과 이 레슨의 코드 줄 수를 참고",
        ),
    ),
    "easier": Claim(
        Text(
            en="Easier to learn than a new API or a complicated wire protocol",
            ko="새로운 API나 복잡한 와이어 프로토콜보다 배우기 쉽다",
        ),
        _voice("Martin Lucina, Martin Sustrik (LWN 369885)"),
        Text(
            en="no machine measures that; lesson 01 shows what there is to learn at first",
            ko="기계로 측정할 수 없음. 처음에 배울 것은 레슨 01에 있음",
        ),
    ),
    "problems": Claim(
        Text(
            en="It does away with problems that other approaches bring",
            ko="다른 방법으로 했을 때 생기는 문제를 없애 준다",
        ),
        _voice("Martin Lucina, Martin Sustrik (LWN 369885)"),
        Text(
            en="too wide to test; one such problem was measured: a raw socket with two sends for "
            "each message stalls, ØMQ does not",
            ko="너무 넓어 확인할 수 없음. 그런 문제 하나는 측정함. 메시지를 둘로 나눠 보내는 TCP "
            "소켓은 멈칫하지만 ØMQ는 그렇지 않음",
        ),
    ),
    "raw": Claim(
        Text(
            en="After a while one no longer thinks of raw TCP or UDP sockets, special cases apart",
            ko="특별한 경우가 아니면 TCP나 UDP 소켓을 쓸 생각이 사라진다",
        ),
        _voice("Andrew Cholakian"),
        Text(
            en="an opinion. Special cases seen here: one request after the other, large messages, "
            "and your own batching. The figures say how many times as fast the raw socket was in "
            "them. UDP was not tested",
            ko="의견임. 여기서 본 특별한 경우는 요청을 하나씩 차례로 주고받을 때, 메시지가 클 때, "
            "직접 배칭할 때. 수치는 그때 TCP 소켓이 몇 배 빨랐는지를 나타냄. UDP는 시험하지 않음",
        ),
        Text(en="yours is none of these cases", ko="그런 경우가 아닐 때"),
    ),
    "queue": Claim(
        Text(
            en="It connects and reconnects unseen, and queues while no receiver is there",
            ko="연결과 재연결을 알아서 하고, 받는 쪽이 없으면 메시지를 쌓아 둔다",
        ),
        _voice("Brian Buchanan"),
        Text(
            en="sent before there was a receiver, and again after it was killed and restarted; "
            "what waits lies in memory and has an end (lesson 01, and later 07)",
            ko="받는 쪽이 생기기 전에 보내고, 받는 쪽을 강제로 종료했다가 다시 시작한 뒤 또 보냄. "
            "쌓인 메시지는 메모리에 있고 한도가 있음(레슨 01, 나중에 07)",
        ),
        Text(
            en="you can bear that what had left before the break is lost (lesson 01)",
            ko="끊기기 전에 이미 떠난 메시지를 잃어도 될 때(레슨 01)",
        ),
    ),
    "practice": Claim(
        Text(
            en="A few examples are the best start; nothing is entirely new",
            ko="실습 예제로 시작하는 것이 가장 좋다. 새로운 개념은 아니다",
        ),
        _voice("Ilya Grigorik", "2010"),
        Text(en="an opinion; lessons 01 to 03 are the test", ko="의견임. 레슨 01~03에서 시험"),
    ),
    "effort": Claim(
        Text(
            en="A complex communication system without much effort",
            ko="큰 노력 없이 복잡한 통신 시스템을 설계한다",
        ),
        _voice("Nicholas Piel"),
        Text(
            en="needs a complex system: lessons 12 to 14, to come",
            ko="복잡한 시스템이 필요함. 앞으로 나올 레슨 12~14에서 확인",
        ),
    ),
    "feel": Claim(
        Text(en="Its API is like that of sockets", ko="API가 소켓과 비슷하게 느껴진다"),
        _voice("Zed Shaw"),
        Text(
            en="by the names: methods of a TCP socket for this work that a ØMQ socket has too; "
            "accept and listen are not needed",
            ko="이름 기준. 이 일에 쓰는 TCP 소켓 메서드 가운데 ØMQ 소켓에도 있는 것. "
            "accept와 listen은 필요 없음",
        ),
        Text(
            en="you look at the names; lesson 01 shows where it differs",
            ko="이름만 볼 때. 다른 점은 레슨 01에서 다룸",
        ),
    ),
    "patterns": Claim(
        Text(
            en="zmq_socket alone gives multicast, request-reply and many more patterns",
            ko="zmq_socket만으로 멀티캐스트, 요청-응답 등 많은 패턴을 쓴다",
        ),
        _voice("Zed Shaw"),
        Text(
            en="the socket types run in lessons 01 to 03 and here; multicast: the transports that "
            "this libzmq was built with",
            ko="소켓 유형은 레슨 01~03과 여기서 실행함. 멀티캐스트 칸은 이 libzmq에 들어 있는 "
            "전송 방식",
        ),
        Text(
            en="publish-subscribe over TCP will do; network multicast was not tested",
            ko="TCP 위의 발행-구독으로 충분할 때. 네트워크 멀티캐스트는 시험하지 않음",
        ),
    ),
    "multicore": Claim(
        Text(
            en="It helps to build large applications for many cores",
            ko="코어가 많은 컴퓨터에서 큰 애플리케이션을 만드는 데 도움이 된다",
        ),
        _voice("Pieter Hintjens, Martin Sustrik", "2010"),
        Text(
            en="lesson 31 runs the argument, as far as the cores of one machine go",
            ko="레슨 31에서 컴퓨터 한 대의 코어로 할 수 있는 만큼 확인",
        ),
    ),
    "edges": Claim(
        Text(
            en="Reliability from edge to edge scales further and is stronger than a broker's",
            ko="에지 투 에지 신뢰성이 브로커의 신뢰성보다 잘 확장되고 강력하다",
        ),
        _voice("Pieter Hintjens"),
        Text(
            en="lesson 32 runs it: five designs, six faults, and a case that the broker wins",
            ko="레슨 32에서 확인. 구조 다섯 가지에 장애 여섯 가지, 브로커가 이기는 경우 하나",
        ),
    ),
    "microsecond": Claim(
        Text(
            en="Less than 1 µs over TCP for small messages (v0.1)",
            ko="작은 메시지는 TCP로 1 µs 미만(v0.1)",
        ),
        _web("zeromq.org, results"),
        Text(
            en="one message alone takes far longer",
            ko="하나만 보내면 훨씬 오래 걸림",
        ),
        Text(
            en="it means the time per message while many are under way",
            ko="여러 메시지를 한꺼번에 보내고 메시지당 시간으로 셀 때",
        ),
    ),
    "forty": Claim(
        Text(
            en="40 µs at 1 byte, of which 15 are ØMQ (v0.3)",
            ko="1바이트에 40 µs, 그 가운데 ØMQ가 15 µs(v0.3)",
        ),
        _web("zeromq.org, results"),
        Text(
            en="half a round trip, judged by the 40 µs alone; ØMQ's part is what a raw socket does "
            "not take. Here it crosses no network, and from Python, Python takes its share",
            ko="왕복 시간의 절반이고, 판정은 40 µs만 봄. ØMQ의 몫은 소켓과의 차이. 여기서는 "
            "네트워크를 거치지 않고, Python에서 측정한 값에는 Python의 몫도 들어 있음",
        ),
    ),
    "gigabit": Claim(
        Text(
            en="Fills 1 Gb/s from 120 bytes on; about 2 of 10 Gb/s",
            ko="120바이트부터 1 Gb/s를 채우고, 10 Gb/s에서는 약 2 Gb/s",
        ),
        _web("zeromq.org, results:10gbe-tests"),
        Text(
            en="there is no wire in one machine; the figures say what the programs could have put "
            "on one, at 120 bytes",
            ko="한 컴퓨터 안에는 회선이 없음. 120바이트로 프로그램이 회선에 실을 수 있는 양만 표시",
        ),
    ),
    "slogan": Claim(
        Text(
            en="13.4 µs end to end, and up to 4.1 million messages a second",
            ko="종단 간 13.4 µs, 초당 최대 410만 개",
        ),
        _web("zeromq.org"),
        Text(en="the latency was another machine's", ko="지연 시간은 다른 컴퓨터의 값"),
        Text(
            en="you write C, messages are tiny, many are under way, and the rate is what counts",
            ko="C로 짜고, 아주 작은 메시지를 한꺼번에 보내며, 처리량을 따질 때",
        ),
    ),
    "jeromq": Claim(
        Text(
            en="libzmq over loopback: 5.76 million messages a second at 10 bytes, 768,000 at 1 kB; "
            "inproc about 11.5 µs",
            ko="루프백에서 libzmq는 10바이트 초당 576만 개, 1 kB 초당 76만 8,000개, "
            "inproc은 약 11.5 µs",
        ),
        _web("jeromq wiki, Performance"),
        Text(
            en="a machine's figure, not a promise: same order (within a factor of 3) counts as "
            "holding",
            ko="약속이 아니라 한 컴퓨터의 측정값. 3배 안쪽이면 맞는 것으로 침",
        ),
    ),
    "guide300": Claim(
        Text(
            en="A request and its reply take about 300 µs on loopback, and pipelining cures it",
            ko="루프백에서 요청과 응답에 약 300 µs가 걸리고, 파이프라이닝으로 해결된다",
        ),
        Text(en="Pieter Hintjens, the Guide, chapter 7", ko="Pieter Hintjens, 가이드 7장"),
        Text(
            en="compare the round trips a second with one and with 64 under way",
            ko="하나씩 보낼 때와 64개를 한꺼번에 보낼 때의 초당 왕복 횟수를 비교",
        ),
        Text(
            en="you take the figure for one machine's; the cure works",
            ko="수치를 한 컴퓨터의 값으로만 볼 때. 해법은 효과가 있음",
        ),
    ),
    "pyzmq": Claim(
        Text(
            en="pyzmq passes 250,000 to 500,000 small messages a second",
            ko="pyzmq는 작은 메시지를 초당 25만~50만 개 처리한다",
        ),
        _web("pyzmq, perf/perf.ipynb"),
        Text(
            en="blocking; asyncio is another figure, beside it",
            ko="블로킹 방식 기준. asyncio의 값은 다름",
        ),
    ),
    "zerocopy": Claim(
        Text(
            en="Zero-copy costs about 10 µs and wins above about 64 kB",
            ko="제로 카피는 약 10 µs가 들고, 약 64 kB를 넘으면 더 빠르다",
        ),
        _web("pyzmq, perf/perf.ipynb"),
        Text(
            en="the cost at 100 bytes, and the size from which zero-copy was the faster here",
            ko="100바이트에서 더 든 시간, 그리고 여기서 제로 카피가 더 빨라진 크기",
        ),
    ),
}
"""Every claim by its key, in the order of the table."""

_TITLE = Text(en="The claims, and this machine", ko="주장과 이 컴퓨터의 측정값")
_HERE = Text(en="From Python: {}.", ko="Python으로 측정: {}.")
_IN_C = Text(en="In C: {}.", ko="C로 측정: {}.")
_IF = Text(en="If {}.", ko="조건: {}.")
_NOTE = Text(en="What to know beside it: {}.", ko="참고: {}.")
_SOURCE = Text(en="Said by: {}.", ko="출처: {}.")
_MORE = Text(en="What to know", ko="참고와 출처")
_NOT_JUDGED = Verdict("○", Text(en="not judged yet", ko="아직 판정하지 않음"), "quiet")
_NOT_MEASURED = Text(en="not measured", ko="측정하지 않음")
_NAMES = {
    name.en: name
    for name in (
        Text(en="after a break", ko="끊긴 뒤 도착"),
        Text(en="one by one", ko="하나씩"),
        Text(en="at 100 kB", ko="100 kB"),
        Text(en="socket types", ko="소켓 유형"),
        Text(en="multicast", ko="멀티캐스트"),
    )
}
"""Names of figures that no picture has; the others are words of `zmqlab.words.terms`."""


def _told(figures: Mapping[str, str], language: Language) -> str:
    """Figures by their names, in a language."""
    names = {
        name: _NAMES[name][language] if name in _NAMES else term(name, language) for name in figures
    }
    return "; ".join(f"{names[name]} {value}" for name, value in figures.items())


def _spaced(figures: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", " "): value for name, value in figures.items()}


class Claims(Worded):
    """The board of verdicts; it shows itself as cards in both languages.

    Attributes
    ----------
    verdicts : dict of str to str
        The verdict of each claim that was judged, by the claim's key.
    """

    def __init__(self) -> None:
        self.verdicts: dict[str, str] = {}
        self._figures: dict[str, dict[str, str]] = {}
        self._in_c: dict[str, dict[str, str]] = {}

    def judge(
        self,
        key: str,
        verdict: str | bool,
        in_c: Mapping[str, str] | None = None,
        **figures: str,
    ) -> None:
        """Write down a verdict with what was measured.

        Parameters
        ----------
        key : str
            A key of `CLAIMS`.
        verdict : {"holds", "if", "no", "open"} or bool
            True is "holds", False is "no".
        in_c : mapping of str to str, optional
            What a C program took; empty where that was to be measured and was not.
        **figures : str
            What was measured from Python, by names, as in ``in_c``; an underscore in a name is
            shown as a space, a word of `zmqlab.words.terms` in the page's language.

        Raises
        ------
        KeyError
            If there is no such claim.
        ValueError
            If there is no such verdict, no condition for "if", or nothing that was measured.
        """
        if key not in CLAIMS:
            raise KeyError(f"there is no claim {key!r}; there are: {', '.join(CLAIMS)}")
        if isinstance(verdict, bool):
            verdict = "holds" if verdict else "no"
        if verdict not in VERDICTS:
            raise ValueError(f"a verdict is one of {', '.join(VERDICTS)}, not {verdict!r}")
        if verdict == "if" and CLAIMS[key].condition is None:
            raise ValueError(f"{key}: there is no condition under which it would hold")
        if verdict != "open" and not (figures or in_c):
            raise ValueError(f"{key}: a verdict needs what was measured")
        self.verdicts[key] = verdict
        self._figures[key] = _spaced(figures)
        self._in_c.pop(key, None)
        if in_c is not None:
            self._in_c[key] = _spaced(in_c)

    def _ordered(self) -> list[tuple[Claim, Verdict, str]]:
        """Give each claim with its verdict and key: first those that hold, then the others."""
        places = [*VERDICTS, ""]
        keys = sorted(CLAIMS, key=lambda key: places.index(self.verdicts.get(key, "")))
        return [
            (CLAIMS[key], VERDICTS.get(self.verdicts.get(key, ""), _NOT_JUDGED), key)
            for key in keys
        ]

    def _sentences(self, key: str, language: Language) -> list[str]:
        """Say what was measured, and the condition if the claim holds under one."""
        told = []
        condition = CLAIMS[key].condition
        if self.verdicts.get(key) == "if" and condition is not None:
            told.append(_IF[language].format(condition[language]))
        if figures := self._figures.get(key):
            told.append(_HERE[language].format(_told(figures, language)))
        if key in self._in_c:
            in_c = _told(self._in_c[key], language) or _NOT_MEASURED[language]
            told.append(_IN_C[language].format(in_c))
        return told

    def text_lines(self, language: Language) -> list[str]:
        """The board as lines of text."""
        told = []
        for claim, verdict, key in self._ordered():
            parts = [f" - {verdict.mark} {verdict.words[language]}: {claim.words[language]}."]
            parts += self._sentences(key, language)
            parts.append(_NOTE[language].format(claim.note[language]))
            parts.append(_SOURCE[language].format(claim.source[language]))
            told.append(" ".join(parts))
        return [_TITLE[language], *told, measured(language)]

    def _repr_html_(self) -> str:
        return notebook_style() + both(self._board)

    def _board(self, language: Language) -> str:
        cards = "".join(
            self._card(claim, verdict, key, language) for claim, verdict, key in self._ordered()
        )
        return (
            f'<div class="zl-claims" role="group" aria-label="{_TITLE[language]}" style="'
            f'background:{var("card")};color:{var("text")};border-radius:8px;padding:4px 16px">'
            f'{cards}<p style="color:{var("quiet")}">{measured(language)}</p></div>'
        )

    def _card(self, claim: Claim, verdict: Verdict, key: str, language: Language) -> str:
        quiet = f'style="margin:2px 0;color:{var("quiet")}"'
        colour = var(verdict.colour)
        lines = "".join(f"<div>{escape(words)}</div>" for words in self._sentences(key, language))
        note = escape(_NOTE[language].format(claim.note[language]))
        source = escape(_SOURCE[language].format(claim.source[language]))
        return (
            f'<div class="zl-claim" style="padding:10px 0;border-bottom:1px solid {HAIRLINE};'
            f'overflow-wrap:anywhere"><div><strong style="color:{colour};border:1px solid;'
            f'border-radius:999px;padding:0 8px;margin-right:8px;white-space:nowrap">'
            f'<span aria-hidden="true">{verdict.mark}</span> {escape(verdict.words[language])}'
            f"</strong><strong>{escape(claim.words[language])}</strong></div>{lines}"
            f"<details {quiet}><summary>{_MORE[language]}</summary>{note} {source}</details></div>"
        )
