"""Checks of exercises: what was expected, what came.

A lesson's checkers stand beside it, in ``notebooks/NN-topic/checks.py``, NN being the number that
the check's name begins with::

    @checker("01 patient client")
    async def patient_client(answer):
        reply = await answer("tcp://127.0.0.1:5555")
        expect(reply, b"World", Text(en="the reply", ko="응답"))
        return Text(en="It waited, and asked again.", ko="기다렸다가 다시 요청했습니다.")

A checker passes by returning, with a word or without. It ends otherwise by `expect`, `NotRight` or
`NotYet`. One that runs what the learner wrote for a while is ``async`` and has a time limit; then
the lesson says ``await check(...)``. Nothing that goes wrong in the learner's code breaks the cell.

This module imports the standard library only, for it runs in browsers too.
"""

from __future__ import annotations

import asyncio
import contextvars
import dis
import html
import inspect
import linecache
import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType
from typing import Any, Self, TypeVar

from zmqlab.draw.colours import notebook_style, var
from zmqlab.exercises import lessons, reports
from zmqlab.words.language import Language, Text, both, kernel_language

F = TypeVar("F", bound=Callable[[Any], Any])

SHOWN = 300
"""Characters of a value that a verdict shows."""
_haste = contextvars.ContextVar("haste", default=1.0)
GRACE = 1.0
"""Seconds for what the learner's code left running to end when it is cancelled."""

NOTHING_YET = Text(
    en="Nothing is written here yet. Change the exercise's cell, run it, then run this cell again.",
    ko="아직 답이 없습니다. 연습 문제 셀을 고쳐 실행한 뒤 이 셀을 다시 실행하세요.",
)
if sys.platform == "emscripten":  # in the page a button runs both cells
    NOTHING_YET = Text(
        en="Nothing is written here yet. Change the code above and press Check again.",
        ko="아직 답이 없습니다. 위의 코드를 고친 뒤 '채점'을 다시 누르세요.",
    )
EXPECTED = Text(en="Expected", ko="기대한 값")
GOT = Text(en="Got", ko="실제 값")
LINE = Text(en="Line", ko="줄")


@dataclass(frozen=True)
class _State:
    mark: str
    label: Text
    colour: str


STATES = {
    "passed": _State("✓", Text(en="passed", ko="통과"), var("accent")),
    "not yet": _State("○", Text(en="not yet", ko="아직입니다"), var("quiet")),
    "not right": _State("△", Text(en="not right", ko="기대한 결과와 다릅니다"), var("waiting")),
}


class Verdict(int):
    """What a check found: true when passed, false (and equal to False) otherwise.

    Attributes
    ----------
    name : str
        The check's name.
    state : {"passed", "not yet", "not right"}
        What was found.
    message : Text or str or None
        Words about it.
    rows : list of tuple
        Label and content: what was expected and what came, or the line that raised.
    """

    name: str
    state: str
    message: Text | str | None
    rows: list[tuple[Text, Any]]

    def __new__(
        cls,
        name: str,
        state: str,
        message: Text | str | None = None,
        rows: list[tuple[Text, Any]] | None = None,
    ) -> Self:
        """Make a verdict in one of `STATES`."""
        verdict = super().__new__(cls, state == "passed")
        verdict.name, verdict.state, verdict.message = name, state, message
        verdict.rows = rows or []
        return verdict

    def __await__(self) -> Generator[None, None, Verdict]:
        """Let a lesson say ``await check(...)`` whichever kind the checker is."""
        return self
        yield

    def text(self, language: Language) -> str:
        """Give the verdict as plain text."""
        state = STATES[self.state]
        lines = [f"{state.mark} {self.name}: {state.label[language]}"]
        if self.message:
            lines.append(f"  {_words(self.message, language)}")
        lines += [f"  {label[language]}: {_shown(value, language)}" for label, value in self.rows]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text(kernel_language())

    def _repr_html_(self) -> str:
        return notebook_style() + both(self._html)

    def _html(self, language: Language) -> str:
        state = STATES[self.state]
        message = html.escape(_words(self.message, language)) if self.message else ""
        rows = "".join(
            f'<dt style="color:{var("quiet")}">{label[language]}</dt>'
            f'<dd style="margin:0"><code style="white-space:pre-wrap">'
            f"{html.escape(_shown(value, language))}</code></dd>"
            for label, value in self.rows
        )
        return (
            f'<div class="zl-verdict zl-{self.state.replace(" ", "-")}" style="padding:8px 16px;'
            f"border-left:4px solid {state.colour};background:{var('card')};"
            f'color:{var("text")}">'
            f'<strong style="color:{state.colour}">'
            f'<span aria-hidden="true">{state.mark}</span> {state.label[language]}</strong> '
            f'<span style="color:{var("quiet")}">{html.escape(self.name)}</span>'
            + (f'<div class="zl-message">{message}</div>' if message else "")
            + (
                '<dl style="display:grid;grid-template-columns:max-content 1fr;gap:0 16px;'
                "align-items:baseline;"
                f'margin:8px 0 0">{rows}</dl>'
                if rows
                else ""
            )
            + "</div>"
        )


class NotYet(Exception):  # noqa: N818
    """Raised by a checker that sees the exercise as the lesson gave it."""


class NotRight(Exception):  # noqa: N818
    """Raised by a checker, with what it expected and what came.

    Parameters
    ----------
    expected, got : Any
        A `Text` is shown as words, anything else as the value that it is (``repr``).
    message : Text or str, optional
        What this is about, or what to look at.
    """

    def __init__(self, expected: Any, got: Any, message: Text | str | None = None) -> None:
        super().__init__(expected, got, message)
        self.expected, self.got, self.message = expected, got, message


def expect(got: Any, expected: Any, message: Text | str | None = None) -> None:
    """Raise `NotRight` unless what came equals what was expected."""
    if got != expected:
        raise NotRight(expected, got, message)


@dataclass(frozen=True)
class _Checker:
    function: Callable[[Any], Any]
    timeout: float


_checkers: dict[str, _Checker] = {}


def patience(seconds: float) -> float:
    """Return how long a checker waits for what should have come within so many seconds.

    As long as it says, but for the tests of checkers: these shorten all patience by one setting,
    `in_haste`, for they wait for answers that never end.
    """
    return seconds * _haste.get()


@contextmanager
def in_haste(factor: float) -> Iterator[None]:
    """Multiply the patience of all checks in this context by a factor."""
    token = _haste.set(factor)
    try:
        yield
    finally:
        _haste.reset(token)


def checker(name: str, *, timeout: float = 10.0) -> Callable[[F], F]:
    """Register a function as the checker of this name.

    Parameters
    ----------
    name : str
        The lesson's number and a few words: ``01 patient client``.
    timeout : float
        Seconds for an ``async`` checker. One that blocks the event loop can't be timed.
    """

    def register(function: F) -> F:
        _checkers[name] = _Checker(function, timeout)
        return function

    return register


def check(name: str, answer: Any) -> Any:
    """Check an answer to an exercise.

    Parameters
    ----------
    name : str
        The check's name, as the lesson gives it.
    answer : Any
        What the exercise asks for: a value, a function, a coroutine function.

    Returns
    -------
    Verdict
        True when passed. When the checker is ``async``, await it. A class that this laptop has
        joined is told the check's name and the verdict's state.
    """
    found = _judge(name, answer)
    return _reported(found) if isinstance(found, Verdict) else _reported_later(found)


def names() -> list[str]:
    """Return the names of all checks of all lessons, in order."""
    for number in lessons.numbers():
        lessons.load(number)
    return sorted(_checkers)


def time_limit(name: str) -> float:
    """Return the seconds that the checker of this name may take."""
    return _checkers[name].timeout


def _reported(verdict: Verdict) -> Verdict:
    if verdict.name in _checkers:
        reports.tell(verdict.name, verdict.state)
    return verdict


async def _reported_later(judging: Coroutine[Any, Any, Verdict]) -> Verdict:
    return _reported(await judging)


def _judge(name: str, answer: Any) -> Verdict | Coroutine[Any, Any, Verdict]:
    if not isinstance(name, str):
        return Verdict(
            _shown(name, "en"),
            "not right",
            Text(
                en='The check\'s name comes first, as text: check("01 patient client", answer).',
                ko='첫 번째 인자로 채점 이름을 씁니다: check("01 patient client", answer).',
            ),
        )
    _load(name)
    found = _checkers.get(name)
    if found is None:
        names = ", ".join(sorted(_checkers)) or "-"
        return Verdict(
            name,
            "not right",
            Text(
                en=f"There is no check of this name. There are: {names}.",
                ko=f"이런 이름의 채점 코드가 없습니다. 쓸 수 있는 이름: {names}.",
            ),
        )
    if answer is None or answer is ... or _is_empty(answer):
        return Verdict(name, "not yet", NOTHING_YET)
    if inspect.iscoroutinefunction(found.function):
        return _check_within(name, answer, found)
    try:
        return Verdict(name, "passed", found.function(answer))
    except (Exception, SystemExit) as error:
        return _verdict_on(name, answer, error)


def _load(name: str) -> None:
    """Load the checkers of the lesson whose number a check's name begins with.

    For a number that no lesson has, those of all lessons are loaded, so that the names there are
    can be told.
    """
    number = name.partition(" ")[0]
    known = lessons.numbers()
    for one in [number] if number in known else known:
        lessons.load(one)


async def _check_within(name: str, answer: Any, found: _Checker) -> Verdict:
    """Run an async checker within its time, and cancel what the answer left running."""

    async def run() -> Verdict:
        try:
            return Verdict(name, "passed", await found.function(answer))
        except (Exception, SystemExit) as error:
            return _verdict_on(name, answer, error)

    with _Tasks() as tasks:
        task = asyncio.ensure_future(run())
        try:
            await asyncio.wait({task}, timeout=patience(found.timeout))
            late = not task.done()
        finally:
            stubborn = await tasks.cancel()
    if late and tasks.errors:
        return _verdict_on(name, answer, tasks.errors[0])
    if late and not stubborn:
        expected = Text(
            en=f"an end within {found.timeout:g} s", ko=f"{found.timeout:g}초 안에 끝나기"
        )
        got = Text(en="it still ran, and was cancelled", ko="끝나지 않아 취소했습니다")
    elif not stubborn and task.cancelled():
        expected = Text(en="an end by itself", ko="스스로 끝나기")
        got = Text(en="it was cancelled", ko="취소되었습니다")
    elif stubborn:
        expected = Text(en="tasks that end when they are cancelled", ko="취소하면 끝나는 태스크")
        got = Text(
            en=f"{stubborn} that did not: restart the kernel",
            ko=f"끝나지 않은 태스크 {stubborn}개: 커널을 다시 시작하세요",
        )
    else:
        return task.result()
    return Verdict(name, "not right", rows=[(EXPECTED, expected), (GOT, got)])


class _Exit(Exception):  # noqa: N818
    """A ``SystemExit`` in a task: asyncio would hand that on to the kernel, and end it."""

    def __init__(self, error: SystemExit) -> None:
        super().__init__(error)
        self.error = error


class _Contained(Coroutine[Any, Any, Any]):
    """A coroutine whose ``SystemExit`` is an `_Exit`."""

    def __init__(self, inner: Coroutine[Any, Any, Any]) -> None:
        self._inner = inner
        self.__name__ = self.__qualname__ = getattr(inner, "__qualname__", repr(inner))

    def send(self, value: Any) -> Any:
        try:
            return self._inner.send(value)
        except SystemExit as error:
            raise _Exit(error) from None

    def throw(self, *error: Any) -> Any:
        try:
            return self._inner.throw(*error)
        except SystemExit as other:
            raise _Exit(other) from None

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inner.__await__()


class _Tasks:
    """Knows the tasks that are made inside its ``with`` block, and by these in turn.

    Others may start tasks on the same loop meanwhile (a kernel does): the mark of ours is a context
    variable, which a task hands on to the tasks that it makes.
    """

    _mark: contextvars.ContextVar[_Tasks | None] = contextvars.ContextVar("check", default=None)

    def __enter__(self) -> Self:
        self._made: list[asyncio.Future[Any]] = []
        self.errors: list[BaseException] = []
        self._loop = asyncio.get_running_loop()
        self._before = self._loop.get_task_factory()
        self._loop.set_task_factory(self._make)  # type: ignore[arg-type]
        self._token = self._mark.set(self)
        return self

    def __exit__(self, *_error: object) -> None:
        self._mark.reset(self._token)
        self._loop.set_task_factory(self._before)

    def _make(
        self,
        loop: asyncio.AbstractEventLoop,
        coroutine: Coroutine[Any, Any, Any],
        **settings: Any,
    ) -> asyncio.Future[Any]:
        factory: Callable[..., asyncio.Future[Any]]
        ours = self._mark.get() is self
        if ours:
            coroutine = _Contained(coroutine)
        if self._before is not None:
            factory = self._before
            task = factory(loop, coroutine, **settings)
        else:
            task = asyncio.Task(coroutine, loop=loop, **settings)
        if ours:
            self._made.append(task)
        return task

    async def cancel(self) -> int:
        """Cancel those that still run; give the number of those that go on all the same."""
        ended = [task for task in self._made if task.done() and not task.cancelled()]
        self.errors = [error for task in ended if (error := task.exception())]
        left = {task for task in self._made if not task.done()}
        for task in left:
            task.cancel()
        if left:
            _, left = await asyncio.wait(left, timeout=GRACE)
        return len(left)


def _verdict_on(name: str, answer: Any, error: BaseException) -> Verdict:
    """Turn what a checker raised into a verdict."""
    if isinstance(error, _Exit):
        error = error.error
    if isinstance(error, NotRight):
        rows = [(EXPECTED, error.expected), (GOT, error.got)]
        return Verdict(name, "not right", error.message, rows)
    if isinstance(error, NotYet):
        return Verdict(name, "not yet", error.args[0] if error.args else NOTHING_YET)
    line = _line_of(answer, error)
    if isinstance(error, NotImplementedError) and line:
        return Verdict(name, "not yet", NOTHING_YET)
    rows = [(GOT, Text(en=_one_line(error), ko=_one_line(error)))]
    if line:
        rows.append((LINE, Text(en=line, ko=line)))
    return Verdict(
        name,
        "not right",
        Text(en="Your code raised an exception.", ko="작성한 코드에서 예외가 발생했습니다."),
        rows,
    )


def _one_line(error: BaseException) -> str:
    name = type(error).__name__
    try:
        return f"{name}: {error}" if str(error) else name
    except Exception:  # one of the learner's own, whose words fail in turn
        return name


def _line_of(answer: Any, error: BaseException) -> str:
    """Give number and text of the last line of the learner's own code in a traceback."""
    own = _code(answer)
    found = ""
    step = error.__traceback__
    while step is not None:
        frame: FrameType = step.tb_frame
        file = frame.f_code.co_filename
        if frame.f_globals.get("__name__") == "__main__" or (own and own.co_filename == file):
            text = linecache.getline(file, step.tb_lineno, frame.f_globals).strip()
            found = f"{step.tb_lineno}: {text}" if text else str(step.tb_lineno)
        step = step.tb_next
    return found


def _code(answer: Any) -> CodeType | None:
    return answer.__code__ if isinstance(answer, FunctionType) else None


def _is_empty(answer: Any) -> bool:
    """Tell whether a function does nothing, as an exercise does whose body is ``...``."""
    code = _code(answer)
    return code is not None and _steps(code) in (_steps(_empty.__code__), _steps(_later.__code__))


def _steps(code: CodeType) -> list[tuple[str, Any]]:
    """List what a function does, without where its constants and lines stand."""
    return [
        (step.opname, step.argval if "CONST" in step.opname else None)
        for step in dis.get_instructions(code)
    ]


def _empty() -> None: ...


async def _later() -> None: ...


def _words(words: Text | str, language: Language) -> str:
    return words[language] if isinstance(words, Text) else words


def _shown(value: Any, language: Language) -> str:
    try:
        text = value[language] if isinstance(value, Text) else repr(value)
    except Exception as error:
        text = Text(
            en=f"a {type(value).__name__} whose __repr__ raises {type(error).__name__}",
            ko=f"{type(value).__name__} 객체(__repr__에서 {type(error).__name__} 발생)",
        )[language]
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
