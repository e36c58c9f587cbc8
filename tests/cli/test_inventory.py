"""`muster inventory`: what may be looked at, and what is wrong with the file that says so. Nothing is reached."""

from __future__ import annotations

import socket

import pytest

GOOD = """\
systems:
  orders-db:
    kind: mongodb
    about: orders and payments
    members: [db1.internal, db2.internal]
    user: muster-probe
    password_env: ORDERS_DB_PASSWORD
  events: {kind: mongodb, routers: [r1], config: [c1], shards: {s1: [a1]}}
  shop: {kind: http, url: "https://shop.example/health"}
  orders-atlas: {kind: atlas, project: "507f1f77bcf86cd799439011", cluster: orders, public_key: abcd, password_env: KEY}
  db1: {kind: host, members: [db1.internal], ports: [22, 27017]}
"""
BAD = GOOD + "  cache: {kind: redis, membres: [a]}\n"


@pytest.fixture(autouse=True)
def _nothing_is_reached(monkeypatch):
    def never(*_):
        raise AssertionError("a look at the inventory reached for something")

    monkeypatch.setattr(socket.socket, "connect", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORDERS_DB_PASSWORD", "tr0ub4dor&3")
    return tmp_path / "inventory.yaml"


def test_systems_are_listed_with_all_that_would_be_reached(muster, file):
    file.write_text(GOOD, encoding="utf-8")
    said = muster("inventory")
    assert (said.status, said.err) == (0, "")
    assert [line.split(maxsplit=3) for line in said.out.splitlines()] == [
        ["orders-db", "mongodb", "db1.internal:27017", "orders and payments"],
        ["db2.internal:27017"],
        ["events", "mongodb", "r1:27017", "mongos"],
        ["c1:27019", "config"],
        ["a1:27018", "s1"],
        ["shop", "http", "https://shop.example/health"],
        ["orders-atlas", "atlas", "orders", "of project 507f1f77bcf86cd799439011"],
        ["db1", "host", "db1.internal", "ports 22, 27017"],
    ]


def test_as_data_a_system_has_its_members_and_the_name_of_its_secret_never_the_secret(muster, file):
    file.write_text(GOOD, encoding="utf-8")
    said = muster("inventory", "--json")
    assert said.data[0]["members"][1] == {"host": "db2.internal", "port": 27017, "part": ""}
    assert said.data[0]["password_env"] == "ORDERS_DB_PASSWORD"
    assert "tr0ub4dor" not in said.out


def test_a_faulty_system_is_left_out_of_the_list_and_it_says_so(muster, file):
    file.write_text(BAD, encoding="utf-8")
    said = muster("inventory")
    assert said.status == 1
    assert said.out.splitlines()[-1] == (
        "inventory.yaml: 2 faults; a system with one is left out. See `muster inventory lint`."
    )
    assert "cache" not in said.out


def test_lint_names_line_fault_and_remedy(muster, file):
    file.write_text(BAD, encoding="utf-8")
    said = muster("inventory", "lint")
    assert (said.status, said.err) == (1, "")
    assert said.out.splitlines() == [
        'inventory.yaml:12: unknown key "membres"; did you mean "members"?',
        'inventory.yaml:12: "cache" has no members; add "members:"',
    ]
    data = muster("inventory", "lint", "--json")
    assert data.status == 1
    assert [(one["line"], set(one)) for one in data.data] == [(12, {"file", "line", "says", "hint"})] * 2


def test_lint_of_a_good_file_says_so_and_takes_any_file(muster, file, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(GOOD, encoding="utf-8")
    said = muster("inventory", "lint", str(other))
    assert (said.status, said.out) == (0, f"5 systems in {other}: nothing wrong.\n")
    assert muster("inventory", "lint", str(other), "--json").data == []


def test_lint_of_a_file_that_is_not_there_is_a_problem_of_its_own(muster, file):
    said = muster("inventory", "lint", "nowhere.yaml")
    assert said.status == 1
    assert said.out == "nowhere.yaml:1: this file cannot be read: No such file or directory; set MUSTER_INVENTORY\n"


@pytest.mark.parametrize("words", [("inventory",), ("inventory", "lint"), ("inventory", "--json")])
def test_without_an_inventory_it_says_how_to_come_by_one(muster, file, words):
    said = muster(*words)
    assert (said.status, said.out) == (1, "")
    assert "docs/inventory.md" in said.err and "MUSTER_INVENTORY" in said.err
