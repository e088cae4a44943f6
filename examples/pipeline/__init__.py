"""A ventilator hands out tasks, workers do them, a sink collects the results: PUSH and PULL."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="03",
    guide=("tasksink", "taskvent", "taskwork"),
    parts=(
        Part("sink.py", arguments=("--bind", ANY_PORT)),
        Part(
            "ventilator.py",
            arguments=("--bind", ANY_PORT, "--workers", "3", "--tasks", "24"),
            connect=("sink.py",),
        ),
        *(
            Part("worker.py", arguments=("--name", name), connect=("ventilator.py", "sink.py"))
            for name in ("worker", "worker 2", "worker 3")
        ),
    ),
    ends="sink.py",
    asks=("ventilator.py",),
)
