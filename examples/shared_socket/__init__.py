"""Threads and one socket: a program that may have to die."""

from examples.table import Example, Part

EXAMPLE = Example(
    lesson="31",
    parts=(Part("senders.py", ready=False),),
)
