"""Pinned addresses: resolved once, checked, and then the only places that a process reaches, whoever connects.

What `install` does cannot be taken back, so each of these runs in a process of its own, as a look does.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from bot.probes.pins import MAX_ADDRESSES, Pins, resolve
from tests.patience import PATIENCE_S
from tests.probes import places

ROOT = Path(__file__).parent.parent.parent
EVIL = "127.0.0.2"  # this machine too, so that whatever tried to connect there could


def found(*addresses: str) -> list[tuple[Any, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]


class Names:
    """A resolver whose answers a test chooses; what it was asked for is kept."""

    def __init__(self, **by_host: Any) -> None:
        self.by_host, self.asked = by_host, []

    def __call__(self, host: str, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        answer = self.by_host[host.partition(".")[0]]
        if isinstance(answer, BaseException):
            raise answer
        return found(*(answer() if callable(answer) else answer))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Any:
    def use(**by_host: Any) -> Names:
        answers = Names(**by_host)
        monkeypatch.setattr(socket, "getaddrinfo", answers)
        return answers

    return use


def test_this_machine_is_resolved_by_its_real_resolver():
    pins = resolve(["localhost", "127.0.0.1", "::1"], 5)
    assert pins.refused == {}
    assert set(pins.by_host["localhost"]) <= {"127.0.0.1", "::1"}
    assert (pins.by_host["127.0.0.1"], pins.by_host["::1"]) == (("127.0.0.1",), ("::1",))


def test_each_host_is_asked_for_once_however_often_and_however_it_is_written(names):
    asked = names(db1=["10.0.0.1"])
    assert resolve(["db1.internal", "DB1.internal", "db1.internal"], 5) == Pins({"db1.internal": ("10.0.0.1",)})
    assert asked.asked == ["db1.internal"]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("169.254.169.254", "leads to a cloud's metadata address (169.254.169.254), which is never looked at"),
        ("::ffff:a9fe:a9fe", "leads to a cloud's metadata address (::ffff:a9fe:a9fe), which is never looked at"),
        ("169.254.1.1", "leads to a link-local address (169.254.1.1), which is never looked at"),
        ("fe80::1%eth0", "leads to a link-local address (fe80::1%eth0), which is never looked at"),
        ("0.0.0.0", "leads to an unspecified address (0.0.0.0), which is never looked at"),
        ("224.0.0.1", "leads to a multicast address (224.0.0.1), which is never looked at"),
    ],
)
def test_a_name_that_leads_where_nobody_may_look_is_refused_with_the_reason(names, address, why):
    names(db1=[address])
    assert resolve(["db1"], 5) == Pins({}, {"db1": why})


def test_of_several_addresses_only_those_that_may_be_looked_at_are_kept(names):
    names(db1=["169.254.169.254", "10.0.0.1", "10.0.0.1", "fe80::1", "fd00::1"])
    assert resolve(["db1"], 5) == Pins({"db1": ("10.0.0.1", "fd00::1")})


def test_a_name_with_thousands_of_addresses_keeps_a_few(names):
    names(db1=[f"10.0.{n // 250}.{n % 250}" for n in range(5000)])
    assert len(resolve(["db1"], 5).by_host["db1"]) == MAX_ADDRESSES


def test_what_cannot_be_resolved_says_why_and_leaves_the_others(names):
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    names(db1=["10.0.0.1"], db2=unknown, db3=OSError(24, "Too many open files"), db4=[])
    pins = resolve(["db1", "db2", "db3", "db4"], 5)
    assert pins.by_host == {"db1": ("10.0.0.1",)}
    assert pins.refused == {
        "db2": "has no address (Name or service not known)",
        "db3": "has no address (Too many open files)",
        "db4": "has no address",
    }


def test_a_host_that_is_no_name_is_refused_by_the_real_resolver_too():
    for host in ("a" * 300, "a..b", "\0", ""):
        pins = resolve([host], 5)
        assert not pins.by_host and host in pins.refused


def test_a_resolver_that_hangs_costs_the_deadline_and_no_more(names):
    let_go = threading.Event()
    names(db1=["10.0.0.1"], db2=lambda: let_go.wait(30) and ["10.0.0.2"])
    began = time.monotonic()
    pins = resolve(["db2", "db1", *(f"db2.{n}" for n in range(50))], 0.2)
    assert time.monotonic() - began < 1.5 + PATIENCE_S
    let_go.set()
    assert pins.by_host == {"db1": ("10.0.0.1",)}
    assert pins.refused["db2"] == "was not resolved in 0.2 s"
    assert len(pins.refused) == 51


BEGIN = """
import asyncio, json, socket, sys
from bot.probes.pins import Pins, resolve

given = json.loads(sys.argv[1])

def tried(what):
    try:
        return what()
    except OSError as error:
        return f"{type(error).__name__}: {error}"
"""


def cell(code: str, **given: Any) -> Any:
    """What `code` printed as JSON in a process of its own; `given` is there as a dict."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + code, json.dumps(given)],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_pinned_hosts_resolve_to_their_addresses_in_every_way_of_asking():
    said = cell("""
Pins({"db1.internal": ["127.0.0.1", "::1"], "10.0.0.9": ["10.0.0.9"]}).install()
ask = socket.getaddrinfo
print(json.dumps({
    "all": ask("db1.internal", 27017, type=socket.SOCK_STREAM),
    "bytes": ask(b"DB1.Internal", 27017, socket.AF_INET, socket.SOCK_STREAM),
    "service": ask("db1.internal", "https", socket.AF_INET6, socket.SOCK_STREAM),
    "flags": ask("db1.internal", 1, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME | socket.AI_ADDRCONFIG),
    "number": ask("10.0.0.9", 1, type=socket.SOCK_STREAM),
    "no such family": tried(lambda: ask("10.0.0.9", 1, socket.AF_INET6)),
    "loop": asyncio.run(asyncio.wait_for(_ask(), 5)) if False else None,
}))
""")
    assert [one[4][:2] for one in said["all"]] == [["127.0.0.1", 27017], ["::1", 27017]]
    assert [one[4] for one in said["bytes"]] == [["127.0.0.1", 27017]]
    assert [one[4][:2] for one in said["service"]] == [["::1", 443]]
    assert [one[4][:2] for one in said["flags"]] == [["127.0.0.1", 1], ["::1", 1]]
    assert [one[4] for one in said["number"]] == [["10.0.0.9", 1]]
    assert "10.0.0.9 is not in the inventory" in said["no such family"]


NOT_PINNED = [
    "db2.internal",
    "localhost",
    "127.0.0.2",
    "2130706433",
    "0x7f.1",
    "127.1",
    "::ffff:127.0.0.1",
    "0.0.0.0",
    "",
]


def test_everything_else_is_not_in_the_inventory():
    said = cell(
        """
hosts = [*given["hosts"], None, b"evil"]
Pins({"db1.internal": ["127.0.0.1"]}).install()
print(json.dumps([tried(lambda: socket.getaddrinfo(host, 80)) for host in hosts]))
""",
        hosts=NOT_PINNED,
    )
    assert all(str(one).startswith("gaierror: ") and one.endswith("is not in the inventory") for one in said), said
    assert len(said) == len(NOT_PINNED) + 2


def test_what_never_asks_for_a_name_is_stopped_as_well():
    with places.listening(places.redis, EVIL) as evil, places.listening(places.redis) as good:
        said = cell(
            """
evil, good = (given["evil"], given["evil_port"]), ("127.0.0.1", given["good_port"])
from socket import getaddrinfo as taken_before
Pins({"db1.internal": ["127.0.0.1"]}).install()

def connected(place, family=socket.AF_INET, how="connect"):
    with socket.socket(family) as sock:
        return str(getattr(sock, how)(place))

async def by_loop(place):
    _, writer = await asyncio.open_connection(*place)
    writer.close()
    return "open"

def sent(place):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        return sock.sendto(b"x", place)

print(json.dumps({
    "good": [connected(good), asyncio.run(by_loop(good)), asyncio.run(by_loop(("db1.internal", good[1])))],
    "evil": [
        tried(lambda: connected(evil)),
        tried(lambda: connected(("localhost", evil[1]))),
        tried(lambda: connected(("::1", evil[1]), socket.AF_INET6)),
        tried(lambda: connected(evil, how="connect_ex")),
        tried(lambda: connected("/tmp/no.sock", socket.AF_UNIX)),
        tried(lambda: asyncio.run(by_loop(evil))),
        tried(lambda: sent(evil)),
        tried(lambda: taken_before("evil.internal", 1)),
        tried(lambda: socket.gethostbyname("localhost")),
        tried(lambda: socket.gethostbyname_ex("localhost")),
        tried(lambda: socket.gethostbyaddr("127.0.0.2")),
        tried(lambda: socket.create_connection(evil)),
    ],
}))
""",
            evil=EVIL,
            evil_port=evil.port,
            good_port=good.port,
        )
    assert said["good"] == ["None", "open", "open"]
    assert [one for one in said["evil"] if "is not in the inventory" not in str(one)] == []
    assert (good.came, evil.came) == (3, 0)


def test_a_name_that_leads_elsewhere_later_stays_where_it_was():
    said = cell("""
answers = [["10.0.0.1"], ["169.254.169.254"]]
real = socket.getaddrinfo
def rebinding(host, port, *rest, **more):
    if host != "db1.internal":
        return real(host, port, *rest, **more)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]
socket.getaddrinfo = rebinding
resolve(["db1.internal"], 5).install()
print(json.dumps([socket.getaddrinfo("db1.internal", 1, type=socket.SOCK_STREAM)[0][4] for _ in range(3)] + answers))
""")
    assert said == [["10.0.0.1", 1]] * 3 + [["169.254.169.254"]]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl here to make a certificate with")
    return places.certificate(tmp_path_factory.mktemp("tls"), "db1.internal")


def test_redis_py_connects_to_a_pinned_name_in_the_clear_and_with_tls(pem):
    tls = places.server_tls(pem)
    with places.listening(places.redis) as plain, places.listening(places.redis, tls=tls) as secure:
        said = cell(
            """
import redis
Pins({"db1.internal": ["127.0.0.1"]}).install()
def ping(host, port, **more):
    client = redis.Redis(host, port, driver_info=None, protocol=2, socket_timeout=5, **more)
    try:
        return client.ping()
    except redis.ConnectionError as error:
        return str(error)
    finally:
        client.close()
print(json.dumps([
    ping("db1.internal", given["plain"]),
    ping("db1.internal", given["secure"], ssl=True, ssl_ca_certs=given["pem"]),
    ping("db2.internal", given["plain"]),
]))
""",
            plain=plain.port,
            secure=secure.port,
            pem=str(pem),
        )
    assert said[:2] == [True, True]
    assert "db2.internal is not in the inventory" in said[2]
    assert secure.names == ["db1.internal"]


@pytest.mark.parametrize("secure", [False, True])
def test_pymongo_connects_to_a_pinned_name_and_visits_no_member_that_the_server_makes_up(secure, request):
    pem = request.getfixturevalue("pem") if secure else None
    hosts: list[str] = []
    hello = {"ok": 1, "isWritablePrimary": True, "ismaster": True, "setName": "rs0", "setVersion": 1}
    handler = places.mongodb(lambda: hello | {"maxWireVersion": 21, "hosts": hosts})
    with (
        places.listening(handler, EVIL) as evil,
        places.listening(handler, tls=places.server_tls(pem) if pem else None) as good,
    ):
        hosts += [f"db1.internal:{good.port}"]
        hosts += [f"{made_up}:{evil.port}" for made_up in (EVIL, "evil.internal", "localhost")]
        said = cell(
            """
import pymongo, time
Pins({"db1.internal": ["127.0.0.1"]}).install()
tls = {"tls": True, "tlsCAFile": given["pem"]} if given["pem"] else {}
client = pymongo.MongoClient("db1.internal", given["port"], replicaSet="rs0", serverSelectionTimeoutMS=5000, **tls)
client.admin.command("ping")
until = time.monotonic() + 5
while time.monotonic() < until:
    errors = [str(one.error) for one in client.topology_description.server_descriptions().values() if one.error]
    if len(errors) == 3:
        break
    time.sleep(0.02)
print(json.dumps({"primary": client.primary[0], "errors": errors}))
import os; sys.stdout.flush(); os._exit(0)
""",
            port=good.port,
            pem=str(pem or ""),
        )
    assert said["primary"] == "db1.internal"
    assert len(said["errors"]) == 3
    assert all("is not in the inventory" in error for error in said["errors"]), said
    assert evil.came == 0
    assert good.came > 0
    assert set(good.names) == ({"db1.internal"} if secure else set())


def test_httpx_reaches_a_pinned_name_with_tls_and_follows_no_redirect_out_of_the_inventory(pem):
    with places.listening(places.web(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"), EVIL) as evil:
        moved = [f"http://{EVIL}:{evil.port}/", f"http://evil.internal:{evil.port}/", f"http://localhost:{evil.port}/"]
        for target in moved:
            answer = (
                f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
            )
            with places.listening(places.web(answer), tls=places.server_tls(pem)) as good:
                said = cell(
                    """
import httpx, ssl
Pins({"db1.internal": ["127.0.0.1"]}).install()
trust = ssl.create_default_context(cafile=given["pem"])

def got(**more):
    with httpx.Client(verify=trust, trust_env=False, **more) as client:
        return client.get(given["url"]).status_code

async def got_async():
    async with httpx.AsyncClient(verify=trust, trust_env=False, follow_redirects=True) as client:
        return (await client.get(given["url"])).status_code

def failed(what):
    try:
        return what()
    except httpx.ConnectError as error:
        chain, one = [], error
        while one is not None:
            chain.append(str(one))
            chain += [str(part) for part in getattr(one, "exceptions", ())]
            one = one.__cause__ or one.__context__
        return " / ".join(chain)

print(json.dumps([got(), failed(lambda: got(follow_redirects=True)), failed(lambda: asyncio.run(got_async()))]))
""",
                    url=f"https://db1.internal:{good.port}/",
                    pem=str(pem),
                )
            assert said[0] == 302
            assert all("is not in the inventory" in str(one) for one in said[1:]), said
            assert good.names == ["db1.internal"] * 3
        assert evil.came == 0
