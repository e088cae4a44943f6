"""Every line and every branch of `wire` and `patterns` is run by their own tests.

By those that always do the same: what hypothesis found by chance, or needed a peer of libzmq's,
would hide a branch that no test is about.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parents[1]
PARTS = ("wire", "patterns")


def missed(report):
    """What a report of coverage's lacks: "file: line 7" or "file: from line 7 to 9"."""
    for name, file in report["files"].items():
        for line in file["missing_lines"]:
            yield f"{name}: line {line}"
        for line, target in file["missing_branches"]:
            yield f"{name}: from line {line} to {target if target > 0 else 'the end'}"


def measure(folder, *options):
    """Run the tests with coverage; give its report."""
    report = folder / "coverage.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    command += ["--cov-branch", "--cov-report", f"json:{report}", "--cov-config", "/dev/null"]
    environment = {**os.environ, "COVERAGE_FILE": str(folder / "data")}
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    return json.loads(report.read_text())


def test_nothing_in_wire_and_patterns_is_missed(tmp_path):
    options = [f"--cov=purezmq.{part}" for part in PARTS] + ["-m", "not hypothesis"]
    options += [str(TESTS / part) for part in PARTS]
    for name in ("test_libzmq.py", "test_hostile.py"):
        options.append(f"--ignore={TESTS / 'wire' / name}")
    report = measure(tmp_path, *options)
    seen = {str(Path(name)) for name in report["files"]}
    written = {path for part in PARTS for path in (ROOT / "purezmq" / part).glob("*.py")}
    assert seen == {str(path.relative_to(ROOT)) for path in written}
    assert not list(missed(report))


def test_what_is_missed_is_told():
    file = {"missing_lines": [7], "missing_branches": [[6, 7], [9, -1]]}
    assert list(missed({"files": {"a.py": file}})) == [
        "a.py: line 7",
        "a.py: from line 6 to 7",
        "a.py: from line 9 to the end",
    ]
