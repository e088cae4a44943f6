"""What the page runs: fetched with hashes, packed by hash, and left out where it can't be had."""

import gzip
import hashlib
import json

import pytest

from web.lessons.folders import page_path
from web.lessons.source import read
from web.page import build
from web.site import runnable


def test_the_lock_file_pins_by_hash_and_names_no_registry():
    lock = json.loads((build.HOME / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert {"node_modules/pyodide", "node_modules/esbuild", "node_modules/comlink"} <= set(packages)
    for name, one in packages.items():
        assert one["integrity"].startswith("sha512-"), name
        assert "resolved" not in one, name


@pytest.mark.skipif(not build.available(), reason="NO NODE: nothing runs in these pages")
def test_every_file_is_named_by_its_content_and_unpacks_to_it():
    listed = json.loads((build.PACKED / build.LIST).read_text())["files"]
    assert set(listed) >= {"python.wasm", "stdlib.zip", "companion.zip", *build.LATER}
    for one in listed.values():
        content = gzip.decompress((build.PACKED / one["path"]).read_bytes())
        assert hashlib.sha256(content).hexdigest() == one["sha256"]
        assert one["sha256"][:16] in one["path"]
        assert len(content) == one["size"]


def test_our_code_for_the_page_holds_checkers_and_no_wrong_answers():
    import io
    import zipfile

    names = zipfile.ZipFile(io.BytesIO(build.companion())).namelist()
    assert {"cellrunner.py", "purezmq/standin.py", "zmqlab/stage/__init__.py"} <= set(names)
    assert "zmqlab_lessons/01-first-message/checks.py" in names
    assert not [name for name in names if name.endswith(("wrong.py", ".c"))]


def test_without_node_one_line_says_so_and_no_page_gets_a_button(monkeypatch, tmp_path, capsys):
    script = tmp_path / "static" / "run.js"
    script.parent.mkdir()
    script.write_text("of an earlier build")
    monkeypatch.setattr(build, "SCRIPT", script)
    monkeypatch.setattr(build, "BUILD", tmp_path)
    monkeypatch.setattr(build, "WORK", tmp_path / "page")
    monkeypatch.setattr(build, "SITE", tmp_path / "site")
    monkeypatch.setattr(build.shutil, "which", lambda _name: None)
    monkeypatch.setattr(build, "NODE_WHEEL", "no-such-package-anywhere==0.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    build.prepare()
    said = capsys.readouterr().out.strip().splitlines()
    assert "no Run button" in said[-1]
    assert "Node.js can't be fetched" in said[-1]
    assert not build.available()
    old = tmp_path / "site" / build.FOLDER
    old.mkdir(parents=True)
    build.publish()
    assert not old.exists()


def test_a_cell_needs_what_it_reads_and_an_exercise_all_that_was_imported():
    cells = runnable.facts(read(page_path("01-first-message")))
    [ask] = [one for one in cells if one.get("check") == "01 ask again"]
    setup = next(n for n, one in enumerate(cells) if n and not one["needs"])
    assert setup in ask["needs"]
    assert 'check("01 ask again", ask)' in ask["checks"]
    hang = next(n for n, one in enumerate(cells) if len(one.get("needs", ())) > 1)
    assert cells[hang]["needs"] == [setup, hang - 1]  # the crash that it comes after, and no more
    for number, one in enumerate(cells):
        assert all(n < number and not cells[n].get("part") for n in one.get("needs", ()))
