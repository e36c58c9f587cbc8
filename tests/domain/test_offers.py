"""What is offered for the gaps of a step, and which port goes with a member that was chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.gaps import BadValue
from bot.domain.inventory import SystemKind
from bot.domain.offers import Offer, Offered, completed, of_gap
from bot.domain.playbook import Fill, Playbook, Step, Variable

REDIS = "```sh run\nredis-cli -h {{replica:host}} -p {{port:port}} INFO\nredis-cli -h {{sentinel:host}} PING\n```"
MONGO = "```sh run\nmongosh --host {{primary:host}} --port {{port:port}} --eval 1\n```"
BARE = "```sh run\nsudo nft add rule inet q in ip saddr {{wrong:host}} drop\n```"
ATLAS = "```sh run\natlas clusters describe {{cluster}} --projectId {{project}}\n```"
WATCHED = "```sh run\nredis-cli -h {{sentinel:host}} SENTINEL REPLICAS {{name}}\n```"


def member(host: str, port: int, part: str = "") -> Offered:
    return Offered(value=host, port=port, shown=f"{host}:{port}", part=part)


DB = (member("db1", 27017), member("db2", 27018))
CACHE = (member("cache1", 6379), member("watch1", 26379, "sentinel"))
OFFERS = (
    Offer(system="orders", kind=SystemKind.MONGODB, members=DB),
    Offer(system="cache", kind=SystemKind.REDIS, members=CACHE, words={"name": "mymaster"}),
    Offer(system="edge", kind=SystemKind.HOST, members=(member("edge1", 0),)),
    Offer(system="cloud", kind=SystemKind.ATLAS, words={"project": "0123456789abcdef01234567", "cluster": "orders"}),
)


def page(*bodies: str, systems: tuple[str, ...] = ("mongodb", "redis")) -> Playbook:
    hosts = ("primary", "member", "replica", "sentinel", "wrong", "redisspare")
    gaps = (*(Variable(name=name, fill=Fill.HOST) for name in hosts), Variable(name="port", fill=Fill.PORT))
    steps = tuple(Step(number=n, title="One", body=body, variables=gaps) for n, body in enumerate(bodies, 1))
    return Playbook(name="page", title="Page", systems=systems, steps=steps, text="", digest="")


def offered(book: Playbook, name: str, fill: Fill = Fill.HOST) -> list[str]:
    gap = Variable(name=name, fill=fill)
    return [one.value for found in of_gap(OFFERS, book, book.steps[0], gap) for one in found.members]


@pytest.mark.parametrize(
    ("body", "name", "hosts"),
    [
        (MONGO, "primary", ["db1", "db2"]),
        (REDIS, "replica", ["cache1"]),
        (REDIS, "sentinel", ["watch1"]),
        (BARE, "wrong", ["db1", "db2", "cache1"]),
        (BARE, "redisspare", ["cache1"]),
    ],
)
def test_a_gap_is_offered_members_of_what_its_commands_talk_to(body, name, hosts):
    assert offered(page(body), name) == hosts


def test_where_no_command_says_it_the_playbooks_systems_do():
    assert offered(page(BARE, systems=("redis", "linux")), "wrong") == ["cache1"]
    assert offered(page(BARE, systems=("nginx",)), "wrong") == []


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        (ATLAS, "cluster", ["orders"]),
        (ATLAS, "project", ["0123456789abcdef01234567"]),
        (ATLAS, "region", []),
        ("aws docdb describe-db-clusters {{cluster}}", "cluster", []),
        (WATCHED, "name", ["mymaster"]),
        ("systemctl status {{name}}", "name", []),
    ],
)
def test_names_are_offered_where_the_commands_talk_to_what_has_them(body, name, words):
    assert offered(page(body), name, Fill.WORD) == words
    assert offered(page(body), name, Fill.PATH) == []


def test_the_port_of_a_chosen_member_goes_where_the_commands_put_it_behind_the_host():
    book = page(MONGO, "nc -vz -w 3 {{member}} {{port}}")
    step = book.steps[0]
    assert completed(book, step, {"port": ""}, {"primary": DB[1]}, {}) == {"primary": "db2", "port": "27018"}
    assert completed(book, step, {"port": ""}, {"member": DB[0]}, {})["port"] == "27017"
    assert completed(book, step, {"port": ""}, {"wrong": DB[0]}, {}) == {"wrong": "db1"}


def test_a_port_that_was_typed_stays_and_one_from_before_gives_way():
    book = page(MONGO)
    assert completed(book, book.steps[0], {"primary": "db1", "port": "4000"}, {}, {})["port"] == "4000"
    assert completed(book, book.steps[0], {}, {"primary": DB[0]}, {"port": "27018"})["port"] == "27017"


def test_members_on_different_ports_leave_the_port_to_the_person_and_say_so():
    book = page(MONGO, "mongosh {{member}}:{{port}}")
    both = {"primary": DB[0], "member": DB[1]}
    with pytest.raises(BadValue, match="different ports: `member` on 27018, `primary` on 27017") as refused:
        completed(book, book.steps[0], {"port": ""}, both, {})
    assert refused.value.name == "port"
    given = completed(book, book.steps[0], {"port": "27017"}, both, {})
    assert given == {"port": "27017", "primary": "db1", "member": "db2"}


def test_a_chosen_member_never_moves_another_hosts_lines_to_its_port():
    book = page(MONGO, "mongosh {{member}}:{{port}}")
    kept = {"member": "db2", "port": "27018"}
    with pytest.raises(BadValue, match="`member` on 27018, `primary` on 27017"):
        completed(book, book.steps[0], {}, {"primary": DB[0]}, kept)
    same = completed(book, book.steps[0], {}, {"primary": DB[1]}, kept)
    assert same["port"] == "27018"
    assert completed(book, book.steps[0], {"port": "27018"}, {"primary": DB[0]}, kept)["port"] == "27018"


def test_another_host_that_is_typed_leaves_the_port_of_the_one_before():
    book, kept = page(MONGO), {"primary": "db2", "port": "27018"}
    given = completed(book, book.steps[0], {"primary": "db9"}, {}, kept)
    assert given == {"primary": "db9", "port": None}
    same = completed(book, book.steps[0], {"primary": "db2", "port": "27018"}, {}, kept)
    assert same == {"primary": "db2", "port": "27018"}
    both = completed(book, book.steps[0], {"primary": "db9", "port": "4000"}, {}, kept)
    assert both == {"primary": "db9", "port": "4000"}
    alike = completed(book, book.steps[0], {"primary": "db9", "port": "27018"}, {}, kept)
    assert alike == {"primary": "db9", "port": "27018"}  # somebody typed that it is the same one


def test_a_port_that_was_given_before_any_host_is_that_of_the_first():
    book = page(MONGO)
    given = completed(book, book.steps[0], {"primary": "db9", "port": "4000"}, {}, {"port": "4000"})
    assert given == {"primary": "db9", "port": "4000"}


def test_a_member_whose_name_is_typed_brings_its_port():
    book, kept = page(MONGO), {"primary": "db1", "port": "27017"}
    given = completed(book, book.steps[0], {"primary": "db2"}, {}, kept, OFFERS)
    assert given == {"primary": "db2", "port": "27018"}
    first = completed(book, book.steps[0], {"primary": "db2", "port": ""}, {}, {}, OFFERS)
    assert first == {"primary": "db2", "port": "27018"}
    mine = completed(
        book, book.steps[0], {"primary": "db1", "port": "4000"}, {}, {"primary": "db1", "port": "4000"}, OFFERS
    )
    assert mine == {"primary": "db1", "port": "4000"}


def test_two_servers_on_one_machine_leave_the_port_to_the_person():
    twins = (Offer(system="caches", kind=SystemKind.MONGODB, members=(member("db1", 27017), member("db1", 27018))),)
    book = page(MONGO)
    assert completed(book, book.steps[0], {"primary": "db1"}, {}, {}, twins) == {"primary": "db1"}


def test_the_port_of_a_host_is_filled_in_also_where_only_another_step_has_it():
    book = page(BARE, "mongosh {{wrong}}:{{port}}")
    assert completed(book, book.steps[0], {}, {"wrong": DB[1]}, {}) == {"wrong": "db2", "port": "27018"}


def test_a_client_is_offered_no_member():
    assert offered(page("redis-cli -h {{redis}} CLIENT KILL ADDR {{client}}:1"), "client") == []


@pytest.mark.parametrize(
    "line",
    [
        "mongosh --port {{port}} --host {{primary}}",
        "redis-cli -h {{primary}} -a x -p {{port}} INFO",
        "{ host: '{{primary}}', port: {{port}} }",
        "sudo nft add rule inet q incoming ip saddr {{primary}} tcp sport {{port}} drop",
        "sudo iptables -I OUTPUT 1 -d {{primary}} -p tcp --dport {{port}} -j DROP",
    ],
)
def test_a_port_goes_with_the_host_of_its_line_however_the_line_puts_it(line):
    book = page(line)
    kept = {"primary": "db1", "port": "27017"}
    assert completed(book, book.steps[0], {}, {"primary": DB[1]}, kept)["port"] == "27018"
    assert completed(book, book.steps[0], {"primary": "db9"}, {}, kept)["port"] is None


def test_the_port_of_our_own_end_of_a_firewall_is_not_that_of_the_address_it_keeps_out():
    book = page("sudo nft add rule inet q incoming ip saddr {{primary}} tcp dport {{port}} drop")
    assert completed(book, book.steps[0], {}, {"primary": DB[1]}, {"port": "27017"}) == {"primary": "db2"}


def test_a_host_that_nobody_knows_never_takes_the_port_of_another_host():
    book = page(MONGO, "mongosh {{member}}:{{port}}")
    given = completed(book, book.steps[0], {"member": "spare9"}, {}, {"primary": "db1", "port": "27018"})
    assert given == {"member": "spare9", "port": None}


def test_a_port_that_the_form_does_not_have_is_taken_away_where_hosts_differ():
    book = page(MONGO, "mongosh {{member}}:{{port}}")
    bare = replace(book.steps[0], variables=tuple(gap for gap in book.steps[0].variables if gap.name != "port"))
    given = completed(book, bare, {}, {"member": DB[1]}, {"primary": "db1", "port": "27017"})
    assert given == {"member": "db2", "port": None}
