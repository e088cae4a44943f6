"""The wiretap's example on the page "The core": recorded from a run of the page's own commands.

``python -m web.tools.record_wiretap`` runs them in both languages, and writes what `zmqlab wiretap`
said to ``web/site/wiretap-en.txt`` and ``web/site/wiretap-ko.txt``, which the page includes. ``make
test`` runs them again and compares all but the times. Nobody writes those files by hand.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from web.paths import GUIDES, ROOT
from web.words import LANGUAGES

ASK = "ask.py"
SERVER, TAP = "tcp://127.0.0.1:5555", "tcp://127.0.0.1:5556"
"""Where the page says that the server and the wiretap are."""
LIMIT = 30
"""Seconds for one program."""


def recording(language: str) -> Path:
    """Return the file that holds what the wiretap said in a language."""
    return ROOT / "web" / "site" / f"wiretap-{language}.txt"


def program(name: str, language: str = "en") -> str:
    """Return a program as the page "The core" shows it."""
    page = (GUIDES[language] / "core.md").read_text(encoding="utf-8")
    found = re.findall(rf"^`{re.escape(name)}`:\n\n```python\n(.*?)^```", page, re.M | re.S)
    if len(found) != 1:
        raise ValueError(f"core.md shows {name} {len(found)} times")
    return str(found[0])


@contextmanager
def started(*arguments: str, ready: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a program; give it, and its first line, which says that it is ready."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    limit = threading.Timer(LIMIT, process.kill)
    limit.start()
    try:
        first = process.stdout.readline()
        if ready not in first:
            raise RuntimeError(f"it said {first!r}, not where it is: is somebody else at {ready}?")
        yield process, first
    finally:
        limit.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def record(language: str, server: str = SERVER, tap: str = TAP) -> str:
    """Run the page's commands; return what the wiretap said, from its first line to its last."""
    answering = ("examples/request_reply/server.py", "--bind", server)
    cli = ("-c", "from zmqlab.cli import main; main()", "wiretap")
    watching = (*cli, "--listen", tap, "--connect", server, "--language", language)
    asking = program(ASK, language).replace(TAP, tap)
    with (
        tempfile.TemporaryDirectory() as folder,
        started(*answering, ready=server),
        started(*watching, ready=tap) as (wiretap, first),
    ):
        path = Path(folder) / ASK
        path.write_text(asking, encoding="utf-8")
        subprocess.run([sys.executable, path], check=True, capture_output=True, timeout=LIMIT)
        assert wiretap.stdout is not None
        said = [first]
        while not _closed(said[-1]):
            said.append(wiretap.stdout.readline())
        wiretap.send_signal(signal.SIGINT)
        rest, _ = wiretap.communicate(timeout=LIMIT)
        return "".join(said) + rest


def _closed(line: str) -> bool:
    """Whether the connection has ended, or the wiretap itself, too early."""
    return not line or "closed" in line or "닫음" in line


def main() -> int:
    """Record in both languages."""
    for language in LANGUAGES:
        said = record(language)
        recording(language).write_text(said, encoding="utf-8")
        print(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
