"""Short programs: what was sent before the end arrives, however the program ends."""

import asyncio
import sys
import textwrap

import pytest

HEAD = """
import asyncio, sys, {engine} as zmq, {engine}.asyncio
endpoint, name = sys.argv[1], sys.argv[2].encode()
"""

SHAPES = {
    "the context ended after the loop": """
        context = zmq.asyncio.Context()
        async def main():
            with context.socket(zmq.PUSH) as push:
                push.connect(endpoint)
                await push.send(name)
        asyncio.run(main())
        context.term()
    """,
    "the context destroyed after the loop": """
        context = zmq.asyncio.Context()
        async def main():
            push = context.socket(zmq.PUSH)
            push.connect(endpoint)
            await push.send(name)
        asyncio.run(main())
        context.destroy()
    """,
    "a context around the loop": """
        async def main(context):
            with context.socket(zmq.PUSH) as push:
                push.connect(endpoint)
                await push.send(name)
        with zmq.asyncio.Context() as context:
            asyncio.run(main(context))
    """,
    "the context ended inside the loop": """
        async def main():
            context = zmq.asyncio.Context()
            push = context.socket(zmq.PUSH)
            push.connect(endpoint)
            await push.send(name)
            push.close()
            context.term()
        asyncio.run(main())
    """,
    "a context around the coroutine's body": """
        async def main():
            with zmq.asyncio.Context() as context, context.socket(zmq.PUSH) as push:
                push.connect(endpoint)
                await push.send(name)
        asyncio.run(main())
    """,
    "a context of the coroutine's, never ended": """
        async def main():
            context = zmq.asyncio.Context()
            with context.socket(zmq.PUSH) as push:
                push.connect(endpoint)
                await push.send(name)
        asyncio.run(main())
    """,
    "the program's context, never ended": """
        async def main():
            with zmq.asyncio.Context.instance().socket(zmq.PUSH) as push:
                push.connect(endpoint)
                await push.send(name)
        asyncio.run(main())
    """,
    "a socket that is never closed": """
        context = zmq.asyncio.Context()
        async def main():
            global push
            push = context.socket(zmq.PUSH)
            push.connect(endpoint)
            await push.send(name)
        asyncio.run(main())
        context.destroy()
    """,
    "a runner": """
        context = zmq.asyncio.Context()
        async def main():
            with context.socket(zmq.PUSH) as push:
                push.connect(endpoint)
                await push.send(name)
        with asyncio.Runner() as runner:
            runner.run(main())
        context.term()
    """,
    "a loop of its own, left open": """
        context = zmq.asyncio.Context()
        async def main():
            with context.socket(zmq.PUSH) as push:
                push.connect(endpoint)
                await push.send(name)
        loop = asyncio.new_event_loop()
        loop.run_until_complete(main())
        context.term()
    """,
    "a loop of its own, closed at once": """
        context = zmq.asyncio.Context()
        async def main():
            with context.socket(zmq.PUSH) as push:
                push.connect(endpoint)
                await push.send(name)
        loop = asyncio.new_event_loop()
        loop.run_until_complete(main())
        loop.close()
        context.term()
    """,
    "an exception": """
        context = zmq.asyncio.Context()
        async def main():
            with context.socket(zmq.PUSH) as push:
                push.connect(endpoint)
                await push.send(name)
                raise SystemExit
        try:
            asyncio.run(main())
        finally:
            context.term()
    """,
}


async def start(lab, shape, *arguments):
    program = HEAD.format(engine=lab.zmq.__name__) + textwrap.dedent(SHAPES.get(shape, shape))
    command = [sys.executable, "-W", "ignore", "-c", program, *arguments]
    return await asyncio.create_subprocess_exec(*command)


@pytest.mark.parametrize("part", range(6))
async def test_what_was_sent_arrives_in_every_shape_of_a_short_program(lab, zmq, part):
    shapes = list(SHAPES)[part::6]
    pull = lab.socket(zmq.PULL)
    endpoint = lab.bind(pull)
    programs = [await start(lab, shape, endpoint, shape) for shape in shapes]
    arrived = {(await pull.recv()).decode() for _ in shapes}
    assert arrived == set(shapes)
    for program in programs:
        assert not await program.wait()


async def test_a_context_ended_after_its_loop_waits_for_a_server_that_comes_later(lab, zmq):
    endpoint = lab.reserve()
    program = await start(lab, "the context ended after the loop", endpoint, "late")
    watcher = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import time; time.sleep(0.7)"
    )  # the time that it takes to come to the end of its loop
    await watcher.wait()
    assert program.returncode is None
    pull = lab.socket(zmq.PULL)
    pull.bind(endpoint)
    assert await pull.recv() == b"late"
    assert not await program.wait()


async def test_a_program_that_never_ends_its_context_does_not_wait_for_a_server(lab, zmq):
    program = await start(lab, "the program's context, never ended", lab.reserve(), "never")
    assert not await asyncio.wait_for(program.wait(), 5)


async def test_linger_holds_after_the_loop(lab, zmq):
    """A socket that waits for nobody, and one whose time is short."""
    program = """
        context = zmq.asyncio.Context()
        async def main():
            for linger in (0, 50):
                with context.socket(zmq.PUSH) as push:
                    push.linger = linger
                    push.connect(endpoint)
                    await push.send(name)
        asyncio.run(main())
        context.term()
    """
    program = await start(lab, textwrap.dedent(program), lab.reserve(), "never")
    assert not await asyncio.wait_for(program.wait(), 5)
