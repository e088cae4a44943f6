"""The runner of the page's cells, in this Python: what a cell prints, shows, raises and leaves."""

import asyncio
import importlib.util
import json
import sys

import pytest

from web.paths import ROOT


def load(name):
    path = ROOT / "web" / "page" / "python" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


cellrunner, pageloop = load("cellrunner"), load("pageloop")


class Cells:
    """Runs cells one after the other, and remembers what each printed and showed."""

    def __init__(self):
        self.runner = cellrunner.Runner()
        self.told = []

    async def run(self, source):
        self.runner.install()  # here, for pytest has streams of its own for the call
        self.told = told = []

        def emit(kind, text):
            if told and told[-1][0] == kind == "stdout":
                text = told.pop()[1] + text
            told.append((kind, text))

        return json.loads(await self.runner.run(source, emit))


@pytest.fixture
def cells(monkeypatch):
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    return Cells()


def test_a_cell_prints_awaits_and_shows_its_last_value(cells):
    async def scenario():
        source = "import asyncio\nprint('a')\nawait asyncio.sleep(0)\nprint('b')\nx = 2\nx * 21"
        assert (await cells.run(source))["state"] == "done"
        assert cells.told == [("stdout", "a\nb\n"), ("text", "42")]
        await cells.run("x;")
        assert cells.told == []
        await cells.run("class Rich:\n    def _repr_html_(self): return f'<b>{x}</b>'\nRich()")
        assert cells.told == [("html", "<b>2</b>")]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("source", "name", "line"),
    [
        ("a = 1\na / 0", "ZeroDivisionError", 2),
        ("a = 1\nif a\n    pass", "SyntaxError", 2),
        ("def f():\n    raise KeyError('k')\n\n\nf()", "KeyError", 2),
        ("raise SystemExit(3)", "SystemExit", 1),
    ],
)
def test_an_error_names_its_line_and_shows_no_frame_of_ours(cells, source, name, line):
    result = asyncio.run(cells.run(source))
    assert (result["state"], result["error"]["name"], result["error"]["line"]) == (
        "failed",
        name,
        line,
    )
    [(kind, told)] = cells.told
    assert kind == "error"
    assert name in told
    assert "cellrunner" not in told


def test_a_line_is_seen_before_the_next_and_a_flood_in_few_pieces(cells):
    pieces = []

    async def scenario():
        cells.runner.install()
        source = "print('first')\nseen = len(pieces)\nfor n in range(20_000):\n    print(n)"
        cells.runner.module.pieces = pieces
        await cells.runner.run(source, lambda _kind, text: pieces.append(text))

    asyncio.run(scenario())
    assert cells.runner.module.seen == 1
    assert len(pieces) < 500
    assert "".join(pieces) == "first\n" + "".join(f"{n}\n" for n in range(20_000))


def test_stop_ends_a_cell_that_awaits_and_names_stay(cells):
    async def scenario():
        begun = cells.runner.module.__dict__["begun"] = asyncio.Event()
        running = asyncio.ensure_future(
            cells.run("x = 1\nbegun.set()\nawait begun.__class__().wait()")
        )
        await asyncio.wait_for(begun.wait(), 5)
        cells.runner.interrupt()
        assert (await running)["state"] == "stopped"
        await cells.run("x")
        assert cells.told == [("text", "1")]

    asyncio.run(scenario())


def test_what_a_task_prints_later_goes_to_the_cell_that_started_it(cells):
    async def scenario():
        first = """if True:
            import asyncio
            go = asyncio.Event()
            async def late():
                await go.wait()
                print('late')
            task = asyncio.ensure_future(late())"""
        await cells.run(first)
        told = cells.told
        await cells.run("print('second')\ngo.set()\nawait task")
        assert told == [("stdout", "late\n")]
        assert cells.told == [("stdout", "second\n")]

    asyncio.run(scenario())


def test_a_checks_verdict_is_told(cells):
    source = "from zmqlab import check\ncheck('00 none', 1)"
    assert asyncio.run(cells.run(source))["verdict"] == "not right"


class Strict(asyncio.SelectorEventLoop):
    """A loop that refuses a time that has passed, as a browser's does."""

    def call_later(self, delay, callback, *args, context=None):
        if delay < 0:
            raise ValueError("Can't schedule in the past")
        return super().call_at(self.time() + delay, callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):
        return self.call_later(when - self.time(), callback, *args, context=context)


def test_what_is_due_already_runs_at_once():
    async def scenario():
        loop = asyncio.get_running_loop()
        with pytest.raises(ValueError, match="in the past"):
            loop.call_at(loop.time() - 1, print)
        pageloop.forgive(loop)
        seen = []
        done = loop.create_future()
        loop.call_later(0.02, done.set_result, None)
        loop.call_at(loop.time() - 1, seen.append, "due")
        loop.call_at(loop.time() + 60, seen.append, "later")
        await done
        assert seen == ["due"]

    with asyncio.Runner(loop_factory=Strict) as runner:
        runner.run(scenario())


def test_a_drained_loop_keeps_order_and_lets_callbacks_cancel_each_other():
    async def scenario():
        loop = asyncio.get_running_loop()
        turns, seen = [], []
        given = loop.call_soon

        def counted(callback, *rest, **more):
            turns.append(1)
            return given(callback, *rest, **more)

        loop.call_soon = counted
        pageloop.drain(loop)
        done = loop.create_future()
        handles = []
        loop.call_soon(lambda: handles[1].cancel())
        for number in range(100):
            handles.append(loop.call_soon(seen.append, number))
        loop.call_soon(done.set_result, None)
        await done
        assert seen == [0, *range(2, 100)]
        assert len(turns) < 20

    asyncio.run(scenario())
