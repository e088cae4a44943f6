"""Drivers with a REQ and with a DEALER socket, a centre that knows them by name; envelopes."""

import re

import pytest
import zmq

ANY = "tcp://127.0.0.1:*"
CENTRE, REQ, DEALER, IDENTITY = (
    f"envelopes/{name}.py" for name in ("centre", "rtreq", "rtdealer", "identity")
)


def test_both_kinds_of_drivers_work_for_one_centre(start) -> None:
    centre = start(CENTRE, "--bind", ANY, "--trips", "8", "--drivers", "2")
    drivers = [start(kind, "--connect", *centre.endpoints) for kind in (REQ, DEALER)]
    status, lines, errors = centre.end()
    assert (status, errors) == (0, "")
    trips = [line.split(": trip ") for line in lines if ": trip " in line]
    assert [int(number) for _, number in trips] == [*range(1, 9)]
    counts = {name: sum(who == name for who, _ in trips) for name in ("anna", "ben")}
    assert lines[-1] == f"trips: anna {counts['anna']}, ben {counts['ben']}"
    for driver, name in zip(drivers, counts, strict=True):
        status, got, errors = driver.end()
        assert (status, errors) == (0, "")
        own = [f"{name} got trip {number}" for who, number in trips if who == name]
        assert got == [*own, f"{name} got go home"]


@pytest.mark.parametrize(("program", "name"), [(REQ, b"anna"), (DEALER, b"ben")])
def test_a_driver_writes_an_empty_frame_after_his_name(start, peer, program, name) -> None:
    router = peer(zmq.ROUTER)
    driver = start(program, "--connect", router.get_string(zmq.LAST_ENDPOINT))
    assert router.recv_multipart() == [name, b"", b"free"]
    router.send_multipart([name, b"", b"trip 1"])
    assert driver.line("trip").endswith(" got trip 1")
    assert router.recv_multipart() == [name, b"", b"free"]
    router.send_multipart([name, b"", b"go home"])
    assert driver.end()[0] == 0


@pytest.mark.parametrize("program", [REQ, DEALER])
@pytest.mark.parametrize("name", ["", "x" * 256])
def test_a_name_that_no_socket_takes_is_refused(run, program, name) -> None:
    done = run(program, "--name", name)
    assert done.returncode == 2
    assert f"needs a name of 1 to 255 bytes, not of {len(name)}" in done.stderr


def test_a_driver_who_comes_back_has_his_name(start) -> None:
    centre = start(CENTRE, "--bind", ANY, "--trips", "1000", "--drivers", "1")
    first = start(REQ, "--connect", *centre.endpoints, "--work", "1000")
    first.line("got trip 1")
    again = start(REQ, "--connect", *centre.endpoints)  # while the first one is connected
    assert again.line("got") == "anna got trip 2"


def test_the_envelopes_of_four_peers(run) -> None:
    done = run(IDENTITY)
    made_up = r"00( [0-9a-f]{2}){4}"
    wanted = (
        rf"REQ without: {made_up} \| \(empty\) \| hello",
        r"REQ with a name: anna \| \(empty\) \| hello",
        rf"DEALER without: {made_up} \| hello",
        r"DEALER with a name: ben \| hello",
    )
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr, len(lines)) == (0, "", 4)
    for line, pattern in zip(lines, wanted, strict=True):
        assert re.fullmatch(pattern, line)
