"""Playbooks that may have been meant, each with a button."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.blocks.pieces import Block, actions, button, section


def offers(names: Sequence[str], *, in_incident: bool, page_url: str) -> list[Block]:
    """A row for each: to walk it in an incident's channel, to read it elsewhere."""
    blocks = []
    for number, name in enumerate(names):
        read = button("Read it", "runbook_show", name, url=f"{page_url}/playbooks/{name}")
        row = [button("Walk it here", "walk_start", name), read] if in_incident else [read]
        blocks += [section(f":notebook: `{name}`"), actions(f"offer:{number}", row)]
    return blocks
