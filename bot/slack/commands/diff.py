"""/incident diff <system> [day or snapshot]"""

from __future__ import annotations

from bot.domain.arguments import normalise
from bot.errors import UserError
from bot.services.desk import Desk
from bot.services.systems import nights, snapshots
from bot.slack.asked import Answer, Asked
from bot.slack.commands.reading import here
from bot.slack.text import plain

NAMES = ("diff", "changed")
USAGE = "diff orders-db"
ABOUT = "what has changed in a system since last night; `diff orders-db 2026-11-20` since a day"


def run(desk: Desk, asked: Asked) -> Answer:
    """Promise the comparison; what has changed is told in the channel within seconds."""
    name, since = [*normalise(asked.text).lower().split(maxsplit=1), "", ""][:2]
    try:
        system, old = snapshots.ask(
            desk,
            name or _only(desk),
            since,
            incident=here(desk, asked),
            channel_id=asked.channel_id,
            by=asked.user_id,
        )
    except UserError as error:
        error.typed = f"/incident diff {asked.text}".strip()
        raise
    return Answer(text=f":mag: Comparing `{plain(system.name)}` with snapshot {old.number}.")


def _only(desk: Desk) -> str:
    """The one system that has snapshots. Raises UserError where there are several."""
    names = [system.name for system in desk.inventory.systems if nights.has_snapshots(system)]
    if len(names) > 1:
        listed = ", ".join(f"`{name}`" for name in names[:5])
        raise UserError("Which system?", hint=f"Name one, as in `/incident {USAGE}`: {listed}.")
    return names[0] if names else ""
