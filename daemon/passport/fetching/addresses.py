"""Which addresses may be connected to: public ones, by our own table.

Not `ipaddress.is_global`: up to Python 3.11.9 and 3.12.3 it calls 192.0.0.192, fec0::1, 64:ff9b::/96 and others global
(CVE-2024-4032). For IPv6 the table is an allow-list: 2000::/3 without its exceptions.
Source: IANA special-purpose address registries (RFC 6890); security reference, findings 1 and 2.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NOT_PUBLIC_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers, also cloud metadata
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, also cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


def is_public(address: str) -> bool:
    """Whether an address (as given to `connect`) is one of the public internet; what cannot be read is not."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return _public_4(parsed) if isinstance(parsed, IPv4Address) else _public_6(parsed)


def is_near(address: str) -> bool:
    """Whether it is an address, written as a number, of this computer or of a network that is not the internet."""
    try:
        ip_address(address)
    except ValueError:
        return False
    return not is_public(address)


def is_loopback(address: str) -> bool:
    """Whether an address leads back to this computer without a network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed.is_loopback or parsed.is_unspecified  # connecting to 0.0.0.0 or :: reaches loopback


def _public_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _NOT_PUBLIC_4)


def _public_6(address: IPv6Address) -> bool:
    if address.scope_id:
        return False
    if address.ipv4_mapped is not None:
        return _public_4(address.ipv4_mapped)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)
