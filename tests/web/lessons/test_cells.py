"""The reader of cells: names in the order in which code runs, imports, contexts, what is shown."""

import ast
import subprocess
import sys
import textwrap

import pytest

from web.lessons.cells import (
    Imported,
    assigned,
    called,
    dotted,
    imported,
    looped,
    made,
    parse,
    read_cell,
    really_run,
    root,
    shown,
    stored,
)
from web.paths import ROOT


def cell(source):
    return read_cell(textwrap.dedent(source), {"asyncio", "zmq"})


def expression(source):
    return ast.parse(source, mode="eval").body


def test_it_is_read_without_sphinx_and_myst():
    code = "import sys, web.lessons.cells; print([n for n in sys.modules if n[:4] in 'sphi myst'])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("source", "binds", "reads"),
    [
        ("x = y", {"x"}, {"y"}),
        ("x = 1\nprint(x)", {"x"}, set()),
        ("print(x)\nx = 1", {"x"}, {"x"}),
        ("x += 1", {"x"}, {"x"}),
        ("x: int = y", {"x"}, {"y"}),
        ("while (x := f(y)):\n    pass", {"x"}, {"f", "y"}),
        ("for one in many:\n    print(one, z)", {"one"}, {"many", "z"}),
        ("with open(a) as b:\n    b.read(c)", {"b"}, {"a", "c"}),
        ("async with a as (b, c):\n    await b", {"b", "c"}, {"a"}),
        ("try:\n    a()\nexcept KeyError as error:\n    print(error)", {"error"}, {"a"}),
        ("[x for x in xs if y]", set(), {"xs", "y"}),
        ("[z := x for x in xs]", {"z"}, {"xs"}),
        ("d = {k: v for k, v in pairs}", {"d"}, {"pairs"}),
        ("f = lambda a, b=c: a + b + d", {"f"}, {"d"}),
        ("def f(a=b):\n    return a + c", {"f"}, {"b"}),
        ("@wrap\nclass A(Base):\n    x = y\n    def m(self):\n        return z", {"A"}, None),
        (
            "match x:\n    case [a, *b]:\n        print(a, b)\n    case c:\n        pass",
            None,
            {"x"},
        ),
        ("import os.path as p\np.join(x)", set(), {"x"}),
        ("a, (b, *c) = d", {"a", "b", "c"}, {"d"}),
    ],
)
def test_names_in_the_order_in_which_they_run(source, binds, reads):
    facts = cell(source)
    if reads is not None:
        assert facts.reads == reads
    if binds is not None:
        assert facts.binds == binds


def test_a_function_needs_its_names_when_it_is_called():
    facts = cell(
        """
        def send(text):
            count = len(text)
            def inner():
                return other
            queue.append(text)
            return count + extra

        class Box:
            def put(self, x):
                shelf.append(x + limit)
        """
    )
    assert facts.reads == set()
    assert facts.functions["send"].reads == {"queue", "extra", "other"}
    assert facts.functions["send"].changes == {"queue"}
    assert facts.functions["Box"].reads == {"shelf", "limit"}


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("a.send(b)", {"a"}),
        ("a.b.c = d", {"a"}),
        ("a[0] = b", {"a"}),
        ("del a[0]", {"a"}),
        ("x = context.socket(zmq.REQ)", set()),
        ("print(a, len(b), a.items())", set()),
        ("work(a, [b], key=c)", {"a", "b", "c"}),
        ("await asyncio.gather(*tasks)", {"tasks"}),
        ("await task", {"task"}),
        ("for one in (a, b):\n    one.close()", {"one", "a", "b"}),
        ("[one.close() for one in crew]", {"one", "crew"}),
        ("b = a\nb.close()", {"a", "b"}),
        ("with a:\n    pass", {"a"}),
        ("with context.socket(1) as s:\n    s.send(1)", {"s"}),
        ("zmq.x = 1", set()),
        ("next(found)", {"found"}),
        ("x = f'{a}'", set()),
    ],
)
def test_what_may_change(source, changes):
    assert cell(source).changes == changes


def test_imports_also_where_they_are_not_at_the_top():
    tree = parse("import a.b, c as d\nfrom e import f as g\nfrom . import h\nfrom ..i import *")
    found = [one for node in tree.body for one in imported(node)]
    assert [one.bound for one in found] == ["a", "d", "g", "h", "*"]
    assert [one.path for one in found] == ["a.b", "c", "e.f", "h", "i.*"]
    assert [one.statement for one in found] == [
        "import a.b",
        "import c as d",
        "from e import f as g",
        "from . import h",
        "from ..i import *",
    ]
    assert imported(parse("x = 1").body[0]) == []
    assert cell("if x:\n    import os\ndef f():\n    import re").imports == (
        Imported("os", "", "os"),
    )


def test_what_only_a_type_checker_reads_is_left_out():
    for test in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
        tree = ast.parse(f"if {test}:\n    import a\nif x:\n    import b")
        found = [one.bound for node in really_run(tree) for one in imported(node)]
        assert found == ["b"]


def test_contexts_that_are_made_and_ended():
    facts = cell("a, (b, c) = zmq.Context(), (zmq.asyncio.Context(), 3)\nd = stage.context()")
    assert facts.opens == ("a", "b", "d")
    assert cell("a.term()\nb.destroy(linger=0)\nc.close()").closes == ("a", "b")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("context.socket(zmq.REQ)", "socket"),
        ("(await make()).socket(1)", "socket"),
        ("zmq.Context()", "context"),
        ("Context.instance()", "context"),
        ("await stage.context()", "context"),
        ("socket", ""),
        ("print(1)", ""),
    ],
)
def test_what_makes_sockets_and_contexts(source, kind):
    assert made(parse(source).body[0].value) == kind


def test_pairs_of_an_assignment():
    def pairs(source):
        node = ast.parse(source).body[0]
        return [(name, ast.unparse(value)) for name, value in assigned(node.targets[0], node.value)]

    assert pairs("a = 1") == [("a", "1")]
    assert pairs("a, (b, c) = 1, (2, 3)") == [("a", "1"), ("b", "2"), ("c", "3")]
    assert pairs("a, b = (f(x) for x in y)") == [("a", "f(x)"), ("b", "f(x)")]
    assert pairs("a.b = 1") == []


def test_the_value_that_a_notebook_shows():
    def what(source):
        value = shown(source, parse(source))
        return value and ast.unparse(value)

    assert what("x = 1\nx + 'é'") == "x + 'é'"
    assert what("x;") is None
    assert what("'é';  # silent") is None
    assert what("x = 1") is None
    assert what("") is None
    assert what("await f()") == "await f()"


@pytest.mark.parametrize(
    ("source", "awaits"),
    [
        ("await f()", True),
        ("async with a:\n    pass", True),
        ("[await x for x in y]", True),
        ("[x async for x in y]", True),
        ("async def f():\n    await g()", False),
        ("f()", False),
    ],
)
def test_whether_a_cell_awaits(source, awaits):
    assert cell(source).awaits is awaits


def test_small_answers():
    assert dotted(expression("a.b.c")) == "a.b.c"
    assert dotted(expression("a().b")) == ""
    assert root(expression("a.b[0](1).c")) == "a"
    assert root(expression("(1).x")) == ""
    tree = parse("for s in (a, b.c):\n    s.close()\nfor t in many:\n    t.close()")
    assert looped(tree) == {"s": ["a", "b.c"]}
    assert called(tree) >= {"a.close", "b.c.close", "t.close"}
    assert stored(parse("import a\ndef f():\n    x = 1\ny: int = 2\nz = f")) == {"f", "y", "z"}
