"""The instruments of the lessons, each loaded when it is first used.

Sockets: `Stage` watches real ones and draws what happened, `Wiretap` and `Octets` show what passes
on the wire. Programs: `Programs` runs those of ``examples/`` as real processes, `Relay` is a piece
of bad network between them. Figures: `Spread`, `Meter` and the rest of `zmqlab.measure` keep the
time. Pictures of a run: `Plot` and its like, `Timeline` and its like, `Ledger`, `Matrix`. `check`
marks an exercise.

A lesson that watches sockets in a browser must not load what starts processes: so nothing is
imported here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zmqlab.checks import check as check
    from zmqlab.claims import Claims as Claims
    from zmqlab.conditions import must as must
    from zmqlab.endpoints import free_endpoint as free_endpoint
    from zmqlab.endpoints import free_endpoints as free_endpoints
    from zmqlab.endpoints import local_endpoint as local_endpoint
    from zmqlab.faults import Relay as Relay
    from zmqlab.ideas import idea as idea
    from zmqlab.ledger import Ledger as Ledger
    from zmqlab.matrix import Matrix as Matrix
    from zmqlab.matrix import Outcome as Outcome
    from zmqlab.measure import Meter as Meter
    from zmqlab.measure import Spread as Spread
    from zmqlab.measure import full as full
    from zmqlab.native import compiled as compiled
    from zmqlab.octets import Octets as Octets
    from zmqlab.paths import Paths as Paths
    from zmqlab.plots import Ecdf as Ecdf
    from zmqlab.plots import Plot as Plot
    from zmqlab.plots import cores as cores
    from zmqlab.programs import Programs as Programs
    from zmqlab.slider import Slider as Slider
    from zmqlab.stage import Stage as Stage
    from zmqlab.strip import Fates as Fates
    from zmqlab.strip import Strip as Strip
    from zmqlab.tally import Tally as Tally
    from zmqlab.timeline import Gantt as Gantt
    from zmqlab.timeline import Timeline as Timeline
    from zmqlab.wiretap import Wiretap as Wiretap

HOMES = {
    "Claims": "zmqlab.claims",
    "Ecdf": "zmqlab.plots",
    "Fates": "zmqlab.strip",
    "Gantt": "zmqlab.timeline",
    "Ledger": "zmqlab.ledger",
    "Matrix": "zmqlab.matrix",
    "Meter": "zmqlab.measure",
    "Octets": "zmqlab.octets",
    "Outcome": "zmqlab.matrix",
    "Paths": "zmqlab.paths",
    "Plot": "zmqlab.plots",
    "Programs": "zmqlab.programs",
    "Relay": "zmqlab.faults",
    "Slider": "zmqlab.slider",
    "Spread": "zmqlab.measure",
    "Stage": "zmqlab.stage",
    "Strip": "zmqlab.strip",
    "Tally": "zmqlab.tally",
    "Timeline": "zmqlab.timeline",
    "Wiretap": "zmqlab.wiretap",
    "check": "zmqlab.checks",
    "compiled": "zmqlab.native",
    "cores": "zmqlab.plots",
    "free_endpoint": "zmqlab.endpoints",
    "free_endpoints": "zmqlab.endpoints",
    "full": "zmqlab.measure",
    "idea": "zmqlab.ideas",
    "local_endpoint": "zmqlab.endpoints",
    "must": "zmqlab.conditions",
}
"""Where each public name lives; the build reads it to know what a lesson depends on."""

__all__ = [*HOMES]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'zmqlab' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
