"""Each rule for lessons by examples: what it lets be, and what it finds."""

from web.lessons.source import read
from web.lint.cells import CELLS
from web.lint.form import LESSON, PAGE
from web.lint.pages import Page, Pages
from web.lint.project import lint_lesson


def change(*changes):
    """Return an example that changes the lesson, in (old, new) pairs."""
    return lambda project: project.change(*changes)


def swap(old, new):
    return change((old, new))


def code(text, *tags):
    """Return an example that adds a cell."""
    return lambda project: project.add_code(text, *tags)


def both(*examples):
    """Return an example made of several."""

    def apply(project):
        for example in examples:
            example(project)

    return apply


PREDICTION = """::::{predict}
:answer: 2

What happens?

- Nothing.

  Wrong, because.
- It works.

  Right.
::::
"""
CELL = "```{code-cell} ipython3\n:tags: [home]\n"
SHOWN = "```python\nx = 1\n```\n\n"
FIRST_HINT = ":::{hint}\nMore than one.\n:::\n"
FIRST_SOLUTION = "```python\ndef two():\n    return 2\n```\n"
WAITING = swap("context.rcvtimeo = 1000\n", ""), swap("    print(await server.recv())\n", "")
FORM = {
    "F03": ([(swap("## You will", "# More\n\n## You will"), "2 H1 headings")], []),
    "F04": (
        [
            (swap("## The situation", "## The background"), "no section 'The situation'"),
            (swap("## Break it: nobody sends", "## Nobody sends"), "no section 'Break it'"),
            (swap("## Remember", "## Recall"), "no section 'Remember'"),
        ],
        [swap("## Break it: nobody sends", "## Break it"), swap("## Warm-up", "## Exercise")],
    ),
    "F05": (
        [
            (swap("## Further", "## Quiz"), "heading 'Quiz' twice"),
            (swap("## In production", "## Remember\n\n## In production"), "stands after"),
        ],
        [swap("## Exercise: three", "## Exercise")],
    ),
    "F06": (
        [
            (swap("## The situation", "## The background"), "'The background' is not one of"),
            (swap("## Remember", "## My own\n\n## Remember"), "'My own' is not one of"),
        ],
        [swap("## Break it: nobody sends", "## Break it: now\n\n## Mend it")],
    ),
    "F07": ([(swap("Nobody knows.", ":::{lesson-head}\n:::"), "{lesson-head} in the source")], []),
    "F08": ([(swap(PREDICTION, ""), "no {predict} in the lesson")], []),
    "F09": ([(swap("::::{quiz}", "::::{note}"), "2 {quiz} in the lesson")], []),
    "F10": (
        [
            (swap("What happens?\n\n", ""), "{predict} without a question"),
            (swap("- Yes.\n\n  Indeed.\n", ""), "{quiz} has 1 answers"),
            (swap("  Too many.\n", "  Too many.\n\nAnd more.\n"), "{quiz} goes on after"),
        ],
        [swap("- Nothing.\n", "- All.\n\n  No.\n- Nothing.\n")],
    ),
    "F11": (
        [
            (swap(":answer: 2\n\nWhat", "What"), "{predict} has :answer: missing"),
            (swap(":answer: 2\n\nWhat", ":answer: 4\n\nWhat"), "{predict} has :answer: 4"),
        ],
        [swap(":answer: 2\n\nWhat", ":answer: 1\n\nWhat")],
    ),
    "F12": ([(swap("- Yes.\n\n  Indeed.\n", "- Yes.\n"), "answer 1 of {quiz} has no reason")], []),
    "F13": (
        [
            (
                change((PREDICTION, ""), (CELL, f"First?\n\n{PREDICTION}\n{CELL}")),
                "stands before the cell that it asks about",
            ),
            (swap(PREDICTION, f"Some text.\n\n{PREDICTION}"), "not stand directly after a code"),
            (
                change(("It works.\n\n## Break it: nobody sends\n\nNobody does.\n\n", "")),
                "stands before the cell",
            ),
        ],
        [
            change((PREDICTION, ""), (CELL, f"{SHOWN}{PREDICTION}\n{CELL}")),
            swap(f"{PREDICTION}\nIt works.", PREDICTION),
        ],
    ),
    "F14": (
        [
            (swap(":tags: [exercise]\n", ""), "1 exercise"),
            (code("def more():\n    ...", "exercise"), "3 exercises"),
        ],
        [],
    ),
    "F15": (
        [
            (swap("def two():\n    ...     # your code", "two = ..."), "not the stub"),
            (swap("    ...     # your code", "    return 1"), "not the stub"),
            (swap("    ...     # your code", "    1\n    ..."), "not the stub"),
            (swap("def two", "x = 1\n\ndef two"), "not the stub"),
        ],
        [swap("    ...     # your code", '    """Return two."""\n    ...')],
    ),
    "F16": (
        [
            (swap(":tags: [check]\n", ""), "exercise with 0 checks"),
            (swap(FIRST_HINT, f"{CELL.replace('home', 'check')}check(1)\n```\n"), "with 2 checks"),
            (swap('await check("01 three", three)', "three"), "calls no check()"),
        ],
        [],
    ),
    "F17": ([(swap(FIRST_HINT, ""), "exercise with 1 hints")], []),
    "F18": (
        [
            (swap(":::{solution}", ":::{note}"), "exercise with 0 solutions"),
            (swap(FIRST_SOLUTION, "Two.\n"), "is not ```python"),
            (swap(FIRST_SOLUTION, "```text\nTwo.\n```\n" + FIRST_SOLUTION), "is not ```python"),
        ],
        [
            swap("Two is one and one.\n", "Because.\n\n```python\nThe = other\n```\n"),
            swap(FIRST_SOLUTION, f"It is easy.\n\n{FIRST_SOLUTION}"),
        ],
    ),
    "F19": ([(swap("Two is one and one.\n", ""), "without a sentence on why")], []),
    "F20": (
        [
            (both(*[code("a = 1")] * 10), "17 visible cells"),
            (both(swap("part: 1", "part: 6"), *[code("a = 1")] * 18), "25 visible cells"),
        ],
        [
            both(*[code("a = 1")] * 9),
            both(swap("part: 1", "part: 6"), *[code("a = 1")] * 17),
            both(*[code("a = 1", "plumbing")] * 20),
        ],
    ),
    "F21": (
        [
            (swap("메시지 도착, ", ""), "asks.ko has 2"),
            (swap("    en: [does it arrive, message lost, zmq.Again]\n", ""), "asks.en has 0"),
        ],
        [],
    ),
    "F22": (
        [
            (swap("  guide:", "  measures: to be said\n  guide:"), "measures is 'to be said'"),
            (swap("  guide:", '  measures: ""\n  guide:'), "measures is ''"),
        ],
        [swap("  guide:", "  measures: two workers at least 1.4 times one\n  guide:")],
    ),
    "F23": (
        [
            (swap("**To a colleague:** it", "It"), "no sentence **to a colleague**"),
            (
                change(("**To a colleague:** it", "It"), ("The same.", "**To a colleague:** no.")),
                "no sentence **to a colleague**",
            ),
        ],
        [swap("**To a colleague:** it", "### To a colleague\n\nIt")],
    ),
    "F24": ([(swap("Nobody does.", "See {ref}`x`."), "role {ref} in a lesson")], []),
    "F25": (
        [
            (swap("Nobody knows.", FIRST_HINT), "{hint} before any exercise"),
            (swap("[libzmq-only]", "[check]"), "check before any exercise"),
        ],
        [],
    ),
}

OTHER = "other = context.socket(zmq.SUB)"
LAST = "context.destroy(linger=0)"
SIXTEEN = "\n".join(["a = 1"] * 16)
CELL_RULES = {
    "C01": (
        [
            (code("a = 1", "hide-input"), "tag hide-input"),
            (swap(":tags: [home]", ":tags: [home,check]"), "tags written"),
        ],
        [code("1 / 0", "raises-exception", "libzmq-only")],
    ),
    "C02": (
        [(code(SIXTEEN), "cell of 16 lines")],
        [code(SIXTEEN[6:]), code(SIXTEEN, "plumbing")],
    ),
    "C03": (
        [
            (code("a = 1  # " + "x" * 58), "line of 67 columns"),
            (code("a = 1  # " + "가" * 29), "line of 67 columns"),
        ],
        [code("a = 1  # " + "x" * 57), code("a = 1  # " + "x" * 58, "plumbing")],
    ),
    "C04": (
        [
            (code("a = ("), "code does not parse"),
            (code("%timeit 1"), "magic or shell line"),
            (code("!ls", "libzmq-only"), "magic or shell line"),
            (swap("    return 2", "    return ("), "code does not parse"),
        ],
        [code("await server.poll(1)")],
    ),
    "C05": (
        [
            (code("print('안녕')"), "Korean in a code cell"),
            (swap("    return 2", "    return 2  # 둘"), "Korean in a code cell"),
        ],
        [],
    ),
    "C06": (
        [
            (code("import threading"), "threading in a lesson with engine: both"),
            (code("from subprocess import run"), "subprocess.run in a lesson"),
            (code("import socket"), "socket in a lesson"),
            (code("from time import sleep"), "time.sleep in a lesson"),
            (swap("    return 2", "    import threading\n    return 2"), "threading in a lesson"),
        ],
        [
            code("import subprocess", "libzmq-only"),
            code("from zmqlab import Programs"),
            both(
                code("import threading"),
                swap("engine: both", "engine: libzmq\n  engine_why: Threads."),
            ),
        ],
    ),
    "C07": (
        [
            (code("import time\ntime.sleep(1)"), "time.sleep"),
            (code("import asyncio\nasyncio.run(x())"), "asyncio.run"),
            (code("loop.run_in_executor(None, f)"), "run_in_executor"),
        ],
        [code("import asyncio\nasyncio.run(x())", "libzmq-only")],
    ),
    "C08": (
        [
            (code("import asyncio\nawait asyncio.sleep(0.1)"), "asyncio.sleep"),
            (code("import asyncio\nawait asyncio.sleep(pause)", "libzmq-only"), "asyncio.sleep"),
        ],
        [code("import asyncio\nawait asyncio.sleep(0)")],
    ),
    "C09": (
        [
            (code("server.bind('tcp://*:5555')"), "endpoint 'tcp://*:5555'"),
            (code("server.bind('tcp://127.0.0.1:5555')"), "endpoint 'tcp://127.0.0.1:5555'"),
            (code("server.bind('ipc:///tmp/x')"), "endpoint 'ipc:///tmp/x'"),
            (code("server.connect(f'tcp://10.0.0.1:{port}')"), "endpoint 'tcp://10.0.0.1:'"),
        ],
        [
            code("server.bind('inproc://a')"),
            code("server.bind('tcp://127.0.0.1:*')"),
            code("server.bind('ipc:///tmp/x')", "libzmq-only"),
            code("print('see https://zeromq.org/')"),
        ],
    ),
    "C10": (
        [
            (both(*WAITING, code(text)), "may wait for ever")
            for text in (
                "await server.recv()",
                "await server.recv_multipart()",
                "await server.poll()",
                "await server.poll(None)",
                "async def f(s):\n    return await s.recv_string()",
                "client.rcvtimeo = 10\nawait client.recv()\nawait server.recv()",
            )
        ],
        [
            both(*WAITING, code(text))
            for text in (
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
            )
        ],
    ),
    "C11": (
        [
            (both(swap(LAST, "pass"), code(OTHER)), "'other' is not closed"),
            (both(swap(LAST, "server.close()"), code(OTHER)), "'context' is not closed"),
            (code("second = zmq.asyncio.Context()"), "context 'second' is not closed"),
            (
                code("c = zmq.Context()\na, b = (c.socket(1) for _ in range(2))"),
                "socket 'b' is not closed",
            ),
            (
                code("def make(context):\n    one = context.socket(zmq.SUB)\n    one.send(b'')"),
                "socket 'one' is not closed",
            ),
        ],
        [
            code(OTHER),
            code("with context.socket(zmq.REP) as one:\n    one.bind('inproc://a')"),
            code("def make(context):\n    one = context.socket(zmq.SUB)\n    return one"),
            code("def make(context):\n    one = context.socket(zmq.SUB)\n    one.close()"),
            both(
                code("own = zmq.Context()\na, b = own.socket(1), own.socket(2)", "libzmq-only"),
                code("for each in (a, b):\n    each.close()\nown.term()", "libzmq-only"),
            ),
        ],
    ),
    "C12": (
        [
            (swap(LAST, "context.destroy()"), "does not destroy 'context'"),
            (swap(LAST, "context.term()"), "does not destroy 'context'"),
            (swap(LAST, f"{LAST}\n1"), "goes on after destroy()"),
            (code("second = zmq.asyncio.Context()"), "does not destroy 'second'"),
        ],
        [swap(LAST, f"server.close()\n{LAST}")],
    ),
    "C13": (
        [
            (code("print(threading)"), "'threading' comes from the libzmq-only cell at line"),
            (both(code("port = 1", "libzmq-only"), code("print(port)")), "'port' comes from"),
        ],
        [both(code("port = 1", "libzmq-only"), code("port = 2\nprint(port)"))],
    ),
}


def test_the_good_lesson_has_no_findings(project):
    assert project.findings() == []


def test_the_form(examples):
    for rule, (bad, good) in FORM.items():
        examples(rule, bad, good)


def test_the_cells(examples):
    for rule, (bad, good) in CELL_RULES.items():
        examples(rule, bad, good)


def test_every_rule_for_lessons_has_its_examples():
    assert [rule.id for rule in CELLS.rules] == list(CELL_RULES)
    assert sorted(rule.id for rule in [*LESSON.rules, *PAGE.rules]) == list(FORM)


def test_prose_of_a_lesson_is_read(project):
    project.change(("Nobody does.", "Note that nobody does."))
    assert project.findings() == [("E01", "filler 'Note that'")]


def test_a_finding_names_the_line(project):
    project.change(("    return 2", "    import threading\n    return 2"))
    (found,) = lint_lesson(Pages((project.page(),)))
    lines = project.lesson.read_text(encoding="utf-8").splitlines()
    assert lines[found.line - 1].strip() == "import threading"


def test_a_lesson_of_several_pages_is_held_to_the_template_as_a_whole(project):
    text = project.lesson.read_text(encoding="utf-8")
    front, _, body = text.partition("---\n\n")
    cut = body.index("## Exercise: three")
    first, second = body[:cut], body[cut:]
    last = "```{code-cell} ipython3\ncontext.destroy(linger=0)\n```\n"
    project.write(project.lesson, f"{front}---\n\n{first}\n{last}")
    front = front.replace("  title: A toy\n", "  title: More\n  page: more\n").partition("  asks:")
    imports = "```{code-cell} ipython3\nfrom zmqlab import check\n```\n\n"
    further = project.lesson.with_name("lesson-b.md")
    project.write(further, f"{front[0]}---\n\n{imports}{second.removesuffix(last)}")
    pages = Pages((project.page(), Page(read(further))))
    assert lint_lesson(pages) == []
    alone = {fault.rule for fault in lint_lesson(Pages((project.page(),)))}
    assert alone == {"F04", "F09", "F14"}
