"""The values of a socket's options, typed."""

from purezmq.compat.constants import SocketOption


class Values(dict[SocketOption, int | bytes]):
    """Options and their values, each a number or octets."""

    def number(self, option: SocketOption) -> int:
        """Return the value of an option that is a number."""
        value = self[option]
        assert isinstance(value, int)
        return value

    def octets(self, option: SocketOption) -> bytes:
        """Return the value of an option that is octets."""
        value = self[option]
        assert isinstance(value, bytes)
        return value
