"""The instruments of the lessons, each loaded when it is first used.

Sockets: `Stage` watches real ones and draws what happened, `Wiretap` and `Octets` show what passes
on the wire. Programs: `Programs` runs those of ``examples/`` as real processes, `Relay` is a piece
of bad network between them. Figures: `Spread`, `Meter` and the rest of `zmqlab.run.measure` keep
the time. Pictures of a run: `Plot` and its like, `Timeline` and its like, `Ledger`, `Matrix`.
`check` marks an exercise; `join` reports checks to a class's board, `vote` puts up a hand there.

A lesson that watches sockets in a browser must not load what starts processes: so nothing is
imported here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zmqlab.classroom.learner import join as join
    from zmqlab.classroom.learner import leave as leave
    from zmqlab.classroom.learner import vote as vote
    from zmqlab.draw.ideas import idea as idea
    from zmqlab.draw.ledger import Ledger as Ledger
    from zmqlab.draw.machine import cores as cores
    from zmqlab.draw.matrix import Matrix as Matrix
    from zmqlab.draw.matrix import Outcome as Outcome
    from zmqlab.draw.paths import Paths as Paths
    from zmqlab.draw.plots import Ecdf as Ecdf
    from zmqlab.draw.plots import Plot as Plot
    from zmqlab.draw.slider import Slider as Slider
    from zmqlab.draw.states import States as States
    from zmqlab.draw.strip import Fates as Fates
    from zmqlab.draw.strip import Strip as Strip
    from zmqlab.draw.tally import Tally as Tally
    from zmqlab.draw.timeline import Gantt as Gantt
    from zmqlab.draw.timeline import Timeline as Timeline
    from zmqlab.exercises.checks import check as check
    from zmqlab.net.octets import Octets as Octets
    from zmqlab.net.relay import Relay as Relay
    from zmqlab.net.wiretap import Wiretap as Wiretap
    from zmqlab.run.conditions import must as must
    from zmqlab.run.endpoints import free_endpoint as free_endpoint
    from zmqlab.run.endpoints import free_endpoints as free_endpoints
    from zmqlab.run.endpoints import local_endpoint as local_endpoint
    from zmqlab.run.measure import Meter as Meter
    from zmqlab.run.measure import Spread as Spread
    from zmqlab.run.measure import full as full
    from zmqlab.run.native import compiled as compiled
    from zmqlab.run.programs import Programs as Programs
    from zmqlab.stage import Stage as Stage

HOMES = {
    "Ecdf": "zmqlab.draw.plots",
    "Fates": "zmqlab.draw.strip",
    "Gantt": "zmqlab.draw.timeline",
    "Ledger": "zmqlab.draw.ledger",
    "Matrix": "zmqlab.draw.matrix",
    "Meter": "zmqlab.run.measure",
    "Octets": "zmqlab.net.octets",
    "Outcome": "zmqlab.draw.matrix",
    "Paths": "zmqlab.draw.paths",
    "Plot": "zmqlab.draw.plots",
    "Programs": "zmqlab.run.programs",
    "Relay": "zmqlab.net.relay",
    "Slider": "zmqlab.draw.slider",
    "Spread": "zmqlab.run.measure",
    "Stage": "zmqlab.stage",
    "States": "zmqlab.draw.states",
    "Strip": "zmqlab.draw.strip",
    "Tally": "zmqlab.draw.tally",
    "Timeline": "zmqlab.draw.timeline",
    "Wiretap": "zmqlab.net.wiretap",
    "check": "zmqlab.exercises.checks",
    "compiled": "zmqlab.run.native",
    "cores": "zmqlab.draw.machine",
    "free_endpoint": "zmqlab.run.endpoints",
    "free_endpoints": "zmqlab.run.endpoints",
    "full": "zmqlab.run.measure",
    "idea": "zmqlab.draw.ideas",
    "join": "zmqlab.classroom.learner",
    "leave": "zmqlab.classroom.learner",
    "local_endpoint": "zmqlab.run.endpoints",
    "must": "zmqlab.run.conditions",
    "vote": "zmqlab.classroom.learner",
}
"""Where each public name lives; the build reads it to know what a lesson depends on."""

__all__ = [*HOMES]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'zmqlab' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
