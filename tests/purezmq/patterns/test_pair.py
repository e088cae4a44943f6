"""PAIR: the first peer, and no other."""


def test_both_ways(socket, link, drain):
    one, other = socket("PAIR"), socket("PAIR")
    wire = link(one, other)
    one.send([b"there"])
    other.send([b"and", b"back"])
    wire.carry()
    assert drain(other) == [[b"there"]]
    assert drain(one) == [[b"and", b"back"]]


def test_a_second_peer_is_ignored_also_after_the_first_left(socket, link, drain):
    """libzmq: the second one's handshake succeeds, it can send, and nothing of it ever arrives."""
    pair, first, second = socket("PAIR"), socket("PAIR"), socket("PAIR")
    taken, refused = link(pair, first), link(pair, second)
    assert second.send([b"unheard"])
    pair.send([b"for the first"])
    taken.carry()
    refused.carry()
    assert drain(pair) == []
    assert drain(first) == [[b"for the first"]]
    assert drain(second) == []
    taken.cut()
    second.send([b"unheard too"])
    refused.carry()
    assert drain(pair) == []
    assert not pair.can_send()
    refused.cut()


def test_a_peer_that_comes_after_the_first_left_is_taken(socket, link, drain):
    """Unlike libzmq, also while something of the first one is still to be received."""
    pair, first, second = socket("PAIR"), socket("PAIR"), socket("PAIR")
    wire = link(pair, first)
    first.send([b"left behind"])
    wire.carry()
    wire.cut()
    wire = link(pair, second)
    second.send([b"new"])
    wire.carry()
    assert drain(pair) == [[b"left behind"], [b"new"]]


def test_it_blocks_when_its_peer_is_full(socket, link):
    pair = socket("PAIR", sndhwm=2)
    wire = link(pair, socket("PAIR"))
    assert [pair.send([b""]) for _ in range(3)] == [True, True, False]
    wire.carry()
    assert pair.send([b""])
