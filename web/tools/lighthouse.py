"""Lighthouse's scores of the built site, on the phone that Lighthouse simulates.

``make lighthouse`` runs it. Each page is loaded several times, and the median counts. Whole results
go to ``build/lighthouse.json``; the scores go to ``web/tools/lighthouse.csv``, from where the
directive ``{lighthouse}`` brings them onto a page. Nobody writes that file by hand.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from datetime import date as day
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from rich.console import Console
from rich.table import Table
from sphinx.application import Sphinx

from web.lessons.folders import page_name, pages
from web.paths import BUILD, ROOT, SITE
from web.site.chromium import NO_CHROMIUM, find_chromium
from web.site.directives import Companion, element, text
from web.site.serve import open_server
from web.words import LANGUAGES, date

SCORES = ROOT / "web" / "tools" / "lighthouse.csv"
RESULTS = BUILD / "lighthouse.json"
COMMAND = ROOT / "node_modules" / ".bin" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
COLUMNS = ("date", "lighthouse", "chromium", "runs", "page", *CATEGORIES)
LEAST = 95
PORT = 18400
LIMIT = 180
"""Seconds for one load of a page, at most."""


class LighthouseError(RuntimeError):
    """Lighthouse is not to be had, or did not come to an end."""


@dataclass(frozen=True)
class Score:
    """What Lighthouse said of a page: the median of several runs, by category, 0 to 100."""

    page: str
    values: dict[str, int]
    runs: int
    lighthouse: str
    chromium: str

    @property
    def low(self) -> list[str]:
        """The categories that are below what we ask for."""
        return [name for name in CATEGORIES if self.values[name] < LEAST]


def addresses() -> list[str]:
    """Return the addresses that are measured: home and lessons in both languages."""
    lessons = [f"lessons/{page_name(path)}.html" for path in pages()]
    return [f"{language}/{page}" for page in ("index.html", *lessons) for language in LANGUAGES]


def install() -> None:
    """Have npm install what ``package-lock.json`` names, if it is not there yet.

    Raises
    ------
    LighthouseError
        If there is no Node.js or npm, or npm fails.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing = "Node.js" if node is None else "npm"
        raise LighthouseError(
            f"needs {missing}, which is not here; Debian and Ubuntu: sudo apt install nodejs npm"
        )
    installed = ROOT / "node_modules" / ".package-lock.json"
    lock = ROOT / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    print("lighthouse: npm installs it (the first time only)", flush=True)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode:
        raise LighthouseError("npm could not install it, see above")
    installed.touch()


def load(address: str, chromium: str) -> dict[str, Any]:
    """Run Lighthouse once and return its report."""
    flags = "--headless=new --disable-gpu --no-first-run --disable-background-networking"
    if sys.platform == "linux" and (os.geteuid() == 0 or Path("/.dockerenv").exists()):
        flags += " --no-sandbox"  # Chromium refuses to start as root, or in a container
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        report = Path(folder) / "report.json"
        command = [str(COMMAND), address, "--output=json", f"--output-path={report}", "--quiet"]
        command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={flags}"]
        command += ["--no-enable-error-reporting"]
        environment = dict(os.environ, CHROME_PATH=chromium, TMPDIR=folder)
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=LIMIT
            )
        except subprocess.TimeoutExpired:
            raise LighthouseError(f"{address} took more than {LIMIT} s") from None
        if done.returncode or not report.exists():
            said = (done.stderr or done.stdout).strip().splitlines()
            raise LighthouseError(f"{address} failed: {said[-1] if said else 'no reason given'}")
        result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    if result.get("runtimeError"):
        raise LighthouseError(f"{address} failed: {result['runtimeError'].get('message')}")
    return result


def measure(page: str, address: str, chromium: str, runs: int) -> tuple[Score, list[Any]]:
    """Load a page several times; return the medians, and what cost points in the middle run."""
    reports = [load(f"{address}/{page}", chromium) for _ in range(runs)]
    values = {
        name: round(
            100 * statistics.median(one["categories"][name]["score"] or 0 for one in reports)
        )
        for name in CATEGORIES
    }
    browser = re.search(r"Chrome/(\d+)", reports[0]["environment"]["hostUserAgent"])
    assert browser is not None
    score = Score(page, values, runs, reports[0]["lighthouseVersion"], browser[1])
    return score, [shortened(report) for report in reports]


def shortened(report: dict[str, Any]) -> dict[str, Any]:
    """Return of a report the scores, the times, and the audits that are not passed."""
    weights = {
        audit["id"]: (name, audit["weight"])
        for name in CATEGORIES
        for audit in report["categories"][name]["auditRefs"]
    }
    audits = report["audits"]
    return {
        "scores": {name: report["categories"][name]["score"] for name in CATEGORIES},
        "times": {
            name: audits[name].get("displayValue")
            for name, (category, weight) in weights.items()
            if category == "performance" and weight
        },
        "lost": {
            name: {
                "category": category,
                "weight": weight,
                "score": audits[name]["score"],
                "title": audits[name]["title"],
                "items": audits[name].get("details", {}).get("items", [])[:5],
            }
            for name, (category, weight) in weights.items()
            if audits[name]["score"] is not None and audits[name]["score"] < 1
        },
    }


def write(scores: list[Score]) -> None:
    """Write the scores down for the page that shows them."""
    today = day.today().isoformat()
    with SCORES.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for score in scores:
            made = (today, score.lighthouse, score.chromium, score.runs)
            rows.writerow([*made, score.page, *(score.values[name] for name in CATEGORIES)])


def main() -> int:
    """Measure all pages; return 1 if one is below what we ask for, or could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m web.tools.lighthouse", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how often each page is loaded")
    parser.add_argument("--page", action="append", help="only this one, as en/index.html")
    given = parser.parse_args()
    try:
        return _main(max(1, given.runs), given.page)
    except LighthouseError as error:
        print(f"lighthouse: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nlighthouse: stopped; nothing was written", file=sys.stderr)
        return 130


def _main(runs: int, only: list[str] | None) -> int:
    chromium = find_chromium()
    if chromium is None:
        raise LighthouseError(NO_CHROMIUM)
    wanted = only or addresses()
    missing = [page for page in wanted if not (SITE / page).is_file()]
    if missing:
        raise LighthouseError(f"not in build/site: {', '.join(missing)}; run `make site` first")
    install()
    server = open_server(SITE, PORT)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    scores, reports = [], {}
    table = Table(title=f"Lighthouse, median of {runs}, phone")
    for name in ("page", *CATEGORIES):
        table.add_column(name, no_wrap=True)
    try:
        for page in wanted:
            print(f"lighthouse: {page} ...", flush=True)
            address = f"http://127.0.0.1:{server.server_port}"
            score, reports[page] = measure(page, address, chromium, runs)
            table.add_row(page, *(str(score.values[name]) for name in CATEGORIES))
            scores.append(score)
    finally:
        server.shutdown()
        server.server_close()
    RESULTS.write_text(json.dumps(reports, indent=1, ensure_ascii=False), encoding="utf-8")
    Console(width=max(100, Console().width)).print(table)
    for score in scores:
        for name in score.low:
            print(f"lighthouse: {score.page} has {score.values[name]} in {name}, least is {LEAST}")
    if only is None:
        write(scores)
        print("lighthouse: build/lighthouse.json says why; the site shows web/tools/lighthouse.csv")
    return 1 if any(score.low for score in scores) else 0


class Scores(Companion):
    """The scores of the last run of ``make lighthouse``, as a table with its date and versions."""

    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        """Make the table from the file that the run wrote."""
        self.env.note_dependency(str(SCORES))
        with SCORES.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        words = self.words
        head = element("tr", element("th", text(words["page"]), scope="col"))
        for name in CATEGORIES:
            head += element("th", text(words[f"lighthouse_{name}"]), scope="col")
        body = element("tbody")
        for row in rows:
            cells = [element("td", text(row[name])) for name in CATEGORIES]
            page = element("th", element("code", text(row["page"])), scope="row")
            body += element("tr", page, *cells)
        caption = words["lighthouse_by"].format(
            date=date(rows[0]["date"], self.config.language),
            lighthouse=rows[0]["lighthouse"],
            chromium=rows[0]["chromium"],
            runs=rows[0]["runs"],
        )
        table = element(
            "table",
            element("caption", text(caption)),
            element("thead", head),
            body,
            class_="docutils",
        )
        return [element("div", table, class_="table-wrapper docutils container")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("lighthouse", Scores)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    sys.exit(main())
