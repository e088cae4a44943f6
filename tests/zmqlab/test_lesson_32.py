"""The checker of lesson 32: what it lets pass, and what it says to the rest."""

import pytest

from zmqlab import check

NAME = "32 a small memory"


def unwritten(memory, stream, number): ...


def counts_up(memory, stream, number):
    upto, beyond = memory.get(stream, (0, set()))
    if number <= upto or number in beyond:
        return False
    beyond.add(number)
    while upto + 1 in beyond:
        upto += 1
        beyond.remove(upto)
    memory[stream] = (upto, beyond)
    return True


def keeps_gaps(memory, stream, number):
    """Another way: the highest so far, and the numbers missing below it."""
    highest, missing = memory.get(stream, (0, []))
    if number <= highest and number not in missing:
        return False
    missing = [*missing, *range(highest + 1, number)] if number > highest else missing
    memory[stream] = (max(highest, number), [one for one in missing if one != number])
    return True


def remembers_all(memory, stream, number):
    seen = memory.setdefault(stream, set())
    if number in seen:
        return False
    seen.add(number)
    return True


def believes_everybody(memory, stream, number):
    return True


def remembers_the_highest(memory, stream, number):
    if number <= memory.get(stream, 0):
        return False
    memory[stream] = number
    return True


def mixes_streams(memory, stream, number):
    return counts_up(memory, b"", number)


def remembers_the_last_hundred(memory, stream, number):
    last = memory.setdefault(stream, [])
    if number in last:
        return False
    last.append(number)
    del last[:-100]
    return True


def forgets_to_clean(memory, stream, number):
    upto, beyond = memory.get(stream, (0, set()))
    if number <= upto or number in beyond:
        return False
    beyond.add(number)
    if number == upto + 1:
        upto = number
    memory[stream] = (upto, beyond)
    return True


def leaves_what_overtook(memory, stream, number):
    upto, beyond = memory.get(stream, (0, set()))
    if number <= upto or number in beyond:
        return False
    if number == upto + 1:
        upto = number
        while upto + 1 in beyond:
            upto += 1
    else:
        beyond.add(number)
    memory[stream] = (upto, beyond)
    return True


KEPT: dict = {}


def keeps_it_elsewhere(memory, stream, number):
    if number == 1 and stream == b"anna" and not memory:
        KEPT.clear()
    return counts_up(KEPT, stream, number)


def says_nothing(memory, stream, number):
    counts_up(memory, stream, number)


async def waits(memory, stream, number):
    return counts_up(memory, stream, number)


@pytest.mark.parametrize("answer", [counts_up, keeps_gaps])
def test_a_right_answer_passes(answer) -> None:
    verdict = check(NAME, answer)
    assert verdict, verdict.text("en")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (remembers_all, "10,000 in a row"),
        (believes_everybody, "Some come again"),
        (remembers_the_highest, "3 overtakes 1 and 2"),
        (mixes_streams, "Two streams"),
        (remembers_the_last_hundred, "shuffled"),
        (forgets_to_clean, "10,000 in a row"),
        (leaves_what_overtook, "900 to 2 come in reverse"),
        (keeps_it_elsewhere, "Message"),
        (says_nothing, "1, 2, 3, in order"),
        (waits, "waits for nothing"),
    ],
)
def test_another_does_not_and_is_told_why(assert_refused, answer, words) -> None:
    assert_refused(check(NAME, answer), words)


def test_before_anything_is_written(assert_not_yet) -> None:
    assert_not_yet(check(NAME, unwritten))
