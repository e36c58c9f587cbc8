"""What people wrote, as if it were an incident's title: what is suggested unasked is nearly always right."""

from pathlib import Path

import pytest

from bot.domain.lookup import worth_saying
from bot.services.playbooks.runbooks import FOR_ORDER
from bot.store.playbooks import Shelf
from tests.playbooks.figures import asked

SHELF = Shelf(Path(__file__).parents[2] / "playbooks")


@pytest.mark.parametrize("names", [("symptoms.toml", "tuning.toml"), ("weighed.toml",)])
def test_a_suggestion_is_nearly_always_right_and_seldom_made_where_nothing_fits(names: tuple[str, ...]):
    answers = [(one.fits, worth_saying(SHELF.find(one.says, FOR_ORDER))) for name in names for one in asked(name)]
    said = [(fits, best.name) for fits, best in answers if best and fits]
    assert len(said) >= 0.5 * sum(bool(fits) for fits, _ in answers)
    assert sum(name in fits for fits, name in said) >= 0.93 * len(said)
    others = [best for fits, best in answers if not fits]
    assert sum(best is not None for best in others) <= 0.1 * len(others)
