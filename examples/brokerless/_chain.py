"""What the services of the chain A, B, C, D have in common, whatever stands between them.

A message has four frames: its number, when it was due (nanoseconds of a clock that all processes of
a machine share), its path, and a payload. Everyone who has had it in hand writes a name into the
path, and by which transport it goes on, as in ``A -tcp-> broker -tcp-> B``: so hops can be counted
without believing anybody's drawing.
"""

import time
from collections.abc import Iterator

from zmqlab.run.role import Role, positive, seconds

NUMBER, DUE, PATH, PAYLOAD = range(4)


class Service:
    """One of the services: its options, the messages that the first makes, what the last tells.

    Parameters
    ----------
    role : Role
        The program's; gets the options of a service, and the service's name.
    """

    def __init__(self, role: Role) -> None:
        self._role = role
        self._told: list[str] = []
        self._got: set[int] = set()
        self._path = ""
        role.option("--name", default="B", help="of this service (default: B)")
        role.option("--first", action="store_true", help="make the messages; take none in")
        role.option("--last", action="store_true", help="tell what comes; pass nothing on")
        role.option(
            "--messages", type=positive, default=10,
            help="the first makes N, the last ends when N have come (default: 10)",
        )  # fmt: skip
        role.option("--rate", type=positive, default=10, help="N a second (default: 10)")
        role.option("--flood", action="store_true", help="as many a second as it can")
        role.option(
            "--burst", type=positive, default=1,
            help="N at once, then wait until N more are due (default: 1)",
        )  # fmt: skip
        role.option(
            "--size", type=positive, default=100,
            help="bytes of payload (default: 100)",
        )  # fmt: skip
        role.option(
            "--takes", type=seconds, default=0,
            help="the last is busy with each message so long, as with a database (default: 0)",
        )  # fmt: skip
        role.option(
            "--later", action="store_true",
            help="print at the end, so that printing takes no time before",
        )  # fmt: skip

    def begin(self) -> str:
        """Take the name that was given: it stands in the ready line; return it."""
        self._role.name = str(self._role.options.name)
        return self._role.name

    def make(self) -> Iterator[list[bytes]]:
        """Make numbered messages, each when it is due; behind schedule, without a pause."""
        options = self._role.options
        payload = bytes(options.size)
        began = time.monotonic()
        for number in range(options.messages):
            due = now = time.monotonic()
            if not options.flood:
                due = began + number // options.burst * options.burst / options.rate
                if due > now:
                    time.sleep(due - now)
                    due = time.monotonic()
            yield [b"%d" % (number + 1), b"%d" % (due * 1e9), self.name.encode(), payload]

    @property
    def name(self) -> str:
        """The service's name."""
        return self._role.name

    def tell(self, words: str) -> None:
        """Print a line, at once or at the end."""
        if self._role.options.later:
            self._told.append(words)
        else:
            print(words)

    def arrived(self, message: list[bytes]) -> bool:
        """Tell of a message that has come to the last service; return whether all have come."""
        options = self._role.options
        late = time.monotonic() - int(message[DUE]) / 1e9
        path = message[PATH].decode()
        if path != self._path:
            self._path = path
            self.tell(f"path {path}")
        self.tell(f"got {int(message[NUMBER])} after {late * 1000:.3f} ms")
        if options.takes:
            time.sleep(options.takes)
        self._got.add(int(message[NUMBER]))
        return len(self._got) >= int(options.messages)

    def end(self) -> None:
        """Print what was kept for the end."""
        if self._told:
            print("\n".join(self._told))
            self._told.clear()


def goes(message: list[bytes], endpoint: str) -> None:
    """Write into the path by which transport a message goes on."""
    message[PATH] += f" -{endpoint.partition('://')[0]}-> ".encode()


def has(message: list[bytes], name: str) -> None:
    """Write into the path who has the message in hand now."""
    message[PATH] += name.encode()
