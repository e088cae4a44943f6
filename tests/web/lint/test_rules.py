"""Every rule of the lint: that it fires, and that it lets good sources be."""

import time

import pytest

from web.lessons.source import read
from web.lint import rules as lint
from web.paths import ROOT


def lesson_findings(project):
    return [fault.what for fault in lint.lint_lesson(read(project.lesson))]


def korean_findings(text):
    page = list(lint.blocks(text))
    return [fault.what for fault in lint.korean(ROOT / "x.md", page)]


# ---------------------------------------------------------------- lessons


def test_a_good_lesson_has_no_findings(project):
    assert lesson_findings(project) == []


def add_code(project, code, tags=""):
    """Add a cell in the middle of the lesson."""
    option = f":tags: [{tags}]\n" if tags else ""
    cell = f"```{{code-cell}} ipython3\n{option}{code}\n```\n\n"
    project.change("## Exercise\n", cell + "## Exercise\n")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("# A toy with `code`", "# A toy\n\n# And more", "2 H1 headings"),
        ("## The situation", "## The background", "no section 'The situation'"),
        ("## The situation", "## The background", "heading 'The background' is not one of"),
        ("## Break it: nobody sends", "## Nobody sends", "no section 'Break it'"),
        ("## Remember", "## Recall", "no section 'Remember'"),
        ("## Further", "## Quiz", "heading 'Quiz' twice"),
        ("## In production", "## Remember\n\n## In production", "'In production' stands after"),
        ("## Remember", "## My own thoughts\n\n## Remember", "'My own thoughts' is not one of"),
        (":::{lesson-head}\n:::", "", "0 {lesson-head} in the lesson"),
        (":answer: 2\n\nWhat", "What", "{predict} has :answer: missing"),
        (":answer: 2\n\nWhat", ":answer: 4\n\nWhat", "{predict} has :answer: 4"),
        ("What happens?\n\n```python\nx = 1\n```\n\n", "", "{predict} without a question"),
        ("- Yes.\n\n  Indeed.\n", "", "{quiz} has 1 answers"),
        ("- Yes.\n\n  Indeed.\n", "- Yes.\n", "answer 1 of {quiz} has no reason"),
        ("  Too many.\n", "  Too many.\n\nAnd more.\n", "{quiz} goes on after its answers"),
        (":tags: [exercise]", ":tags: [other]", "no exercise"),
        (":tags: [exercise]", ":tags: [other]", "{solution} before any exercise"),
        (":tags: [exercise]", ":tags: [other]", "check before any exercise"),
        (":tags: [check]\n", "", "exercise without a check"),
        ('check("toy", answer)', "answer == 2", "cell tagged check calls no check()"),
        (":::{hint}\nFewer than three.\n:::\n", "", "exercise with 1 hints"),
        (":::{solution}", ":::{note}", "exercise with 0 solutions"),
        ("```python\nanswer = 2\n```\n", "", "{solution} does not hold exactly one"),
        ("Nobody does.", "See {ref}`x`.", "role {ref} in a lesson"),
        ("Nobody does.", "Note that nobody does.", "filler 'Note that'"),
    ],
)
def test_the_mould(project, old, new, what):
    if what.startswith("cell tagged check"):
        project.change("def check(name, given):\n    return given == 2\n", "")
    project.change(old, new)
    assert [found for found in lesson_findings(project) if what in found]


def test_two_quiz_questions_are_too_few(project):
    project.change("::::{quiz}", "::::{predict}")
    assert "2 {quiz} in the lesson" in lesson_findings(project)


@pytest.mark.parametrize(
    "new", ["## Break it", "## Break it: the server dies", "## Break it: now\n\n## Mend it"]
)
def test_free_and_longer_headings_are_fine(project, new):
    project.change("## Break it: nobody sends", new)
    assert lesson_findings(project) == []


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("\n".join("a = 1" for _ in range(16)), "cell of 16 lines"),
        ("a = (", "code does not parse"),
        ("%timeit 1", "magic or shell line"),
        ("!ls", "magic or shell line"),
        ("print('안녕')", "Korean in a code cell"),
        ("import threading", "threading in a lesson with engine: both"),
        ("from subprocess import run", "subprocess.run in a lesson"),
        ("import socket", "socket in a lesson"),
        ("from zmqlab import Programs", "zmqlab.Programs in a lesson"),
        ("import time\ntime.sleep(1)", "time.sleep"),
        ("from time import sleep", "time.sleep in a lesson"),
        ("import asyncio\nasyncio.run(x())", "asyncio.run"),
        ("import asyncio\nawait asyncio.sleep(0.1)", "asyncio.sleep"),
        ("import asyncio\nawait asyncio.sleep(pause)", "asyncio.sleep"),
        ("loop.run_in_executor(None, f)", "run_in_executor"),
        ("server.bind('tcp://*:5555')", "endpoint 'tcp://*:5555'"),
        ("server.bind('tcp://127.0.0.1:5555')", "endpoint 'tcp://127.0.0.1:5555'"),
        ("server.bind('ipc:///tmp/x')", "endpoint 'ipc:///tmp/x'"),
        ("server.connect(f'tcp://10.0.0.1:{port}')", "endpoint 'tcp://10.0.0.1:'"),
        ("other = context.socket(zmq.SUB)", "socket 'other' is not closed"),
        ("a, other = 1, context.socket(zmq.SUB)", "socket 'other' is not closed"),
        ("a, other = (context.socket(zmq.SUB) for _ in range(2))", "socket 'other' is not closed"),
        (
            "a, b = (context.socket(zmq.SUB) for _ in range(2))\nfor s in (a,):\n    s.close()",
            "socket 'b' is not closed",
        ),
        ("second = zmq.asyncio.Context()", "context 'second' is not closed"),
        (
            "def make(context):\n    one = context.socket(zmq.SUB)\n    one.send(b'')",
            "socket 'one' is not closed",
        ),
    ],
)
def test_cells(project, code, what):
    add_code(project, code)
    assert [found for found in lesson_findings(project) if what in found]


@pytest.mark.parametrize(
    "code",
    [
        "\n".join("a = 1" for _ in range(15)),
        "import asyncio\nawait asyncio.sleep(0)",
        "with context.socket(zmq.REP) as one:\n    one.bind('inproc://a')",
        "with context.socket(zmq.REP) as one:\n    one.bind('tcp://127.0.0.1:*')",
        "def make(context):\n    one = context.socket(zmq.SUB)\n    return one",
        "def make(context):\n    one = context.socket(zmq.SUB)\n    one.close()",
        "print('see https://zeromq.org/')",
    ],
)
def test_good_cells(project, code):
    add_code(project, code)
    assert lesson_findings(project) == []


def test_a_libzmq_only_cell_may_use_processes(project):
    add_code(project, "import subprocess\nserver.bind('ipc:///tmp/x')", "libzmq-only")
    assert lesson_findings(project) == []


def test_what_libzmq_only_cells_open_they_may_close(project):
    add_code(project, "a, b = context.socket(zmq.SUB), context.socket(zmq.SUB)", "libzmq-only")
    assert any("'a' is not closed" in found for found in lesson_findings(project))
    add_code(project, "for socket in (a, b):\n    socket.close()", "libzmq-only")
    assert lesson_findings(project) == []


def test_a_lesson_for_libzmq_may_use_threads(project):
    add_code(project, "import threading")
    project.change("engine: both", "engine: libzmq\n  engine_why: Threads.")
    assert lesson_findings(project) == []


def test_a_solution_is_held_to_the_same_rules(project):
    project.change("```python\nanswer = 2\n", "```python\nimport threading\nanswer = 2\n")
    (found,) = lint.lint_lesson(read(project.lesson))
    assert "threading" in found.what
    lines = project.lesson.read_text(encoding="utf-8").splitlines()
    assert lines[found.line - 1] == "import threading"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("server.close()\n", ""),
        ("context.term()\n", ""),
    ],
)
def test_what_is_open_is_closed_in_the_last_cell(project, old, new):
    project.change(old, new)
    assert any("is not closed" in found for found in lesson_findings(project))


def test_destroying_the_context_closes_its_sockets(project):
    project.change("server.close()\ncontext.term()", "context.destroy()")
    assert lesson_findings(project) == []


NO_LIMIT = ("context.rcvtimeo = 1000\n", "")


@pytest.mark.parametrize(
    "code",
    [
        "await server.recv()",
        "await server.recv_multipart()",
        "await server.poll()",
        "await server.poll(None)",
        "async def f(s):\n    return await s.recv_string()",
    ],
)
def test_a_wait_without_a_limit(project, code):
    project.change(*NO_LIMIT)
    project.change("    print(await server.recv())\n", "")
    assert lesson_findings(project) == []
    add_code(project, code)
    (found,) = lesson_findings(project)
    assert "may wait for ever" in found


@pytest.mark.parametrize(
    "code",
    [
        "import asyncio\nasync with asyncio.timeout(3):\n    await server.recv()",
        "import asyncio\nawait asyncio.wait_for(server.recv(), 3)",
        "server.rcvtimeo = 10\nawait server.recv()",
        "server.RCVTIMEO = 10\nawait server.recv()",
        "server.setsockopt(zmq.RCVTIMEO, 10)\nawait server.recv()",
        "context.setsockopt(zmq.RCVTIMEO, 10)\n"
        "with context.socket(zmq.REP) as a:\n    await a.recv()",
        "await server.recv(zmq.NOBLOCK)",
        "await server.poll(100)",
        "await server.poll(timeout=100)",
        "def f(s):\n    s.rcvtimeo = 3\n    return s.recv()",
    ],
)
def test_a_wait_with_a_limit(project, code):
    project.change(*NO_LIMIT)
    project.change("    print(await server.recv())\n", "")
    add_code(project, code)
    assert lesson_findings(project) == []


def test_a_limit_on_one_socket_is_none_for_another(project):
    project.change(*NO_LIMIT)
    project.change(
        "    print(await server.recv())\n",
        "    client.rcvtimeo = 10\n    await client.recv()\n    await server.recv()\n",
    )
    assert lesson_findings(project) == ["recv() may wait for ever"]


def test_what_a_libzmq_only_cell_makes_is_not_used_elsewhere(project):
    add_code(project, "print(threading)")
    (found,) = lesson_findings(project)
    assert found.startswith("'threading' comes from the libzmq-only cell at line")


def test_a_libzmq_only_cell_does_not_change_what_others_use(project):
    add_code(project, "port = 1", "libzmq-only")
    add_code(project, "print(port)")
    (found,) = lesson_findings(project)
    assert "'port' comes from" in found


def test_a_name_made_anew_is_no_dependence(project):
    add_code(project, "port = 1", "libzmq-only")
    add_code(project, "port = 2\nprint(port)")
    assert lesson_findings(project) == []


# ---------------------------------------------------------------- translations


def po_findings(project):
    return [fault.what for fault in lint.lint_po(project.po, read(project.lesson))]


def test_a_good_translation_has_no_findings(project):
    project.translate()
    assert po_findings(project) == []


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ({"leave_out": ["The same."]}, "not in 01-toy.po: The same."),
        ({"fuzzy": ["The same."]}, "fuzzy: The same."),
        ({"changes": {"The same.": ""}}, "untranslated: The same."),
        ({"changes": {"The same.": "1. 같습니다."}}, "would stay English: 1. 같습니다."),
        ({"changes": {"The same.": "# 같습니다."}}, "would stay English"),
        ({"changes": {"The same.": "% 같습니다."}}, "would stay English"),
        ({"changes": {"The same.": "+++"}}, "would stay English"),
        ({"changes": {"The same.": "---"}}, "would stay English"),
        ({"changes": {"The same.": "같습니다.\n\n같습니다."}}, "would stay English"),
        ({"changes": {"The same.": "**소켓(socket)**을 엽니다."}}, "literal asterisk"),
        ({"changes": {"A toy with `code`": "장난감"}}, "code `code` is not in the translation"),
        ({"changes": {"[x](#the-idea)": "엑스"}}, "link target #the-idea is not in"),
        ({"changes": {"The same.": "메세지"}}, "메세지"),
    ],
)
def test_translations(project, arguments, what):
    project.translate(**arguments)
    assert [found for found in po_findings(project) if found.startswith(what)]


def test_an_api_name_stays(project):
    project.change("The same.", "The PUB socket.")
    project.translate(changes={"The PUB socket.": "발행자 소켓입니다."})
    assert "PUB is not in the translation" in po_findings(project)
    project.translate(changes={"The PUB socket.": "PUB 소켓입니다."})
    assert po_findings(project) == []


def test_stale_entries(project):
    project.translate()
    text = project.po.read_text(encoding="utf-8")
    for old in ('\nmsgid "Gone."\nmsgstr "갔습니다."\n', '\n#~ msgid "Old."\n#~ msgstr "예전"\n'):
        project.po.write_text(text + old, encoding="utf-8")
        (found,) = po_findings(project)
        assert found.startswith("stale: ")


def test_a_po_without_a_lesson(project):
    project.translate()
    (found,) = lint.lint_po(project.po, None)
    assert found.what == "no such lesson"


def test_a_finding_names_the_line_of_the_entry(project):
    project.translate(fuzzy=["The same."])
    (found,) = lint.lint_po(project.po, read(project.lesson))
    lines = project.po.read_text(encoding="utf-8").splitlines()
    assert 'msgid "The same."' in lines[found.line - 1 : found.line + 2]


# ---------------------------------------------------------------- Korean


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("**소켓(socket)**을 엽니다.", "literal asterisk"),
        ('**"소켓"**이 있습니다.', "literal asterisk"),
        ("*`code`*는 씁니다.", "literal asterisk"),
        ("**봉투(envelope)** 하나입니다.", "bracket in bold: 봉투(envelope)"),
        ("메세지를 보냅니다.", "메세지"),
        ("데이타를 보냅니다.", "데이타"),
        ("어플리케이션입니다.", "어플리케이션"),
        ("쓰레드와 메소드와 쉘과 릴리즈와 컨텐츠와 라벨과 디렉토리", "쓰레드"),
        ("게시자가 보냅니다.", "게시자"),
        ("데드락에 빠집니다.", "데드락"),
        ("두개의 소켓", "두개"),
        ("보낼 할수 있습니다.", "할수"),
        ("보내보세요. 해보세요.", "해보세요"),
        ("당신의 소켓입니다.", "당신"),
        ("여러분이 보냅니다.", "여러분"),
        ("소켓은(는) 하나입니다.", "은(는)"),
        ("소켓이(가) 하나입니다.", "이(가)"),
        ("소켓을(를) 엽니다.", "을(를)"),
        ("메시지는 소켓들에 의해 버려집니다.", "들에 의해"),
        ("재시도를 수행합니다.", "수행합"),
        ("메시지들이 쌓입니다.", "메시지들"),
        ("이것은 두 소켓을 가집니다.", "을 가집니다"),
        ("`poll`로 확인이 가능합니다.", "확인이 가능합니다"),
        ("곧 연결될 것입니다.", "될 것입니다"),
        ("순서가 중요한 것 중 하나입니다.", "것 중 하나"),
        ("소켓에 바인딩합니다.", "바인딩합"),
        ("소켓은 하나 — 큐는 둘", "dash"),
        ("소켓은 하나 -- 큐는 둘", "dash"),
        ("소켓은 하나 - 큐는 둘", "dash"),
        ("`recv()` 는 기다립니다.", "space before '는'"),
        ("ZeroMQ 를 씁니다.", "space before '를'"),
        ("REQ은 기다립니다.", "REQ은"),
        ("`REQ`은 기다립니다.", "REQ은"),
        ("`zmq.REQ`은 기다립니다.", "REQ은"),
        ("PUB는 보냅니다.", "PUB는"),
        ("PULL으로 받습니다.", "PULL으로"),
        ("XSUB로 받습니다.", "XSUB로"),
        ("REQ 소켓는 기다립니다.", "소켓는"),
        ("메시지을 보냅니다.", "메시지을"),
        ("큐으로 갑니다.", "큐으로"),
        ("푸시 소켓을 엽니다.", "푸시 소켓"),
        ("라우터 소켓을 엽니다.", "라우터 소켓"),
        ("봉투(envelope)를 봅니다. 봉투(envelope)입니다.", "봉투(envelope) once more"),
        ("가" * 95 + ".", "sentence of 96 characters"),
    ],
)
def test_korean(text, what):
    assert [found for found in korean_findings(text) if what in found]


@pytest.mark.parametrize(
    "text",
    [
        "**소켓**을 엽니다.",
        "**소켓**(socket)을 엽니다.",
        "`zmq.REQ`는 기다립니다.",
        "별표는 \\*로, 코드는 `a ** b`로 씁니다.",
        "REQ는, REP가, PUSH를, DEALER로 보냅니다.",
        "PUB은, SUB이, XPUB을, XSUB으로 보냅니다.",
        "PULL은, NULL이, URL을, poll로 씁니다.",
        "`PUB`은 보내고 **REQ**는 기다립니다.",
        "REQ 소켓은 큐로 보냅니다.",
        "REQ와 REP라는 이름입니다.",
        "메시지를 서버로, 연결로, 채널로 보냅니다.",
        "풀이가 있습니다.",
        "컨텍스트는 인터페이스가 아닙니다.",
        "큐(대기열)에 쌓입니다.",
        "전문가가 씁니다.",
        "봉투(envelope)를 봅니다. 봉투입니다.",
        "한쪽이 **바인드**(bind)하고 다른 쪽이 **연결**(connect)합니다.",
        "**`recv()` 하나**입니다.",
        "15~25분, 초당 110만 개, 요청-응답",
        "“당신의 어깨 위에”라고 했습니다.",
        "> 여러분이 쓰는 메시징 라이브러리입니다.",
        "아주 긴 문장도 `" + "x" * 90 + "` 같은 코드는 세지 않습니다.",
        "[" + "가" * 60 + "](https://zeromq.org/" + "x" * 60 + ") 문장입니다.",
        "English only, with ** stars.",
    ],
)
def test_good_korean(text):
    assert korean_findings(text) == []


def test_misspelling_counts_in_quotes_too():
    assert "데이타" in korean_findings("> “데이타를 보냅니다.”")


def test_all_misspellings_are_told():
    text = "메세지 데이타 어플리케이션 쓰레드 메소드 쉘 릴리즈 컨텐츠 라벨 디렉토리"
    assert set(korean_findings(text)) == set(text.split())


def test_the_line_is_that_within_the_paragraph():
    page = list(lint.blocks("# 제목\n\n첫 줄입니다.\n둘째 줄의 메세지입니다.\n"))
    (found,) = lint.korean(ROOT / "x.md", page)
    assert found.line == 4


def test_the_glossary_is_sound():
    terms = lint.glossary()
    assert len({term.english for term in terms}) == len(terms) > 100
    write = {term.korean for term in terms}
    for term in terms:
        assert term.korean
        assert not write & {*term.refused, *term.misspelt}
        for word in (*term.refused, *term.misspelt):
            assert korean_findings(f"{word} 하나"), word
    for korean in write:
        assert korean_findings(f"{korean} 하나입니다.") == [], korean


# ---------------------------------------------------------------- English


@pytest.mark.parametrize(
    "text",
    [
        "In this lesson we will send.",
        "It is important to note this.",
        "It simply works.",
        "In order to send, connect.",
        "Obviously it waits.",
        "Let's dive in.",
        "Utilize a socket.",
    ],
)
def test_fillers(text):
    assert list(lint.english(ROOT / "x.md", text))


@pytest.mark.parametrize(
    "text", ["Send a message.", "> It simply works.", '"Obviously", he said.', "`simply`"]
)
def test_no_fillers(text):
    assert not list(lint.english(ROOT / "x.md", text))


# ---------------------------------------------------------------- guides, words, all


def guide_findings(project):
    return [fault.what for fault in lint.lint_guides(project.root)]


def test_good_guides(project):
    project.write("README.md", "# A\n\n## B\n")
    project.write("README.ko.md", "# 가\n\n## 나\n")
    assert guide_findings(project) == []


@pytest.mark.parametrize("name", ["guide_en/more.md", "guide_ko/deep/more.md", "README.md"])
def test_a_page_in_one_language(project, name):
    project.write(name, "# 더\n")
    assert guide_findings(project) == ["page in one language only"]


def test_other_headings(project):
    project.write("guide_ko/sockets.md", "(guide-sockets)=\n# 소켓 종류\n\n## 하나 더\n")
    (found,) = lint.lint_guides(project.root)
    assert found.what == "headings differ from guide_en/sockets.md: 1 there, 2 here"
    assert found.line == 4


def test_other_labels(project):
    project.write("guide_ko/sockets.md", "(sockets)=\n# 소켓 종류\n")
    assert sorted(guide_findings(project)) == [
        "no label (guide-sockets)= as on the other side",
        "no label (sockets)= as on the other side",
    ]


def test_prose_of_the_guides(project):
    project.write("guide_en/sockets.md", "(guide-sockets)=\n# Obviously\n")
    project.write("guide_ko/sockets.md", "(guide-sockets)=\n# 소켓\n\n:::{tip}\n메세지\n:::\n")
    assert guide_findings(project) == ["filler 'Obviously'", "메세지"]


def test_what_is_no_prose_in_a_directive(project):
    body = "```{toctree}\n메세지\n```\n\n```text\n메세지\n```\n"
    project.write("guide_ko/sockets.md", "(guide-sockets)=\n# 소켓\n\n" + body)
    assert guide_findings(project) == []


def test_words_that_programs_hold(project):
    project.write("zmqlab/one.py", '"""메세지."""\nWORD = "데이타 ** 하나"\n')
    (found,) = lint.lint_words(project.root)
    assert (found.what, found.line) == ("데이타", 2)


def test_the_whole_project(project, capsys):
    project.translate()
    assert lint.main([str(project.root)]) == 0
    assert capsys.readouterr().out == "lint: nothing found\n"
    project.change("Nobody does.", "Obviously.")
    project.change("server.close()\n", "")
    assert lint.main([str(project.root)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "lint: 4 findings"
    assert said[0].startswith("locale/ko/LC_MESSAGES/lessons/01-toy.po:")
    assert all("; " in line for line in said[:-1])


def test_a_lesson_that_cannot_be_read_is_told_and_the_rest_checked(project):
    project.change("part: 1", "part: 9")
    project.write("guide_en/sockets.md", "(guide-sockets)=\n# Obviously\n")
    found = [fault.what for fault in lint.lint(project.root)]
    assert found == ["filler 'Obviously'", "lesson.part is 9"]


def test_a_lesson_without_korean(project):
    assert [fault.what for fault in lint.lint(project.root)] == ["no Korean"]


def test_it_takes_a_few_seconds_for_the_real_project():
    started = time.perf_counter()
    lint.lint(ROOT)
    assert time.perf_counter() - started < 10
