"""Serve a room from one laptop: the site, the notebooks, the packages, from an unpacked bundle.

What must stay true: it only reads, and nothing outside its folder, nor any hidden file in it; a
reader that stops in the middle holds up nobody; nothing is kept of who asked for what.
"""

from __future__ import annotations

import errno
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, BinaryIO

from zmqlab.classroom.addresses import hosts
from zmqlab.words.language import Language, Text

PORT = 8000
TRIES = 20
PATIENCE = 30
"""Seconds that a connection may be silent."""
MARKS = ("index.html", "en/index.html", "ko/index.html")
"""What a folder holds that can be served."""

NO_SITE = Text(
    en="there is no site in {}: unpack an archive of `make bundle` and name its folder, or run "
    "`make site` first",
    ko="{} 폴더에 사이트가 없습니다. `make bundle`로 만든 압축 파일을 풀고 그 폴더를 지정하거나, "
    "먼저 `make site`를 실행하세요",
)
OPENS = Text(
    en="This opens port {port} of this machine to its network. Whoever is in it can read {folder}, "
    "and nothing else. Ctrl-C ends it.",
    ko="이 노트북의 {port}번 포트를 네트워크에 엽니다. 같은 네트워크에서 {folder} 폴더만 읽을 수 "
    "있습니다. 끝내려면 Ctrl-C",
)
HERE_ONLY = Text(
    en="Only this machine can reach port {port}. Ctrl-C ends it.",
    ko="이 노트북에서만 {port}번 포트에 접속할 수 있습니다. 끝내려면 Ctrl-C",
)
SITE = Text(en="the lessons", ko="레슨")
WHEELS = Text(en="packages, on a laptop without a network", ko="네트워크 없는 노트북에 패키지 설치")
NO_PORT = Text(en="no port from {} to {} is free", ko="{}~{}번 포트가 모두 사용 중입니다")
ENDED = Text(en="Ended.", ko="끝냈습니다.")


class ServeError(RuntimeError):
    """The room cannot be served.

    Parameters
    ----------
    told : Text
        Why, in a line.
    """

    def __init__(self, told: Text) -> None:
        super().__init__(told.en)
        self.told = told


class Handler(SimpleHTTPRequestHandler):
    """Reads files below one folder."""

    timeout = PATIENCE
    server_version = "zmqlab"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".ipynb": "application/x-ipynb+json",
        ".js": "text/javascript",
        ".svg": "image/svg+xml",
        ".whl": "application/zip",
    }

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing down."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Begin an answer, if the path leads to what may be read."""
        if not allowed(Path(self.directory), Path(self.translate_path(self.path))):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()


def allowed(folder: Path, path: Path) -> bool:
    """Tell whether a path leads to something in the folder that is not hidden."""
    root = folder.resolve()
    try:
        inside = path.resolve().relative_to(root)
        asked = path.relative_to(folder)
    except (ValueError, OSError):
        return False
    return not any(part.startswith(".") for part in (*inside.parts, *asked.parts))


class Server(ThreadingHTTPServer):
    """Ends with its threads, and shares no port with anybody."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that gave up."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def find_site(folder: Path | None) -> Path:
    """Return the folder to serve: the one that is named, else this one, else ``build/site``.

    Raises
    ------
    ServeError
        If it holds no site.
    """
    candidates = [folder] if folder else [Path.cwd(), Path.cwd() / "build" / "site"]
    for one in candidates:
        if any((one / mark).is_file() for mark in MARKS):
            return one.resolve()
    raise ServeError(NO_SITE.format(candidates[0]))


def open_server(folder: Path, host: str, port: int) -> Server:
    """Listen at the first free port from one on.

    Raises
    ------
    ServeError
        If the next 20 are taken too.
    """
    handler = partial(Handler, directory=str(folder))
    last = min(port + TRIES - 1, 65535)
    for candidate in range(port, last + 1):
        try:
            return Server((host, candidate), handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise ServeError(Text(en=str(error), ko=str(error))) from None
    raise ServeError(NO_PORT.format(port, last))


def qr_code(address: str) -> str:
    """Return an address as a QR code for a terminal; empty where segno is not installed."""
    try:
        import segno
    except ImportError:
        return ""
    drawn = StringIO()
    segno.make(address, error="m", micro=False).terminal(drawn, border=2, compact=True)
    return drawn.getvalue()


def head(port: int, folder: Path, local: bool, language: Language) -> str:
    """Return what is printed: what is opened, the addresses, how to install, the QR code."""
    found = ([] if local else hosts()) or ["127.0.0.1"]
    opens = HERE_ONLY if local else OPENS
    lines = [opens.format(port=port, folder=folder)[language], ""]
    addresses = [f"http://{host}:{port}/" for host in found]
    lines += [f"  {SITE[language]}: {address}" for address in addresses]
    if (folder / "wheels").is_dir():
        host = found[0]
        lines += [
            "",
            f"  {WHEELS[language]}:",
            f"  pip install --no-index --find-links {addresses[0]}wheels/ --trusted-host {host}"
            f" -r {addresses[0]}requirements.txt",
        ]
    if not local:
        lines += ["", qr_code(addresses[0])]
    return "\n".join(lines).rstrip("\n") + "\n"


def run(folder: Path | None, port: int, local: bool, language: Language) -> None:
    """Serve until Ctrl-C.

    Raises
    ------
    ServeError
        If there is nothing to serve, or no port for it.
    """
    site = find_site(folder)
    with open_server(site, "127.0.0.1" if local else "", port) as server:
        print(head(server.server_port, site, local, language), flush=True)
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            print(ENDED[language], flush=True)
