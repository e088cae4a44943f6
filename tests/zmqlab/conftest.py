"""What several tests here share: verdicts of an exercise's checker, and contexts that end."""

import asyncio

import pytest

from zmqlab import check
from zmqlab.stage import Stage


@pytest.fixture
def verdict_on(request):
    """Return a function that checks an answer to the exercise that the module calls EXERCISE."""

    def verdict_on(answer):
        async def run():
            return await check(request.module.EXERCISE, answer)

        return asyncio.run(run())

    return verdict_on


@pytest.fixture
def assert_refused():
    """Return a function for a verdict on a wrong answer: it says why, in both languages."""

    def assert_refused(verdict, words):
        assert not verdict
        assert verdict.state == "not right"
        assert words in verdict.text("en")
        assert verdict.text("ko") != verdict.text("en")

    return assert_refused


@pytest.fixture
def assert_not_yet():
    """Return a function for a verdict on an exercise that nobody has begun."""

    def assert_not_yet(verdict):
        assert verdict == False  # noqa: E712  (the mould's word: it returns False)
        assert verdict.state == "not yet"

    return assert_not_yet


@pytest.fixture
def ended(monkeypatch):
    """A test that fails must not leave a context that lingers."""
    contexts = []
    plain = Stage.context

    def context(stage, *args):
        contexts.append(plain(stage, *args))
        return contexts[-1]

    monkeypatch.setattr(Stage, "context", context)
    yield
    for one in contexts:
        one.destroy(linger=0)
