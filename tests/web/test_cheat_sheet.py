"""What the cheat sheet says is so: its defaults are libzmq's, and its program runs."""

import re
import subprocess
import sys

import pytest
import zmq

from web.paths import GUIDES
from web.site.socket_rules import SOCKETS
from web.words import LANGUAGES

each_language = pytest.mark.parametrize("language", LANGUAGES)
OFF = {"off": 0, "꺼짐": 0}
SYSTEM = ("the system's", "시스템 설정")


def sheet(language):
    return (GUIDES[language] / "cheat-sheet.md").read_text(encoding="utf-8")


def default(said):
    if said in OFF:
        return OFF[said]
    if said in SYSTEM:
        return -1
    return int(re.search(r"-?[\d,]+", said)[0].replace(",", ""))


@each_language
def test_the_defaults_are_libzmqs(language):
    told = re.findall(r"^\| (`[A-Z].*?`) \| (.+?) \|", sheet(language), re.MULTILINE)
    assert len(told) >= 8
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        for names, said in told:
            for name in re.findall(r"[A-Z_]+", names):
                if name in ("CONFLATE", "ROUTER_MANDATORY"):
                    assert default(said) == 0, "these can't be asked for"
                else:
                    assert socket.get(getattr(zmq, name)) == default(said), name


@each_language
def test_its_program_asks_and_ends(language, tmp_path):
    code = re.search(r"```python\n(.*?)```", sheet(language), re.DOTALL)[1]
    with zmq.Context() as context, context.socket(zmq.REP) as server:
        server.bind("tcp://127.0.0.1:*")
        address = server.last_endpoint.decode()
        path = tmp_path / "ask.py"
        path.write_text(code.replace("tcp://127.0.0.1:5555", address), encoding="utf-8")
        program = subprocess.Popen([sys.executable, path], stdout=subprocess.PIPE, text=True)
        assert server.poll(60_000)
        assert server.recv_string() == "price of tea?"
        server.send_string("3 coins")
        assert program.communicate(timeout=60) == ("3 coins\n", None)
        assert program.returncode == 0


@each_language
def test_its_table_is_that_of_the_socket_pages(language):
    section = sheet(language).partition("(cheat-start)=")[0]
    assert ":::{socket-table} full\n:::" in section
    assert "|" not in section, "a second table of types"


def test_a_type_waits_in_its_table_if_a_rule_says_so():
    for name, entry in SOCKETS.items():
        waits = any(rule.en.startswith("`send()` waits while there is") for rule in entry.blocks)
        assert waits == (entry.full.en == "waits"), name
        assert (not entry.full.en) == entry.send.en.startswith("It can't send"), name
