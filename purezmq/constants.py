"""pyzmq's names and numbers: see `purezmq.compat.constants`."""

from typing import TYPE_CHECKING, Any

from purezmq.compat import constants
from purezmq.compat.constants import *  # noqa: F403

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...  # the members' short names


__all__ = constants.__all__
