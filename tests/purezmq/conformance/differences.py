"""Where `purezmq` differs from libzmq on purpose: the test, and why.

A test named here runs with `purezmq` all the same, and must fail: the day it passes, its line has
to go.
"""

DIFFERENCES: dict[str, str] = {}
