"""Endpoints: what is read from them, and one clear error for each that is none."""

import errno

import pytest

from purezmq.constants import Errno
from purezmq.errors import ZMQError
from purezmq.transport.endpoint import Endpoint, parse, tcp

WRONG = {
    "": Errno.EINVAL,
    "tcp": Errno.EINVAL,
    "tcp://": Errno.EINVAL,
    "tcp:/127.0.0.1:1": Errno.EINVAL,
    "tcp://127.0.0.1": Errno.EINVAL,
    "tcp://127.0.0.1:": Errno.EINVAL,
    "tcp://127.0.0.1:x": Errno.EINVAL,
    "tcp://127.0.0.1:-1": Errno.EINVAL,
    "tcp://127.0.0.1:65536": Errno.EINVAL,
    "tcp://127.0.0.1:5555x": Errno.EINVAL,
    "tcp://127.0.0.1:٣": Errno.EINVAL,
    "tcp://a b:5": Errno.EINVAL,
    "tcp://*:*:5": Errno.EINVAL,
    "ipc://": Errno.EINVAL,
    "inproc://": Errno.EINVAL,
    "://x": Errno.EINVAL,
    "TCP://127.0.0.1:1": Errno.EPROTONOSUPPORT,
    "foo://bar": Errno.EPROTONOSUPPORT,
    "pgm://x:1": Errno.EPROTONOSUPPORT,
    "ws://127.0.0.1:1": Errno.EPROTONOSUPPORT,
    "udp://127.0.0.1:4": Errno.ENOCOMPATPROTO,
}


@pytest.mark.parametrize("bind", [True, False])
def test_what_is_no_endpoint_is_refused(bind):
    for text, number in WRONG.items():
        with pytest.raises(ZMQError) as caught:
            parse(text, bind=bind)
        assert caught.value.errno == number, text


@pytest.mark.parametrize("text", ["tcp://127.0.0.1:*", "tcp://*:5555", "tcp://*:*"])
def test_wildcards_are_for_bind(text):
    parse(text, bind=True)
    with pytest.raises(ZMQError, match="Invalid argument"):
        parse(text)


def test_bind_needs_a_host():
    assert parse("tcp://:5555").host == ""
    with pytest.raises(ZMQError) as caught:
        parse("tcp://:5555", bind=True)
    assert caught.value.errno == errno.ENODEV


def test_what_is_read():
    assert parse("tcp://127.0.0.1:5555") == Endpoint("tcp", "127.0.0.1", 5555)
    assert parse("tcp://host.example:0") == Endpoint("tcp", "host.example", 0)
    assert parse("tcp://[::1]:9") == Endpoint("tcp", "::1", 9)
    assert parse("tcp://[fe80::1%eth0]:9") == Endpoint("tcp", "fe80::1%eth0", 9)
    assert parse("tcp://*:*", bind=True) == Endpoint("tcp", "*", 0)
    assert parse("ipc://@name") == Endpoint("ipc", path="@name")
    assert parse("ipc:///run/x y") == Endpoint("ipc", path="/run/x y")
    assert parse("inproc://a:b://c") == Endpoint("inproc", path="a:b://c")


def test_a_local_address_to_connect_from_is_not_here():
    with pytest.raises(ZMQError, match="Invalid argument"):
        parse("tcp://1.2.3.4:0;5.6.7.8:9")


def test_ipv6_addresses_get_brackets():
    assert tcp("::1", 5) == "tcp://[::1]:5"
    assert tcp("0.0.0.0", 5) == "tcp://0.0.0.0:5"
