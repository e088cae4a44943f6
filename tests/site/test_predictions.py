"""Predictions in both orders: after the code that they ask about, and before the cell that runs it.

A page is built by Sphinx with its outputs, and shown in a real Chromium with the site's script.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from web.paths import ROOT
from web.words import WORDS

pytestmark = pytest.mark.xdist_group("browser-ko")  # its page is built once

CONF = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
language = "en"
extensions = ["myst_nb", "web.site.directives"]
myst_enable_extensions = ["colon_fence"]
nb_execution_mode = "force"
html_theme = "basic"
"""
QUESTION = """::::{predict}
:answer: 1

What does NAME print?

- It prints NAME.

  Because it says so.
- Nothing.

  It would, without print.
::::
"""
CELL = '```{code-cell} ipython3\nprint("ran NAME")\n```\n'
FRONT = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
"""


def named(name, *parts):
    return "\n".join(parts).replace("NAME", name)


PAGE = "\n".join(
    [
        FRONT,
        "# Page\n\n## After its code\n",
        named("below", CELL, QUESTION, "What was below.\n"),
        "## Twice\n",
        named("first", CELL, QUESTION, QUESTION.replace("What", "And what"), "What was first.\n"),
        "## Before its cell\n",
        named("above", 'Here is the code.\n\n```python\nprint("ran NAME")\n```\n', QUESTION, CELL),
        "What was above.\n\n## Between two cells\n",
        named("earlier", CELL),
        named("later", QUESTION, CELL),
        "## Without output\n",
        "```{code-cell} ipython3\nx = 1\n```\n",
        named("silent", QUESTION, "What was silent.\n"),
    ]
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("predictions")
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "index.md").write_text(PAGE, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", str(folder), str(folder / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    page = BeautifulSoup((folder / "out" / "index.html").read_text("utf-8"), "html.parser")
    return page.select_one("div.body")


def test_a_prediction_stands_between_its_code_and_its_output(built):
    places = {}
    for form in built.select("form.zq-predict"):
        name = form.select_one(".zq-question").get_text().split()[-2]
        cell = form.find_parent("div", class_="cell")
        parts = [] if cell is None else cell.find_all(recursive=False)
        places.setdefault(name, []).append([part["class"][0] for part in parts])
    code, question, output = "cell_input", "zq", "cell_output"
    assert places == {
        "below": [[code, question, output]],
        "first": [[code, question, question, output]] * 2,
        "above": [[]],
        "later": [[]],
        "silent": [[code, question]],
    }
    for form in built.select("form.zq"):
        inside = [part.get("class", [""])[0] for part in form.fieldset.find_all(recursive=False)]
        assert inside == ["zq-legend", "zq-question", "zq-verdict", "zq-answers", "zq-commit"]


@pytest.fixture
def shown(built, chromium):
    """Return a function that shows the page, with the site's script or without any."""
    contexts = []
    static = ROOT / "web" / "site" / "static"

    def show(script=True):
        context = chromium.new_context(java_script_enabled=script)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        style = "".join(Path(static / name).read_text("utf-8") for name in ("site.css",))
        source = f"<script>{(static / 'site.js').read_text('utf-8')}</script>" if script else ""
        page.set_content(
            f'<html lang="en" class="{"js" if script else ""}"><style>{style}</style>'
            f'<body><div class="frame" data-word-wide="wide"><article>{built}</article></div>'
            f"{source}</body></html>"
        )
        return page

    yield show
    for context in contexts:
        context.close()


def outputs(page):
    return {
        text.strip(): visible
        for text, visible in page.evaluate(
            "[...document.querySelectorAll('.cell_output')]"
            ".map((part) => [part.textContent, part.checkVisibility()])"
        )
    }


def test_outputs_are_folded_until_each_answer_is_committed(shown):
    page = shown()
    names = ("below", "first", "above", "earlier", "later")
    assert outputs(page) == {f"ran {name}": name == "earlier" for name in names}
    for name in ("below", "above", "silent"):
        form = page.locator(f'form.zq-predict:has-text("What does {name} print")')
        told = page.get_by_text(f"What was {name}.")
        expect(told).to_be_hidden()
        form.locator("input").first.check()
        expect(told).to_be_hidden()
        form.locator(".zq-commit").click()
        expect(told).to_be_visible()
        expect(form.locator(".zq-verdict")).to_contain_text(WORDS["en"]["right"])
        expect(form.locator(".zq-verdict")).to_be_focused()
        link = form.get_by_role("link", name=WORDS["en"]["see"])
        target = page.locator(link.get_attribute("href"))
        expect(target).to_be_visible()
        if name != "silent":
            expect(target).to_contain_text(f"ran {name}")
    assert outputs(page) == {f"ran {name}": name not in ("first", "later") for name in names}


def test_a_cell_with_two_questions_waits_for_both(shown):
    page = shown()
    forms = page.locator('form.zq-predict:has-text("hat does first print")')
    expect(forms).to_have_count(2)
    for number in range(2):
        assert not outputs(page)["ran first"]
        forms.nth(number).locator("input").last.check()
        forms.nth(number).locator(".zq-commit").click()
        expect(forms.nth(number).locator(".zq-verdict")).to_contain_text(WORDS["en"]["wrong"])
    assert outputs(page)["ran first"]


def test_an_answer_given_before_opens_its_output(shown):
    page = shown()
    form = page.locator('form.zq-predict:has-text("What does below print")')
    form.evaluate("form => form.dispatchEvent(new CustomEvent('zq-restore', {detail: 2}))")
    assert outputs(page)["ran below"]
    expect(form.locator(".zq-verdict")).to_have_attribute("aria-live", "off")


def test_without_a_script_everything_is_open(shown):
    page = shown(script=False)
    for text in ("ran below", "ran above", "ran later", "Because it says so.", "What was first."):
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.locator(".zq-commit").first).to_be_hidden()
