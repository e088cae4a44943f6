"""The search as Node.js runs it: the site's own script and index, without a browser."""

import json
import shutil
import subprocess
from pathlib import Path

from web.paths import ROOT

SCRIPT = ROOT / "web" / "site" / "static" / "search.js"
NODE = shutil.which("node")

RUN = """
const fs = require("node:fs");
const vm = require("node:vm");
const [script, folder] = process.argv.slice(1);
const run = (path) => vm.runInThisContext(fs.readFileSync(path, "utf8"), path);
run(script);
let octets = 0;
vm.runInThisContext("globalThis.api = { Search, openIndex, find, wordsOf, Language }");
globalThis.Search = api.Search;
api.Search.fetch = (name) => run(`${folder}/${name}.js`);
(async () => {
  const index = await api.openIndex();
  const answers = [];
  for (const query of JSON.parse(fs.readFileSync(0, "utf8"))) {
    const { results } = await api.find(index, query);
    answers.push(results.map(({ page, section, score }) => [index.pages[page][0], index.sections[section][1], score]));
  }
  console.log(JSON.stringify(answers));
})();
"""


def ask(site: Path, queries: list[str]) -> dict[str, list[tuple[str, str, float]]]:
    """Return what a language's site finds for each query: page, anchor and score, best first."""
    command = [NODE, "-e", RUN, "--", str(SCRIPT), str(site / "search")]
    run = subprocess.run(command, input=json.dumps(queries), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return dict(zip(queries, json.loads(run.stdout), strict=True))
