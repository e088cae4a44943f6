import asyncio
import contextlib
import itertools
import linecache
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from zmqlab.exercises import checks
from zmqlab.exercises.checks import NotRight, NotYet, Verdict, check, checker, expect
from zmqlab.words.language import Text

Cell = Callable[..., Any]


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """English, and no checkers but those of the test."""
    monkeypatch.setenv("ZMQLAB_LANGUAGE", "en")
    monkeypatch.setattr(checks, "_checkers", {})
    monkeypatch.setattr("zmqlab.exercises.lessons.numbers", list)
    yield


@pytest.fixture
def cell() -> Cell:
    """Run source as a notebook's cell is run, and give what it named `answer`."""
    numbers = itertools.count(1)

    def cell(source: str) -> Any:
        file = f"<cell {next(numbers)}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(source, file, "exec"), names)
        return names["answer"]

    return cell


def judged(name: str, answer: Any) -> Verdict:
    """Check as a lesson does, with `await`, and see that no task is left."""

    async def main() -> Verdict:
        before = asyncio.get_running_loop().get_task_factory()
        verdict = await check(name, answer)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert asyncio.get_running_loop().get_task_factory() is before
        assert isinstance(verdict, Verdict)
        return verdict

    return asyncio.run(main())


def test_passed() -> None:
    @checker("01 number")
    def number(answer: int) -> None:
        expect(answer, 42)

    verdict = check("01 number", 42)
    assert verdict
    assert verdict == True  # noqa: E712
    assert verdict.state == "passed"
    assert repr(verdict) == "✓ 01 number: passed"


def test_a_word_with_the_pass() -> None:
    @checker("01 number")
    def number(answer: int) -> Text:
        return Text(en="Well counted.", ko="잘 세었습니다.")

    verdict = check("01 number", 42)
    assert repr(verdict) == "✓ 01 number: passed\n  Well counted."
    assert "잘 세었습니다." in verdict.text("ko")


def test_not_right() -> None:
    @checker("01 reply")
    def reply(answer: bytes) -> None:
        expect(answer, b"World", Text(en="the reply", ko="응답"))

    verdict = check("01 reply", b"Word")
    assert not verdict
    assert verdict == False  # noqa: E712
    assert verdict.state == "not right"
    assert verdict.text("en") == (
        "△ 01 reply: not right\n  the reply\n  Expected: b'World'\n  Got: b'Word'"
    )
    assert verdict.text("ko") == (
        "△ 01 reply: 기대한 결과와 다릅니다\n  응답\n  기대한 값: b'World'\n  실제 값: b'Word'"
    )


def test_words_instead_of_values() -> None:
    @checker("01 count")
    def count(answer: int) -> None:
        if answer < 3:
            raise NotRight(Text(en="at least three", ko="셋 이상"), answer)

    assert "Expected: at least three\n  Got: 2" in check("01 count", 2).text("en")
    assert "기대한 값: 셋 이상\n  실제 값: 2" in check("01 count", 2).text("ko")


def nothing() -> None:
    """Not written yet."""


async def nothing_later(first: int, second: str = "") -> None: ...


@pytest.mark.parametrize("answer", [None, ..., nothing, nothing_later, lambda: None])
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_an_exercise_as_it_was_given(kind: str, answer: Any) -> None:
    if kind == "plain":

        @checker("01 toy")
        def plain(answer: Any) -> None:
            pytest.fail("nothing is there to be checked")
    else:

        @checker("01 toy")
        async def later(answer: Any) -> None:
            pytest.fail("nothing is there to be checked")

    verdict = judged("01 toy", answer)
    assert verdict == 0
    assert verdict.state == "not yet"
    assert "아직 답이 없습니다" in verdict.text("ko")


def test_a_function_that_does_something_is_not_empty(cell: Cell) -> None:
    @checker("01 five")
    def five(answer: Callable[[], int]) -> None:
        expect(answer(), 5)

    assert check("01 five", lambda: 5)
    assert check("01 five", cell("def answer():\n    'with a word'\n    return 5"))
    assert check("01 five", lambda: 6).state == "not right"


def test_not_implemented_is_not_yet(cell: Cell) -> None:
    @checker("01 toy")
    def toy(answer: Callable[[], int]) -> None:
        answer()

    source = "def answer():\n    raise NotImplementedError"
    assert check("01 toy", cell(source)).state == "not yet"


def test_a_checker_may_say_not_yet() -> None:
    @checker("01 toy")
    def toy(answer: list[int]) -> None:
        if not answer:
            raise NotYet(Text(en="The list is empty.", ko="목록이 비어 있습니다."))

    verdict = check("01 toy", [])
    assert (verdict.state, verdict.text("en")) == (
        "not yet",
        "○ 01 toy: not yet\n  The list is empty.",
    )


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_an_exception_in_the_learners_code(kind: str, cell: Cell) -> None:
    if kind == "plain":

        @checker("01 toy")
        def plain(answer: Callable[[int], int]) -> None:
            answer(0)

        answer = cell("def answer(n):\n    # a comment\n    return 1 // n\n")
    else:

        @checker("01 toy")
        async def later(answer: Callable[[int], Any]) -> None:
            await answer(0)

        answer = cell("async def answer(n):\n    # a comment\n    return 1 // n\n")
    verdict = judged("01 toy", answer)
    assert verdict.state == "not right"
    assert verdict.text("en").splitlines()[1:] == [
        "  Your code raised an exception.",
        "  Got: ZeroDivisionError: integer division or modulo by zero",
        "  Line: 3: return 1 // n",
    ]
    assert "작성한 코드에서 예외가 발생했습니다." in verdict.text("ko")


def test_the_line_is_the_learners_not_the_librarys(cell: Cell) -> None:
    @checker("01 toy")
    def toy(answer: Callable[[], Any]) -> None:
        answer()

    verdict = check("01 toy", cell("import json\n\ndef answer():\n    json.loads('{')\n"))
    assert "Line: 4: json.loads('{')" in verdict.text("en")
    assert "JSONDecodeError: Expecting property name" in verdict.text("en")


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_an_exit_does_not_end_the_kernel(kind: str, cell: Cell) -> None:
    if kind == "plain":

        @checker("01 toy")
        def plain(answer: Callable[[], Any]) -> None:
            answer()
    else:

        @checker("01 toy")
        async def later(answer: Callable[[], Any]) -> None:
            answer()

    verdict = judged("01 toy", cell("import sys\ndef answer():\n    sys.exit(3)\n"))
    assert "Got: SystemExit: 3" in verdict.text("en")


def test_an_exit_in_a_task_does_not_end_the_kernel_either(cell: Cell) -> None:
    @checker("01 toy")
    async def toy(answer: Callable[[], Any]) -> None:
        await asyncio.ensure_future(answer())

    source = (
        "import sys, asyncio\nasync def answer():\n    await asyncio.sleep(0)\n    sys.exit(3)\n"
    )
    verdict = judged("01 toy", cell(source))
    assert "Got: SystemExit: 3\n  Line: 4: sys.exit(3)" in verdict.text("en")


def test_an_answer_of_the_wrong_kind() -> None:
    @checker("01 toy")
    async def toy(answer: Callable[[], Any]) -> None:
        await answer()

    verdict = judged("01 toy", 7)
    assert "Got: TypeError: 'int' object is not callable" in verdict.text("en")


def test_an_async_answer_that_passes() -> None:
    @checker("01 toy")
    async def toy(answer: Callable[[int], Any]) -> str:
        expect(await answer(1), 2)
        return "fine"

    async def answer(number: int) -> int:
        await asyncio.sleep(0)
        return number + 1

    assert repr(judged("01 toy", answer)) == "✓ 01 toy: passed\n  fine"


def test_a_time_limit() -> None:
    @checker("01 toy", timeout=0.1)
    async def toy(answer: Callable[[], Any]) -> None:
        await answer()

    async def answer() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("clean")

    ended: list[str] = []
    verdict = judged("01 toy", answer)
    assert verdict == 0
    assert "Expected: an end within 0.1 s\n  Got: it still ran" in verdict.text("en")
    assert "기대한 값: 0.1초 안에 끝나기" in verdict.text("ko")
    assert ended == ["clean"]


def test_what_the_answer_left_running_is_cancelled() -> None:
    @checker("01 toy")
    async def toy(answer: Callable[[], Any]) -> None:
        await answer()

    async def forever() -> None:
        others.append(asyncio.ensure_future(asyncio.Event().wait()))
        await asyncio.Event().wait()

    async def answer() -> None:
        others.append(asyncio.create_task(forever()))
        await asyncio.sleep(0.01)

    others: list[asyncio.Future[Any]] = []
    assert judged("01 toy", answer)
    assert [other.cancelled() for other in others] == [True, True]


def test_tasks_of_others_go_on() -> None:
    @checker("01 toy")
    async def toy(answer: Callable[[], Any]) -> None:
        await answer()

    async def main() -> None:
        started = asyncio.Event()
        stop = asyncio.Event()

        async def kernel() -> asyncio.Task[bool]:
            await started.wait()
            return asyncio.create_task(stop.wait())  # made by another one, during the check

        async def answer() -> None:
            started.set()
            await asyncio.sleep(0.01)

        other = asyncio.create_task(kernel())
        assert await check("01 toy", answer)
        inner = await other
        await asyncio.sleep(0)
        assert not inner.done()
        stop.set()
        assert await inner

    asyncio.run(main())


def test_a_task_that_will_not_end() -> None:
    @checker("01 toy", timeout=0.05)
    async def toy(answer: Callable[[], Any]) -> None:
        await answer()

    async def main() -> None:
        release = asyncio.Event()

        async def stubborn() -> None:
            while not release.is_set():
                with contextlib.suppress(asyncio.CancelledError):
                    await release.wait()

        async def answer() -> None:
            tasks.append(asyncio.create_task(stubborn()))
            await asyncio.sleep(0.01)

        tasks: list[asyncio.Task[None]] = []
        verdict = await check("01 toy", answer)
        assert verdict == 0
        assert "1 that did not: restart the kernel" in verdict.text("en")
        release.set()
        await tasks[0]

    asyncio.run(main())


def test_an_answer_that_will_not_end() -> None:
    @checker("01 toy", timeout=0.05)
    async def toy(answer: Callable[[], Any]) -> None:
        await answer()

    async def main() -> None:
        release = asyncio.Event()

        async def answer() -> None:
            while not release.is_set():
                with contextlib.suppress(asyncio.CancelledError):
                    await release.wait()

        verdict = await check("01 toy", answer)
        assert verdict == 0
        assert "1 that did not: restart the kernel" in verdict.text("en")
        assert "was cancelled" not in verdict.text("en")
        release.set()

    asyncio.run(main())


def test_why_it_hangs_is_told(cell: Cell, caplog: pytest.LogCaptureFixture) -> None:
    @checker("01 toy", timeout=0.1)
    async def toy(answer: Callable[[], Any]) -> None:
        await answer()

    source = """
import asyncio

async def server():
    raise KeyError("salt")

async def answer():
    asyncio.create_task(server())
    await asyncio.Event().wait()
"""
    with caplog.at_level(logging.ERROR, "asyncio"):
        verdict = judged("01 toy", cell(source))
    assert "Got: KeyError: 'salt'\n  Line: 5: raise KeyError" in verdict.text("en")
    assert not caplog.records  # "Task exception was never retrieved"


def test_an_interrupted_check_cancels_the_answer() -> None:
    @checker("01 toy")
    async def toy(answer: Callable[[], Any]) -> None:
        await answer()

    async def main() -> None:
        running = asyncio.Event()
        ended = asyncio.Event()

        async def answer() -> None:
            running.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        cell = asyncio.ensure_future(check("01 toy", answer))
        await running.wait()
        cell.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cell
        assert ended.is_set()
        assert asyncio.get_running_loop().get_task_factory() is None

    asyncio.run(main())


def test_an_answer_that_cancels_itself() -> None:
    @checker("01 toy")
    async def toy(answer: Callable[[], Any]) -> None:
        await answer()

    async def answer() -> None:
        raise asyncio.CancelledError

    assert "Got: it was cancelled" in judged("01 toy", answer).text("en")


def test_an_unknown_name() -> None:
    @checker("01 patient client")
    def toy(answer: Any) -> None: ...

    verdict = judged("01 patent client", 1)
    assert verdict == 0
    assert "There is no check of this name. There are: 01 patient client." in repr(verdict)


def test_the_lessons_own_checkers_are_found() -> None:
    lines = [
        "from zmqlab.exercises import checks",
        'checks._load("01 whatever")',
        'assert checks._checkers and all(name.startswith("01 ") for name in checks._checkers)',
        'for name in ("99 no such lesson", "../x y", ""):',
        "    checks._load(name)",
        'assert not all(name.startswith("01 ") for name in checks._checkers)',
    ]
    # In a Python of its own, for other tests load lessons too.
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_the_card() -> None:
    @checker("01 <toy>")
    def toy(answer: Any) -> None:
        expect(answer, "<b>")

    wrong = check("01 <toy>", "<i>")._repr_html_()
    english, korean = wrong.split('lang="ko"')
    assert "&lt;b&gt;" in english
    assert "&lt;i&gt;" in korean
    assert "<b>" not in wrong
    assert "<i>" not in wrong
    assert "var(--zl-waiting, #8a5a00)" in wrong
    for card in (wrong, check("01 <toy>", "<b>")._repr_html_()):
        assert "var(--zl-lost" not in card  # red means lost, and nothing else
    assert "통과" in check("01 <toy>", "<b>")._repr_html_()
    assert "아직입니다" in check("01 <toy>", None)._repr_html_()


def test_a_long_value_is_cut() -> None:
    @checker("01 toy")
    def toy(answer: Any) -> None:
        expect(answer, "")

    got = check("01 toy", "x" * 100_000).text("en").splitlines()[-1]
    assert len(got) < checks.SHOWN + 20
    assert got.endswith("…")


def test_only_the_standard_library_is_needed() -> None:
    import subprocess
    import sys

    code = (
        "import sys, zmqlab.exercises.checks, zmqlab.exercises; "
        "print({'zmq', 'subprocess', 'threading', 'socket'} & set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, asyncio; before = set(sys.modules); {code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "set()\n"


def test_an_answer_that_can_not_be_shown() -> None:
    class Mute:
        def __repr__(self) -> str:
            raise RuntimeError("no words")

    class SilentError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    @checker("01 number")
    def number(answer: Any) -> None:
        expect(answer, 42)

    @checker("01 raising")
    def raising(answer: Any) -> None:
        raise SilentError

    verdict = check("01 number", Mute())
    assert verdict.state == "not right"
    assert "Got: a Mute whose __repr__ raises RuntimeError" in repr(verdict)
    assert "Mute 객체" in verdict.text("ko")
    assert "a Mute whose" in verdict._repr_html_()
    assert "Got: SilentError" in repr(check("01 raising", 1))


@pytest.mark.parametrize("name", [None, 1, b"01 number", ["01 number"]])
def test_a_name_that_is_no_text(name: Any) -> None:
    verdict = judged(name, 42)
    assert verdict == False  # noqa: E712
    assert repr(verdict) == (
        f"△ {name!r}: not right\n"
        '  The check\'s name comes first, as text: check("01 patient client", answer).'
    )
    assert "첫 번째 인자" in verdict.text("ko")
