"""Run Redis, a real broker, on a free port, until Ctrl-C; it keeps messages in memory alone.

It needs the program redis-server (Debian, Ubuntu: sudo apt install redis-server; macOS: brew
install redis). An instance that already runs as a service is neither used nor touched.

For the whitepaper "Broker vs. Brokerless". The other side is redis_client.py, beside this file.
"""

import shutil
import socket
import subprocess
import tempfile

from zmqlab.run.role import Role

role = Role("redis", __doc__, bind="tcp://127.0.0.1:*")


def main() -> None:
    """Start it, wait until it says that it is ready, and end it at Ctrl-C."""
    program = shutil.which("redis-server")
    if program is None:
        role.fail("redis-server is not installed: sudo apt install redis-server", status=3)
    (endpoint,) = role.bind
    host, _, port = endpoint.removeprefix("tcp://").rpartition(":")
    if port in "*0":  # Redis would take 0 for no tcp at all
        with socket.socket() as probe:
            probe.bind((host, 0))
            port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="zmqlab-") as folder:
        command = [program, "--bind", host, "--port", port, "--dir", folder]
        command += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                for line in server.stdout:
                    if "eady to accept connections" in line:
                        role.ready(f"tcp://{host}:{port}")
            finally:
                server.terminate()
    role.fail(f"redis-server ended (exit status {server.returncode}); is {endpoint} free?")


if __name__ == "__main__":
    role.run(main)
