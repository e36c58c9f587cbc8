"""/incident preflight CHANGE SYSTEM [details]"""

from __future__ import annotations

from bot.domain.arguments import normalise
from bot.domain.preflight.changes import CHANGES
from bot.errors import UserError
from bot.services.desk import Desk
from bot.services.systems import preflight
from bot.slack.asked import Answer, Asked, as_typed
from bot.slack.commands.reading import here
from bot.slack.text import escape, plain

NAMES = ("preflight", "before")
USAGE = "preflight drop-index orders-db shop.orders status_1"
ABOUT = "go, wait or stop before a change, from a look of its own; alone, lists the changes"


def run(desk: Desk, asked: Asked) -> Answer:
    """Promise the answer; it is told in the channel within seconds."""
    words = normalise(as_typed(asked.text)).split()
    if not words:
        return Answer(text=_listing())
    try:
        made = preflight.ask(desk, words, incident=here(desk, asked), channel_id=asked.channel_id, by=asked.user_id)
    except UserError as error:
        error.typed = f"/incident preflight {asked.text}".strip()
        raise
    looked = ", ".join(f"`{plain(system.name)}`" for system in made.systems)
    return Answer(text=f":mag: Looking at {looked} before `{escape(made.line)}`.")


def _listing() -> str:
    return "\n".join(
        f"`/incident preflight {change.name} SYSTEM {change.example}".rstrip() + f"`  {change.about}"
        for change in CHANGES
    )
