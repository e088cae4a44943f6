"""A trial tells a call that blocks from one that never ends and from one that is wrong."""

import asyncio
import signal
import subprocess
import sys
import time

import pytest

from zmqlab.exercises.checks import NotRight, expect
from zmqlab.exercises.trial import GOES_ON, STILL_WAITED, must_be_async, trial
from zmqlab.words.language import Text

ABOUT = Text(en="A situation.", ko="상황.")


def refused(work, seconds=0.3):
    async def run():
        async with trial(seconds, ABOUT):
            await work()

    with pytest.raises(NotRight) as found:
        asyncio.run(run())
    return found.value


def test_one_that_never_ends():
    assert refused(asyncio.Event().wait).got == STILL_WAITED


def test_one_that_is_wrong():
    async def wrong():
        expect(1, 2, ABOUT)

    assert (refused(wrong).expected, refused(wrong).got) == (2, 1)


def test_one_that_blocks_is_told_so_rather_than_that_it_is_wrong():
    async def blocks():
        time.sleep(0.4)  # noqa: ASYNC251  (that is the point)
        expect(1, 2, ABOUT)

    assert refused(blocks).expected == GOES_ON


def test_one_that_blocks_is_told_so_where_no_thread_can_be_started(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", refuse)
    test_one_that_blocks_is_told_so_rather_than_that_it_is_wrong()


STOPPED = """
import asyncio, sys
from zmqlab.exercises.trial import trial
from zmqlab.words.language import Text

async def run():
    async with trial(60, Text(en="A situation.", ko="상황.")):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)

asyncio.run(run())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP")
def test_a_machine_that_stands_still_is_not_taken_for_an_answer_that_blocks():
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", STOPPED], text=True, **pipes) as child:
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGSTOP)
        time.sleep(1.5)  # longer than a loop may stand still
        child.send_signal(signal.SIGCONT)
        _, said = child.communicate("\n", timeout=60)
    assert child.returncode == 0, said


def test_one_that_blocks_for_long_is_refused_though_it_is_right():
    async def blocks():
        time.sleep(3)  # noqa: ASYNC251  (that is the point)

    assert refused(blocks, seconds=30).expected == GOES_ON


def test_one_that_raises_a_time_out_of_its_own_keeps_it():
    async def raises():
        raise TimeoutError("mine")

    async def run():
        async with trial(5, ABOUT):
            await raises()

    with pytest.raises(TimeoutError, match="mine"):
        asyncio.run(run())


def test_one_that_is_right():
    async def run():
        async with trial(5, ABOUT):
            await asyncio.sleep(0)

    asyncio.run(run())


def test_a_plain_function_where_a_coroutine_is_due():
    with pytest.raises(NotRight):
        must_be_async(lambda: None, "ask")
