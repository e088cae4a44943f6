"""Under which addresses others in the network find this machine."""

from __future__ import annotations

import ipaddress

import psutil


def hosts() -> list[str]:
    """Return this machine's IPv4 addresses that others may reach, private networks first."""
    found = []
    states = psutil.net_if_stats()
    for name, addresses in psutil.net_if_addrs().items():
        up = name in states and states[name].isup
        for one in addresses if up else ():
            if one.family.name == "AF_INET":
                address = ipaddress.ip_address(one.address)
                if not (address.is_loopback or address.is_link_local):
                    found.append(address)
    return [str(one) for one in sorted(found, key=lambda one: (not one.is_private, str(one)))]
