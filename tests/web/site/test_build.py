"""The build says what is wrong before it starts, stops when told to, and leaves nothing old."""

import os
import re
import subprocess
import sys

import pytest

from web import paths as places
from web.paths import ROOT
from web.site import build
from web.tools import lab


@pytest.fixture
def here(project, monkeypatch):
    """Let the build work in the small project."""
    for module, name, folder in (
        (build, "LESSONS", "notebooks"),
        (places, "LESSONS", "notebooks"),
        (build, "BUILD", "build"),
        (build, "SITE", "build/site"),
        (places, "BUILD", "build"),
    ):
        monkeypatch.setattr(module, name, project.root / folder)
    monkeypatch.setattr(build, "write_records", lambda: None)  # the small lesson has never run
    monkeypatch.setattr(build, "write_cards", lambda: None)
    return project


def test_a_good_lesson_has_no_faults(here):
    assert build.faults() == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  part: 1\n", "  part: [1\n", ":1: front matter is not YAML"),
        ("level: beginner", "level: easy", ":10: lesson.level is 'easy'; write one of"),
        ("---\njupytext", "jupytext", ":1: no front matter; begin with ---"),
        (":::{tip}", ":::{topic}", ": unknown directive {topic}; lessons have"),
        ("import zmq.asyncio", "import = 1", ":63: cell is not Python: invalid syntax; mend"),
    ],
)
def test_a_broken_lesson_is_told_by_line_and_nothing_runs(
    here, monkeypatch, capsys, old, new, said
):
    monkeypatch.setattr(build, "run_lessons", lambda: pytest.fail("it ran"))
    here.change(old, new)
    if ":63:" in said:
        lines = here.lesson.read_text(encoding="utf-8").splitlines()
        said = said.replace("63", str(lines.index(new) + 1))
    assert build.main() == 1
    printed = capsys.readouterr().err
    assert printed.startswith("notebooks/01-toy/lesson.md:")
    assert said in printed


def test_a_build_folder_that_cannot_be_written_is_told(here, monkeypatch, capsys):
    (here.root / "build").write_text("a file stands in its place")
    monkeypatch.setattr(lab.sys, "argv", ["lab", "en"])
    for main, name in ((build.main, "site"), (lab.main, "lab")):
        assert main() == 1
        said = capsys.readouterr().err
        assert said.startswith(f"{name}: ") and "can't be written" in said
        assert said.count("\n") == 1


def test_pages_and_notebooks_without_a_source_are_deleted(here):
    source = here.write("build/src/en/guide/start.md", "# Start\n")
    names = ("guide/start.html", "guide/gone.html", "lessons/02-gone.html", "search.html")
    pages = [here.write(f"build/site/en/{name}", "") for name in names]
    kept = here.write("build/site/en/notebooks/01-toy.ipynb", "")
    gone = here.write("build/site/en/notebooks/02-gone.ipynb", "")
    copy = here.write("build/site/jupyter_execute/lessons/01-toy.ipynb", "")
    build.remove_old()
    assert source.exists() and kept.exists()
    assert [page.exists() for page in pages] == [True, False, False, True]
    assert not gone.exists() and not copy.exists()


def test_blocks_that_stay_english_are_told_by_lesson(here, capsys):
    here.translate(leave_out=["The same.", "Nobody does."])
    build.write_notebooks()
    assert capsys.readouterr().out == "ko/01-toy: 2 blocks stay English: run make translate\n"


class _Interrupted(subprocess.Popen):
    """A build during which Ctrl-C comes: the first wait for it is broken off."""

    broken_off = False

    def wait(self, timeout=None):
        if not _Interrupted.broken_off:
            _Interrupted.broken_off = True
            raise KeyboardInterrupt
        return super().wait(timeout)


def test_ctrl_c_leaves_no_sphinx_behind(here, monkeypatch, capsys):
    started = []

    def sphinx(_language):
        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        started.append(_Interrupted(command))
        return started[-1]

    monkeypatch.setattr(build, "sphinx", sphinx)
    monkeypatch.setattr(build, "stage", lambda: None)
    monkeypatch.setattr(build, "run_lessons", list)
    assert build.main() == 130
    assert capsys.readouterr().err == "\nsite: stopped; run it again\n"
    assert len(started) == 2
    assert all(process.returncode is not None for process in started)


def test_a_failed_sphinx_build_says_what_may_help(here, monkeypatch, capsys):
    command = [sys.executable, "-c", "raise SystemExit(2)"]
    monkeypatch.setattr(build, "sphinx", lambda _language: subprocess.Popen(command))
    monkeypatch.setattr(build, "stage", lambda: None)
    monkeypatch.setattr(build, "run_lessons", list)
    assert build.main() == 1
    assert "`make clean`, then `make site` again" in capsys.readouterr().err


def test_only_a_typed_language_can_be_a_mistake():
    # As typed by hand, also when `make test` runs this.
    ours = {"LANGUAGE", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    for exported, typed, language in [
        ("fr_FR:fr", None, "en"),
        ("C", None, "en"),
        ("ko_KR:ko:en", None, "ko"),
        ("", None, "en"),
        (None, None, "en"),
        ("fr", "ko", "ko"),
        ("ko", "fr", "fr"),  # which web.tools.lab refuses
    ]:
        environment = {name: value for name, value in os.environ.items() if name not in ours}
        if exported is not None:
            environment["LANGUAGE"] = exported
        command = ["make", "-n", "lab", *([f"LANGUAGE={typed}"] if typed else [])]
        said = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        ).stdout
        assert said.splitlines()[-1].endswith(f"-m web.tools.lab {language}"), (exported, typed)


def test_pages_above_both_languages_work_below_a_projects_path(here, monkeypatch):
    monkeypatch.setenv("SITE_ADDRESS", "https://example.org/project/")
    build.write_root()
    missing = (build.SITE / "404.html").read_text(encoding="utf-8")
    asked = re.findall(r'(?:href|src)="([^"#]+)"', missing)
    assert asked and all(address.startswith("/project/") for address in asked)
    root = (build.SITE / "index.html").read_text(encoding="utf-8")
    relative = re.findall(r'<(?:a|link rel="stylesheet"|link rel="icon")[^>]* href="([^"]+)"', root)
    assert len(relative) >= 4 and not any(one.startswith(("/", "http")) for one in relative)


def test_an_argument_builds_nothing(capsys):
    assert build.main(["--help"]) == 2
    assert "takes no arguments" in capsys.readouterr().err
