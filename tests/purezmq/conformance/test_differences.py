"""The table of differences names tests that are there."""

import runpy
from pathlib import Path

HERE = Path(__file__).parent
DIFFERENCES = runpy.run_path(str(HERE / "differences.py"))["DIFFERENCES"]


def test_every_difference_names_a_test_and_says_why():
    for name, reason in DIFFERENCES.items():
        module, _, test = name.partition("::")
        assert f"async def {test}(lab" in (HERE / module).read_text(encoding="utf-8"), name
        assert len(reason.split()) > 5, name
