"""A browser's MessagePort as a port of `purezmq.transport.ports`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from purezmq.transport import memory, ports

SHARE = 50
"""Free ports that each of a page's processes has to hand out, before it takes the next one's."""


class PagePort:
    """One end of a line to another worker, or to the page that plays the network."""

    def __init__(self, post: Callable[[bytes], Any]) -> None:
        self._post = post
        self.on_message: Callable[[bytes], None] = lambda _message: None

    def post(self, message: bytes) -> None:
        """Send a message to the other end."""
        self._post(message)

    def take(self, message: Any) -> None:
        """Hand on a message that came: a buffer of the browser's."""
        self.on_message(message.to_bytes())


def connect(post: Callable[[bytes], Any], number: int) -> PagePort:
    """Make a port known to the sockets of this interpreter, the process of this number."""
    port = PagePort(post)
    if number:
        memory.hand_out_from(number * SHARE)
    ports.add(port)
    return port
