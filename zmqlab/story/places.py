"""Endpoints and socket types: who reaches whom."""

from __future__ import annotations

import re

LEGAL = {
    "REQ": {"REP", "ROUTER"},
    "REP": {"REQ", "DEALER"},
    "DEALER": {"REP", "DEALER", "ROUTER"},
    "ROUTER": {"REQ", "DEALER", "ROUTER"},
    "PUB": {"SUB", "XSUB"},
    "XPUB": {"SUB", "XSUB"},
    "SUB": {"PUB", "XPUB"},
    "XSUB": {"PUB", "XPUB"},
    "PUSH": {"PULL"},
    "PULL": {"PUSH"},
    "PAIR": {"PAIR"},
}
"""Which types speak to each other, by the ZeroMQ RFCs 28 to 31."""

EPHEMERAL = 32768
"""The first port that a system chooses by itself."""


def transport(endpoint: str) -> str:
    """The transport of an endpoint: tcp, ipc, inproc."""
    return endpoint.partition("://")[0]


def reaches(connected: str, bound: str) -> bool:
    """Whether a connection to one endpoint arrives at a socket that is bound to the other."""
    if connected == bound:
        return True
    if transport(connected) != "tcp" or transport(bound) != "tcp":
        return False
    host, port = _host_and_port(connected)
    own_host, own_port = _host_and_port(bound)
    return port == own_port and (host == own_host or own_host in ("0.0.0.0", "::", "*"))


def meet(one: str, other: str) -> bool:
    """Whether two endpoints are the same place, whichever of them is the bound one."""
    return reaches(one, other) or reaches(other, one)


def _host_and_port(endpoint: str) -> tuple[str, str]:
    address = endpoint.partition("://")[2].rpartition(";")[2]
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    return ("127.0.0.1" if host in ("localhost", "::1") else host), port


def masked(endpoint: str) -> str:
    """An endpoint without a port that the system chose, so that texts stay the same."""
    found = re.fullmatch(r"(tcp://.*:)(\d+)", endpoint)
    return found[1] + "*" if found and int(found[2]) >= EPHEMERAL else endpoint


def plain(endpoint: str) -> str:
    """An endpoint as it is shown: without the context of inproc, of a file's path the name."""
    shown = endpoint.partition("#")[0]
    if shown.startswith("ipc://") and "/" in shown[6:]:
        return f"ipc://…/{shown.rpartition('/')[2]}"
    return shown


def short(endpoint: str) -> str:
    """An endpoint where there is little room: ``:5555`` where the host says nothing."""
    how, _, address = plain(endpoint).partition("://")
    if how == "tcp":
        host, _, port = address.rpartition(":")
        return f":{port}" if host in ("127.0.0.1", "localhost", "0.0.0.0", "*") else address
    text = f"{how}://{address}"
    return text if len(text) <= 26 else text[:25] + "…"
