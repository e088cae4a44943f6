"""Make the key pairs of the office and its shops that are missing, and print no secret key.

NAME.public may be given to anybody, NAME.secret belongs on one machine only. Here all stand in one
folder, so that office.py and shop.py find each other; real ones are made where they are used, and
the public ones carried over by a way that can be trusted. To take a shop's key away, remove its
NAME.public.

The key files of lesson 17.
"""

import os
import stat
import tempfile
from pathlib import Path

import zmq

from zmqlab.run.role import Role

OWNER = os.getuid() if hasattr(os, "getuid") else 0
FOLDER = Path(tempfile.gettempdir()) / f"zmq-keys-{OWNER}"

role = Role("keys", __doc__)
role.option("--keys", metavar="FOLDER", default=str(FOLDER), help=f"(default: {FOLDER})")
role.option("names", metavar="NAME", nargs="*", default=["office", "alice"], help="whose")


def ensure(folder: Path, *names: str) -> list[str]:
    """Make the pairs that are missing, and return whose they are.

    Raises
    ------
    PermissionError
        If the folder is open to others.
    ValueError
        If a name leads out of the folder.
    """
    for name in names:
        if Path(name).name != name:
            raise ValueError(f"{name!r} is no name: it becomes the name of a file")
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.stat()
    if os.name == "posix" and (found.st_uid != OWNER or stat.S_IMODE(found.st_mode) & 0o077):
        raise PermissionError(f"{folder} is open to others: make it yours alone, by chmod 700")
    made = []
    for name in names:
        public, secret = zmq.curve_keypair()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL  # never through a link, never a file twice
        try:
            number = os.open(folder / f"{name}.secret", flags, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(number, "wb") as file:
            file.write(secret)
        (folder / f"{name}.public").write_bytes(public)
        made.append(name)
    return made


def options(folder: Path, name: str) -> dict[str, bytes]:
    """Return what a socket needs to have this key pair."""
    secret = (folder / f"{name}.secret").read_bytes()
    return {"curve_publickey": zmq.curve_public(secret), "curve_secretkey": secret}


def public_keys(folder: Path) -> dict[bytes, str]:
    """Return whose each public key is, as the folder is now."""
    return {path.read_bytes(): path.stem for path in sorted(folder.glob("*.public"))}


def main() -> None:
    """Make what is missing, and list all public keys."""
    folder = Path(role.options.keys)
    try:
        made = ensure(folder, *role.options.names)
    except (OSError, ValueError) as error:
        role.fail(str(error))
    for key, name in public_keys(folder).items():
        print(f"{'new' if name in made else 'old'} {name}.public {key.decode()}")


if __name__ == "__main__":
    role.run(main)
