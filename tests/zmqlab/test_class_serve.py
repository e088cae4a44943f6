"""A laptop that serves the room: what it gives away, and what it does not."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from zmqlab.classroom import serve


@pytest.fixture
def bundle(tmp_path):
    """A folder as an archive of the bundle holds it, with a secret beside it and one in it."""
    folder = tmp_path / "bundle"
    for name, content in {
        "index.html": "<p>start</p>",
        "en/index.html": "<p>lessons</p>",
        "01.ipynb": "{}",
        "requirements.txt": "pyzmq\n",
        "wheels/pyzmq-27-py3-none-any.whl": "PK",
        ".git/config": "secret",
        "en/.hidden": "secret",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return folder


@contextmanager
def serving(folder):
    with serve.open_server(folder, "127.0.0.1", 20_000 + os.getpid() % 20_000) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(server, path, method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()


def test_what_the_room_reads(bundle):
    with serving(bundle) as server:
        assert ask(server, "/")[::2] == (200, b"<p>start</p>")
        assert ask(server, "/en/")[::2] == (200, b"<p>lessons</p>")
        assert ask(server, "/01.ipynb") == (200, "application/x-ipynb+json", b"{}")
        status, _, listed = ask(server, "/wheels/")  # what pip's --find-links reads
        assert status == 200 and b'href="pyzmq-27-py3-none-any.whl"' in listed


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt", "/en/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
        "/.git/config", "/en/.hidden", "/en/%2ehidden", "//etc/passwd", "/link", "/none",
        "/inside/secret.txt",
    ],
)  # fmt: skip
def test_what_it_does_not(bundle, tmp_path, path):
    (bundle / "link").symlink_to(tmp_path / "secret.txt")
    (bundle / "inside").symlink_to(tmp_path)
    with serving(bundle) as server:
        status, _, body = ask(server, path)
        assert status == 404 and b"secret" not in body.replace(b"secret.txt", b"")


def test_it_only_reads(bundle):
    before = sorted(bundle.rglob("*"))
    with serving(bundle) as server:
        for method in ("PUT", "POST", "DELETE", "PATCH", "NONE"):
            assert ask(server, "/new.txt", method)[0] in (400, 501)
    assert sorted(bundle.rglob("*")) == before


def test_a_reader_that_stops_holds_up_nobody(bundle):
    with serving(bundle) as server:
        silent = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(40)]
        try:
            silent[0].sendall(b"GET /")
            silent[1].sendall(b"\xff\0\r\n" * 100)
            assert ask(server, "/")[0] == 200
        finally:
            for one in silent:
                one.close()


def test_a_port_that_is_taken(bundle):
    with serving(bundle) as first, serve.open_server(bundle, "127.0.0.1", first.server_port) as two:
        assert two.server_port > first.server_port


def test_what_it_finds_to_serve(bundle, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(serve.ServeError, match="no site"):
        serve.find_site(None)
    assert serve.find_site(bundle) == bundle.resolve()
    site = tmp_path / "build" / "site"
    site.mkdir(parents=True)
    (site / "index.html").write_text("")
    assert serve.find_site(None) == site.resolve()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_says_what_it_opens(bundle, monkeypatch, language):
    monkeypatch.setattr(serve, "hosts", lambda: ["192.168.0.10", "10.0.0.2"])
    told = serve.head(8000, bundle, False, language)
    assert str(bundle) in told and "8000" in told.splitlines()[0]
    assert "http://192.168.0.10:8000/\n" in told and "http://10.0.0.2:8000/\n" in told
    assert "--find-links http://192.168.0.10:8000/wheels/ --trusted-host 192.168.0.10" in told
    assert told.count("█") > 50  # the QR code
    assert "█" not in serve.head(8000, bundle, True, language)


def test_without_segno_there_is_no_code_and_no_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "segno", None)
    assert serve.qr_code("http://192.168.0.10:8000/") == ""


def test_the_code_holds_the_address():
    segno = pytest.importorskip("segno")
    made = segno.make("http://192.168.0.10:8000/", error="m", micro=False)
    rows = serve.qr_code("http://192.168.0.10:8000/").splitlines()
    assert len(rows) == -(-(made.symbol_size(border=0)[1] + 4) // 2)


@pytest.mark.skipif(os.name != "posix", reason="ends by SIGINT")
def test_the_command(bundle):
    command = [sys.executable, "-c", "from zmqlab.cli import main; main()", "class", "serve"]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    process = subprocess.Popen(
        [*command, str(bundle), "--local", "--language", "en"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert "Only this machine" in process.stdout.readline()
        process.stdout.readline()
        address = process.stdout.readline()
        port = int(re.fullmatch(r" +the lessons: http://127\.0\.0\.1:(\d+)/\n", address)[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/en/")
        assert connection.getresponse().read() == b"<p>lessons</p>"
        connection.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stdout.read().endswith("Ended.\n")
    finally:
        process.kill()
        process.communicate()
    none = subprocess.run(
        [*command, str(bundle / "wheels"), "--language", "ko"],
        capture_output=True, text=True, timeout=60, check=False, env=environment,
    )  # fmt: skip
    assert none.returncode == 1 and "사이트가 없습니다" in none.stderr
