"""The server behind `make serve`."""

import threading
import urllib.error
import urllib.request

import pytest

from web.site import serve


@pytest.fixture
def start():
    servers = []

    def make(folder, port=19000):
        server = serve.open_server(folder, port)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


def test_takes_the_next_port_and_says_so(start, tmp_path, capsys):
    first = start(tmp_path)
    second = start(tmp_path, first.server_port)
    assert second.server_port > first.server_port
    assert f"port {first.server_port} is taken" in capsys.readouterr().out


def test_says_when_no_port_is_free(start, tmp_path, monkeypatch):
    first = start(tmp_path)
    monkeypatch.setattr(serve, "TRIES", 1)
    with pytest.raises(OSError, match="no free port"):
        serve.open_server(tmp_path, first.server_port)


def test_answers_with_the_sites_own_404(start, tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "SITE", tmp_path)
    (tmp_path / "404.html").write_text("not here / 여기 없음", encoding="utf-8")
    server = start(tmp_path)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/no/such")
    assert caught.value.code == 404
    assert "여기 없음" in caught.value.read().decode()
    caught.value.close()


def test_a_browser_that_gives_up_is_no_error_to_tell(start, tmp_path, capsys):
    server = start(tmp_path)
    for error, told in ((BrokenPipeError(), False), (OSError(), True)):
        try:
            raise error
        except type(error):
            server.handle_error(None, ("127.0.0.1", 1))
        assert ("Traceback" in capsys.readouterr().err) == told


def test_without_a_site_it_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(serve, "SITE", tmp_path)
    monkeypatch.setattr("sys.argv", ["serve"])
    assert serve.main() == 1
    assert "make site" in capsys.readouterr().err
