"""Which addresses may be looked at: those of databases, and none that answers for a cloud or for no single machine."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.addresses import canonical, host_fault, refusal

ALLOWED = [
    "127.0.0.1",
    "127.8.9.10",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "8.8.8.8",
    "1.0.0.0",
    "192.0.2.1",
    "223.255.255.255",
    "::1",
    "fd00::1",
    "fd12:3456::9",
    "2a00:1450::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
]
REFUSED = {
    "a link-local address": "169.254.0.1 169.254.170.2 169.254.255.255 fe80::1 febf::1 ::ffff:169.254.0.1",
    "a cloud's metadata address": """
        169.254.169.254 fd00:ec2::254 fd00:ec2::23 fd20:ce::254 100.100.100.200 192.0.0.192 168.63.129.16
        ::ffff:169.254.169.254 ::ffff:a9fe:a9fe ::169.254.169.254 ::ffff:0:a9fe:a9fe 64:ff9b::a9fe:a9fe
        64:ff9b:1::a9fe:a9fe 2002:a9fe:a9fe::1 ::ffff:100.100.100.200 ::ffff:192.0.0.192
    """,
    "an unspecified address": "0.0.0.0 0.1.2.3 :: ::ffff:0.0.0.0 64:ff9b::",
    "a multicast address": "224.0.0.1 239.255.255.255 ff02::1 ff0e::1 ::ffff:224.0.0.1",
    "a broadcast address": "255.255.255.255 ::ffff:255.255.255.255",
    "a reserved address": "240.0.0.1 255.255.255.254",
    "no address": "db1 0x7f.1 2130706433 0177.0.0.1 127.1 1.2.3.4.5 10.0.0.1:80 [::1] 1::2::3",
}


@pytest.mark.parametrize("address", ALLOWED)
def test_loopback_private_and_public_addresses_may_be_looked_at(address):
    assert refusal(address) == ""


@pytest.mark.parametrize(
    ("why", "address"), [(why, one) for why, several in REFUSED.items() for one in several.split()]
)
def test_the_others_are_refused_with_what_they_are(why, address):
    assert refusal(address) == why


@given(st.integers(0, 2**32 - 1))
def test_an_address_of_ipv4_dressed_as_one_of_ipv6_is_judged_alike(number):
    plain = str(ipaddress.IPv4Address(number))
    for dress in (0xFFFF << 32, 0x64FF9B << 96, 0xFFFF << 48):
        assert bool(refusal(str(ipaddress.IPv6Address(dress | number)))) == bool(refusal(plain)), plain


@pytest.mark.parametrize(
    "host",
    [
        "db1",
        "db1.internal",
        "DB1.Internal",
        "my_host",
        "a-b.c-d.e",
        "10.0.0.1",
        "127.0.0.1",
        "fd00::1",
        "::1",
        "1a.example",
        "3com.example",
        "xn--e1afmkfd.ru",
        "orders-shard-00-00.abc12.mongodb.net",
    ],
)
def test_names_and_plain_addresses_are_hosts(host):
    assert host_fault(host) == ""


ODD = [
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "127.0.1",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "10.0.0.01",
    "0",
    "1",
    "0x",
    "10.0.0.0x1",
    "1::2::3",
    "fe80::1%eth0",
    "::ffff:169.254.169.254",
    "169.254.169.254",
    "0.0.0.0",
    "fe80::1",
    "ff02::1",
    "255.255.255.255",
    "db.0x1",
    "db.1",
]


@pytest.mark.parametrize("host", ODD)
def test_odd_spellings_of_addresses_and_refused_ones_are_no_hosts(host):
    assert host_fault(host)


@pytest.mark.parametrize(
    "host",
    ["", ".", "a.", ".a", "a..b", "-a", "a-", "a b", "a/b", "a\n", "münchen", "①②⑦.0.0.1", "a" * 64, "a." * 127 + "a"],
)
def test_what_dns_cannot_hold_is_no_host(host):
    assert host_fault(host)


@given(st.text("0123456789abcdefx.", min_size=1, max_size=20))
def test_what_the_c_library_takes_for_an_address_is_never_taken_for_a_name(host):
    """inet_aton reads 0x7f.1 and 2130706433: a host without a fault is either no such thing or a plain address."""
    try:
        read = socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return
    if not host_fault(host):
        assert read == host


@given(st.text(max_size=80))
def test_any_text_is_judged(host):
    assert isinstance(host_fault(host), str)
    assert isinstance(refusal(host), str)
    assert canonical(canonical(host)) == canonical(host)


def test_equal_hosts_are_written_alike():
    assert canonical("DB1.Internal") == "db1.internal"
    assert canonical("FD00:0:0::1") == "fd00::1"
