import nbformat
import pytest
from myst_nb.core.read import myst_nb_reader_plugin

from web.lessons.front import LessonError
from web.lessons.source import headings, one_paragraph, read, solution_code, texts


def faults(project):
    with pytest.raises(LessonError) as caught:
        read(project.lesson)
    return [str(fault).removeprefix(f"{project.lesson}:") for fault in caught.value.faults]


def test_head_and_title(project):
    lesson = read(project.lesson)
    assert (lesson.name, lesson.number, lesson.title) == ("01-toy", "01", "A toy with `code`")
    assert lesson.head.question == "Does one message arrive?"
    assert (lesson.head.read, lesson.head.exercises, lesson.head.engine) == (15, 5, "both")


def test_cells_are_those_that_myst_nb_runs(project):
    theirs = myst_nb_reader_plugin(str(project.lesson))
    ours = read(project.lesson).cells
    assert [c.cell_type for c in theirs.cells] == [c.kind for c in ours]
    assert [c.source for c in theirs.cells if c.cell_type == "code"] == [
        c.source for c in ours if c.kind == "code"
    ]
    assert [tuple(c.metadata.get("tags", ())) for c in theirs.cells] == [c.tags for c in ours]
    nbformat.validate(theirs)


def test_lines_are_the_sources_own(project):
    source = project.lesson.read_text(encoding="utf-8").splitlines()
    lesson = read(project.lesson)
    front = source.index("---", 1) + 1  # there the heading and the head are put in
    for cell in lesson.cells[1:]:
        assert source[cell.line - 1] == cell.source.splitlines()[0]
    for _, item in lesson.directives()[1:]:
        assert f"{{{item.name}}}" in source[item.line - 1]
        if item.content:
            assert source[item.body_line - 1].strip() == item.content.splitlines()[0]
    for text in [text for text in lesson.texts() if text.line > front]:
        assert text.msgid.split()[0] in source[text.line - 1]


def test_nested_directives_are_found(project):
    names = [item.name for _, item in read(project.lesson).directives()]
    assert names.count("tip") == 1
    assert names.count("quiz") == 3


def test_an_exercise_has_its_cell_checks_hints_and_solution(project):
    (exercise,) = read(project.lesson).exercises()
    assert exercise.cell.source == "answer = ..."
    assert [cell.tags for cell in exercise.checks] == [("check",)]
    assert [hint.content for hint in exercise.hints] == ["More than one.", "Fewer than three."]
    assert exercise.solution == "answer = 2"


def test_two_exercises_keep_their_own(project):
    more = "## Exercise 2\n\n```{code-cell} ipython3\n:tags: [exercise]\nother = ...\n```\n"
    more += ":::{solution}\n```python\nother = 3\n```\n:::\n\n## In production\n"
    project.change("## In production\n", more)
    first, second = read(project.lesson).exercises()
    assert (first.solution, second.solution) == ("answer = 2", "other = 3")
    assert len(first.hints) == 2
    assert second.hints == second.checks == ()


def test_a_solution_is_its_first_block(project):
    project.change("```python\nanswer = 2\n```", "```python\n1\n```\n\n```python\n2\n```")
    (exercise,) = read(project.lesson).exercises()
    assert solution_code(exercise.solutions[0]) == "1"
    project.change("```python\n1\n```", "```text\n1\n```")
    (exercise,) = read(project.lesson).exercises()
    assert solution_code(exercise.solutions[0]) is None


def test_headings_with_their_labels():
    found = headings("(a)=\n(b)=\n# One\n\ntext\n\n(c)=\n\npara\n\n## Two\n")
    assert [(h.text, h.labels, h.line) for h in found] == [("One", ("a", "b"), 3), ("Two", (), 11)]


def test_texts_fold_lines_and_reach_into_directives():
    source = ":::{note}\nOne\ntwo.\n\n- three\n:::\n\n![alt](x.png)\n"
    assert [text.msgid for text in texts(source)] == [
        "One two.",
        "three",
        "![alt](x.png)",
        "alt",
    ]


JUPYTEXT = "jupytext: {text_representation: {extension: .md, format_name: myst}}"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("part: 1", "part: nine", 8, "lesson.part is 'nine'; give it the number of its part"),
        ("part: 1", "part: 9", 8, "lesson.part is 9"),
        ("part: 1", "part: true", 8, "lesson.part is True"),
        ("  part: 1\n", "", 1, "lesson.part is missing"),
        ("level: beginner", "level: easy", 10, "lesson.level is 'easy'; write one of beginner"),
        ("read: 15", "read: long", 9, "lesson.minutes.read is 'long'"),
        ("exercises: 5", "exercise: 5", 9, "lesson.minutes.exercises is None"),
        ("needs: []", "needs: [00-none]", 11, "no lesson '00-none'"),
        ("needs: []", "needs: [01-toy]", 11, "01-toy is not an earlier one"),
        ("engine: both", "engine: zmq", 12, "lesson.engine is 'zmq'"),
        ("engine: both", "engine: libzmq", 12, "lesson.engine is libzmq without a reason"),
        ("measures: the", "measures: 1 #", 13, "lesson.measures is 1"),
        ("measures: the", "measure: the", 13, "lesson.measure is not known"),
        ("api: [", "asks: {en: how}\n  api: [", 15, "lesson.asks.en is not known"),
        ("api: [", "page: more\n  api: [", 15, "lesson.page is 'more'"),
        ("title: A toy with `code`", "title: ' '", 5, "lesson.title is empty"),
        ('guide: ["Chapter 1"]', "guide: Chapter 1", 14, "lesson.guide is 'Chapter 1'"),
        ("api: [zmq_socket]", "api: [1]", 15, "lesson.api holds something that is not text"),
        ("format_name: myst", "format_name: light", 2, "jupytext does not say"),
        (JUPYTEXT, "jupytext: myst", 2, "jupytext does not say"),
        (JUPYTEXT, "jupytext: [myst]", 2, "jupytext does not say"),
        (JUPYTEXT, "jupytext: {text_representation: myst}", 2, "jupytext does not say"),
        ("name: python3", "named: python3", 3, "kernelspec is missing or incomplete"),
    ],
)
def test_each_fault_of_the_front_matter_is_one_clear_line(project, old, new, line, words):
    project.change(old, new)
    found = [fault for fault in faults(project) if words in fault]
    assert len(found) == 1
    assert found[0].startswith(f"{line}: ")
    assert "; " in found[0]
    assert "\n" not in found[0]


def test_an_earlier_lesson_may_be_needed(project):
    later = project.write("notebooks/02-more/lesson.md", project.lesson.read_text(encoding="utf-8"))
    later.write_text(later.read_text(encoding="utf-8").replace("needs: []", "needs: [01-toy]"))
    assert read(later).head.needs == ("01-toy",)


def test_engine_libzmq_with_its_reason(project):
    project.change("engine: both", "engine: libzmq\n  engine_why: It is about threads.")
    assert read(project.lesson).head.engine_why == "It is about threads."


def test_all_faults_come_at_once(project):
    project.change("part: 1", "part: 9")
    project.change("level: beginner", "level: easy")
    project.change("{hint}", "{clue}")
    assert len(faults(project)) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# No front matter\n", "no front matter"),
        ("---\na: [\n---\n# X\n", "front matter is not YAML"),
    ],
)
def test_no_front_matter(project, text, words):
    project.lesson.write_text(text)
    assert words in faults(project)[0]


def test_an_unknown_directive_is_named_with_its_line(project):
    project.change(":::{tip}", ":::{danger}")
    line = project.lesson.read_text(encoding="utf-8").splitlines().index("  :::{danger}") + 1
    assert faults(project) == [
        f"{line}: unknown directive {{danger}}; lessons have lesson-head, predict, quiz, hint, "
        "solution, note, warning, tip"
    ]


def test_a_file_name_without_number(project):
    path = project.write("notebooks/toy/lesson.md", project.lesson.read_text(encoding="utf-8"))
    with pytest.raises(LessonError, match="NN-topic"):
        read(path)


@pytest.mark.parametrize(
    "text", ["한 문단", "**굵게** 그리고 `code`", "1번이 아닌 문장", "한 줄\n두 줄"]
)
def test_one_paragraph(text):
    assert one_paragraph(text)


@pytest.mark.parametrize(
    "text",
    ["1. 목록", "- 목록", "# 제목", "% 주석", "+++", "---", "두\n\n문단", "> 인용", "(a)=", ""],
)
def test_not_one_paragraph(text):
    assert not one_paragraph(text)
