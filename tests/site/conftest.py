"""The built site, served; `make test` and `make site` build it."""

import threading

import pytest

from web.serve import open_server
from web.stage import SITE


@pytest.fixture(scope="session")
def site():
    assert (SITE / "index.html").exists(), "there is no build/site: run `make site` first"
    return SITE


@pytest.fixture(scope="session")
def address(site):
    server = open_server(site, port=18000)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
