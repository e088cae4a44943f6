"""What each socket type decides: to whom, from whom, who waits and what is dropped.

Decisions only: nothing here waits, reads a clock or knows of a connection. Read `pipe` first (what
stands between a socket and one peer), then `pattern` (the contract of all types), `fq` and `lb`
(taking turns at receiving and sending), and then the type you came for.
"""

from purezmq.patterns.options import Options
from purezmq.patterns.pair import Pair
from purezmq.patterns.pattern import Pattern
from purezmq.patterns.pipe import Message, Pipe
from purezmq.patterns.pipeline import Pull, Push
from purezmq.patterns.pubsub import Pub, Sub, XPub, XSub
from purezmq.patterns.reqrep import Dealer, Rep, Req, Router

_TYPES = (Req, Rep, Dealer, Router, Pub, Sub, XPub, XSub, Push, Pull, Pair)
PATTERNS: dict[str, type[Pattern]] = {each.__name__.upper(): each for each in _TYPES}
"""The class of each socket type, by the name that the type has on the wire.

A program may add a type of its own: its class here, its peers in `purezmq.wire.mechanism.LEGAL`. A
socket finds it if `SocketType` has a number for the name, as for libzmq's draft types.
"""

__all__ = ["PATTERNS", "Message", "Options", "Pattern", "Pipe"]
