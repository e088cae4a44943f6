"""The glossary: its terms, where marks stand, and that a changed entry reaches pages."""

import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document

from tests.web.site.search_node import pages_by_word
from web.lessons.terms import terms
from web.paths import ROOT
from web.site import glossary
from web.site.directives import element
from web.site.glossary import Entry, mark_terms, pattern

ENTRIES = {
    "en": [
        ("socket", "socket", "socket, sockets", "A set of queues."),
        ("queue", "queue", "queue, queues", "Messages wait in it."),
        ("high-water-mark", "high-water mark (HWM)", "high-water mark, HWM", "A limit: `HWM`."),
        ("drop", "drop", "", "To lose on purpose."),
    ],
    "ko": [
        ("socket", "소켓(socket)", "소켓", "큐의 묶음입니다."),
        ("queue", "큐(queue)", "큐", "메시지가 기다리는 곳입니다."),
        ("high-water-mark", "하이 워터마크(HWM)", "하이 워터마크, HWM", "한도입니다: `HWM`."),
        ("drop", "버림(drop)", "", "일부러 없애는 일입니다."),
    ],
}


TERM = """---
english: {key}
korean: {key}
section: all
match: {{{language}: [{match}]}}
---
# {name}

{text}

# {name}

{text}
"""
PAGE = "(guide-glossary)=\n# Glossary\n\n:::{glossary-terms} all\n:::\n"


def write_terms(folder, language="en"):
    """Write a glossary's terms; each says the same in both languages."""
    folder.mkdir()
    for key, name, match, said in ENTRIES[language]:
        text = TERM.format(key=key, name=name, match=match, text=said, language=language)
        (folder / f"{key}.md").write_text(text, encoding="utf-8")


def test_the_projects_terms_are_read():
    """They hold the terms that lessons use; none means that the reading is broken."""
    found = {term.key: term for term in terms()}
    assert len(found) > 100
    assert found["socket"].korean == "소켓"
    assert found["socket"].match == {"en": ("socket", "sockets"), "ko": ("소켓",)}
    assert found["high-water-mark"].entries["ko"].name.startswith("하이 워터마크")
    assert not found["data"].entries


# ---------------------------------------------------------------- matching


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sockets and a socket, the socket's end", ["Sockets", "socket", "socket"]),
        ("websocket socket-like un-socket socket_type", []),
        ("zmq.socket socket.close a/socket", []),
        ("(socket) “socket”. socket.", ["socket", "socket", "socket"]),
        ("the high-water\nmark, a high-water  mark", ["high-water\nmark", "high-water  mark"]),
        ("HWM, hwm", ["HWM"]),
    ],
)
def test_english_forms_are_whole_words(text, found):
    forms = ("socket", "sockets", "high-water mark", "HWM")
    assert pattern(forms, "en").findall(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("소켓은 소켓이 소켓을 소켓의 소켓에서 소켓으로", 6),
        ("소켓에서는 소켓으로도 소켓까지만 소켓입니다 소켓이라는 소켓들이", 6),
        ("(소켓) '소켓' 소켓. 소켓", 4),
        ("웹소켓은 소켓팅 소켓a", 0),
    ],
)
def test_korean_forms_take_particles(text, found):
    assert pattern(("소켓",), "ko").findall(text) == ["소켓"] * found


def test_korean_verbs_of_a_noun_are_found():
    assert pattern(("바인드", "재연결"), "ko").findall("바인드합니다. 재연결됩니다. 바인드한") == [
        "바인드",
        "재연결",
        "바인드",
    ]


def test_the_longest_form_wins():
    forms = ("queue", "message queue", "큐", "메시지 큐")
    assert pattern(forms, "en").findall("a message queue, a queue") == ["message queue", "queue"]
    assert pattern(forms, "ko").findall("메시지 큐와 큐") == ["메시지 큐", "큐"]


# ---------------------------------------------------------------- where marks stand

TERMS = [
    Entry("socket", "socket", ("socket", "sockets"), "<p>A set of queues.</p>"),
    Entry("queue", "queue", ("queue",), "<p>Messages wait in it.</p>"),
]


def document(*parts):
    """Make a page: a title, then sections of paragraphs; a paragraph is a list of nodes."""
    found = new_document("page", get_default_settings())
    top = nodes.section("", nodes.title("", "A socket"))
    found += top
    for part in parts:
        section = nodes.section("", nodes.title("", "A queue"))
        for paragraph in part:
            section += paragraph
        top += section
    return found


def para(*children):
    return nodes.paragraph("", "", *(nodes.Text(c) if isinstance(c, str) else c for c in children))


def marked(doctree, language="en"):
    keys = mark_terms(doctree, TERMS, language, "g.html")
    texts = [
        (node.astext()[start:end], node.astext())
        for node in doctree.findall(glossary.Marked)
        for start, end, _ in node.marks
    ]
    return keys, texts


def test_the_first_place_of_each_term_is_marked_and_the_text_stays_whole():
    doctree = document([para("A socket and sockets."), para("A queue, a socket.")])
    before = doctree.astext()
    keys, texts = marked(doctree)
    assert keys == ["socket", "queue"]
    assert texts == [("socket", "A socket and sockets."), ("queue", "A queue, a socket.")]
    assert doctree.astext() == before


def test_no_mark_in_links_code_quotes_questions_and_headings():
    closed = [
        para(nodes.reference("", "socket", refuri="x")),
        para(nodes.literal("", "socket")),
        nodes.literal_block("", "socket"),
        nodes.block_quote("", para("socket")),
        element("form", para("socket")),
        nodes.container("", para("socket")),
        nodes.raw("", "<p>socket</p>", format="html"),
    ]
    assert marked(document(closed))[0] == []
    assert marked(document([*closed, para("In the end a socket.")]))[0] == ["socket"]


@pytest.mark.parametrize(
    "introduction",
    [
        lambda: para("A ", nodes.strong("", "socket"), " is a set of queues."),
        lambda: para("It has a socket (a set of queues)."),
    ],
)
def test_a_term_that_the_page_explains_is_marked_from_the_next_part_on(introduction):
    doctree = document(
        [para("First, a socket is needed.")],
        [introduction(), para("The socket again.")],
        [para("Later a socket.")],
    )
    assert marked(doctree)[1] == [("socket", "Later a socket.")]


def test_a_bold_sentence_explains_nothing():
    doctree = document([para(nodes.strong("", "Each socket has a limit."), " And a queue.")])
    assert marked(doctree)[0] == ["socket", "queue"]


# ---------------------------------------------------------------- a build

CONF = """
import pathlib
import sys
sys.path.insert(0, {root!r})
language = "en"
extensions = ["myst_parser", "web.site.directives", "web.site.glossary"]
extensions += ["web.site.search_index"]
myst_enable_extensions = ["colon_fence"]
html_theme = "basic"
nitpicky = True
glossary_folder = str(pathlib.Path(__file__).parents[1] / "terms")
"""
one_build = pytest.mark.xdist_group("glossary")


class Built:
    """A small site, built as `make site` does, and what it was built from."""

    def __init__(self, root):
        self.source, self.out, self.terms = (root / name for name in ("source", "out", "terms"))

    def build(self):
        """Build what has changed; return the pages."""
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", self.source, self.out]
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return {
            name: BeautifulSoup((self.out / f"{name}.html").read_text(), "html.parser")
            for name in ("index", "other", "guide/glossary")
        }


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Write a small site and build it; ``pages`` and ``index`` are those of that first build."""
    site = Built(tmp_path_factory.mktemp("glossary"))
    source = site.source
    (source / "guide").mkdir(parents=True)
    write_terms(site.terms)
    (source / "conf.py").write_text(CONF.format(root=str(ROOT)), encoding="utf-8")
    (source / "guide" / "glossary.md").write_text(PAGE, encoding="utf-8")
    (source / "index.md").write_text(
        "# Home\n\nA socket of [a limit](#term-high-water-mark), an HWM.\n\n"
        "```{toctree}\nguide/glossary\nother\n```\n",
        encoding="utf-8",
    )
    (source / "other.md").write_text("# Other\n\nNo term here.\n", encoding="utf-8")

    site.pages = site.build()
    site.index = pages_by_word(site.out)
    return site


@one_build
def test_a_page_links_to_its_terms_and_holds_their_hints_once(built):
    pages = built.pages
    home = pages["index"]
    links = {link.get_text(): link for link in home.select("a.term")}
    assert list(links) == ["socket", "HWM"]
    assert links["HWM"]["href"] == "guide/glossary.html#term-high-water-mark"
    described = [home.find(id=link["aria-describedby"]) for link in links.values()]
    assert [str(node.decode_contents()) for node in described] == [
        "<p>A set of queues.</p>",
        '<p>A limit: <code class="literal">HWM</code>.</p>',
    ]
    assert len(home.select(".term-hint")) == 2
    assert pages["other"].select(".term-hints") == []
    assert pages["guide/glossary"].select("a.term") == []
    anchors = [node["id"] for node in pages["guide/glossary"].select(".glossary-entry")]
    assert anchors == sorted(f"term-{entry[0]}" for entry in ENTRIES["en"])
    assert home.find("a", string="a limit")["href"].endswith("#term-high-water-mark")


@one_build
def test_search_sees_whole_words_and_no_hints(built):
    assert "index" in built.index["socket"]
    assert built.index["queue"] == {"guide/glossary"}, "what a hint says belongs to that page alone"


@one_build
def test_a_changed_entry_reaches_pages_that_did_not_change(built):
    path = built.terms / "socket.md"
    before = path.read_text()
    path.write_text(before.replace("A set of queues.", "Rather a set of queues."))
    assert "Rather a set" in built.build()["index"].find(id="hint-socket").get_text()
    path.write_text(before.replace("en: [socket, sockets]", "en: [term]"))
    pages = built.build()
    path.write_text(before)
    assert [link.get_text() for link in pages["index"].select("a.term")] == ["HWM"]
    assert [link.get_text() for link in pages["other"].select("a.term")] == ["term"]


@one_build
def test_a_new_term_is_on_the_page_of_the_next_build(built):
    text = TERM.format(key="home", name="home", match="Home", text="A page.", language="en")
    (built.terms / "home.md").write_text(text, encoding="utf-8")
    pages = built.build()
    (built.terms / "home.md").unlink()
    assert pages["guide/glossary"].find(id="term-home")
    assert built.build()["guide/glossary"].find(id="term-home") is None
