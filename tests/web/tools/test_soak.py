"""`make soak` runs its parts' jobs, keeps what they did, and goes on where it was stopped."""

import json
import sys

import pytest

from web.tools import soak
from web.tools.soak import Job


@pytest.fixture
def report(tmp_path, monkeypatch):
    path = tmp_path / "reports" / "soak.json"
    monkeypatch.setattr(soak, "REPORT", path)
    monkeypatch.setattr(soak, "sources", lambda: "these")
    return path


def jobs_of(monkeypatch, *codes):
    """Make a part whose jobs run these pieces of Python."""
    jobs = [Job(f"job {n}", (sys.executable, "-c", code)) for n, code in enumerate(codes, 1)]
    monkeypatch.setitem(soak.PARTS, "trial", lambda only: iter(jobs))


def test_a_failed_job_is_told_with_what_it_printed(report, monkeypatch, capsys):
    jobs_of(monkeypatch, "print('fine')", "raise SystemExit('broken pipe')")
    assert soak.main(["trial"]) == 1
    said = capsys.readouterr().out
    assert "broken pipe" in said and "fine" not in said
    assert said.splitlines()[-1] == "soak: trial: 2 jobs, 1 failed"
    kept = json.loads(report.read_text())["trial"]
    assert [job["passed"] for job in kept["jobs"].values()] == [True, False]
    assert kept["ended"] and kept["began"] and kept["seconds"] >= 0


def test_a_part_that_was_stopped_goes_on_where_it_was(report, monkeypatch, tmp_path):
    count = tmp_path / "count"
    jobs_of(monkeypatch, f"open({str(count)!r}, 'a').write('x')", "pass")
    real = soak.run

    def stopped(job):
        if job.name == "job 2":
            raise KeyboardInterrupt
        return real(job)

    monkeypatch.setattr(soak, "run", stopped)
    with pytest.raises(KeyboardInterrupt):
        soak.main(["trial"])
    monkeypatch.setattr(soak, "run", real)
    assert soak.main(["trial"]) == 0
    assert count.read_text() == "x"
    assert soak.main(["trial"]) == 0  # it had ended: all of it again
    assert count.read_text() == "xx"


def test_other_sources_begin_anew(report, monkeypatch):
    jobs_of(monkeypatch, "pass", "raise SystemExit(1)")
    monkeypatch.setattr(soak, "LIMIT", -1)
    assert soak.main(["trial"]) == 2
    monkeypatch.setattr(soak, "sources", lambda: "others")
    monkeypatch.setattr(soak, "LIMIT", 60)
    assert soak.main(["trial"]) == 1
    assert json.loads(report.read_text())["trial"]["sources"] == "others"


def test_no_such_part_is_one_line(capsys):
    with pytest.raises(SystemExit):
        soak.main(["lesons"])
    assert "no part 'lesons'; there are lessons, programs" in capsys.readouterr().err


def test_every_part_has_jobs_and_each_its_own_name():
    for part, jobs in soak.PARTS.items():
        names = [job.name for job in jobs("")]
        assert names, part
        assert len(names) == len(set(names))
