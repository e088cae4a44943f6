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
      const [, anchor, heading] = index.sections[section];
      const one = { page: index.pages[page][0], anchor, heading };
      one.lacks = lacks.map((unit) => unit.text);
      const blocks = at < shown ? await api.textOf(index, section) : [];
      if (at < shown) Object.assign(one, api.passage(index, blocks, units));
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

    Of each page found, best first, there are ``page``, ``anchor``, ``heading`` and the words that
    it ``lacks``; of the first ``shown`` also ``text`` and ``words``, those to be marked.
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
    known = data(site / "search" / "sections.js")
    found = {}
    for path in (site / "search").glob("w[0-9]*.js"):
        for word, steps in data(path).items():
            sections = accumulate(step // STEP for step in steps)
            found[word] = {known["pages"][known["sections"][one][0]][0] for one in sections}
    return found
