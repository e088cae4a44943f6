"""A broker that keeps messages, in memory or on a disk; a sender and a receiver that trust it."""

from examples.table import ANY_PORT, FOLDER, Example, Part

TOPOLOGIES = {
    "broker": (
        Part("broker.py", arguments=("--bind", ANY_PORT, "--log", f"{FOLDER}/log")),
        Part("receiver.py", arguments=("--acknowledge", "late"), connect=("broker.py",)),
        Part("reliable_edges/sender.py", connect=("broker.py",)),
    ),
    "forget": (
        Part("reliable_edges/switch.py", arguments=("--bind", ANY_PORT)),
        Part("receiver.py", connect=("reliable_edges/switch.py",)),
        Part("sender.py", connect=("reliable_edges/switch.py",)),
    ),
}
"""A broker keeps what it acknowledges; a sender that forgets needs no more than a switch."""

EXAMPLE = Example(lesson="32", parts=TOPOLOGIES["broker"], topologies=TOPOLOGIES)
