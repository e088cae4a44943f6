"""A long body that comes in pieces.

It has its memory before its octets come, so that they can be read right into their place. A body
that claims to be very long gets memory block by block: what a peer claims costs us one block.
"""

from io import BytesIO

BLOCK_MAX = 1024 * 1024
"""Octets for which a long body has memory before they come; a longer one is made of such blocks."""


class LongBody:
    """The body of one long frame, while it is not whole.

    Attributes
    ----------
    flags : int
        The frame's.
    missing : int
        Octets that are still to come.
    """

    def __init__(self, flags: int, size: int) -> None:
        self.flags = flags
        self.missing = size
        self._blocks: list[BytesIO] = []
        self._space = 0  # octets that the last block has room for

    def place(self) -> memoryview:
        """Return the memory for the next octets."""
        if not self._space:
            self._space = min(self.missing, BLOCK_MAX)
            # A BytesIO gives its content away as bytes, without a copy.
            self._blocks.append(BytesIO(bytes(self._space)))
        return self._blocks[-1].getbuffer()[-self._space :]

    def filled(self, octets: int) -> None:
        """Count octets that were put into `place`."""
        self.missing -= octets
        self._space -= octets

    def take(self, data: bytes, start: int) -> int:
        """Copy what belongs to the body out of a chunk; return where it ends."""
        while self.missing and start < len(data):
            place = self.place()
            piece = memoryview(data)[start : start + len(place)]
            place[: len(piece)] = piece
            self.filled(len(piece))
            start += len(piece)
        return start

    def whole(self) -> bytes:
        """Return the body, once nothing is missing."""
        return b"".join([block.getvalue() for block in self._blocks])
