"""Do the worst to the edges at random moments, then count what became of each payment.

It starts a switch, a receiver and a sender, with a bad network between sender and switch. While
the sender makes payments, faults come: each of the three is killed (SIGKILL) and started again, or
frozen and thawed (SIGSTOP); the network is cut, goes half-open, or drops every other message. When
all faults have come, the sender may finish; then the outbox and the book are compared.

    python examples/reliable_edges/storm.py --faults 1000

The exit status is 0 if each payment stands in the book once. A line a fault; the same --seed gives
the same faults in the same order.
"""

import asyncio
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from zmqlab import Relay
from zmqlab.net.relay import at_random
from zmqlab.run.programs import Program, Programs
from zmqlab.run.role import Role, positive, seconds

role = Role("storm", __doc__)
role.option("--faults", type=positive, default=20, help="how many (default: 20)")
role.option("--seed", type=positive, default=1, help="of the dice (default: 1)")
role.option("--pause", type=seconds, default=0.2, help="at most, between faults (default: 0.2)")
role.option("--frozen", type=seconds, default=0.3, help="how long (default: 0.3)")
role.option(
    "--trusting",
    action="store_true",
    help="with a receiver that acknowledges before it books, and remembers nothing: see it fail",
)
role.option("--folder", type=Path, help="keep the outbox and the book there")

FOREVER = 10**9
Fault = Callable[[], Awaitable[None]]


async def storm(folder: Path) -> int:
    """Let it happen, and tell the end of it."""
    options = role.options
    outbox, book = folder / "outbox", folder / "book"
    async with Programs() as programs:
        switch = await programs.start("reliable_edges/switch.py", "--bind", "tcp://127.0.0.1:*")
        words = ["--connect", switch.endpoints[0], "--store", str(book), "--quiet"]
        if options.trusting:
            words += ["--acknowledge", "early"]
        folder_of = "switch_or_broker" if options.trusting else "reliable_edges"
        receiver = await programs.start(f"{folder_of}/receiver.py", *words)
        async with Relay(switch.endpoints[0]) as network:
            common = ["--connect", network.endpoint, "--store", str(outbox), "--quiet"]
            common += ["--retry", "0.05", "--longest", "0.4", "--interval", "0.005"]
            sender = await programs.start(
                "reliable_edges/sender.py", *common, "--messages", FOREVER
            )

            def killed(program: Program) -> Fault:
                async def fault() -> None:
                    program.kill()
                    await program.wait(10)
                    await program.restart(timeout=30)

                return fault

            def frozen(program: Program) -> Fault:
                async def fault() -> None:
                    program.freeze()
                    await asyncio.sleep(options.frozen)
                    program.thaw()

                return fault

            async def cut() -> None:
                network.cut()

            async def half_open() -> None:
                network.go_half_open()
                await asyncio.sleep(options.frozen)
                network.mend()

            async def drops() -> None:
                network.drop = 0.5
                await asyncio.sleep(options.frozen)
                network.drop = 0.0

            faults: dict[str, Fault] = {"cut": cut, "half-open": half_open, "drops": drops}
            for name, program in (("switch", switch), ("receiver", receiver), ("sender", sender)):
                faults[f"kill {name}"] = killed(program)
                faults[f"freeze {name}"] = frozen(program)

            def told(name: str) -> Fault:
                async def fault() -> None:
                    print(name, flush=True)
                    await faults[name]()

                return fault

            happened = await at_random(
                {name: told(name) for name in faults},
                options.faults,
                seed=options.seed,
                pause=(0, options.pause),
            )
            await sender.stop()
            made = _rows(outbox, "SELECT seq FROM sqlite_sequence")[0][0]
            last = await programs.start("reliable_edges/sender.py", *common, "--messages", made)
            await last.wait(60)
            assert last.returncode == 0, last.errors
            # What still lies in queues comes now, before anybody counts.
            await receiver.stop()

    booked = Counter(int(body.split()[1]) for (body,) in _rows(book, "SELECT body FROM book"))
    lost = [number for number in range(1, made + 1) if not booked[number]]
    twice = [number for number, count in booked.items() if count > 1]
    for name, count in sorted(Counter(happened).items()):
        print(f"{count:5} × {name}")
    print(f"{len(happened)} faults, {made} payments: {len(lost)} lost, {len(twice)} booked twice")
    return 1 if lost or twice else 0


def _rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as db:
        rows: list[tuple[Any, ...]] = db.execute(query).fetchall()
    return rows


def main() -> None:
    """Keep the files where asked, or for as long as it takes."""
    with tempfile.TemporaryDirectory() as temporary:
        status = asyncio.run(storm(role.options.folder or Path(temporary)))
    sys.exit(status)


if __name__ == "__main__":
    role.run(main)
