"""PUSH to PULL."""


def test_work_is_handed_out_and_collected(socket, link, drain):
    pushes, pulls = [socket("PUSH") for _ in range(2)], [socket("PULL") for _ in range(2)]
    wires = [link(push, pull) for push in pushes for pull in pulls]
    for n in range(4):
        for push in pushes:
            push.send([b"%d" % n])
    for wire in wires:
        wire.carry()
    assert [sorted(drain(pull)) for pull in pulls] == [
        [[b"0"], [b"0"], [b"2"], [b"2"]],
        [[b"1"], [b"1"], [b"3"], [b"3"]],
    ]


def test_marks_on_both_sides_add_up_and_nothing_is_lost(socket, link, drain):
    """libzmq over inproc, 4 and 4: eight are taken, the ninth blocks."""
    push, pull = socket("PUSH", sndhwm=4), socket("PULL", rcvhwm=4)
    wire = link(push, pull)
    sent = 0
    while push.send([b"%d" % sent]):
        wire.carry()
        sent += 1
    assert sent == 8
    received = drain(pull)
    wire.carry()
    assert push.can_send()
    received += drain(pull)
    assert received == [[b"%d" % n] for n in range(8)]


def test_conflate_keeps_one_message_of_each_peer(socket, link, drain):
    """libzmq: a PULL with CONFLATE and two PUSH received the last message of each."""
    pull, pushes = socket("PULL", conflate=True, rcvhwm=5), [socket("PUSH") for _ in range(2)]
    wires = [link(push, pull) for push in pushes]
    for i, push in enumerate(pushes):
        for n in range(5):
            push.send([b"%d-%d" % (i, n)])
    for wire in wires:
        wire.carry()
    assert drain(pull) == [[b"0-4"], [b"1-4"]]


def test_conflate_keeps_one_message_for_a_peer_that_is_not_there(socket):
    """libzmq: of three messages sent before the connection, the third arrived."""
    push = socket("PUSH", conflate=True, sndhwm=2)
    pipe = push.pipe()
    push.attach(pipe)
    for n in range(3):
        assert push.send([b"%d" % n])
    assert list(pipe.outbound) == [[b"2"]]
