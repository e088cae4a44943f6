"""Localise the notebooks: ``python -m web.lessons.localise`` fills ``build/notebooks/{en,ko}``.

A lesson's text is translated block by block with its ``.po``, in place, line by line after the
parser's token map: what is not text (markers of lists and quotes, tables, fences) stays as it was
written. Directives become plain Markdown, so that a notebook reads well in any Jupyter. Code
cells but for their comments, and all cell ids, are the same in both languages.

A learner's changed copy is never overwritten: each notebook carries a hash of the sources that
were written, so it can be told from one that was only run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
import polib
from markdown_it.token import Token
from nbformat import NotebookNode

from web.lessons.comments import CONTEXT, translated
from web.lessons.folders import page_name, pages
from web.lessons.front import LessonError
from web.lessons.setup_cell import setup_source
from web.lessons.source import (
    CHOICES,
    Cell,
    Directive,
    Lesson,
    choice,
    directive,
    headings,
    msgid,
    one_paragraph,
    parse,
    read,
    staged,
)
from web.paths import BUILD, DEFAULT_ADDRESS, LESSONS, ROOT, site_address
from web.words import LANGUAGES, WORDS
from zmqlab.words.language import Language, Text

NOTEBOOKS = BUILD / "notebooks"
WRITTEN = Text(en="written", ko="새로 만들었습니다")
UPDATED = Text(en="updated, the lesson has changed", ko="레슨이 바뀌어 새로 고쳤습니다")
BESIDE = Text(
    en="your copy is changed and stays; the new lesson is {name}",
    ko="고친 노트북은 그대로 두었습니다. 새 레슨은 {name} 파일입니다",
)
LINK = re.compile(
    r"(?P<code>(`+)(?!`).+?(?<!`)\2(?!`))"
    r"|(?<!!)\[(?P<text>(?:[^\[\]`]|`[^`]*`)*)\]\((?P<target>[^()\s]+)\)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Missing:
    """A block that stays English: its line in the lesson's source, its ``msgid``, and why."""

    line: int
    msgid: str
    why: str


@dataclass(frozen=True)
class _Place:
    """Where a label or heading is: a page's name (a lesson's or ``guide/...``), and its title."""

    page: str
    title: str


class Translator:
    """Looks up blocks in a lesson's ``.po`` and remembers those that have no translation."""

    def __init__(self, po: Path | None) -> None:
        self.missing: list[Missing] = []
        self._entries: dict[tuple[str, str], polib.POEntry] | None = None
        if po is not None:
            found = polib.pofile(str(po)) if po.is_file() else []
            self._entries = {
                (entry.msgctxt or "", entry.msgid): entry for entry in found if not entry.obsolete
            }

    def __call__(self, content: str, line: int) -> str:
        """Return the translation of an inline text, or the text itself."""
        return self._look_up("", msgid(content), content, line)

    def comment(self, words: str, line: int) -> str:
        """Return the translation of a comment's words, or the words themselves."""
        return self._look_up(CONTEXT, words, words, line)

    def _look_up(self, context: str, key: str, content: str, line: int) -> str:
        if self._entries is None or not key:
            return content
        entry = self._entries.get((context, key))
        if entry is None or not entry.msgstr.strip():
            why = "not translated"
        elif entry.fuzzy:
            why = "marked fuzzy"
        elif not context and not one_paragraph(entry.msgstr):
            why = "its translation is not one plain paragraph"
        else:
            return " ".join(entry.msgstr.split("\n")).strip()
        self.missing.append(Missing(line, key, why))
        return content


class Localiser:
    """Turns one lesson's Markdown into a language's plain Markdown."""

    def __init__(self, lesson: Lesson, language: str, locale: Path) -> None:
        self.lesson = lesson
        self.language = language
        self.words = WORDS[language]
        self.translate = Translator(_po(locale, lesson.path, language))
        self.hints: dict[int, int] = {}
        self._locale = locale
        self._pages = {page_name(path): path for path in pages(lesson.path.parent.parent)}
        self._places: dict[str, _Place] | None = None

    def cell(self, cell: Cell) -> str:
        """Return a Markdown cell's source in the language."""
        return self.markdown(cell.source, cell.line)

    def code(self, cell: Cell) -> str:
        """Return a code cell's source with its comments in the language."""
        return self.comments(cell.source, cell.line)

    def comments(self, code: str, line: int) -> str:
        """Return code with its comments in the language; ``line`` is its first line's number."""
        return translated(code, lambda words: self.translate.comment(words, line))

    def markdown(self, text: str, line: int = 1) -> str:
        """Translate a text and lower its directives; ``line`` is its first line's number."""
        lines = text.splitlines()
        edits: list[tuple[int, int, list[str]]] = []
        tokens = parse(text)
        for index, token in enumerate(tokens):
            if token.map is None:
                continue
            start, end = token.map
            item = directive(token, line)
            if item is not None:
                prefix = lines[start][: lines[start].index(token.markup)]
                new_lines = _prefixed(self.directive(item), prefix)
                if end < len(lines) and lines[end].strip():
                    new_lines.append(prefix.rstrip())  # HTML and quotes end at a blank line
                edits.append((start, end, new_lines))
            elif token.type == "inline" and tokens[index - 1].type == "paragraph_open":
                new = self.inline(token.content, line + start)
                prefix = _before(lines[start], token.content)
                edits.append((start, end, _prefixed(new, prefix)))
            elif token.type == "inline" and tokens[index - 1].type == "heading_open":
                new = self.inline(token.content, line + start).replace("\n", " ")
                opening = tokens[index - 1]
                prefix = _before(lines[start], token.content)
                if opening.markup in "=-":
                    prefix += "#" * int(opening.tag[1]) + " "
                start, end = opening.map or (start, end)
                edits.append((start, end, [prefix + new]))
            elif token.type == "tr_open":
                row = _row(tokens, index)
                cells = [self.inline(cell.content, line + start) for cell in row]
                quote = re.match(r"[\s>]*", lines[start])
                prefix = quote[0] if quote else ""
                new = " | ".join(cell.replace("|", r"\|").replace("\n", " ") for cell in cells)
                edits.append((start, end, [f"{prefix}| {new} |"]))
            elif token.type == "fence" and token.info.strip() == "python":
                code = self.comments(token.content, line + start + 1)
                prefix = lines[start][: lines[start].index(token.markup)]
                edits.append((start + 1, end - 1, _prefixed(code.rstrip("\n"), prefix)))
            elif token.type in ("myst_target", "myst_line_comment", "myst_block_break"):
                edits.append((start, end, []))
        for start, end, new_lines in sorted(edits, reverse=True):
            lines[start:end] = new_lines
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def inline(self, content: str, line: int) -> str:
        """Translate an inline text and turn its links to where a notebook finds them."""
        return LINK.sub(self._link, self.translate(content, line))

    def directive(self, item: Directive) -> str:
        """Lower a directive to Markdown that says the same."""
        if item.name == "lesson-head":
            return self._head()
        content = self.markdown(item.content, item.body_line)
        if item.name in CHOICES:
            return self._choice(item, content)
        if item.name == "hint":
            number = self.hints.setdefault(item.body_line, len(self.hints) + 1)
            return _details(f"{self.words['hint']} {number}", content)
        if item.name == "solution":
            return _details(self.words["solution"], content)
        return "\n".join(f"> {line}".rstrip() for line in self._note(item, content).splitlines())

    def _note(self, item: Directive, content: str) -> str:
        return f"**{self.words[item.name]}**\n\n{content}"

    def _head(self) -> str:
        lesson, words = self.lesson, self.words
        question = self.inline(lesson.head.question, lesson.head_line)
        facts = [f"{words['reading']}: {words['minutes'].format(lesson.head.read)}"]
        if lesson.head.exercises:
            facts.append(f"{words['exercises']}: {words['minutes'].format(lesson.head.exercises)}")
        facts.append(f"{words['level']}: {words[lesson.head.level]}")
        if lesson.head.needs:
            links = [f"[{self.title(name)}]({name}.ipynb)" for name in lesson.head.needs]
            facts.append(f"{words['needs']}: {', '.join(links)}")
        address = _site(f"{self.language}/lessons/{lesson.name}.html")
        if address:
            facts.append(f"[{words['on_the_web']}]({address})")
        return f"> **{words['question']}**\n>\n> {question}\n\n" + " · ".join(facts)

    def _choice(self, item: Directive, content: str) -> str:
        words = self.words
        parts = choice(content)
        letters = "ABCDEFGH"
        answers = [
            f"- **{a}.** {text}" for a, (text, _) in zip(letters, parts.answers, strict=False)
        ]
        reasons = []
        for letter, (_, reason) in zip(letters, parts.answers, strict=False):
            # A reason that begins with a list or code has to begin on a line of its own.
            plain = reason and parse(reason)[0].type == "paragraph_open"
            body = _prefixed(reason, "  ")
            reasons.append(f"- **{letter}.**" + (f" {body[0].lstrip()}" if plain else "\n"))
            reasons += body[1:] if plain else body
        number = int(item.options.get("answer") or 0)
        right = letters[number - 1] if 0 < number <= len(parts.answers) else "?"
        folded = f"**{right}**\n\n" + "\n".join(reasons)
        return "\n\n".join(
            (
                f"**{words[item.name]}**",
                parts.question,
                "\n".join(answers),
                _details(words["answer_of"], folded),
            )
        )

    def title(self, name: str) -> str:
        """Return a lesson's title in the language, its name where it can't be read."""
        path = self._pages.get(name)
        try:
            other = read(path) if path else None
        except (OSError, LessonError):
            other = None
        if path is None or other is None:
            return name
        return Translator(_po(self._locale, path, self.language))(other.title, 1)

    def _link(self, match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        text, target = match["text"], match["target"]
        if re.match(r"[a-z]+:", target):
            return match[0]
        page, _, anchor = target.partition("#")
        stem = re.sub(r"\.(md|html|ipynb)$", "", page.removeprefix("./"))
        place = self.places.get(anchor if not page else "")
        if not page and place is not None:
            text = text or place.title
            stem = place.page
        if stem in ("", self.lesson.name):
            # Jupyter names a heading's anchor by its text.
            return f"[{text}](#{place.title.replace(' ', '-')})" if place else text
        if stem in self._pages:
            return f"[{text or self.title(stem)}]({stem}.ipynb)"
        address = _site(f"{self.language}/{stem.removeprefix('../')}.html")
        fragment = f"#{anchor}" if anchor else ""
        return f"[{text}]({address}{fragment})" if address else text

    @property
    def places(self) -> dict[str, _Place]:
        """Every label that a link can name, and this lesson's headings by their anchors."""
        if self._places is None:
            self._places = self._find_places()
        return self._places

    def _find_places(self) -> dict[str, _Place]:
        places: dict[str, _Place] = {}
        guide = self._locale.parent / f"guide_{self.language}"
        for path in sorted(guide.rglob("*.md")):
            page = f"guide/{path.relative_to(guide).with_suffix('').as_posix()}"
            for heading in headings(path.read_text(encoding="utf-8")):
                places |= {label: _Place(page, plain(heading.text)) for label in heading.labels}
        for name, path in self._pages.items():
            translate = Translator(_po(self._locale, path, self.language))
            try:
                text = staged(path)
            except LessonError:
                continue
            for heading in headings(text):
                place = _Place(name, plain(translate(heading.text, heading.line)))
                if name == self.lesson.name:
                    places.setdefault(slug(heading.text), place)
                places |= dict.fromkeys(heading.labels, place)
        return places


def plain(text: str) -> str:
    """Return an inline text without its markup."""
    return "".join(
        child.content
        for token in parse(text)
        for child in token.children or []
        if child.type in ("text", "code_inline")
    )


def slug(text: str) -> str:
    """Return the anchor that MyST gives a heading: GitHub's way."""
    return re.sub(r"[^\w\- ]", "", plain(text).strip().lower()).replace(" ", "-")


def _before(line: str, content: str) -> str:
    """Return what stands on a line before an inline text: list markers, ``>``, ``#``."""
    return line[: line.rindex(content.split("\n", 1)[0])]


def _prefixed(text: str, prefix: str) -> list[str]:
    """Put a text where one stood that had a prefix; on further lines its markers are spaces."""
    further = re.sub(r"[^\s>]", " ", prefix)
    first, *rest = text.splitlines() or [""]
    return [prefix + first] + [further + line if line else further.rstrip() for line in rest]


def _row(tokens: list[Token], index: int) -> list[Token]:
    row = []
    for token in tokens[index:]:
        if token.type == "tr_close":
            break
        if token.type == "inline":
            row.append(token)
    return row


def _details(summary: str, content: str) -> str:
    """Fold a text; the blank lines let the Markdown inside render."""
    return f"<details>\n<summary>{summary}</summary>\n\n{content}\n\n</details>"


def _site(page: str) -> str:
    """Return a page's address, or nothing where the site's own is not known."""
    base = site_address()
    return "" if base == DEFAULT_ADDRESS else f"{base}/{page}"


def _po(locale: Path, path: Path, language: str) -> Path | None:
    if language == "en":
        return None
    return locale / language / "LC_MESSAGES" / "lessons" / f"{page_name(path)}.po"


def localise(
    path: Path, language: str, *, locale: Path | None = None, download: bool = False
) -> tuple[NotebookNode, list[Missing]]:
    """Make a lesson's notebook in a language.

    Parameters
    ----------
    path
        The lesson's source.
    language
        ``en`` or ``ko``.
    locale
        Folder of the translations; by default ``locale`` beside the lessons' folders.
    download
        Whether the notebook is to be downloaded: then its first cell sees to `zmqlab`.

    Returns
    -------
    notebook
        Text in the language, directives as plain Markdown, no outputs.
    missing
        The blocks that stay English; always empty for ``en``.

    Raises
    ------
    LessonError
        If the source can't be read as a lesson.
    """
    path = Path(path).resolve()
    lesson = read(path)
    localiser = Localiser(lesson, language, locale or path.parents[2] / "locale")
    cells: list[NotebookNode] = []
    if download:
        made = nbformat.v4.new_code_cell(setup_source("ko" if language == "ko" else "en"))
        made.metadata["tags"] = ["plumbing"]
        made["id"] = f"{lesson.name}-setup"
        cells.append(made)
    for cell in lesson.cells:
        if cell.kind == "code":
            made = nbformat.v4.new_code_cell(localiser.code(cell))
            made.metadata.update(cell.options)
            if {"hide-input", "hide-cell"} & set(cell.tags):
                made.metadata["jupyter"] = {"source_hidden": True}
        else:
            question, text = _split_question(cell)
            if question and cells and cells[-1].cell_type == "code":
                # In a notebook the reader is asked before the cell runs, so above it.
                asked = nbformat.v4.new_markdown_cell(localiser.markdown(question, cell.line))
                asked["id"] = f"{lesson.cell_id(cell)}-asked"
                cells.insert(len(cells) - 1, asked)
                line = cell.line + question.count("\n") + 1
                made = nbformat.v4.new_markdown_cell(localiser.markdown(text, line))
            else:
                made = nbformat.v4.new_markdown_cell(localiser.cell(cell))
        made["id"] = lesson.cell_id(cell)
        cells.append(made)
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = dict(lesson.kernelspec)
    notebook.metadata["language_info"] = {"name": "python"}
    notebook.metadata["lesson"] = {
        "language": language,
        "name": lesson.name,
        "written": digest(notebook),
    }
    nbformat.validate(notebook)
    return notebook, localiser.translate.missing


def _split_question(cell: Cell) -> tuple[str, str]:
    """Split off a prediction that asks about the cell above it; text follows such a one."""
    tokens = parse(cell.source)
    first = directive(tokens[0], 1) if tokens else None
    if first is None or first.name != "predict" or tokens[0].map is None:
        return "", cell.source
    lines = cell.source.splitlines()
    end = tokens[0].map[1]
    question, text = "\n".join(lines[:end]), "\n".join(lines[end:])
    return (question, text) if text.strip() else ("", cell.source)


def with_solutions(notebook: NotebookNode, lesson: Lesson) -> NotebookNode:
    """Return a copy in which each solution stands in the place of its exercise cell.

    Raises
    ------
    ValueError
        If an exercise has no solution, or its cell is not in the notebook.
    """
    copy = deepcopy(notebook)
    by_id = {cell["id"]: cell for cell in copy.cells}
    for exercise in lesson.exercises():
        key = lesson.cell_id(exercise.cell)
        if exercise.solution is None or key not in by_id:
            raise ValueError(f"{lesson.name}: no solution for the cell at {exercise.cell.line}")
        by_id[key]["source"] = exercise.solution
    return copy


def digest(notebook: NotebookNode) -> str:
    """Return a hash over what a learner can change: sources, not outputs or empty cells."""
    parts = [
        [cell["cell_type"], cell["source"]] for cell in notebook.cells if cell["source"].strip()
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def write(path: Path, notebook: NotebookNode) -> str:
    """Write a notebook without ever overwriting a learner's changes.

    A copy that was only run keeps its outputs as long as the lesson is the same. Beside a changed
    copy the new lesson is written as ``NN-topic.new.ipynb``.

    Returns
    -------
    str
        A line that says what happened, in the notebook's language; empty if nothing did.
    """
    language: Language = "ko" if notebook.metadata["lesson"]["language"] == "ko" else "en"
    new = notebook.metadata["lesson"]["written"]
    candidate, count = path, 1
    while candidate.exists():
        state, written = _found(candidate)
        # Up to date, or changed by the learner since this very lesson was written.
        if new in (state, written):
            return ""
        if written is not None and state == written:
            break
        suffix = ".new" if count == 1 else f".new{count}"
        candidate, count = path.with_name(f"{path.stem}{suffix}.ipynb"), count + 1
    fresh = not candidate.exists()
    candidate.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, candidate)
    if candidate != path:
        return f"{path.name}: {BESIDE.format(name=candidate.name)[language]}"
    return f"{path.name}: {(WRITTEN if fresh else UPDATED)[language]}"


def _found(path: Path) -> tuple[str | None, str | None]:
    """Return the hash of what a notebook holds and of what was once written there."""
    try:
        notebook = nbformat.read(path, as_version=4)
        return digest(notebook), notebook.metadata.get("lesson", {}).get("written")
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError):
        return None, None


def write_all(
    languages: tuple[str, ...] = LANGUAGES,
    *,
    folder: Path = NOTEBOOKS,
    lessons: Path = LESSONS,
    say: Callable[[str], None] = print,
) -> dict[str, list[Missing]]:
    """Write every lesson in the languages; return the blocks that stay English, by file."""
    missing = {}
    for language in languages:
        for path in pages(lessons):
            notebook, left = localise(path, language)
            target = folder / language / f"{page_name(path)}.ipynb"
            message = write(target, notebook)
            if message:
                say(f"notebooks: {language}/{message}")
            if left:
                missing[f"{language}/{target.name}"] = left
                first = left[0]
                say(
                    f"notebooks: {language}/{target.name}: blocks that stay English: {len(left)}, "
                    f"the first at {path.parent.name}/{path.name}:{first.line} ({first.why})"
                )
    return missing


def main(arguments: list[str] | None = None) -> int:
    """Write the localised notebooks; return 1 if a lesson can't be read."""
    options = argparse.ArgumentParser(
        prog="python -m web.lessons.localise", description=main.__doc__
    )
    options.add_argument("languages", nargs="*", metavar="LANGUAGE", help="en, ko; both if none")
    given = options.parse_args(arguments)
    wrong = set(given.languages) - set(LANGUAGES)
    if wrong:
        options.error(f"no language {', '.join(sorted(wrong))}; there are {', '.join(LANGUAGES)}")
    try:
        write_all(tuple(given.languages) or LANGUAGES)
    except LessonError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"notebooks: in {NOTEBOOKS.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
