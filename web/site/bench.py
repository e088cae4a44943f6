"""The bench: roles whose code a reader edits, runs and kills in the page, with what happened below.

A lesson that has a ``bench.toml`` beside it has a bench: at its head, and where the home page shows
its recording. What is built here is what stands there before the first Run: the roles' code, the
build's own recording with its player, and places for the rest, which ``web/page/bench.js`` fills.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from web.lessons.folders import page_path
from web.lessons.run import Run
from web.paths import RUNS
from web.site.directives import element, home_picture, tag, text
from web.words import WORDS, date

FILE = "bench.toml"
BLOCK = '<div class="zl-lang" '
NETWORK = ("ok", "slow", "cut", "oneway")
SPEEDS = ((0.25, "¼×"), (0.5, "½×"), (1, "1×"), (2, "2×"), (4, "4×"))
ICONS = {
    "run": "M7 4.5v15l12-7.5z",
    "live-play": "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
    "live-back": "M18 5v14l-9.5-7zM5 5h2.5v14H5z",
    "live-step": "M6 5v14l9.5-7zM16.5 5H19v14h-2.5z",
}


def bench_of(lesson: Path) -> Path | None:
    """Return the file of a lesson's bench, if it has one."""
    path = lesson.parent / FILE
    return path if path.exists() and lesson.name == "lesson.md" else None


def words_of(language: str) -> dict[str, str]:
    """Return the words with which the bench speaks."""
    said = WORDS[language]
    return {key.removeprefix("bench_"): said[key] for key in said if key.startswith("bench_")}


def bench(path: Path, language: str, recorded: str, caption: str) -> nodes.Node:
    """Build the bench as it stands before its first Run.

    Parameters
    ----------
    path
        The lesson's ``bench.toml``.
    language
        The page's.
    recorded
        HTML of the recording that stands there until then.
    caption
        When and where it was recorded.
    """
    words = words_of(language)
    roles = tomllib.loads(path.read_text(encoding="utf-8"))["role"]
    made = element(
        "section",
        _bar(words),
        element("div", *(_role(role, words, language) for role in roles), class_="bench-roles"),
        element(
            "div",
            _recording(recorded, language),
            element("p", text(caption), class_="bench-caption"),
            data_bench_recorded="",
        ),
        _live(words),
        element("p", class_="bench-voice", role="status", data_bench_voice=""),
        class_="bench",
        data_bench=path.parent.name,
        data_bench_state="recorded",
        data_words=json.dumps(words, ensure_ascii=False),
        aria_label=words["name"],
    )
    made["classes"].append("no-search")  # what its recording and its buttons say
    return made


def _recording(html: str, language: str) -> nodes.Node:
    styles, *blocks = html.split(BLOCK)
    own = [BLOCK + block for block in blocks if block.startswith(f'lang="{language}"')]
    # What happens live is called event in a bench; the parts of a recording are called parts.
    renamed = "".join([styles, *own]).replace(' data-event="', ' data-part="')
    return nodes.raw("", renamed, format="html")


def _button(action: str, label: str, *children: nodes.Node, **attributes: str) -> nodes.Node:
    word = element("span", text(label))
    return element("button", *children, word, type="button", data_action=action, **attributes)


def _icon(action: str) -> nodes.Node:
    html = (
        '<svg class="bench-icon" viewBox="0 0 24 24" aria-hidden="true">'
        f'<path fill="currentColor" d="{ICONS[action]}"/></svg>'
    )
    return nodes.raw("", html, format="html")


def _small(action: str, label: str) -> nodes.Node:
    return element(
        "button",
        _icon(action),
        type="button",
        data_action=action,
        aria_label=label,
        title=label,
    )


def _bar(words: dict[str, str]) -> nodes.Node:
    return element(
        "div",
        _button("run", words["run"], _icon("run"), class_="bench-run", hidden=""),
        _button("cancel", words["cancel"], hidden=""),
        element("p", class_="bench-status", data_bench_status="", role="status"),
        class_="bench-bar",
    )


def _role(role: dict[str, Any], words: dict[str, str], language: str) -> nodes.Node:
    label = role["label"][language]
    code = role["code"].strip("\n")
    file = f"{role['name']}.py"
    lines = code.count("\n") + 1
    head = element(
        "div",
        element("span", class_="bench-sign", aria_hidden="true"),
        element("span", text(file), class_="bench-file"),
        element("span", text(role["type"]), class_="bench-type"),
        element("span", text(words["state_off"]), class_="bench-state"),
        element(
            "span",
            _button("freeze", words["freeze"], hidden="", aria_pressed="false"),
            _button("kill", words["kill"].format(role=label), hidden="", class_="bench-kill"),
            _button("start", words["start"].format(role=label), hidden="", class_="bench-start"),
            class_="bench-buttons",
        ),
        class_="bench-role-head",
    )
    area = element(
        "textarea",
        text(f"\n{code}"),  # the first newline is no part of a textarea's value
        aria_label=file,
        rows=str(lines),
        spellcheck="false",
        autocapitalize="off",
        autocomplete="off",
        wrap="off",
        readonly="",
    )
    numbers = element(
        "div",
        *(element("span", text(str(n))) for n in range(1, lines + 1)),
        class_="bench-gutter",
        aria_hidden="true",
    )
    output = element(
        "pre",
        data_bench_output="",
        hidden="",
        aria_label=f"{words['output']}: {file}",
        tabindex="0",
    )
    return element(
        "div",
        head,
        element("div", numbers, area, class_="bench-code"),
        output,
        class_="bench-role",
        data_role=role["name"],
        data_label=label,
        data_type=role["type"],
        data_role_state="off",
        role="group",
        aria_label=file,
    )


def _live(words: dict[str, str]) -> nodes.Node:
    choices = element("div", class_="bench-choices")
    for state in NETWORK:
        extra = {"checked": ""} if state == "ok" else {}
        radio = element("input", type="radio", name="bench-network", value=state, **extra)
        choices += element("label", radio, element("span", text(words[f"network_{state}"])))
    speed = element("select", aria_label=words["speed"], title=words["speed"])
    speed["attributes"]["data-action"] = "live-speed"
    for value, shown in SPEEDS:
        extra = {"selected": ""} if value == 1 else {}
        speed += element("option", text(shown), value=str(value), **extra)
    seek = element(
        "input",
        type="range",
        min="0",
        max="0",
        value="0",
        step="1",
        data_bench_seek="",
        aria_label=words["seek"],
    )
    player = element(
        "div",
        _small("live-play", words["pause"]),
        _small("live-back", words["back"]),
        _small("live-step", words["step"]),
        seek,
        element("span", class_="player-count", data_bench_count="", aria_hidden="true"),
        speed,
        class_="player-row",
    )
    network = element(
        "fieldset",
        element("legend", text(words["network"])),
        choices,
        class_="bench-network",
        data_bench_network="",
    )
    return element(
        "div",
        element("div", class_="bench-picture", data_bench_picture="", tabindex="0"),
        element(
            "div",
            player,
            element("p", class_="player-sentence", data_bench_sentence=""),
            class_="player",
            role="group",
            aria_label=words["controls"],
        ),
        network,
        element(
            "div",
            _button("share", words["share"]),
            _button("reset-code", words["reset_code"]),
            class_="bench-more",
        ),
        element(
            "details",
            element("summary", text(words["as_text"])),
            element("ol", data_bench_events="", class_="bench-events"),
            class_="bench-text",
        ),
        class_="bench-live",
        data_bench_live="",
        hidden="",
    )


def place_benches(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put a lesson's bench below its head, and on another page where its recording stands."""
    if app.builder.name != "html":
        return
    for node in list(doctree.findall(tag)):
        attributes = node["attributes"]
        css = attributes.get("class", "")
        name = docname.removeprefix("lessons/")
        if css == "recorded":
            name = attributes["data-lesson"]
        elif css != "lesson-head":
            continue
        lesson = page_path(name)
        path = bench_of(lesson) if lesson is not None else None
        made = _made(path, name, app.config.language) if path is not None else None
        if made is None:
            continue
        if css == "recorded":
            node.replace_self(made)
        else:
            node.parent.insert(node.parent.index(node) + 1, made)


def _made(path: Path, name: str, language: str) -> nodes.Node | None:
    run = Run.load(name)
    recorded = home_picture(RUNS / f"{name}.ipynb")
    if run is None or recorded is None:
        return None
    words = WORDS[language]["recorded"]
    return bench(
        path, language, recorded, words.format(number=name[:2], date=date(run.when, language))
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect, before the player looks for pictures that it can play."""
    app.connect("doctree-resolved", place_benches)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
