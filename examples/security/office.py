"""Take reports from shops by CURVE; a doorkeeper answers libzmq's questions by ZAP.

The doorkeeper reads the folder's public keys anew for each connection, and the office for each
report: a key that is added or removed counts at once. Without a doorkeeper nobody would get in,
which zap_enforce_domain sees to.

The office of lesson 17. The other side is shop.py; keys.py makes the keys.
"""

from pathlib import Path

import zmq
from zmq.utils import z85

from examples.security.keys import FOLDER, ensure, options, public_keys
from zmqlab.run.role import Role

role = Role("office", __doc__, bind="tcp://127.0.0.1:5581")
role.option("--keys", metavar="FOLDER", default=str(FOLDER), help=f"(default: {FOLDER})")


def main() -> None:
    """Bind the door first, then the office; answer whichever is asked."""
    folder = Path(role.options.keys)
    try:
        ensure(folder, "office")
        secret = options(folder, "office")["curve_secretkey"]
    except OSError as error:
        role.fail(str(error))
    with zmq.Context() as context, context.socket(zmq.REP) as zap, context.socket(zmq.PULL) as pull:
        zap.linger = pull.linger = 0
        zap.bind("inproc://zeromq.zap.01")
        pull.zap_domain = b"office"
        pull.zap_enforce_domain = True
        pull.curve_server = True
        pull.curve_secretkey = secret
        for endpoint in role.bind:
            pull.bind(endpoint)
        role.ready(pull.get_string(zmq.LAST_ENDPOINT))

        poller = zmq.Poller()
        poller.register(zap, zmq.POLLIN)
        poller.register(pull, zmq.POLLIN)
        while True:
            for socket, _events in poller.poll():
                if socket is zap:
                    answer(zap, folder)
                else:
                    take(pull, folder)


def answer(zap: zmq.Socket[bytes], folder: Path) -> None:
    """Answer one question of libzmq: 200 for a key of a shop, 400 for everything else."""
    version, number, _domain, address, _id, mechanism, *credentials = zap.recv_multipart()
    name = ""
    if mechanism == b"CURVE" and [len(key) for key in credentials] == [32]:
        name = public_keys(folder).get(z85.encode(credentials[0]), "")
    if name == "office":
        name = ""  # its own key opens no door
    code = b"200" if name else b"400"
    print(f"{address.decode()}: {name or 'a stranger'}, {code.decode()}")
    zap.send_multipart([version, number, code, b"", name.encode(), b""])


def take(pull: zmq.Socket[bytes], folder: Path) -> None:
    """Take one report; drop it if its sender's key has been removed since it connected."""
    frame = pull.recv(copy=False)
    sender = str(frame.get("User-Id"))  # what the doorkeeper said, not what the report says
    if sender in public_keys(folder).values():
        print(f"{sender}: {frame.bytes.decode(errors='replace')}")
    else:
        print(f"{sender}: dropped, the key was removed")


if __name__ == "__main__":
    role.run(main)
