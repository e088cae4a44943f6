"""The context that a checker lends to a learner's function."""

from __future__ import annotations

from typing import Any

import zmq.asyncio

from zmqlab.exercises.checks import NotRight
from zmqlab.words.language import Text


def lend(kind: type[zmq.asyncio.Socket]) -> tuple[zmq.asyncio.Context, list[zmq.asyncio.Socket]]:
    """Make a context for somebody else's code.

    Parameters
    ----------
    kind : type of Socket
        What it makes sockets of: a class that notes what the checker wants to know.

    Returns
    -------
    tuple of Context and list of Socket
        The context, and the sockets that were made of it so far. `term` of it tells a learner that
        it is not theirs to end; the checker ends it by ``zmq.asyncio.Context.term``.
    """
    made: list[zmq.asyncio.Socket] = []

    class Context(zmq.asyncio.Context):
        _socket_class = kind

        def term(self) -> None:
            words = Text(en="The context is not yours to end.", ko="컨텍스트는 끝내지 마세요.")
            raise NotRight("context.socket(...)", "context.term()", words)

        def socket(self, *arguments: Any, **settings: Any) -> Any:
            made.append(super().socket(*arguments, **settings))
            return made[-1]

    return Context(), made
