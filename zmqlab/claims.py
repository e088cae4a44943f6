"""What is claimed of ØMQ, and what this machine gives: a table of verdicts.

The claims stand here with who made them, in paraphrase, in both languages. A lesson measures, and
judges in sight of the reader: ``board.judge("sockets", "if", one_send="103,000/s", ...)``. Nothing
is judged that was not measured, and what can't be measured here has a verdict of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from zmqlab.colours import notebook_style, var
from zmqlab.language import Language, Text, Worded, both
from zmqlab.plots import measured
from zmqlab.svg import HAIRLINE
from zmqlab.terms import term

VERDICTS = {
    "holds": Text(en="holds", ko="맞음"),
    "if": Text(en="holds if", ko="조건부로 맞음"),
    "no": Text(en="doesn't here", ko="여기서는 아님"),
    "open": Text(en="can't be tested here", ko="여기서 확인할 수 없음"),
}
"""A verdict, and its words."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim in paraphrase, whose it is, what to know beside the verdict, and what it holds if."""

    words: Text
    source: Text
    note: Text
    condition: Text | None = None


_PAGE = Text(en="{}, after the source page", ko="{}, 원래 페이지에서")
_UNKNOWN = Text(en="{}; date not known to us", ko="{}, 날짜 모름")


def _voice(name: str, year: str = "") -> Text:
    return _PAGE.format(f"{name} ({year})" if year else name)


def _web(name: str) -> Text:
    return _UNKNOWN.format(name)


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
            ko="메시지를 하나씩 주고받으면 소켓이 앞섬. 손으로 배칭한 소켓과는 수치를 비교",
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
            ko="기계로 잴 수 없음. 레슨 01에 걸린 시간과 이 레슨의 코드 줄 수를 참고",
        ),
    ),
    "raw": Claim(
        Text(
            en="After a while one no longer thinks of raw TCP sockets, special cases apart",
            ko="특별한 경우가 아니면 TCP 소켓을 쓸 생각이 사라진다",
        ),
        _voice("Andrew Cholakian"),
        Text(
            en="the special case: one request after the other, as fast as can be",
            ko="특별한 경우란 요청을 하나씩 차례로, 되도록 빨리 주고받아야 할 때",
        ),
        Text(en="yours is no such case", ko="그런 경우가 아닐 때"),
    ),
    "queue": Claim(
        Text(
            en="It connects and reconnects unseen, and queues while no receiver is there",
            ko="연결과 재연결을 알아서 하고, 받는 쪽이 없으면 메시지를 쌓아 둔다",
        ),
        _voice("Brian Buchanan"),
        Text(
            en="sent before there was a receiver; what waits lies in memory and has an end "
            "(lesson 01, and later 07)",
            ko="받는 쪽이 생기기 전에 보냄. 쌓인 메시지는 메모리에 있고 한도가 있음"
            "(레슨 01, 나중에 07)",
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
    ),
    "microsecond": Claim(
        Text(
            en="Less than 1 µs over TCP for small messages (v0.1)",
            ko="작은 메시지는 TCP로 1 µs 미만(v0.1)",
        ),
        _web("zeromq.org, results"),
        Text(
            en="one message alone takes far longer; we don't know which of the two was meant",
            ko="하나만 보내면 훨씬 오래 걸림. 둘 가운데 무엇을 뜻했는지는 알 수 없음",
        ),
        Text(
            en="it means the time per message while many are under way",
            ko="여러 메시지를 한꺼번에 보낼 때 메시지당 걸리는 시간을 뜻할 때",
        ),
    ),
    "forty": Claim(
        Text(
            en="40 µs at 1 byte, of which 15 are ØMQ (v0.3)",
            ko="1바이트에 40 µs, 그 가운데 ØMQ가 15 µs(v0.3)",
        ),
        _web("zeromq.org, results"),
        Text(
            en="half a round trip; ØMQ's part is what a raw socket does not take. Here it "
            "crosses no network, and Python takes its share",
            ko="왕복 시간의 절반. ØMQ의 몫은 소켓과의 차이. 여기서는 네트워크를 거치지 않고, "
            "Python의 몫도 들어 있음",
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
_HEADS = (
    Text(en="Claim", ko="주장"),
    Text(en="Measured here", ko="여기서 측정한 값"),
    Text(en="Verdict", ko="판정"),
)
_THEN = Text(en="", ko=":")
_NOT_JUDGED = Text(en="not judged yet", ko="아직 판정하지 않음")


class Claims(Worded):
    """The board of verdicts; it shows itself as a table in both languages.

    Attributes
    ----------
    verdicts : dict of str to str
        The verdict of each claim that was judged, by the claim's key.
    """

    def __init__(self) -> None:
        self.verdicts: dict[str, str] = {}
        self._figures: dict[str, dict[str, str]] = {}

    def judge(self, key: str, verdict: str | bool, **figures: str) -> None:
        """Write down a verdict with what was measured.

        Parameters
        ----------
        key : str
            A key of `CLAIMS`.
        verdict : {"holds", "if", "no", "open"} or bool
            True is "holds", False is "no".
        **figures : str
            What was measured, by names; an underscore in a name is shown as a space, a word of
            `zmqlab.terms` in the page's language.
        """
        if key not in CLAIMS:
            raise KeyError(f"there is no claim {key!r}; there are: {', '.join(CLAIMS)}")
        if isinstance(verdict, bool):
            verdict = "holds" if verdict else "no"
        if verdict not in VERDICTS:
            raise ValueError(f"a verdict is one of {', '.join(VERDICTS)}, not {verdict!r}")
        if verdict == "if" and CLAIMS[key].condition is None:
            raise ValueError(f"{key}: there is no condition under which it would hold")
        if verdict != "open" and not figures:
            raise ValueError(f"{key}: a verdict needs what was measured")
        self.verdicts[key] = verdict
        self._figures[key] = {name.replace("_", " "): value for name, value in figures.items()}

    def _rows(self, language: Language) -> list[tuple[str, str, str, str, str]]:
        """Each claim with its source, figures, verdict and what to know beside it."""
        rows = []
        for key, claim in CLAIMS.items():
            known = self.verdicts.get(key)
            verdict = (VERDICTS[known] if known else _NOT_JUDGED)[language]
            if known == "if" and claim.condition is not None:
                verdict = f"{verdict}{_THEN[language]} {claim.condition[language]}"
            measured_here = self._figures.get(key, {}).items()
            figures = "; ".join(f"{term(name, language)} {value}" for name, value in measured_here)
            rows.append(
                (claim.words[language], claim.source[language], figures or "-", verdict,
                 claim.note[language])
            )  # fmt: skip
        return rows

    def text_lines(self, language: Language) -> list[str]:
        """The table as lines of text."""
        told = [
            f" - {words}. {source}. {figures}. {verdict}. {note}."
            for words, source, figures, verdict, note in self._rows(language)
        ]
        return [_TITLE[language], *told, measured(language)]

    def _repr_html_(self) -> str:
        cell = (
            f"text-align:left;vertical-align:top;padding:6px 10px;border-top:1px solid {HAIRLINE}"
        )

        def render(language: Language) -> str:
            heads = "".join(
                f'<th scope="col" style="text-align:left;padding:6px 10px">{one[language]}</th>'
                for one in _HEADS
            )
            body = "".join(
                f'<tr><th scope="row" style="{cell};font-weight:600;min-width:13em">'
                f"{escape(words)}<br/>"
                f'<small style="font-weight:400;opacity:1;color:{var("quiet")}">'
                f'{escape(source)}</small></th><td style="{cell};min-width:11em">'
                f'{escape(figures)}</td><td style="{cell};min-width:15em"><strong>'
                f"{escape(verdict)}</strong><br/>{escape(note)}</td></tr>"
                for words, source, figures, verdict, note in self._rows(language)
            )
            return (
                f'<div class="zl-claims" style="overflow-x:auto;background:{var("card")};'
                f'color:{var("text")};border-radius:8px" tabindex="0" role="group" '
                f'aria-label="{_TITLE[language]}">'
                '<table style="color:inherit;border-collapse:collapse">'
                f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
                f'<p style="padding:0 10px;color:{var("quiet")}">{measured(language)}</p></div>'
            )

        return notebook_style() + both(render)
