"""Waits between retries, heartbeats and names that expire, and programs that are given none."""

import random

import pytest

from examples.liveness import Backoff, Heartbeat, Living


def test_waits_double_up_to_the_longest_and_begin_anew_after_a_success():
    backoff = Backoff(first=1, longest=4, chance=random.Random(1))
    planned = [1, 2, 4, 4]
    for wait in planned:
        assert wait / 2 <= backoff.next() <= wait
    backoff.reset()
    assert backoff.next() <= 1


def test_two_clients_that_failed_together_do_not_come_back_together():
    one = Backoff(first=1, longest=8, chance=random.Random(1))
    other = Backoff(first=1, longest=8, chance=random.Random(2))
    assert [one.next() for _ in range(4)] != [other.next() for _ in range(4)]


def test_a_peer_is_dead_after_its_intervals_without_a_word():
    heartbeat = Heartbeat(interval=1, liveness=3, now=10)
    assert not heartbeat.dead(12.9)
    assert heartbeat.dead(13)
    heartbeat.heard(12)
    assert not heartbeat.dead(14.9)
    assert heartbeat.dead(15)


def test_a_heartbeat_is_due_one_interval_after_anything_was_sent():
    heartbeat = Heartbeat(interval=1, liveness=3, now=10)
    assert not heartbeat.due(10.5)
    assert heartbeat.wait(10.5) == 0.5
    assert heartbeat.due(11)
    heartbeat.sent(11)
    assert not heartbeat.due(11.9)
    assert heartbeat.until_due(11.25) == 0.75
    assert heartbeat.wait(20) == 0
    assert heartbeat.until_due(20) == 0


def test_the_name_that_waited_longest_is_taken_first():
    free = Living(lifetime=2)
    free.add("anna", 0)
    free.add("ben", 0)
    free.add("anna", 1)
    assert list(free) == ["ben", "anna"]
    assert free.take() == "ben"
    assert len(free) == 1


def test_nobody_is_left_to_take():
    with pytest.raises(LookupError):
        Living(lifetime=2).take()


def test_a_name_expires_unless_it_was_heard_of():
    free = Living(lifetime=2)
    free.add("anna", 0)
    free.add("ben", 0)
    assert free.keep("anna", 1)
    assert free.expire(2) == ["ben"]
    assert not free.keep("ben", 2)
    assert "ben" not in free
    assert free.expire(2.9) == []
    assert free.expire(3) == ["anna"]


def test_a_name_that_leaves_is_gone():
    free = Living(lifetime=2)
    free.add("anna", 0)
    assert free.remove("anna")
    assert not free.remove("anna")
    assert not list(free)


ANY = "tcp://127.0.0.1:*"
NOBODY = "tcp://127.0.0.1:1"
BEATING = {
    "pirates/ppqueue.py": ("--bind", ANY, "--bind", ANY),
    "pirates/ppworker.py": ("--connect", NOBODY),
    "majordomo/mdbroker.py": ("--bind", ANY),
    "majordomo/mdworker.py": ("--connect", NOBODY),
}
"""Programs with heartbeats, and where they are."""


@pytest.mark.parametrize("program", BEATING)
def test_an_interval_of_nothing_is_refused(run, program):
    done = run(program, *BEATING[program], "--interval", "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--interval has to be more than 0" in done.stderr
