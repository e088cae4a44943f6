import zmq

ANY = "tcp://127.0.0.1:*"
PUBLISHER = "synchronised_start/publisher.py"
SUBSCRIBER = "synchronised_start/subscriber.py"


def connects(endpoints: list[str]) -> list[str]:
    return [word for endpoint in endpoints for word in ("--connect", endpoint)]


def test_nobody_misses_an_update_although_they_come_one_by_one(start) -> None:
    wanted = ["--subscribers", "3", "--updates", "5000"]
    publisher = start(PUBLISHER, "--bind", ANY, "--bind", ANY, *wanted)
    subscribers = []
    for number, name in enumerate(("anna", "ben", "cleo"), 1):
        subscribers.append(start(SUBSCRIBER, *connects(publisher.endpoints), "--name", name))
        publisher.line(f"{name} is ready: {number} of 3")
    for name, subscriber in zip(("anna", "ben", "cleo"), subscribers, strict=True):
        assert subscriber.end() == (0, [f"{name} got 5000 updates, none missing"], "")
    status, lines, errors = publisher.end()
    assert (status, lines[-1], errors) == (0, "5000 updates published", "")


def test_the_same_subscriber_counts_once(start, peer) -> None:
    publisher = start(PUBLISHER, "--bind", ANY, "--bind", ANY, "--subscribers", "2")
    door = peer(zmq.REQ, connect=publisher.endpoints[1])
    for _ in range(2):
        door.send_string("anna")
        assert door.recv_string() == "welcome"
        publisher.line("anna is ready: 1 of 2")
    feed = peer(zmq.SUB, connect=publisher.endpoints[0])
    assert feed.recv_string() == "hello"
    door.send_string("ben")
    publisher.line("ben is ready: 2 of 2")
    while (update := feed.recv_string()) == "hello":
        pass
    assert update == "1"


def test_a_subscriber_says_that_it_is_ready_only_after_it_has_heard_something(start, peer) -> None:
    feed, door = peer(zmq.XPUB), peer(zmq.REP)
    places = [socket.get_string(zmq.LAST_ENDPOINT) for socket in (feed, door)]
    subscriber = start(SUBSCRIBER, *connects(places), "--name", "anna")
    assert feed.recv() == b"\x01"
    assert not door.poll(300)
    feed.send_string("hello")
    assert door.recv_string() == "anna"
    door.send_string("welcome")
    for update in ("hello", "1", "2", "4", "END"):
        feed.send_string(update)
    status, lines, errors = subscriber.end()
    assert (status, lines) == (1, [])
    assert errors == "subscriber.py: 3 updates, and some are missing\n"


def test_a_subscriber_that_hears_nothing_ends_in_time(run, nobody) -> None:
    done = run(SUBSCRIBER, *connects([nobody, nobody]), "--timeout", "0.2")
    assert (done.returncode, done.stderr) == (
        1,
        "subscriber.py: nothing came for 0.2 s; got 0 updates\n",
    )


def test_each_side_needs_two_endpoints(run, nobody) -> None:
    for program, option, value in ((PUBLISHER, "--bind", ANY), (SUBSCRIBER, "--connect", nobody)):
        done = run(program, option, value)
        assert done.returncode == 2
        assert "two endpoints" in done.stderr
