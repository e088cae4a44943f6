"""The table of differences names tests that are there, all of them, and speaks both languages."""

import ast
from pathlib import Path

from web.site.differences import ABSENT, DIFFERENCES

HERE = Path(__file__).parent
LIVE = ast.parse((HERE / "test_differences_live.py").read_text(encoding="utf-8"))


def test_every_difference_has_a_test_and_every_test_a_difference():
    tests = {one.name: one for one in LIVE.body if isinstance(one, ast.AsyncFunctionDef)}
    named = [name for row in DIFFERENCES for name in row.tests]
    assert sorted(named) == sorted(tests)
    for name, test in tests.items():
        assert {"lab", "zmq"} <= {one.arg for one in test.args.args}, name
        assert "lab.engine ==" in ast.unparse(test), f"{name} does not tell the two apart"


def test_both_languages_say_all_of_it():
    for row in DIFFERENCES:
        assert all((*row.en, *row.ko)), row.en.what
        assert all(any("가" <= one <= "힣" for one in words) for words in row.ko[3:]), row.ko
    for row in ABSENT:
        assert row.names and row.en and any("가" <= one <= "힣" for one in row.ko), row


def test_no_other_test_tells_the_libraries_apart_by_name():
    """What differs stands in the table, and its test in one file."""
    for path in HERE.glob("test_*.py"):
        if path.name not in ("test_differences_live.py", Path(__file__).name, "test_api.py"):
            assert "lab.engine ==" not in path.read_text(encoding="utf-8"), path.name
