"""The search as Node.js runs it: the site's own script and index, without a browser."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from typing import Any

from web.paths import ROOT
from web.site.search_index import STEP

SCRIPT = ROOT / "web" / "site" / "static" / "search.js"
NODE = shutil.which("node")

RUN = """
const fs = require("node:fs");
const vm = require("node:vm");
const [script, folder] = process.argv.slice(1);
const run = (path) => vm.runInThisContext(fs.readFileSync(path, "utf8"), path);
run(script);
vm.runInThisContext("globalThis.api = { Search, openIndex, find, textOf, passage, wordsOf }");
let loaded = [];
api.Search.fetch = (name) => {
  loaded.push(name);
  run(`${folder}/${name}.js`);
};
(async () => {
  const { queries, shown, text } = JSON.parse(fs.readFileSync(0, "utf8"));
  const answers = [];
  for (const query of queries) {
    api.Search.waiting.clear();
    loaded = [];
    const index = await api.openIndex();
    const { units, results } = await api.find(index, query);
    const found = [];
    for (const [at, { page, section, lacks }] of results.entries()) {
      const one = { page: index.pages[page][0], lacks: lacks.map((unit) => unit.text) };
      if (at < shown) {
        const { blocks, ...where } = await api.textOf(index, section);
        Object.assign(one, where, api.passage(index, blocks, units));
      }
      found.push(one);
    }
    answers.push({ found, loaded });
  }
  const index = await api.openIndex();
  const words = api.wordsOf(text).map((word) => index.language.stem(word));
  console.log(JSON.stringify({ answers, words }));
})();
"""


def _run(site: Path, **asked: object) -> dict[str, Any]:
    command = [NODE or "node", "-e", RUN, "--", str(SCRIPT), str(site / "search")]
    given = json.dumps({"queries": [], "shown": 0, "text": "", **asked})
    run = subprocess.run(command, input=given, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def search(site: Path, queries: Iterable[str], shown: int = 0) -> dict[str, dict[str, Any]]:
    """Return what a language's site answers to each query: ``found`` and the files ``loaded``.

    Of each page found, best first, there are ``page`` and the words that it ``lacks``; of the first
    ``shown`` also ``anchor``, ``heading``, ``text`` and ``words``, those to be marked.
    """
    asked = list(queries)
    return dict(zip(asked, _run(site, queries=asked, shown=shown)["answers"], strict=True))


def pages(site: Path, queries: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of the pages that a language's site finds for each query, best first."""
    found = search(site, queries)
    return {query: [one["page"] for one in answer["found"]] for query, answer in found.items()}


def words(site: Path, text: str) -> list[str]:
    """Return the words that the script sees in a text, stemmed."""
    return _run(site, text=text)["words"]


def data(path: Path) -> Any:
    """Return what a file of the index gives to ``Search.take``."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text[text.index(",") + 1 : text.rindex(")")])


def pages_by_word(site: Path) -> dict[str, set[str]]:
    """Return the names of the pages that a language's index gives for each word."""
    pages = page_of_section(site)
    found = {}
    for path in (site / "search").glob("w[0-9]*.js"):
        for word, steps in data(path).items():
            found[word] = {pages[one] for one in accumulate(step // STEP for step in steps)}
    return found


def page_of_section(site: Path) -> list[str]:
    """Return the name of each section's page, in the order of the index."""
    known = data(site / "search" / "pages.js")["pages"]
    ends = [first for _, _, first in known[1:]] + [len(sections(site))]
    return [page[0] for page, end in zip(known, ends, strict=True) for _ in range(page[2], end)]


def sections(site: Path) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return anchor, heading and blocks of text of each section, in the order of the index."""
    count = len(list((site / "search").glob("t[0-9]*.js")))
    chunks = (data(site / "search" / f"t{number}.js") for number in range(count))
    return [section for chunk in chunks for section in chunk]
