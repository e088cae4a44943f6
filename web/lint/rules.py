"""Checks the sources of lessons, translations and guides: ``python -m web.lint.rules``.

Reads text only and takes a few seconds. Each finding is ``file:line: what is wrong; how to mend
it``, and nothing can be silenced: a rule that is wrong somewhere is wrong, and is mended here.

Three parts: how a lesson is built and what its cells may do; translations; prose in both
languages. The terms are in ``glossary.csv``: what to write, by which names readers know it too
(``known``), which of these are refused outside brackets, and what is misspelt anywhere.
"""

from __future__ import annotations

import argparse
import ast
import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path

import polib
from markdown_it.token import Token

from web.lessons.comments import lesson_comments
from web.lessons.curriculum import faults as curriculum_faults
from web.lessons.curriculum import rows
from web.lessons.folders import FIRST, page_name, pages
from web.lessons.source import (
    CHOICES,
    Cell,
    Fault,
    Lesson,
    LessonError,
    choice,
    directive,
    headings,
    one_paragraph,
    parse,
    read,
    solution_code,
)
from web.lint.terms import lint_glossaries
from web.paths import ROOT

HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
TARGET = re.compile(r"\]\(([^()\s]*)\)")

# ---------------------------------------------------------------- lessons: their form

# (accepted heading, name to report, whether a lesson must have it); in this order.
EXERCISE = "Exercise"
MOULD = (
    (r"You will be able to", "You will be able to"),
    (r"The situation", "The situation"),
    (r"The idea(: .+)?", "The idea"),
    (r"Break it(: .+)?", "Break it"),
    (r"Exercises?( \d)?(: .+)?", EXERCISE),
    (r"In production", "In production"),
    (r"Remember", "Remember"),
    (r"Quiz", "Quiz"),
    (r"Further", "Further"),
)
LONGEST_CELL = 15
QUIZ_QUESTIONS = 3
HINTS = 2

# ---------------------------------------------------------------- lessons: their cells

MODULES = (
    "threading",
    "subprocess",
    "multiprocessing",
    "socket",
    "concurrent",
    "signal",
    "urllib",
    "http",
    "requests",
)
CALLS = {
    "time.sleep": "wait for the event itself",
    "asyncio.run": "use top-level await",
    "asyncio.to_thread": "tag the cell libzmq-only, or write it without a thread",
    "asyncio.create_subprocess_exec": "tag the cell libzmq-only",
    "asyncio.create_subprocess_shell": "tag the cell libzmq-only",
    "os.fork": "tag the cell libzmq-only",
    "os.kill": "tag the cell libzmq-only",
    "os.system": "tag the cell libzmq-only",
}
ENDPOINT = re.compile(r"(tcp|ipc|inproc|udp|e?pgm|wss?|tipc|vmci)://")
ENDPOINT_HERE = re.compile(r"inproc://.*|tcp://127\.0\.0\.1(:\*?)?")
RECEIVING = re.compile(r"recv(_\w+)?")

# ---------------------------------------------------------------- Korean

CONSONANT = ("은", "이", "을", "으로", "과", "이나", "이라는", "이란")
VOWEL = ("는", "가", "를", "로", "와", "나", "라는", "란")
# After ㄹ it is 로, all else as after a consonant.
RIEUL = tuple(form if form != "으로" else "로" for form in CONSONANT)
NAMES = (
    (VOWEL, ("REQ", "REP", "PUSH", "DEALER", "ROUTER", "PAIR", "ZMTP", "CURVE", "TCP", "IPC")),
    (VOWEL, ("asyncio", "ZeroMQ", "pyzmq", "libzmq", "purezmq")),
    (CONSONANT, ("PUB", "SUB", "XPUB", "XSUB", "HWM", "ZAP", "inproc", "zmqlab")),
    (RIEUL, ("PULL", "NULL", "URL", "poll")),
)
SOUNDS = {name: forms for forms, names in NAMES for name in names}
# After a noun, the other particles may be endings of a verb or the noun's own syllable.
CERTAIN = ("로", "으로", "는", "은", "를", "을", "와", "과", "가")
PARTICLES = sorted({*CONSONANT, *VOWEL}, key=len, reverse=True)
TRAILING = (
    "으로부터|로부터|에서는|에서도|으로는|로는|에는|에도|까지는|보다는|이라고|이라는|입니다|이며|이고|이나|"
    "까지|부터|에서|에게|으로|라고|라는|처럼|보다|마다|은|는|이|가|을|를|의|에|와|과|로|도|만|인|나"
)
TRANSLATED_NAMES = {
    "푸시": "PUSH",
    "풀": "PULL",
    "펍": "PUB",
    "섭": "SUB",
    "딜러": "DEALER",
    "라우터": "ROUTER",
    "페어": "PAIR",
    "리퀘스트": "REQ",
    "리플라이": "REP",
    "퍼블리시": "PUB",
    "서브스크라이브": "SUB",
}
FORBIDDEN = (
    (r"당신|여러분", "drop the subject"),
    (r"그녀|(?<![가-힣])그것은", "drop the pronoun or repeat the noun"),
    (r"은\(는\)|는\(은\)|이\(가\)|가\(이\)|을\(를\)|를\(을\)|\(으\)로", "choose the particle"),
    (r"[가-힣]에 의해", "name who does it as the subject"),
    (r"에 있어서|인 경우에 있어", "…하면, …할 때"),
    (r"수행(하|합|할|한|했)", "name the action: 다시 시도합니다"),
    (r"(?<![가-힣])(메시지|소켓|프레임|데이터|연결)들", "Korean needs no plural here"),
    (
        r"[을를] 가집니다|[을를] 가지고 있습니다",
        "…이(가) 있습니다 as it fits: 소켓이 두 개 있습니다",
    ),
    (r"것 중 하나", "특히 …합니다"),
    (r"될 것입니다|할 것입니다", "the present: 연결됩니다"),
    (r"(확인|사용|전송|수신|설정|실행)이 가능합니다", "…할 수 있습니다"),
    (r"되어집니다|되어진|보여집니다|보여진", "a single passive, or the active"),
    (r"(?<![가-힣])바인딩(하|합|할|한|했)", "바인드하다 (바인딩 is a language binding)"),
)
SPACING = (
    (r"할수 |할수있", "할 수"),
    (r"(?<![가-힣])두개|(?<![가-힣])세개|(?<![가-힣])한개", "두 개"),
    (r"(?<![가-힣])몇가지", "몇 가지"),
    (r"해보(세요|면|자|기|겠)", "해 보다"),
)
LONGEST_SENTENCE = 90

# ---------------------------------------------------------------- English

FILLERS = (
    r"in this (lesson|section|chapter|page),? (we|you) (will|are going to)",
    r"we will (now )?(learn|see|explore|look at|discuss)",
    r"let's (dive|explore|take a look)",
    r"(it is|it's) (important|worth) (to note|noting)",
    r"(please )?note that",
    r"as we all know|needless to say|it goes without saying|as you can see",
    r"in order to",
    r"obviously|simply|basically|essentially",
    r"delve|seamless(ly)?|leverag(e|es|ing)|utili[sz]e[sd]?|cutting-edge|game[- ]chang\w+",
)


@dataclass(frozen=True)
class Block:
    """An inline text of a page: its line, its source, whether it stands in a quote."""

    line: int
    content: str
    quoted: bool
    children: tuple[Token, ...] = ()


@dataclass(frozen=True)
class Term:
    """A row of the glossary."""

    english: str
    korean: str
    known: tuple[str, ...]
    refused: tuple[str, ...]
    misspelt: tuple[str, ...]


@cache
def glossary() -> tuple[Term, ...]:
    """Return the terms of ``glossary.csv``."""
    with (Path(__file__).parent / "glossary.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Term(
                row["english"],
                row["korean"],
                *(
                    tuple(filter(None, row[column].split("; ")))
                    for column in ("known", "refused", "misspelt")
                ),
            )
            for row in csv.DictReader(file)
        )


# What these hold is not prose.
NOT_PROSE = {"toctree", "code-block", "code", "literalinclude", "include", "raw", "image"}


def blocks(text: str, line: int = 1, quoted: bool = False) -> Iterator[Block]:
    """Return a text's inline blocks, those inside directives too."""
    depth = 0
    for token in parse(text):
        if token.type in ("blockquote_open", "blockquote_close"):
            depth += token.nesting
        item = directive(token, line)
        if item is not None and item.name not in NOT_PROSE:
            yield from blocks(item.content, item.body_line, quoted or depth > 0)
        elif token.type == "inline" and token.content:
            at = line + (token.map[0] if token.map else 0)
            children = tuple(token.children or ())
            yield Block(at, token.content, quoted or depth > 0, children)


# ================================================================ lessons


def lint_lesson(lesson: Lesson) -> Iterator[Fault]:
    """Check one lesson's form and cells."""
    yield from _headings(lesson)
    yield from _directives(lesson)
    yield from _exercises(lesson)
    yield from _code(lesson)
    yield from _closed(lesson)
    yield from _independent(lesson)
    if lesson.head.engine == "both":
        yield from _engines(lesson)
    yield from _limits(lesson)
    for cell in lesson.markdown():
        yield from english(lesson.path, cell.source, cell.line)
        for block in blocks(cell.source, cell.line):
            for child in block.children:
                if child.type == "myst_role":
                    yield Fault(
                        lesson.path,
                        block.line,
                        f"role {{{child.meta.get('name')}}} in a lesson",
                        "use a Markdown link or plain code",
                    )


def _headings(lesson: Lesson) -> Iterator[Fault]:
    found = lesson.headings()
    tops = [heading for heading in found if heading.level == 1]
    if len(tops) != 1:
        line = tops[1].line if tops else 1
        yield Fault(lesson.path, line, f"{len(tops)} H1 headings", "one, the title")
    sections = [heading for heading in found if heading.level == 2]
    last = -1
    seen: set[str] = set()
    for heading in sections:
        place = next(
            (i for i, (form, _) in enumerate(MOULD) if re.fullmatch(form, heading.text)), None
        )
        if place is None:
            # Predictions, runs and the cure have titles of their own, between idea and exercise.
            if not {"The idea"} <= seen or EXERCISE in seen:
                yield Fault(
                    lesson.path,
                    heading.line,
                    f"heading {heading.text!r} is not one of the mould's here",
                    "free headings stand between The idea and Exercise",
                )
            continue
        name = MOULD[place][1]
        if name in seen and name != EXERCISE:
            yield Fault(lesson.path, heading.line, f"heading {name!r} twice", "join them")
        if place < last:
            yield Fault(
                lesson.path,
                heading.line,
                f"heading {name!r} stands after {MOULD[last][1]!r}",
                "keep the mould's order",
            )
        last = max(last, place)
        seen.add(name)
    for _, name in MOULD:
        if name not in seen:
            yield Fault(lesson.path, 1, f"no section {name!r}", f"add ## {name}")


def _directives(lesson: Lesson) -> Iterator[Fault]:
    found = [item for _, item in lesson.directives()]
    for name, least, most in (
        ("lesson-head", 1, 1),
        ("predict", 1, None),
        ("quiz", QUIZ_QUESTIONS, QUIZ_QUESTIONS),
    ):
        count = sum(item.name == name for item in found)
        if count < least or (most is not None and count > most):
            needed = f"{least}" if most else f"at least {least}"
            yield Fault(lesson.path, 1, f"{count} {{{name}}} in the lesson", f"it needs {needed}")
    for cell, item in lesson.directives():
        if item.name not in CHOICES:
            continue
        parts = choice(item.content)
        if not parts.question:
            yield Fault(lesson.path, item.line, f"{{{item.name}}} without a question", "ask one")
        if not 2 <= len(parts.answers) <= 4:
            yield Fault(
                lesson.path,
                item.line,
                f"{{{item.name}}} has {len(parts.answers)} answers",
                "give it a list of 2 to 4",
            )
        given = item.options.get("answer", "")
        if not given.isdecimal() or not 1 <= int(given) <= len(parts.answers):
            yield Fault(
                lesson.path,
                item.line,
                f"{{{item.name}}} has :answer: {given or 'missing'}",
                f"a number from 1 to {len(parts.answers)}",
            )
        for number, (_, reason) in enumerate(parts.answers, 1):
            if not reason:
                yield Fault(
                    lesson.path,
                    item.line,
                    f"answer {number} of {{{item.name}}} has no reason",
                    "add an indented paragraph under it, after an empty line",
                )
        if parts.after:
            yield Fault(
                lesson.path,
                item.line,
                f"{{{item.name}}} goes on after its answers",
                "end it with the list",
            )
        after = lesson.cells[cell.index + 1 : cell.index + 2]
        if item.name == "predict" and not after:
            yield Fault(lesson.path, item.line, "no cell runs after {predict}", "add the run")


def _exercises(lesson: Lesson) -> Iterator[Fault]:
    exercises = lesson.exercises()
    if not exercises:
        yield Fault(lesson.path, 1, "no exercise", "tag the learner's cell [exercise]")
    first = exercises[0].cell.index if exercises else len(lesson.cells)
    for exercise in exercises:
        line = exercise.cell.line
        if not exercise.checks:
            yield Fault(
                lesson.path, line, "exercise without a check", "tag a cell [check] after it"
            )
        for cell in exercise.checks:
            if not re.search(r"\bcheck\(", cell.source):
                yield Fault(lesson.path, cell.line, "cell tagged check calls no check()", "call it")
        if len(exercise.hints) != HINTS:
            yield Fault(
                lesson.path, line, f"exercise with {len(exercise.hints)} hints", f"give {HINTS}"
            )
        if len(exercise.solutions) != 1:
            yield Fault(
                lesson.path, line, f"exercise with {len(exercise.solutions)} solutions", "give one"
            )
        for item in exercise.solutions:
            if solution_code(item) is None:
                yield Fault(
                    lesson.path,
                    item.line,
                    "{solution} does not hold exactly one ```python block",
                    "give it one",
                )
    for cell, item in lesson.directives():
        if item.name in ("hint", "solution") and cell.index < first:
            yield Fault(
                lesson.path, item.line, f"{{{item.name}}} before any exercise", "move it after one"
            )
    for cell in lesson.code():
        if "check" in cell.tags and cell.index < first:
            yield Fault(lesson.path, cell.line, "check before any exercise", "move it after one")


def _pieces(lesson: Lesson, solutions: bool = True) -> Iterator[tuple[Cell, ast.Module]]:
    """Return the code cells that parse, in order, then the solutions as if they were cells."""
    for cell in lesson.code():
        tree = _tree(cell.source)
        if isinstance(tree, ast.Module):
            yield cell, tree
    for _, item in lesson.directives() if solutions else []:
        source = solution_code(item) if item.name == "solution" else None
        if source is not None:
            tree = _tree(source)
            if isinstance(tree, ast.Module):
                fence = item.content.splitlines().index("```python")
                line = item.body_line + fence + 1
                yield Cell("code", source, line, len(lesson.cells), {"tags": ["solution"]}), tree


def _tree(source: str) -> ast.Module | SyntaxError:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        tree = compile(source, "cell", "exec", flags)
    except SyntaxError as error:
        return error
    assert isinstance(tree, ast.Module)
    return tree


def _code(lesson: Lesson) -> Iterator[Fault]:
    sources = [(cell, cell.source) for cell in lesson.code()]
    for _, item in lesson.directives():
        code = solution_code(item) if item.name == "solution" else None
        if code is not None:
            made = Cell("code", code, item.body_line + 1, len(lesson.cells), {"tags": ["solution"]})
            sources.append((made, code))
    for cell, source in sources:
        count = len(source.splitlines())
        if count > LONGEST_CELL and not {"exercise", "solution"} & set(cell.tags):
            yield Fault(
                lesson.path,
                cell.line,
                f"cell of {count} lines",
                f"at most {LONGEST_CELL}: one idea a cell",
            )
        magic = next((n for n, t in enumerate(source.splitlines()) if re.match(r"\s*[%!]", t)), -1)
        tree = _tree(source)
        if magic >= 0:
            yield Fault(lesson.path, cell.line + magic, "magic or shell line", "write Python")
        elif isinstance(tree, SyntaxError):
            at = cell.line + (tree.lineno or 1) - 1
            yield Fault(lesson.path, at, f"code does not parse: {tree.msg}", "mend it")
        for number, text in enumerate(source.splitlines()):
            if HANGUL.search(text):
                yield Fault(
                    lesson.path,
                    cell.line + number,
                    "Korean in a code cell",
                    "code is the same for both languages: write English",
                )


def _name(node: ast.AST) -> str:
    """Return ``a.b.c`` for names and attributes, nothing for other expressions."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = _name(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def _engines(lesson: Lesson) -> Iterator[Fault]:
    """Hold cells to what runs in a browser too."""
    for cell, tree in _pieces(lesson):
        own = "libzmq-only" in cell.tags
        for node in ast.walk(tree):
            at = cell.line + getattr(node, "lineno", 1) - 1
            if isinstance(node, ast.Call):
                called = _name(node.func)
                if called == "asyncio.sleep" and not _is_zero(node):
                    yield Fault(
                        lesson.path, at, "asyncio.sleep", "wait for the event itself, with a limit"
                    )
                elif not own and called in CALLS:
                    yield Fault(lesson.path, at, called, CALLS[called])
                elif not own and called.endswith(
                    ("run_until_complete", "run_in_executor", "run_forever")
                ):
                    yield Fault(lesson.path, at, called.split(".")[-1], "use top-level await")
            if own:
                continue
            if isinstance(node, ast.Import | ast.ImportFrom):
                for module in _imported(node):
                    root = module.split(".")[0]
                    if root in MODULES or module in ("time.sleep", "zmqlab.Programs"):
                        yield Fault(
                            lesson.path,
                            at,
                            f"{module} in a lesson with engine: both",
                            "tag the cell libzmq-only, or do without",
                        )
            elif isinstance(node, ast.Constant) and _elsewhere(node.value):
                yield Fault(
                    lesson.path,
                    at,
                    f"endpoint {node.value!r}",
                    "inproc://… or tcp://127.0.0.1:* with the port read back",
                )


def _elsewhere(value: object) -> bool:
    """Tell whether a constant is an endpoint that such a lesson may not use."""
    return (
        isinstance(value, str)
        and ENDPOINT.match(value) is not None
        and ENDPOINT_HERE.fullmatch(value) is None
    )


def _is_zero(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


class _Waits(ast.NodeVisitor):
    """Finds receives without a limit; is shown a lesson's cells in their order.

    A socket is limited if ``rcvtimeo`` was set on it or on the context that made it. A name whose
    maker is not seen (a function's parameter) counts as limited once anything is.
    """

    def __init__(self) -> None:
        self.limited: set[str] = set()
        self.maker: dict[str, str] = {}
        self.found: list[ast.Call] = []
        self._within = 0

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr.lower() == "rcvtimeo":
                self.limited.add(_name(target.value))
            for name, value in _assigned(target, node.value):
                self._made(name, value)

    def _made(self, name: str, value: ast.expr) -> None:
        for call in ast.walk(value):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr == "socket":
                self.maker[name] = _name(call.func.value)
                self.limited.discard(name)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        limits = 0
        for item in node.items:
            self.visit(item.context_expr)
            call = item.context_expr
            if isinstance(call, ast.Call) and _name(call.func) in (
                "asyncio.timeout",
                "asyncio.timeout_at",
            ):
                limits = 1
            if isinstance(item.optional_vars, ast.Name):
                self._made(item.optional_vars.id, item.context_expr)
        self._within += limits
        for statement in node.body:
            self.visit(statement)
        self._within -= limits

    visit_AsyncWith = visit_With  # noqa: N815

    def visit_Call(self, node: ast.Call) -> None:
        called = _name(node.func)
        limit = called in ("asyncio.wait_for", "wait_for")
        limit = limit or any(word.arg == "timeout" for word in node.keywords)
        attribute = ""
        if isinstance(node.func, ast.Attribute):
            attribute = node.func.attr
            option = _name(node.args[0]) if node.args else ""
            if attribute in ("setsockopt", "set") and option.endswith("RCVTIMEO"):
                self.limited.add(_name(node.func.value))
        self._within += limit
        self.generic_visit(node)
        if not self._within and self._waits(node, attribute):
            self.found.append(node)
        self._within -= limit

    def _waits(self, node: ast.Call, attribute: str) -> bool:
        if attribute == "poll":
            return not node.args or (
                isinstance(node.args[0], ast.Constant) and node.args[0].value is None
            )
        if not RECEIVING.fullmatch(attribute) or not isinstance(node.func, ast.Attribute):
            return False
        flags = ast.dump(node)
        if "'NOBLOCK'" in flags or "'DONTWAIT'" in flags:
            return False
        name = _name(node.func.value)
        if name in self.limited or self.maker.get(name) in self.limited:
            return False
        return name in self.maker or not self.limited


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Pair names with what they are given, element by element where both are tuples."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, given in zip_longest(target.elts, value.elts):
            if one is not None and given is not None:
                yield from _assigned(one, given)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.GeneratorExp | ast.ListComp):
        for one in target.elts:
            yield from _assigned(one, value.elt)


def _limits(lesson: Lesson) -> Iterator[Fault]:
    visitor = _Waits()
    for cell, tree in _pieces(lesson):
        visitor.found = []
        visitor.visit(tree)
        for call in visitor.found:
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            yield Fault(
                lesson.path,
                cell.line + call.lineno - 1,
                f"{method}() may wait for ever",
                "set context.rcvtimeo, or wrap it in asyncio.timeout",
            )


def _makes(value: ast.expr) -> str:
    """Tell whether an expression makes a ``socket`` or a ``context``."""
    if isinstance(value, ast.Await):
        value = value.value
    if not isinstance(value, ast.Call):
        return ""
    called = _name(value.func).split(".")[-1]
    if isinstance(value.func, ast.Attribute) and not called:
        called = value.func.attr
    return {"socket": "socket", "context": "context", "Context": "context"}.get(called, "")


def _closed(lesson: Lesson) -> Iterator[Fault]:
    """Every socket and context is closed by a context manager or in the last code cell.

    What libzmq-only cells open, the last of these may close.
    """
    pieces = list(_pieces(lesson))
    cells = lesson.code()
    ended = {name for cell, tree in pieces if cell is cells[-1] for name in _called(tree)}
    real = [tree for cell, tree in pieces if "libzmq-only" in cell.tags]
    ended_real = {name for tree in real for name in _called(tree)}
    reported: set[str] = set()
    for cell, tree in pieces:
        functions = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        inside = {id(node) for function in functions for node in ast.walk(function)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Assign):
                continue
            home = next((f for f in functions if any(n is node for n in ast.walk(f))), None)
            ends = ended | ended_real if "libzmq-only" in cell.tags else ended
            if home is not None:
                ends = _called(home)
            for target in node.targets:
                for name, value in _assigned(target, node.value):
                    kind = _makes(value)
                    if not kind or (id(node) not in inside and name in reported):
                        continue
                    maker = _maker(value)
                    if _ends(kind, name, maker, ends) or (home and _returned(home, name)):
                        continue
                    reported.add(name)
                    where = "in its function" if home else "in the last code cell"
                    yield Fault(
                        lesson.path,
                        cell.line + node.lineno - 1,
                        f"{kind} {name!r} is not closed",
                        f"use a context manager, or close it {where}",
                    )


def _called(tree: ast.AST) -> set[str]:
    """Return what is called: ``a.close`` and ``b.close`` for ``for s in (a, b): s.close()`` too."""
    names = {_name(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for loop in ast.walk(tree):
        if (
            isinstance(loop, ast.For)
            and isinstance(loop.target, ast.Name)
            and isinstance(loop.iter, ast.Tuple | ast.List)
        ):
            begin = f"{loop.target.id}."
            methods = [name.removeprefix(begin) for name in names if name.startswith(begin)]
            names |= {f"{_name(each)}.{method}" for each in loop.iter.elts for method in methods}
    return names


def _maker(value: ast.expr) -> str:
    """Return the context that makes a socket: ``context`` in ``context.socket(...)``."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return _name(value.func.value)
    return ""


def _ends(kind: str, name: str, maker: str, calls: set[str]) -> bool:
    if kind == "context":
        return bool({f"{name}.term", f"{name}.destroy"} & calls)
    return bool({f"{name}.close", f"{maker}.destroy"} & calls)


def _returned(function: ast.AST, name: str) -> bool:
    return any(
        isinstance(node, ast.Return) and node.value is not None and _name(node.value) == name
        for node in ast.walk(function)
    )


def _independent(lesson: Lesson) -> Iterator[Fault]:
    """No cell depends on what a cell tagged libzmq-only made."""
    pieces = list(_pieces(lesson, solutions=False))
    for place, (cell, tree) in enumerate(pieces):
        if "libzmq-only" not in cell.tags:
            continue
        pending = _stored(tree)
        for other, later in pieces[place + 1 :]:
            if "libzmq-only" in other.tags:
                continue
            pending -= _stored(later)
            for node in ast.walk(later):
                if isinstance(node, ast.Name) and node.id in pending:
                    pending.discard(node.id)
                    yield Fault(
                        lesson.path,
                        other.line + node.lineno - 1,
                        f"{node.id!r} comes from the libzmq-only cell at line {cell.line}",
                        "make it in a cell that always runs",
                    )


def _stored(tree: ast.Module) -> set[str]:
    """Return the names that a cell gives a value at its top level."""
    names: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue
        if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        waiting += ast.iter_child_nodes(node)
    return names


# ================================================================ translations


def lint_po(path: Path, lesson: Lesson | None) -> Iterator[Fault]:
    """Check one ``.po`` against its lesson, which is None where there is none."""
    if lesson is None:
        yield Fault(path, 1, "no such lesson", "rename or delete the file")
        return
    found = polib.pofile(str(path))
    entries = {entry.msgid: entry for entry in found if not entry.obsolete}
    texts = {text.msgid: text for text in (*lesson_comments(lesson), *lesson.texts())}
    for text in texts.values():
        if text.msgid not in entries:
            yield Fault(
                lesson.path,
                text.line,
                f"not in {path.name}: {_short(text.msgid)}",
                "run `make translate`, then translate it",
            )
    page: list[Block] = []
    for entry in found:
        line = entry.linenum or 1
        if entry.obsolete or entry.msgid not in texts:
            yield Fault(
                path, line, f"stale: {_short(entry.msgid)}", "move what is useful, then delete it"
            )
        elif entry.fuzzy:
            yield Fault(
                path, line, f"fuzzy: {_short(entry.msgid)}", "check it, then remove the mark"
            )
        elif not entry.msgstr.strip():
            yield Fault(path, line, f"untranslated: {_short(entry.msgid)}", "translate it")
        elif not one_paragraph(entry.msgstr):
            yield Fault(
                path,
                line,
                f"would stay English: {_short(entry.msgstr)}",
                "one paragraph that begins no list, heading, comment, +++ or ---",
            )
        else:
            yield from _same_names(path, line, entry.msgid, entry.msgstr)
            for token in parse(entry.msgstr):
                if token.type == "inline":
                    children = tuple(token.children or ())
                    page.append(Block(line, token.content, False, children))
    yield from korean(path, page, lines=False)


def _same_names(path: Path, line: int, english: str, translated: str) -> Iterator[Fault]:
    """Code, link targets and API names of the English stand in the Korean too."""
    for found, what in ((CODE, "code"), (TARGET, "link target")):
        missing = {m[0] for m in found.finditer(english)} - {
            m[0] for m in found.finditer(translated)
        }
        for text in sorted(missing):
            name = text.removeprefix("](").removesuffix(")") if what == "link target" else text
            yield Fault(path, line, f"{what} {name} is not in the translation", "keep it as it is")
    for name in SOUNDS:
        if name.isupper() and name not in ("NULL", "URL"):
            pattern = rf"(?<![A-Za-z_]){name}(?![A-Za-z_])"
            if re.search(pattern, CODE.sub("", english)) and not re.search(pattern, translated):
                yield Fault(path, line, f"{name} is not in the translation", "keep API names")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


# ================================================================ prose


def _masked(content: str) -> str:
    """Blank out code and link targets, keeping every position."""
    content = CODE.sub(lambda m: "`" + re.sub(r"[^\n]", "x", m[0][1:-1]) + "`", content)
    return TARGET.sub(lambda m: "](" + "x" * len(m[1]) + ")", content)


def _unquoted(text: str) -> str:
    """Blank out what stands in quotation marks: other people's words, and words about words."""
    return re.sub(r"“[^”]*”|\"[^\"]*\"|'[^']*'|‘[^’]*’", lambda m: " " * len(m[0]), text)


def korean(
    path: Path, page: list[Block], *, lines: bool = True, markdown: bool = True
) -> Iterator[Fault]:
    """Check a page of Korean.

    Parameters
    ----------
    path
        The file to name.
    page
        Its blocks.
    lines
        Whether a line break in a block is one in the file; not so in a ``.po``.
    markdown
        Whether asterisks mean something.
    """
    introduced: set[str] = set()
    for block in page:
        found = _korean_block(block, introduced)
        if markdown:
            found = chain(_asterisks(block.content), found)
        for position, what, mend in found:
            further = block.content[:position].count("\n") if lines else 0
            yield Fault(path, block.line + further, what, mend)


def _asterisks(raw: str) -> Iterator[tuple[int, str, str]]:
    """Find by rendering the asterisks that stay (escaped ones are meant), brackets in bold."""
    if not HANGUL.search(raw):
        return
    for token in parse(raw.replace(r"\*", "")):
        bold = 0
        for child in token.children or []:
            bold += child.nesting if child.type in ("strong_open", "strong_close") else 0
            if bold and child.type == "text" and "(" in child.content:
                where = max(raw.find(child.content), 0)
                yield where, f"bracket in bold: {child.content}", "put it outside"
            if child.type == "text" and "*" in child.content:
                text = child.content.strip()
                yield (
                    max(raw.find(text[:20]), 0),
                    f"literal asterisk: {_short(text)}",
                    "close bold after a letter, with brackets, quotes and code outside it",
                )


def _korean_block(block: Block, introduced: set[str]) -> Iterator[tuple[int, str, str]]:
    raw = block.content
    if not HANGUL.search(raw):
        return
    masked = _masked(raw)
    for term in glossary():
        for word in term.misspelt:
            for match in re.finditer(re.escape(word), masked):
                yield match.start(), f"{word}", f"write {term.korean}"
        for word in term.refused:
            pattern = rf"(?<![가-힣(]){word}(?=({TRAILING})?(?![가-힣)]))"
            for match in re.finditer(pattern, masked):
                if masked.count("(", 0, match.start()) == masked.count(")", 0, match.start()):
                    yield match.start(), f"{word}", f"the term is {term.korean}"
    for pattern, right in SPACING:
        for match in re.finditer(pattern, masked):
            yield match.start(), f"{match[0].strip()}", f"write {right}"
    yield from _particles(raw)
    for match in re.finditer(r"(?<![가-힣])(\w+) 소켓", masked):
        if match[1] in TRANSLATED_NAMES:
            yield match.start(), match[0], f"write {TRANSLATED_NAMES[match[1]]} 소켓"
    for match in re.finditer(r"([가-힣]+)(?:\*\*)?\(([A-Za-z][A-Za-z -]*)\)", masked):
        key = f"{match[2].lower()}"
        if key in introduced:
            yield match.start(), f"{match[0]} once more", "the English stands once a page"
        introduced.add(key)
    if block.quoted:
        return
    free = _unquoted(masked)
    for pattern, mend in FORBIDDEN:
        for match in re.finditer(pattern, free):
            yield match.start(), match[0], mend
    for match in re.finditer(r"[—–]| -{1,2} ", free):
        yield match.start(), f"dash {match[0].strip()!r}", "a colon, a comma or a new sentence"
    plain = re.sub(r"!?\[[^\]]*\]\([^()\s]*\)|<[^>]+>", "", CODE.sub("", raw)).replace("*", "")
    for sentence in re.split(r"(?<=[.?!])\s+", plain.replace("\n", " ")):
        if len(sentence) > LONGEST_SENTENCE:
            where = raw.find(sentence[:10])
            yield (
                max(where, 0),
                f"sentence of {len(sentence)} characters: {_short(sentence)}",
                f"at most {LONGEST_SENTENCE}",
            )


def _particles(raw: str) -> Iterator[tuple[int, str, str]]:
    """Particles after names by their sound, and none after a space."""
    either = "|".join(PARTICLES)
    names = "|".join(sorted(SOUNDS, key=len, reverse=True))
    for match in re.finditer(rf"(?<![\w])({names})`?\**({either})(?![가-힣])", raw):
        forms = SOUNDS[match[1]]
        if match[2] not in forms:
            right = _partner(match[2], forms)
            yield match.start(), f"{match[1]}{match[2]}", f"write {match[1]}{right}"
    for match in re.finditer(rf"([가-힣])\**({either})(?![가-힣])", raw):
        before = raw[: match.start(2)].rstrip("*")
        for term in _nouns():
            if before.endswith(term) and not re.search(rf"[가-힣]{term}$", before):
                forms = _forms(term)
                if match[2] in CERTAIN and match[2] not in forms:
                    right = _partner(match[2], forms)
                    yield match.start(), f"{term}{match[2]}", f"write {term}{right}"
    spaced = "은|는|을|를|가|의|에|에서|으로|로|와|과"
    for match in re.finditer(rf"(?:`|(?<=[A-Za-z0-9)])) ({spaced})(?=[\s,.?!]|$)", raw):
        yield match.start(), f"space before {match[1]!r}", "code and names keep their particle"


def _partner(form: str, forms: tuple[str, ...]) -> str:
    for family in (CONSONANT, VOWEL):
        if form in family:
            return forms[family.index(form)]
    return forms[0]


@cache
def _nouns() -> tuple[str, ...]:
    return tuple(term.korean for term in glossary() if re.fullmatch(r"[가-힣 ]+", term.korean))


def _forms(word: str) -> tuple[str, ...]:
    """Return the particles that a Korean word takes, by its last syllable's final consonant."""
    final = (ord(word[-1]) - ord("가")) % 28
    return VOWEL if final == 0 else RIEUL if final == 8 else CONSONANT


def english(path: Path, text: str, line: int = 1) -> Iterator[Fault]:
    """Check a page of English for words that say nothing."""
    for block in blocks(text, line):
        if block.quoted:
            continue
        free = _unquoted(_masked(block.content))
        for pattern in FILLERS:
            for match in re.finditer(rf"\b({pattern})\b", free, re.IGNORECASE):
                at = block.line + free[: match.start()].count("\n")
                yield Fault(path, at, f"filler {match[0]!r}", "say it without")


# ================================================================ guides


def lint_guides(root: Path) -> Iterator[Fault]:
    """Check that both guides have the same pages, labels and headings, and their prose."""
    en, ko = root / "guide_en", root / "guide_ko"
    pairs = {path.relative_to(folder) for folder in (en, ko) for path in folder.rglob("*.md")}
    files = [(en / name, ko / name) for name in sorted(pairs)]
    files.append((root / "README.md", root / "README.ko.md"))
    for left, right in files:
        for path, other in ((left, right), (right, left)):
            if other.is_file() and not path.is_file():
                yield Fault(other, 1, "page in one language only", f"write {path.name} beside it")
        if left.is_file() and right.is_file():
            yield from _pair(left, right)
        if left.is_file():
            yield from english(left, left.read_text(encoding="utf-8"))
        if right.is_file():
            yield from korean(right, list(blocks(right.read_text(encoding="utf-8"))))


def _pair(left: Path, right: Path) -> Iterator[Fault]:
    texts = [path.read_text(encoding="utf-8") for path in (left, right)]
    first, second = (headings(text) for text in texts)
    if [heading.level for heading in first] != [heading.level for heading in second]:
        where = next(
            (b or a for a, b in zip_longest(first, second) if (a and a.level) != (b and b.level)),
            None,
        )
        yield Fault(
            right,
            where.line if where else 1,
            f"headings differ from {left.parent.name}/{left.name}: "
            f"{len(first)} there, {len(second)} here",
            "the same headings, level by level",
        )
    labels = [{t.content for t in parse(text) if t.type == "myst_target"} for text in texts]
    for path, there, here in ((right, labels[0], labels[1]), (left, labels[1], labels[0])):
        for label in sorted(there - here):
            yield Fault(path, 1, f"no label ({label})= as on the other side", "add it")


TABLES = {"glossary.csv": ["english", "korean", "known", "refused", "misspelt"]}


def lint_tables(root: Path) -> Iterator[Fault]:
    """Check the form of the tables that all else reads: what Excel or a lost comma does to them."""
    for name, columns in TABLES.items():
        path = root / "web" / "lint" / name
        if not path.is_file():
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        except UnicodeDecodeError:
            yield Fault(path, 1, "not UTF-8", "save it as UTF-8")
            continue
        table = csv.reader(lines)
        head = next(table, [])
        if head != columns:
            yield Fault(path, 1, f"the head is {','.join(head)!r}", f"write {','.join(columns)}")
            continue
        for row in table:
            if len(row) != len(columns):
                mend = f"it needs {len(columns)}; one that holds a comma stands in quotation marks"
                yield Fault(path, table.line_num, f"{len(row)} columns", mend)


SPEAKING = ("words.py", "lessons/curriculum.py", "site/core.py", "site/states.py")
"""Modules of ``web`` that hold Korean words."""


def lint_words(root: Path) -> Iterator[Fault]:
    """Check the Korean that programs hold: words and tables of the site, what instruments print."""
    paths = [root / "web" / name for name in SPEAKING]
    paths.append(root / "tests" / "purezmq" / "conformance" / "differences.py")
    paths += sorted((root / "zmqlab").rglob("*.py"))
    for path in filter(Path.is_file, paths):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if id(node) in docstrings:
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = [Block(node.lineno, node.value, False)]
                yield from korean(path, found, lines=False, markdown=False)
    for row in rows(root / "notebooks"):
        if row.titles.get("ko"):
            found = [Block(1, row.titles["ko"], False)]
            yield from korean(row.folder / FIRST, found, markdown=False)


# ================================================================ all


def lint(root: Path = ROOT) -> list[Fault]:
    """Check every source of the project; return the findings by file and line."""
    found: list[Fault] = list(lint_tables(root))
    if found:
        return found  # all else reads these
    lessons: dict[str, Lesson | None] = {}
    found += curriculum_faults(root / "notebooks")
    for path in pages(root / "notebooks"):
        name = page_name(path)
        lessons[name] = None
        try:
            lessons[name] = lesson = read(path)
        except LessonError as error:
            found += error.faults
            continue
        found += lint_lesson(lesson)
    folder = root / "locale" / "ko" / "LC_MESSAGES" / "lessons"
    for path in sorted(folder.glob("*.po")):
        lesson_of = lessons.get(path.stem)
        if path.stem not in lessons or lesson_of is not None:
            found += lint_po(path, lesson_of)
    for name, known in lessons.items():
        if known is not None and not (folder / f"{name}.po").is_file():
            found.append(Fault(known.path, 1, "no Korean", "run `make translate`, then translate"))
    terms = {
        term.english: (term.korean, *(name for name in term.known if name not in term.refused))
        for term in glossary()
    }
    found += [*lint_guides(root), *lint_glossaries(root, terms), *lint_words(root)]
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda fault: (str(fault.path), fault.line))


def main(arguments: list[str] | None = None) -> int:
    """Print the findings; return 1 if there are any."""
    options = argparse.ArgumentParser(prog="python -m web.lint.rules", description=main.__doc__)
    options.add_argument("root", nargs="?", type=Path, default=ROOT, help="the project's folder")
    root = options.parse_args(arguments).root.resolve()
    found = lint(root)
    for fault in found:
        print(replace(fault, path=fault.path.relative_to(root)))
    count = len(found)
    print(f"lint: {count} finding{'' if count == 1 else 's'}" if count else "lint: nothing found")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
