"""The options that change what a pattern decides; those of connections are the socket's affair."""

from dataclasses import dataclass


@dataclass(slots=True)
class Options:
    """libzmq's options with libzmq's defaults.

    They are read when they are needed, so a change holds from the next decision on. Only the
    high-water marks and `conflate` are built into each pipe when it is made. (libzmq 4.3.5 sets the
    marks of pipes that are there too.)

    Attributes
    ----------
    sndhwm, rcvhwm : int
        High-water marks: how many messages may wait for and from each peer. 0 means no limit.
    conflate : bool
        Keep only the newest message for each peer and from each peer (DEALER, PUB, PULL, PUSH,
        SUB).
    probe_router : bool
        Greet each new peer with an empty message (DEALER, REQ, ROUTER).
    router_mandatory : bool
        ROUTER: report a message that cannot be routed instead of dropping it.
    router_handover : bool
        ROUTER: a new peer takes a routing id over from the peer that holds it.
    req_relaxed : bool
        REQ: a new request may be sent before the reply to the last one came.
    req_correlate : bool
        REQ: number the requests, and take only the reply that bears the number.
    xpub_verbose, xpub_verboser : bool
        XPUB: hand up every subscription, not only a prefix's first; `xpub_verboser` every
        unsubscription too, not only a prefix's last.
    xpub_manual : bool
        XPUB: a subscription is only handed up; the program answers it with `subscribe`.
    xpub_nodrop : bool
        PUB, XPUB: wait for room instead of dropping for a subscriber that is full.
    xpub_welcome_msg : bytes
        XPUB, PUB: the first message for each new subscriber; empty for none.
    invert_matching : bool
        PUB, XPUB, SUB: pass what does not match.
    """

    sndhwm: int = 1000
    rcvhwm: int = 1000
    conflate: bool = False
    probe_router: bool = False
    router_mandatory: bool = False
    router_handover: bool = False
    req_relaxed: bool = False
    req_correlate: bool = False
    xpub_verbose: bool = False
    xpub_verboser: bool = False
    xpub_manual: bool = False
    xpub_nodrop: bool = False
    xpub_welcome_msg: bytes = b""
    invert_matching: bool = False
