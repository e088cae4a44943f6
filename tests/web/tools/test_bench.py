"""`make bench`: each row runs and the results are whole. Times are never judged here."""

import csv
import json
import os
import subprocess
import sys

import pytest

from web.paths import ROOT
from web.tools import bench, workloads
from web.tools.bench import GOALS, IMPORT, SIZES, BenchError, ratios, report
from web.tools.workloads import LIBRARIES, ROWS, Took, fits

LIMIT = 300


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "web.tools.bench", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=False,
        env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1"},
    )  # fmt: skip


def test_every_row_runs_and_the_results_are_whole(tmp_path):
    stored, figures = tmp_path / "deep" / "bench.json", tmp_path / "bench.csv"
    done = command("--quick", "--output", str(stored), "--figures", str(figures))
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(stored.read_text(encoding="utf-8"))
    expected = {
        (row, size, library)
        for row in ROWS
        for library in LIBRARIES
        if fits(row, library)
        for size in SIZES
    } | {(IMPORT, None, library) for library in LIBRARIES}
    found = [(one["row"], one["size"], one["library"]) for one in result["measurements"]]
    assert set(found) == expected and len(found) == len(expected)
    for one in result["measurements"]:
        assert len(one["seconds"]) == len(one["cpu"]) == 1 and one["cpu"][0] >= 0
        assert 0 < one["low"] <= one["median"] <= one["high"]
        if one["row"] != IMPORT:
            assert set(one["ratios"]) == {"zmq.asyncio", "blocking"}
            assert one["ratios"].get(one["library"], {"median": 1.0})["median"] == 1.0
    assert len(result["goals"]) == len(GOALS) + 1
    assert all(isinstance(one["reached"], bool) for one in result["goals"])
    assert set(result["machine"]) == {
        "system", "machine", "cores", "load", "python", "pyzmq", "libzmq"
    }  # fmt: skip
    assert result["settings"]["quick"] and result["settings"]["libraries"] == [*LIBRARIES]
    for words in [*ROWS.values(), "these times mean nothing", "reached"]:
        assert words in done.stdout
    assert not figures.exists()  # a page must not show what means nothing


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("library", ["purezmq", "zmq.asyncio", "blocking"])
def test_more_messages_than_a_queue_holds(row, library):
    """Limits are in force: work that goes beyond them ends, and all of it arrives."""
    assert workloads.high_water_mark(10) == 1000
    code = f"from web.tools.workloads import work; print(work({row!r}, {library!r}, 10, 2500).wall)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=True,
    )  # fmt: skip
    assert float(done.stdout) > 0


def test_ratios_are_taken_within_a_repetition():
    walls = {
        ("push-pull tcp", 100, "purezmq"): [1.0, 4.0, 1.0],
        ("push-pull tcp", 100, "zmq.asyncio"): [10.0, 40.0, 20.0],
        ("req-rep tcp", 100, "purezmq"): [1.0, 4.0, 3.0],
        ("req-rep tcp", 100, "zmq.asyncio"): [4.0, 8.0, 6.0],
        (IMPORT, 0, "purezmq"): [0.05, 0.08, 0.04],
    }
    runs = {key: [Took(wall, 0.0) for wall in values] for key, values in walls.items()}
    assert ratios(runs, "push-pull tcp", 100, "purezmq", "zmq.asyncio") == [10, 10, 20]
    assert ratios(runs, "req-rep tcp", 100, "purezmq", "zmq.asyncio") == [0.25, 0.5, 0.5]
    assert ratios(runs, "push-pull tcp", 100, "purezmq", "blocking") == []
    result = report(runs, {"libraries": ["purezmq", "zmq.asyncio"]})
    reached = [(one["row"], one["median"], one["reached"]) for one in result["goals"]]
    assert reached == [
        ("push-pull tcp", 10, True), ("req-rep tcp", 0.5, False), (IMPORT, 0.05, True)
    ]  # fmt: skip


MACHINE = {
    "system": "Linux",
    "machine": "x",
    "cores": 2,
    "python": "3",
    "pyzmq": "2",
    "libzmq": "1",
}


def results(repetitions):
    """What a run of one row measures."""
    took = [Took(0.25 + one, 0.125) for one in range(repetitions)]
    runs = {("push-pull tcp", 100, "purezmq"): took, ("push-pull tcp", 100, "blocking"): took}
    return {**runs, (IMPORT, 0, "purezmq"): took}


def test_what_is_written_is_what_the_page_reads(tmp_path):
    settings = {"libraries": ["purezmq"], "repetitions": 3, "seconds": 0.4, "load_before": 0.1}
    result = {**report(results(3), settings), "machine": MACHINE}
    bench.write(result, tmp_path / "bench.csv")
    with (tmp_path / "bench.csv").open(encoding="utf-8", newline="") as file:
        ours, theirs, imported = csv.DictReader(file)
    assert tuple(ours) == bench.COLUMNS
    assert (ours["row"], ours["size"], ours["library"]) == ("push-pull tcp", "100", "purezmq")
    assert [ours[name] for name in ("median", "low", "high", "cpu")] == [
        "1.25", "0.25", "2.25", "0.125"
    ]  # fmt: skip
    assert ours["blocking median"] == theirs["blocking high"] == "1"
    assert ours["zmq.asyncio median"] == "" and imported["size"] == ""
    assert (ours["load"], ours["repetitions"], ours["system"]) == ("0.1", "3", "Linux")


@pytest.mark.parametrize(
    "load, repetitions, written", [(0.1, 3, True), (0.1, 2, False), (99.0, 3, False)]
)
def test_a_busy_machine_leaves_the_pages_figures_alone(
    monkeypatch, tmp_path, capsys, load, repetitions, written
):
    monkeypatch.setattr(bench.os, "getloadavg", lambda: (load, load, load))
    monkeypatch.setattr(bench, "measure_all", lambda *_: results(repetitions))
    monkeypatch.setattr(bench, "tables", lambda _: [])
    figures = tmp_path / "bench.csv"
    stored = ["--output", str(tmp_path / "bench.json"), "--figures", str(figures)]
    assert bench.main(["--repetitions", str(repetitions), *stored]) == 0
    assert figures.exists() is written
    assert ("measure again" in " ".join(capsys.readouterr().out.split())) is (load > 1)


def test_what_fails_is_named(monkeypatch, capsys):
    monkeypatch.setitem(bench.IMPORTS, "streams", "no_such_module")
    with pytest.raises(BenchError, match=r"import with streams: .*no_such_module"):
        bench.measure(IMPORT, "streams", (), 0.01)
    monkeypatch.setattr(bench, "ROWS", {})
    assert bench.main(["--quick"]) == 1
    assert "no_such_module" in " ".join(capsys.readouterr().out.split())
    monkeypatch.setattr(bench, "LIMIT", 0.01)
    with pytest.raises(BenchError, match="did not end within"):
        bench.measure("req-rep tcp", "streams", (10,), 0.01)


@pytest.mark.parametrize("wrong", [["--seconds", "0"], ["--repetitions", "0"], ["--seconds", "x"]])
def test_wrong_options_are_told(wrong):
    done = command(*wrong)
    assert done.returncode == 2 and "Traceback" not in done.stderr
