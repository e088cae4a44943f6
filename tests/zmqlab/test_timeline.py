"""Timelines, from what real programs print."""

import asyncio
import re
import threading
import time
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from zmqlab import Gantt, Programs, Timeline
from zmqlab.draw.timeline import Span

WORKER = """
print("ready worker", flush=True)
for task in ("1", "2"):
    print(f"task {task} taken", flush=True)
    print(f"task {task} done: 00ff", flush=True)
print("task 3 taken", flush=True)
import time
time.sleep(60)
"""
IDLE = """
print("ready worker", flush=True)
"""


def test_bars_from_the_lines_of_programs(tmp_path):
    (tmp_path / "worker.py").write_text(WORKER)
    (tmp_path / "idle.py").write_text(IDLE)

    async def scenario():
        async with Programs() as programs:
            busy = await programs.start(tmp_path / "worker.py")
            idle = await programs.start(tmp_path / "idle.py")
            await busy.line("task 3 taken")
            busy.kill()
            await asyncio.gather(busy.wait(5), idle.wait(5))
            return busy, Timeline(anna=busy, ben=idle)

    busy, picture = asyncio.run(scenario())
    assert {line.program for line in busy.output} == {busy}
    assert [(one.task, one.done) for one in picture.lanes["anna"]] == [
        ("1", True), ("2", True), ("3", False)
    ]  # fmt: skip
    assert picture.lanes["ben"] == []
    assert picture.lanes["anna"][0].began == 0
    assert all(one.began <= one.ended <= picture.end for one in picture.lanes["anna"])
    anna, ben = picture.sentences("en")
    assert re.fullmatch(
        r"anna did 2 tasks, the last until [\d.]+ m?s; task 3 was in its hand when it ended", anna
    )
    assert ben == "ben did 0 tasks"
    assert "하던 중에 끊김" in picture.text("ko")
    for language in ("en", "ko"):
        ElementTree.fromstring(picture.svg(language))
    assert "var(--zl-lost" in picture.svg("en")
    html = picture._repr_html_()
    assert html.count('class="zl-narrow"') == 2 and ' id="' not in html


def test_nobody_did_anything():
    picture = Timeline()
    ElementTree.fromstring(picture.svg("en"))
    assert picture.end == 0


@pytest.mark.parametrize("killed", [False, True])
def test_who_still_works_and_who_was_killed_and_came_back(tmp_path, killed):
    """Only what a program held when it ended is lost, in each of its lives."""
    (tmp_path / "worker.py").write_text(WORKER)

    async def scenario():
        async with Programs() as programs:
            worker = await programs.start(tmp_path / "worker.py")
            await worker.line("task 3 taken")
            if killed:
                worker.kill()
                await worker.wait(5)
                await worker.restart()
                await worker.line("task 3 taken")
            return Timeline(anna=worker)

    picture = asyncio.run(scenario())
    lane = picture.lanes["anna"]
    assert [(one.task, one.lost) for one in lane if not one.done] == [
        *[("3", True)] * killed, ("3", False)
    ]  # fmt: skip
    assert all(one.ended <= after.began for one, after in pairwise(lane))
    (told,) = picture.sentences("en")
    assert told.endswith("; it still works on task 3")
    assert ("; task 3 was in its hand when it ended;" in told) == killed
    assert "작업 3: 아직 하는 중" in picture.text("ko")
    assert ("var(--zl-lost" in picture.svg("en")) == killed
    ElementTree.fromstring(picture.svg("en"))


def test_a_chart_of_threads_from_their_marks():
    """Two threads and a lock: never both in it, and who sleeps there makes the other wait."""
    chart, lock, inside = Gantt("anna", "ben"), threading.Lock(), threading.Event()

    def anna():
        chart.mark("anna", "works")
        with lock:
            chart.mark("anna", "sleeps")
            inside.set()
            while not any(span.state == "works" for span in chart.lanes["ben"]):
                time.sleep(0.001)
            chart.mark("anna", "holds")
            chart.mark("anna")

    def ben():
        chart.mark("ben", "works")
        inside.wait(5)
        chart.mark("ben", "waits")
        with lock:
            chart.mark("ben", "holds")
            chart.mark("ben")

    crew = [threading.Thread(target=one) for one in (anna, ben)]
    for one in crew:
        one.start()
    for one in crew:
        one.join(10)
    assert [span.state for span in chart.lanes["anna"]] == ["works", "sleeps", "holds"]
    assert [span.state for span in chart.lanes["ben"]] == ["works", "waits", "holds"]
    assert chart.together("sleeps", "holds") == 1
    assert chart.together("sleeps", "waits") == 2
    waited = chart.lanes["ben"][1]
    assert 0 < chart.spent("ben", "waits") == waited.ended - waited.began
    first, second, _measured = chart.sentences("en")
    assert re.fullmatch(
        r"anna: works [\d.]+ m?s, holds the lock [\d.]+ m?s, holds the lock, asleep [\d.]+ m?s, "
        r"until [\d.]+ m?s",
        first,
    )
    assert second.startswith("ben: works ")
    assert "락을 쥔 채 잠듦" in chart.text("ko")
    for language in ("en", "ko"):
        ElementTree.fromstring(chart.svg(language))
    assert "waited " in chart.svg("en") and "기다린 시간" in chart.svg("ko")
    assert "var(--zl-lost" not in chart.svg("en")
    assert ' id="' not in chart._repr_html_()


def test_a_chart_counts_who_is_there_at_once_and_no_longer():
    chart = Gantt()
    chart._marks = [
        (1.0, "anna", "holds"), (2.0, "anna", "works"), (2.0, "ben", "holds"),
        (3.0, "cleo", "holds"), (4.0, "ben", ""), (5.0, "anna", ""), (5.0, "cleo", ""),
    ]  # fmt: skip
    assert chart.together("holds") == 2
    assert chart.spent("anna", "holds", "works") == 4.0
    assert [*chart.lanes] == ["anna", "ben", "cleo"]
    assert chart.lanes["ben"] == [Span("holds", 1.0, 3.0)]


def test_a_chart_knows_its_states_and_may_be_empty():
    chart = Gantt("anna")
    with pytest.raises(ValueError, match="'idles': write one of works, waits"):
        chart.mark("anna", "idles")
    ElementTree.fromstring(chart.svg("en"))
    assert chart.together("holds") == 0
