"""What is put into a browser's event loop, tried on one that is as strict."""

import asyncio
import sys

import pytest

from web.page.build import HOME


class StrictLoop(asyncio.SelectorEventLoop):
    """Refuses a time that has passed, as Pyodide's loop does."""

    def call_at(self, when, callback, *args, context=None):
        return self.call_later(when - self.time(), callback, *args, context=context)

    def call_later(self, delay, callback, *args, context=None):
        if delay < 0:
            raise ValueError("Can't schedule in the past")
        return super().call_at(self.time() + delay, callback, *args, context=context)


@pytest.fixture
def pageloop(monkeypatch):
    monkeypatch.syspath_prepend(str(HOME / "python"))
    import pageloop

    yield pageloop
    sys.modules.pop("pageloop", None)


def test_a_time_that_has_passed_is_now(pageloop):
    async def run():
        loop = asyncio.get_running_loop()
        with pytest.raises(ValueError, match="in the past"):
            loop.call_at(loop.time() - 1, print)
        pageloop.allow_the_past(loop)
        order = []
        loop.call_later(0.01, order.append, "later")
        loop.call_at(loop.time() - 1, order.append, "late")
        loop.call_later(-1, order.append, "early")
        done = loop.create_future()
        loop.call_later(0.02, done.set_result, None)
        await done
        return order

    with asyncio.Runner(loop_factory=StrictLoop) as runner:
        assert sorted(runner.run(run())[:2]) == ["early", "late"]
