"""Do the worst at each moment of a request's life, then count replies and work done.

A queue, three workers and several clients. The way from the queue to a worker takes a while, so a
request is seen in each place: queued, sent, in hand, answered. At one of these moments a fault
comes: the request's worker or the queue is killed (SIGKILL) and started again, or frozen and thawed
(SIGSTOP), or the connection is cut or goes half-open. The clients ask again until they have each
reply.

    python examples/pirates/storm.py --faults 1000

The exit status is 0 if each request has its reply and was done at least once. A line a fault; the
same --seed gives the same faults at the same moments.

Lesson 19.
"""

import asyncio
import itertools
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import zmq
import zmq.asyncio

from zmqlab import Relay
from zmqlab.run.programs import Line, Program, Programs
from zmqlab.run.role import Role, positive, seconds

role = Role("storm", __doc__)
role.option("--faults", type=positive, default=20, help="how many (default: 20)")
role.option("--seed", type=positive, default=1, help="of the dice (default: 1)")
role.option("--frozen", type=seconds, default=0.3, help="how long (default: 0.3)")

WORKERS = 3
MOMENTS = "queued", "sent", "in hand", "answered"
ANY = "tcp://127.0.0.1:*"
ON_THE_WAY, WORK = 0.04, 0.04
"""Seconds from the queue to a worker or back, and for a request."""
PATIENCE, LIMIT = 0.3, 60.0
"""Seconds until a client asks again, and until the storm counts as stuck."""
BEATS = "--interval", "0.05", "--liveness", "3"
WAITS = "--first", "0.05", "--longest", "0.2"


class Lives:
    """Where each request has been, and at which worker."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, str], asyncio.Future[int]] = defaultdict(asyncio.Future)
        self.done: Counter[int] = Counter()

    def note(self, request: int, moment: str, worker: int) -> None:
        """Take note of the first time that a request is there."""
        future = self._seen[request, moment]
        if not future.done():
            future.set_result(worker)
        self.done[request] += moment == "answered"

    async def worker_at(self, request: int, moment: str) -> int:
        """Wait until a request is there; return at which worker."""
        async with asyncio.timeout(LIMIT):
            return await asyncio.shield(self._seen[request, moment])

    def been(self, request: int, moment: str) -> bool:
        """Return whether a request has been there."""
        return self._seen[request, moment].done()


class Storm:
    """The programs, the connections between them, and what can be done to both."""

    def __init__(self, lives: Lives) -> None:
        self.lives = lives
        self.crew: list[Program] = []
        self.links: list[Relay] = []
        self._loop = asyncio.get_running_loop()
        self.programs = Programs(echo=self._heard)

    async def begin(self, stack: AsyncExitStack) -> None:
        """Start all of them."""
        await stack.enter_async_context(self.programs)
        both = "--bind", ANY, "--bind", ANY
        self.queue = await self.programs.start("pirates/ppqueue.py", *both, *BEATS)
        for number in range(WORKERS):
            link = Relay(self.queue.endpoints[1], delay=ON_THE_WAY, drop=self._watch(number))
            self.links.append(await stack.enter_async_context(link))
            words = "--connect", link.endpoint, *BEATS, *WAITS
            self.crew.append(
                await self.programs.start("pirates/ppworker.py", *words, "--work", WORK)
            )

    def _watch(self, worker: int) -> Callable[[list[bytes]], bool]:
        """Return what sees the messages of a connection, and drops none."""

        def see(frames: list[bytes]) -> bool:
            if len(frames) > 1:
                self.lives.note(int(frames[-1]), "sent", worker)
            return False

        return see

    def _heard(self, line: Line) -> None:
        """Take a line that a worker printed (in a thread)."""
        if line.program in self.crew and line.kind == "out" and isinstance(line.text, str):
            match line.text.split():
                case ["task", request, "taken" | "done" as word]:
                    moment = "in hand" if word == "taken" else "answered"
                    worker = self.crew.index(line.program)
                    self._loop.call_soon_threadsafe(self.lives.note, int(request), moment, worker)

    def faults(self) -> dict[str, Callable[[int], Awaitable[None]]]:
        """Return what can be done at a worker's place, by its name, the repair included."""

        async def kill(program: Program) -> None:
            program.kill()
            await program.wait(10)
            await program.restart(timeout=30)

        async def freeze(program: Program) -> None:
            program.freeze()
            await asyncio.sleep(role.options.frozen)
            program.thaw()

        async def cut(worker: int) -> None:
            self.links[worker].cut()

        async def half_open(worker: int) -> None:
            self.links[worker].go_half_open()
            await asyncio.sleep(role.options.frozen)
            self.links[worker].mend()

        return {
            "kill worker": lambda worker: kill(self.crew[worker]),
            "freeze worker": lambda worker: freeze(self.crew[worker]),
            "kill queue": lambda _worker: kill(self.queue),
            "freeze queue": lambda _worker: freeze(self.queue),
            "cut": cut,
            "half-open": half_open,
        }


async def ask(context: zmq.asyncio.Context, endpoint: str, request: int) -> None:
    """Ask until the reply is there, each time on a new socket."""
    async with asyncio.timeout(LIMIT):
        while True:
            with context.socket(zmq.REQ) as socket:
                socket.linger = 0
                socket.connect(endpoint)
                await socket.send_string(str(request))
                if await socket.poll(int(1000 * PATIENCE)):
                    reply = await socket.recv_string()
                    assert reply == str(request), f"request {request} got reply {reply}"
                    return


async def storm() -> int:
    """Let it happen, and tell the end of it."""
    dice, numbers, lives = random.Random(role.options.seed), itertools.count(1), Lives()
    happened: Counter[tuple[str, str]] = Counter()
    replies = 0
    deck: list[tuple[str, str]] = []
    async with AsyncExitStack() as stack:
        context = stack.enter_context(zmq.asyncio.Context())
        scene = Storm(lives)
        await scene.begin(stack)
        faults = scene.faults()
        for number in range(role.options.faults):
            moment = MOMENTS[number % len(MOMENTS)]
            if not any(when == moment for when, _ in deck):
                deck += [(moment, name) for name in faults]
                dice.shuffle(deck)
            card = next(card for card in deck if card[0] == moment)
            deck.remove(card)
            # One more than there are workers, so that one of them has to wait.
            requests = [next(numbers) for _ in range(WORKERS + 1)]
            asking = [
                asyncio.create_task(ask(context, scene.queue.endpoints[0], one)) for one in requests
            ]
            if moment == "queued":
                taken = [asyncio.ensure_future(lives.worker_at(one, "in hand")) for one in requests]
                await asyncio.wait(taken, return_when=asyncio.FIRST_COMPLETED)
                for one in taken:
                    one.cancel()
                chosen = next(one for one in requests if not lives.been(one, "sent"))
                worker = dice.randrange(WORKERS)
            else:
                chosen = dice.choice(requests)
                worker = await lives.worker_at(chosen, moment)
            print(f"request {chosen} {moment}: {card[1]} {worker}", flush=True)
            await faults[card[1]](worker)
            happened[card] += 1
            await asyncio.gather(*asking)
            replies += len(asking)
        for (
            program
        ) in scene.crew:  # what is still in a worker's socket is done before anybody counts
            assert program.running, program.errors
            await program.stop()
    asked = next(numbers) - 1
    undone = [one for one in range(1, asked + 1) if not lives.done[one]]
    more = [one for one in range(1, asked + 1) if lives.done[one] > 1]
    for (moment, name), count in sorted(happened.items()):
        print(f"{count:5} × {moment}: {name}")
    for moment in MOMENTS:
        count = sum(many for (when, _), many in happened.items() if when == moment)
        print(f"{count:5} faults while a request was {moment}")
    print(
        f"{happened.total()} faults, {asked} requests: {asked - replies} without a reply, "
        f"{len(undone)} never done, {len(more)} done more than once"
    )
    return 1 if asked != replies or undone else 0


def main() -> None:
    """Run the event loop."""
    sys.exit(asyncio.run(storm()))


if __name__ == "__main__":
    role.run(main)
