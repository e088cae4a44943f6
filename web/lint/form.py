"""Rules for the form of a lesson: its sections, questions, exercises and front matter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from web.lessons.front import Fault
from web.lessons.source import CHOICES, Cell, choice, parse, solution_code
from web.lint.pages import Page, Pages, tree_of
from web.lint.prose import blocks
from web.lint.registry import Rules, declare

UNREADABLE = declare("F01", "a lesson can be read: front matter, directives, options of cells")
TO_COME = declare("F02", "a lesson to come says status, title, part, engine; no number twice")

LESSON = Rules[Pages, Fault]()
"""Rules that a lesson meets as a whole, whatever the number of its pages."""
PAGE = Rules[Page, Fault]()
"""Rules that each page meets."""

# (accepted heading, name to report), in this order.
EXERCISE = "Exercise"
TEMPLATE = (
    (r"You will be able to", "You will be able to"),
    (r"The situation", "The situation"),
    (r"The idea(: .+)?", "The idea"),
    (r"Break it(: .+)?", "Break it"),
    (r"(Warm-up|Exercises?)( \d)?(: .+)?", EXERCISE),
    (r"In production", "In production"),
    (r"Remember", "Remember"),
    (r"Quiz", "Quiz"),
    (r"Further", "Further"),
)
QUIZ_QUESTIONS = 3
EXERCISES = 2
HINTS = 2
VISIBLE_CELLS = 16
VISIBLE_CELLS_IN_WHITEPAPERS = 24
WHITEPAPERS = 6
ASKS = 3


@PAGE.rule("F03", "one H1, which the front matter's title makes")
def one_title(page: Page) -> Iterator[Fault]:
    """Count the headings of the first level."""
    tops = [heading for heading in page.headings if heading.level == 1]
    if len(tops) != 1:
        line = tops[1].line if tops else 1
        yield page.fault(line, f"{len(tops)} H1 headings", "one, the front matter's title")


@LESSON.rule("F04", "every section of the template is there: " + ", ".join(n for _, n in TEMPLATE))
def sections_there(lesson: Pages) -> Iterator[Fault]:
    """Find the sections that are missing."""
    seen = {name for page in lesson.pages for _, _, name in _sections(page) if name}
    for _, name in TEMPLATE:
        if name not in seen:
            yield lesson.first.fault(1, f"no section {name!r}", f"add ## {name}")


@LESSON.rule("F05", "the template's sections stand in its order, each once")
def order(lesson: Pages) -> Iterator[Fault]:
    """Find sections that stand after a later one, and those that are there twice."""
    last = -1
    seen: set[str] = set()
    names = [name for _, name in TEMPLATE]
    for page in lesson.pages:
        for line, _, name in _sections(page):
            if not name:
                continue
            if name in seen and name != EXERCISE:
                yield page.fault(line, f"heading {name!r} twice", "join them")
            if names.index(name) < last:
                what = f"heading {name!r} stands after {names[last]!r}"
                yield page.fault(line, what, "keep the template's order")
            last = max(last, names.index(name))
            seen.add(name)


@LESSON.rule("F06", "headings of one's own stand between The idea and the first exercise")
def own_headings(lesson: Pages) -> Iterator[Fault]:
    """Find headings of one's own elsewhere: predictions, runs and the cure have them."""
    seen: set[str] = set()
    for page in lesson.pages:
        for line, text, name in _sections(page):
            if not name and ("The idea" not in seen or EXERCISE in seen):
                what = f"heading {text!r} is not one of the template's here"
                yield page.fault(line, what, "put it between The idea and the first exercise")
            seen.add(name)


def _sections(page: Page) -> Iterator[tuple[int, str, str]]:
    """Return the line and text of each H2, and its name in the template, empty for others."""
    for heading in page.headings:
        if heading.level == 2:
            fits = (name for form, name in TEMPLATE if re.fullmatch(form, heading.text))
            yield heading.line, heading.text, next(fits, "")


@PAGE.rule("F07", "no {lesson-head} in the source: the front matter makes it")
def no_head(page: Page) -> Iterator[Fault]:
    """Find a head that the author wrote, beside the one that staging puts in."""
    heads = [item for _, item in page.directives if item.name == "lesson-head"]
    for item in heads[1:]:
        yield page.fault(item.line, "{lesson-head} in the source", "remove it")


@LESSON.rule("F08", "at least one {predict}, before a run that can surprise")
def a_prediction(lesson: Pages) -> Iterator[Fault]:
    """Look for a prediction."""
    if not lesson.directives("predict"):
        yield lesson.first.fault(1, "no {predict} in the lesson", "ask before a run")


@LESSON.rule("F09", f"{QUIZ_QUESTIONS} questions in the quiz")
def quiz_questions(lesson: Pages) -> Iterator[Fault]:
    """Count the quiz's questions."""
    count = len(lesson.directives("quiz"))
    if count != QUIZ_QUESTIONS:
        yield lesson.first.fault(1, f"{count} {{quiz}} in the lesson", f"give it {QUIZ_QUESTIONS}")


@PAGE.rule(
    "F10", "a {predict} or {quiz} is a question, then a list of 2 to 4 answers; nothing more"
)
def questions(page: Page) -> Iterator[Fault]:
    """Find questions of another form."""
    for _, item in page.directives:
        if item.name not in CHOICES:
            continue
        parts = choice(item.content)
        if not parts.question:
            yield page.fault(item.line, f"{{{item.name}}} without a question", "ask one")
        if not 2 <= len(parts.answers) <= 4:
            what = f"{{{item.name}}} has {len(parts.answers)} answers"
            yield page.fault(item.line, what, "give it a list of 2 to 4")
        if parts.after:
            what = f"{{{item.name}}} goes on after its answers"
            yield page.fault(item.line, what, "end it with the list")


@PAGE.rule("F11", "the option :answer: of a {predict} or {quiz} is the number of an answer")
def right_answers(page: Page) -> Iterator[Fault]:
    """Find questions whose right answer is not said."""
    for _, item in page.directives:
        if item.name in CHOICES:
            count = len(choice(item.content).answers)
            given = item.options.get("answer", "")
            if not given.isdecimal() or not 1 <= int(given) <= count:
                what = f"{{{item.name}}} has :answer: {given or 'missing'}"
                yield page.fault(item.line, what, f"a number from 1 to {count}")


@PAGE.rule("F12", "each answer of a {predict} or {quiz} gives its reason below it")
def reasons(page: Page) -> Iterator[Fault]:
    """Find answers without a reason."""
    for _, item in page.directives:
        if item.name in CHOICES:
            for number, (_, reason) in enumerate(choice(item.content).answers, 1):
                if not reason:
                    what = f"answer {number} of {{{item.name}}} has no reason"
                    mend = "add an indented paragraph under it, after an empty line"
                    yield page.fault(item.line, what, mend)


@PAGE.rule(
    "F13",
    "code before question: a {predict} stands directly after its code cell and text follows it;"
    " or after a block of code that the text shows, with the cell that runs it directly below",
)
def code_before_question(page: Page) -> Iterator[Fault]:
    """Find predictions that stand elsewhere."""
    for cell, item in page.directives:
        if item.name != "predict":
            continue
        before, after = _around(page, cell, item.line)
        if after == "cell" and before != "code":
            yield page.fault(
                item.line,
                "{predict} stands before the cell that it asks about",
                "put it directly after the cell (its output stays folded), and text below it",
            )
        elif after != "cell" and before != "cell":
            what = "{predict} does not stand directly after a code cell"
            yield page.fault(item.line, what, "put it below the code that it asks about")


def _around(page: Page, cell: Cell, line: int) -> tuple[str, str]:
    """Return what stands directly before and after a directive: ``cell``, ``code``, ``text``."""
    before, after = "", ""
    tokens = [token for token in parse(cell.source) if token.level == 0 and token.map]
    for token in tokens:
        start = cell.line + (token.map[0] if token.map else 0)
        if start < line:
            before = "code" if token.type == "fence" else "text"
        elif start > line:
            after = after or "text"
    neighbours = page.cells[max(cell.index - 1, 0) : cell.index + 2]
    for other in neighbours:
        if other.kind == "code" and other.index < cell.index:
            before = before or "cell"
        elif other.kind == "code" and other.index > cell.index:
            after = after or "cell"
    return before, after


@LESSON.rule("F14", f"{EXERCISES} exercises, the first a warm-up; each is a cell tagged exercise")
def two_exercises(lesson: Pages) -> Iterator[Fault]:
    """Count the exercises."""
    found = lesson.exercises()
    if len(found) != EXERCISES:
        line = found[-1][1].cell.line if found else 1
        page = found[-1][0] if found else lesson.first
        what = f"{len(found)} exercise{'' if len(found) == 1 else 's'}"
        yield page.fault(line, what, "a warm-up and the main one: tag their cells [exercise]")


@PAGE.rule("F15", "an exercise is one function: a def or async def whose body is …")
def stubs(page: Page) -> Iterator[Fault]:
    """Find exercises that ask for something else, or that give too much."""
    for exercise in page.exercises:
        tree = tree_of(exercise.cell.source)
        if isinstance(tree, ast.Module) and not _is_stub(tree):
            what = "exercise is not the stub of one function"
            yield page.fault(exercise.cell.line, what, "write def or async def with the body ...")


def _is_stub(tree: ast.Module) -> bool:
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    body = [node for node in tree.body[0].body if isinstance(node, ast.Expr)]
    constants = [node.value.value for node in body if isinstance(node.value, ast.Constant)]
    if len(constants) != len(tree.body[0].body):
        return False
    docstring = constants[:-1]
    return constants[-1] is ... and all(isinstance(value, str) for value in docstring)


@PAGE.rule("F16", "an exercise has one cell tagged check after it, which calls check()")
def checks(page: Page) -> Iterator[Fault]:
    """Find exercises without their check."""
    for exercise in page.exercises:
        if len(exercise.checks) != 1:
            what = f"exercise with {len(exercise.checks)} checks"
            yield page.fault(exercise.cell.line, what, "tag one cell [check] after it")
        for cell in exercise.checks:
            if not re.search(r"\bcheck\(", cell.source):
                yield page.fault(cell.line, "cell tagged check calls no check()", "call it")


@PAGE.rule("F17", f"an exercise has {HINTS} hints")
def hints(page: Page) -> Iterator[Fault]:
    """Count the hints."""
    for exercise in page.exercises:
        if len(exercise.hints) != HINTS:
            what = f"exercise with {len(exercise.hints)} hints"
            yield page.fault(exercise.cell.line, what, f"give {HINTS}, the second goes further")


@PAGE.rule("F18", "an exercise has one {solution}, whose first block of code is ```python")
def solutions(page: Page) -> Iterator[Fault]:
    """Find solutions that no test can take from the source."""
    for exercise in page.exercises:
        if len(exercise.solutions) != 1:
            what = f"exercise with {len(exercise.solutions)} solutions"
            yield page.fault(exercise.cell.line, what, "give one")
        for item in exercise.solutions:
            if solution_code(item) is None:
                what = "the first block of {solution} is not ```python"
                yield page.fault(item.line, what, "begin with the code that passes the check")


@PAGE.rule("F19", "a {solution} says why, in a sentence outside its code")
def why(page: Page) -> Iterator[Fault]:
    """Find solutions that explain nothing."""
    for exercise in page.exercises:
        for item in exercise.solutions:
            if not any(re.search(r"\w", block.content) for block in blocks(item.content)):
                yield page.fault(item.line, "{solution} without a sentence on why", "add one")


@PAGE.rule(
    "F20",
    f"at most {VISIBLE_CELLS} visible cells a page ({VISIBLE_CELLS_IN_WHITEPAPERS} in part VI);"
    " cells tagged plumbing don't count",
)
def visible_cells(page: Page) -> Iterator[Fault]:
    """Count the cells that a reader sees."""
    whitepaper = page.head.part == WHITEPAPERS
    most = VISIBLE_CELLS_IN_WHITEPAPERS if whitepaper else VISIBLE_CELLS
    if len(page.visible) > most:
        what = f"{len(page.visible)} visible cells"
        mend = f"at most {most}: tag set-up and drawing plumbing, or cut"
        yield page.fault(page.visible[most].line, what, mend)


@LESSON.rule("F21", f"asks holds at least {ASKS} questions in each language, as people type them")
def typed_questions(lesson: Pages) -> Iterator[Fault]:
    """Count the questions that lead to the lesson."""
    page = lesson.first
    for language in ("en", "ko"):
        count = len(page.head.asks.get(language, ()))
        if count < ASKS:
            what = f"asks.{language} has {count}"
            yield page.fault(_front_line(page, "asks"), what, f"at least {ASKS}, errors too")


@PAGE.rule("F22", "measures is the condition of a published run, with its number, or is absent")
def measured(page: Page) -> Iterator[Fault]:
    """Find a condition that can't be met or missed."""
    line = _front_line(page, "measures")
    if line > 1 and not re.search(r"\d", page.head.measures):
        what = f"measures is {page.head.measures!r}"
        mend = "say the ratio and what has it (two workers at least 1.4 times one), or remove it"
        yield page.fault(line, what, mend)


def _front_line(page: Page, key: str) -> int:
    """Return the line of a key in the front matter, 1 if it is not there."""
    for number, line in enumerate(page.lines, 1):
        if number > 1 and line.rstrip() == "---":
            break
        if re.match(rf"\s+{key}\s*:", line):
            return number
    return 1


@LESSON.rule("F23", "Remember has a sentence to repeat, marked **to a colleague**")
def to_a_colleague(lesson: Pages) -> Iterator[Fault]:
    """Look for the sentence in the section Remember."""
    for page in lesson.pages:
        found = [(heading.line, heading.text) for heading in page.headings if heading.level <= 2]
        for number, (line, text) in enumerate(found):
            if text == "Remember":
                end = found[number + 1][0] if number + 1 < len(found) else len(page.lines) + 1
                section = "\n".join(page.lines[line - 1 : end - 1])
                marked = r"\*\*[^*\n]*to a colleague[^*\n]*\*\*|^#+ To a colleague"
                if not re.search(marked, section, re.IGNORECASE | re.MULTILINE):
                    what = "Remember has no sentence **to a colleague**"
                    yield page.fault(line, what, "write **To a colleague:** and the sentence")


@PAGE.rule("F24", "no roles in a lesson: links are Markdown, names plain code")
def roles(page: Page) -> Iterator[Fault]:
    """Find roles, which a notebook can't show."""
    for cell in page.lesson.markdown():
        for block in blocks(cell.source, cell.line):
            for child in block.children:
                if child.type == "myst_role":
                    what = f"role {{{child.meta.get('name')}}} in a lesson"
                    yield page.fault(block.line, what, "use a Markdown link or plain code")


@PAGE.rule("F25", "hints, solutions and checks stand after an exercise")
def after_an_exercise(page: Page) -> Iterator[Fault]:
    """Find what belongs to no exercise."""
    first = page.exercises[0].cell.index if page.exercises else len(page.cells)
    for cell, item in page.directives:
        if item.name in ("hint", "solution") and cell.index < first:
            yield page.fault(item.line, f"{{{item.name}}} before any exercise", "move it after one")
    for cell in page.code:
        if "check" in cell.tags and cell.index < first:
            yield page.fault(cell.line, "check before any exercise", "move it after one")
