"""How long, how many, how much: measuring that a reader can trust.

What must stay true of a measurement:

- It warms up first: the first messages pay for connections, caches and memory; they are not told.
- It is repeated, and told with its spread. A mean alone hides what a reader meets at the tail.
- What is compared takes turns (`take_turns`), so that whatever else the machine does meets all.
- It is real work: messages pass, and each that is sent is received before the clock is read.

The sockets stay in the lesson; these functions take the work and keep the time. Long measurements
have a short form, and a full one behind one variable of the environment: ``ZMQLAB_FULL=1``
(`full`). Times are seconds, memory is bytes.
"""

from __future__ import annotations

import contextlib
import inspect
import math
import os
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from zmqlab.run.programs import Program

FULL = "ZMQLAB_FULL"


def full() -> bool:
    """Whether the full form of long measurements is asked for.

    Returns
    -------
    bool
        True with ``ZMQLAB_FULL=1`` in the environment; without it, lessons measure in short.
    """
    return os.environ.get(FULL, "") not in ("", "0")


def quantile(values: Sequence[float], share: float) -> float:
    """The value that so great a share of all does not exceed.

    Parameters
    ----------
    values : sequence of float
        At least one.
    share : float
        From 0 to 1: 0.5 is the median, 0.99 what 99 % do not exceed.

    Returns
    -------
    float
        Between two values in proportion, as `statistics.quantiles` does it with "inclusive".
    """
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@dataclass(frozen=True, slots=True)
class Spread:
    """What was measured, in six numbers.

    ``f"{spread:.1f}"`` gives ``41.3 (40.2 to 44.0)``: the median, and the quartiles between which
    half of all lie.

    Attributes
    ----------
    count : int
        How many were measured.
    low, q1, median, q3, p99, high : float
        The least, the lower quartile, the median, the upper quartile, what 99 % do not exceed,
        and the greatest.
    """

    count: int
    low: float
    q1: float
    median: float
    q3: float
    p99: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float], scale: float = 1.0) -> Self:
        """Put values into six numbers, each times `scale` (1e6 makes seconds microseconds).

        Raises
        ------
        ValueError
            If nothing was measured.
        """
        if not values:
            raise ValueError("nothing was measured")
        ordered = sorted(value * scale for value in values)
        return cls(len(ordered), *(quantile(ordered, q) for q in (0, 0.25, 0.5, 0.75, 0.99, 1)))

    def __format__(self, spec: str) -> str:
        spec = spec or ",.3g"
        return f"{self.median:{spec}} ({self.q1:{spec}} to {self.q3:{spec}})"

    def __str__(self) -> str:
        return format(self, "")


# ---------------------------------------------------------------- the clock


def latency(round_trip: Callable[[], object], count: int = 1000, warm_up: int = 100) -> list[float]:
    """Time each of many round trips, one after the other.

    Parameters
    ----------
    round_trip : callable
        Does one: sends, and receives the answer.
    count, warm_up : int, optional
        How many are timed, and how many are done before without being told.

    Returns
    -------
    list of float
        Seconds of each, in order. The way there alone is about half.
    """
    for _ in range(warm_up):
        round_trip()
    clock, took = time.perf_counter, []
    for _ in range(count):
        began = clock()
        round_trip()
        took.append(clock() - began)
    return took


async def latency_async(
    round_trip: Callable[[], Awaitable[object]], count: int = 1000, warm_up: int = 100
) -> list[float]:
    """`latency` of a coroutine function."""
    for _ in range(warm_up):
        await round_trip()
    clock, took = time.perf_counter, []
    for _ in range(count):
        began = clock()
        await round_trip()
        took.append(clock() - began)
    return took


def throughput(
    send: Callable[[int], object],
    receive: Callable[[int], object],
    count: int,
    limit: float = 60.0,
) -> float:
    """How many messages a second pass from a sender to a receiver in two threads.

    Parameters
    ----------
    send, receive : callable
        Each gets the count; one sends so many messages, the other comes back when it has received
        so many. `receive` runs in a thread of its own: its socket is to be used there only.
    count : int
        Messages to time. A tenth of it passes before, as warm-up.
    limit : float, optional
        Seconds to wait for the receiver.

    Returns
    -------
    float
        Messages a second, from the first send to the last receive.

    Raises
    ------
    TimeoutError
        When the receiver does not come to its end.
    """
    took = 0.0
    for number in (max(1, count // 10), count):
        failed: list[BaseException] = []

        def run(number: int = number, failed: list[BaseException] = failed) -> None:
            try:
                receive(number)
            except BaseException as error:
                failed.append(error)

        receiver = threading.Thread(target=run, daemon=True)
        began = time.perf_counter()
        receiver.start()
        send(number)
        receiver.join(limit)
        took = time.perf_counter() - began
        if receiver.is_alive():
            raise TimeoutError(f"not all of {number} messages were received within {limit:g} s")
        if failed:
            raise failed[0]
    return count / took


async def take_turns(
    works: Mapping[str, Callable[[], Any]], repetitions: int = 5, warm_up: int = 1
) -> dict[str, list[Any]]:
    """Do each work several times, in turns, and keep what each gives.

    Parameters
    ----------
    works : mapping
        Functions or coroutine functions by name; what they give is kept.
    repetitions : int, optional
        How often each is done.
    warm_up : int, optional
        How many turns go before, whose results are not told.

    Returns
    -------
    dict of str to list
        For each name its results, one for each repetition. Values at the same place were measured
        one after the other, so ratios are best taken place by place (`ratios`).
    """
    results: dict[str, list[Any]] = {name: [] for name in works}
    for turn in range(warm_up + repetitions):
        for name, work in works.items():
            given = work()
            if inspect.isawaitable(given):
                given = await given
            if turn >= warm_up:
                results[name].append(given)
    return results


def ratios(ones: Sequence[float], others: Sequence[float]) -> Spread:
    """How many times the other: taken place by place, then told with its spread.

    Parameters
    ----------
    ones, others : sequence of float
        Values of `take_turns`, the same number of each.

    Returns
    -------
    Spread
    """
    return Spread.of([one / other for one, other in zip(ones, others, strict=True)])


# ---------------------------------------------------------------- processes


class Sample(NamedTuple):
    """What a process had used at a moment: seconds since the beginning, CPU seconds, bytes."""

    time: float
    cpu: float
    memory: int


class Meter:
    """CPU time and memory of a process, while a block runs.

    ``with Meter(broker) as meter: ...``, then `cpu`, `memory`, `peak`. It looks many times a
    second, so it also knows what a process had used that is gone by the end.

    Parameters
    ----------
    process : Program or int, optional
        Whom to watch: a program of `zmqlab.Programs`, or a process number; this process if not
        given.
    every : float, optional
        Seconds between two looks.

    Attributes
    ----------
    samples : list of Sample
        All looks, the first at the beginning and the last at the end.
    """

    def __init__(self, process: Program | int | None = None, every: float = 0.02) -> None:
        pid = process if isinstance(process, int) or process is None else process.pid
        if process is not None and pid is None:
            raise ProcessLookupError("the program does not run: nothing to measure")
        import psutil  # only who measures a process needs it

        try:
            self._process = psutil.Process(pid)
        except psutil.NoSuchProcess:
            raise ProcessLookupError(f"no process {pid}: nothing to measure") from None
        self._gone = psutil.Error
        self._every = every
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._began = 0.0
        self.samples: list[Sample] = []

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        self._look()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._ended.wait(self._every) and self._look():
            pass

    def _look(self) -> bool:
        with contextlib.suppress(self._gone):
            with self._process.oneshot():
                times, memory = self._process.cpu_times(), self._process.memory_info().rss
            if memory:  # an ended process that nobody has waited for has none
                passed = time.perf_counter() - self._began
                self.samples.append(Sample(passed, times.user + times.system, memory))
                return True
        return False

    @property
    def seconds(self) -> float:
        """How long the block took, or until the process was gone."""
        return self.samples[-1].time - self.samples[0].time if self.samples else 0.0

    @property
    def cpu(self) -> float:
        """CPU seconds that the process used in the block, all its threads together."""
        return self.samples[-1].cpu - self.samples[0].cpu if self.samples else 0.0

    @property
    def load(self) -> float:
        """CPU seconds a second: 1.0 is one core kept busy."""
        return self.cpu / self.seconds if self.seconds else 0.0

    @property
    def memory(self) -> int:
        """Resident memory at the end, in bytes."""
        return self.samples[-1].memory if self.samples else 0

    @property
    def peak(self) -> int:
        """The most resident memory that was seen, in bytes."""
        return max((one.memory for one in self.samples), default=0)

    @property
    def grown(self) -> int:
        """Resident memory at the end less that at the beginning, in bytes."""
        return self.samples[-1].memory - self.samples[0].memory if self.samples else 0

    def __repr__(self) -> str:
        return (
            f"{self.seconds:.2f} s, {self.cpu:.2f} s of CPU, "
            f"{self.memory / 1e6:.1f} MB, at most {self.peak / 1e6:.1f} MB"
        )


def file_system(path: str | os.PathLike[str]) -> str:
    """The kind of file system on which a path lies; what `fsync` costs hangs on it.

    Parameters
    ----------
    path : path
        A file or folder; it need not be there yet.

    Returns
    -------
    str
        ``ext4``, ``apfs``...; ``tmpfs`` lies in memory, and there `fsync` writes nothing to a
        disk. Empty where the system doesn't tell.
    """
    import psutil

    real = os.path.realpath(path)
    best, kind = -1, ""
    for part in psutil.disk_partitions(all=True):
        point = part.mountpoint
        inside = real == point or real.startswith(point.rstrip(os.sep) + os.sep)
        if inside and len(point) >= best:
            best, kind = len(point), part.fstype
    return kind
