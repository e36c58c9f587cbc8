"""docs/playbooks-coverage.md: every lesson of the four outages leads to a step that is there."""

import re
from pathlib import Path

import pytest

from bot.store.playbooks import load

ROOT = Path(__file__).parents[2]
BOOKS = {book.name: book for book in load(ROOT / "playbooks").playbooks}
PAGE = (ROOT / "docs" / "playbooks-coverage.md").read_text()
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "](" in line]
LINK = re.compile(r"\[([a-z-]+)(?: (\d+))?\]\(\.\./playbooks/([a-z-]+)\.md(?:#([^)]*))?\)")


def anchor(number: int, title: str) -> str:
    """The anchor that Markdown pages give to a step's heading."""
    return re.sub(r"[^\w\- ]", "", f"{number}. {title}".lower()).replace(" ", "-")


@pytest.mark.parametrize("row", ROWS)
def test_every_lesson_leads_to_steps_that_are_there(row):
    links = LINK.findall(row)
    assert len(links) == row.count("](")
    for shown, number, name, at in links:
        assert shown == name
        steps = {str(step.number): anchor(step.number, step.title) for step in BOOKS[name].steps}
        assert at == (steps[number] if number else "")


def test_each_of_the_four_outages_has_its_lessons():
    sections = PAGE.split("\n## ")[1:]
    assert [section.split(",")[0].split(":")[0] for section in sections] == [
        "Universe",
        "Havoc",
        "Small Giant Games",
        "Muut",
    ]
    assert all(section.count("](") >= 10 for section in sections)
