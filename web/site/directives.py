"""Sphinx directives of the lessons: head, prediction, quiz, hint, solution; and of the home page.

Their contents are parsed as text, so gettext extracts them and the Korean build translates them
like any paragraph. The localised notebooks lower the same directives to Markdown
(`web.lessons.localise`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from web.lessons.curriculum import (
    PARTS,
    lesson_paths,
    lessons,
    part_name,
    part_title,
    question_key,
    rows,
)
from web.lessons.folders import page_name, page_path, pages, to_come
from web.lessons.front import Head
from web.lessons.run import Run
from web.lessons.source import read
from web.paths import RUNS
from web.words import WORDS, date

THUMBNAIL = 0.62
"""Height of a card's picture beside its width: the lower part is cut off."""


class tag(nodes.General, nodes.Element):  # noqa: N801  (docutils names node classes in lower case)
    """An HTML element around nodes that stay translatable: ``name`` and ``attributes``."""


def element(name: str, /, *children: nodes.Node, **attributes: str) -> tag:
    """Make a `tag`; ``class_`` stands for class, ``data_x`` for data-x."""
    node = tag("", *children)
    node["name"] = name
    node["attributes"] = {
        key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()
    }
    return node


def visit_tag(self: Any, node: tag) -> None:
    """Open the element in HTML."""
    attributes = "".join(f' {k}="{escape(v)}"' for k, v in node["attributes"].items())
    end = " /" if node["name"] == "input" else ""  # pages of a book are XML
    self.body.append(f"<{node['name']}{attributes}{end}>")


def depart_tag(self: Any, node: tag) -> None:
    """Close the element in HTML."""
    if node["name"] != "input":
        self.body.append(f"</{node['name']}>\n")


def skip_tag(self: Any, node: tag) -> None:
    """Other builders (text, gettext) see the children alone."""


def text(content: str) -> nodes.Text:
    """Make a text node that no translation touches."""
    return nodes.Text(content)


class Companion(SphinxDirective):
    """Base: the page's words, and parsing of content as lesson text."""

    @property
    def words(self) -> dict[str, str]:
        """The words of the language being built."""
        return WORDS[self.config.language]

    def parsed(self, content: StringList | str) -> list[nodes.Node]:
        """Parse text into nodes, where the lesson stands."""
        holder = nodes.Element()
        if isinstance(content, str):
            source, line = self.get_source_info()
            content = StringList([content], source)
            self.state.nested_parse(content, line or 0, holder)
        else:
            self.state.nested_parse(content, self.content_offset, holder)
        return list(holder.children)


class LessonHead(Companion):
    """The head of a lesson: its question, what it takes, its notebook, and when it ran."""

    def run(self) -> list[nodes.Node]:
        """Build the head from the front matter and from the record of the last run."""
        name = Path(self.env.docname).name
        path = page_path(name)
        assert path is not None
        lesson = read(path).head
        words = self.words
        part = part_name(lesson.part, self.config.language)
        kicker = f"{part} · {words['lesson'].format(name[:2])}"
        run = Run.load(name)
        missed = [element("p", text(words["missed"]), class_="lesson-missed")]
        download = element(
            "a",
            text(words["download"]),
            class_="lesson-download",
            href=f"../notebooks/{name}.ipynb",
            download="",
        )
        return [
            element(
                "div",
                element("p", text(kicker), class_="lesson-kicker"),
                element("div", *self.parsed(lesson.question), class_="lesson-question"),
                element(
                    "p",
                    text(" · ".join(self._facts(lesson))),
                    element("a", text(f"{words['first_question']} ↓"), class_="lesson-begin"),
                    class_="lesson-facts",
                ),
                *(missed if run is not None and run.missed else []),
                element(
                    "div",
                    download,
                    element("span", text(f"{words['ran']}: {self._record(name)}")),
                    class_="lesson-ran",
                ),
                class_="lesson-head",
            )
        ]

    def _facts(self, lesson: Head) -> Iterator[str]:
        """Say what a lesson takes: minutes, level, where it runs, what comes before it."""
        words = self.words
        minutes = words["minutes"].format
        yield minutes(lesson.read)
        if lesson.exercises:
            yield f"{words['exercises']} {minutes(lesson.exercises)}"
        yield words[lesson.level]
        here = lesson.engine == "both" and self.config.companion_runs
        yield words["runs_here" if here else "runs_elsewhere"]
        if lesson.needs:
            yield f"{words['needs']}: {', '.join(need[:2] for need in lesson.needs)}"

    def _record(self, name: str) -> str:
        self.env.note_dependency(str(Run.path(name)))
        run = Run.load(name)
        if run is None:
            return self.words["not_run"]
        return self.words["ran_on"].format(
            date=date(run.when, self.config.language),
            python=run.python,
            pyzmq=run.pyzmq,
            libzmq=run.libzmq,
        )


class Question(Companion):
    """A prediction or a quiz question: paragraphs, then a list of answers with their reasons."""

    has_content = True
    option_spec: ClassVar = {"answer": directives.positive_int}

    def run(self) -> list[nodes.Node]:
        """Turn the list into answers with radio buttons; the first paragraph is the answer."""
        kind = self.name
        parsed = self.parsed(self.content)
        if not parsed or not isinstance(parsed[-1], nodes.bullet_list):
            raise self.error(f"{{{kind}}} needs its answers as a list with '-' at its end")
        *question, answers = parsed
        assert isinstance(answers, nodes.bullet_list)
        right = self.options.get("answer", 0)
        if not 1 <= right <= len(answers):
            raise self.error(f"{{{kind}}} needs :answer: from 1 to {len(answers)}")
        key = f"{kind}-{self.env.new_serialno(kind) + 1}"
        words = self.words
        items = element("ol", class_="zq-answers")
        for number, item in enumerate(answers, start=1):
            first, *reason = item.children
            if not reason:
                raise self.error(f"answer {number} of {{{kind}}} gives no reason below it")
            choice = element("input", type="radio", name=key, value=str(number))
            items += element(
                "li",
                element("label", choice, element("span", first, class_="zq-text")),
                element("div", *reason, class_="zq-reason"),
                class_="zq-answer zq-right" if number == right else "zq-answer",
                data_n=str(number),
            )
        legend = element(
            "legend", element("span", text(words[kind]), class_="zq-kind"), class_="zq-legend"
        )
        commit = element(
            "button",
            text(words["commit" if kind == "predict" else "check"]),
            type="button",
            class_="zq-commit",
        )
        verdict = element(
            "p",
            class_="zq-verdict",
            role="status",
            aria_live="polite",
            data_right=words["right"],
            data_wrong=words["wrong"],
        )
        return [
            element(
                "form",
                element(
                    "fieldset",
                    legend,
                    element("div", *question, class_="zq-question", id=f"{key}-question"),
                    verdict,
                    items,
                    commit,
                    aria_describedby=f"{key}-question",
                ),
                class_=f"zq zq-{kind}",
                id=key,
                data_answer=str(right),
                data_key=question_key("\n".join(self.content), str(right)),
                autocomplete="off",
                data_folded=words["folded"],
                data_see=words["see"],
            )
        ]


def place_predictions(app: Sphinx, doctree: nodes.document) -> None:
    """Put a prediction into the cell that it asks about, between the code and its output.

    That is the cell directly above it. A prediction with a cell directly below it asks about that
    one, whose code the text above has shown; it stays where it is. ``static/site.js`` folds what
    happened, in both cases.
    """
    for form in list(doctree.findall(tag)):
        if "zq-predict" not in form["attributes"].get("class", "") or form.parent is None:
            continue
        around = form.parent.children
        at = around.index(form)
        above = around[at - 1] if at else None
        below = around[at + 1] if at + 1 < len(around) else None
        if not _is_cell(above) or _is_cell(below):
            continue
        assert isinstance(above, nodes.container)
        form.parent.remove(form)
        outputs = (n for n, part in enumerate(above.children) if _has_class(part, "cell_output"))
        above.insert(next(outputs, len(above)), form)


def number_quizzes(app: Sphinx, doctree: nodes.document) -> None:
    """Say of each question of a quiz which one it is, and of how many."""
    forms = [
        form
        for form in doctree.findall(tag)
        if "zq-quiz" in form["attributes"].get("class", "").split()
    ]
    said = WORDS[app.config.language]["quiz_of"]
    for number, form in enumerate(forms, start=1):
        kind = next(n for n in form.findall(tag) if n["attributes"].get("class") == "zq-kind")
        kind.children = []
        kind += text(said.format(n=number, all=len(forms)))


def _is_cell(node: nodes.Node | None) -> bool:
    return _has_class(node, "cell")


def _has_class(node: nodes.Node | None, name: str) -> bool:
    return isinstance(node, nodes.container) and name in node["classes"]


class Fold(Companion):
    """A hint or a solution: folded until it is opened."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Put the content behind a summary."""
        title = self.words[self.name]
        if self.name == "hint":
            title += f" {self.env.new_serialno('hint') + 1}"
        summary = element("summary", text(title))
        return [
            element("details", summary, *self.parsed(self.content), class_=f"fold fold-{self.name}")
        ]


class Ways(Companion):
    """The ways into the site: a list of links, drawn large."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Wrap the list."""
        return [element("div", *self.parsed(self.content), class_="ways")]


class LessonPages(Companion):
    """The lessons' pages for the sidebar, under the names of their parts."""

    def run(self) -> list[nodes.Node]:
        """Write a hidden table of contents for each part that has a lesson."""
        made: list[nodes.Node] = []
        for part in PARTS:
            folders = [row.folder for row in lessons(part) if not to_come(row.folder)]
            names = [page_name(path) for path in pages() if path.parent in folders]
            if names:
                # With `glob` Sphinx reads this page again when a lesson comes or goes.
                lines = [":::{toctree}", ":hidden:", ":glob:"]
                lines += [f':caption: "{part_title(part, self.config.language)}"', ""]
                lines += [*(f"/lessons/{name}" for name in names), ":::"]
                made += self.parsed(StringList(lines, self.get_source_info()[0]))
        return made


class Lessons(Companion):
    """Base of what lists lessons; their titles come when every page is known (`web.site.pages`)."""

    def link(self, path: Path) -> tuple[nodes.inline, Head]:
        """Leave a place for a lesson's title, linked; return it and the lesson's data."""
        self.env.note_dependency(str(path))
        link = nodes.reference("", "", internal=True, refdoc=f"lessons/{page_name(path)}")
        return nodes.inline("", "", link), read(path).head  # a reference stands in inline text

    def facts(self, path: Path, lesson: Head) -> str:
        """Say how long a lesson takes with all its pages, and for whom it is."""
        heads = [read(page).head for page in pages() if page.parent == path.parent]
        minutes = self.words["minutes"].format(sum(one.read + one.exercises for one in heads))
        return f"{minutes} · {self.words[lesson.level]}"


class FirstLessons(Lessons):
    """The lessons to begin with as cards: question, picture, minutes, the reader's progress."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Make a card of each lesson that the content names, a line each."""
        cards = element("ul", class_="lesson-cards")
        for name in self.content:
            path = page_path(name)
            if path is None:
                raise self.error(f"there is no lesson {name}")
            title, lesson = self.link(path)
            self.env.note_dependency(str(RUNS / f"{name}.ipynb"))
            cards += element(
                "li",
                *_thumbnail(name, self.config.language),
                element("p", class_="lesson-card-question"),
                element(
                    "p",
                    element("span", text(name[:2]), class_="lesson-card-number"),
                    text(" "),
                    title,
                    class_="lesson-card-title",
                ),
                element("p", text(self.facts(path, lesson)), class_="lesson-card-facts"),
                class_="lesson-card",
                data_lesson=name,
            )
        return [cards]


def _thumbnail(name: str, language: str) -> list[nodes.Node]:
    """Return the upper part of a lesson's picture; it repeats what the page shows in words."""
    html = home_picture(RUNS / f"{name}.ipynb")
    if html is None:
        return []
    start = html.index(f'<div class="zl-lang" lang="{language}"')
    narrow = html.find('<div class="zl-narrow"', start)
    drawn = html[max(start, narrow) :]
    drawn = drawn[drawn.index("<svg") : drawn.index("</svg>") + len("</svg>")]
    # It is no picture to play: nothing in it may be taken for an event.
    drawn = re.sub(r' data-(event|lane)="[^"]*"|<title>.*?</title>', "", drawn)
    tag_, inside = re.split(r"(?<=>)", drawn, maxsplit=1)
    box = re.search(r'viewBox="0 0 ([\d.]+) ', tag_)
    assert box is not None
    width = float(box[1])
    height = width * THUMBNAIL
    head = '<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true"'
    head += f' viewBox="0 0 {width:g} {height:g}"'
    return [
        element(
            "div",
            nodes.raw("", f"{head}>{inside}", format="html"),
            class_="lesson-card-picture zl-pic",
            aria_hidden="true",
        )
    ]


class LessonList(Lessons):
    """All lessons by their titles, part by part, with a place for the reader's progress."""

    def run(self) -> list[nodes.Node]:
        """Leave a place for each lesson."""
        found = lesson_paths()
        parts = element("div", class_="lesson-parts")
        for part in PARTS:
            listed = element("ul", class_="lesson-list")
            for row in lessons(part):
                if row.number in found:
                    title, _ = self.link(found[row.number])
                    listed += element(
                        "li",
                        element("span", text(row.number), class_="lesson-card-number"),
                        title,
                        class_="lesson-row",
                        data_lesson=page_name(found[row.number]),
                    )
            if listed.children:
                name = part_title(part, self.config.language)
                heading = element("h3", text(name), class_="lesson-part")
                parts += element("div", heading, listed, data_part=str(part))
        return [element("div", class_="progress-panel"), parts]


class Curriculum(Lessons):
    """The outline: every part as a section with its lessons, and which of them are to come."""

    def run(self) -> list[nodes.Node]:
        """Link the lessons that exist; say of the others that they are to come."""
        self.env.glob_toctrees.add(self.env.docname)  # read again when a lesson comes or goes
        found = lesson_paths()
        count = self.words["lessons_there"].format(there=len(found), all=len(rows()))
        made: list[nodes.Node] = [
            element("p", text(count)),
            element("div", class_="progress-panel"),
        ]
        for part in PARTS:
            name = part_title(part, self.config.language)
            label = f"curriculum-part-{part}"
            section = nodes.section(ids=[label], names=[label])
            section += nodes.title(name, "", text(name))
            listed = (self._row(row.number, row.titles, found) for row in lessons(part))
            outline = element("ul", *listed, class_="outline")
            section += element("div", outline, data_part=str(part))
            self.state.document.note_explicit_target(section)
            made.append(section)
        return made

    def _row(self, number: str, titles: dict[str, str], found: dict[str, Path]) -> tag:
        plate = element("span", text(number), class_="outline-number")
        if number not in found:
            name = element("span", text(titles[self.config.language]))
            coming = element("span", text(self.words["to_come"]), class_="outline-to-come")
            return element("li", plate, name, text(" "), coming, class_="outline-lesson")
        title, lesson = self.link(found[number])
        return element(
            "li",
            plate,
            title,
            element("p", class_="outline-question"),
            element("p", text(self.facts(found[number], lesson)), class_="outline-facts"),
            class_="outline-lesson",
            data_lesson=page_name(found[number]),
        )


class Recorded(Directive):
    """A picture that a lesson drew in its last run: the output of its cell tagged ``home``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Take the HTML from the executed notebook and say where it is from."""
        env = self.state.document.settings.env
        words = WORDS[env.config.language]
        name = self.arguments[0]
        path = RUNS / f"{name}.ipynb"
        env.note_dependency(str(path))
        run = Run.load(name)
        html = home_picture(path) if path.exists() else None
        if run is None or html is None:
            if env.app.builder.name == "gettext":
                return []
            raise self.error(f"lesson {name} has not run, or has no cell tagged `home`")
        caption = words["recorded"].format(
            number=name[:2], date=date(run.when, env.config.language)
        )
        return [
            element(
                "figure",
                nodes.raw("", html, format="html"),
                element("figcaption", text(caption)),
                class_="recorded",
                data_lesson=name,
            )
        ]


def home_picture(path: Path) -> str | None:
    """Return the HTML that the cell tagged ``home`` of an executed notebook showed."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if "home" in cell.metadata.get("tags", []):
            for output in cell.outputs:
                if "text/html" in output.get("data", {}):
                    return str(output.data["text/html"])
    return None


def setup(app: Sphinx) -> dict[str, Any]:
    """Register nodes and directives."""
    app.add_config_value("companion_runs", 0.0, "env", [float])  # MB; 0: nothing runs in pages
    html = (visit_tag, depart_tag)
    app.add_node(tag, html=html, epub=html, text=(skip_tag, skip_tag))
    app.connect("doctree-read", place_predictions)
    app.connect("doctree-read", number_quizzes)
    app.add_directive("lesson-head", LessonHead)
    app.add_directive("predict", Question)
    app.add_directive("quiz", Question)
    app.add_directive("hint", Fold, override=True)
    app.add_directive("solution", Fold)
    app.add_directive("ways", Ways)
    app.add_directive("lesson-pages", LessonPages)
    app.add_directive("first-lessons", FirstLessons)
    app.add_directive("lesson-list", LessonList)
    app.add_directive("curriculum", Curriculum)
    app.add_directive("recorded", Recorded)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
