"""What is said beside the steps: a call for help, a playbook that fits a message, the question which steps helped."""

from __future__ import annotations

from typing import Any

from bot.errors import ChatRefused
from bot.flows.hands import Hands, StopHere
from bot.flows.room import GONE
from bot.services.chat import Shown
from bot.services.playbooks import help, reviewing, runbooks
from bot.store import work


async def ask_for_help(hands: Hands) -> None:
    """Post a call for help, once."""
    number, on_call = int(hands.work.detail["mark"]), hands.deps.settings.muster_on_call
    plea = await hands.read(
        lambda session: help.plea(
            hands.deps.desk(session, hands.work.team_id), hands.work.subject, number, on_call=on_call
        )
    )
    await post(hands, plea.incident.channel_id, f"help:{number}", plea)


async def suggest(hands: Hands) -> None:
    """Put a playbook below the message that holds its error line, or show what was said of it."""
    found = await hands.read(
        lambda session: runbooks.suggestion(hands.deps.desk(session, hands.work.team_id), hands.work.subject)
    )
    if found is None:
        raise StopHere("the playbook is gone")
    suggestion, incident = found
    await post_or_edit(hands, incident.channel_id, "suggest", suggestion)


async def review(hands: Hands) -> None:
    """Ask which steps helped, or show what was answered so far."""
    found = await hands.read(lambda session: reviewing.review(session, hands.work.subject))
    if found is None:
        raise StopHere("the incident is gone")
    await post_or_edit(hands, found.incident.channel_id, "review", found)


async def post_or_edit(hands: Hands, channel: str, step: str, what: Shown) -> None:
    """Post what the work is about, or bring the post up to date."""
    sent = await hands.read(lambda session: work.outbound(session, hands.work.subject, step))
    if sent is None or sent.state != "done":
        await post(hands, channel, step, what)
        return

    async def edit(_: bool) -> dict[str, Any]:
        try:
            await hands.deps.chat.edit(channel, sent.result["ts"], what)
        except ChatRefused as refused:
            if refused.code not in GONE:
                raise
        return {}

    await hands.step(hands.work.subject, f"{step}-edit", edit, again=True)


async def post(hands: Hands, channel: str, step: str, what: Shown) -> None:
    """Post something once, in the thread that the work names if it does."""
    if not channel:
        hands.wait(trouble="The channel is not there yet.")
        return
    subject, thread = hands.work.subject, str(hands.work.detail.get("thread") or "")

    async def once(before: bool) -> dict[str, Any]:
        op = f"{subject}:{step}"
        ts = await hands.deps.chat.find_post(channel, op, thread=thread) if before else None
        return {"ts": ts or await hands.deps.chat.post(channel, what, op, thread=thread)}

    await hands.step(subject, step, once)
