"""The pages about socket types: their code runs on both libraries and prints what they say."""

import re
import subprocess
import sys

import pytest

from web.paths import GUIDES, ROOT
from web.site.options import tables
from web.site.socket_rules import SOCKETS
from web.site.sockets import lessons_with
from web.words import LANGUAGES

BLOCK = re.compile(r"```\{run\}\n(.*?)```.*?```text\n(.*?)```", re.S)
RUNNER = """
import ast, asyncio, json, sys
if sys.argv[1] == "purezmq":
    from purezmq import standin
    standin.install()

async def run(code):
    compiled = compile(code, "page", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    waiting = eval(compiled, {"__name__": "page"})
    if waiting is not None:
        await asyncio.wait_for(waiting, 20)

for code in json.load(sys.stdin):
    asyncio.run(run(code))
    print("-- next", flush=True)
"""


def page(language, name):
    return (GUIDES[language] / "sockets" / f"{name.lower()}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("library", ["libzmq", "purezmq"])
def test_every_page_prints_what_it_says(library):
    import json

    found = [BLOCK.search(page("en", name)) for name in SOCKETS]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUNNER, library],
        input=json.dumps([one[1] for one in found]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert not done.stderr and done.returncode == 0, done.stderr
    printed = done.stdout.split("-- next\n")
    assert dict(zip(SOCKETS, printed, strict=False)) == dict(
        zip(SOCKETS, [one[2] for one in found], strict=True)
    )


@pytest.mark.parametrize("name", SOCKETS)
def test_both_languages_have_the_same_code_and_directives(name):
    en, ko = (page(language, name) for language in LANGUAGES)
    assert BLOCK.search(en).groups() == BLOCK.search(ko).groups()
    directives = [re.findall(r"^:::\{.*", one, re.M) for one in (en, ko)]
    assert directives[0] == directives[1]
    assert set(directives[0]) == {
        f":::{{socket-picture}} {name}",
        f":::{{socket-facts}} {name}",
        f":::{{socket-rules}} {name} blocks",
        f":::{{socket-rules}} {name} loses",
    }


def test_every_type_has_a_lesson_and_options_that_are_there():
    known = {option.name for table in tables() for option in table.options}
    for name, entry in SOCKETS.items():
        assert lessons_with(rf"\bzmq\.{name}\b"), name
        assert set(entry.options) <= known, name
