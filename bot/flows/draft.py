"""The postmortem draft: made at close from what was recorded, kept, and handed over in the channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.domain.check import Check
from bot.domain.roles import Person
from bot.errors import ChatDown, ChatRefused, ChatUnknown
from bot.flows import look
from bot.flows.handing import hand_over
from bot.flows.hands import Hands
from bot.flows.showing import show
from bot.services.postmortem import drafting, wording
from bot.services.systems import checks
from bot.store import incidents, people

NAMES_WITHIN_S = 4.0  # a draft with ids in place of some names is better than none within the promised ten seconds


async def make(hands: Hands) -> None:
    """Learn the names, draft and keep, then post the summary, the document and the picture."""
    await asyncio.gather(hands.step(hands.work.id, "names", lambda _: learn_names(hands)), _look_again(hands))
    worded = await hands.step(hands.work.id, "wording", lambda _: _word(hands))
    version = await hands.write(lambda session: _draft(hands, session, worded))
    room = await hands.read(lambda session: incidents.load(session, hands.work.subject))
    if room is None:
        return
    if not room.channel_id:
        hands.wait(trouble="The channel is not there yet.")
        return
    summary = await hands.read(
        lambda session: drafting.summary(hands.deps.desk(session, hands.work.team_id), room, version)
    )
    step = f"draft:{version}"

    async def post(before: bool) -> dict[str, Any]:
        op = f"{room.id}:{step}"
        ts = await hands.deps.chat.find_post(room.channel_id, op) if before else None
        return {"ts": ts or await hands.deps.chat.post(room.channel_id, summary, op)}

    await hands.step(room.id, step, post)
    await hand_over(hands, summary)
    await show(hands, summary)


async def _word(hands: Hands) -> dict[str, Any]:
    settings = hands.deps.settings
    if not settings.muster_wording_url:
        return {}
    plain = await hands.read(
        lambda session: drafting.to_word(hands.deps.desk(session, hands.work.team_id), hands.work.subject)
    )
    return await wording.word(settings, plain)


def _draft(hands: Hands, session: Any, worded: Mapping[str, str] | None) -> int:
    desk, by = hands.deps.desk(session, hands.work.team_id), hands.deps.settings.muster_wording_model
    return drafting.draft(desk, hands.work.subject, made_for=hands.work.id, worded=worded, worded_by=by)


async def _look_again(hands: Hands) -> None:
    """Look once more at what was looked at, so that the draft has before and after."""

    def write_down(session: Any) -> tuple[Check, ...]:
        incident = incidents.load(session, hands.work.subject)
        return checks.last_looks(hands.deps.desk(session, hands.work.team_id), incident) if incident else ()

    looks = await hands.write(write_down)
    await asyncio.gather(*(look.look(hands, check) for check in looks))


async def learn_names(hands: Hands) -> dict[str, Any]:
    """Look up those of an incident whom we do not know by name."""
    unknown = await hands.read(
        lambda session: drafting.strangers(hands.deps.desk(session, hands.work.team_id), hands.work.subject)
    )
    try:
        async with asyncio.timeout(NAMES_WITHIN_S):
            found = await asyncio.gather(*(_ask(hands, user_id) for user_id in unknown))
    except TimeoutError:
        return {"learnt": 0}

    def keep(session: Any) -> None:
        for person in found:
            if person:
                people.remember(session, hands.work.team_id, person, hands.deps.wall())

    await hands.deps.door.write(keep)
    return {"learnt": sum(person is not None for person in found)}


async def _ask(hands: Hands, user_id: str) -> Person | None:
    try:
        return await hands.deps.chat.person(user_id)
    except (ChatRefused, ChatDown, ChatUnknown):
        return None
