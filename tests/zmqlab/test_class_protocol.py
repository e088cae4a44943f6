"""The class's protocol: a table of messages as bytes, and what is none.

Another program that wants to talk to a board, or to be one, has to pass the table below.
"""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zmqlab.classroom import protocol
from zmqlab.classroom.protocol import (
    Hand,
    Hello,
    Malformed,
    Reason,
    Refused,
    Report,
    Result,
    State,
    Tried,
    Vote,
    Welcome,
    clean_name,
)

KEY = "0123456789abcdef0123456789abcdef"
RUN = "89abcdef"

CONFORMANCE = [
    (
        Hello(KEY, "미나", "otter42"),
        [b"ZC1", b"hello", f'{{"key":"{KEY}","name":"미나","code":"otter42"}}'.encode()],
    ),
    (
        Welcome(RUN, "Mina 2", 5601, 5602),
        [
            b"ZC1",
            b"welcome",
            b'{"session":"89abcdef","name":"Mina 2","results":5601,"state":5602}',
        ],
    ),
    (Refused(Reason.FULL), [b"ZC1", b"refused", b'{"reason":"full"}']),
    (
        Report(KEY, RUN, 3, {"01 ask again": Tried(Result.NOT_RIGHT, 2)}, Hand(1, 4)),
        [
            b"ZC1",
            b"report",
            f'{{"key":"{KEY}","run":"89abcdef","version":3,'
            '"checks":{"01 ask again":["not right",2]},"hand":[1,4]}'.encode(),
        ],
    ),
    (
        Report(KEY, RUN, 0),
        [
            b"ZC1",
            b"report",
            f'{{"key":"{KEY}","run":"89abcdef","version":0,"checks":{{}},"hand":null}}'.encode(),
        ],
    ),
    (
        State(RUN, {"01234567": 9}, Vote(2, 3, 5, (1, 4, 0))),
        b'ZC1 state {"session":"89abcdef","heard":{"01234567":9},'
        b'"vote":{"question":2,"answers":3,"raised":5,"counts":[1,4,0]}}',
    ),
    (State(RUN), b'ZC1 state {"session":"89abcdef","heard":{},"vote":null}'),
]
WRITERS = {
    Hello: protocol.write_hello,
    Welcome: protocol.write_welcome,
    Refused: protocol.write_refused,
    Report: protocol.write_report,
    State: protocol.write_state,
}
READERS = {
    Hello: protocol.read_hello,
    Welcome: protocol.read_answer,
    Refused: protocol.read_answer,
    Report: protocol.read_report,
    State: protocol.read_state,
}


@pytest.mark.parametrize(("message", "wire"), CONFORMANCE)
def test_a_message_and_its_bytes(message, wire):
    assert WRITERS[type(message)](message) == wire
    assert READERS[type(message)](wire) == message


def body_of(wire):
    return json.loads(wire[-1] if isinstance(wire, list) else wire.removeprefix(protocol.STATE))


def with_body(wire, body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return [*wire[:2], data] if isinstance(wire, list) else protocol.STATE + data


def read(message, wire):
    return READERS[type(message)](wire)


@pytest.mark.parametrize(("message", "wire"), CONFORMANCE)
def test_every_field_is_needed_and_no_other(message, wire):
    body = body_of(wire)
    for name in body:
        with pytest.raises(Malformed):
            read(message, with_body(wire, {key: body[key] for key in body if key != name}))
        for value in ([], {}, 1.5, True, "\x1b[2J", -1, 2**80, "x" * 70, [[]], {"": 0}):
            lied = with_body(wire, {**body, name: value})
            try:
                read(message, lied)
            except Malformed:
                continue
            # What is let through is a value of the field's own kind.
            assert (name, value) in [
                ("code", "\x1b[2J"), ("heard", {}), ("checks", {})
            ]  # fmt: skip
    with pytest.raises(Malformed):
        read(message, with_body(wire, {**body, "more": 1}))


@pytest.mark.parametrize(("message", "wire"), CONFORMANCE)
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"\xff\xfe", b"NaN", b"[" * 9000, b'{"a":' * 2000,
        b"9" * 9000, b'"' + b"x" * 300_000 + b'"',
    ],
)  # fmt: skip
def test_bytes_that_are_no_message(message, wire, body):
    with pytest.raises(Malformed):
        read(message, with_body(wire, body))


@pytest.mark.parametrize(("message", "wire"), CONFORMANCE)
def test_other_frames(message, wire):
    if isinstance(wire, bytes):
        others = [b"", wire[1:], b"ZC2" + wire[3:]]
    else:
        others = [[], wire[:2], [*wire, b""], [b"ZC2", *wire[1:]], [wire[0], b"hallo", wire[2]]]
    for other in others:
        with pytest.raises(Malformed):
            read(message, other)


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_nothing_but_malformed_is_raised(frames):
    for reader in (protocol.read_hello, protocol.read_answer, protocol.read_report):
        with pytest.raises(Malformed):
            reader(frames)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@given(st.sampled_from(CONFORMANCE), st.data())
def test_any_json_in_any_field(row, data):
    message, wire = row
    body = body_of(wire)
    body[data.draw(st.sampled_from(sorted(body)))] = data.draw(JSON)
    try:
        value = read(message, with_body(wire, body))
    except Malformed:
        return
    again = WRITERS[type(value)](value)
    assert READERS[type(value)](again) == value


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Mina  Kim ", "Mina Kim"),
        ("e\u0301", "é"),
        ("\u1106\u1175\u1102\u1161", "미나"),
        ("[red]Bo[/red]", "[red]Bo[/red]"),
        ("🦦", "🦦"),
    ],
)
def test_names(typed, shown):
    assert clean_name(typed) == shown


@pytest.mark.parametrize(
    "name",
    [
        "", "   ", "x" * 25, "a\nb", "\x1b[31mred", "a\u202eb", "a\u200bb", "a\u00a0b", "\ud800",
        "a\u0301\u0302\u0303\u0304", "\u0301a", "a\tb", "\ufeff", "\u2028",
    ],
)  # fmt: skip
def test_names_that_a_terminal_would_not_show(name):
    with pytest.raises(Malformed):
        clean_name(name)


def test_the_largest_report_fits():
    checks = {f"{n:02} " + "x" * 48: Tried(Result.NOT_RIGHT, 1_000_000) for n in range(100)}
    report = Report(KEY, RUN, 2**53, checks, Hand(2**53, 6))
    frames = protocol.write_report(report)
    assert len(frames[2]) < protocol.LARGEST_REPORT
    assert protocol.read_report(frames) == report
    with pytest.raises(Malformed):
        more = replace(report, checks={**checks, "00 one more": Tried(Result.PASSED, 1)})
        protocol.read_report(protocol.write_report(more))
