"""Histories that nobody thought of: joining, sending, receiving, cancelling, leaving, restarting.

Hypothesis makes up what happens. Each step is done with libzmq and with `purezmq`, and what a
program may rely on is held for both: nothing that was sent is lost, doubled, changed or given to
the wrong peer, and the messages of one sender stay in order. In which order those of two senders
come is left open: there the libraries may differ.
"""

import asyncio
import shutil
import tempfile
from collections import deque

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.purezmq.conftest import ENGINES, LIMIT, TRANSPORTS, Lab, load

KINDS = {"PULL": "PUSH", "ROUTER": "DEALER", "PAIR": "PAIR"}
"""What binds, and what connects to it."""
MOST_PEERS = {"PULL": 3, "ROUTER": 3, "PAIR": 1}
few = st.integers(1, 4)


class Side:
    """One library's sockets in a history, and what is under way to each of them.

    Attributes
    ----------
    hub : Socket
        The socket that is bound.
    peers : dict of bytes to Socket
        Those that are connected to it, by name; a name is never used again.
    coming : dict of bytes to deque of bytes
        What each peer, also one that left, has sent and the hub has not received.
    """

    def __init__(self, engine, kind, transport):
        self.directory = tempfile.mkdtemp(prefix="zmq")
        self.zmq = load(engine)
        self.lab = Lab(self.zmq, engine, self.directory)
        self.kind, self.transport = kind, transport
        self.peers, self.coming = {}, {}
        self.hub, self.endpoint = None, None

    async def begin(self):
        self.hub = self.lab.socket(getattr(self.zmq, self.kind))
        self.endpoint = self.lab.bind(self.hub, self.transport)

    async def join(self, name):
        peer = self.lab.socket(getattr(self.zmq, KINDS[self.kind]), linger=-1)
        peer.routing_id = name
        self.peers[name], self.coming[name] = peer, deque()
        await self.lab.link(peer, self.hub, self.transport)

    async def send(self, name, message):
        await self.peers[name].send(message)
        self.coming[name].append(message)

    async def receive(self):
        self.came(await self.hub.recv_multipart())

    def came(self, frames):
        """Check a message that the hub received: it is the next of a sender, and of its own."""
        message = frames[-1]
        name = message.split()[0]
        assert frames == ([name, message] if self.kind == "ROUTER" else [message])
        assert self.coming[name], f"{message} came once more, or out of nothing"
        assert message == self.coming[name].popleft()

    async def receive_and_cancel(self, turns):
        coming = asyncio.ensure_future(self.hub.recv_multipart())
        for _ in range(turns):
            await asyncio.sleep(0)
        coming.cancel()
        await asyncio.wait([coming])
        if not coming.cancelled():
            self.came(coming.result())

    async def answer(self, name, messages):
        route = [name] if self.kind == "ROUTER" else []
        for message in messages:
            await self.hub.send_multipart([*route, message])
        assert await self.lab.take(self.peers[name], len(messages)) == messages

    async def leave(self, name):
        self.peers.pop(name).close()

    async def restart(self):
        monitors = [self.lab.monitor(peer) for peer in self.peers.values()]
        await self.lab.leave(self.hub)
        self.hub = self.lab.socket(getattr(self.zmq, self.kind))
        self.hub.bind(self.endpoint)
        for monitor in monitors:
            await self.lab.meanwhile(
                monitor.wait(self.zmq.EVENT_HANDSHAKE_SUCCEEDED), *self.peers.values()
            )
        self.lab.settle(self.hub, *self.peers.values())

    def under_way(self):
        return sum(map(len, self.coming.values()))

    async def drain(self):
        while self.under_way():
            await self.receive()

    async def end(self):
        await self.drain()
        assert await self.lab.empty(self.hub)


class Histories(RuleBasedStateMachine):
    """What happens to a hub and its peers, in both libraries at the same time."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.sides = []
        self.count = 0

    def each(self, act):
        """Do a step with each library, one after the other."""

        async def both():
            async with asyncio.timeout(LIMIT):
                return [await act(side) for side in self.sides]

        return self.loop.run_until_complete(both())

    def next_name(self):
        self.count += 1
        return b"peer-%d" % self.count

    def next_messages(self, name, count):
        self.count += count
        return [b"%s %d" % (name, self.count - number) for number in range(count)]

    @initialize(kind=st.sampled_from(list(KINDS)), transport=st.sampled_from(TRANSPORTS))
    def begin(self, kind, transport):
        self.kind, self.transport = kind, transport

        async def start():
            for engine in ENGINES:
                side = Side(engine, kind, transport)
                self.sides.append(side)
                await side.begin()

        self.loop.run_until_complete(start())
        self.join()

    @property
    def names(self):
        return list(self.sides[0].peers)

    @precondition(lambda self: len(self.names) < MOST_PEERS[self.kind] and self.ever < 8)
    @rule()
    def join(self):
        name = self.next_name()
        self.each(lambda side: side.join(name))

    @property
    def ever(self):
        return len(self.sides[0].coming)

    @precondition(lambda self: self.names)
    @rule(data=st.data(), count=few)
    def send(self, data, count):
        name = data.draw(st.sampled_from(self.names), label="peer")
        for message in self.next_messages(name, count):
            self.each(lambda side, message=message: side.send(name, message))

    @rule(count=few)
    def receive(self, count):
        for _ in range(min(count, *(side.under_way() for side in self.sides))):
            self.each(lambda side: side.receive())

    @rule(turns=st.integers(0, 3))
    def receive_and_cancel(self, turns):
        self.each(lambda side: side.receive_and_cancel(turns))

    @precondition(lambda self: self.names and self.kind != "PULL")
    @rule(data=st.data(), count=few)
    def answer(self, data, count):
        name = data.draw(st.sampled_from(self.names), label="peer")
        if self.kind == "ROUTER":  # it knows a peer by what came from it
            (hello,) = self.next_messages(name, 1)
            self.each(lambda side: side.send(name, hello))
            self.each(lambda side: side.drain())
        messages = self.next_messages(name, count)
        self.each(lambda side: side.answer(name, messages))

    @precondition(lambda self: self.names and self.kind != "PAIR")
    @rule(data=st.data())
    def leave(self, data):
        name = data.draw(st.sampled_from(self.names), label="peer")
        self.each(lambda side: side.leave(name))

    @precondition(lambda self: self.transport != "inproc")
    @rule()
    def restart(self):
        self.each(lambda side: side.drain())
        self.each(lambda side: side.restart())

    def teardown(self):
        try:
            self.each(lambda side: side.end())
        finally:
            for side in self.sides:
                self.loop.run_until_complete(side.lab.run(asyncio.sleep(0)))
                shutil.rmtree(side.directory)
            self.loop.close()


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=20,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
