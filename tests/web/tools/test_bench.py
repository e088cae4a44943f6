"""`make bench`: each row runs and the results are whole. Times are never judged here."""

import csv
import json
import subprocess
import sys

import pytest

from web.paths import ROOT
from web.tools import bench
from web.tools.bench import GOALS, IMPORT, SIZES, BenchError, ratios, report
from web.tools.workloads import LIBRARIES, ROWS, Took, fits

LIMIT = 300


# Each row with more messages than a queue holds: limits are in force, work that goes beyond them
# ends, and all of it arrives.
EVERY_ROW = """
import sys
from web.tools import workloads

library = sys.argv[1]
for size, limit, count in ((10, 1000, 2500), (1_000_000, 32, 40)):
    assert workloads.high_water_mark(size) == limit
    for row in workloads.ROWS:
        if workloads.fits(row, library):
            assert workloads.work(row, library, size, count).wall > 0, (row, size)
            print(row)
"""


def test_every_row_takes_more_messages_than_a_queue_holds():
    """A process for each library, as it is measured: none has what another imported."""
    started = {
        library: subprocess.Popen(
            [sys.executable, "-c", EVERY_ROW, library],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for library in LIBRARIES
    }  # fmt: skip
    said = {library: process.communicate(timeout=LIMIT)[0] for library, process in started.items()}
    for library, process in started.items():
        assert process.returncode == 0, f"{library}: {said[library]}"
        assert said[library].splitlines() == [row for row in ROWS if fits(row, library)] * 2


def test_a_run_is_stored_whole(tmp_path, monkeypatch, capsys):
    """One row of work and one size stand for all, each in a process of its own."""
    row, size, libraries = "push-pull inproc", 100, ("purezmq", "zmq.asyncio", "blocking")
    monkeypatch.setattr(bench, "SIZES", (size,))
    monkeypatch.setattr(bench, "ROWS", {row: ROWS[row]})
    monkeypatch.setattr(bench, "LIBRARIES", {name: LIBRARIES[name] for name in libraries})
    stored, figures = tmp_path / "deep" / "bench.json", tmp_path / "bench.csv"
    options = ["--quick", "--output", str(stored), "--figures", str(figures)]
    assert bench.main(options) == 0
    said = capsys.readouterr().out
    result = json.loads(stored.read_text(encoding="utf-8"))
    found = {(one["row"], one["size"], one["library"]): one for one in result["measurements"]}
    expected = [(row, size, name) for name in libraries] + [(IMPORT, None, n) for n in libraries]
    assert list(found) == expected and len(result["measurements"]) == len(expected)
    for (work, _, library), one in found.items():
        assert len(one["seconds"]) == len(one["cpu"]) == 1 and one["cpu"][0] >= 0
        assert 0 < one["low"] <= one["median"] <= one["high"]
        if work == row:
            assert set(one["ratios"]) == {"zmq.asyncio", "blocking"}
            assert one["ratios"].get(library, {"median": 1.0})["median"] == 1.0
    goals = [(one["row"], one["against"]) for one in result["goals"]]
    assert goals == [(row, "zmq.asyncio"), (IMPORT, None)]
    assert all(isinstance(one["reached"], bool) for one in result["goals"])
    assert set(result["machine"]) == {
        "system", "machine", "cores", "load", "python", "pyzmq", "libzmq"
    }  # fmt: skip
    assert result["settings"]["quick"] and result["settings"]["libraries"] == [*libraries]
    for words in [ROWS[row], "these times mean nothing", "reached"]:
        assert words in " ".join(said.split())
    assert not figures.exists()  # a page must not show what means nothing


def test_everything_is_measured_and_told(monkeypatch, capsys, tmp_path):
    """All rows, libraries and sizes, without their work: each is asked for and has its line."""
    asked = []

    def measure(row, library, sizes, seconds):
        asked.append((row, library))
        return {size: Took(0.001, 0.001) for size in ([0] if row == IMPORT else sizes)}

    monkeypatch.setattr(bench, "measure", measure)
    assert bench.main(["--quick", "--output", str(tmp_path / "bench.json")]) == 0
    works = [(row, library) for row in ROWS for library in LIBRARIES if fits(row, library)]
    assert asked == works + [(IMPORT, library) for library in LIBRARIES]
    result = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    found = [(one["row"], one["library"], one["size"]) for one in result["measurements"]]
    assert len(set(found)) == len(found) == len(works) * len(SIZES) + len(LIBRARIES)
    assert len(result["goals"]) == len(GOALS) + 1
    said = " ".join(capsys.readouterr().out.split())
    assert all(words in said for words in ROWS.values())


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


def test_wrong_options_are_told(capsys):
    for wrong in (["--seconds", "0"], ["--repetitions", "0"], ["--seconds", "x"]):
        with pytest.raises(SystemExit) as ended:
            bench.main(wrong)
        assert ended.value.code == 2
        assert "error: " in capsys.readouterr().err, wrong
