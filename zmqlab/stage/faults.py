"""Faults on purpose: a socket that ends as a dying process ends it."""

from __future__ import annotations

import zmq.asyncio

from zmqlab.record import Kind
from zmqlab.run.endpoints import port_is_free
from zmqlab.stage.recorder import Recorder
from zmqlab.story import tell
from zmqlab.words.language import Text, kernel_language


async def crash(recorder: Recorder, socket: zmq.asyncio.Socket, within: float = 5.0) -> None:
    """Close a socket as a dying process does: at once, with all that it holds.

    Returns when its tcp ports are free again and the sockets of the recorder that were connected
    to it have noticed. A socket that is closed already is left alone. For tcp and ipc only: inproc
    stays within one process, which dies with both of its ends.

    Parameters
    ----------
    recorder : Recorder
        The stage.
    socket : zmq.asyncio.Socket
        A socket of it.
    within : float, optional
        Seconds to wait at most for each of these.

    Raises
    ------
    TimeoutError
        If a port is still taken or a peer still connected by then.
    ValueError
        If the socket is bound or connected over inproc.
    """
    watch = recorder.watch_of(socket, "socket")
    if socket.closed:
        return
    name = watch.named()
    places = _bound(recorder, watch.actor.number, name)
    peers = _peers(recorder, watch.actor.number)
    before = {
        other: other.downs
        for other in recorder.watches
        if other.actor.number in peers and other.connections and other.monitor is not None
    }
    socket.close(linger=0)
    for place in places:
        if place.startswith("tcp://"):
            await _freed(place, within)
    late = Text(
        en=f"has not noticed the end of {name['en']}",
        ko=f"상대({name['ko']})가 끝난 것을 알아차리지 못했습니다",
    )
    for peer, downs in before.items():
        await recorder.noticed(peer, downs, within, late)


def _bound(recorder: Recorder, number: int, name: Text) -> list[str]:
    """The endpoints that the socket has bound; raise if it uses inproc."""
    places: list[str] = []
    for event in recorder.record().events:
        if event.actor != number:
            continue
        if event.kind is Kind.BIND:
            places.append(event.endpoint)
        elif event.kind is Kind.UNBIND and event.endpoint in places:
            places.remove(event.endpoint)
        if event.kind in (Kind.BIND, Kind.CONNECT) and event.endpoint.startswith("inproc:"):
            raise ValueError(
                f"{name['en']} uses {event.endpoint}, and inproc can't crash alone: "
                "both of its ends are in one process. Close the socket, or use tcp or ipc"
            )
    return places


def _peers(recorder: Recorder, number: int) -> set[int]:
    """The sockets of the stage that are connected to it now."""
    live = [link for link in tell(recorder.record()).links if link.up and not link.until]
    peers = {link.binder for link in live if link.connector == number}
    return peers | {link.connector for link in live if link.binder == number}


async def _freed(place: str, within: float) -> None:
    try:
        await port_is_free(place, within)
    except TimeoutError:
        text = Text(
            en=f"{place} is still taken, {within:g} s after its socket was closed",
            ko=f"{place}: 소켓을 닫고 {within:g}초가 지나도 비지 않았습니다",
        )
        raise TimeoutError(text[kernel_language()]) from None
