"""Playbooks that may have been meant, each with a button."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.playbook import Playbook
from bot.slack.blocks.pieces import Block, actions, button, section
from bot.slack.text import plain, shorten


def offers(books: Sequence[Playbook], *, in_incident: bool, page_url: str) -> list[Block]:
    """A row for each: to walk one with steps in an incident's channel, to read it elsewhere."""
    blocks = []
    for number, book in enumerate(books):
        read = button("Read it", "runbook_show", book.name, url=f"{page_url}/playbooks/{book.name}")
        row = [button("Walk it here", "walk_start", book.name), read] if in_incident and book.steps else [read]
        says = f":notebook: {plain(shorten(book.title, 120))}  ·  `{book.name}`"
        blocks += [section(says), actions(f"offer:{number}", row)]
    return blocks
