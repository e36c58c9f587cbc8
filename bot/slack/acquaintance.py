"""Getting to know the people a command names: who they are, and whether they are still here."""

from __future__ import annotations

import asyncio
from functools import partial

from bot.domain.arguments import find_people
from bot.domain.roles import Person
from bot.errors import ChatDown, ChatRefused, ChatUnknown
from bot.services.deps import Deps
from bot.slack.aftercare import Aftercare
from bot.slack.asked import Answer, Asked
from bot.slack.text import plain
from bot.store import people

MOST = 10  # people looked up after one command


async def get_to_know(deps: Deps, aftercare: Aftercare, asked: Asked) -> None:
    """Look up whom we have not met, and tell the person who asked about those who have left the workspace."""
    named = find_people(asked.text)[0][:MOST]
    if not named:
        return
    if not named:
        return
    met = await deps.door.read(lambda session: people.known(session, asked.team_id, named))
    new = [user for user in named if user not in met or not met[user].timezone]
    found = [person for person in await asyncio.gather(*(_look_up(deps, user) for user in new)) if person]
    for person in found:
        await deps.door.write(partial(people.remember, team_id=asked.team_id, person=person, now=deps.wall()))
    for person in found:
        if person.gone:
            says = f"{plain(person.name)} has left this workspace and cannot come."
            hint = "Name somebody else, as in `/incident lead @ada`."
            await aftercare.tell(asked.channel_id, asked.user_id, Answer(text=f":warning: {says} {hint}"))


async def _look_up(deps: Deps, user_id: str) -> Person | None:
    try:
        return await deps.chat.person(user_id)
    except (ChatDown, ChatRefused, ChatUnknown):
        return None
