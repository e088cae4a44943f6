"""What Majordomo's programs share on their command lines: the name of a service."""

import argparse

from examples.majordomo._protocol import MMI, is_service


def service(text: str) -> bytes:
    """Return a service's name as it stands in a frame; a broker drops all else without a word."""
    name = text.encode(errors="surrogateescape")
    if not is_service(name):
        raise argparse.ArgumentTypeError("RFC 7: a printable name of 1 to 255 bytes is needed")
    return name


def offered(text: str) -> bytes:
    """Return the name of a service that workers may offer: any but those of RFC 8."""
    name = service(text)
    if name.startswith(MMI):
        raise argparse.ArgumentTypeError("RFC 8: the broker itself answers for mmi.*")
    return name
