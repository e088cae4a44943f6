"""The built pages, read as files: equal on both sides, whole, and asking nothing of others."""

import re
from functools import cache
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from bs4 import NavigableString, Tag

from web.lessons import folders
from web.paths import SITE, guide_pages, site_address
from web.site.chromium import find_chromium
from web.words import LANGUAGES, VERSION, WORDS

HANGUL = re.compile("[가-힣]")
OTHER = {"en": "ko", "ko": "en"}
ASKING = (["stylesheet"], ["icon"], ["shortcut", "icon"], ["preload"], ["prefetch"], ["preconnect"])
LESSONS = [folders.page_name(path) for path in folders.pages()]
each_language = pytest.mark.parametrize("language", LANGUAGES)


def pages(language):
    folder = SITE / language
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*.html"))


@pytest.fixture
def article(parse):
    """Return a function that gives what a page holds between its frame."""

    def find(language, page):
        found = parse(f"{language}/{page}").select_one("#furo-main-content")
        assert found is not None, f"{language}/{page} has no main content"
        return found

    return find


@pytest.fixture(scope="session")
def ids(parse):
    """Return a function that gives all anchors of a page."""

    @cache
    def find(path):
        return {node["id"] for node in parse(path).find_all(id=True)}

    return find


def faulty(found):
    """Return what was found on each page, of those on which something was."""
    return {page: faults for page, faults in found.items() if faults}


def texts(node, left_out):
    """Return the pieces of text below an element, without elements that are to be left out."""
    for child in node.children:
        if isinstance(child, Tag):
            if not left_out(child):
                yield from texts(child, left_out)
        elif type(child) is NavigableString:  # and no comment, script or style
            yield str(child)


def test_every_source_has_a_page_in_both_languages():
    expected = {"index.html", "search.html"}
    expected |= {f"lessons/{name}.html" for name in LESSONS}
    expected |= {f"guide/{name}.html" for name in guide_pages("en")}
    assert len(expected) >= 6
    for language in LANGUAGES:
        assert set(pages(language)) == expected


def test_anchors_are_the_same_in_both_languages(article):
    """Headings and questions: what a reader can link to."""

    def anchors(language, page):
        return [node["id"] for node in article(language, page).select("section[id], form[id]")]

    for page in pages("en"):
        assert anchors("en", page) == anchors("ko", page), page
        assert anchors("en", page) or page == "search.html", page


def test_links_are_the_same_in_both_languages(article):
    """Marked terms are left out: which word stands first differs between languages."""

    def links(language, page):
        found = article(language, page).select("a[href]:not(.term, .term-hint a)")
        own = f"../{OTHER[language]}/"
        return sorted(link["href"].replace(own, "").split("?")[0] for link in found)

    for page in pages("en"):
        assert links("en", page) == links("ko", page), page


@each_language
def test_links_within_the_site_lead_somewhere(parse, ids, language):
    broken = {}
    for page in pages(language):
        base = f"/{language}/{page}"
        broken[page] = []
        for node in parse(f"{language}/{page}").select("a[href]"):
            address, fragment = urldefrag(urljoin(base, node["href"]))
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = SITE / unquote(parts.path).lstrip("/")
            if target.is_dir():
                target /= "index.html"
            if not target.exists() or (
                fragment
                and target.suffix == ".html"
                and unquote(fragment) not in ids(str(target.relative_to(SITE)))
            ):
                broken[page].append(node["href"])
    assert faulty(broken) == {}


@each_language
def test_nothing_is_asked_of_another_site(parse, language):
    beyond = {}
    for page in pages(language):
        soup = parse(f"{language}/{page}")
        asked = [node["src"] for node in soup.select("[src]")]
        asked += [n["href"] for n in soup.select("link[href]") if n.get("rel") in ASKING]
        beyond[page] = [address for address in asked if urlsplit(address).netloc]
    assert faulty(beyond) == {}


@each_language
def test_head_names_the_page_in_both_languages(parse, language):
    for page in pages(language):
        soup = parse(f"{language}/{page}")
        assert soup.html["lang"] == language, page
        named = {n["hreflang"]: n["href"] for n in soup.select('link[rel="alternate"][hreflang]')}
        for code in LANGUAGES:
            assert named[code] == f"{site_address()}/{code}/{page}"
        assert named["x-default"] == f"{site_address()}/", page
        switcher = soup.select_one(f'a.language[hreflang="{OTHER[language]}"]')
        assert switcher is not None, page
        assert urljoin(f"/{language}/{page}", switcher["href"]) == f"/{OTHER[language]}/{page}"


@each_language
def test_no_markup_is_left_in_the_text(article, language):
    """In the text as its reader sees it: no code, no other language."""
    markup = re.compile(
        r"\*\*|(?<!\w)\*\S|:::|\{[a-z-]+\}|\|translation|\]\(#?[\w/.-]*\)|```|<<\w|\bTODO\b|&[a-z]+;"
    )

    def left_out(node):
        other = "zl-lang" in node.get("class", ()) and node.get("lang") == OTHER[language]
        code = node.name in {"pre", "code", "svg", "textarea"} or "cell_input" in node.get(
            "class", ()
        )
        return other or code

    found = {}
    for page in pages(language):
        text = "\n".join(texts(article(language, page), left_out))
        # A picture's: any port, any address.
        found[page] = markup.findall(re.sub(r"tcp://(127\.0\.0\.1:\*|\*:)", "", text))
    assert faulty(found) == {}


def test_korean_pages_are_korean(article):
    blocks = "h1, h2, h3, p, li, dt, dd, td, th, label, summary, figcaption"
    within = {"code", "pre", "a", "cite", "ul", "ol"}
    found = {}
    for page in pages("ko"):
        soup = article("ko", page)
        assert [n.get_text()[:60] for n in soup.select(".untranslated")] == [], page
        found[page] = []
        for node in soup.select(blocks):
            around = [node, *node.parents]
            if any(n.get("lang") == "en" or n.name in {"pre", "code", "svg"} for n in around):
                continue
            pieces = texts(node, lambda n: n.name in within or n.get("lang") == "en")
            text = " ".join(" ".join(pieces).split())
            if len(re.findall(r"[A-Za-z]{2,}", text)) >= 4 and not HANGUL.search(text):
                found[page].append(text[:80])
    assert faulty(found) == {}


def test_the_frame_of_a_korean_page_is_korean(parse):
    def left_out(node):
        main = node.get("id") == "furo-main-content"
        return main or node.name in {"svg", "code"} or node.get("lang") == "en"

    found = {}
    for page in pages("ko"):
        body = parse(f"ko/{page}").body
        said = [text.strip() for text in texts(body, left_out)]
        for name in ("aria-label", "placeholder"):
            framed = body.select(f"[{name}]:not(#furo-main-content *, [lang=en], [lang=en] *)")
            said += [node[name] for node in framed if node.name not in {"svg", "code"}]
        english = [
            s for s in said if len(re.findall(r"[A-Za-z]{3,}", s)) >= 2 and not HANGUL.search(s)
        ]
        found[page] = [s for s in english if s != "ØMQ Companion" and "CC BY" not in s]
    assert faulty(found) == {}


@each_language
def test_a_lesson_page_says_when_it_ran_and_shows_what_came(article, language):
    for lesson in LESSONS:
        soup = article(language, f"lessons/{lesson}.html")
        facts = soup.select_one(".lesson-head").get_text(" ")
        assert re.search(r"libzmq \d+\.\d+\.\d+", facts), lesson
        assert re.search(r"20\d\d", facts), lesson
        assert soup.select(".cell_output"), lesson
        assert not soup.select(".cell_output .traceback, .output.stderr"), lesson
        button = soup.select_one("a.lesson-download[download]")
        assert button["href"] == f"../notebooks/{lesson}.ipynb"


def test_the_root_offers_both_languages_without_a_script(parse):
    soup = parse("index.html")
    offered = {a["hreflang"]: a["href"] for a in soup.select("a[hreflang]")}
    assert offered == {code: f"{code}/index.html" for code in LANGUAGES}
    assert not soup.select('meta[http-equiv="refresh"]')


@each_language
def test_a_shared_link_has_a_title_and_the_lessons_own_picture(parse, language):
    pictures = {}
    for page in pages(language):
        tags = {
            n["property"]: n["content"]
            for n in parse(f"{language}/{page}").select("meta[property]")
        }
        assert tags["og:title"] and tags["og:description"], page
        assert tags["og:url"] == f"{site_address()}/{language}/{page}"
        if find_chromium() is None:  # which takes the pictures
            continue
        picture = SITE / tags["og:image"].removeprefix(f"{site_address()}/")
        head = picture.read_bytes()[:24]
        assert head[1:4] == b"PNG", page
        assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (1200, 630)
        if page.startswith("lessons/") and picture.stem != f"{language}-index":
            pictures[page] = picture.read_bytes()
    assert len(set(pictures.values())) == len(pictures), "two lessons with one picture"


@each_language
def test_the_foot_of_a_page_says_version_and_privacy(parse, language):
    words = WORDS[language]
    for page in pages(language):
        foot = parse(f"{language}/{page}").select_one(".small-print").get_text()
        assert words["version"].format(VERSION) in foot
        assert words["privacy"] in foot


def test_the_404_page_speaks_both_languages(parse):
    soup = parse("404.html")
    assert soup.select('[lang="ko"]') and soup.select('[lang="en"]')


@each_language
def test_the_curriculum_follows_the_last_lesson(parse, language):
    lessons = [page for page in pages(language) if page.startswith("lessons/")]
    following = [
        [
            parse(f"{language}/{page}").select_one(rel)["href"]
            for rel in ("a[rel=next]", "link[rel=next]")
        ]
        for page in lessons
    ]
    expected = [page.removeprefix("lessons/") for page in lessons[1:]] + [
        "../guide/curriculum.html"
    ]
    assert following == [[link, link] for link in expected]
    title = parse(f"{language}/guide/curriculum.html").h1.find(string=True)
    last = parse(f"{language}/{lessons[-1]}").select_one("a[rel=next] .neighbour-title")
    assert last.get_text() == title
