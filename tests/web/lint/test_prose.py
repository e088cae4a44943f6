"""Each rule for prose by examples, in both languages."""

from web.lessons.terms import terms
from web.lint.english import ENGLISH, english
from web.lint.korean import KOREAN, korean
from web.lint.prose import blocks
from web.paths import ROOT

PAGE = ROOT / "x.md"


def korean_findings(text):
    return [(fault.rule, fault.what) for fault in korean(PAGE, list(blocks(text)))]


# By rule: what is wrong and what is said of it.
BAD = {
    "K01": {
        "**소켓(socket)**을 엽니다.": "literal asterisk",
        '**"소켓"**이 있습니다.': "literal asterisk",
        "*`code`*는 씁니다.": "literal asterisk",
        "**봉투(envelope)** 하나입니다.": "bracket in bold: 봉투(envelope)",
    },
    "K02": {
        "메세지를 보냅니다.": "메세지",
        "> “데이타를 보냅니다.”": "데이타",
        "어플리케이션입니다.": "어플리케이션",
        "쓰레드와 메소드와 쉘과 릴리즈와 컨텐츠와 라벨과 디렉토리": "쓰레드",
    },
    "K03": {"게시자가 보냅니다.": "게시자", "데드락에 빠집니다.": "데드락"},
    "K04": {
        "두개의 소켓": "두개",
        "보낼 할수 있습니다.": "할수",
        "보내보세요. 해보세요.": "해보세요",
    },
    "K05": {
        "REQ은 기다립니다.": "REQ은",
        "`REQ`은 기다립니다.": "REQ은",
        "`zmq.REQ`은 기다립니다.": "REQ은",
        "PUB는 보냅니다.": "PUB는",
        "PULL으로 받습니다.": "PULL으로",
        "XSUB로 받습니다.": "XSUB로",
        "REQ 소켓는 기다립니다.": "소켓는",
        "메시지을 보냅니다.": "메시지을",
        "큐으로 갑니다.": "큐으로",
    },
    "K06": {
        "`recv()` 는 기다립니다.": "space before '는'",
        "ZeroMQ 를 씁니다.": "space before '를'",
    },
    "K07": {"푸시 소켓을 엽니다.": "푸시 소켓", "라우터 소켓을 엽니다.": "라우터 소켓"},
    "K08": {
        "당신의 소켓입니다.": "당신",
        "여러분이 보냅니다.": "여러분",
        "소켓은(는) 하나입니다.": "은(는)",
        "소켓이(가) 하나입니다.": "이(가)",
        "소켓을(를) 엽니다.": "을(를)",
        "메시지는 소켓들에 의해 버려집니다.": "들에 의해",
        "재시도를 수행합니다.": "수행합",
        "메시지들이 쌓입니다.": "메시지들",
        "이것은 두 소켓을 가집니다.": "을 가집니다",
        "`poll`로 확인이 가능합니다.": "확인이 가능합니다",
        "곧 연결될 것입니다.": "될 것입니다",
        "순서가 중요한 것 중 하나입니다.": "것 중 하나",
        "소켓에 바인딩합니다.": "바인딩합",
    },
    "K09": {
        "소켓은 하나 — 큐는 둘": "dash",
        "소켓은 하나 -- 큐는 둘": "dash",
        "소켓은 하나 - 큐는 둘": "dash",
    },
    "K10": {"가" * 95 + ".": "sentence of 96 characters"},
    "K11": {"봉투(envelope)를 봅니다. 봉투(envelope)입니다.": "봉투(envelope) once more"},
}
GOOD = (
    "**소켓**을 엽니다.",
    "**소켓**(socket)을 엽니다.",
    "`zmq.REQ`는 기다립니다.",
    "별표는 \\*로, 코드는 `a ** b`로 씁니다.",
    "REQ는, REP가, PUSH를, DEALER로 보냅니다.",
    "PUB은, SUB이, XPUB을, XSUB으로 보냅니다.",
    "PULL은, NULL이, URL을, poll로 씁니다.",
    "`PUB`은 보내고 **REQ**는 기다립니다.",
    "REQ 소켓은 큐로 보냅니다.",
    "REQ와 REP라는 이름입니다.",
    "메시지를 서버로, 연결로, 채널로 보냅니다.",
    "풀이가 있습니다.",
    "컨텍스트는 인터페이스가 아닙니다.",
    "큐(대기열)에 쌓입니다.",
    "전문가가 씁니다.",
    "봉투(envelope)를 봅니다. 봉투입니다.",
    "한쪽이 **바인드**(bind)하고 다른 쪽이 **연결**(connect)합니다.",
    "**`recv()` 하나**입니다.",
    "15~25분, 초당 110만 개, 요청-응답",
    "“당신의 어깨 위에”라고 했습니다.",
    "> 여러분이 쓰는 메시징 라이브러리입니다.",
    "아주 긴 문장도 `" + "x" * 90 + "` 같은 코드는 세지 않습니다.",
    "[" + "가" * 60 + "](https://zeromq.org/" + "x" * 60 + ") 문장입니다.",
    "English only, with ** stars.",
)


def test_korean():
    for rule, examples in BAD.items():
        for text, said in examples.items():
            found = korean_findings(text)
            assert any(one == rule and said in what for one, what in found), (rule, text, found)
    for text in GOOD:
        assert korean_findings(text) == [], text


def test_all_misspellings_are_told():
    text = "메세지 데이타 어플리케이션 쓰레드 메소드 쉘 릴리즈 컨텐츠 라벨 디렉토리"
    assert {what for _, what in korean_findings(text)} == set(text.split())


def test_the_terms_pass_their_own_rules():
    assert len(terms()) > 100
    for term in terms():
        assert korean_findings(f"{term.korean} 하나입니다.") == [], term.korean
        for word in (*term.refused, *term.misspelt):
            assert korean_findings(f"{word} 하나"), word


def test_the_line_is_that_within_the_paragraph():
    page = list(blocks("# 제목\n\n첫 줄입니다.\n둘째 줄의 메세지입니다.\n"))
    (found,) = korean(PAGE, page)
    assert found.line == 4


def test_fillers():
    for text in (
        "In this lesson we will send.",
        "It is important to note this.",
        "It simply works.",
        "In order to send, connect.",
        "Obviously it waits.",
        "Let's dive in.",
        "Utilize a socket.",
    ):
        assert {fault.rule for fault in english(PAGE, text)} == {"E01"}, text
    for text in ("Send a message.", "> It simply works.", '"Obviously", he said.', "`simply`"):
        assert not list(english(PAGE, text)), text


def test_every_rule_has_its_examples():
    assert {*BAD} - {"K11"} == {rule.id for rule in KOREAN.rules}
    assert [rule.id for rule in ENGLISH.rules] == ["E01"]
