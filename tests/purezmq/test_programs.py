"""A program that others wrote: nbclient drives an ipykernel on libzmq, with `purezmq` as its zmq.

The shim is what jupyter_client wants of pyzmq beyond `purezmq`: two modules for an annotation and
an `isinstance`, and a synchronous view of a socket. Its heartbeat, a thread that blocks, is left
out.
"""

import json
import subprocess
import sys
import textwrap

SHIM = '''
import sys, threading, types

import purezmq.standin

purezmq.standin.install()

import zmq, zmq.asyncio


def module(name, **names):
    """Make an importable module of a few names."""
    made = sys.modules[name] = types.ModuleType(name)
    made.__path__ = []
    vars(made).update(names)
    parent, _, last = name.rpartition(".")
    setattr(sys.modules[parent], last, made)


class Synchronous:
    """A socket whose calls are done at once, or raise `Again`."""

    def __init__(self, socket):
        self.socket = socket

    def send_multipart(self, *args, **kwargs):
        return self.done(self.socket.send_multipart(*args, **kwargs))

    def recv_multipart(self, *args, **kwargs):
        return self.done(self.socket.recv_multipart(*args, **kwargs))

    def done(self, future):
        if not future.done():
            future.cancel()
            raise zmq.Again
        return future.result()


module("zmq.eventloop")
module("zmq.eventloop.zmqstream", ZMQStream=type("ZMQStream", (), {}))
module("zmq.sugar")
module("zmq.sugar.socket", Socket=zmq.asyncio.Socket)
zmq.asyncio.Socket.underlying = property(lambda socket: socket)
zmq.asyncio.Socket.shadow = Synchronous

from jupyter_client.channels import HBChannel

HBChannel.__init__ = lambda self, *args: threading.Thread.__init__(self, daemon=True)
HBChannel.run = HBChannel.stop = lambda self: None
'''

PROGRAM = """
import json, nbformat
from nbclient import NotebookClient

notebook = nbformat.v4.new_notebook()
for source in ("x = 6 * 7\\nx", "print('y' * 300_000)", "import zmq\\nzmq.__file__", "1 / 0"):
    notebook.cells.append(nbformat.v4.new_code_cell(source))
NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True).execute()
found = []
for cell in notebook.cells:
    (output,) = cell.outputs
    found.append(output.get("text") or output.get("ename") or output.data["text/plain"])
print(json.dumps([zmq.__name__, *found]))
"""


def test_nbclient_drives_a_kernel():
    assert len(SHIM.strip().splitlines()) <= 60
    program = SHIM + textwrap.dedent(PROGRAM)
    command = [sys.executable, "-W", "ignore", "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr[-3000:]
    library, answer, text, kernels, error = json.loads(ran.stdout)
    assert (library, answer, error) == ("purezmq", "42", "ZeroDivisionError")
    assert text == "y" * 300_000 + "\n"
    assert "purezmq" not in kernels and "zmq" in kernels
