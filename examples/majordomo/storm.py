"""Do the worst to Majordomo at each moment of a request's life, then count its replies.

It starts a broker and two workers, with a network to break before each side. In each round three
requests are under way for two workers. One fault comes when one of them has reached a moment:

    queued     the broker has it, and both workers are busy
    sent       it is on its way to a worker
    in hand    the worker works on it
    answered   its reply is on the way

The fault kills the broker or the worker (SIGKILL) and starts it again, freezes it for a while
(SIGSTOP), or cuts the network of the clients or the workers. The clients ask again when no reply
comes in time. When all faults have come, the ledger tells whether each request has its reply, and
how often each was done.

    python examples/majordomo/storm.py --faults 1000

The exit status is 0 if each request was answered. Of lesson 20.
"""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import zmq
import zmq.asyncio

from examples.majordomo._protocol import ClientMessage, parse
from zmqlab import Relay
from zmqlab.run.programs import Program, Programs
from zmqlab.run.role import Role, positive, seconds

MOMENTS = {
    "queued": "queued: {}",
    "sent": "sent: {}",
    "in hand": "task {} taken",
    "answered": "task {} done",
}
"""What a program prints at each moment."""
KINDS = (
    *("kill broker", "kill worker", "freeze broker"),
    *("freeze worker", "cut clients", "cut workers"),
)
ON_THE_WAY = 0.03
"""Seconds that a message takes to a worker or from it, so that a fault can meet it there."""
LIMIT = 60.0
RECENT = 60
"""Lines of a program among which those of this round are."""
WORDS = ("never", "once", "twice", "three times", "four times or more")

role = Role("storm", __doc__)
role.option("--faults", type=positive, default=24, help="how many (default: 24)")
role.option("--seed", type=positive, default=1, help="of the dice (default: 1)")
role.option("--work", type=seconds, default=0.06, help="on each request (default: 0.06)")
role.option("--interval", type=seconds, default=0.05, help="of the heartbeats (default: 0.05)")
role.option("--frozen", type=seconds, default=0.35, help="how long (default: 0.35)")
role.option("--timeout", type=seconds, default=0.5, help="for a reply (default: 0.5)")
role.option("--tries", type=positive, default=40, help="ask N times at most (default: 40)")
role.option("--only", choices=KINDS, help="faults of this kind alone")


class Storm:
    """The programs, the two networks, and the ledger."""

    def __init__(self, programs: Programs, broker: Program, clients: Relay, workers: Relay) -> None:
        self._programs = programs
        self._broker = broker
        self._networks = {"clients": clients, "workers": workers}
        self.workers: list[Program] = []
        self.asked = 0
        self.answered: Counter[int] = Counter()

    async def ask(self, context: zmq.asyncio.Context, number: int) -> None:
        """Ask until there is a reply; each attempt has a socket of its own."""
        request = ClientMessage(b"echo", (b"%d" % number,))
        for _ in range(role.options.tries):
            with context.socket(zmq.DEALER) as socket:
                socket.linger = 0
                socket.connect(self._networks["clients"].endpoint)
                await socket.send_multipart(request.frames())
                if await socket.poll(int(1000 * role.options.timeout)):
                    reply = parse(await socket.recv_multipart())
                    assert isinstance(reply, ClientMessage)
                    assert reply.body[:-1] == request.body, "the reply of another request"
                    self.answered[number] += 1
                    return

    async def fault(self, context: zmq.asyncio.Context, moment: str, kind: str) -> bool:
        """Have three requests under way, do the worst to one of them, and wait for all.

        Return whether the fault came: on a busy machine the moment may be over before.
        """
        numbers = range(self.asked + 1, self.asked + 4)
        self.asked += 3
        victim = numbers[2] if moment == "queued" else numbers[0]
        line = MOMENTS[moment].format(victim)
        calls = [asyncio.ensure_future(self.ask(context, number)) for number in numbers[:2]]
        if moment == "queued":  # first the two that keep the workers busy
            for number in numbers[:2]:
                await self._line(f"task {number} taken", calls)
        calls.append(asyncio.ensure_future(self.ask(context, numbers[2])))
        await self._line(line, calls)
        in_time = not self._over(moment, victim)
        if in_time:
            await self._faults(kind, victim)()
        await asyncio.gather(*calls)
        return in_time

    def done(self) -> Counter[int]:
        """Return how often each request was done, as the workers printed it."""
        lines = [one.words("en") for one in self._programs.output if one.kind == "out"]
        return Counter(int(line.split()[1]) for line in lines if line.endswith(" done"))

    async def _line(self, line: str, calls: Sequence[asyncio.Future[None]]) -> None:
        """Wait until a program has printed this; an error of a call ends the wait."""
        look = asyncio.ensure_future(self._programs.until(lambda: self._printed(line), LIMIT))
        waits: set[asyncio.Future[Any]] = {look, *calls}
        while not look.done():
            done, waits = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()

    def _printed(self, line: str) -> bool:
        return any(line in one.lines[-RECENT:] for one in (self._broker, *self.workers))

    def _over(self, moment: str, victim: int) -> bool:
        """Return whether a request has reached the next moment already."""
        names = list(MOMENTS)
        later = names[names.index(moment) + 1 :]
        if not later:
            return bool(self.answered[victim])
        return self._printed(MOMENTS[later[0]].format(victim))

    def _faults(self, kind: str, victim: int) -> Callable[[], Awaitable[None]]:
        what, target = kind.split()
        if what == "cut":
            return self._cut(self._networks[target])
        program = self._broker if target == "broker" else self._holder(victim)
        return self._killed(program) if what == "kill" else self._frozen(program)

    def _holder(self, victim: int) -> Program:
        """Return the worker that has taken a request; any if none has."""
        line = f"task {victim} taken"
        return next((one for one in self.workers if line in one.lines[-RECENT:]), self.workers[0])

    @staticmethod
    def _killed(program: Program) -> Callable[[], Awaitable[None]]:
        async def fault() -> None:
            program.kill()
            await program.wait(10)
            await program.restart(timeout=30)

        return fault

    @staticmethod
    def _frozen(program: Program) -> Callable[[], Awaitable[None]]:
        async def fault() -> None:
            program.freeze()
            await asyncio.sleep(role.options.frozen)
            program.thaw()

        return fault

    @staticmethod
    def _cut(network: Relay) -> Callable[[], Awaitable[None]]:
        async def fault() -> None:
            network.cut()

        return fault


def planned(faults: int, kinds: list[str]) -> list[tuple[str, str]]:
    """Return so many faults: all moments in turn, each with all kinds, in an order of chance."""
    chance = random.Random(role.options.seed)
    left: dict[str, list[str]] = {moment: [] for moment in MOMENTS}
    plan: list[tuple[str, str]] = []
    while len(plan) < faults:
        for moment in chance.sample(list(MOMENTS), len(MOMENTS)):
            left[moment] = left[moment] or chance.sample(kinds, len(kinds))
            plan.append((moment, left[moment].pop()))
    return plan[:faults]


async def storm() -> int:
    """Let it happen, and tell the end of it."""
    options = role.options
    plan = planned(options.faults, [options.only] if options.only else list(KINDS))
    beat = ("--interval", options.interval)
    async with Programs() as programs:
        broker = await programs.start(
            "majordomo/mdbroker.py", "--bind", "tcp://127.0.0.1:*", *beat, "--liveness", 4
        )
        door = broker.endpoints[0]
        async with Relay(door) as clients, Relay(door, delay=ON_THE_WAY) as workers:
            scene = Storm(programs, broker, clients, workers)
            for name in ("anna", "ben"):
                to = ("--connect", workers.endpoint, "--name", name, "--work", options.work)
                scene.workers.append(
                    await programs.start("majordomo/mdworker.py", *to, *beat, "--liveness", 4)
                )
            with zmq.asyncio.Context() as context:
                for moment, kind in plan:
                    print(f"{moment}: {kind}", flush=True)
                    while not await scene.fault(context, moment, kind):
                        print("too late, once more", flush=True)
            done = scene.done()

    for count in (Counter(moment for moment, _ in plan), Counter(kind for _, kind in plan)):
        for name in dict.fromkeys([*MOMENTS, *KINDS]):
            if count[name]:
                print(f"{count[name]:5} × {name}")
    lost = [number for number in range(1, scene.asked + 1) if not scene.answered[number]]
    times = Counter(min(done[number], 4) for number in range(1, scene.asked + 1))
    often = [f"{count} {WORDS[done]}" for done, count in sorted(times.items())]
    print(f"{scene.asked} requests, {scene.asked - len(lost)} answered, {len(lost)} not")
    print(f"done: {', '.join(often)}")
    return 1 if lost else 0


def main() -> None:
    """Run it."""
    sys.exit(asyncio.run(storm()))


if __name__ == "__main__":
    role.run(main)
