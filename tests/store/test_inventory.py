"""The inventory, on real files: what is read, what is refused with which line, what a fault takes along."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.inventory import Inventory, Member, SystemKind
from bot.errors import NotFound
from bot.store.files import MAX_BYTES
from bot.store.inventory import MAX_FAULTS, MAX_SYSTEMS, InventoryFile, LoadedInventory, load
from bot.store.inventory_keys import COMMON, KEYS
from bot.store.inventory_systems import MAX_MEMBERS

SECRET = "tr0ub4dor&3"
GOOD = "  good: {kind: redis, members: [cache1.internal]}\n"

WHOLE = """\
systems:
  orders-db:
    kind: mongodb
    about: orders and payments
    replica_set: orders
    members: [db1.internal:27017, "DB2.internal:27018", db3.internal, "[fd00::0:3]:27017", "[fd00::4]"]
    user: muster-probe
    password_env: ORDERS_DB_PASSWORD
    tls: true
    ca_file: /etc/ssl/orders.pem
    auth_source: admin
    canary: healthcheck.canary
    may_look: [U0123ABCD, U0456EFGH]
  cluster:
    kind: mongodb
    routers: [r1.internal]
    config: [c1.internal]
    shards: {s1: [a1.internal], s2: ["b1.internal:27017"]}
  sessions:
    kind: redis
    members: [cache1.internal, 10.0.0.7]
    sentinels: [s1.internal, "s2.internal:26380"]
    sentinel_name: sessions
    password_env: SESSIONS_PASSWORD
  shop: {kind: http, url: "https://shop.example:8443/health", expect: 204, within_s: 1.5, ca_file: /ca.pem}
  vendor: {kind: status-page, url: "https://status.example", components: ["Data plane", API]}
  orders-atlas:
    kind: atlas
    project: "507f1f77bcf86cd799439011"
    cluster: orders
    public_key: abcdefgh
    password_env: ATLAS_PRIVATE_KEY
    api_url: https://cloud.mongodbgov.com/
  orders-backups: {kind: backup, url: /var/backups/orders, pattern: "*.rdb", every_h: 24, generations: 3, content: rdb}
  db1: {kind: host, members: [db1.internal], ports: [22, 27017]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "inventory.yaml"


def loaded(file: Path, text: str) -> LoadedInventory:
    file.write_text(text, encoding="utf-8")
    return load(file)


def told(file: Path, text: str) -> list[str]:
    """The problems of a file, without its name."""
    return [str(problem).removeprefix(f"{file}:") for problem in loaded(file, text).problems]


def test_every_kind_is_read_with_its_members_and_options(file):
    found = loaded(file, WHOLE)
    assert found.problems == ()
    systems = {system.name: system for system in found.inventory.systems}
    assert list(systems) == "orders-db cluster sessions shop vendor orders-atlas orders-backups db1".split()  # noqa: SIM905
    orders = systems["orders-db"]
    assert (orders.kind, orders.about, orders.user) == (SystemKind.MONGODB, "orders and payments", "muster-probe")
    assert (orders.password_env, orders.may_look) == ("ORDERS_DB_PASSWORD", ("U0123ABCD", "U0456EFGH"))
    assert [member.name for member in orders.members] == [
        "db1.internal:27017",
        "db2.internal:27018",
        "db3.internal:27017",
        "[fd00::3]:27017",
        "[fd00::4]:27017",
    ]
    assert orders.options == {
        "replica_set": "orders",
        "tls": True,
        "ca_file": "/etc/ssl/orders.pem",
        "auth_source": "admin",
        "canary": "healthcheck.canary",
    }
    assert systems["cluster"].members == (
        Member(host="r1.internal", port=27017, part="mongos"),
        Member(host="c1.internal", port=27019, part="config"),
        Member(host="a1.internal", port=27018, part="s1"),
        Member(host="b1.internal", port=27017, part="s2"),
    )
    assert systems["sessions"].members == (
        Member(host="cache1.internal", port=6379),
        Member(host="10.0.0.7", port=6379),
        Member(host="s1.internal", port=26379, part="sentinel"),
        Member(host="s2.internal", port=26380, part="sentinel"),
    )
    shop = {"url": "https://shop.example:8443/health", "expect": 204, "within_s": 1.5, "ca_file": "/ca.pem"}
    assert systems["shop"].options == shop
    assert systems["vendor"].options == {"url": "https://status.example", "components": ("Data plane", "API")}
    assert systems["orders-atlas"].user == "abcdefgh"
    assert systems["orders-atlas"].options["api_url"] == "https://cloud.mongodbgov.com"
    assert systems["db1"].options == {"ports": (22, 27017)}
    assert systems["db1"].members == (Member(host="db1.internal", port=22),)
    assert all(not systems[name].members for name in ("shop", "vendor", "orders-atlas", "orders-backups"))


HOSTS = [f"a{n}" for n in range(MAX_MEMBERS)]

# What is wrong (in a file whose line 1 is "systems:" and line 2 a good system): the text, the line, what is said.
FAULTS = {
    "a name that cannot be typed": ("  Orders_DB: {kind: redis, members: [a]}", 3, "cannot be typed"),
    "a name too long": (f"  {'a' * 41}: {{kind: redis, members: [a]}}", 3, "cannot be typed"),
    "the name's own line": ("  # a comment\n  Orders:\n\n    kind: redis\n    members: [a]", 4, "cannot be typed"),
    "no kind": ("  x:\n    members: [a]", 3, "there is no kind; the kinds are mongodb"),
    "an unknown kind": ("  x:\n    kind: mongo", 4, '"mongo" is no kind of system; did you mean "mongodb"?'),
    "a kind that is a list": ("  x: {kind: [redis]}", 3, "there is no kind"),
    "a text for a system": ("  x: redis", 3, "a system is a list of keys"),
    "an unknown key": (
        "  x:\n    kind: redis\n    members: [a]\n    about:  y\n    member: [b]",
        7,
        'did you mean "members"?',
    ),
    "a key of another kind": ("  x: {kind: redis, members: [a], canary: a.b}", 3, 'unknown key "canary"'),
    "a needed key": ("  x: {kind: redis}", 3, '"x" has no members; add "members:"'),
    "a member of an odd spelling": (
        "  x:\n    kind: redis\n    members:\n      - a\n      - 0x7f.1",
        7,
        "odd spelling",
    ),
    "a member that is a number": ("  x: {kind: redis, members: [2130706433]}", 3, "odd spelling"),
    "a metadata address": ("  x: {kind: redis, members: [169.254.169.254]}", 3, "is a cloud's metadata address"),
    "a link-local address": ('  x: {kind: redis, members: ["[fe80::1]"]}', 3, "is a link-local address"),
    "the same in a URL": ('  x: {kind: http, url: "http://[::ffff:169.254.169.254]/"}', 3, "metadata address"),
    "a port too high": ("  x: {kind: redis, members: ['a:65536']}", 3, '"65536" is not a port'),
    "a port of zero": ("  x: {kind: redis, members: ['a:0']}", 3, '"0" is not a port'),
    "a port of words": ("  x: {kind: redis, members: ['a:redis']}", 3, '"redis" is not a port'),
    "an empty port": ("  x: {kind: redis, members: ['a:']}", 3, "no port after it"),
    "IPv6 without brackets": ("  x: {kind: redis, members: ['fd00::1:6379']}", 3, "stands in brackets"),
    "brackets around a name": ("  x: {kind: redis, members: ['[db1]:6379']}", 3, "the brackets do not hold an address"),
    "a doubled member": ("  x:\n    kind: redis\n    members: [a, b,\n      'A:6379']", 6, "a:6379 stands here twice"),
    "a sentinel among the members": (
        "  x: {kind: redis, members: [a], sentinels: ['a:6379'], sentinel_name: x}",
        3,
        "a:6379 stands here twice",
    ),
    "members that are a text": (
        "  x: {kind: redis, members: a}",
        3,
        '"members" must be a list; write members: [one, two]',
    ),
    "no members": ("  x: {kind: redis, members: []}", 3, '"members" has 0 entries'),
    "a member that is empty": ("  x: {kind: redis, members: [a, ~]}", 3, "is no host"),
    "a unix socket": ("  x: {kind: redis, members: [/var/run/redis.sock]}", 3, "write host:port; options have keys"),
    "an escaped unix socket": ("  x: {kind: mongodb, members: ['%2Ftmp%2Fmongodb.sock']}", 3, "write host:port"),
    "a seed list": ("  x: {kind: mongodb, members: ['a:1,b:2']}", 3, "write host:port"),
    "options": ("  x: {kind: mongodb, members: ['a:1?ssl=false']}", 3, "write host:port"),
    "a text read as a number": (
        "  x: {kind: mongodb, members: [a], replica_set: 01}",
        3,
        "is read as a number; put it in quotes",
    ),
    "a name of a set with signs": (
        "  x: {kind: mongodb, members: [a], replica_set: 'a b'}",
        3,
        "is not the name of a set",
    ),
    "yes for true": ("  x: {kind: redis, members: [a], tls: yes}", 3, '"tls" must be true or false; write tls: true'),
    "true in quotes": ("  x: {kind: redis, members: [a], tls: 'true'}", 3, '"tls" must be true or false'),
    "a relative path": (
        "  x: {kind: redis, members: [a], tls: true, ca_file: ../ca.pem}",
        3,
        "is not an absolute path",
    ),
    "a path that climbs": (
        "  x: {kind: redis, members: [a], tls: true, ca_file: /a/../ca.pem}",
        3,
        "not an absolute path",
    ),
    "ca_file without TLS": ("  x: {kind: redis, members: [a], ca_file: /ca.pem}", 3, "add tls: true"),
    "ca_file of a page without TLS": (
        "  x: {kind: http, url: 'http://a.example', ca_file: /ca.pem}",
        3,
        "write the url as https://",
    ),
    "a user alone": ("  x: {kind: redis, members: [a], user: u}", 3, "there is a user and no password_env"),
    "a password without user": (
        "  x: {kind: mongodb, members: [a], password_env: P}",
        3,
        "add the user that it is for",
    ),
    "a canary without database": (
        "  x: {kind: mongodb, members: [a], canary: canary}",
        3,
        "write it as healthcheck.canary",
    ),
    "both members and shards": (
        "  x: {kind: mongodb, members: [a], routers: [r], config: [c], shards: {s: [b]}}",
        3,
        "delete one of the two",
    ),
    "neither members nor shards": ("  x: {kind: mongodb}", 3, "add members, or routers, config and shards"),
    "shards alone": ("  x: {kind: mongodb, shards: {s: [a]}}", 3, "add members, or routers, config and shards"),
    "a cluster with a set's name": (
        "  x: {kind: mongodb, routers: [r], config: [c], shards: {s: [b]}, replica_set: rs0}",
        3,
        "delete replica_set",
    ),
    "a shard that is called config": (
        "  x: {kind: mongodb, routers: [r], config: [c], shards: {config: [b]}}",
        3,
        "cannot be the name of a shard",
    ),
    "shards as a list": ("  x: {kind: mongodb, routers: [r], config: [c], shards: [b]}", 3, "must name each shard"),
    "sentinels without the name": ("  x: {kind: redis, members: [a], sentinels: [b]}", 3, "go together"),
    "the name without sentinels": ("  x: {kind: redis, members: [a], sentinel_name: m}", 3, "go together"),
    "everyone by an empty list": (
        "  x: {kind: redis, members: [a], may_look: []}",
        3,
        "delete the key where there is nothing",
    ),
    "a name in may_look": ("  x: {kind: redis, members: [a], may_look: [ada]}", 3, "write it as U0123ABCD"),
    "the same person twice": (
        "  x: {kind: redis, members: [a], may_look: [U0123ABCD, U0123ABCD]}",
        3,
        '"may_look" names the same one twice',
    ),
    "another scheme": ("  x: {kind: http, url: 'file:///etc/passwd'}", 3, "begins with https:// or http://"),
    "a query": ("  x: {kind: http, url: 'https://a.example/?key=1'}", 3, "a query or an odd sign"),
    "a fragment": ("  x: {kind: http, url: 'https://a.example/#x'}", 3, "an odd sign"),
    "a backslash": ("  x: {kind: http, url: 'https://a.example\\@b.example/'}", 3, "an odd sign"),
    "a URL without host": ("  x: {kind: http, url: 'https:///x'}", 3, "the host or the port of this address"),
    "a URL with a bad port": ("  x: {kind: http, url: 'https://a:x/'}", 3, "the host or the port of this address"),
    "a URL with broken brackets": ("  x: {kind: http, url: 'https://[a/'}", 3, "cannot be read"),
    "an odd host in a URL": ("  x: {kind: http, url: 'http://2130706433/'}", 3, "odd spelling"),
    "a status that is none": (
        "  x: {kind: http, url: 'https://a', expect: 99}",
        3,
        "not a whole number from 100 to 599",
    ),
    "an octal number": ("  x: {kind: http, url: 'https://a', expect: 0310}", 3, "not a whole number from 100 to 599"),
    "a status with a point": ("  x: {kind: http, url: 'https://a', expect: 200.0}", 3, "not a whole number"),
    "longer than a look": ("  x: {kind: http, url: 'https://a', within_s: 5}", 3, "from 0.01 to 3 seconds"),
    "not a number": ("  x: {kind: http, url: 'https://a', within_s: .nan}", 3, "from 0.01 to 3 seconds"),
    "an API without TLS": (
        "  x:\n    kind: atlas\n    project: '507f1f77bcf86cd799439011'\n    cluster: c\n    public_key: abcd\n"
        "    password_env: P\n    api_url: http://a.example",
        9,
        "would be asked without TLS",
    ),
    "a relative backup folder": ("  x: {kind: backup, url: backups}", 3, "no place where backups can be looked at"),
    "a chain of file systems": ("  x: {kind: backup, url: 'simplecache::s3://b/x'}", 3, "no place where backups"),
    "a chain behind a bucket": ("  x: {kind: backup, url: 's3://b/x::file:///etc'}", 3, "an odd sign"),
    "a bucket without name": ("  x: {kind: backup, url: 's3:///x'}", 3, "write s3://bucket/folder"),
    "a pattern with folders": ("  x: {kind: backup, url: /b, pattern: '../*'}", 3, "is not a pattern of file names"),
    "another content": ("  x: {kind: backup, url: /b, content: tar}", 3, "write it as rdb or mongodump or any"),
    "a port beside a host": ("  x: {kind: host, members: ['a:22'], ports: [22]}", 3, "write ports: [22, 27017]"),
    "the same port twice": ("  x: {kind: host, members: [a], ports: [22, 22]}", 3, '"ports" names the same one twice'),
    "a variable that cannot be": (
        "  x: {kind: redis, members: [a], password_env: my-pw}",
        3,
        "write it as ORDERS_DB_PASSWORD",
    ),
    "too many members": (
        f"  x: {{kind: redis, members: [{', '.join(f'a{n}' for n in range(MAX_MEMBERS + 1))}]}}",
        3,
        f"1 to {MAX_MEMBERS} are read",
    ),
    "too many members in all": (
        f"  x: {{kind: redis, sentinels: [b], sentinel_name: x, members: [{', '.join(HOSTS)}]}}",
        3,
        f"more than {MAX_MEMBERS} members",
    ),
    "a text too long": (f"  x: {{kind: redis, members: [a], about: {'y' * 201}}}", 3, "more than 200 characters"),
    "a key at the margin": ("owner: me", 3, 'unknown key "owner"; all systems stand under "systems:"'),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_told_with_its_line_and_takes_no_other_system_along(case, file):
    text, line, says = FAULTS[case]
    found = loaded(file, f"systems:\n{GOOD}{text}\n")
    assert len(found.problems) == 1, found.problems
    problem = found.problems[0]
    assert (problem.file, problem.line) == (str(file), line)
    assert says in str(problem)
    assert problem.hint
    assert [system.name for system in found.inventory.systems] == ["good"]


def test_all_faults_of_all_systems_are_told_at_once_in_order(file):
    lines = told(
        file, "systems:\n  b:\n    kind: redis\n    tls: 1\n    membres: [a]\n  a: {kind: http, url: x, expect: y}\n"
    )
    assert [line.split(":")[0] for line in lines] == ["2", "4", "5", "6", "6"]


def test_every_bad_entry_of_a_list_is_told_and_not_only_the_first(file):
    bad = "[a, 'b:0', 'redis://:x@c', ~, 'd:words']"
    lines = told(file, f"systems:\n  x:\n    kind: redis\n    members: {bad}\n    may_look: [ada, U0123ABCD, ben]\n")
    assert [line.split(":")[0] for line in lines] == ["4"] * 4 + ["5"] * 2
    lines = told(
        file,
        "systems:\n  x:\n    kind: mongodb\n    routers: [r]\n    config: [c]\n"
        "    shards:\n      config: [a]\n      s1: ['b:0', 'c:0']\n  y: {kind: redis, members: [a, b, A, B]}\n",
    )
    assert [line.split(":")[0] for line in lines] == ["7", "8", "8", "9", "9"]


LEAKS = [
    f"members: ['mongodb://root:{SECRET}@db1.internal:27017/?replicaSet=x']",
    f"members: ['redis://:{SECRET}@db1.internal']",
    f"members: ['root:{SECRET}@db1.internal']",
    f"members: [a]\n    password: '{SECRET}'",
    f"members: [a]\n    PASSWORD: '{SECRET}'",
    f"members: [a]\n    passwd: ['{SECRET}']",
    f"members: [a]\n    private_key: '{SECRET}'",
    f"members: [a]\n    api_token: '{SECRET}'",
    f"members: [a]\n    user: 'root:{SECRET}'",
    f"members: [a]\n    user: root\n    password_env: '{SECRET}'",
    f"members: [a]\n    uri: 'mongodb://root:{SECRET}@db1'",
    f"members: [a]\n    canary: '{SECRET}'",
    f"members: ['{SECRET}']",
]


@pytest.mark.parametrize("keys", LEAKS)
def test_a_password_in_the_file_is_refused_and_never_repeated(keys, file):
    said = told(file, f"systems:\n{GOOD}  x:\n    kind: mongodb\n    {keys}\n")
    assert len(said) == 1
    assert SECRET not in said[0] and "tr0ub4dor" not in said[0]
    assert "@" not in keys or "change th" in said[0]


@pytest.mark.parametrize("url", [f"https://root:{SECRET}@a.example/", f"https://a.example/?token={SECRET}", SECRET])
@pytest.mark.parametrize("kind", ["http", "status-page", "backup"])
def test_a_password_in_a_url_is_refused_and_never_repeated(kind, url, file):
    said = told(file, f"systems:\n{GOOD}  x: {{kind: {kind}, url: '{url}'}}\n")
    assert len(said) == 1
    assert "tr0ub4dor" not in said[0]
    assert "@" not in url or "change that password, it stands in a file now" in said[0]


WHOLE_FILE = {
    "nothing": ("", 1, 'there is no key "systems"'),
    "only a comment": ("# mine\n", 1, 'there is no key "systems"'),
    "a list": ("- a\n", 1, 'there is no key "systems"'),
    "no systems": ("systems:\n", 1, '"systems" names no system'),
    "a list of systems": ("systems:\n  - kind: redis\n", 1, '"systems" names no system'),
    "an alias": (f"systems:\n{GOOD}  x: &a {{kind: redis}}\n  y: *a\n", 3, "anchors and aliases"),
    "a merge": (f"systems:\n{GOOD}  x: {{<<: *b}}\n", 3, "anchors and aliases"),
    "a tag": (f"systems:\n{GOOD}  x: !!python/object:os.system {{}}\n", 3, "tags (!)"),
    "a doubled system": (f"systems:\n{GOOD}{GOOD}", 3, '"good" stands here twice'),
    "a doubled key": (f"systems:\n{GOOD}  x: {{kind: redis, kind: redis}}\n", 3, '"kind" stands here twice'),
    "a second document": (f"systems:\n{GOOD}---\na: b\n", 3, "a second document"),
    "a tab": (f"systems:\n{GOOD}\tx: y\n", 3, "this is not YAML"),
    "a control character": (f"systems:\n{GOOD}  x: \x07\n", 3, "a character here cannot be read"),
    "a bracket": (f"systems:\n{GOOD}  x: [\n", 4, "this is not YAML"),
    "too many systems": (
        "systems:\n" + "".join(f"  s{n}: {{kind: redis, members: [a]}}\n" for n in range(MAX_SYSTEMS + 1)),
        1,
        f"more than {MAX_SYSTEMS} systems",
    ),
}


@pytest.mark.parametrize("case", WHOLE_FILE)
def test_what_no_system_can_be_told_from_refuses_the_file_with_the_line(case, file):
    text, line, says = WHOLE_FILE[case]
    found = loaded(file, text)
    assert found.inventory.systems == ()
    (problem,) = found.problems
    assert (problem.line, says in problem.says) == (line, True), problem
    assert problem.hint


def bomb(levels: int) -> str:
    lines = ["systems:", "  a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


FULL = MAX_BYTES - 200
HOSTILE = {
    "an alias bomb": bomb(9),
    "200,000 brackets": "systems: " + "[" * 200_000,
    "200,000 braces": "systems: " + "{" * 200_000,
    "brackets and braces": "systems: " + "[{" * 100_000,
    "nested dashes": "- " * (FULL // 2),
    "questions": "? " * (FULL // 2),
    "the longest list": f"systems: [{'a,' * (FULL // 2)}]",
    "the longest mapping": "systems: {" + ",".join(f"a{n}" for n in range(FULL // 8)) + "}",
    "many keys of one system": "systems:\n x:\n" + "".join(f"  k{n}: 1\n" for n in range(FULL // 13)),
    "many unknown keys": "systems:\n x:\n  kind: redis\n" + "".join(f"  k{n}: 1\n" for n in range(9_000)),
    "many systems of many unknown keys": "systems:\n"
    + "".join(f" s{n}:\n  kind: redis\n" + "".join(f"  membors{m}: 1\n" for m in range(15)) for n in range(500)),
    "many lines": "systems:\n" + "\n" * FULL,
    "one long word": "systems: " + "a" * FULL,
    "escapes": 'systems: "' + "\\x41" * (FULL // 4) + '"',
    "quotes": "systems: '" + "''" * (FULL // 2) + "'",
    "comments": "#" * FULL,
    "exclamation marks": "!" * FULL,
    "ampersands": "&a " * (FULL // 3),
    "directives": "%TAG ! !\n" * (FULL // 9),
    "percents": "%" * FULL,
    "a folded text": "systems: >\n" + " x\n\n" * (FULL // 4),
    "plain lines": "systems:\n" + " x\n" * (FULL // 3),
    "colons": "systems:\n " + ":" * FULL,
    "indents": "".join(" " * n + "a:\n" for n in range(700)),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_within_a_second(case, file):
    file.write_text(HOSTILE[case], encoding="utf-8")
    began = time.process_time()
    found = load(file)
    assert time.process_time() - began < 1.0
    assert found.inventory.systems == ()
    assert 0 < len(found.problems) <= MAX_FAULTS + MAX_SYSTEMS


def test_the_largest_inventory_is_read_within_a_second(file):
    lines, n = ["systems:\n"], 0
    while n < MAX_SYSTEMS:
        hosts = ", ".join(f"db{n}-{m}.orders.internal:27017" for m in range(10))
        lines.append(f"  s{n}:\n    kind: mongodb\n    about: {'y' * 60}\n    members: [{hosts}]\n")
        n += 1
    text = "".join(lines)
    assert 200_000 < len(text) < MAX_BYTES
    began = time.process_time()
    found = loaded(file, text)
    assert time.process_time() - began < 1.0
    assert (len(found.inventory.systems), found.problems) == (MAX_SYSTEMS, ())


def test_a_file_of_100_mb_is_not_read_to_its_end(file):
    with file.open("wb") as stream:
        stream.truncate(100 * 2**20)
    began = time.process_time()
    (problem,) = load(file).problems
    assert time.process_time() - began < 0.2
    assert "more than 256 KB" in problem.says


def test_a_pipe_a_device_and_a_folder_are_refused_and_nobody_waits(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    began = time.monotonic()
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        (problem,) = load(path).problems
        assert "not a regular file" in problem.says or "directory" in problem.says, path
    assert time.monotonic() - began < 1.0


def test_a_file_that_is_not_there_is_one_problem(file):
    found = load(file)
    assert found.inventory.systems == ()
    assert [str(problem) for problem in found.problems] == [
        f"{file}:1: this file cannot be read: No such file or directory; set MUSTER_INVENTORY"
    ]
    assert len(load(Path("a\0b")).problems) == 1


def test_other_bytes_than_utf_8_are_told_with_their_line(file):
    file.write_bytes(b"systems:\n  # Caf\xe9\n")
    (problem,) = load(file).problems
    assert (problem.line, problem.says) == (2, "this is not UTF-8 text")


def test_a_link_to_the_file_is_followed_as_a_mounted_one_is(tmp_path, file):
    loaded(file, f"systems:\n{GOOD}")
    (tmp_path / "link.yaml").symlink_to(file)
    assert load(tmp_path / "link.yaml").inventory.systems


def test_what_is_shown_of_a_file_moves_no_terminal(file):
    for text in (
        'systems: {"a\\e[31mb": {}}',
        'systems: {x: {kind: "\\e]0;x"}}',
        'systems: {x: {kind: redis, "\\u202E": 1}}',
    ):
        assert all(line.isprintable() for line in told(file, text)), text


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_mutated_inventory_is_read_or_refused_and_never_raises(tmp_path_factory, data):
    text = list(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 4))] = data.draw(
            st.text("ab1:[]{}'\"&*!?%@/\\-, \n\t#~\x00\u202e0", max_size=4)
        )
    path = tmp_path_factory.getbasetemp() / "mutated.yaml"
    path.write_text("".join(text), encoding="utf-8")
    found = load(path)
    for system in found.inventory.systems:
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", system.name)
        assert all(0 < member.port < 65536 and not set(member.host) & set("/@?%\\ ") for member in system.members)
        url = str(system.options.get("url", ""))
        assert "://" not in url or not set("?@") & set(url)  # the folder of a backup may hold them


def test_who_asks_for_a_system_that_was_left_out_reads_why(file):
    found = loaded(file, f"systems:\n{GOOD}  cache: {{kind: redis, membres: [a]}}\n").inventory
    assert found.get(" Good ").members
    with pytest.raises(NotFound) as caught:
        found.get("cache")
    fault = f'{file}:3: unknown key "membres"; did you mean "members"?'
    assert caught.value.message == "The inventory has no system `cache`."
    assert caught.value.hint == f"It has `good`. A system with a fault is left out. The first fault: {fault}"
    with pytest.raises(NotFound) as caught:
        loaded(file, "systems: [").inventory.get("good")
    assert caught.value.hint.startswith(f"A system with a fault is left out. The first fault: {file}:1: ")


def test_who_asks_for_a_system_that_is_not_there_reads_the_nearest(file):
    with pytest.raises(NotFound) as caught:
        loaded(file, f"systems:\n{GOOD}").inventory.get("goood")
    assert (caught.value.message, caught.value.hint) == ("The inventory has no system `goood`.", "It has `good`.")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_changed_file_is_read_again_after_a_second_and_not_before(file):
    clock = Clock()
    kept = InventoryFile(file, clock)
    assert [problem.line for problem in kept.current().problems] == [1]
    file.write_text(f"systems:\n{GOOD}", encoding="utf-8")
    assert kept.current().inventory.systems == ()
    clock.now += 1.0
    first = kept.current()
    assert first.inventory.get("good").members
    clock.now += 1.0
    assert kept.current() is first
    file.write_text(f"systems:\n{GOOD}  x: {{kind: redis, members: [b]}}\n", encoding="utf-8")
    clock.now += 1.0
    assert len(kept.current().inventory.systems) == 2
    file.unlink()
    clock.now += 1.0
    assert kept.current().inventory.systems == ()
    assert kept.current().problems


def test_without_a_path_there_is_nothing_to_look_at_and_nothing_wrong():
    assert InventoryFile(None).current() == LoadedInventory(Inventory())


DOCS = (Path(__file__).parent.parent.parent / "docs/inventory.md").read_text(encoding="utf-8")


def test_the_examples_of_the_documentation_are_read(file):
    examples = re.findall(r"^```yaml\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)
    kinds = set()
    for example in examples:
        found = loaded(file, example)
        assert found.problems == ()
        kinds |= {system.kind for system in found.inventory.systems}
    assert kinds == set(SystemKind)


def test_every_key_is_documented_under_its_kind_and_no_other():
    sections = dict(re.findall(r"^### `([a-z-]+)`[^\n]*\n(.*?)(?=^##)", DOCS + "\n##", re.MULTILINE | re.DOTALL))
    documented = {kind: re.findall(r"^\| `(\w+)`", text, re.MULTILINE) for kind, text in sections.items()}
    assert documented == {kind.value: list(keys) for kind, keys in KEYS.items()}
    common = DOCS.partition("## Keys that every system has")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)`", common, re.MULTILINE) == list(COMMON)
