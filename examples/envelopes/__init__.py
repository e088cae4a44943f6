"""A centre sends orders to drivers by name: ROUTER with REQ and DEALER, and their envelopes."""

from examples.table import ANY_PORT, Example, Part

CENTRE = Part("centre.py", arguments=("--bind", ANY_PORT, "--trips", "6", "--drivers", "2"))
TOPOLOGIES = {
    "drivers": (
        CENTRE,
        Part("rtreq.py", connect=("centre.py",)),
        Part("rtdealer.py", connect=("centre.py",)),
    ),
    "names": (Part("identity.py", ready=False),),
}
"""A centre with two drivers; the envelopes of peers with a name and without one."""

EXAMPLE = Example(
    lesson="11",
    guide=("", "rtreq", "rtdealer", "identity"),
    parts=TOPOLOGIES["drivers"],
    topologies=TOPOLOGIES,
)
