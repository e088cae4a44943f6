"""Do the worst to a Lazy Pirate at every moment of an order's life, then count the deliveries.

A client orders, with a bad network between it and the server. Faults come: the server is killed
(SIGKILL) and started again, or frozen and thawed (SIGSTOP); the network is cut; the client is
killed and started again. Each comes while an order is

    queued     in the client's own socket, because nobody can be reached
    sent       with the server, which has not read it
    in hand    read, and not done
    done       and not answered
    answered   and the reply is on its way

    python examples/lazy_pirate/storm.py --faults 1000

When all faults have come, the client makes a last order in peace, and the book is counted. The exit
status is 0 if each order was answered and done once, and if no moment was left out. With
--forgetful the server does an order as often as it is asked: then each has to be done once or more
often. The same --seed gives the same faults in the same order.
"""

import asyncio
import itertools
import json
import random
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from zmqlab import Relay
from zmqlab.run.programs import Program, Programs
from zmqlab.run.role import Role, positive, seconds

role = Role("storm", __doc__)
role.option("--faults", type=positive, default=20, help="how many (default: 20)")
role.option("--seed", type=positive, default=1, help="of the dice (default: 1)")
role.option("--lasts", type=seconds, default=0.1, help="a fault, so long (default: 0.1)")
role.option("--forgetful", action="store_true", help="with a server that knows no order again")
role.option("--folder", type=Path, help="keep the book there")

FAULTS = ("kill server", "freeze server", "cut network", "kill client")
MOMENTS = {"sent": "here", "in hand": "got", "done": "did", "answered": "answered"}
"""What the server's last line says at that moment; it knows nothing of an order that is queued."""
QUEUED = "queued"
FOREVER = 10**9
LIMIT = 30.0
CLIENT = ("--wait", "0.3", "--longest", "0.6", "--tries", "100", "--interval", "0.05")


class Storm:
    """A client, a server and the network between them, with what has happened to them.

    Attributes
    ----------
    met : Counter
        How many faults of each kind came at each moment, as the programs' lines show it.
    """

    def __init__(self, programs: Programs, server: Program, network: Relay) -> None:
        self.met: Counter[tuple[str, str]] = Counter()
        self.server = server
        self._programs = programs
        self._network = network
        self._clients: list[Program] = []

    @property
    def client(self) -> Program:
        """The client that was started last."""
        return self._clients[-1]

    @property
    def answered(self) -> list[int]:
        """The numbers of the orders that were answered, in order."""
        every = [line for client in self._clients for line in client.output]
        lines = [line.words("en") for line in every if line.kind == "out"]
        found = [re.fullmatch(r"till (\d+): tea delivered", line) for line in lines]
        return [int(match[1]) for match in found if match]

    async def start_client(self, orders: int = FOREVER) -> None:
        """Start a client, which goes on after the last order that was answered."""
        first = max(self.answered, default=0) + 1
        words = ["--first", f"{first}", "--orders", f"{orders}"]
        words += ["--connect", self._network.endpoint]
        program = "lazy_pirate/lpclient.py"
        self._clients.append(await self._programs.start(program, *CLIENT, *words))

    async def fault(self, kind: str, moment: str) -> None:
        """Wait for the moment, do what the kind says, repair it, and see an order answered."""
        if moment == QUEUED:
            await self._next(self.client, "delivered")
            # A client whose order shall be queued needs a server that can't be reached.
            away = "cut network" if kind == "kill client" else kind
            await self._hit(away)
            await self._next(self.client, "try 1")
            now = QUEUED if self.server.lines[-1].startswith("answered") else "sent"
            if kind != away:
                await self._hit(kind)
                await self._mend(away)
        else:
            await self._next(self.server, MOMENTS[moment])
            last = self.server.lines[-1].split()
            now = next(name for name, word in MOMENTS.items() if word in last)
            await self._hit(kind)
        self.met[kind, now] += 1
        await asyncio.sleep(role.options.lasts)  # the fault itself
        await self._mend(kind)
        await self._next(self.client, "delivered")

    async def _hit(self, kind: str) -> None:
        if kind == "freeze server":
            self.server.freeze()
        elif kind == "cut network":
            self._network.cut(refuse=True)
        else:
            program = self.server if kind == "kill server" else self.client
            program.kill()
            await program.wait(LIMIT)

    async def _mend(self, kind: str) -> None:
        if kind == "freeze server":
            self.server.thaw()
        elif kind == "cut network":
            self._network.mend()
        elif kind == "kill server":
            await self.server.restart(timeout=LIMIT)
        else:
            await self.start_client()

    async def _next(self, program: Program, word: str) -> None:
        """Wait until a program prints a line with a word that it has not printed before."""
        seen = len(program.lines)
        await self._programs.until(
            lambda: any(word in line for line in program.lines[seen:]), LIMIT
        )


def chosen(count: int, seed: int) -> list[tuple[str, str]]:
    """Return so many faults with their moments, in an order of the dice.

    Five in a row have all moments, and twenty have all pairs.
    """
    dice = random.Random(seed)
    kinds = list(FAULTS)
    moments = [QUEUED, *MOMENTS]
    found: list[tuple[str, str]] = []
    while len(found) < count:
        dice.shuffle(kinds)
        for shift in range(len(kinds)):
            five = [
                (kinds[(place + shift) % len(kinds)], moment)
                for place, moment in enumerate(moments)
            ]
            dice.shuffle(five)
            found += five
    return found[:count]


async def storm(folder: Path) -> int:
    """Let it happen, then count."""
    options = role.options
    book = folder / "book"
    words = ["--bind", "tcp://127.0.0.1:*", "--step", "0.03", "--book", str(book)]
    if not options.forgetful:
        words.append("--once")
    async with Programs() as programs:
        server = await programs.start("lazy_pirate/lpserver.py", *words)
        async with Relay(server.endpoints[0], delay=0.01) as network:
            run = Storm(programs, server, network)
            await run.start_client()
            for number, (kind, moment) in enumerate(chosen(options.faults, options.seed), 1):
                print(f"{number}: {kind}, {moment}", flush=True)
                await run.fault(kind, moment)
            await run.client.stop()
            await run.start_client(orders=1)
            await run.client.wait(LIMIT)
            answered = run.answered

    done = Counter(int(json.loads(line)[0].split()[1]) for line in book.read_text().splitlines())
    orders = range(1, max(answered) + 1)
    lost = [number for number in orders if number not in answered or not done[number]]
    again = {number: done[number] for number in orders if done[number] > 1}
    for kind, moment in itertools.product(FAULTS, (QUEUED, *MOMENTS)):
        print(f"{run.met[kind, moment]:5} × {kind}, {moment}")
    print(
        f"{run.met.total()} faults, {len(orders)} orders: {len(lost)} lost, "
        f"{len(again)} done more than once, {sum(done.values())} deliveries"
    )
    missed = {moment for _, moment in run.met} != {QUEUED, *MOMENTS}
    return 1 if lost or missed or (again and not options.forgetful) else 0


def main() -> None:
    """Keep the book where asked, or for as long as it takes."""
    with tempfile.TemporaryDirectory() as temporary:
        status = asyncio.run(storm(role.options.folder or Path(temporary)))
    sys.exit(status)


if __name__ == "__main__":
    role.run(main)
