"""One office, and workers that may be its threads, processes beside it, or on another machine."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="31",
    parts=(
        Part(
            "office.py",
            arguments=("--bind", ANY_PORT, "--bind", ANY_PORT, "--workers", "4", "--threads", "2"),
        ),
        *(
            Part("worker.py", arguments=("--name", name), connect=("office.py",))
            for name in ("process-1", "process-2")
        ),
    ),
    ends="office.py",
    asks=("office.py",),
)
