"""docs/playbooks-coverage.md: every lesson of the four outages leads to a step that is there."""

import re
from pathlib import Path

import pytest

from bot.store.playbooks import load

ROOT = Path(__file__).parents[2]
BOOKS = {book.name: book for book in load(ROOT / "playbooks").playbooks}
PAGE = (ROOT / "docs" / "playbooks-coverage.md").read_text()
LINK = re.compile(r"\[([a-z-]+)(?: (\d+))?\]\(\.\./playbooks/([a-z-]+)\.md(?:#([^)]*))?\)")
# Rows that were there on the day this was written, less a tenth for rows that are joined: a lesson is not to be lost.
AT_LEAST = {"Universe": 27, "Havoc": 38, "Small Giant Games": 20, "Muut": 25}


def rows_of(section: str) -> list[str]:
    """The rows of a section's table, without its head and the line below that."""
    return [line for line in section.splitlines() if line.lstrip().startswith("|")][2:]


SECTIONS = {re.split(r"[,:]|$", text.partition("\n")[0])[0]: rows_of(text) for text in PAGE.split("\n## ")[1:]}
ROWS = [row for rows in SECTIONS.values() for row in rows]


def anchor(number: int, title: str) -> str:
    """The anchor that Markdown pages give to a step's heading."""
    return re.sub(r"[^\w\- ]", "", f"{number}. {title}".lower()).replace(" ", "-")


@pytest.mark.parametrize("row", ROWS)
def test_every_lesson_leads_to_steps_that_are_there(row):
    lesson, kept = (cell.strip() for cell in row.strip().strip("|").split(" | "))
    links = LINK.findall(kept)
    assert lesson and links
    assert kept == ", ".join(found[0] for found in LINK.finditer(kept))
    for shown, number, name, at in links:
        assert shown == name
        steps = {str(step.number): anchor(step.number, step.title) for step in BOOKS[name].steps}
        assert at == (steps[number] if number else "")


def test_no_lesson_stands_twice():
    lessons = [row.split(" | ")[0] for row in ROWS]
    assert len(set(lessons)) == len(lessons)


def test_each_of_the_four_outages_keeps_its_lessons():
    assert list(SECTIONS) == list(AT_LEAST)
    assert {name: len(rows) for name, rows in SECTIONS.items() if len(rows) < AT_LEAST[name]} == {}
