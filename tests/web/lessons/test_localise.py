import asyncio
import json
import re

import nbformat
import pytest

from web.lessons import localise as notebooks
from web.lessons.folders import page_name, pages
from web.lessons.localise import digest, localise, slug, with_solutions, write
from web.lessons.run import RunError, execute
from web.lessons.source import read


def sources(notebook, kind="markdown"):
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


def text(notebook):
    return "\n\n".join(sources(notebook))


@pytest.fixture
def english(project):
    return localise(project.lesson, "en")[0]


@pytest.fixture
def korean(project):
    project.translate()
    notebook, missing = localise(project.lesson, "ko")
    assert missing == []
    return notebook


LEFTOVERS = re.compile(r":::|^\s*:answer:|^\([\w-]+\)=|^% |\{[a-z-]+\}`|\{(predict|quiz)\}", re.M)


def test_no_leftovers(english, korean):
    for notebook in (english, korean):
        assert not LEFTOVERS.search(text(notebook))
        nbformat.validate(notebook)


def test_metadata(english, korean):
    assert english.metadata.lesson.language == "en"
    assert korean.metadata.lesson.language == "ko"
    assert korean.metadata.lesson.name == "01-toy"
    assert korean.metadata.kernelspec.name == "python3"
    assert all(cell.get("outputs", []) == [] for cell in korean.cells)


def test_code_and_ids_are_the_same_in_both(english, korean):
    for one, other in zip(english.cells, korean.cells, strict=True):
        assert one.id == other.id
        assert one.cell_type == other.cell_type
        if one.cell_type == "code":
            assert one == other
    assert english.cells[0].id == "01-toy-00"


def test_ids_are_the_same_every_time(project, english):
    assert localise(project.lesson, "en")[0] == english


def test_every_block_is_translated_in_its_place(korean):
    body = text(korean)
    assert body.startswith("# `code`로 만든 장난감")
    assert "> 메시지 하나가 도착할까요?" in body
    assert "## 핵심 아이디어" in body
    assert "**굵은** 글씨와 `recv()`와" in body
    for english in ("arrive", "you will", "send", "quote", "Nested", "Indeed", "three", "easy"):
        assert english not in body.lower().replace("arrived", "")
    assert "not prose" in body  # a code block in the text stays


def test_shape_of_lists_quotes_and_tables_stays(english):
    body = text(english)
    assert "1. send\n   a message;\n2. receive one.\n   - nested *item*\n" in body
    assert "> A quote\n> on two lines.\n>\n> - a list in it" in body
    assert "| Name | Two |\n|---|:-:|\n| a | b \\| c |\n| [x](#The-idea) |  |" in body


def test_shape_is_the_same_in_korean(korean):
    body = text(korean)
    assert re.search(r"^1\. 번역 \d+\n2\. 번역 \d+\n   - 안에 있는 \*항목\*\n", body, re.M)
    assert re.search(r"^> 번역 \d+\n>\n> - 번역 \d+$", body, re.M)
    assert "| [엑스](#핵심-아이디어) |  |" in body
    assert "| 비 \\| 시 |" in body


def test_a_note_in_a_list_is_a_quote_in_the_list(english):
    note = (
        "     > **Note**\n     >\n     > In a list,\n     > two lines.\n     >\n     > - a list in"
    )
    assert note in text(english)


def test_a_prediction_is_plain_markdown(english):
    body = text(english)
    start = body.index("**Predict**")
    end = body.index("</details>", start) + len("</details>")
    assert body[start:end] == (
        "**Predict**\n\nWhat happens?\n\n```python\nx = 1\n```\n\n"
        "- **A.** Nothing.\n- **B.** It works.\n- **C.** Both.\n\n"
        "<details>\n<summary>Answer</summary>\n\n**B**\n\n"
        "- **A.** Wrong, because.\n\n  - a list in a reason\n"
        "- **B.** Right.\n\n  > **Tip**\n  >\n  > Nested.\n"
        "- **C.**\n\n  - begins with a list\n\n</details>"
    )


def test_hints_and_solution_fold_and_keep_their_code(english, korean):
    body = text(english)
    assert "<details>\n<summary>Hint 1</summary>\n\nMore than one.\n\n</details>\n\n<" in body
    assert "<summary>Solution</summary>\n\nIt is easy.\n\n```python\nanswer = 2\n```\n" in body
    assert "<summary>힌트 1</summary>" in text(korean)
    assert "```python\nanswer = 2\n```" in text(korean)


def test_words_of_the_head(english, korean):
    assert "> **The question**\n>\n> Does one message arrive?" in text(english)
    assert "Level: beginner" in text(english)
    assert "난이도: 초급" in text(korean)


def test_an_untranslated_block_stays_english_and_is_reported(project):
    project.translate(
        leave_out=["One message, one arrival."],
        fuzzy=["The same."],
        changes={"Make it two.": "1. 목록이 되는 번역", "It is easy.": "두\n\n문단"},
    )
    notebook, missing = localise(project.lesson, "ko")
    lines = project.lesson.read_text(encoding="utf-8").splitlines()
    assert {m.msgid: (lines[m.line - 1], m.why) for m in missing} == {
        "Make it two.": ("Make it two.", "its translation is not one plain paragraph"),
        "It is easy.": ("It is easy.", "its translation is not one plain paragraph"),
        "The same.": ("The same.", "marked fuzzy"),
        "One message, one arrival.": ("One message, one arrival.", "not translated"),
    }
    for kept in ("Make it two.", "It is easy.", "The same.", "One message, one arrival."):
        assert kept in text(notebook)


def test_without_a_po_all_is_reported(project):
    notebook, missing = localise(project.lesson, "ko")
    assert {m.msgid for m in missing} == {t.msgid for t in read(project.lesson).texts()}
    assert "First paragraph" in text(notebook)


def test_links(project, english, monkeypatch):
    monkeypatch.delenv("SITE_ADDRESS", raising=False)
    paragraph = next(s for s in sources(english) if "First paragraph" in s)
    assert "a [link](#The-idea)," in paragraph
    # Without an address of the site, the guide is named, not linked.
    assert "See the guide, Socket types, [ØMQ](https://zeromq.org/), `[no](#link)`." in paragraph


def test_links_to_the_guide_where_the_site_is_known(project, monkeypatch):
    monkeypatch.setenv("SITE_ADDRESS", "https://example.org/zmq/")
    project.translate()
    en, ko = (text(localise(project.lesson, language)[0]) for language in ("en", "ko"))
    page = "lessons/01-toy.html"
    assert f"[This lesson as a web page](https://example.org/zmq/en/{page})" in en
    assert f"https://example.org/zmq/ko/{page}" in ko
    assert "[the guide](https://example.org/zmq/en/guide/sockets.html#guide-sockets)" in en
    assert "[소켓 종류](https://example.org/zmq/ko/guide/sockets.html#guide-sockets)" in ko


def test_links_to_another_lesson(project):
    other = project.write(
        "notebooks/00-first/lesson.md", project.lesson.read_text(encoding="utf-8")
    )
    other.write_text(other.read_text(encoding="utf-8").replace("A toy", "Zero"))
    project.change("Nobody does.", "See [zero](00-first.md), [](#lesson-00), [it](#lesson-00).")
    project.change("needs: []", "needs: [00-first]")
    body = text(localise(project.lesson, "en")[0])
    assert "See [zero](00-first.ipynb), [Zero with code](00-first.ipynb), [it](00-first.ip" in body
    assert "Do first: [Zero with `code`](00-first.ipynb)" in body


def test_a_setext_heading_and_a_hard_break(project):
    project.change("Nobody does.", "Set\next\n---\n\nHard\\\nbreak.")
    assert "## Set ext\n\nHard\\\nbreak." in text(localise(project.lesson, "en")[0])
    project.translate(changes={"Set ext": "제목", "Hard break.": "줄바꿈."})
    assert "## 제목\n\n줄바꿈." in text(localise(project.lesson, "ko")[0])


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("The idea", "the-idea"),
        ("`recv()` & *more*", "recv--more"),
        ("핵심 아이디어", "핵심-아이디어"),
    ],
)
def test_slug(heading, anchor):
    assert slug(heading) == anchor


# ---------------------------------------------------------------- a notebook to download


def test_a_downloaded_notebook_begins_with_its_set_up_and_a_copy_does_not(
    project, english, korean, monkeypatch
):
    monkeypatch.setenv("SITE_ADDRESS", "https://example.org/zmq")
    setup = []
    for language, own in (("en", english), ("ko", korean)):
        downloaded = localise(project.lesson, language, download=True)[0]
        assert [cell.id for cell in downloaded.cells[1:]] == [cell.id for cell in own.cells]
        first = downloaded.cells[0]
        assert (first.id, first.metadata.tags) == ("01-toy-setup", ["plumbing"])
        assert 'f"https://example.org/zmq/downloads/{wheel}"' in first.source
        compile(first.source, "setup", "exec")
        setup.append(first.source)
        assert downloaded.metadata.lesson.written == digest(downloaded)
    assert "# This lesson needs zmqlab" in setup[0]
    assert "# 이 레슨에는 zmqlab이 필요합니다" in setup[1]


def test_where_the_sites_address_is_not_known_the_wheel_is_looked_for_near(project, monkeypatch):
    monkeypatch.delenv("SITE_ADDRESS", raising=False)
    first = localise(project.lesson, "en", download=True)[0].cells[0]
    assert "localhost" not in first.source
    assert "beside this notebook" in first.source.split("import")[0]


# ---------------------------------------------------------------- solutions, running


def test_a_solution_takes_its_exercises_place(project, english):
    solved = with_solutions(english, read(project.lesson))
    assert "answer = 2" in sources(solved, "code")
    assert "answer = ..." not in sources(solved, "code")
    assert "answer = ..." in sources(english, "code")


def test_no_solution_is_an_error(project, english):
    project.change(":::{solution}", ":::{note}")
    with pytest.raises(ValueError, match="no solution"):
        with_solutions(english, read(project.lesson))


def shown(notebook):
    (cell,) = (c for c in notebook.cells if "check" in c.metadata.get("tags", []))
    return cell.outputs[-1]["data"]["text/plain"]


def test_it_runs_with_and_without_the_solution(project, korean):
    asyncio.run(execute(korean, limit=30))
    assert shown(korean) == "False"
    solved = with_solutions(localise(project.lesson, "ko")[0], read(project.lesson))
    asyncio.run(execute(solved, limit=30))
    assert shown(solved) == "True"
    printed = next(c.outputs for c in solved.cells if "home" in c.metadata.get("tags", []))
    assert printed[0]["text"] == "b'one'\n"


def test_a_failing_cell_fails(project):
    project.change("print(await server.recv())", "raise SystemError('no')")
    with pytest.raises(RunError, match="SystemError"):
        asyncio.run(execute(localise(project.lesson, "en")[0], limit=30))


# ---------------------------------------------------------------- a learner's copy


@pytest.fixture
def copy(tmp_path, english):
    path = tmp_path / "lab" / "01-toy.ipynb"
    assert write(path, english) == "01-toy.ipynb: written"
    return path


def learn(path, change):
    """Change a copy and save it, as Jupyter does."""
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)
    return path.read_bytes()


def ran(notebook):
    cell = next(c for c in notebook.cells if c.cell_type == "code")
    cell["execution_count"] = 3
    cell["outputs"] = [nbformat.v4.new_output("stream", text="hello\n")]
    notebook.metadata["widgets"] = {}


def solved(notebook):
    next(c for c in notebook.cells if c.source == "answer = ...")["source"] = "answer = 1"


def changed_lesson(project):
    project.change("Nobody does.", "Nobody did.")
    return localise(project.lesson, "en")[0]


def test_nothing_to_do_the_second_time(copy, english):
    before = copy.stat().st_mtime_ns
    assert write(copy, english) == ""
    assert copy.stat().st_mtime_ns == before


def test_outputs_stay_while_the_lesson_is_the_same(copy, english):
    saved = learn(copy, ran)
    assert write(copy, english) == ""
    assert copy.read_bytes() == saved


def test_an_empty_cell_at_the_end_is_no_change(copy, project):
    learn(copy, lambda notebook: notebook.cells.append(nbformat.v4.new_code_cell("")))
    assert write(copy, changed_lesson(project)).endswith("updated, the lesson has changed")


def test_a_copy_that_was_only_run_follows_the_lesson(copy, project):
    learn(copy, ran)
    assert write(copy, changed_lesson(project)) == "01-toy.ipynb: updated, the lesson has changed"
    assert "Nobody did." in copy.read_text(encoding="utf-8")
    assert [p.name for p in copy.parent.iterdir()] == ["01-toy.ipynb"]


def test_a_changed_copy_stays_while_the_lesson_is_the_same(copy, english):
    saved = learn(copy, solved)
    assert write(copy, english) == ""
    assert copy.read_bytes() == saved
    assert [p.name for p in copy.parent.iterdir()] == ["01-toy.ipynb"]


def test_a_changed_copy_stays_and_the_new_lesson_comes_beside_it(copy, project):
    saved = learn(copy, solved)
    new = changed_lesson(project)
    said = write(copy, new)
    assert (
        said == "01-toy.ipynb: your copy is changed and stays; the new lesson is 01-toy.new.ipynb"
    )
    assert copy.read_bytes() == saved
    beside = copy.with_name("01-toy.new.ipynb")
    assert "Nobody did." in beside.read_text(encoding="utf-8")
    assert write(copy, new) == ""


def test_a_changed_new_copy_stays_too(copy, project):
    learn(copy, solved)
    write(copy, changed_lesson(project))
    beside = copy.with_name("01-toy.new.ipynb")
    saved = learn(beside, solved)
    project.change("Nobody did.", "Nobody would.")
    assert write(copy, localise(project.lesson, "en")[0]).endswith("01-toy.new2.ipynb")
    assert beside.read_bytes() == saved


def merged_with_the_next(notebook):
    """Take a copy's cells apart as no lesson of ours does: one removed, two merged, one moved."""
    first, second, third, *rest = notebook.cells
    first["source"] += "\n\n" + second["source"]
    notebook.cells = [third, first, *rest[1:]]


def test_a_changed_copy_of_another_structure_is_never_lost(copy, project):
    saved = learn(copy, merged_with_the_next)
    names = {copy.name}
    for number in range(3):  # three further versions, each with a cell more
        project.change("Nobody does.", f"Nobody does.\n\n+++\n\nVersion {number}.")
        said = write(copy, localise(project.lesson, "en")[0])
        assert "your copy is changed and stays; the new lesson is 01-toy.new.ipynb" in said
        names.add("01-toy.new.ipynb")
        assert copy.read_bytes() == saved
    assert {path.name for path in copy.parent.iterdir()} == names
    assert "Version 2." in copy.with_name("01-toy.new.ipynb").read_text(encoding="utf-8")


def test_a_korean_copy_is_told_of_in_korean(tmp_path, korean, project):
    copy = tmp_path / "ko" / "01-toy.ipynb"
    assert write(copy, korean) == "01-toy.ipynb: 새로 만들었습니다"
    project.change("answer = ...", "answer = None")
    assert write(copy, localise(project.lesson, "ko")[0]).endswith("레슨이 바뀌어 새로 고쳤습니다")
    saved = learn(copy, merged_with_the_next)
    project.change("answer = None", "answer = 0")
    said = write(copy, localise(project.lesson, "ko")[0])
    assert said.endswith("고친 노트북은 그대로 두었습니다. 새 레슨은 01-toy.new.ipynb 파일입니다")
    assert copy.read_bytes() == saved


@pytest.mark.parametrize("content", ["", "{}", "not json", json.dumps({"cells": "x"}), "[]"])
def test_what_is_no_notebook_of_ours_stays(copy, english, content):
    copy.write_text(content)
    assert "stays" in write(copy, english)
    assert copy.read_text() == content


def test_somebody_elses_notebook_stays(copy, english):
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), copy)
    assert "stays" in write(copy, english)


def test_digest_sees_sources_only(english):
    before = digest(english)
    ran(english)
    assert digest(english) == before
    solved(english)
    assert digest(english) != before


def test_write_all_says_what_it_did_and_what_stays_english(project, tmp_path):
    project.translate(leave_out=["The same."])
    said = []
    arguments = {
        "folder": tmp_path / "out",
        "lessons": project.root / "notebooks",
        "say": said.append,
    }
    missing = notebooks.write_all(**arguments)
    assert {
        p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.*")
    } == {
        "en/01-toy.ipynb",
        "ko/01-toy.ipynb",
    }
    assert [m.msgid for m in missing["ko/01-toy.ipynb"]] == ["The same."]
    assert any("ko/01-toy.ipynb: blocks that stay English: 1" in line for line in said)
    said.clear()
    notebooks.write_all(**arguments)
    assert not any("written" in line for line in said)


@pytest.mark.parametrize("path", pages(), ids=page_name)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_projects_own_lessons(path, language):
    notebook, _ = localise(path, language)
    assert not LEFTOVERS.search(text(notebook))


def test_a_prediction_below_its_cell_stands_above_it_in_a_notebook(project):
    text = project.lesson.read_text(encoding="utf-8")
    begin = text.index("::::{predict}")
    end = text.index("::::\n", begin + 1) + len("::::\n")
    question = text[begin:end]
    project.change(question, "Text.\n")
    project.change("## Break it: nobody sends", f"{question}\nThere it is.\n\n## Break it: nobody")
    cells = localise(project.lesson, "en")[0].cells
    (at,) = [n for n, cell in enumerate(cells) if "What happens?" in cell.source]
    assert cells[at].id.endswith("-asked")
    assert "home" in cells[at + 1].metadata.tags
    assert cells[at + 2].source.startswith("There it is.")
