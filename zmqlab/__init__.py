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
    from zmqlab.draw.ideas import idea as idea
    from zmqlab.draw.ledger import Ledger as Ledger
    from zmqlab.draw.machine import cores as cores
    from zmqlab.draw.matrix import Matrix as Matrix
    from zmqlab.draw.matrix import Outcome as Outcome
    from zmqlab.draw.paths import Paths as Paths
    from zmqlab.draw.plots import Ecdf as Ecdf
    from zmqlab.draw.plots import Plot as Plot
    from zmqlab.draw.strip import Fates as Fates
    from zmqlab.draw.strip import Strip as Strip
    from zmqlab.draw.tally import Tally as Tally
    from zmqlab.draw.timeline import Gantt as Gantt
    from zmqlab.draw.timeline import Timeline as Timeline
    from zmqlab.conditions import must as must
    from zmqlab.endpoints import free_endpoint as free_endpoint
    from zmqlab.endpoints import free_endpoints as free_endpoints
    from zmqlab.endpoints import local_endpoint as local_endpoint
    from zmqlab.faults import Relay as Relay
    from zmqlab.measure import Meter as Meter
    from zmqlab.measure import Spread as Spread
    from zmqlab.measure import full as full
    from zmqlab.native import compiled as compiled
    from zmqlab.octets import Octets as Octets
    from zmqlab.programs import Programs as Programs
    from zmqlab.slider import Slider as Slider
    from zmqlab.stage import Stage as Stage
    from zmqlab.wiretap import Wiretap as Wiretap

HOMES = {
    "Claims": "zmqlab.claims",
    "Ecdf": "zmqlab.draw.plots",
    "Fates": "zmqlab.draw.strip",
    "Gantt": "zmqlab.draw.timeline",
    "Ledger": "zmqlab.draw.ledger",
    "Matrix": "zmqlab.draw.matrix",
    "Meter": "zmqlab.measure",
    "Octets": "zmqlab.octets",
    "Outcome": "zmqlab.draw.matrix",
    "Paths": "zmqlab.draw.paths",
    "Plot": "zmqlab.draw.plots",
    "Programs": "zmqlab.programs",
    "Relay": "zmqlab.faults",
    "Slider": "zmqlab.slider",
    "Spread": "zmqlab.measure",
    "Stage": "zmqlab.stage",
    "Strip": "zmqlab.draw.strip",
    "Tally": "zmqlab.draw.tally",
    "Timeline": "zmqlab.draw.timeline",
    "Wiretap": "zmqlab.wiretap",
    "check": "zmqlab.checks",
    "compiled": "zmqlab.native",
    "cores": "zmqlab.draw.machine",
    "free_endpoint": "zmqlab.endpoints",
    "free_endpoints": "zmqlab.endpoints",
    "full": "zmqlab.measure",
    "idea": "zmqlab.draw.ideas",
    "local_endpoint": "zmqlab.endpoints",
    "must": "zmqlab.conditions",
}
"""Where each public name lives; the build reads it to know what a lesson depends on."""

__all__ = [*HOMES]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'zmqlab' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
