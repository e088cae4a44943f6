"""Translations: what is extracted, merged, kept, and reported."""

import shutil
import subprocess
import sys

import polib
import pytest

from web.lessons import translate
from web.lessons.source import read, staged
from web.paths import ROOT

CONF = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from web import paths
paths.LESSONS = Path(__file__).parent / "notebooks"
extensions = ["myst_nb", "web.site.directives"]
source_suffix = {{".md": "myst-nb"}}
gettext_compact = False
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
"""


def template(project):
    """Write the ``.pot`` that the lesson's own texts make, as Sphinx would."""
    pots = project.root / "pots"
    shutil.rmtree(pots, ignore_errors=True)
    (pots / "lessons").mkdir(parents=True)
    po = polib.POFile(wrapwidth=0)
    po.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "POT-Creation-Date": "2026-11-23 10:00+0000",
    }
    for text in read(project.lesson).texts():
        po.append(polib.POEntry(msgid=text.msgid, occurrences=[("/home/somebody/x.md", "3")]))
    po.save(str(pots / "lessons" / "01-toy.pot"))
    return pots


def update(project):
    lessons = project.lesson.parent.parent
    (report,) = translate.update(template(project), project.root / "locale", lessons)
    return report


def entries(project):
    return {entry.msgid: entry for entry in polib.pofile(str(project.po))}


def test_our_texts_are_those_that_sphinx_extracts(project):
    project.write("src/lessons/01-toy.md", staged(project.lesson))
    shutil.copytree(project.root / "guide_en", project.root / "src" / "guide")
    toctree = "# Index\n\n```{toctree}\n:glob:\nlessons/*\nguide/*\n```\n"
    project.write("src/index.md", toctree)
    project.write("conf.py", CONF)
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "gettext", "-c", str(project.root)]
    command += ["-D", "nb_execution_mode=off", str(project.root / "src")]
    subprocess.run([*command, str(project.root / "pots")], check=True)
    pot = polib.pofile(str(project.root / "pots" / "lessons" / "01-toy.pot"))
    theirs = [entry.msgid for entry in pot]
    ours = [text.msgid for text in read(project.lesson).texts()]
    assert sorted(theirs) == sorted(ours)


def test_a_new_lesson_is_all_untranslated(project):
    report = update(project)
    texts = read(project.lesson).texts()
    assert report.untranslated == [text.msgid for text in texts]
    assert report.blocks == len(texts)
    assert not report.complete
    said = str(report)
    assert said.startswith(f"01-toy: {len(texts)} untranslated of {len(texts)} blocks\n")
    assert "line 6, untranslated: Does one message arrive?" in said
    assert f"and {len(texts) - translate.SHOWN} more untranslated" in said


def test_nothing_of_dates_places_and_people_is_kept(project):
    update(project)
    text = project.po.read_text(encoding="utf-8")
    for word in ("Date", "2026", "Translator", "somebody", "#:", "Generated", "EMAIL"):
        assert word not in text
    assert 'msgid "First paragraph with' in text  # not wrapped


def test_a_second_run_changes_nothing(project):
    project.translate(leave_out=["The same."])
    update(project)
    project.change("Nobody does.", "Nobody does it.")
    update(project)
    once = project.po.read_bytes()
    update(project)
    assert project.po.read_bytes() == once


def test_complete(project):
    project.translate()
    report = update(project)
    assert report.complete
    assert str(report) == f"01-toy: all {report.blocks} blocks translated"


def test_order_is_the_texts_own(project):
    po = project.translate()
    shuffled = polib.POFile(wrapwidth=0)
    shuffled.extend(reversed(po))
    project.po.write_text(str(shuffled), encoding="utf-8")
    assert update(project).complete
    assert list(entries(project)) == [text.msgid for text in read(project.lesson).texts()]


def test_a_changed_block_is_fuzzy_and_shows_its_old_english(project):
    project.translate(changes={"One message, one arrival.": "메시지 하나에 도착 하나."})
    project.change("One message, one arrival.", "One message, one arrival or none.")
    report = update(project)
    assert report.fuzzy == ["One message, one arrival or none."]
    entry = entries(project)["One message, one arrival or none."]
    assert entry.msgstr == "메시지 하나에 도착 하나."
    assert entry.previous_msgid == "One message, one arrival."
    project.change("Nobody does.", "Entirely different.")
    update(project)
    entry = entries(project)["One message, one arrival or none."]
    assert entry.previous_msgid == "One message, one arrival."


def test_old_korean_stays_until_all_is_translated(project):
    project.translate(changes={"Nobody does.": "아무도 보내지 않습니다."})
    project.change("Nobody does.", "Quite another thought stands here.")
    report = update(project)
    assert report.stale == ["Nobody does."]
    assert report.untranslated == ["Quite another thought stands here."]
    assert "stale: Nobody does." in str(report)
    assert entries(project)["Nobody does."].obsolete
    text = project.po.read_text(encoding="utf-8")
    before = 'msgid "Quite another thought stands here."\nmsgstr "'
    project.po.write_text(text.replace(before, before + "새 생각입니다."), encoding="utf-8")
    assert update(project).complete
    assert "Nobody does." not in project.po.read_text(encoding="utf-8")


def test_a_block_that_comes_back_has_its_korean_again(project):
    project.translate(changes={"Nobody does.": "아무도 보내지 않습니다."})
    project.change("Nobody does.", "Quite another thought stands here.")
    update(project)
    project.change("Quite another thought stands here.", "Nobody does.")
    assert update(project).complete
    assert entries(project)["Nobody does."].msgstr == "아무도 보내지 않습니다."


def test_a_change_that_is_taken_back_has_its_korean_again(project):
    project.translate(changes={"One message, one arrival.": "메시지 하나에 도착 하나."})
    update(project)
    complete = project.po.read_bytes()
    project.change("One message, one arrival.", "One message, one arrival or none.")
    assert update(project).fuzzy
    project.change("One message, one arrival or none.", "One message, one arrival.")
    assert update(project).complete
    assert project.po.read_bytes() == complete


def test_old_english_does_not_become_a_comment(project):
    project.translate()
    project.change("One message, one arrival.", "One message, one arrival or none.")
    update(project)
    update(project)
    project.change("One message, one arrival or none.", "One message, one arrival or two.")
    update(project)
    assert "# |" not in project.po.read_text(encoding="utf-8")


def test_a_translators_comment_stays(project):
    project.translate()
    text = project.po.read_text(encoding="utf-8")
    project.po.write_text(
        text.replace('msgid "The same."', '# as above\nmsgid "The same."'), encoding="utf-8"
    )
    update(project)
    assert entries(project)["The same."].tcomment == "as above"


def test_a_po_without_a_lesson_is_told(project):
    project.translate()
    project.po.rename(project.po.with_name("09-gone.po"))
    lessons = project.lesson.parent.parent
    reports = translate.update(template(project), project.root / "locale", lessons)
    assert [report.complete for report in reports] == [False, False]
    assert "no such lesson: delete 09-gone.po" in str(reports[1])


@pytest.fixture
def here(project, monkeypatch):
    """Let the command work in the small project; Sphinx's part is done already."""
    monkeypatch.setattr(translate, "LOCALE", project.root / "locale")
    monkeypatch.setattr(translate, "POTS", project.root / "pots")
    monkeypatch.setattr(translate, "LESSONS", project.lesson.parent.parent)
    monkeypatch.setattr(translate, "extract", lambda: template(project))
    return project


def test_check_fails_and_writes_nothing_while_something_is_missing(here, capsys):
    here.translate(leave_out=["The same."])
    before = here.po.read_bytes()
    assert translate.main(["--check"]) == 1
    assert here.po.read_bytes() == before
    said = capsys.readouterr().out
    assert "1 untranslated" in said
    assert "locale/ko/LC_MESSAGES/lessons/01-toy.po is not up to date" in said


def test_check_passes_when_all_is_there(here, capsys):
    here.translate()
    assert translate.main([]) == 0
    assert translate.main(["--check"]) == 0
    assert "not up to date" not in capsys.readouterr().out


def test_without_check_missing_blocks_are_no_failure(here):
    here.translate(leave_out=["The same."])
    assert translate.main([]) == 0
    assert entries(here)["The same."].msgstr == ""
