"""/incident check [system] [probe …]"""

from __future__ import annotations

from bot.domain.arguments import normalise
from bot.errors import NotFound, UserError
from bot.probes import catalog
from bot.services import checks
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.commands.reading import here
from bot.slack.text import plain

NAMES = ("check", "probe", "look")
USAGE = "check orders-db"
ABOUT = "look at a system, read-only; `check` alone looks at all, `check orders-db lag` at one thing"

MOST_AT_ONCE = 8


def run(desk: Desk, asked: Asked) -> Answer:
    """Promise the looks; what they find is told in the channel within seconds."""
    names = normalise(asked.text).lower().split()
    systems = [system.name for system in desk.inventory.systems]
    if not systems:
        desk.inventory.get("")
    incident = here(desk, asked)
    wanted, probes = ([names[0]], names[1:]) if names else (systems[:MOST_AT_ONCE], [])
    if names and names[0] not in systems and len(systems) == 1 and _is_probe(desk, systems[0], names[0]):
        wanted, probes = systems, names
    for name in wanted:
        try:
            checks.ask(desk, name, probes, incident=incident, channel_id=asked.channel_id, by=asked.user_id)
        except UserError as error:
            error.typed = f"/incident check {asked.text}".strip()
            raise
    more = (
        f" Of {len(systems)} systems I take the first {MOST_AT_ONCE}; name one for the rest."
        if (not names and len(systems) > MOST_AT_ONCE)
        else ""
    )
    return Answer(text=f":mag: Looking at {', '.join(f'`{plain(name)}`' for name in wanted)}.{more}")


def _is_probe(desk: Desk, system: str, name: str) -> bool:
    try:
        return bool(catalog.choose(desk.inventory.get(system).kind, [name]))
    except NotFound:
        return False
