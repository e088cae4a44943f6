"""Work that lets go of Python's global interpreter lock, and work that holds it."""

from examples.table import Example, Part

EXAMPLE = Example(
    lesson="31",
    parts=(Part("compute.py", ready=False),),
)
