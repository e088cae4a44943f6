"""The scores on the contribute page come from a run; without what it needs, one line says so."""

import csv
import json
import re

import pytest

from web.paths import ROOT
from web.tools import lighthouse
from web.tools.lighthouse import CATEGORIES, COLUMNS, LEAST, SCORES, Score


def report(performance, **other):
    scores = dict.fromkeys(CATEGORIES, 1.0) | {"performance": performance} | other
    audits = {"slow": {"score": 0.4, "title": "It is slow", "displayValue": "9 s"}}
    return {
        "lighthouseVersion": "12.8.2",
        "environment": {"hostUserAgent": "Mozilla/5.0 Chrome/156.0.1.2 Safari/537.36"},
        "categories": {
            name: {
                "score": scores[name],
                "auditRefs": [{"id": "slow", "weight": 3}] if name == "performance" else [],
            }
            for name in CATEGORIES
        },
        "audits": audits,
    }


def test_the_median_of_the_runs_counts(monkeypatch):
    reports = iter([report(0.99), report(0.5), report(0.96, seo=None)])
    monkeypatch.setattr(lighthouse, "load", lambda address, chromium: next(reports))
    score, kept = lighthouse.measure("en/index.html", "http://x", "chromium", 3)
    assert score.values == {**dict.fromkeys(CATEGORIES, 100), "performance": 96}
    assert (score.chromium, score.lighthouse, score.runs) == ("156", "12.8.2", 3)
    assert score.low == []
    assert [one["scores"]["performance"] for one in kept] == [0.99, 0.5, 0.96]
    assert kept[0]["lost"]["slow"]["title"] == "It is slow"


def score(**values):
    return Score("en/index.html", dict.fromkeys(CATEGORIES, 100) | values, 3, "12.8.2", "156")


@pytest.mark.parametrize(("seo", "low"), [(LEAST, []), (LEAST - 1, ["seo"])])
def test_a_page_below_the_least_is_named(seo, low):
    assert score(seo=seo).low == low


def test_what_is_written_is_what_the_page_reads(tmp_path, monkeypatch):
    monkeypatch.setattr(lighthouse, "SCORES", tmp_path / "scores.csv")
    lighthouse.write([score(performance=97)])
    with (tmp_path / "scores.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["performance"] == "97" and row["page"] == "en/index.html"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", row["date"])


def test_the_scores_that_are_kept_are_of_known_pages_and_good_enough():
    with SCORES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert {"en/index.html", "ko/index.html"} <= {row["page"] for row in rows}
    assert {row["page"] for row in rows} <= set(lighthouse.addresses())
    assert all(LEAST <= int(row[name]) <= 100 for row in rows for name in CATEGORIES)


@pytest.mark.parametrize(
    ("gone", "said"), [("node", "needs Node.js, which is not here"), ("npm", "needs npm")]
)
def test_without_node_it_says_so_in_one_line(monkeypatch, capsys, gone, said):
    monkeypatch.setattr(lighthouse.shutil, "which", lambda name: None if name == gone else "/x")
    monkeypatch.setattr(lighthouse, "find_chromium", lambda: "/x")
    monkeypatch.setattr(lighthouse, "addresses", list)
    monkeypatch.setattr(lighthouse.sys, "argv", ["lighthouse"])
    assert lighthouse.main() == 1
    told = capsys.readouterr().err
    assert told.startswith(f"lighthouse: {said}") and told.count("\n") == 1


def test_without_chromium_it_says_so_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(lighthouse, "find_chromium", lambda: None)
    monkeypatch.setattr(lighthouse.sys, "argv", ["lighthouse"])
    assert lighthouse.main() == 1
    told = capsys.readouterr().err
    assert "no Chromium here" in told and told.count("\n") == 1


def test_the_lock_file_names_versions_and_no_registry():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert '"resolved"' not in text
    for name, version in wanted.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all("integrity" in one for name, one in packages.items() if name)
