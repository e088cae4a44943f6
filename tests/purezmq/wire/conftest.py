"""Engines, and ways to feed them."""

import pytest

from purezmq.errors import RemoteProtocolError
from purezmq.wire import Engine


def greeting(minor=1, mechanism=b"NULL", major=3, as_server=0):
    # For peers of ZMTP 1.0 libzmq writes in the padding how long its routing id is, plus 1.
    start = b"\xff" + bytes(7) + b"\x01\x7f" + bytes((major, minor))
    return start + mechanism.ljust(20, b"\0") + bytes((as_server,)) + bytes(31)


def properties(**values):
    data = b""
    for name, value in values.items():
        octets = name.replace("_", "-").encode()
        data += bytes((len(octets),)) + octets + len(value).to_bytes(4, "big") + value
    return data


def command(name, data=b""):
    body = bytes((len(name),)) + name + data
    if len(body) < 256:
        return b"\x04" + bytes((len(body),)) + body
    return b"\x06" + len(body).to_bytes(8, "big") + body


class Bytes:
    """What a peer writes, put together apart from the code under test."""

    greeting = staticmethod(greeting)
    properties = staticmethod(properties)
    command = staticmethod(command)

    @staticmethod
    def ready(socket_type, **values):
        return command(b"READY", properties(Socket_Type=socket_type, **values))

    def opening(self, socket_type, minor=1, **values):
        return greeting(minor) + self.ready(socket_type, **values)


def flat(items):
    """Give messages one by one, not in runs, and events between them."""
    return [each for item in items for each in (item if type(item) is list else [item])]


def pump(a, b, now=0.0):
    """Carry bytes to and fro until both have nothing to say; give back both sides' events."""
    events = [], []
    while True:
        forth, back = a.data_to_send(), b.data_to_send()
        if not forth and not back:
            return events
        events[1].extend(flat(b.receive_data(forth, now)))
        events[0].extend(flat(a.receive_data(back, now)))


def outcome(engine, data, pieces=None):
    """Feed an engine in pieces; give back its events, what it wrote, and its complaint if any."""
    events, written = [], b""
    engine.data_to_send()
    try:
        for piece in [data] if pieces is None else pieces:
            events += flat(engine.receive_data(piece, 1.0))
            written += engine.data_to_send()
    except RemoteProtocolError as error:
        return events + flat(engine.salvaged), written + engine.data_to_send(), error.reason
    return events, written, None


class Ways:
    """The ways that bytes may come."""

    flat = staticmethod(flat)
    pump = staticmethod(pump)
    outcome = staticmethod(outcome)

    def alike(self, make, data):
        """Feed whole and byte by byte: the same must come out. Give back what does."""
        whole = outcome(make(), data)
        single = outcome(make(), data, [data[i : i + 1] for i in range(len(data))])
        assert single == whole
        return whole

    def every(self, make, data, behind=b"", then=()):
        """As `alike`, and with data behind. Give back events and what was written."""
        events, written, complaint = self.alike(make, data)
        assert complaint is None
        if behind:
            more, _, complaint = self.alike(make, data + behind)
            assert complaint is None
            assert more == events + list(then)
        return events, written


@pytest.fixture(scope="session")
def octets():
    return Bytes()


@pytest.fixture(scope="session")
def ways():
    return Ways()


@pytest.fixture(scope="session")
def engine():
    """Make an engine; with the type of a `peer`, one that has its handshake behind it."""

    def make(socket_type="PULL", *, peer=None, minor=1, now=0.0, **options):
        made = Engine(socket_type, now=now, **options)
        if peer:
            made.receive_data(greeting(minor) + Bytes.ready(peer.encode()), now)
            made.data_to_send()
            assert made.ready
        return made

    return make
