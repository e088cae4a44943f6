"""Who gets in by a key, what a removed key does, and that no secret key is printed."""

import os
import stat
from pathlib import Path

import pytest
import zmq

KEYS, OFFICE, SHOP = (f"security/{name}.py" for name in ("keys", "office", "shop"))
ANY = ("--bind", "tcp://127.0.0.1:*")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for keys, which keys.py makes."""
    return tmp_path / "keys"


def secrets(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.glob("*.secret")]


def test_keys_are_for_their_owner_alone_and_are_made_once(run, folder: Path) -> None:
    before = os.umask(0)
    try:
        done = run(KEYS, "--keys", folder, "office", "bob")
    finally:
        os.umask(before)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["new", "bob.public"],
        ["new", "office.public"],
    ]
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.secret")}
    if os.name == "posix":
        assert files == {"bob.secret": 0o600, "office.secret": 0o600}
    made = secrets(folder)
    assert not any(key in done.stdout for key in made)
    again = run(KEYS, "--keys", folder, "office", "bob")
    assert again.stdout == done.stdout.replace("new", "old")
    assert secrets(folder) == made


@pytest.mark.skipif(os.name == "nt", reason="modes as POSIX has them")
@pytest.mark.parametrize("program", [KEYS, OFFICE, SHOP])
def test_a_folder_that_others_may_enter_is_refused(run, folder: Path, program: str) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    done = run(program, "--keys", folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("is open to others: make it yours alone, by chmod 700\n")
    assert secrets(folder) == []


@pytest.mark.parametrize("words", [(KEYS, "../evil"), (SHOP, "--name", "../evil")])
def test_a_name_that_leads_out_of_the_folder_is_refused(run, folder: Path, words) -> None:
    done = run(words[0], "--keys", folder, *words[1:])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("'../evil' is no name: it becomes the name of a file\n")
    assert not folder.exists() and not list(folder.parent.glob("evil*"))


def test_a_shop_without_the_public_key_of_the_office_says_so(run, folder: Path) -> None:
    run(KEYS, "--keys", folder, "office", "alice")
    (folder / "office.public").unlink()
    done = run(SHOP, "--keys", folder)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "office.public" in done.stderr


def test_reports_come_under_the_name_of_their_key(start, folder: Path) -> None:
    office = start(OFFICE, *ANY, "--keys", str(folder))
    to = ("--connect", office.endpoints[0], "--keys", str(folder))
    for name in ("alice", "bob"):
        status, lines, errors = start(SHOP, *to, "--name", name, "--reports", "2").end()
        assert (status, lines, errors) == (0, [f"{name} sent 2 reports"], "")
        assert office.line(f"{name}: took 1960") == f"{name}: took 1960"
    _status, lines, errors = office.interrupt()
    assert errors == ""
    printed = "\n".join(lines)
    assert len(secrets(folder)) == 3
    assert not any(key in printed for key in secrets(folder))


@pytest.mark.parametrize("name", ["alice", "office"])
def test_a_key_that_is_not_on_the_list_is_refused_and_told_why(
    start, run, folder: Path, name: str
) -> None:
    run(KEYS, "--keys", folder, "office", "alice")
    if name == "alice":
        (folder / "alice.public").unlink()
    office = start(OFFICE, *ANY, "--keys", str(folder))
    shop = start(SHOP, "--connect", office.endpoints[0], "--keys", str(folder), "--name", name)
    status, _lines, errors = shop.end()
    assert (status, errors) == (1, "shop.py: refused: HANDSHAKE_FAILED_AUTH\n")
    office.line("a stranger, 400")


def test_without_encryption_nobody_gets_in(start, peer, folder: Path) -> None:
    office = start(OFFICE, *ANY, "--keys", str(folder))
    push = peer(zmq.PUSH)
    push.unbind(push.get_string(zmq.LAST_ENDPOINT))
    monitor = push.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL)
    push.connect(office.endpoints[0])
    assert monitor.poll(10_000)
    push.disable_monitor()
    monitor.close()


def test_a_report_is_dropped_once_its_key_is_removed(start, run, peer, folder: Path) -> None:
    run(KEYS, "--keys", folder, "office", "alice")
    office = start(OFFICE, *ANY, "--keys", str(folder))
    push = peer(zmq.PUSH)
    push.unbind(push.get_string(zmq.LAST_ENDPOINT))
    push.curve_serverkey = (folder / "office.public").read_bytes()
    push.curve_publickey = (folder / "alice.public").read_bytes()
    push.curve_secretkey = (folder / "alice.secret").read_bytes()
    push.connect(office.endpoints[0])
    push.send_string("took 980")
    assert office.line("took") == "alice: took 980"
    (folder / "alice.public").unlink()
    push.send_string("took 0")
    assert office.line("alice: ") == "alice: dropped, the key was removed"
