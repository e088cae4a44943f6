"""A lesson's cells in Firefox: no tests of every run, for few machines have it beside Chromium.

It is driven over Marionette, the protocol that every Firefox speaks: Playwright has a Firefox of
its own, and knows no other.
"""

import json
import re
import shutil
import socket
import subprocess
import threading

import pytest

from web.page.build import available

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
LIMIT = 240
# Runs all cells, and tells of each what state it ended in and what it printed.
RUN_ALL = """
const told = arguments[0];
const cells = [...document.querySelectorAll("[data-cell-state]")];
const ended = /done|failed|stopped|elsewhere/;
const state = (cell) => cell.dataset.cellState;
const look = () => {
  if (!cells.every((cell) => ended.test(state(cell)))) return;
  observer.disconnect();
  told(cells.map((cell) => [state(cell), cell.querySelector("[data-cell-output]")?.textContent]));
};
const observer = new MutationObserver(look);
observer.observe(document.body, { subtree: true, attributeFilter: ["data-cell-state"] });
cells.findLast((cell) => state(cell) === "idle").querySelector('[data-action="run-above"]').click();
"""

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not available(), reason="NO NODE: nothing runs in these pages"),
    pytest.mark.skipif(FIREFOX is None, reason="NO FIREFOX: apt install firefox-esr"),
]


class Firefox:
    """A Firefox without a window, with a profile of its own."""

    def __init__(self, profile):
        settings = {"marionette.port": 0, "browser.shell.checkDefaultBrowser": False}
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in settings.items()
        ]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [FIREFOX, "--headless", "--no-remote", "--marionette", "--profile", str(profile)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.end = threading.Timer(LIMIT, self.process.kill)  # whatever it waits for
        self.end.start()
        found = None
        while not found:
            line = self.process.stdout.readline()
            assert line, "it ended before it listened"
            found = re.search(r"Listening on port (\d+)", line)
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.socket = socket.create_connection(("127.0.0.1", int(found[1])), timeout=LIMIT)
        self.stream = self.socket.makefile("rwb")
        self.number = 0
        self.read()  # its greeting
        self.command("WebDriver:NewSession")
        self.command("WebDriver:SetTimeouts", script=LIMIT * 1000)

    def read(self):
        size = b""
        while (octet := self.stream.read(1)) != b":":
            assert octet, "it has closed the connection"
            size += octet
        return json.loads(self.stream.read(int(size)))

    def command(self, name, **parameters):
        self.number += 1
        text = json.dumps([0, self.number, name, parameters]).encode()
        self.stream.write(b"%d:%s" % (len(text), text))
        self.stream.flush()
        _kind, _number, error, result = self.read()
        assert error is None, error
        return result

    def close(self):
        self.end.cancel()
        self.socket.close()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def firefox(tmp_path):
    browser = Firefox(tmp_path)
    yield browser
    browser.close()


def test_firefox_runs_every_cell_of_a_lesson_and_its_programs(firefox, address):
    firefox.command("WebDriver:Navigate", url=f"{address}/en/lessons/01-first-message.html")
    told = firefox.command("WebDriver:ExecuteAsyncScript", script=RUN_ALL, args=[])["value"]
    assert [state for state, _ in told] == ["done"] * len(told), told
    assert any(str(printed).startswith("in 1.5 s the new server got: []") for _, printed in told)
