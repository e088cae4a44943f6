"""Measuring: what is timed is what was asked for, and what is told is what was timed."""

import asyncio
import os
import statistics
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zmqlab import Meter, Programs, Spread, full
from zmqlab.run.measure import (
    file_system,
    latency,
    latency_async,
    quantile,
    ratios,
    take_turns,
    throughput,
)


@pytest.mark.parametrize(("value", "asked"), [("1", True), ("0", False), ("", False)])
def test_the_full_form_has_one_variable(monkeypatch, value, asked):
    monkeypatch.setenv("ZMQLAB_FULL", value)
    assert full() is asked
    monkeypatch.delenv("ZMQLAB_FULL")
    assert full() is False


NUMBERS = st.lists(st.floats(0, 1e6), min_size=2, max_size=50)


@given(NUMBERS)
def test_quantiles_are_those_of_the_library(values):
    quartiles = statistics.quantiles(values, n=4, method="inclusive")
    for share, expected in zip((0.25, 0.5, 0.75), quartiles, strict=True):
        assert quantile(values, share) == pytest.approx(expected)


@given(NUMBERS)
def test_a_spread_is_in_order(values):
    spread = Spread.of(values)
    numbers = [spread.low, spread.q1, spread.median, spread.q3, spread.p99, spread.high]
    assert numbers[:4] == sorted(numbers[:4]) and spread.p99 <= spread.high
    assert (spread.count, spread.low, spread.high) == (len(values), min(values), max(values))


def test_a_spread_in_words():
    spread = Spread.of([0.001, 0.002, 0.003], scale=1000)
    assert f"{spread:.1f}" == "2.0 (1.5 to 2.5)" and str(spread) == "2 (1.5 to 2.5)"
    with pytest.raises(ValueError, match="nothing was measured"):
        Spread.of([])


def test_round_trips_are_warmed_up_and_each_is_timed():
    calls = []
    times = latency(lambda: calls.append(1), count=7, warm_up=3)
    assert len(times) == 7 and len(calls) == 10 and min(times) >= 0


def test_round_trips_take_what_they_take():
    beats = iter(range(100))

    def work():
        until = time.perf_counter() + (0.05 if next(beats) == 0 else 0.002)
        while time.perf_counter() < until:
            pass

    times = latency(work, count=3, warm_up=1)  # the slow first one is not told
    assert min(times) >= 0.002
    assert statistics.median(times) < 0.05


def test_round_trips_of_a_coroutine():
    calls = []

    async def trip():
        await asyncio.sleep(0)
        calls.append(1)

    assert len(asyncio.run(latency_async(trip, count=5, warm_up=2))) == 5
    assert len(calls) == 7


def test_throughput_counts_what_was_received():
    ready = threading.Semaphore(0)
    threads = set()

    def send(count):
        for _ in range(count):
            ready.release()

    def receive(count):
        threads.add(threading.get_ident())
        until = time.perf_counter() + 0.02
        for _ in range(count):
            assert ready.acquire(timeout=10)
        while time.perf_counter() < until:
            pass

    rate = throughput(send, receive, 100)
    assert 0 < rate <= 100 / 0.02
    assert threading.get_ident() not in threads


def test_throughput_tells_of_what_never_came():
    never = threading.Event()
    with pytest.raises(TimeoutError, match="not all of"):
        throughput(lambda count: None, lambda count: never.wait(10), 10, limit=0.05)
    never.set()
    with pytest.raises(ZeroDivisionError):
        throughput(lambda count: None, lambda count: 1 / 0, 10)


def test_works_take_turns():
    done = []

    async def later(name):
        done.append(name)
        return len(done)

    works = {"a": lambda: later("a"), "b": lambda: done.append("b") or len(done)}
    results = asyncio.run(take_turns(works, repetitions=2, warm_up=1))
    assert done == ["a", "b"] * 3
    assert results == {"a": [3, 5], "b": [4, 6]}
    assert ratios(results["b"], results["a"]).count == 2
    assert ratios([2.0, 9.0], [1.0, 3.0]).median == 2.5
    with pytest.raises(ValueError, match="zip"):
        ratios([1.0], [1.0, 2.0])


BUSY = """
import sys, time
print("there", flush=True)
sys.stdin.readline()
held = bytearray(40_000_000)
began = time.process_time()
while time.process_time() - began < 0.3:
    pass
print("done", flush=True)
sys.stdin.readline()
"""


def start(source):
    return subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def tell(process):
    process.stdin.write("\n")
    process.stdin.flush()


def test_cpu_and_memory_of_a_process():
    with start(BUSY) as process:
        assert process.stdout.readline() == "there\n"
        with Meter(process.pid) as meter:
            tell(process)
            assert process.stdout.readline() == "done\n"
        tell(process)
    assert 0.25 <= meter.cpu <= 0.6
    assert meter.seconds >= 0.29 and 0 < meter.load <= 1.1
    assert meter.grown >= 35_000_000 and meter.peak >= meter.memory >= 40_000_000
    assert [one.time for one in meter.samples] == sorted(one.time for one in meter.samples)
    assert "s of CPU" in repr(meter)


def test_a_process_that_ends_leaves_what_it_had_used():
    with start(BUSY) as process:
        assert process.stdout.readline() == "there\n"
        with Meter(process.pid, every=0.005) as meter:
            tell(process)
            assert process.stdout.readline() == "done\n"
            process.kill()
            process.wait(10)
    assert meter.cpu >= 0.2 and meter.peak >= 40_000_000
    with pytest.raises(ProcessLookupError):
        Meter(process.pid)


def test_this_process_and_a_program_can_be_watched():
    with Meter() as meter:
        sum(range(100_000))
    assert meter.memory > 1_000_000 and len(meter.samples) >= 2

    async def watch():
        async with Programs() as programs:
            server = await programs.start("request_reply/server.py", "--bind", "tcp://127.0.0.1:*")
            with Meter(server) as meter:
                pass
            assert meter.memory > 1_000_000
            await server.stop()
            with pytest.raises(ProcessLookupError, match="does not run"):
                Meter(server)

    asyncio.run(watch())


def test_the_kind_of_file_system(tmp_path):
    assert isinstance(file_system(tmp_path / "not there yet"), str)
    if sys.platform == "linux":
        assert file_system("/proc/self") == "proc"
        assert file_system(tmp_path) != "proc"
        assert file_system(os.sep) not in ("", "proc")


def test_times_are_kept_without_psutil():
    code = "import zmqlab.run.measure, sys; sys.exit('psutil' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
