"""What all programs of a pattern have in common: options, errors, Ctrl-C."""

import os
import socket
import tempfile

import pytest

from web.paths import ROOT

ANY = "tcp://127.0.0.1:*"
FEED = f"ipc://{tempfile.gettempdir()}/nasdaq-feed"

# The program, its sides with their defaults, words of its help, its options that count something.
EXAMPLES = ROOT / "examples"
PROGRAMS = {
    "publish_subscribe/publisher.py": (
        {"bind": ["tcp://127.0.0.1:5556"]},
        ["Guide: wuserver", "ZIP TEMPERATURE HUMIDITY"],
        ["updates", "rate"],
    ),
    "publish_subscribe/subscriber.py": (
        {"connect": ["tcp://127.0.0.1:5556"]},
        ["Guide: wuclient", '"1000" also takes "10001"', "--zip PREFIX", "--timeout SECONDS"],
        ["updates"],
    ),
    "pipeline/ventilator.py": (
        {"bind": ["tcp://127.0.0.1:5557"], "connect": ["tcp://127.0.0.1:5558"]},
        ["Guide: taskvent", "monitor"],
        ["tasks", "workers", "rounds"],
    ),
    "pipeline/worker.py": (
        {"connect": ["tcp://127.0.0.1:5557", "tcp://127.0.0.1:5558"]},
        ["Guide: taskwork", "--connect VENTILATOR --connect SINK", "--name NAME"],
        ["slow"],
    ),
    "pipeline/sink.py": (
        {"bind": ["tcp://127.0.0.1:5558"]},
        ["Guide: tasksink", "--timeout SECONDS"],
        [],
    ),
    "brokerless/peer.py": (
        {"bind": ["tcp://127.0.0.1:5560"], "connect": ["tcp://127.0.0.1:5561"]},
        ["whitepaper", "--first", "--last", "--directory ENDPOINT", "--next"],
        ["messages", "rate", "burst", "size"],
    ),
    "brokerless/client.py": (
        {"connect": ["tcp://127.0.0.1:5570"]},
        ["whitepaper", "--first", "--last", "--to", "--patience SECONDS"],
        ["messages", "rate", "burst", "size"],
    ),
    "brokerless/broker.py": ({"bind": ["tcp://127.0.0.1:5570"]}, ["whitepaper", "--name"], []),
    "brokerless/directory.py": ({"bind": ["tcp://127.0.0.1:5571"]}, ["whitepaper"], []),
    "brokerless/proxy.py": (
        {"bind": ["tcp://127.0.0.1:5572"], "connect": ["tcp://127.0.0.1:5560"]},
        ["whitepaper"],
        [],
    ),
    "brokerless/flood.py": (
        {"connect": ["tcp://127.0.0.1:5560"]},
        ["whitepaper"],
        ["messages", "size"],
    ),
    "brokerless/drain.py": (
        {"bind": ["tcp://127.0.0.1:5560"]},
        ["whitepaper", "--quiet SECONDS"],
        ["messages"],
    ),
    "brokerless/redis_server.py": (
        {"bind": ["tcp://127.0.0.1:*"]},
        ["whitepaper", "apt install redis-server"],
        [],
    ),
    "brokerless/redis_client.py": (
        {"connect": ["tcp://127.0.0.1:6379"]},
        ["whitepaper", "--first", "--last", "--to"],
        ["messages", "rate", "burst", "size"],
    ),
    "multithreading/office.py": (
        {"bind": ["tcp://127.0.0.1:5557", "tcp://127.0.0.1:5558"]},
        ["whitepaper", "--bind TASKS --bind RESULTS", "--timeout SECONDS", "--kind"],
        ["tasks", "amount", "workers"],
    ),
    "multithreading/worker.py": (
        {"connect": ["tcp://127.0.0.1:5557", "tcp://127.0.0.1:5558"]},
        ["whitepaper", "--connect TASKS --connect RESULTS", "--name"],
        ["threads"],
    ),
    "speed/peer.py": (
        {"bind": ["tcp://127.0.0.1:5570"]},
        ['"take COUNT"', "--way"],
        [],
    ),
    "speed/caller.py": (
        {"connect": ["tcp://127.0.0.1:5570"]},
        ["Lesson 33", "--way"],
        ["size", "count"],
    ),
    "nasdaq_filter/publisher.py": (
        {"bind": ["tcp://127.0.0.1:5556"]},
        ["source page", "tcp://127.0.0.1:7721", "--symbol"],
        ["quotes", "rate"],
    ),
    "nasdaq_filter/filter.py": (
        {"connect": ["tcp://127.0.0.1:5556", "tcp://127.0.0.1:7721"], "bind": [FEED]},
        ["source page"],
        [],
    ),
    "nasdaq_filter/subscriber.py": (
        {"connect": [FEED]},
        ["source page", "--timeout SECONDS"],
        ["quotes"],
    ),
    "reliable_edges/switch.py": (
        {"bind": ["tcp://127.0.0.1:5560"]},
        ["remember nothing"],
        [],
    ),
    "reliable_edges/sender.py": (
        {"connect": ["tcp://127.0.0.1:5560"]},
        ["--store FILE", "--retry", "--longest", "--to NAME", "default: anna"],
        ["messages", "window"],
    ),
    "reliable_edges/receiver.py": (
        {"connect": ["tcp://127.0.0.1:5560"], "bind": ["tcp://127.0.0.1:5561"]},
        ["--store FILE", "one transaction", "default: ben"],
        ["pause-at", "together"],
    ),
    "switch_or_broker/broker.py": (
        {"bind": ["tcp://127.0.0.1:5560"]},
        ["--log FILE", "fsync"],
        ["prefetch"],
    ),
    "switch_or_broker/sender.py": (
        {"connect": ["tcp://127.0.0.1:5560"]},
        ["--to NAME", "nobody hears of it"],
        ["messages"],
    ),
    "switch_or_broker/receiver.py": (
        {"connect": ["tcp://127.0.0.1:5560"]},
        ["--acknowledge {early,late}", "--store FILE"],
        ["pause-at"],
    ),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_help(run, program: str) -> None:
    sides, words, counts = PROGRAMS[program]
    done = run(program, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    text = " ".join(done.stdout.split())
    unbroken = "".join(text.split())
    for side, defaults in sides.items():
        assert f"--{side} ENDPOINT" in text
        assert f"(default:{''.join(defaults)})" in unbroken
    for word in [*words, *(f"--{count} N" for count in counts)]:
        assert word in text


@pytest.mark.parametrize(
    ("program", "side"), [(program, side) for program in PROGRAMS for side in PROGRAMS[program][0]]
)
def test_a_wrong_endpoint(run, program: str, side: str) -> None:
    done = run(program, f"--{side}", "tcp://nonsense")
    assert (done.returncode, done.stdout) == (2, "")
    name = program.split("/")[1]
    assert done.stderr.startswith(f"{name}: --{side} 'tcp://nonsense': tcp needs a host and a port")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("program", [name for name in PROGRAMS if PROGRAMS[name][2]])
def test_a_wrong_count(run, program: str) -> None:
    for option, value in zip(PROGRAMS[program][2], ("0", "-1", "x"), strict=False):
        done = run(program, f"--{option}", value)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert f"argument --{option}: needs a whole number from 1 on" in done.stderr


@pytest.mark.parametrize(
    "program",
    [name for name in PROGRAMS if '"--timeout"' in (EXAMPLES / name).read_text(encoding="utf-8")],
)
@pytest.mark.parametrize("value", ["nan", "inf", "-1", "1e30", "x", ""])
def test_a_wrong_time(run, program: str, value: str) -> None:
    done = run(program, f"--timeout={value}")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"--timeout: needs seconds from 0 to 1,000,000, not {value!r}" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("program", PROGRAMS)
def test_an_interrupt_while_it_waits(start, program: str) -> None:
    """With nobody at the other side, so each waits for what it always waits for."""
    with socket.socket() as closed, tempfile.TemporaryDirectory() as folder:
        closed.bind(("127.0.0.1", 0))  # nobody else gets the port, and nobody listens
        nobody = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        sides = PROGRAMS[program][0]
        options = [word for _ in sides.get("connect", ()) for word in ("--connect", nobody)]
        for default in sides.get("bind", ()):
            options += ["--bind", f"ipc://{folder}/feed" if default == FEED else ANY]
        process = start(program, *options)
        process.wait_until_blocked()
        status, lines, errors = process.interrupt()
        assert (status, errors) == (0, "")
        assert lines[-1] == f"{process.role} stopped"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("publish_subscribe/subscriber.py", "no update for '10' within 0.2 s: is the publisher"),
        ("nasdaq_filter/subscriber.py", "no quote within 0.2 s: is the filter"),
    ],
)
def test_nothing_comes(run, program: str, words: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        done = run(program, "--connect", nobody, "--timeout", "0.2")
    assert done.returncode == 1
    assert done.stdout == f"ready subscriber {nobody}\n"
    assert done.stderr == f"subscriber.py: {words} running at {nobody}?\n"
