"""Answers that the checks of lesson 32 refuse, each with words that its verdict holds."""

from __future__ import annotations

from typing import Any


def acknowledges_first(payment, book, acknowledge):
    acknowledge(payment)
    book(payment)


def acknowledges_what_is_new(payment, book, acknowledge):
    if book(payment):
        acknowledge(payment)


def acknowledges_in_any_case(payment, book, acknowledge):
    try:
        book(payment)
    finally:
        acknowledge(payment)


def swallows_the_error(payment, book, acknowledge):
    try:
        book(payment)
    except OSError:
        print("could not book", payment)
    acknowledge(payment)


def never_acknowledges(payment, book, acknowledge):
    return book(payment)


def books_to_be_sure(payment, book, acknowledge):
    book(payment)
    book(payment)
    acknowledge(payment)


def tries_until_it_is_new(payment, book, acknowledge):
    while not book(payment):
        pass
    acknowledge(payment)


def prints_it(payment, book, acknowledge):
    book(payment)
    print("acknowledge", payment)


def knows_the_trial(payment, book, acknowledge):
    book(7)
    acknowledge(7)


async def waits_too(payment, book, acknowledge):
    book(payment)
    acknowledge(payment)


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


KEPT: dict[Any, Any] = {}


def keeps_it_elsewhere(memory, stream, number):
    return counts_up(KEPT, stream, number)


def gives_nothing(memory, stream, number):
    counts_up(memory, stream, number)


async def waits(memory, stream, number):
    return counts_up(memory, stream, number)


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "32 book, then acknowledge": [
        (acknowledges_first, "A new payment. What was done, in order", "어떤 순서로"),
        (acknowledges_what_is_new, "stands in the book already", "이미 장부에 있는"),
        (acknowledges_in_any_case, "killed while it books", "강제 종료됩니다"),
        (swallows_the_error, "disk is full", "디스크가 가득"),
        (never_acknowledges, "Got: ['book 7']", "실제 값: ['book 7']"),
        (books_to_be_sure, "['book 7', 'book 7'", "['book 7', 'book 7'"),
        (tries_until_it_is_new, "more than 10 calls", "10번이 넘는 호출"),
        (prints_it, "Got: ['book 7']", "실제 값: ['book 7']"),
        (knows_the_trial, "acknowledge 8", "acknowledge 8"),
        (waits_too, "waits for nothing", "기다리지 않으므로"),
    ],
    "32 a small memory": [
        (remembers_all, "10,000 in a row", "10,000개가 차례대로"),
        (believes_everybody, "Some come again", "몇 개가 다시 옴"),
        (remembers_the_highest, "3 overtakes 1 and 2", "3이 1과 2를 앞지름"),
        (mixes_streams, "Two streams", "스트림 두 개"),
        (remembers_the_last_hundred, "shuffled", "뒤섞여"),
        (forgets_to_clean, "10,000 in a row", "10,000개가 차례대로"),
        (leaves_what_overtook, "900 to 2 come in reverse", "거꾸로 온 뒤"),
        (keeps_it_elsewhere, "Message 1", "1번째 메시지"),
        (gives_nothing, "1, 2, 3, in order", "1, 2, 3이 차례대로"),
        (waits, "waits for nothing", "기다리지 않으므로"),
    ],
}
