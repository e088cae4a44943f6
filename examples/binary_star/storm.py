"""Do the worst to a pair of servers at chosen moments, then count what became of each request.

A client buys one seat after the other. For each fault, dice choose a moment in a request's life
(queued, sent, in hand, done, answered) and a fault that begins then: the active server is killed
(SIGKILL) and started again, or frozen and thawed (SIGSTOP); the passive one is killed; the network
between the two is cut and mended. Then the storm waits until the pair is whole again. A server that
finds two active ones ends; like the person who looks after it, the storm starts it again.

    python examples/binary_star/storm.py --faults 1000

The exit status is 0 if each request was answered, and each fault struck at its moment. Of lesson
22. The same --seed gives the same faults in the same order.
"""

import asyncio
import random
import re
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial

from zmqlab import Relay
from zmqlab.run.programs import Line, Program, Programs
from zmqlab.run.role import Role, positive, seconds

role = Role("storm", __doc__)
role.option("--faults", type=positive, default=20, help="how many (default: 20)")
role.option("--seed", type=positive, default=1, help="of the dice (default: 1)")
role.option("--limit", type=seconds, default=0.3, help="of a silence (default: 0.3)")

ANY = "tcp://127.0.0.1:*"
MOMENTS = {
    "queued": re.compile(r"queued: alice #(\d+)"),
    "sent": re.compile(r"sent: alice #(\d+)"),
    "in hand": re.compile(r"in hand: alice #(\d+)"),
    "done": re.compile(r"seat \d+ sold to alice #(\d+)"),
    "answered": re.compile(r"answered: alice #(\d+)"),
}
"""What a program prints at each moment; then it waits for a while (--slow)."""
GOT = re.compile(r"got: alice #(\d+) has")
STATE = re.compile(r"state (\w+)")
FAULTS = ("kill active", "freeze active", "kill passive", "cut the pair")
FOREVER = 10**9
SLOW = "0.01"
SPLIT = 3
"""The exit status of a server that finds two active ones."""


class Storm:
    """Two servers, a client, a bad network between the servers, and the dice."""

    def __init__(self, limit: float, seed: int) -> None:
        self.programs = Programs(self.read)
        self.limit = limit
        self.dice = random.Random(seed)
        self.moments: list[str] = []
        self.happened: Counter[str] = Counter()
        self.refused = 0
        self.states: dict[Program, str] = {}
        self.reached: Counter[str] = Counter()
        self.done: Counter[int] = Counter()
        self.got: set[int] = set()

    def read(self, line: Line) -> None:
        """Take in what a program printed."""
        text = line.words("en")
        if found := STATE.match(text):
            self.states[line.program] = found[1]
        elif found := GOT.match(text):
            self.got.add(int(found[1]))
        for moment, pattern in MOMENTS.items():
            if found := pattern.match(text):
                self.reached[moment] = max(self.reached[moment], int(found[1]))
                if moment == "done":
                    self.done[int(found[1])] += 1

    async def restart(self, server: Program) -> None:
        """Start a server again, on its endpoints."""
        self.states.pop(server, None)
        await server.restart(timeout=30)

    def of(self, servers: list[Program]) -> list[str]:
        """Return the states of the servers that run, in alphabetical order."""
        return sorted(self.states.get(one, "") for one in servers if one.running)

    def _moved(self, servers: list[Program], known: list[str]) -> bool:
        return self.of(servers) != known

    async def until_whole(self, servers: list[Program]) -> None:
        """Wait until one server is active and the other passive; start one that has ended."""
        while (known := self.of(servers)) != ["active", "passive"]:
            for one in servers:
                if not one.running:
                    self.refused += one.returncode == SPLIT
                    await self.restart(one)
                    break
            else:
                await self.programs.until(partial(self._moved, servers, known), 30)

    async def until(self, test: Callable[[], bool], servers: list[Program]) -> None:
        """Wait until something holds; start a server again that ends meanwhile.

        Two that were active may hear of each other only now.
        """

        def changed() -> bool:
            return test() or not all(one.running for one in servers)

        while not test():
            await self.programs.until(changed, 60)
            if not test():
                await self.until_whole(servers)

    async def fault(self, servers: list[Program], cables: list[Relay]) -> None:
        """Let one fault happen at its moment, and end it after a while."""
        if not self.moments:  # each of them once, before any comes again
            self.moments = self.dice.sample([*MOMENTS], len(MOMENTS))
        moment = self.moments.pop()
        what = self.dice.choice(FAULTS)
        lasts = self.dice.uniform(0, 3 * self.limit)
        following = self.reached["queued"] + 2
        await self.until(lambda: self.reached[moment] >= following, servers)
        active, passive = sorted(servers, key=lambda one: self.states.get(one) != "active")
        print(f"{what}, {moment}", flush=True)
        self.happened[moment] += 1
        if what == "cut the pair":
            for cable in cables:
                cable.cut(refuse=True)
            await asyncio.sleep(lasts)
            for cable in cables:
                cable.mend()
        elif what == "freeze active":
            active.freeze()
            await asyncio.sleep(lasts)
            active.thaw()
        else:
            victim = active if what == "kill active" else passive
            victim.kill()
            await victim.wait(10)
            await asyncio.sleep(lasts)
            await self.restart(victim)
        await self.until_whole(servers)


async def storm(faults: int, limit: float, seed: int) -> int:
    """Let it happen, and return the exit status."""
    them = Storm(limit, seed)
    common = ["--limit", str(limit), "--heartbeat", str(limit / 10), "--slow", SLOW]
    async with them.programs as programs:
        primary = await programs.start("binary_star/server.py", *("--bind", ANY) * 3, *common)
        async with Relay(primary.endpoints[1]) as out, Relay(primary.endpoints[2]) as back:
            words = ["--bind", ANY, "--primary", out.endpoint, "--primary", back.endpoint]
            backup = await programs.start("binary_star/server.py", *words, *common)
            servers = [primary, backup]
            await them.until_whole(servers)
            fronts = [word for one in servers for word in ("--connect", one.endpoints[0])]
            words = ["--patience", str(limit / 2), "--give-up", "60", "--slow", SLOW]
            await programs.start(
                "binary_star/client.py", *fronts, *words, "--requests", str(FOREVER)
            )
            for _ in range(faults):
                await them.fault(servers, [out, back])
            asked = them.reached["queued"]
            await them.until(lambda: asked in them.got, servers)

    for moment in MOMENTS:
        print(f"{them.happened[moment]:5} × {moment}")
    lost = [number for number in range(1, asked + 1) if number not in them.got]
    times = Counter(them.done[number] for number in range(1, asked + 1))
    print(f"{asked} requests, {len(lost)} without a reply; {them.refused} times refused")
    print(", ".join(f"{count} done {how} ×" for how, count in sorted(times.items())))
    return 1 if lost or times[0] else 0


def main() -> None:
    """Run it."""
    options = role.options
    sys.exit(asyncio.run(storm(options.faults, options.limit, options.seed)))


if __name__ == "__main__":
    role.run(main)
