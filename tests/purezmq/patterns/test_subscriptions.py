"""Prefixes against the plainest model there is."""

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purezmq.patterns import Pipe
from purezmq.patterns.subscriptions import FEW, Subscribers, Subscriptions

WORDS = st.text("AB", max_size=4).map(str.encode)


@given(st.lists(st.tuples(st.booleans(), WORDS)), st.lists(WORDS))
def test_a_subscriber_against_a_list(changes, topics):
    wanted, model = Subscriptions(), []
    for add, prefix in changes:
        if add:
            wanted.add(prefix)
            model.append(prefix)
        else:
            last = model.count(prefix) == 1
            assert wanted.remove(prefix) is last
            if prefix in model:
                model.remove(prefix)
    assert set(wanted.values) == set(model)
    assert set(wanted.lengths) == {len(prefix) for prefix in model}
    for topic in topics:
        assert wanted.match(topic) is any(map(topic.startswith, model))
    messages = [[topic, b"body"] for topic in topics]
    for unwanted in (False, True):
        left = [each for each in messages if wanted.match(each[0]) is not unwanted]
        assert wanted.select(messages, unwanted) == left


@pytest.mark.parametrize("prefixes", [0, 1, FEW, FEW + 1, 100])
def test_few_prefixes_and_many_select_alike(prefixes):
    wanted = Subscriptions()
    for n in range(prefixes):
        wanted.add(b"%03d" % n)
    messages = [[b"%03d.more" % n] for n in range(200)] + [[b""], [b"00"]]
    assert wanted.select(messages, False) == messages[:prefixes]
    assert wanted.select(messages, True) == messages[prefixes:]
    wanted.add(b"")
    assert wanted.select(messages, False) == messages
    assert wanted.select(messages, True) == []


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from(["add", "remove", "leave"]), st.integers(0, 2), WORDS)),
    st.lists(WORDS),
)
def test_a_publisher_against_a_list(changes, topics):
    pipes = [Pipe() for _ in range(3)]
    subscribers, model = Subscribers(), []
    for change, number, prefix in changes:
        pipe, entry = pipes[number], (prefix, number)
        others = any(held == prefix for held, holder in model if holder != number)
        if change == "add":
            assert subscribers.add(prefix, pipe) is (not others and entry not in model)
            if entry not in model:
                model.append(entry)
        elif change == "remove":
            last = not others if entry in model else None
            assert subscribers.remove(prefix, pipe) is last
            if entry in model:
                model.remove(entry)
        else:
            held = [held for held, holder in model if holder == number]
            assert subscribers.held_by(pipe) == held
            for one in held:
                assert subscribers.remove(one, pipe) is not None
            model = [entry for entry in model if entry[1] != number]
    assert set(subscribers.values) == {prefix for prefix, _ in model}
    assert set(subscribers.lengths) == {len(prefix) for prefix, _ in model}
    for topic in topics:
        found = list(subscribers.match(topic))
        expected = {pipes[number] for prefix, number in model if topic.startswith(prefix)}
        assert set(found) == expected
        assert len(found) == len(expected), "each once"


def test_two_subscribers_with_overlapping_prefixes_stay_apart():
    one, other = Pipe(), Pipe()
    subscribers = Subscribers()
    subscribers.add(b"", one)
    subscribers.add(b"A", other)
    assert set(subscribers.match(b"A")) == {one, other}
    assert set(subscribers.match(b"B")) == {one}
    assert set(subscribers.match(b"A")) == {one, other}


def test_nobody_is_found_among_no_subscribers():
    assert not subscribers_of(0).match(b"topic")


def subscribers_of(count):
    subscribers = Subscribers()
    for n in range(count):
        subscribers.add(b"%05d" % n, Pipe())
    return subscribers


def test_subscribers_that_do_not_match_cost_nothing():
    """The least of many short runs, so that a busy machine doesn't matter; 10,000 against 10."""

    def cost(subscribers):
        least = 1.0
        for _ in range(200):
            start = perf_counter()
            for _ in range(50):
                subscribers.match(b"00007 and more")
            least = min(least, perf_counter() - start)
        return least

    few, many = subscribers_of(10), subscribers_of(10_000)
    assert len(many.match(b"00007 and more")) == 1
    assert cost(many) < 3 * cost(few)
