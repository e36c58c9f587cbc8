"""Which member a menu has first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.inventory import SystemKind
from bot.domain.offers import Offer, of_gap
from bot.domain.playbook import Fill, Variable
from tests.domain.test_offers import member, page

SEEN = ("primary", "", "no answer", "secondary", "arbiter", "master", "replica")


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
