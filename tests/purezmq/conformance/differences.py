"""Where `purezmq` differs from libzmq on purpose: the test, and why.

A test named here runs with `purezmq` all the same, and must fail: the day it passes, its line has
to go.
"""

DIFFERENCES: dict[str, str] = {
    "test_sockets.py::test_the_file_descriptor": (
        "A socket of purezmq has no file descriptor: the event loop does its work, and who wants"
        " to wait awaits recv(), send() or poll(). FD raises NotImplementedError."
    ),
}
