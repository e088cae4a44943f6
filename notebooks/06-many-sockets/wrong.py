"""Answers that the checks of lesson 06 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import zmq
import zmq.asyncio

# ------------------------------------------------------------- warm-up


def poller_of(*sockets):
    poller = zmq.asyncio.Poller()
    for socket in sockets:
        poller.register(socket, zmq.POLLIN)
    return poller


async def reads_within(milliseconds, first, second):
    """Read one message, the first socket's before the second's; None if none comes."""
    ready = dict(await poller_of(first, second).poll(milliseconds))
    for socket in first, second:
        if socket in ready:
            return await socket.recv_string()
    return None


async def counts_in_seconds(first, second, seconds):
    return await reads_within(seconds, first, second)


async def serves_the_second_first(first, second, seconds):
    return await reads_within(int(seconds * 1000), second, first)


async def waits_for_the_first_alone(first, second, seconds):
    for socket in first, second:
        if await socket.poll(int(seconds * 1000)):
            return await socket.recv_string()
    return None


async def returns_bytes(first, second, seconds):
    found = await reads_within(int(seconds * 1000), first, second)
    return found if found is None else found.encode()


async def leaves_a_receive_behind(first, second, seconds):
    if await first.poll(0):
        return await first.recv_string()
    done, _ = await asyncio.wait(
        [first.recv(), second.recv()], timeout=seconds, return_when=asyncio.FIRST_COMPLETED
    )
    return done.pop().result().decode() if done else None


async def shields_its_receive(first, second, seconds):
    if await first.poll(0):
        return await first.recv_string()
    receive = asyncio.ensure_future(second.recv())
    try:
        return (await asyncio.wait_for(asyncio.shield(receive), seconds)).decode()
    except TimeoutError:
        return None


async def lets_the_error_out(first, second, seconds):
    if await first.poll(0):
        return await first.recv_string()
    return (await asyncio.wait_for(second.recv(), seconds)).decode()


async def waits_for_ever(first, second, seconds):
    return await reads_within(None, first, second)


async def takes_zero_for_no_limit(first, second, seconds):
    return await reads_within(int(seconds * 1000) or None, first, second)


async def never_waits(first, second, seconds):
    return await reads_within(0, first, second)


async def takes_both(first, second, seconds):
    found = None
    ready = dict(await poller_of(first, second).poll(int(seconds * 1000)))
    for socket in first, second:
        if socket in ready:
            found = await socket.recv_string()
    return found


async def closes(first, second, seconds):
    with second:
        return await reads_within(int(seconds * 1000), first, second)


async def sleeps(first, second, seconds):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    return await never_waits(first, second, seconds)


async def prints(first, second, seconds):
    print(await reads_within(int(seconds * 1000), first, second))


def is_no_coroutine(first, second, seconds):
    return first.recv_string()


# ------------------------------------------------------------- main exercise


async def lets_orders_starve(letters, orders, send, patience):
    poller = poller_of(letters, orders)
    sent = 0
    while ready := dict(await poller.poll(int(patience * 1000))):
        if letters in ready:
            await send(await letters.recv_string())
            sent += 1
        elif await orders.recv_string() == "stop":
            break
    return sent


async def empties_the_letters_first(letters, orders, send, patience):
    sent = 0
    while True:
        while await letters.poll(0):
            await send(await letters.recv_string())
            sent += 1
        if not await orders.poll(int(patience * 1000)) or await orders.recv_string() == "stop":
            return sent


async def takes_both_in_a_turn(letters, orders, send, patience):
    poller = poller_of(orders, letters)
    sent = 0
    while ready := dict(await poller.poll(int(patience * 1000))):
        if letters in ready:
            await send(await letters.recv_string())
            sent += 1
        if orders in ready and await orders.recv_string() == "stop":
            break
    return sent


async def knows_stop_alone(letters, orders, send, patience):
    poller = poller_of(orders, letters)
    sent = 0
    while ready := dict(await poller.poll(int(patience * 1000))):
        if orders not in ready:
            await send(await letters.recv_string())
            sent += 1
        elif await orders.recv_string() == "stop":
            break
    return sent


async def holds_a_letter_in_its_hand(letters, orders, send, patience):
    sent = 0
    while await letters.poll(int(patience * 1000)):
        letter = await letters.recv_string()
        if await orders.poll(0) and await orders.recv_string() == "stop":
            break
        await send(letter)
        sent += 1
    return sent


async def reads_on_in_a_pause(letters, orders, send, patience):
    poller = poller_of(orders, letters)
    sent = 0
    held = []
    paused = False
    while ready := dict(await poller.poll(int(patience * 1000))):
        if orders in ready:
            order = await orders.recv_string()
            if order == "stop":
                break
            paused = order == "pause"
            while held and not paused:
                await send(held.pop(0))
                sent += 1
            continue
        letter = await letters.recv_string()
        if paused:
            held.append(letter)
        else:
            await send(letter)
            sent += 1
    return sent


async def waits_for_go_for_ever(letters, orders, send, patience):
    poller = poller_of(orders, letters)
    sent = 0
    while ready := dict(await poller.poll(int(patience * 1000))):
        if orders not in ready:
            await send(await letters.recv_string())
            sent += 1
            continue
        order = await orders.recv_string()
        while order == "pause":
            order = await orders.recv_string()
        if order == "stop":
            break
    return sent


async def starts_a_receive_for_each(letters, orders, send, patience):
    sent = 0
    while True:
        order, letter = orders.recv(), letters.recv()
        done, _ = await asyncio.wait(
            [order, letter], timeout=patience, return_when=asyncio.FIRST_COMPLETED
        )
        if not done or (order in done and order.result() == b"stop"):
            return sent
        if letter in done:
            await send(letter.result().decode())
            sent += 1


async def has_one_limit_for_all(letters, orders, send, patience):
    poller = poller_of(orders, letters)
    sent = 0
    try:
        async with asyncio.timeout(patience):
            while ready := dict(await poller.poll()):
                if orders not in ready:
                    await send(await letters.recv_string())
                    sent += 1
                    continue
                order = await orders.recv_string()
                if order == "stop":
                    break
                poller.register(letters, 0 if order == "pause" else zmq.POLLIN)
    except TimeoutError:
        pass
    return sent


async def mails(letters, orders, send, patience):
    poller = poller_of(orders, letters)
    sent = 0
    while ready := dict(await poller.poll(int(patience * 1000))):
        if orders not in ready:
            await send(await letters.recv_string())
            sent += 1
            continue
        order = await orders.recv_string()
        if order == "stop":
            break
        poller.register(letters, 0 if order == "pause" else zmq.POLLIN)
    return sent


async def counts_in_seconds_too(letters, orders, send, patience):
    return await mails(letters, orders, send, patience / 1000)


async def never_gives_up(letters, orders, send, patience):
    return await mails(letters, orders, send, 3600)


async def does_not_await_the_sending(letters, orders, send, patience):
    tasks = []

    async def start(letter):
        tasks.append(asyncio.ensure_future(send(letter)))
        await asyncio.sleep(0)

    sent = await mails(letters, orders, start, patience)
    await asyncio.gather(*tasks)
    return sent


async def leaves_one_receive_behind(letters, orders, send, patience):
    sent = await mails(letters, orders, send, patience)
    orders.recv()
    return sent


async def closes_them(letters, orders, send, patience):
    with letters, orders:
        return await mails(letters, orders, send, patience)


async def returns_nothing(letters, orders, send, patience):
    await mails(letters, orders, send, patience)


async def blocks(letters, orders, send, patience):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    return await mails(letters, orders, send, patience)


async def sends_nothing(letters, orders, send, patience):
    return 5


def has_no_async(letters, orders, send, patience):
    return 0


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "06 next message": [
        (counts_in_seconds, "counts in milliseconds", "단위는 밀리초"),
        (serves_the_second_first, "Expected: 'urgent'", "기대한 값: 'urgent'"),
        (waits_for_the_first_alone, "it still waited", "끝나지 않아 취소"),
        (returns_bytes, "b'urgent'", "b'urgent'"),
        (leaves_a_receive_behind, "or left behind", "남겨 둔 수신"),
        (shields_its_receive, "or left behind", "남겨 둔 수신"),
        (lets_the_error_out, "TimeoutError", "TimeoutError"),
        (waits_for_ever, "it still waited", "끝나지 않아 취소"),
        (takes_zero_for_no_limit, "it still waited", "끝나지 않아 취소"),
        (never_waits, "How long did next_message() take", "몇 초 걸렸나요"),
        (takes_both, "Expected: 'urgent'", "기대한 값: 'urgent'"),
        (closes, "belong to the caller", "호출한 쪽의 것"),
        (sleeps, "blocks", "블로킹하는 호출"),
        (prints, "Got: None", "실제 값: None"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
    "06 mail": [
        (lets_orders_starve, "from the beginning", "처음부터"),
        (empties_the_letters_first, "from the beginning", "처음부터"),
        (takes_both_in_a_turn, "from the beginning", "처음부터"),
        (knows_stop_alone, "when `go` was sent", "`go`를 보낼 때까지"),
        (holds_a_letter_in_its_hand, "find in the socket", "소켓에서 어떤 편지"),
        (reads_on_in_a_pause, "find in the socket", "소켓에서 어떤 편지"),
        (waits_for_go_for_ever, "it still waited", "끝나지 않아 취소"),
        (starts_a_receive_for_each, "find in the socket", "소켓에서 어떤 편지"),
        (has_one_limit_for_all, "each takes 0.15 s", "한 통에 0.15초"),
        (counts_in_seconds_too, "`go` after 0.3 s", "0.3초 뒤에 `go`"),
        (never_gives_up, "it still waited", "끝나지 않아 취소"),
        (does_not_await_the_sending, "begun while another", "보내는 동안 다른 편지"),
        (leaves_one_receive_behind, "after the return", "함수가 끝난 뒤에 온"),
        (closes_them, "belong to the caller", "호출한 쪽의 것"),
        (returns_nothing, "Got: None", "실제 값: None"),
        (blocks, "blocks", "블로킹하는 호출"),
        (sends_nothing, "Which letters went out", "어떤 편지가 나갔나요"),
        (has_no_async, "has to be a coroutine", "코루틴이어야"),
    ],
}
