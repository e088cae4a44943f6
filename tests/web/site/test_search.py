"""Which words of a text go into the search index, in both languages."""

import json
import subprocess
import sys
import unicodedata
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document

from web.lessons.terms import terms
from web.paths import ROOT
from web.site import search, search_index
from web.site.directives import element, text

pytestmark = pytest.mark.xdist_group("kiwi")  # which takes seconds to load
KOREAN = search.Korean({})
ENGLISH = search.English({})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("소켓을 바인드합니다.", ["소켓을", "소켓", "바인드"]),
        ("엔드포인트를 연다.", ["엔드포인트를", "엔드포인트", "열"]),
        ("큐에서 홉이 락을 기다립니다", ["큐", "홉", "락", "기다리"]),
        ("큐라서", ["큐"]),
        ("락프리 큐", ["락프리", "큐"]),
        ("소켓이 재연결되면", ["재연결", "소켓"]),
        ("부하분산 브로커", ["부하분산", "부하", "분산", "브로커"]),
        ("부하 분산을 봅니다", ["부하분산", "부하", "분산"]),
        ("하이 워터마크에 닿으면", ["하이워터마크", "워터마크", "닿"]),
        ("메시지를 보내고 받습니다", ["메시지", "보내", "받"]),
        ("`zmq.Again` 예외", ["zmq.again", "zmq", "again", "예외"]),
        ("PUB는 HWM에 닿으면 버립니다", ["pub", "hwm", "버리"]),
        ("요청-응답 패턴", ["요청응답", "요청", "응답", "패턴"]),
    ],
)
def test_korean_words(text, words):
    found = KOREAN.split(text)
    assert [word for word in words if word not in found] == []


@pytest.mark.parametrize("word", ["를", "는", "에서", "으로"])
def test_a_particle_left_behind_code_is_no_word(word):
    assert word not in KOREAN.split(f"{word} 그대로 둡니다")


def test_letters_composed_or_not_are_the_same():
    decomposed = unicodedata.normalize("NFD", "소켓을")
    assert decomposed != "소켓을"
    assert "소켓" in KOREAN.split(decomposed)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sockets bind.", ["sockets", "bind"]),
        ("zmq.Again is raised", ["zmq.again", "zmq", "again"]),
        ("call recv_multipart()", ["recv_multipart", "recv", "multipart"]),
        ("The high-water marks", ["highwatermark"]),
        ("load balancing", ["loadbalanc"]),
        ("publish-subscribe, or publish and subscribe", ["publishsubscrib"]),
        ("ØMQ", ["ømq"]),
    ],
)
def test_english_words(text, words):
    found = ENGLISH.split(text)
    assert [word for word in words if word not in found] == []


def test_words_are_stemmed_and_code_is_not():
    assert ENGLISH.stem("Sockets") == "socket"
    assert ENGLISH.stem("zmq.Again") == "zmq.again"
    assert KOREAN.stem("소켓을") == "소켓을"


def test_a_name_in_code_can_be_found_though_its_word_means_little():
    assert ENGLISH.word_filter("again")
    assert not ENGLISH.word_filter("the")


def test_a_text_that_says_a_term_is_found_by_each_of_its_names():
    groups = [{search.key(name) for name in names} for names in search.other_names()]
    for term in terms():
        for language, name in ((ENGLISH, term.english.split(" (")[0]), (KOREAN, term.korean)):
            indexed = set(language.words(f"{name}."))
            words = [language.stem(word) for word in search.WORD.findall(name)]
            assert search.key(words) in indexed, term
            for other in term.known:
                typed = search.key([language.stem(word) for word in search.WORD.findall(other)])
                found = any(typed in group and group & indexed for group in groups)
                assert found, (term.english, other)


def test_the_glossarys_other_names_reach_the_browser():
    code = search_index.words(SimpleNamespace(config=SimpleNamespace(language="ko")), "1")
    known = json.loads(code[code.index('"words",') + len('"words",') : code.rindex(")")])
    groups = [{search.key(name) for name in group} for group in known["names"]]
    for one, other in [
        ("로드밸런싱", "부하분산"),
        ("loadbalanc", "부하분산"),
        ("게시자", "발행자"),
        ("퍼블리셔", "발행자"),
        ("서브스크라이버", "구독자"),
        ("엔벨로프", "봉투"),
        ("하이워터마크", "highwatermark"),
        ("hwm", "highwatermark"),
        ("경쟁조건", "경쟁상태"),
        ("적어도한번", "최소한번"),
        ("단일실패지점", "단일장애점"),
        ("배압", "백프레셔"),
        ("데드락", "교착상태"),
        ("레이스", "경쟁상태"),
        ("pubsub", "발행구독"),
    ]:
        assert any({one, other} <= group for group in groups), (one, other)
    assert known["misspelt"]["메세지"] == "메시지"
    assert known["misspelt"]["디렉토리"] == "디렉터리"


def test_without_kiwi_the_build_fails_and_one_line_says_what_to_do(tmp_path):
    page = "소켓\n====\n\n소켓을 봅니다.\n\n큐도 봅니다.\n"
    (tmp_path / "index.rst").write_text(page, encoding="utf-8")
    code = (
        "import sys; sys.modules['kiwipiepy'] = None\n"
        "from sphinx.cmd.build import main; sys.exit(main(sys.argv[1:]))"
    )
    options = ["-q", "-W", "-C", "-D", "extensions=web.site.search_index", "-D", "language=ko"]
    build = subprocess.run(
        [sys.executable, "-c", code, *options, str(tmp_path), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert build.returncode == 1
    (line,) = [line for line in build.stderr.splitlines() if line.strip()]
    assert "kiwipiepy is not installed" in line and "pip install" in line


def fed(*children, language="ko"):
    """Return the words of a page of these nodes and their weights, and its blocks of text."""
    document = new_document("page")
    document += nodes.section("", nodes.title("", "제목"), *children, ids=["page"])
    search_index.mark(document)
    kind = KOREAN if language == "ko" else ENGLISH
    return search_index.Reader(kind).read(document)


def test_headings_names_text_and_code_say_less_and_less():
    name = element("p", text("하이 워터마크 (HWM)"), class_="glossary-name")
    page, entry, section = fed(
        *(nodes.paragraph("", "큐를 봅니다.") for _ in range(9)),
        nodes.paragraph("", "소켓도 봅니다."),
        nodes.literal_block("", "poller.poll()\nclose()"),
        element("div", name, nodes.paragraph("", "한도입니다."), class_="glossary-entry", id="hwm"),
        nodes.section("", nodes.title("", "재연결"), ids=["again"]),
    )
    weights = search_index.WEIGHTS
    assert (page.anchor, page.heading, page.words["제목"]) == ("", "제목", weights["title"])
    assert page.words["소켓"] == weights["text"]
    assert page.words["큐"] == weights["text"] + search_index.OFTEN - 1, "often, up to a limit"
    assert page.words["close"] == weights["code"]
    assert page.blocks[-2:] == [("c", "poller.poll()"), ("c", "close()")]
    assert (entry.anchor, entry.heading) == ("hwm", "하이 워터마크 (HWM)")
    assert entry.words["hwm"] == entry.words["하이워터마크"] == weights["name"]
    assert (section.anchor, section.words["재연결"]) == ("again", weights["heading"])


def test_a_verb_is_found_by_its_stem_alone():
    (page,) = fed(nodes.paragraph("", "결과를 보여 주기 때문입니다."))
    assert "주기" not in page.words
    (page,) = fed(nodes.paragraph("", "하트비트의 주기가 짧습니다."))
    assert "주기" in page.words


def test_pictures_and_buttons_are_left_out():
    (page,) = fed(
        nodes.raw("", "<svg><text>그림</text></svg><p>설명</p>", format="html"),
        element("button", text("확인")),
        element("dl", element("dt", text("난이도")), class_="lesson-facts"),
        nodes.paragraph("", "본문"),
    )
    assert set(page.words) == {"제목", "본문"}


def test_what_is_folded_is_found_and_not_shown():
    (page,) = fed(element("details", element("summary", text("힌트")), nodes.paragraph("", "정답")))
    assert page.words["정답"] == search_index.WEIGHTS["folded"]
    assert all("정답" not in said for _, said in page.blocks)


def test_files_follow_words_by_how_they_begin():
    assert search_index.shard("소켓") == search_index.shard("소프트웨어")
    assert search_index.shard("socket") == search_index.shard("some")
    assert search_index.shard("socket") != search_index.shard("send")
