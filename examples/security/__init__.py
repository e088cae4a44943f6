"""An office that takes reports by CURVE, and asks a doorkeeper who may send them."""

from examples.table import ANY_PORT, FOLDER, Example, Part

KEYS = ("--keys", f"{FOLDER}/keys")

EXAMPLE = Example(
    lesson="17",
    parts=(
        Part("office.py", arguments=("--bind", ANY_PORT, *KEYS)),
        Part("shop.py", arguments=(*KEYS, "--name", "alice"), connect=("office.py",)),
    ),
    also=("keys.py",),
)
