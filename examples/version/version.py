"""Print the versions of Python, pyzmq and libzmq, and what this libzmq can do.

Guide: version.
"""

import platform

import zmq

from zmqlab.run.role import Role

CAPABILITIES = ("ipc", "curve", "gssapi", "pgm", "norm", "ws", "wss", "draft")

role = Role("version", __doc__)


def main() -> None:
    """Print a line for each version, then the optional capabilities."""
    print(f"Python {platform.python_version()}")
    print(f"pyzmq {zmq.__version__}")
    print(f"libzmq {zmq.zmq_version()}")
    for capability in CAPABILITIES:
        print(f"{capability}: {'yes' if zmq.has(capability) else 'no'}")


if __name__ == "__main__":
    role.run(main)
