"""/incident check [system] [probe …] [watch|stop]"""

from __future__ import annotations

from bot.domain.arguments import normalise
from bot.errors import NotFound, UserError
from bot.probes import catalog
from bot.services.desk import Desk
from bot.services.systems import checks, watches
from bot.slack.asked import Answer, Asked
from bot.slack.commands.reading import here
from bot.slack.text import plain

NAMES = ("check", "probe", "look")
USAGE = "check orders-db"
ABOUT = "look at a system, read-only; `check` alone looks at all, `check orders-db watch` again and again"

WATCH, STOP = frozenset({"watch", "--watch", "-w"}), frozenset({"stop", "--stop"})

MOST_AT_ONCE = 8


def run(desk: Desk, asked: Asked) -> Answer:
    """Promise the looks; what they find is told in the channel within seconds."""
    typed = normalise(asked.text).lower().split()
    names = [word for word in typed if word not in WATCH | STOP]
    if STOP & set(typed):
        return _stop(desk, asked, names)
    systems = [system.name for system in desk.inventory.systems]
    if not systems:
        desk.inventory.get("")
    incident, watch = here(desk, asked), bool(WATCH & set(typed))
    wanted, probes = ([names[0]], names[1:]) if names else (systems[:MOST_AT_ONCE], [])
    if names and names[0] not in systems and len(systems) == 1 and _is_probe(desk, systems[0], names[0]):
        wanted, probes = systems, names
    if watch and not names and len(systems) > 1:
        raise UserError("Name the system to watch.", hint=f"As in `/incident check {systems[0]} watch`.")
    for name in wanted:
        try:
            if watch:
                watches.begin(desk, name, probes, incident=incident, channel_id=asked.channel_id, by=asked.user_id)
                continue
            checks.ask(desk, name, probes, incident=incident, channel_id=asked.channel_id, by=asked.user_id)
        except UserError as error:
            error.typed = f"/incident check {asked.text}".strip()
            raise
    if watch:
        lasting = f"every {watches.EVERY_S:g} s for {watches.FOR_S / 60:g} min"
        return Answer(text=f":mag: Watching `{plain(wanted[0])}` {lasting}. I say when a verdict changes.")
    more = (
        f" Of {len(systems)} systems I take the first {MOST_AT_ONCE}; name one for the rest."
        if (not names and len(systems) > MOST_AT_ONCE)
        else ""
    )
    return Answer(text=f":mag: Looking at {', '.join(f'`{plain(name)}`' for name in wanted)}.{more}")


def _stop(desk: Desk, asked: Asked, names: list[str]) -> Answer:
    """End the watches of this channel, or those of one system."""
    found = watches.here(desk, asked.channel_id, names[0] if names else "")
    if not found:
        what = f"`{plain(names[0])}`" if names else "anything"
        raise NotFound(f"Nobody watches {what} here.", hint="`/incident check orders-db watch` begins to.")
    for watch_id, _ in found:
        watches.stop(desk, watch_id, by=asked.user_id)
    return Answer(text=f"No longer watching {', '.join(f'`{plain(system)}`' for _, system in found)}.")


def _is_probe(desk: Desk, system: str, name: str) -> bool:
    try:
        return bool(catalog.choose(desk.inventory.get(system).kind, [name]))
    except NotFound:
        return False
