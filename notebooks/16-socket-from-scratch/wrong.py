"""Answers that the checks of lesson 16 refuse, each with words that its verdict holds."""

from __future__ import annotations

import time
from typing import Any

import purezmq
from purezmq.patterns import PATTERNS
from purezmq.patterns.dist import distribute
from purezmq.patterns.fq import FairQueue
from purezmq.patterns.lb import LoadBalancer
from purezmq.wire.engine import Engine

# ------------------------------------------------------------- warm-up


def good_messages(engine, chunks):
    found = []
    for chunk in chunks:
        for item in engine.receive_data(chunk, 0.0):
            if isinstance(item, list):
                found += item
    return found


def returns_runs(engine, chunks):
    found = []
    for chunk in chunks:
        found += [item for item in engine.receive_data(chunk, 0.0) if isinstance(item, list)]
    return found


def returns_events_too(engine, chunks):
    found = []
    for chunk in chunks:
        for item in engine.receive_data(chunk, 0.0):
            found += item if isinstance(item, list) else [item]
    return found


def takes_the_first_of_a_run(engine, chunks):
    found = []
    for chunk in chunks:
        found += [item[0] for item in engine.receive_data(chunk, 0.0) if isinstance(item, list)]
    return found


def returns_frames(engine, chunks):
    return [frame for message in good_messages(engine, chunks) for frame in message]


def returns_after_the_first_run(engine, chunks):
    for chunk in chunks:
        for item in engine.receive_data(chunk, 0.0):
            if isinstance(item, list):
                return item
    return []


def keeps_the_last_chunk_only(engine, chunks):
    found = []
    for chunk in chunks:
        found = [
            message
            for item in engine.receive_data(chunk, 0.0)
            if isinstance(item, list)
            for message in item
        ]
    return found


def drops_empty_messages(engine, chunks):
    return [message for message in good_messages(engine, chunks) if any(message)]


def takes_an_engine_of_its_own(engine, chunks):
    return good_messages(Engine("PULL", now=0.0), chunks)


def stops_at_an_event(engine, chunks):
    found = []
    for chunk in chunks:
        for item in engine.receive_data(chunk, 0.0):
            if not isinstance(item, list):
                break
            found += item
    return found


def returns_none_without_messages(engine, chunks):
    return good_messages(engine, chunks) or None


def prints_them(engine, chunks):
    print(good_messages(engine, chunks))


def sleeps_first(engine, chunks):
    time.sleep(2)
    return good_messages(engine, chunks)


# ------------------------------------------------------------- main exercise


class GoodScatter(LoadBalancer):
    """As the solution's."""

    def send(self, frames):
        """Refuse several frames."""
        if len(frames) > 1:
            raise purezmq.ZMQError(purezmq.EINVAL)
        return super().send(frames)


class GoodGather(FairQueue):
    """As the solution's."""

    def deliver(self, pipe, messages):
        """Drop messages of several frames."""
        super().deliver(pipe, [each for each in messages if len(each) == 1])


def changes_nothing():
    return PATTERNS["PUSH"], PATTERNS["PULL"]


def takes_several_for_not_now():
    class Scatter(LoadBalancer):
        def send(self, frames):
            return len(frames) == 1 and super().send(frames)

    return Scatter, GoodGather


def drops_several_silently():
    class Scatter(LoadBalancer):
        def send(self, frames):
            return len(frames) > 1 or super().send(frames)

    return Scatter, GoodGather


def sends_the_first_frame():
    class Scatter(LoadBalancer):
        def send(self, frames):
            return super().send(frames[:1])

    return Scatter, GoodGather


def raises_another_error():
    class Scatter(LoadBalancer):
        def send(self, frames):
            if len(frames) > 1:
                raise purezmq.ZMQError(purezmq.ENOTSUP)
            return super().send(frames)

    return Scatter, GoodGather


def raises_pythons_error():
    class Scatter(LoadBalancer):
        def send(self, frames):
            if len(frames) > 1:
                raise ValueError("a message has one frame")
            return super().send(frames)

    return Scatter, GoodGather


def sends_and_then_looks():
    class Scatter(LoadBalancer):
        def send(self, frames):
            taken = super().send(frames)
            if len(frames) > 1:
                raise purezmq.ZMQError(purezmq.EINVAL)
            return taken

    return Scatter, GoodGather


def refuses_two_frames_only():
    class Scatter(LoadBalancer):
        def send(self, frames):
            if len(frames) == 2:
                raise purezmq.ZMQError(purezmq.EINVAL)
            return super().send(frames)

    return Scatter, GoodGather


def looks_for_a_peer_first():
    class Scatter(GoodScatter):
        def send(self, frames):
            return bool(self.pipes) and super().send(frames)

    return Scatter, GoodGather


def drops_when_full():
    class Scatter(GoodScatter):
        def send(self, frames):
            return super().send(frames) or bool(self.pipes)

    return Scatter, GoodGather


def drops_without_a_peer():
    class Scatter(GoodScatter):
        def send(self, frames):
            return super().send(frames) or not self.pipes

    return Scatter, GoodGather


def forgets_to_return():
    class Scatter(GoodScatter):
        def send(self, frames):
            super().send(frames)

    return Scatter, GoodGather


def sends_to_all():
    class Scatter(GoodScatter):
        def send(self, frames):
            if len(frames) > 1:
                raise purezmq.ZMQError(purezmq.EINVAL)
            if not any(not pipe.blocked for pipe in self.pipes):
                return False
            distribute(self.pipes, frames)
            return True

    return Scatter, GoodGather


def receives_too():
    class Scatter(GoodScatter, GoodGather):
        pass

    return Scatter, GoodGather


def drops_a_whole_run():
    class Gather(FairQueue):
        def deliver(self, pipe, messages):
            if all(len(each) == 1 for each in messages):
                super().deliver(pipe, messages)

    return GoodScatter, Gather


def keeps_the_first_frame():
    class Gather(FairQueue):
        def deliver(self, pipe, messages):
            super().deliver(pipe, [each[:1] for each in messages])

    return GoodScatter, Gather


def filters_when_receiving():
    class Gather(FairQueue):
        def recv(self):
            message = super().recv()
            return message if message and len(message) == 1 else None

    return GoodScatter, Gather


def says_that_something_waits():
    class Gather(FairQueue):
        def recv(self):
            message = super().recv()
            while message and len(message) > 1:
                message = super().recv()
            return message

    return GoodScatter, Gather


def drops_two_frames_only():
    class Gather(FairQueue):
        def deliver(self, pipe, messages):
            super().deliver(pipe, [each for each in messages if len(each) != 2])

    return GoodScatter, Gather


def never_reads_on():
    class Gather(GoodGather):
        def recv(self):
            if not self.fq:
                return None
            pipe = self.fq.popleft()
            message = pipe.inbound.popleft()
            if pipe.inbound:
                self.fq.append(pipe)
            return message

    return GoodScatter, Gather


def drops_empty_frames_too():
    class Gather(GoodGather):
        def deliver(self, pipe, messages):
            super().deliver(pipe, [each for each in messages if each[0]])

    return GoodScatter, Gather


def is_passed_by_over_inproc():
    class Gather(PATTERNS["PULL"]):
        def deliver(self, pipe, messages):
            super().deliver(pipe, [each for each in messages if len(each) == 1])

    return GoodScatter, Gather


def serves_the_first_peer_first():
    class Gather(GoodGather):
        def recv(self):
            if not self.fq:
                return None
            pipe = self.fq[0]
            message = pipe.inbound.popleft()
            if not pipe.inbound:
                self.fq.popleft()
            return message

    return GoodScatter, Gather


def sends_out_of_gather():
    class Gather(GoodScatter, GoodGather):
        pass

    return GoodScatter, Gather


def is_the_wrong_way_round():
    return GoodGather, GoodScatter


def returns_names():
    return "SCATTER", "GATHER"


def returns_one_class():
    return GoodScatter


def makes_plain_classes():
    class Scatter:
        pass

    return Scatter, GoodGather


def waits_in_send():
    class Scatter(GoodScatter):
        def send(self, frames):
            time.sleep(0.3)
            return super().send(frames)

    return Scatter, GoodGather


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "16 whole messages": [
        (returns_runs, "Everything in one chunk", "모두 한 조각"),
        (returns_events_too, "HandshakeDone", "HandshakeDone"),
        (takes_the_first_of_a_run, "Everything in one chunk", "모두 한 조각"),
        (returns_frames, "b'2.5 kg', b'flour'", "b'2.5 kg', b'flour'"),
        (returns_after_the_first_run, "One byte in each chunk", "조각마다 1바이트"),
        (keeps_the_last_chunk_only, "Got: [[b'']]", "실제 값: [[b'']]"),
        (drops_empty_messages, "[b'flour'], [b'']]", "[b'flour'], [b'']]"),
        (takes_an_engine_of_its_own, "the engine that it got", "받은 엔진"),
        (stops_at_an_event, "Got: []", "실제 값: []"),
        (returns_none_without_messages, "nothing more", "핸드셰이크가 전부"),
        (prints_them, "Got: None", "실제 값: None"),
        (sleeps_first, "blocks", "블로킹하는 호출"),
    ],
    "16 scatter and gather": [
        (changes_nothing, "two frames", "프레임이 두 개"),
        (takes_several_for_not_now, "Got: False", "실제 값: False"),
        (drops_several_silently, "Got: True", "실제 값: True"),
        (sends_the_first_frame, "Got: True", "실제 값: True"),
        (raises_another_error, "Got: 'ZMQError(ENOTSUP)'", "실제 값: 'ZMQError(ENOTSUP)'"),
        (raises_pythons_error, "ValueError", "ValueError"),
        (sends_and_then_looks, "waits for the peers", "남아 있나요"),
        (refuses_two_frames_only, "three frames", "프레임이 세 개"),
        (looks_for_a_peer_first, "has no peer", "피어가 없는"),
        (drops_when_full, "five messages", "메시지 다섯 개"),
        (drops_without_a_peer, "without a peer", "피어가 없는"),
        (forgets_to_return, "Got: None", "실제 값: None"),
        (sends_to_all, "five messages", "메시지 다섯 개"),
        (receives_too, "SCATTER only sends", "SCATTER 소켓은 보내는"),
        (drops_a_whole_run, "some of two frames", "일부는 프레임이 두 개"),
        (keeps_the_first_frame, "some of two frames", "일부는 프레임이 두 개"),
        (filters_when_receiving, "some of two frames", "일부는 프레임이 두 개"),
        (says_that_something_waits, "can_recv()", "can_recv()"),
        (drops_two_frames_only, "three frames", "프레임이 세 개"),
        (never_reads_on, "Got: []", "실제 값: []"),
        (drops_empty_frames_too, "[b'']", "[b'']"),
        (is_passed_by_over_inproc, "Over inproc", "inproc으로 연결한"),
        (serves_the_first_peer_first, "In which order", "어떤 순서로"),
        (sends_out_of_gather, "GATHER only receives", "GATHER 소켓은 받는"),
        (is_the_wrong_way_round, "without a peer", "피어가 없는"),
        (returns_names, "What did types() return", "types()는 무엇을"),
        (returns_one_class, "two classes", "클래스 두 개"),
        (makes_plain_classes, "two classes", "클래스 두 개"),
        (waits_in_send, "blocks", "블로킹하는 호출"),
    ],
}
