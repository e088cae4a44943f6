"""The lessons and guides as a book: ``make epub`` writes one EPUB a language to ``build/epub``.

Sphinx writes the pages from the outputs that are recorded; what a reader of books can't do (choose,
unfold, switch the language) is taken out of them here. What must stay true: every page is XML, each
picture keeps its colours without style sheets, a question shows its answers and then its reasons,
and the same content gives the same bytes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

from web.lessons.folders import page_name, pages
from web.lessons.run import Run, run_lessons
from web.lessons.staging import stage
from web.paths import BUILD, ROOT, unwritable
from web.site.archive import write_zip
from web.site.build import faults
from web.words import LANGUAGES, VERSION, WORDS

EPUB = BUILD / "epub"
PAGES = BUILD / "epub-pages"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
VARIABLE = re.compile(r"var\(--[\w-]+,\s*([^()]+)\)")
CONTAINER = "META-INF/container.xml"
STYLES = ("_static/book.css", "_static/pygments.css")
NOT_IN_A_BOOK = {"script", "style", "button", "input", "template", "dialog"}
NO_MEANING = ("tabindex", "popover", "aria-live", "aria-describedby")
PLAIN = {"form": "div", "fieldset": "div", "legend": "p", "label": "span"}

Node = ElementTree.Element


def archive_name(language: str, ending: str) -> str:
    """Return the file name of what a reader takes away.

    >>> archive_name("ko", "epub")
    'zeromq-companion-ko-0.1.epub'
    """
    return f"zeromq-companion-{language}-{VERSION}.{ending}"


def newest_run() -> datetime:
    """Return when the newest of the recorded runs was: the date of all that is made from them.

    Raises
    ------
    ValueError
        If there is none.
    """
    runs = [Run.load(page_name(path)) for path in pages()]
    whens = [datetime.fromisoformat(run.when) for run in runs if run]
    if not whens:
        raise ValueError("no lesson has run here yet: run `make site` first")
    return max(whens)


def css(node: Node) -> set[str]:
    """Return an element's classes."""
    return set(node.get("class", "").split())


def remove(parent: Node, child: Node) -> None:
    """Take an element out, but leave the text that stands behind it."""
    tail = child.tail or ""
    at = list(parent).index(child)
    parent.remove(child)
    if at:
        parent[at - 1].tail = (parent[at - 1].tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail


def text_element(tag: str, text: str, css_class: str = "") -> Node:
    """Make an element that holds only text."""
    node = ElementTree.Element(tag, {"class": css_class} if css_class else {})
    node.text = text
    return node


def print_question(form: Node, language: str) -> None:
    """Turn a prediction or quiz into its answers, and below them the right one and all reasons."""
    words = WORDS[language]
    right = form.attrib["data-answer"]
    answers = next(node for node in form.iter("ol") if "zq-answers" in css(node))
    reasons = ElementTree.Element("ol", {"class": "zq-reasons"})
    for item in answers:
        reason = next(node for node in item if "zq-reason" in css(node))
        remove(item, reason)
        reason.tail = None
        verdict = "right" if item.get("data-n") == right else "wrong"
        told = ElementTree.SubElement(reasons, "li")
        told.append(text_element("p", words[verdict], "zq-verdict"))
        told.append(reason)
    for parent in list(form.iter()):
        for node in list(parent):
            if node.tag == "p" and "zq-verdict" in css(node) and node.get("role") == "status":
                remove(parent, node)
    solution = ElementTree.SubElement(form, "div", {"class": "zq-solution"})
    solution.append(text_element("p", f"{words['answer_of']}: {right}", "zq-kind"))
    solution.append(reasons)


def readable(page: str, language: str) -> str:
    """Turn a page of the site into one of a book.

    Raises
    ------
    xml.etree.ElementTree.ParseError
        If the page is not XML.
    """
    # Names without their namespaces are easier to read here, and come back as they were.
    root = ElementTree.fromstring(page.replace(' xmlns="', ' data-xmlns="'))
    parents = {child: parent for parent in root.iter() for child in parent}
    for node in list(root.iter()):
        classes = css(node)
        if (
            node.tag in NOT_IN_A_BOOK
            or "hidden" in node.attrib  # until a script shows it
            or ("zl-lang" in classes and node.get("lang") != language)
            or classes & {"lesson-download", "lesson-begin", "headerlink", "zl-narrow"}
            or (node.tag == "link" and not node.get("href", "").endswith(STYLES))
        ):
            remove(parents[node], node)
        elif "zl-lang" in classes:
            node.attrib.pop("style", None)
        elif "cell_output" in classes:
            node.insert(0, text_element("p", WORDS[language]["output"], "output-word"))
    for form in [node for node in root.iter("form") if "zq" in css(node)]:
        print_question(form, language)
    for node in root.iter():
        if node.tag == "details" and "zl-text" not in css(node):
            node.tag = "div"
            for summary in node.findall("summary"):
                summary.tag = "p"
                summary.set("class", "summary")
        if node.tag == "svg":
            node.set("style", "width:100%;height:auto")
        elif "zl-frame" in css(node):
            node.attrib.pop("style", None)
        if node.tag in PLAIN:
            node.tag = PLAIN[node.tag]
            node.attrib = {key: node.attrib[key] for key in ("id", "class") if key in node.attrib}
        for attribute in list(node.attrib):
            if attribute in NO_MEANING or attribute.startswith("data-"):
                if attribute != "data-xmlns":
                    del node.attrib[attribute]
            else:
                node.set(attribute, VARIABLE.sub(r"\1", node.attrib[attribute]))
    written = ElementTree.tostring(root, encoding="unicode")
    return HEAD + written.replace(' data-xmlns="', ' xmlns="') + "\n"


def sphinx(language: str, when: datetime) -> subprocess.Popen[bytes]:
    """Start writing the pages of one language; warnings count as errors."""
    target = PAGES / language
    shutil.rmtree(target, ignore_errors=True)  # a page of old would be taken into the book
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "epub"]
    command += ["-c", str(ROOT), "-t", language, "-t", "epub"]
    command += ["-d", str(BUILD / "doctrees" / f"epub-{language}")]
    command += [str(BUILD / "src" / language), str(target)]
    environment = dict(os.environ, SOURCE_DATE_EPOCH=str(int(when.timestamp())))
    # In a session of its own, so that Ctrl-C comes here alone and is told in one line.
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)


def bind(pages: Path, language: str) -> dict[str, bytes]:
    """Return the files of a book, in their order, from the folder that Sphinx wrote."""
    package = (pages / "content.opf").read_text(encoding="utf-8")
    items = re.findall(r'( *<item id="[^"]*" href="([^"]*)"[^>]*/>\n)', package)
    files = {inside: (pages / inside).read_bytes() for inside in ("mimetype", CONTAINER)}
    files["content.opf"] = b""  # its place; it changes below
    for item, inside in items:
        if inside.startswith("_static/") and inside not in STYLES:
            package = package.replace(item, "")
            continue
        files[inside] = (pages / inside).read_bytes()
        if inside.endswith(".xhtml") and inside != "nav.xhtml":
            try:
                page = readable(files[inside].decode(), language)
            except ElementTree.ParseError as error:
                raise ValueError(f"{language}/{inside} is not XML: {error}") from None
            files[inside] = page.encode()
            if "<svg" in page:  # EPUB wants it to be said
                package = package.replace(item, item.replace("/>", 'properties="svg" />'))
    files["content.opf"] = package.encode()
    title = WORDS[language]["contents"]  # Sphinx's own is English in both
    navigation = files["nav.xhtml"].decode().replace("Table of Contents", title)
    files["nav.xhtml"] = navigation.encode()
    # There Sphinx writes the identifier's name in the place of the identifier.
    found = re.search(r"<dc:identifier[^>]*>([^<]*)<", package)
    assert found is not None
    contents = files["toc.ncx"].decode()
    uid = f'name="dtb:uid" content="{found[1]}"'
    files["toc.ncx"] = re.sub(r'name="dtb:uid" content="[^"]*"', uid, contents).encode()
    return files


def write_books(folder: Path = EPUB) -> list[Path]:
    """Write both books from the lessons' recorded runs.

    Raises
    ------
    ValueError
        If Sphinx failed, or a page is not XML.
    """
    when = newest_run()
    builds = {language: sphinx(language, when) for language in LANGUAGES}
    try:
        failed = [language for language, build in builds.items() if build.wait()]
    finally:
        for build in builds.values():
            if build.poll() is None:
                build.kill()
                build.wait()
    if failed:
        raise ValueError(f"these builds failed, see above: {', '.join(failed)}")
    books = []
    for language in LANGUAGES:
        books.append(folder / archive_name(language, "epub"))
        write_zip(books[-1], bind(PAGES / language, language), when)
    return books


def main() -> int:
    """Write the books; return 0, or 1 with the reason in a line."""
    started = time.perf_counter()
    wrong = [f"epub: {unwritable()}"] if unwritable() else [str(fault) for fault in faults()]
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)
        return 1
    try:
        stage()
        failed = run_lessons()
        if failed:
            print(f"epub: not built, these lessons failed: {', '.join(failed)}", file=sys.stderr)
            return 1
        books = write_books()
    except (OSError, ValueError) as error:
        print(f"epub: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nepub: stopped; run it again", file=sys.stderr)
        return 130
    for book in books:
        print(f"epub: {book.relative_to(ROOT)}, {book.stat().st_size / 1000:.0f} kB")
    print(f"epub: ready, {time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
