"""Comments of code are translated, and nothing else in it changes."""

import io
import tokenize

import pytest

from web.lessons.comments import CONTEXT, comments, lesson_comments, translated
from web.lessons.folders import page_name, pages
from web.lessons.localise import localise
from web.lessons.source import read

CODE = """\
# first, of two words
text = "# no comment"        # said   once
value = await thing()  # noqa: E501

#
last = 1  # first, of two words"""
EXERCISE = "```{code-cell} ipython3\n:tags: [exercise]\nanswer = ..."


def tokens(source):
    """Return what is no comment, with the line of each."""
    found = tokenize.generate_tokens(io.StringIO(source + "\n").readline)
    skipped = (tokenize.COMMENT, tokenize.NL)
    return [(t.type, t.string, t.start[0]) for t in found if t.type not in skipped]


def test_comments_that_are_there_to_be_read():
    assert [comment.text for comment in comments(CODE)] == [
        "first, of two words",
        "said   once",
        "first, of two words",
    ]
    assert comments('text = """open') == []


def test_a_comment_is_put_back_in_its_line_and_no_other_token_changes():
    korean = translated(CODE, lambda words: "두 줄의\n말" if "first" in words else words)
    assert korean.count("# 두 줄의 말") == 2
    assert tokens(korean) == tokens(CODE)
    assert translated(CODE, lambda words: words).count("\n") == CODE.count("\n")


def test_comments_of_cells_and_of_blocks_in_directives_are_a_lessons_text(project):
    project.change(EXERCISE, EXERCISE + "     # your code")
    project.change("answer = 2\n```", "answer = 2    # the whole of it\n```")
    found = {text.msgid: text.line for text in lesson_comments(read(project.lesson))}
    source = project.lesson.read_text(encoding="utf-8").splitlines()
    assert list(found) == ["your code", "the whole of it"]
    assert all(words in source[line - 1] for words, line in found.items())


def test_a_korean_notebook_has_korean_comments_and_says_which_it_lacks(project):
    project.change(EXERCISE, EXERCISE + "     # your code")
    project.change("answer = 2\n```", "answer = 2    # the whole of it\n```")
    project.translate()
    with project.po.open("a", encoding="utf-8") as file:
        file.write(f'\nmsgctxt "{CONTEXT}"\nmsgid "your code"\nmsgstr "여기에 쓰세요"\n')
    notebook, missing = localise(project.lesson, "ko")
    (cell,) = [cell for cell in notebook.cells if "exercise" in cell.metadata.get("tags", [])]
    assert cell.source == "answer = ...     # 여기에 쓰세요"
    assert any("answer = 2    # the whole of it" in cell.source for cell in notebook.cells)
    assert [left.msgid for left in missing] == ["the whole of it"]


@pytest.mark.parametrize("path", pages(), ids=page_name)
def test_the_code_of_both_languages_is_the_same_but_for_comments(path):
    english, korean = (localise(path, language)[0] for language in ("en", "ko"))
    for one, other in zip(english.cells, korean.cells, strict=True):
        assert one.id == other.id
        if one.cell_type == "code":
            assert tokens(one.source) == tokens(other.source)
