"""What a step's form offers: which system comes first."""

from __future__ import annotations

from bot.services.playbooks import offering
from bot.services.systems import checks
from tests.services.conftest import ADA, Office
from tests.services.systems.test_checks import FINE, ZOMBIE, stocked, taken

__all__ = ["stocked"]


def test_the_worst_system_comes_first_then_the_one_that_was_looked_at_last(stocked: Office):
    incident = stocked.opened("it is slow")
    for system, found in (("orders-db", ZOMBIE), ("sessions", FINE)):
        stocked.later(1)
        check = stocked.do(lambda desk, system=system: checks.ask(desk, system, incident=incident))
        stocked.do(lambda desk, check=check, found=found: checks.settle(desk, check.id, taken(found)))
    offers = stocked.do(lambda desk: offering.offers(desk, incident.id, by=ADA))
    assert [(one.system, one.verdict) for one in offers] == [
        ("orders-db", "critical"),
        ("sessions", "ok"),
        ("dumps", None),
    ]
