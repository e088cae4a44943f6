"""What a role of the bench tells the page, tried in CPython."""

import ast
import asyncio
import json
import sys

import pytest
import zmq
import zmq.asyncio

from web.page.build import HOME
from zmqlab.run.endpoints import free_endpoint

CODE = """
import zmq
import zmq.asyncio
context = zmq.asyncio.Context()
server = context.socket(zmq.REP)
server.bind("{endpoint}")
client = context.socket(zmq.REQ)
client.connect("{endpoint}")
await client.send(b"price?")
await server.recv()
await client.recv()
"""


@pytest.fixture
def benchrole(monkeypatch):
    monkeypatch.syspath_prepend(str(HOME / "python"))
    monkeypatch.setattr(zmq.asyncio, "Context", zmq.asyncio.Context)
    monkeypatch.delitem(sys.modules, "benchrole", raising=False)
    import benchrole

    yield benchrole
    sys.modules.pop("benchrole", None)


def test_sockets_tell_what_they_do_and_tasks_where_they_wait(benchrole):
    told = []

    async def run():
        benchrole.install(told.append)
        source = CODE.format(endpoint=await free_endpoint())
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        names = {}
        task = asyncio.create_task(eval(compile(source, "<cell 2>", "exec", flags), names))
        last = source.count("\n")
        async with asyncio.timeout(10):
            while last not in (state := json.loads(benchrole.state()))["lines"]:
                assert not task.done()
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        names["context"].destroy(linger=0)
        return state

    state = asyncio.run(run())
    assert [wait["call"] for wait in state["waits"]] == ["recv"]
    events = [json.loads(text) for text in told]
    kinds = [(event["kind"], event["type"]) for event in events]
    for kind in ("bind", "receive"):
        assert (kind, "REP") in kinds
    for kind in ("connect", "up", "send"):
        assert (kind, "REQ") in kinds
    assert [event["frames"][0]["text"] for event in events if event["kind"] == "send"] == ["price?"]


def test_two_processes_have_different_tokens(benchrole):
    before = benchrole.TOKEN
    sys.modules.pop("benchrole")
    import benchrole as another

    assert before != another.TOKEN
