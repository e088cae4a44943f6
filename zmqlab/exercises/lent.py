"""The context that a checker lends to a learner's function."""

from __future__ import annotations

from typing import Any, ClassVar

import zmq.asyncio

from zmqlab.exercises.checks import NotRight
from zmqlab.words.language import Text

OWN = Text(en="Use the context that you are given.", ko="받은 컨텍스트를 쓰세요.")
OTHER = Text(en="a socket of another context", ko="다른 컨텍스트의 소켓")


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


def must_be_used(made: list[zmq.asyncio.Socket], kind: str) -> None:
    """Refuse an answer that made no socket of the context that it was lent.

    Parameters
    ----------
    made : list of Socket
        The sockets made of that context.
    kind : str
        The type that an answer needs, as ``PUSH``.

    Raises
    ------
    NotRight
        If there is none.
    """
    if not made:
        raise NotRight(f"context.socket(zmq.{kind})", OTHER, OWN)


class NotedSocket(zmq.asyncio.Socket):
    """A socket that notes the LINGER, in milliseconds, with which it was closed.

    A subclass gives the list, `lingers`, and says in `really` how long its context may wait.
    """

    lingers: ClassVar[list[int]]

    def close(self, linger: int | None = None) -> None:
        """Note what was asked for at the first close, and close."""
        if self.closed:
            return
        asked = int(self.linger) if linger is None else linger
        self.lingers.append(asked)
        super().close(linger=self.really(asked))

    @staticmethod
    def really(asked: int) -> int:
        """Return the milliseconds for which it lingers instead of those asked for."""
        return asked
