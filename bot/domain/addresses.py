"""Which hosts and IP addresses may be looked at.

Databases live on private and loopback addresses, so those are allowed. What hands out a cloud's keys, and what is no
single machine, is not.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

MAX_HOST_CHARS = 253  # RFC 1035, as text and without the dot at the end

Address = IPv4Address | IPv6Address

# Where clouds hand out keys and settings to whoever asks from within (each vendor's page on instance metadata):
# AWS, Azure, Google, DigitalOcean and others 169.254.169.254, which is link-local.
_METADATA = tuple(
    ipaddress.ip_network(network)
    for network in (
        "169.254.169.254/32",
        "fd00:ec2::/32",  # AWS: ::254 metadata, ::23 pod identities, ::253 names
        "fd20:ce::254/128",  # Google
        "100.100.100.200/32",  # Alibaba
        "192.0.0.192/32",  # Oracle
        "168.63.129.16/32",  # Azure's own agent
    )
)
_BROADCAST = IPv4Address("255.255.255.255")
_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")  # RFC 1122 3.2.1.3; Linux takes 0.0.0.0 for itself
# IPv6 addresses that stand for the IPv4 address in their last 32 bits: RFC 4291 2.5.5, RFC 2765, RFC 6052, RFC 8215.
_LAST_32_BITS = tuple(
    ipaddress.ip_network(network)
    for network in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # a last label that makes a C library read the whole host as an address


def refusal(address: str) -> str:
    """Why an IP address may not be looked at, as the end of "it is …"; "" when it may."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "no address"
    return next((why for one in (parsed, *_within(parsed)) if (why := _refusal(one))), "")


def canonical(host: str) -> str:
    """How a host is written so that equal ones are equal: small letters, addresses in their shortest form."""
    host = host.lower()
    try:
        return ipaddress.ip_address(host).compressed
    except ValueError:
        return host


def host_fault(host: str) -> str:
    """What is wrong with a host as a person wrote it, as the end of "this host …"; "" when nothing is."""
    host = host.lower()
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
        return _literal_fault(host)
    if len(host) > MAX_HOST_CHARS:
        return f"has more than {MAX_HOST_CHARS} characters"
    if not host.isascii():
        return "has letters beyond a-z, which DNS writes as xn--…"
    if not all(_LABEL.fullmatch(label) for label in host.split(".")):
        return "is not a name that DNS can hold"
    return ""


def _literal_fault(host: str) -> str:
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return "is an address in an odd spelling"
    if isinstance(parsed, IPv6Address) and parsed.scope_id:
        return "names a network card"
    why = refusal(host)
    return f"is {why}, which is never looked at" if why else ""


def _refusal(address: Address) -> str:
    if any(address in network for network in _METADATA):
        return "a cloud's metadata address"
    if address.is_unspecified or address in _THIS_NETWORK:
        return "an unspecified address"
    if address == _BROADCAST:
        return "a broadcast address"
    if address.is_multicast:
        return "a multicast address"
    if address.is_link_local:
        return "a link-local address"
    if isinstance(address, IPv4Address) and address.is_reserved:
        return "a reserved address"
    return ""


def _within(address: Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that an IPv6 address may lead to."""
    if isinstance(address, IPv4Address):
        return
    if any(address in network for network in _LAST_32_BITS) and int(address) > 1:  # :: and ::1 stand for themselves
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour:
        yield address.sixtofour
    yield from address.teredo or ()
