"""A broker that lends its free workers to other brokers, and borrows theirs.

It has six sockets. `front` and `back` are for its own clients and workers, as in lesson 12. Other
brokers ask at `cloud_in`, and this one asks them through `cloud_out`. `state_out` tells them how
many workers are free here, and where this broker can be reached; `state_in` hears the same of them.

What must stay true:

- A request of another broker goes to a worker or waits; it is never lent again.
- A request that is lent stays in `_lent`, under a random number, until its first reply is there.
- A broker that has been silent for too long gets nothing, and nothing waits for it.
"""

import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import zmq

from zmqlab.run.role import Role, endpoint, endpoint_fault, routing_id, seconds

READY = b"READY"
LOCAL, CLOUD = b"local", b"cloud"
"""Stands before a request that a worker gets, and so before its reply: where it came from."""
INTERVAL = 0.1
"""Seconds after which a state is told again, if nothing has changed."""

SIDES = tuple(f"tcp://127.0.0.1:{port}" for port in (5672, 5673, 5674, 5675))


def broker_role(about: str | None) -> Role:
    """Return the role of a program that is such a broker."""
    role = Role("broker", about, bind=SIDES)
    role.option("--name", type=routing_id, default="seoul", help="of this broker (default: seoul)")
    role.option(
        "--peer",
        type=endpoint,
        action="append",
        default=[],
        help="the fourth address of another broker; may be given several times",
    )
    role.option(
        "--silence",
        type=seconds,
        default=0.5,
        help="after so long without a word, a broker counts as dead (default: 0.5)",
    )
    return role


@dataclass
class Peer:
    """What is known of another broker.

    Attributes
    ----------
    free : int
        How many workers are free there.
    heard : float
        When it last told its state.
    cloud : str
        Where it takes requests of other brokers.
    """

    free: int
    heard: float
    cloud: str


class Broker:
    """A broker, its sockets and what it knows.

    Parameters
    ----------
    context : zmq.Context
        Where its sockets belong.
    role : Role
        The program's, with its options.
    """

    def __init__(self, context: zmq.SyncContext, role: Role) -> None:
        self.free: deque[bytes] = deque()
        self.peers: dict[bytes, Peer] = {}
        self._role = role
        self._name: bytes = role.options.name.encode()
        self._told = 0
        self._next = 0.0
        self._lent: dict[bytes, tuple[bytes, list[bytes]]] = {}
        self._again: deque[list[bytes]] = deque()
        self._front = context.socket(zmq.ROUTER)
        self._back = context.socket(zmq.ROUTER)
        self._cloud_in = context.socket(zmq.ROUTER)
        self._cloud_out = context.socket(zmq.ROUTER)
        self._state_out = context.socket(zmq.PUB)
        self._state_in = context.socket(zmq.SUB)
        for cloud in (self._cloud_in, self._cloud_out):
            cloud.setsockopt(zmq.ROUTING_ID, self._name)
            cloud.setsockopt(zmq.ROUTER_HANDOVER, 1)
        self._cloud_out.setsockopt(zmq.ROUTER_MANDATORY, 1)
        self._cloud_out.setsockopt(zmq.LINGER, 0)  # disconnect() drops what waits for the dead
        self._state_in.subscribe("")
        self._ears: set[str] = set(role.options.peer)
        self._bound: list[str] = []

    def bind(self) -> None:
        """Bind the four addresses, connect to the brokers that are there, and say so."""
        endpoints = list(self._role.bind)
        if len(endpoints) != len(SIDES):
            self._role.fail(
                "--bind is needed four times: for clients, workers, requests of other brokers,"
                " and their state",
                status=2,
            )
        sides = (self._front, self._back, self._cloud_in, self._state_in)
        for socket, address in zip(sides, endpoints, strict=True):
            socket.bind(address)
            self._bound.append(socket.get_string(zmq.LAST_ENDPOINT))
        for ear in self._role.options.peer:
            self._state_out.connect(ear)
        self._role.ready(*self._bound, *self._role.options.peer)

    def choose(self) -> bytes | None:
        """Return the broker that gets the next request of a client, or None for a worker here."""
        if self.free:
            return None
        return max(self.peers, key=lambda name: self.peers[name].free)

    def can_take(self) -> bool:
        """Return whether a request of a client can be done now, here or elsewhere."""
        return bool(self.free) or any(peer.free > 0 for peer in self.peers.values())

    def turn(self) -> None:
        """Wait for something to do, not longer than until the next state, and do it."""
        now = time.monotonic()
        doors: dict[zmq.SyncSocket, Callable[[list[bytes]], None]] = {
            self._state_in: self._hear,
            self._back: self._from_worker,
            self._cloud_out: self._reply_from_peer,
        }
        if self.free:
            doors[self._cloud_in] = self._from_peer
        if self.can_take():
            doors[self._front] = self._from_client
        poller = zmq.Poller()
        for socket in doors:
            poller.register(socket, zmq.POLLIN)
        for socket, _ in poller.poll(max(0, int(1000 * (self._next - now))) + 1)[:1]:
            doors[socket](socket.recv_multipart())
        for name, peer in list(self.peers.items()):
            if time.monotonic() - peer.heard > self._role.options.silence:
                self._give_up(name, peer)
        while self._again and self.can_take():
            self._place(self._again.popleft())
        if len(self.free) != self._told or time.monotonic() >= self._next:
            self._tell()

    def _tell(self) -> None:
        self._told = len(self.free)
        self._next = time.monotonic() + INTERVAL
        _, _, cloud, ear = (address.encode() for address in self._bound)
        self._state_out.send_multipart([self._name, b"%d" % self._told, cloud, ear])

    def _hear(self, message: list[bytes]) -> None:
        match message:
            case [name, number, cloud, ear] if number.isdigit() and name != self._name:
                now = time.monotonic()
                place, address = (one.decode(errors="replace") for one in (cloud, ear))
                if endpoint_fault(place, "connect") or endpoint_fault(address, "connect"):
                    return
                known = self.peers.get(name)
                if known is not None and known.cloud != place:  # it was started again elsewhere
                    self._give_up(name, known)
                    known = None
                if known is None:
                    self._cloud_out.connect(place)
                if known is None or known.free != int(number):
                    print(f"{name.decode(errors='replace')} has {int(number)} free")
                self.peers[name] = Peer(int(number), now, place)
                if address not in self._ears:
                    self._ears.add(address)
                    self._state_out.connect(address)

    def _give_up(self, name: bytes, peer: Peer) -> None:
        """Forget a broker that is dead, with what waits for it; take its requests back."""
        del self.peers[name]
        self._cloud_out.disconnect(peer.cloud)
        back = [number for number, (who, _) in self._lent.items() if who == name]
        for number in back:
            self._again.append(self._lent.pop(number)[1])
        print(f"{name.decode(errors='replace')} is silent, {len(back)} requests come back")

    def _from_client(self, request: list[bytes]) -> None:
        self._place(request)

    def _place(self, request: list[bytes]) -> None:
        """Give a client's request to a worker here, or lend it."""
        name = self.choose()
        if name is None:
            self._to_worker(LOCAL, request)
            return
        self.peers[name].free -= 1  # until it tells more
        number = uuid.uuid4().bytes
        try:
            self._cloud_out.send_multipart([name, number, *request], zmq.DONTWAIT)
        except zmq.ZMQError:  # its connection is not there yet, or full
            self._again.append(request)
        else:
            self._lent[number] = name, request

    def _from_peer(self, request: list[bytes]) -> None:
        self._to_worker(CLOUD, request)

    def _to_worker(self, door: bytes, request: list[bytes]) -> None:
        self._back.send_multipart([self.free.popleft(), b"", door, *request])

    def _from_worker(self, message: list[bytes]) -> None:
        match message:
            case [worker, b"", word]:
                if word == READY:
                    self.free.append(worker)
            case [worker, b"", door, _, _, *_]:
                home = self._cloud_in if door == CLOUD else self._front
                home.send_multipart(message[3:])
                self.free.append(worker)

    def _reply_from_peer(self, message: list[bytes]) -> None:
        match message:
            case [_, number, _, _, *_] if self._lent.pop(number, None):
                self._front.send_multipart(message[2:])

    def run(self) -> None:
        """Work until Ctrl-C."""
        try:
            self.bind()
            while True:
                self.turn()
        finally:
            self.close()

    def close(self) -> None:
        """Close all sockets at once."""
        for socket in (
            self._front,
            self._back,
            self._cloud_in,
            self._cloud_out,
            self._state_out,
            self._state_in,
        ):
            socket.close(linger=0)
