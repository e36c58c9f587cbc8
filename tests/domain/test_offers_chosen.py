"""What is chosen in a menu beside what is typed below it, and which member a menu has first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.gaps import BadValue
from bot.domain.inventory import SystemKind
from bot.domain.offers import Offer, completed, of_gap
from bot.domain.playbook import Fill, Variable
from tests.domain.test_offers import ATLAS, DB, MONGO, Offered, member, page

SEEN = ("primary", "", "no answer", "secondary", "arbiter", "master", "replica")


def chosen_and_typed(chosen: dict[str, Offered], typed: dict[str, str], kept: dict[str, str] | None = None):
    book = page(MONGO)
    return completed(book, book.steps[0], typed, chosen, kept or {})


def test_a_host_that_is_typed_beside_another_that_is_chosen_is_refused_with_both_and_the_ways_out():
    with pytest.raises(BadValue, match="you chose `db1` in the menu, and typed `db9` here") as refused:
        chosen_and_typed({"primary": DB[0]}, {"primary": "`db9`"})
    assert refused.value.name == "primary"
    assert "Clear this field to take `db1`" in refused.value.hint and "“none of these”" in refused.value.hint


def test_it_is_refused_too_where_the_typed_one_was_filled_in_by_somebody_else_meanwhile():
    with pytest.raises(BadValue):
        chosen_and_typed({"primary": DB[0]}, {"primary": "db9"}, {"primary": "db9"})


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [("db1", " `db1` "), ("db1.internal", "DB1.Internal"), ("::1", "0:0::1"), ("FD00::A", "fd00:0:0::a")],
)
def test_the_same_host_however_it_is_spelt_is_the_member_that_was_chosen_with_its_port(chosen, typed):
    given = chosen_and_typed({"primary": member(chosen, 27018)}, {"primary": typed})
    assert given == {"primary": chosen, "port": "27018"}


def test_the_host_that_stands_there_already_however_it_is_spelt_keeps_its_port():
    kept = {"primary": "db3.internal", "port": "27018"}
    assert chosen_and_typed({}, {"primary": " `DB3.internal` "}, kept) == {"primary": "DB3.internal"}


def test_a_member_may_be_typed_as_the_menu_shows_it():
    book = page(MONGO)
    offers = (Offer(system="orders", kind=SystemKind.MONGODB, members=(member("db1.internal", 27018),)),)
    given = completed(book, book.steps[0], {"primary": "DB1.internal:27018"}, {}, {}, offers)
    assert given == {"primary": "db1.internal", "port": "27018"}
    with pytest.raises(BadValue, match="takes a host's name or address"):
        completed(book, book.steps[0], {"primary": "db1.internal:27019"}, {}, {}, offers)
    with pytest.raises(BadValue):  # another one was chosen
        completed(book, book.steps[0], {"primary": "db1.internal:27018"}, {"primary": DB[0]}, {}, offers)


def test_something_that_cannot_be_a_host_is_told_as_that():
    with pytest.raises(BadValue, match="takes a host's name or address"):
        chosen_and_typed({"primary": DB[0]}, {"primary": "db1:27017"})


def test_a_port_that_is_not_that_of_the_chosen_member_is_refused_since_another_server_may_listen_there():
    with pytest.raises(BadValue, match="you chose `db1` on port 27017 in the menu, and typed `27018` here") as refused:
        chosen_and_typed({"primary": DB[0]}, {"port": "27018"})
    assert refused.value.name == "port" and "Clear this field to take 27017." in refused.value.hint
    assert chosen_and_typed({"primary": DB[0]}, {"port": "27017"}) == {"primary": "db1", "port": "27017"}
    unknown = member("db1", 0)
    assert chosen_and_typed({"primary": unknown}, {"port": "4000"}) == {"primary": "db1", "port": "4000"}


def test_a_name_is_the_same_only_letter_by_letter():
    book, cluster = page(ATLAS), Variable(name="cluster", fill=Fill.WORD)
    step = replace(book.steps[0], variables=(cluster,))
    book = replace(book, steps=(step,))
    orders = {"cluster": Offered(value="orders", shown="orders")}
    assert completed(book, step, {"cluster": "orders"}, orders, {}) == {"cluster": "orders"}
    with pytest.raises(BadValue, match="you chose `orders` in the menu, and typed `Orders` here"):
        completed(book, step, {"cluster": "Orders"}, orders, {})


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("primary", {"primary", "master"}, {"secondary", "replica"}),
        ("newmaster", {"primary", "master"}, {"secondary", "replica"}),
        ("secondary", {"secondary", "replica"}, {"primary", "master"}),
        ("replica", {"secondary", "replica"}, {"primary", "master"}),
        ("reader", {"secondary", "replica"}, {"primary", "master"}),
    ],
)
def test_members_whose_role_fits_the_name_of_the_gap_come_first_and_none_is_left_out(name, first, last):
    roles = order(name)
    assert set(roles[:2]) == first and set(roles[-2:]) == last
    assert roles[2:-2] == ["", "no answer", "arbiter"]


def test_a_gap_whose_name_says_no_role_keeps_the_order_of_the_inventory():
    assert order("member") == list(SEEN)


def order(name: str) -> list[str]:
    """The roles of the members that are offered for a gap, in their order."""
    members = tuple(replace(member(f"db{n}", 27017), role=role) for n, role in enumerate(SEEN))
    offers = (Offer(system="orders", kind=SystemKind.MONGODB, members=members),)
    book = page(f"mongosh --host {{{{{name}}}}}")
    (found,) = of_gap(offers, book, book.steps[0], Variable(name=name, fill=Fill.HOST))
    return [one.role for one in found.members]
