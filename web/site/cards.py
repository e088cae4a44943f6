"""The picture that stands beside a shared link: a lesson's own, with its question, 1200 × 630.

Made from the lessons' last run, by the Chromium that is there; without one, links are shared
without a picture, and the build says so in a line. A card is made anew when what it shows changes.
"""

from __future__ import annotations

import hashlib
import json
from html import escape
from pathlib import Path

import nbformat
import polib
from playwright.sync_api import Error, sync_playwright

from web.lessons.folders import page_name, pages
from web.lessons.source import read
from web.paths import BUILD, ROOT, RUNS, SITE, site_address
from web.site.chromium import NO_CHROMIUM, find_chromium, launch
from web.site.directives import home_picture
from web.site.lean import one_language
from web.words import LANGUAGES, WORDS
from zmqlab.draw.colours import css_variables

FOLDER = SITE / "og"
STAMPS = BUILD / "og.json"
HOME = "index"
FIRST = "01-first-message"
WIDTH, HEIGHT = 1200, 630
STYLE = """
* { box-sizing: border-box; margin: 0; }
body { display: grid; grid-template-columns: 500px 1fr; gap: 40px; width: 1200px; height: 630px;
  padding: 48px; overflow: hidden; border-top: 16px solid var(--zl-accent); color: var(--zl-text);
  background: var(--zl-page); word-break: keep-all; overflow-wrap: anywhere;
  font: 30px/1.4 "Pretendard", "Noto Sans KR", "Noto Sans CJK KR", system-ui, sans-serif; }
header { display: flex; flex-direction: column; }
h1 { margin-bottom: auto; font-size: 38px; line-height: 1.3; }
p { color: var(--zl-quiet); font-size: 24px; }
main { overflow: hidden; padding: 16px; border: 1px solid var(--zl-quiet); border-radius: 16px;
  mask: linear-gradient(#000 75%, transparent); }
main svg { width: 100% !important; max-width: none !important; height: auto !important; }
details, figcaption { display: none; }
.zl-lang { display: block !important; }
figure, .zl-frame { border: 0 !important; }
"""


def path_of(pagename: str, language: str) -> Path:
    """Return where the card of a page is, if there is one; guide pages share that of the home."""
    own = pagename.removeprefix("lessons/") if pagename.startswith("lessons/") else HOME
    return FOLDER / f"{language}-{own}.png"


def address_of(pagename: str, language: str) -> str:
    """Return the address of a page's card, or of the home page's; empty if there is none."""
    own = path_of(pagename, language)
    path = own if own.exists() else path_of(HOME, language)
    return f"{site_address()}/{path.relative_to(SITE).as_posix()}" if path.exists() else ""


def write_cards() -> None:
    """Make the cards whose content has changed, and delete those that nothing has any more."""
    wanted = cards()
    if not wanted:  # no lesson has run
        return
    stamps = json.loads(STAMPS.read_text(encoding="utf-8")) if STAMPS.exists() else {}
    digests = {
        path.name: hashlib.sha256(html.encode()).hexdigest() for path, html in wanted.items()
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.png"):
        if path not in wanted:
            path.unlink()
    new = {
        path: html
        for path, html in wanted.items()
        if not path.exists() or stamps.get(path.name) != digests[path.name]
    }
    if new and find_chromium() is None:
        print(f"site: links to it are shared without pictures: {NO_CHROMIUM}")
        return
    try:
        photograph(new)
    except Error as error:
        print(f"site: links to it are shared without pictures: {error.message.splitlines()[0]}")
        return
    STAMPS.write_text(json.dumps(digests), encoding="utf-8")


def photograph(cards: dict[Path, str]) -> None:
    """Take a picture of each card."""
    if not cards:
        return
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        for path, html in cards.items():
            page.set_content(html)
            page.screenshot(path=path)
        browser.close()


def cards() -> dict[Path, str]:
    """Return the HTML of every card, by the file that shows it."""
    found = {}
    for source in pages():
        name = page_name(source)
        picture = _picture(RUNS / f"{name}.ipynb")
        if picture is None:
            continue
        for language in LANGUAGES:
            lesson = read(source)
            texts = _translated(name, language, lesson.head.question, lesson.title)
            word = WORDS[language]
            kicker = f"{word['brand']} · {word['lesson'].format(name[:2])}: {texts[1]}"
            found[path_of(f"lessons/{name}", language)] = _html(language, texts[0], kicker, picture)
            if name == FIRST:
                found[path_of(HOME, language)] = _html(
                    language, word["pitch"], word["site"], picture
                )
    return found


def _picture(run: Path) -> str | None:
    """Return the picture that stands for a lesson: the one shown on the home page, or the first."""
    cells = nbformat.read(run, as_version=4).cells if run.exists() else ()
    for cell in cells:
        for output in cell.get("outputs", ()):
            html = str(output.get("data", {}).get("text/html", ""))
            if "<figure" in html and 'class="zl-lang" lang="ko"' in html:
                return home_picture(run) or html
    return None


def _translated(name: str, language: str, *texts: str) -> list[str]:
    path = ROOT / "locale" / language / "LC_MESSAGES" / "lessons" / f"{name}.po"
    known = {one.msgid: one.msgstr for one in polib.pofile(str(path))} if path.is_file() else {}
    return [known.get(text) or text for text in texts]


def _html(language: str, question: str, kicker: str, picture: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f"<style>{css_variables()}{STYLE}</style>"
        f"<header><h1>{escape(question)}</h1><p>{escape(kicker)}</p></header>"
        f"<main>{one_language(picture, language)}</main></html>"
    )
