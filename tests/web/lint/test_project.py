"""The lint as a whole: its command, its table of rules, and what is pending."""

import re
import subprocess
import sys

import pytest

from web.lint.__main__ import main
from web.lint.pending import PENDING
from web.lint.project import lint, lint_lessons, page_of
from web.lint.registry import TABLE, Rules, declare
from web.paths import ROOT


@pytest.fixture
def whole(project):
    project.write("guide_en/sockets.md", "(guide-sockets)=\n# Socket types\n")
    project.write("guide_ko/sockets.md", "(guide-sockets)=\n# 소켓 종류\n")
    project.translate()
    return project


def test_the_command(whole, capsys):
    assert main([str(whole.root)]) == 0
    assert capsys.readouterr().out == "lint: nothing found\n"
    whole.change(("Nobody does.", "Obviously."), ("context.destroy(linger=0)", "pass"))
    assert main([str(whole.root)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "lint: 6 findings"
    form = r"(locale|notebooks)/\S+:\d+: [A-Z]\d\d .+; .+"
    assert all(re.fullmatch(form, line) for line in said[:-1]), said


def test_the_rules_are_printed():
    command = [sys.executable, "-m", "web.lint", "--rules"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert {line.split()[0] for line in lines} == set(TABLE)
    assert lines[0].startswith("F01  a lesson can be read")


def test_an_id_is_one_rules_alone():
    with pytest.raises(ValueError, match="there is a rule F01 already: a lesson can be read"):
        declare("F01", "something else")
    with pytest.raises(ValueError, match="there is a rule K02"):
        Rules().rule("K02", "something else")


def test_a_lesson_that_cannot_be_read_is_told_and_the_rest_checked(whole):
    whole.change(("part: 1", "part: 9"))
    whole.write("guide_en/sockets.md", "(guide-sockets)=\n# Obviously\n")
    found = [(fault.rule, fault.what) for fault in lint(whole.root)]
    assert found == [("E01", "filler 'Obviously'"), ("F01", "lesson.part is 9")]


def test_a_lesson_without_korean(whole):
    whole.po.unlink()
    assert [(fault.rule, fault.what) for fault in lint(whole.root)] == [("P01", "no Korean")]


def test_a_lesson_to_come_needs_its_front_matter_alone(whole):
    front = "---\nlesson:\n  status: to come\n  title: {en: More, ko: 더}\n  part: 1\n"
    path = whole.write("notebooks/02-more/lesson.md", f"{front}  engine: both\n---\n")
    assert lint(whole.root) == []
    path.write_text(f"{front}  engine: none\n---\n", encoding="utf-8")
    assert [fault.rule for fault in lint(whole.root)] == ["F02"]


def test_a_term_that_cannot_be_read_is_told_alone(whole):
    whole.write("glossary/message.md", "# message\n")
    whole.change(("Nobody does.", "Obviously."))
    assert [fault.rule for fault in lint(whole.root)] == ["T01"]


def test_what_is_pending_is_not_told(whole):
    whole.change(("**To a colleague:** it", "It"))
    whole.translate()
    assert [fault.rule for fault in lint(whole.root)] == ["F23"]
    assert lint(whole.root, {"01-toy": {"F23"}}) == []


def test_only_rules_that_are_broken_are_pending():
    broken = {(page_of(fault), fault.rule) for fault in lint_lessons(ROOT, {})}
    pending = {(page, rule) for page, rules in PENDING.items() for rule in rules}
    assert pending <= broken, f"take these out of web/lint/pending.py: {pending - broken}"
