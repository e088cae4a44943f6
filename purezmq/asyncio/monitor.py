"""Reading what a monitor reports: see `purezmq.compat.monitor`."""

from purezmq.compat.monitor import parse_monitor_message, recv_monitor_message

__all__ = ["parse_monitor_message", "recv_monitor_message"]
