"""Blocks of guide pages that run in the page, tried with what runs them there."""

import json
import os
import re
import subprocess
import sys

import pytest

from web.page.build import HOME
from web.paths import ROOT

BLOCK = re.compile(r"^```\{run\}\n(?::alone:\n\n)?(.*?)^```$", re.MULTILINE | re.DOTALL)
# Runs each page's blocks in an interpreter's names of their own, and tells what each printed.
RUNNER = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
import purezmq.standin
purezmq.standin.install(network=False)
import cellrunner

async def main(pages):
    for blocks in pages:
        runner = cellrunner.Runner()
        runner.install()
        for block in blocks:
            told = []
            result = json.loads(await runner.run(block, lambda _kind, text: told.append(text)))
            yield [result["state"], "".join(told)]

async def all_of(pages):
    return [one async for one in main(pages)]

out = sys.stdout
print(json.dumps(asyncio.run(all_of(json.load(sys.stdin)))), file=out)
"""


def pages_of(language):
    folder = ROOT / f"guide_{language}"
    found = {
        path.relative_to(folder).as_posix(): BLOCK.findall(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.md"))
    }
    return {name: blocks for name, blocks in found.items() if blocks}


@pytest.fixture(scope="module")
def ran():
    """Run all blocks, those of a page in order; return what became of each, by page."""
    pages = pages_of("en")
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, str(HOME / "python")],
        input=json.dumps(list(pages.values())),
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = iter(json.loads(done.stdout))
    return {name: [next(told) for _ in blocks] for name, blocks in pages.items()}


def test_both_languages_have_the_same_blocks():
    assert pages_of("en") == pages_of("ko")


@pytest.mark.parametrize("name", pages_of("en"))
def test_every_block_of_a_page_runs_and_prints(ran, name):
    for number, (state, printed) in enumerate(ran[name], 1):
        assert (number, state) == (number, "done"), printed
        assert printed


def test_what_three_pages_show(ran):
    printed = {name: told[0][1] for name, told in ran.items()}
    assert printed["start.md"] == "Hello, world!\n"
    assert printed["how-lessons-work.md"] == "price of tea?\n3 coins\n"
    assert ran["which-pattern.md"][2][1] == "['A', 'B', 'C', 'D']\n"
