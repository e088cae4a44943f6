"""What the page for teachers says: its sums, and the commands, keys and limits of the board."""

import inspect
import re

import pytest
from typer.testing import CliRunner

from web.paths import GUIDES
from web.words import LANGUAGES
from zmqlab.classroom import board, protocol, show
from zmqlab.classroom.commands import PORT
from zmqlab.cli import app

CODE = re.compile(r"`(zmqlab [^`]+)`|^(zmqlab .+)$", re.MULTILINE)


def text(language):
    return (GUIDES[language] / "teachers.md").read_text(encoding="utf-8")


def section(language, anchor):
    """The rows of the first table below an anchor, cell by cell, without its head."""
    lines = text(language).partition(f"({anchor})=\n")[2].splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("|---"))
    rows = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def number(cell):
    return int(cell) if cell else 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_minutes_add_up(language):
    plans = {row[0].partition("](#")[2][:-1]: row for row in section(language, "teachers-plans")}
    sums = {name: [int(cell) for cell in row[2:]] for name, row in plans.items()}
    days = {name: section(language, name) for name in plans}
    assert sum(int(row[0]) for row in days["teachers-90"]) == 90 == sum(sums["teachers-90"])
    days["teachers-two"] = days["teachers-day"] + days["teachers-two"]
    for name in ("teachers-half", "teachers-day", "teachers-two"):
        minutes = [(int(row[0]), number(row[2]), "#lesson-" in row[1]) for row in days[name]]
        exercises = sum(of_these for _, of_these, _ in minutes)
        teaching = sum(all_ - of_these for all_, of_these, lesson in minutes if lesson)
        assert sums[name][:2] == [teaching, exercises], name
        assert sum(sums[name]) == sum(all_ for all_, _, _ in minutes), name


def test_both_languages_have_the_same_numbers():
    anchors = re.findall(r"^\((teachers-[^)]+)\)=$", text("en"), re.MULTILINE)
    for anchor in anchors:
        numbers = []
        for language in LANGUAGES:
            part = text(language).partition(f"({anchor})=\n")[2].partition("\n(teachers")[0]
            rows = [line for line in part.splitlines() if line.startswith("|")]
            numbers.append([re.findall(r"(?:^|\| )(\d+)(?= \|)", row) for row in rows])
        assert numbers[0] == numbers[1], anchor


@pytest.mark.parametrize("language", LANGUAGES)
def test_five_answers_for_each_lesson_of_the_plans(language):
    taught = {row[0] for row in section(language, "teachers-sections")}
    for lesson in sorted(taught):
        assert len(section(language, f"teachers-{lesson}")) == 5, lesson


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commands_are_there(language):
    found = [one or other for one, other in CODE.findall(text(language))]
    assert len(found) >= 6
    for command in found:
        words = command.split()[1:]
        names = words[:2] if words[0] == "class" else words[:1]
        told = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*names, "--help"])
        assert told.exit_code == 0, command
        for option in re.findall(r"--[a-z-]+", command):
            assert option in told.output, command


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keys_and_limits_are_the_boards(language):
    words = text(language)
    keys = section(language, "teachers-board")
    assert len(keys) == 10
    pressed = inspect.getsource(show.View.press)
    for key in ("q", "r", "0", "n", "l", "s"):
        assert f'key == "{key}"' in pressed
        assert any(row[0].startswith(key) for row in keys)
    fewest, most = protocol.FEWEST_ANSWERS, protocol.MOST_ANSWERS
    assert re.match(rf"{fewest}( to |~){most}$", keys[0][0])
    assert (board.STUCK_TRIES, board.STUCK_AFTER, board.SILENT_AFTER) == (3, 300, 15)
    assert re.search(rf"{PORT}( to |~){PORT + 2}", words)
    assert ("15 seconds" if language == "en" else "15초") in words
