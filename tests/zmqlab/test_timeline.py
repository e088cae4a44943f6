"""Timelines, from what real programs print."""

import asyncio
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from zmqlab import Programs, Timeline

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
    assert html.count('tabindex="0" role="region"') == 2 and ' id="' not in html


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
