"""Services by name: a broker that knows its workers, and gives on what a dead one had in hand."""

from examples.table import ANY_PORT, Example, Part

BROKER = Part("mdbroker.py", arguments=("--bind", ANY_PORT))
WORKERS = (
    Part("mdworker.py", arguments=("--name", "anna"), connect=("mdbroker.py",), name="anna"),
    Part("mdworker.py", arguments=("--name", "ben"), connect=("mdbroker.py",), name="ben"),
)
TOPOLOGIES = {
    "one after the other": (BROKER, *WORKERS, Part("mdclient.py", connect=("mdbroker.py",))),
    "all at once": (BROKER, *WORKERS, Part("mdclient2.py", connect=("mdbroker.py",))),
    "is it there": (BROKER, *WORKERS, Part("mmiecho.py", connect=("mdbroker.py",))),
}
"""Clients that wait for each reply and that don't, and one that asks whether a service is there."""

EXAMPLE = Example(
    lesson="20",
    guide=("mdbroker", "mdworker", "mdclient", "mdclient2", "mmiecho"),
    parts=TOPOLOGIES["one after the other"],
    topologies=TOPOLOGIES,
    also=("storm.py",),
)
