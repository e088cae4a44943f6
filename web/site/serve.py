"""Serve ``build/site`` on this machine and print its address: the end of ``make serve``.

Text goes out compressed where the browser takes that, as from the static hosts that a site like
this is published on: so what is measured here is what a reader there gets.
"""

from __future__ import annotations

import argparse
import errno
import gzip
import io
import sys
from functools import cache, partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

from web.paths import SITE

FIRST_PORT = 8000
TRIES = 50
COMPRESSED = ("text/", "image/svg+xml", "application/json", "application/x-ipynb+json")


@cache
def compressed(path: str, changed: int) -> bytes:
    """Return a file's content as gzip; `changed`, its time in ns, tells a new version of it."""
    return gzip.compress(Path(path).read_bytes(), compresslevel=6, mtime=0)


class Handler(SimpleHTTPRequestHandler):
    """Serves files quietly, notebooks as such, and the site's own page for what is not there."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".ipynb": "application/x-ipynb+json",
        ".js": "text/javascript",
        ".svg": "image/svg+xml",
    }

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the address above should stay in sight."""

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Begin the answer: for a text, and a browser that takes gzip, with the compressed one."""
        path = Path(self.translate_path(self.path))
        kind = self.guess_type(path)
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if not accepts or not kind.startswith(COMPRESSED) or not path.is_file():
            return super().send_head()
        body = compressed(str(path), path.stat().st_mtime_ns)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", self.date_time_string(path.stat().st_mtime))
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        return io.BytesIO(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's 404 page where there is one."""
        page = SITE / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Dies with its threads, and does not share a port that somebody else listens on."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that has given up what it asked for."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def open_server(folder: Path, port: int = FIRST_PORT) -> Server:
    """Bind the first free port from ``port`` on, on the loopback address.

    Raises
    ------
    OSError
        If none of the next 50 ports can be had.
    """
    handler = partial(Handler, directory=str(folder))
    for candidate in range(port, port + TRIES):
        try:
            return Server(("127.0.0.1", candidate), handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            print(f"serve: port {candidate} is taken, trying the next", flush=True)
    raise OSError(errno.EADDRINUSE, f"no free port from {port} to {port + TRIES - 1}")


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m web.site.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="first port to try")
    arguments = parser.parse_args()
    if not (SITE / "index.html").exists():
        print("serve: there is no build/site yet: run `make site` first", file=sys.stderr)
        return 1
    try:
        server = open_server(SITE, arguments.port)
    except OSError as error:
        print(f"serve: {error.strerror}; name another: --port 9000", file=sys.stderr)
        return 1
    address = f"http://127.0.0.1:{server.server_port}/"
    print(f"\n  ØMQ Companion   {address}")
    print(f"  English         {address}en/")
    print(f"  한국어          {address}ko/\n\n  Ctrl-C ends it.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nserve: ended")
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
