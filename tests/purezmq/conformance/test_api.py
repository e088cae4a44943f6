"""Name for name: what pyzmq has is here, or in the list of what is not, with its reason.

Both ways: a name of that list which has come to be there has to leave it.
"""

import asyncio
import inspect
import sys
from types import ModuleType

import pytest
import zmq
import zmq.asyncio
import zmq.error
import zmq.utils.monitor

import purezmq
import purezmq.asyncio
from web.site.differences import ABSENT

# What pyzmq's modules happen to show of how they are written.
INSIDE = {"Enum", "annotations", "contextmanager"}


def public(thing):
    return {name for name in dir(thing) if not name.startswith("_")}


def absent(where):
    return {name for row in ABSENT if row.where == where for name in row.names}


PAIRS = {
    "Socket": (zmq.asyncio.Socket, purezmq.asyncio.Socket),
    "Context": (zmq.asyncio.Context, purezmq.asyncio.Context),
    "Poller": (zmq.asyncio.Poller, purezmq.asyncio.Poller),
    "Frame": (zmq.Frame(), purezmq.Frame()),  # some names are there once it is made
}


@pytest.mark.parametrize("kind", PAIRS)
def test_methods(kind):
    theirs, ours = PAIRS[kind]
    there = {name for name in public(theirs) if hasattr(ours, name)}
    assert public(theirs) - there == absent(kind)


@pytest.mark.parametrize(
    "where, theirs, ours",
    [
        ("zmq", zmq, purezmq),
        ("zmq.asyncio", zmq.asyncio, purezmq.asyncio),
        ("zmq.error", zmq.error, purezmq.errors),
        ("zmq.utils.monitor", zmq.utils.monitor, purezmq.asyncio.monitor),
    ],
)
def test_modules(where, theirs, ours):
    wanted = public(theirs) if where == "zmq" else set(theirs.__all__)
    # Whatever is imported becomes an attribute: submodules count only if they are listed.
    modules = {name for name in wanted if isinstance(getattr(theirs, name), ModuleType)}
    wanted -= modules - absent(where)
    there = {name for name in wanted if hasattr(ours, name)}
    missing = wanted - there - INSIDE
    assert missing == absent(where) or (where == "zmq.error" and missing <= absent("zmq"))


def parameters(function):
    """Names and order of what a program can give; None where pyzmq's compiled part hides it."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)
    # pyzmq calls an option's number "key" in `get`, and "option" everywhere else.
    return [one.name.replace("key", "option") for one in found if one.kind in named]


@pytest.mark.parametrize("kind", PAIRS)
def test_arguments_stand_in_the_same_order(kind):
    theirs, ours = PAIRS[kind]
    for name in sorted(public(theirs) & public(ours)):
        wanted = parameters(getattr(theirs, name))
        if wanted is not None and inspect.isroutine(getattr(theirs, name)):
            given = parameters(getattr(ours, name))
            if given is None:  # pyzmq has a method of this name, we an option that can be called
                assert name in ("subscribe", "unsubscribe"), name
                continue
            assert given[: len(wanted)] == wanted, (name, wanted, given)


def known(package, option, kinds):
    """Whether some type of socket can be asked for an option, or told it."""
    context = package.asyncio.Context()
    try:
        for kind in kinds:
            one = context.socket(getattr(package, kind))
            acts = [lambda one=one: one.get(option)]
            acts += [lambda one=one, v=v: one.set(option, v) for v in (0, 1, b"", b"x", bytes(32))]
            for act in acts:
                try:
                    act()
                except (package.ZMQError, TypeError, NotImplementedError):
                    continue
                return True
        return False
    finally:
        context.destroy(linger=0)


def test_options():
    async def main():
        kinds = ["DEALER", "SUB", "XPUB", "ROUTER", "REQ"]
        missing = {
            option.name
            for option in zmq.SocketOption
            if known(zmq, option, [*kinds, "STREAM"]) and not known(purezmq, option, kinds)
        }
        listed = absent("SocketOption")
        missing.remove("FD")  # test_differences_live.py has it
        assert missing <= listed
        if sys.platform.startswith("linux"):  # elsewhere libzmq may know fewer
            assert missing == listed
        with purezmq.asyncio.Context() as context:
            one = context.socket(purezmq.DEALER)
            for name in listed:
                with pytest.raises(NotImplementedError, match=name):
                    one.get(purezmq.SocketOption[name])

    asyncio.run(main())


def test_a_missing_mechanism_says_so():
    assert zmq.has("curve") and not purezmq.has("curve")
    with pytest.raises(NotImplementedError, match="CURVE"):
        purezmq.curve_keypair()
