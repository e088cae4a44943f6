"""Each exercise: its solution passes, every wrong answer beside it is refused with its words.

The right answer stands in the lesson, as its solution; the wrong ones in the lesson's ``wrong.py``:
a table from the check's name to rows of an answer, English words and Korean words of its verdict.
Wrong answers of one lesson are tried side by side, with the checkers' patience shortened. Where the
verdict is another one, the answer is tried again alone, and that counts: side by side one loop may
stand still because of the others.
"""

import ast
import asyncio
import contextvars
import inspect
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from web.lessons.folders import pages
from web.lessons.source import read
from zmqlab import check
from zmqlab.exercises import lessons
from zmqlab.exercises.checks import in_haste

HASTE = 0.3
AT_ONCE = 4
LESSONS = {path.parent.name[:2]: path for path in pages() if path.name == "lesson.md"}
each_lesson = pytest.mark.parametrize("number", LESSONS)
CHECK = re.compile(r"""check\(\s*["'](\d\d [^"']+)["'],\s*(\w+)""")


def exercises(number):
    """Return the check's name, the answer's name and the exercise for each of a lesson."""
    found = []
    for path in pages():
        if path.parent.name[:2] != number:
            continue
        for exercise in read(path).exercises():
            for cell in exercise.checks:
                name, answer = CHECK.search(cell.source).groups()
                found.append((name, answer, exercise))
    return found


def verdict(name, answer, factor=1.0):
    """Check an answer as a cell does, in a loop of its own."""

    async def run():
        with in_haste(factor):
            found = check(name, answer)
            return await found if inspect.isawaitable(found) else found

    return contextvars.copy_context().run(asyncio.run, run())


def value(source, name):
    """Run code as a lesson's cell and return what it binds to a name."""
    before = {}
    exec("import asyncio, zmq, zmq.asyncio", before)
    exec(compile(source, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), before)
    return before[name]


def wrong_answers(number):
    return lessons.load(number, "wrong").WRONG


@each_lesson
def test_its_solutions_pass_and_nothing_passes_before_it_is_written(number):
    found = exercises(number)
    assert found, f"lesson {number} has no exercise"
    for name, answer, exercise in found:
        empty = verdict(name, value(exercise.cell.source, answer))
        assert empty.state == "not yet", f"{name}: {empty.text('en')}"
        right = verdict(name, value(exercise.solution, answer))
        assert right, f"{name}: {right.text('en')}"


@each_lesson
def test_every_wrong_answer_is_refused_and_told_why(number):
    tables = wrong_answers(number)
    names = [name for name, _, _ in exercises(number)]
    assert sorted(tables) == sorted(names), "each check has its wrong answers, and no other has"
    factor = 1.0 if os.environ.get("ZMQLAB_PATIENT") else HASTE
    jobs = [(name, *row) for name, rows in tables.items() for row in rows]

    def refused(job, factor):
        name, answer, english, korean = job
        found = verdict(name, answer, factor)
        label = f"{name}, {getattr(answer, '__name__', answer)!r}"
        if found.state != "not right":
            return f"{label}: {found.state}"
        for language, words in (("en", english), ("ko", korean)):
            if words not in found.text(language):
                return f"{label}: {words!r} is not in: {found.text(language)}"
        return ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        first = list(pool.map(refused, jobs, [factor] * len(jobs)))
    again = [job for job, fault in zip(jobs, first, strict=True) if fault]
    faults = [fault for fault in (refused(job, 1.0) for job in again) if fault]
    assert not faults, "\n".join(faults)


@each_lesson
def test_it_refuses_at_least_five_of_different_kinds(number):
    for name, rows in wrong_answers(number).items():
        assert len(rows) >= 5, f"{name} has {len(rows)} wrong answers"
        assert len({english for _, english, _ in rows}) >= 4, f"{name} says the same of all"
