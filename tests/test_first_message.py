"""README's and the guide's very first step: two files and ``pip install pyzmq``, as written."""

import re
import subprocess
import sys

import pytest

from web.paths import GUIDES, ROOT

SOURCES = [ROOT / "README.md", ROOT / "README.ko.md", *(g / "start.md" for g in GUIDES.values())]
BLOCK = r"^`{name}`:\n\n```python\n(.*?)^```"


def program(path, name):
    found = re.findall(BLOCK.format(name=re.escape(name)), path.read_text("utf-8"), re.M | re.S)
    assert len(found) == 1, f"{path.name} shows {name} {len(found)} times"
    return found[0]


def test_all_four_pages_show_the_same_files():
    for name in ("server.py", "client.py"):
        assert len({program(path, name) for path in SOURCES}) == 1


@pytest.mark.parametrize("first", ["server.py", "client.py"])
def test_the_two_files_run_in_either_order(tmp_path, first):
    import asyncio

    from zmqlab.run.endpoints import free_endpoint

    port = asyncio.run(free_endpoint()).rpartition(":")[2]
    for name in ("server.py", "client.py"):
        text = program(ROOT / "README.md", name)
        assert "5555" in text
        (tmp_path / name).write_text(text.replace("5555", port), encoding="utf-8")
    second = "client.py" if first == "server.py" else "server.py"
    running = {}
    try:
        for name in (first, second):
            running[name] = subprocess.Popen(
                [sys.executable, "-u", name],
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        said, _ = running["client.py"].communicate(timeout=30)
        assert running["client.py"].returncode == 0, said
        assert said.strip(), "the client prints what it got"
        assert "Traceback" not in said
    finally:
        for process in running.values():
            process.kill()
            process.wait()
            process.stdout.close()
