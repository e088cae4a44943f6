"""Reads a lesson's source into objects: front matter, cells, directives, exercises, texts.

A source says its title in the front matter alone. What is parsed, staged and built is `staged`:
the same text with heading and lesson head put in, on the lines that the front matter took.

What must stay true: the parser gives the tokens that MyST's own gives with the site's extensions
(a test holds them together), so that cells are those that the site runs, and :func:`texts` gives
the very ``msgid`` that Sphinx's gettext builder extracts; a line of the staged text has the number
that it has in the source. A learner's environment has neither Sphinx nor MyST: only markdown-it
and its plugins are imported here. Knows the lessons' form, never their content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, cast

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_block import make_fence_rule
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from web.lessons.folders import page_name, split_front
from web.lessons.front import Fault, Head, LessonError, line_of, read_head

DIRECTIVES = ("lesson-head", "predict", "quiz", "hint", "solution", "note", "warning", "tip")
CHOICES = ("predict", "quiz")
OPENING = re.compile(r"\{([\w-]+)\}\s*(.*)")
OPTION = re.compile(r":([\w-]+):(?:\s+(.*))?$")


@dataclass(frozen=True)
class Cell:
    """A cell; ``line`` is the source's line (from 1) on which ``source`` begins."""

    kind: str
    source: str
    line: int
    index: int
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that the ``:tags:`` option gives."""
        return tuple(self.options.get("tags") or ())


@dataclass(frozen=True)
class Directive:
    """A fenced directive; ``line`` is that of its fence, ``body_line`` of its content."""

    name: str
    argument: str
    options: dict[str, str]
    content: str
    line: int
    body_line: int


@dataclass(frozen=True)
class Choice:
    """A prediction or quiz question: the question, its answers, each with its reason."""

    question: str
    answers: tuple[tuple[str, str], ...]
    after: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading with the labels that stand before it."""

    level: int
    text: str
    line: int
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """A block to translate: ``msgid`` as Sphinx extracts it, and where it stands."""

    msgid: str
    line: int


@dataclass(frozen=True)
class Exercise:
    """An exercise: the cell the learner writes in, the cells that check it, hints, solution."""

    cell: Cell
    checks: tuple[Cell, ...]
    hints: tuple[Directive, ...]
    solutions: tuple[Directive, ...]

    @property
    def solution(self) -> str | None:
        """The code of the first solution, if there is one."""
        return solution_code(self.solutions[0]) if self.solutions else None


@dataclass(frozen=True)
class Lesson:
    """A lesson's source, read."""

    path: Path
    head: Head
    head_line: int
    kernelspec: dict[str, str]
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """The name of its page, e.g. ``01-first-message``."""
        return page_name(self.path)

    @property
    def number(self) -> str:
        """The two digits before the topic."""
        return self.name[:2]

    @property
    def title(self) -> str:
        """The title that the front matter gives."""
        return self.head.title

    def cell_id(self, cell: Cell) -> str:
        """Return the id that the cell has in every localised notebook."""
        return f"{self.name}-{cell.index:02d}"

    def code(self) -> list[Cell]:
        """Return the code cells, in order."""
        return [cell for cell in self.cells if cell.kind == "code"]

    def markdown(self) -> list[Cell]:
        """Return the Markdown cells, in order."""
        return [cell for cell in self.cells if cell.kind == "markdown"]

    def headings(self) -> list[Heading]:
        """Return all headings outside directives, in order."""
        return [h for cell in self.markdown() for h in headings(cell.source, cell.line)]

    def directives(self) -> list[tuple[Cell, Directive]]:
        """Return every directive, nested ones too, with the cell in which it stands."""
        return [(c, d) for c in self.markdown() for d in all_directives(c.source, c.line)]

    def texts(self) -> list[Text]:
        """Return what is to be translated, in the order of the source, each ``msgid`` once."""
        found = {self.head.title: Text(self.head.title, self.head_line)}
        found[self.head.question] = Text(self.head.question, self.head_line)
        for cell in self.markdown():
            for text in texts(cell.source, cell.line):
                found.setdefault(text.msgid, text)
        return list(found.values())

    def exercises(self) -> list[Exercise]:
        """Return the exercises; a hint, solution or check belongs to the nearest one before it."""
        directives = self.directives()
        writing = [cell for cell in self.code() if "exercise" in cell.tags]
        found = []
        for cell, following in zip_longest(writing, writing[1:]):
            end = following.index if following else len(self.cells)
            own = [d for c, d in directives if cell.index < c.index < end]
            found.append(
                Exercise(
                    cell,
                    tuple(
                        c for c in self.code() if cell.index < c.index < end and "check" in c.tags
                    ),
                    tuple(d for d in own if d.name == "hint"),
                    tuple(d for d in own if d.name == "solution"),
                )
            )
        return found


@cache
def parser() -> MarkdownIt:
    """Return a parser of MyST's Markdown with colon fences, as the site reads it."""
    made = MarkdownIt("commonmark").enable("table")
    made.use(front_matter_plugin)
    made.use(myst_block_plugin)
    made.use(myst_role_plugin)
    made.use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True)
    colon_fence = make_fence_rule(markers=(":",), token_type="colon_fence")
    interrupts = ["paragraph", "reference", "blockquote", "list", "footnote_def"]
    made.block.ruler.before("fence", "colon_fence", colon_fence, {"alt": interrupts})
    return made


def parse(text: str) -> list[Token]:
    """Parse Markdown into block tokens."""
    return parser().parse(text)


def read(path: Path) -> Lesson:
    """Read a lesson.

    Raises
    ------
    LessonError
        With a line for every fault: front matter that is missing or wrong, a directive that
        lessons don't have, a cell whose options can't be read.
    """
    text = path.read_text(encoding="utf-8")
    faults: list[Fault] = []
    front, body = _front(path, text)
    head = read_head(path, front, text.splitlines()[:body], faults)
    if head is not None:
        text = _staged(path, text, front, head)
    tokens = parse(text + "\n")
    if tokens and tokens[0].type == "front_matter" and tokens[0].map:
        body = tokens[0].map[1]
    cells = _cells(path, tokens, text.splitlines(), body, faults)
    for cell in cells:
        if cell.kind == "markdown":
            for directive in all_directives(cell.source, cell.line):
                if directive.name not in DIRECTIVES:
                    faults.append(
                        Fault(
                            path,
                            directive.line,
                            f"unknown directive {{{directive.name}}}",
                            "lessons have " + ", ".join(DIRECTIVES),
                        )
                    )
    if faults or head is None:
        raise LessonError(sorted(faults, key=lambda fault: fault.line))
    kernelspec = cast("dict[str, str]", front["kernelspec"])
    line = line_of("question", path.read_text(encoding="utf-8").splitlines())
    return Lesson(path, head, line, kernelspec, tuple(cells))


def staged(path: Path) -> str:
    """Return a lesson's text as the site reads it, with its heading and its head.

    Raises
    ------
    LessonError
        If the front matter is missing or wrong.
    """
    text = path.read_text(encoding="utf-8")
    faults: list[Fault] = []
    front, body = _front(path, text)
    head = read_head(path, front, text.splitlines()[:body], faults)
    if head is None:
        raise LessonError(sorted(faults, key=lambda fault: fault.line))
    return _staged(path, text, front, head)


def _front(path: Path, text: str) -> tuple[dict[str, Any], int]:
    """Return the front matter, empty if there is none, and the number of its lines."""
    content, body = split_front(text)
    try:
        loaded = yaml.safe_load(content)
    except yaml.YAMLError as error:
        problem = str(error).replace("\n", " ")
        raise LessonError(
            [Fault(path, 1, f"front matter is not YAML: {problem}", "mend the YAML")]
        ) from error
    return (loaded if isinstance(loaded, dict) else {}), body


def _staged(path: Path, text: str, front: dict[str, Any], head: Head) -> str:
    """Put the heading and the lesson's head where the front matter was, on as many lines."""
    body = split_front(text)[1]
    label = f"lesson-{page_name(path).partition('-')[0]}"
    opening = ["---", json.dumps(front, ensure_ascii=False), "---"]
    opening += [f"({label})=", f"# {head.title}", "", ":::{lesson-head}", ":::"]
    opening += [""] * (body - len(opening))
    return "\n".join([*opening, *text.splitlines()[body:]]) + "\n"


def _cells(
    path: Path, tokens: list[Token], lines: list[str], body: int, faults: list[Fault]
) -> list[Cell]:
    """Cut a source into cells as myst-nb does: at code cells and at ``+++``, top level only."""
    cells: list[Cell] = []

    def flush(start: int, end: int) -> None:
        while start < end and not lines[start].strip():
            start += 1
        while end > start and not lines[end - 1].strip():
            end -= 1
        if start < end:
            cells.append(Cell("markdown", "\n".join(lines[start:end]), start + 1, len(cells)))

    start = body
    for token in tokens:
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "myst_block_break" and token.level == 0:
            flush(start, first)
            start = last
        elif token.type == "fence" and token.info.startswith("{code-cell}"):
            if token.level > 0:
                faults.append(
                    Fault(path, first + 1, "code cell inside a list or quote", "move it out of it")
                )
                continue
            flush(start, first)
            options, skipped = _options(token.content)
            values: dict[str, Any] = {}
            for key, value in options.items():
                try:
                    values[key] = yaml.safe_load(value)
                except yaml.YAMLError:
                    faults.append(
                        Fault(path, first + 1, f"cell option :{key}: {value}", "write YAML")
                    )
            tags = values.get("tags") or []
            if not isinstance(tags, list):
                faults.append(
                    Fault(path, first + 1, f"cell option :tags: {tags}", "write [first, second]")
                )
                values["tags"] = []
            source = "\n".join(token.content.splitlines()[skipped:]).rstrip()
            cells.append(Cell("code", source, first + 2 + skipped, len(cells), values))
            start = last
    flush(start, len(lines))
    return cells


def _options(content: str) -> tuple[dict[str, str], int]:
    """Return the ``:key: value`` options at the head of a directive, and the lines they take."""
    options: dict[str, str] = {}
    lines = content.splitlines()
    taken = 0
    while taken < len(lines) and (match := OPTION.match(lines[taken])):
        options[match[1]] = match[2] or ""
        taken += 1
    while taken < len(lines) and not lines[taken].strip():
        taken += 1
    return options, taken


def directive(token: Token, line: int) -> Directive | None:
    """Read a fence token as a directive.

    Parameters
    ----------
    token
        A block token.
    line
        The line, counted from 1, on which the parsed text begins.

    Returns
    -------
    Directive or None
        None where the token is something else, a plain code block for instance.
    """
    if token.type not in ("fence", "colon_fence") or token.map is None:
        return None
    match = OPENING.fullmatch(token.info.strip())
    if match is None or match[1] == "code-cell":
        return None
    options, taken = _options(token.content)
    content = "\n".join(token.content.splitlines()[taken:])
    first = line + token.map[0]
    return Directive(match[1], match[2], options, content, first, first + 1 + taken)


def directives(text: str, line: int = 1) -> list[Directive]:
    """Return the directives of a text, without those nested in them."""
    found = (directive(token, line) for token in parse(text))
    return [item for item in found if item is not None]


def all_directives(text: str, line: int = 1) -> Iterator[Directive]:
    """Return the directives of a text, each followed by those nested in it."""
    for item in directives(text, line):
        yield item
        yield from all_directives(item.content, item.body_line)


def headings(text: str, line: int = 1) -> list[Heading]:
    """Return a text's headings, with the labels ``(label)=`` that stand right before each."""
    found: list[Heading] = []
    labels: list[str] = []
    tokens = parse(text)
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.type == "myst_target":
            labels.append(token.content)
        elif token.type == "heading_open" and following is not None:
            at = line + (token.map[0] if token.map else 0)
            level = int(token.tag[1])
            found.append(Heading(level, _folded(following.content), at, tuple(labels)))
            labels = []
        elif token.level == 0 and token.type not in ("inline", "heading_close"):
            labels = []
    return found


def choice(text: str) -> Choice:
    """Split a prediction's or quiz's content: question, then a list of answers with reasons."""
    lines = text.splitlines()
    tokens = parse(text)
    lists = [t for t in tokens if t.type == "bullet_list_open" and t.level == 0]
    if not lists or lists[-1].map is None:
        return Choice(text.strip(), ())
    start, end = lists[-1].map
    answers = []
    for token in tokens:
        if token.type != "list_item_open" or token.level != 1 or token.map is None:
            continue
        if not start <= token.map[0] < end:
            continue
        item = lines[token.map[0] : token.map[1]]
        marker = re.match(r"\s*[-*+]\s+", item[0])
        width = marker.end() if marker else 2
        item = [item[0][width:]] + [_dedented(line, width) for line in item[1:]]
        inner = parse("\n".join(item))
        cut = inner[0].map[1] if inner and inner[0].map else len(item)
        answer = " ".join(line.strip() for line in item[:cut])
        answers.append((answer.strip(), "\n".join(item[cut:]).strip("\n")))
    return Choice(
        "\n".join(lines[:start]).strip("\n"),
        tuple(answers),
        "\n".join(lines[end:]).strip("\n"),
    )


def _dedented(line: str, width: int) -> str:
    spaces = len(line) - len(line.lstrip(" "))
    return line[min(spaces, width) :]


def solution_code(item: Directive) -> str | None:
    """Return the code of a solution's first block, None where that is not Python."""
    blocks = [token for token in parse(item.content) if token.type == "fence"]
    if not blocks or blocks[0].info.strip() != "python":
        return None
    return blocks[0].content.rstrip("\n")


def msgid(content: str) -> str:
    """Return the key under which Sphinx looks up an inline text's translation."""
    return _folded(re.sub(r"[ \t]*\\[ \t]*$", "", content, flags=re.MULTILINE))


def _folded(text: str) -> str:
    return text.replace("\n", " ").strip()


def texts(text: str, line: int = 1) -> Iterator[Text]:
    """Return what Sphinx extracts of a text, in its order, with the line of each."""
    for token in parse(text):
        item = directive(token, line)
        if item is not None:
            yield from texts(item.content, item.body_line)
        elif token.type == "inline" and token.content:
            at = line + (token.map[0] if token.map else 0)
            yield Text(msgid(token.content), at)
            for child in token.children or []:
                if child.type == "image" and child.content:
                    yield Text(child.content, at)


def one_paragraph(text: str) -> bool:
    """Tell whether a translation stays one paragraph; Sphinx silently drops any other."""
    blocks = [token for token in parse(text) if token.level == 0 and token.nesting >= 0]
    return len(blocks) == 1 and blocks[0].type == "paragraph_open"
