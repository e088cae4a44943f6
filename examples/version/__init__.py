"""What is installed here."""

from examples.table import Example, Part

EXAMPLE = Example(
    lesson="01",
    guide=("version",),
    parts=(Part("version.py", ready=False),),
)
