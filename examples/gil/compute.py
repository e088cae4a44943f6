"""Compute in several threads; tell how much faster they are than one.

Python's global interpreter lock (GIL) lets one thread at a time run Python code. "hash" is work
that lets go of it: SHA-256 over large blocks, done in C. "count" is a loop in Python, which holds
it. A free-threaded Python has no such lock. This program needs the standard library only, so that
any Python can run it: python3.14t compute.py --threads 2. For the whitepaper on multithreading.
"""

import argparse
import hashlib
import sys
import time
from threading import Barrier, Thread

BLOCK = bytes(262_144)
TASKS = 24


def hash_blocks(amount: int) -> str:
    """Hash so many blocks; hashlib lets go of the GIL for each."""
    digest = hashlib.sha256()
    for _ in range(amount):
        digest.update(BLOCK)
    return digest.hexdigest()[:8]


def count_up(amount: int) -> str:
    """Go so many times around a loop in Python."""
    total = 0
    for number in range(amount):
        total = (total * 31 + number) % 1_000_003
    return str(total)


KINDS = {"hash": hash_blocks, "count": count_up}


def amount_for(kind: str, seconds: float) -> int:
    """Find how much of this work takes about so long in one thread here."""
    amount, took = 1, 0.0
    while took < seconds / 2:
        amount *= 2
        took = min(in_threads(kind, amount, 1, tasks=1) for _ in range(3))
    return max(1, round(amount * seconds / took))


def in_threads(kind: str, amount: int, threads: int, tasks: int = TASKS) -> float:
    """Share out tasks among threads; give the seconds until the last is done."""
    start = Barrier(threads + 1)

    def work() -> None:
        start.wait()
        for _ in range(tasks // threads):
            KINDS[kind](amount)

    crew = [Thread(target=work) for _ in range(threads)]
    for one in crew:
        one.start()
    start.wait()
    began = time.perf_counter()
    for one in crew:
        one.join()
    return time.perf_counter() - began


def main() -> None:
    """Measure both kinds, one thread and several in turn, three times each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, choices=(2, 4, 8), default=2, help="(default: 2)")
    threads = parser.parse_args().threads
    locked = getattr(sys, "_is_gil_enabled", lambda: True)()
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"Python {version}, {'with its GIL' if locked else 'without a GIL'}", flush=True)
    for kind in KINDS:
        amount = amount_for(kind, 0.004)
        ratios = sorted(
            in_threads(kind, amount, 1) / in_threads(kind, amount, threads) for _ in range(3)
        )
        print(kind, *(f"{ratio:.2f}" for ratio in ratios), flush=True)


if __name__ == "__main__":
    main()
