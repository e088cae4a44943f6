"""The record: as JSON and back, in the form of its schema; what is drawn of it is the same."""

import asyncio
import json
import re
import subprocess
import sys

import jsonschema
import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st

from zmqlab.draw.sequence import Sequence
from zmqlab.draw.svg import NARROW, WIDE
from zmqlab.draw.topology import Topology
from zmqlab.record import HEAD, SCHEMA, Event, Kind, Moment, Record, remember
from zmqlab.stage import Stage
from zmqlab.story import tell


def run(scenario):
    async def limited():
        async with asyncio.timeout(20):
            return await scenario()

    return asyncio.run(limited())


async def eventful():
    """A run with a bit of everything: waiting, lost, refused, long and binary frames."""
    stage = Stage()
    context = stage.context()
    client, server = context.socket(zmq.REQ), context.socket(zmq.REP)
    stage.name(client=client, server=server, outside="tcp://127.0.0.1:9")
    server.bind("tcp://127.0.0.1:*")
    client.connect(server.last_endpoint.decode())
    await client.send(b"Hello")
    with pytest.raises(zmq.ZMQError):
        await client.send(b"again")
    await server.recv()
    await server.send_multipart([b"\x00\xff", "안녕".encode() * 80])
    await client.recv_multipart()
    await client.send(b"lost with its server")
    await server.recv()
    await stage.crash(server)
    await client.poll(50)
    waiting = client.recv()
    record = stage.record()
    waiting.cancel()
    context.destroy(linger=0)
    return record


@pytest.fixture(scope="module")
def record():
    return run(eventful)


def test_a_record_that_was_written_and_read_is_equal(record):
    assert {Kind.RETRY, Kind.GAVE_UP, Kind.CLOSE} & {event.kind for event in record.events}
    assert record.waits and record.outside
    assert Record.from_json(record.to_json()) == record


def test_the_json_has_the_form_of_its_schema(record):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    plain = json.loads(record.to_json())
    jsonschema.validate(plain, SCHEMA)
    plain["events"][0]["colour"] = "red"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain, SCHEMA)


def test_times_begin_with_the_stage(record):
    assert all(0 <= event.at.time < 20 for event in record.events)
    numbers = [event.at.order for event in record.events]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("kind", [Sequence, Topology])
@pytest.mark.parametrize("form", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_picture_of_the_json_is_the_one_drawn_live(record, kind, form, language):
    live, read = kind(tell(record)), kind(tell(Record.from_json(record.to_json())))
    assert read.svg(language, form) == live.svg(language, form)
    assert read._repr_html_() == live._repr_html_()


def test_each_drawn_part_and_each_sentence_carries_its_events_number(record):
    picture = Sequence(tell(record))
    known = {event.at.order for event in record.events}
    known |= {wait.began.order for wait in record.waits}
    told = {line.event for line in picture.told("en")}
    assert told <= known
    for form in (WIDE, NARROW):
        drawn = {int(n) for n in re.findall(r'data-event="(\d+)"', picture.svg("en", form))}
        assert {mark.number for mark in picture.items} <= drawn <= known
        receipts = {event.at.order for event in record.events if event.kind is Kind.RECEIVE}
        assert receipts <= drawn
    assert set(map(int, re.findall(r'<li data-event="(\d+)"', picture.html("en")))) == told


@given(st.binary(max_size=2 * HEAD), st.floats(0, 1e6), st.integers(1, 10**6))
def test_any_frame_survives(octets, time, order):
    at = Moment(order, time)
    event = Event(Kind.SEND, 0, at, frames=(remember(octets),), note="blocked", began=at)
    record = Record([], [event], [], [], {}, 0, at)
    assert Record.from_json(record.to_json()) == record


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "zmqlab.record", "version": 2}'])
def test_what_is_no_record_is_refused(text):
    with pytest.raises(ValueError, match="record"):
        Record.from_json(text)


def test_it_imports_nothing_of_ours():
    program = "import sys, zmqlab.record; print(*[m for m in sys.modules if 'zmq' in m])"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout.split() == ["zmqlab", "zmqlab.record"], told.stderr
