"""A lesson's source that is opened and saved in JupyterLab stays a lesson."""

import re
import shutil

import pytest
import yaml
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from jupytext.sync_contentsmanager import build_sync_jupytext_contents_manager_class

from web.lessons.folders import FIRST, folders, page_name, pages, split_front
from web.lessons.source import read
from web.paths import LESSONS


def front(path):
    return yaml.safe_load(split_front(path.read_text(encoding="utf-8"))[0])


def squeezed(source):
    return re.sub(r"\n{3,}", "\n\n", source)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Copy every lesson's source, open each as a notebook and save it, as JupyterLab does."""
    root = tmp_path_factory.mktemp("notebooks")
    manager = build_sync_jupytext_contents_manager_class(LargeFileManager)(root_dir=str(root))
    for folder in folders():
        (root / folder.name).mkdir()
        for path in folder.glob("lesson*.md"):
            shutil.copy(path, root / folder.name)
            name = f"{folder.name}/{path.name}"
            model = manager.get(name, content=True, type="notebook")
            manager.save({"type": "notebook", "content": model["content"]}, name)
    return root


def test_no_front_matter_is_lost(saved):
    checked = 0
    for folder in folders():
        for path in folder.glob("lesson*.md"):
            kept = front(saved / folder.name / path.name)
            said = front(path)
            assert kept["lesson"] == said["lesson"], path.parent.name
            # A plan has no cells, and so no head of jupytext's.
            given = kept.get("jupytext", {"notebook_metadata_filter": "lesson"})
            assert given["notebook_metadata_filter"] == "lesson", path.parent.name
            checked += 1
    assert checked >= len(list(LESSONS.glob(f"[0-9][0-9]-*/{FIRST}"))) > 20


@pytest.mark.parametrize("path", pages(), ids=page_name)
def test_the_saved_source_reads_as_the_same_lesson(saved, path):
    before = read(path)
    after = read(saved / path.parent.name / path.name)
    assert after.head == before.head
    assert after.texts() != []
    assert [text.msgid for text in after.texts()] == [text.msgid for text in before.texts()]
    for one, other in zip(before.cells, after.cells, strict=True):
        assert (other.kind, other.options) == (one.kind, one.options)
        # The site fills the lines of the front matter, whose number may have changed.
        assert squeezed(other.source) == squeezed(one.source)
    assert read(path) == before
