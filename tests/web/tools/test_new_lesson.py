"""`make lesson` writes a skeleton that is no lesson yet, and never writes over one."""

import pytest

from web import paths
from web.lessons import curriculum
from web.lessons.folders import page_name, pages, to_come
from web.lessons.source import read
from web.tools import new_lesson
from zmqlab.exercises.checks import checker  # noqa: F401  (what the skeleton's checks.py imports is there)

PLAN = """---
lesson:
  status: to come
  title:
    en: More
    ko: 더 많이
  part: 2
  engine: libzmq
---
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(new_lesson, "LESSONS", tmp_path)
    monkeypatch.setattr(paths, "LESSONS", tmp_path)
    return tmp_path


def test_a_new_lesson_is_to_come_and_needs_no_more(folder):
    assert new_lesson.main("98", "trial") == 0
    assert to_come(folder / "98-trial")
    assert pages() == []
    assert curriculum.faults() == []


def test_without_its_status_it_is_a_lesson(folder):
    new_lesson.main("01", "first-message")
    new_lesson.main("98", "trial")
    for path in folder.glob("*/lesson.md"):
        text = path.read_text(encoding="utf-8").replace("  status: to come\n", "")
        text = text.replace("needs: [01-first-message]", "needs: []")
        head, _, tail = text.partition("  title:\n")
        path.write_text(f"{head}  title: Trial\n{tail.split('ko:', 1)[1].partition(chr(10))[2]}")
    assert [page_name(path) for path in pages()] == ["01-first-message", "98-trial"]
    lesson = read(pages()[1])
    assert len(lesson.exercises()) == 2
    assert all(exercise.solution for exercise in lesson.exercises())


def test_a_plan_keeps_what_it_says(folder):
    path = folder / "04-more" / "lesson.md"
    path.parent.mkdir()
    path.write_text(PLAN, encoding="utf-8")
    assert new_lesson.main("04", "more") == 0
    (row,) = curriculum.rows()
    assert (row.titles, row.engine) == ({"en": "More", "ko": "더 많이"}, "libzmq")
    assert "code-cell" in path.read_text(encoding="utf-8")


def test_what_is_written_stays(folder, capsys):
    new_lesson.main("98", "trial")
    path = folder / "98-trial" / "checks.py"
    path.write_text("mine")
    assert new_lesson.main("98", "trial") == 1
    assert new_lesson.main("98", "other") == 1
    assert path.read_text() == "mine"
    said = capsys.readouterr().out.splitlines()
    assert said[1:] == [
        "lesson: 98-trial is written already; nothing was changed",
        "lesson: 98 is 98-trial already; its folder keeps its name",
    ]


@pytest.mark.parametrize(("number", "name"), [("4", "more"), ("", ""), ("98", ""), ("98", "A b")])
def test_a_wrong_number_or_name_is_one_line(folder, capsys, number, name):
    assert new_lesson.main(number, name) == 1
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert list(folder.iterdir()) == []
