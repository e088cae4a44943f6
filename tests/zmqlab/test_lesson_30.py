"""The checker of lesson 30 tells a patient newcomer from those that learners write first."""

import pytest
import zmq

EXERCISE = "30 a directory that answers"


async def good(context, directories, name, patience):
    for directory in directories:
        with context.socket(zmq.REQ) as question:
            question.linger = 0
            question.connect(directory)
            await question.send_multipart([b"where", name.encode()])
            if await question.poll(int(patience * 1000)):
                found = await question.recv_string()
                if found:
                    return found
    return None


async def asks_one(context, directories, name, patience):
    return await good(context, directories[:1], name, patience)


async def takes_an_empty_answer(context, directories, name, patience):
    for directory in directories:
        with context.socket(zmq.REQ) as question:
            question.linger = 0
            question.connect(directory)
            await question.send_multipart([b"where", name.encode()])
            if await question.poll(int(patience * 1000)):
                return await question.recv_string() or None
    return None


async def waits_for_ever(context, directories, name, patience):
    for directory in directories:
        with context.socket(zmq.REQ) as question:
            question.linger = 0
            question.connect(directory)
            await question.send_multipart([b"where", name.encode()])
            found = await question.recv_string()
            if found:
                return found
    return None


async def one_socket_for_all(context, directories, name, patience):
    with context.socket(zmq.REQ) as question:
        question.linger = 0
        for directory in directories:
            question.connect(directory)
        for _ in directories:
            await question.send_multipart([b"where", name.encode()])
            if await question.poll(int(patience * 1000)):
                found = await question.recv_string()
                if found:
                    return found
    return None


async def asks_all(context, directories, name, patience):
    found = [await good(context, [one], name, patience) for one in directories]
    return next(filter(None, found), None)


async def too_patient(context, directories, name, patience):
    return await good(context, directories, name, patience * 8)


async def lingers(context, directories, name, patience):
    for directory in directories:
        with context.socket(zmq.REQ) as question:
            question.connect(directory)
            await question.send_multipart([b"where", name.encode()])
            if await question.poll(int(patience * 1000)):
                found = await question.recv_string()
                if found:
                    return found
    return None


async def leaves_all_open(context, directories, name, patience):
    for directory in directories:
        question = context.socket(zmq.REQ)
        question.linger = 0
        question.connect(directory)
        await question.send_multipart([b"where", name.encode()])
        if await question.poll(int(patience * 1000)):
            found = await question.recv_string()
            if found:
                return found
    return None


async def ends_the_context(context, directories, name, patience):
    found = await good(context, directories, name, patience)
    context.term()
    return found


async def gives_bytes(context, directories, name, patience):
    found = await good(context, directories, name, patience)
    return found and found.encode()


async def gives_an_empty_string(context, directories, name, patience):
    return await good(context, directories, name, patience) or ""


def blocks(context, directories, name, patience):
    return directories


async def unwritten(context, directories, name, patience): ...


def test_a_good_one_passes(verdict_on):
    assert verdict_on(good)


@pytest.mark.parametrize(
    ("find", "words"),
    [
        (asks_one, "The first is dead"),
        (takes_an_empty_answer, "does not know the name yet"),
        (waits_for_ever, "it still waited"),
        (one_socket_for_all, "Your code raised"),
        (asks_all, "The second was asked"),
        (too_patient, "an end within"),
        (gives_bytes, "both know it"),
        (gives_an_empty_string, "Nobody knows the name"),
        (lingers, "The `linger` of sockets"),
        (leaves_all_open, "left open"),
        (ends_the_context, "not yours to end"),
        (blocks, "has to be a coroutine"),
    ],
)
def test_another_does_not_and_is_told_why(verdict_on, assert_refused, find, words):
    assert_refused(verdict_on(find), words)


def test_before_anything_is_written(verdict_on, assert_not_yet):
    assert_not_yet(verdict_on(unwritten))
