"""The built pages, read as files: equal on both sides, whole, and asking nothing of others."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

from web.paths import GUIDES, LESSONS, SITE, site_address
from web.words import LANGUAGES

HANGUL = re.compile("[가-힣]")
# Made by Sphinx: a list of nothing but generated words.
OTHER = {"en": "ko", "ko": "en"}


@cache
def parse(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def pages(language: str) -> list[str]:
    folder = SITE / language
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*.html"))


PAGES = [(language, page) for language in LANGUAGES for page in pages(language)]
each_page = pytest.mark.parametrize(("language", "page"), PAGES, ids=lambda value: str(value))


def article(language: str, page: str) -> BeautifulSoup:
    found = parse(SITE / language / page).select_one("#furo-main-content")
    assert found is not None, f"{language}/{page} has no main content"
    return found


def anchors(language: str, page: str) -> list[str]:
    """Return what a reader can link to: the headings' anchors and the questions'."""
    return [node["id"] for node in article(language, page).select("section[id], form[id]")]


def links(language: str, page: str) -> list[str]:
    """Return the links of a page's text, those within the site without their language.

    Marked terms are left out: which word stands first differs between languages.
    """
    found = []
    for link in article(language, page).select("a[href]:not(.term, .term-hint a)"):
        found.append(link["href"].replace(f"../{OTHER[language]}/", "").split("?")[0])
    return sorted(found)


def test_every_source_has_a_page_in_both_languages():
    expected = {"index.html", "search.html"}
    expected |= {f"lessons/{p.stem}.html" for p in LESSONS.glob("[0-9][0-9]-*.md")}
    expected |= {f"guide/{p.stem}.html" for p in GUIDES["en"].glob("*.md") if p.stem != "index"}
    assert len(expected) >= 6
    for language in LANGUAGES:
        assert set(pages(language)) == expected


@pytest.mark.parametrize("page", pages("en"))
def test_anchors_are_the_same_in_both_languages(page):
    assert anchors("en", page) == anchors("ko", page)
    if page != "search.html":
        assert anchors("en", page)


@pytest.mark.parametrize("page", pages("en"))
def test_links_are_the_same_in_both_languages(page):
    assert links("en", page) == links("ko", page)


@each_page
def test_links_within_the_site_lead_somewhere(language, page):
    base = f"/{language}/{page}"
    broken = []
    for node in parse(SITE / language / page).select("a[href]"):
        address, fragment = urldefrag(urljoin(base, node["href"]))
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = SITE / unquote(parts.path).lstrip("/")
        if target.is_dir():
            target /= "index.html"
        if not target.exists() or (
            fragment and target.suffix == ".html" and not parse(target).find(id=unquote(fragment))
        ):
            broken.append(node["href"])
    assert broken == []


@each_page
def test_nothing_is_asked_of_another_site(language, page):
    soup = parse(SITE / language / page)
    asked = [n.get("src") for n in soup.select("[src]")]
    asked += [
        n["href"]
        for n in soup.select("link[href]")
        if n.get("rel")
        in (
            ["stylesheet"],
            ["icon"],
            ["shortcut", "icon"],
            ["preload"],
            ["prefetch"],
            ["preconnect"],
        )
    ]
    assert [a for a in asked if a and urlsplit(a).netloc] == []


@each_page
def test_head_names_the_page_in_both_languages(language, page):
    soup = parse(SITE / language / page)
    assert soup.html["lang"] == language
    named = {n["hreflang"]: n["href"] for n in soup.select('link[rel="alternate"][hreflang]')}
    for code in LANGUAGES:
        assert named[code] == f"{site_address()}/{code}/{page}"
    assert named["x-default"] == f"{site_address()}/"
    switcher = soup.select_one(f'a.language[hreflang="{OTHER[language]}"]')
    assert switcher is not None
    assert urljoin(f"/{language}/{page}", switcher["href"]) == f"/{OTHER[language]}/{page}"


def prose(language: str, page: str) -> str:
    """Return the text of a page as its reader sees it: no code, no other language."""
    soup = BeautifulSoup(str(article(language, page)), "html.parser")
    for node in soup.select("pre, code, script, style, svg, .cell_input"):
        node.decompose()
    for node in soup.select(f'.zl-lang[lang="{OTHER[language]}"]'):
        node.decompose()
    return soup.get_text("\n")


@each_page
def test_no_markup_is_left_in_the_text(language, page):
    text = prose(language, page).replace(
        "tcp://127.0.0.1:*", ""
    )  # a picture's: a port of any number
    leftovers = re.findall(
        r"\*\*|(?<!\w)\*\S|:::|\{[a-z-]+\}|\|translation|\]\(#?[\w/.-]*\)|```|<<\w|\bTODO\b|&[a-z]+;",
        text,
    )
    assert leftovers == []


@pytest.mark.parametrize("page", pages("ko"))
def test_korean_pages_are_korean(page):
    soup = article("ko", page)
    assert [n.get_text()[:60] for n in soup.select(".untranslated")] == []
    english = []
    for node in soup.select("h1, h2, h3, p, li, dt, dd, td, th, label, summary, figcaption"):
        other = node.find_parent(attrs={"lang": "en"})
        inside_code = node.find_parent(["pre", "code", "svg"])
        if other or inside_code or node.get("lang") == "en":
            continue
        copy = BeautifulSoup(str(node), "html.parser")
        for part in copy.select('code, pre, [lang="en"], a, cite, ul, ol'):
            part.decompose()
        text = " ".join(copy.get_text(" ").split())
        words = re.findall(r"[A-Za-z]{2,}", text)
        if len(words) >= 4 and not HANGUL.search(text):
            english.append(text[:80])
    assert english == []


@pytest.mark.parametrize("page", pages("ko"))
def test_the_frame_of_a_korean_page_is_korean(page):
    soup = BeautifulSoup(str(parse(SITE / "ko" / page).body), "html.parser")
    main = soup.select_one("#furo-main-content")
    main.decompose()
    for node in soup.select('script, style, svg, [lang="en"], code'):
        node.decompose()
    said = [n for n in soup.stripped_strings]
    said += [n["aria-label"] for n in soup.select("[aria-label]")]
    said += [n["placeholder"] for n in soup.select("[placeholder]")]
    english = [s for s in said if len(re.findall(r"[A-Za-z]{3,}", s)) >= 2 and not HANGUL.search(s)]
    allowed = {"ØMQ Companion"}
    assert [s for s in english if s not in allowed and "CC BY" not in s] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", [p.stem for p in sorted(LESSONS.glob("[0-9][0-9]-*.md"))])
def test_a_lesson_page_says_when_it_ran_and_shows_what_came(lesson, language):
    soup = article(language, f"lessons/{lesson}.html")
    facts = soup.select_one(".lesson-head").get_text(" ")
    assert re.search(r"libzmq \d+\.\d+\.\d+", facts)
    assert re.search(r"20\d\d", facts)
    assert soup.select(".cell_output")
    assert not soup.select(".cell_output .traceback, .output.stderr")
    button = soup.select_one("a.lesson-download[download]")
    assert button["href"] == f"../notebooks/{lesson}.ipynb"


def test_the_chooser_offers_both_and_never_redirects():
    soup = parse(SITE / "index.html")
    offered = {a["hreflang"]: a["href"] for a in soup.select("a[hreflang]")}
    assert offered == {code: f"{code}/index.html" for code in LANGUAGES}
    text = (SITE / "index.html").read_text(encoding="utf-8")
    assert not soup.select('meta[http-equiv="refresh"]')
    assert "location.replace" not in text and "location.href" not in text
    assert not re.search(r"location\s*=", text)


def test_the_404_page_speaks_both_languages():
    soup = parse(SITE / "404.html")
    assert soup.select('[lang="ko"]') and soup.select('[lang="en"]')


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_curriculum_follows_the_last_lesson(language):
    lessons = [page for page in pages(language) if page.startswith("lessons/")]
    following = [
        [
            parse(SITE / language / page).select_one(rel)["href"]
            for rel in ("a[rel=next]", "link[rel=next]")
        ]
        for page in lessons
    ]
    expected = [page.removeprefix("lessons/") for page in lessons[1:]] + [
        "../guide/curriculum.html"
    ]
    assert following == [[link, link] for link in expected]
    title = parse(SITE / language / "guide/curriculum.html").h1.find(string=True)
    last = parse(SITE / language / lessons[-1]).select_one("a[rel=next] .neighbour-title")
    assert last.get_text() == title
