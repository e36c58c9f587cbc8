"""What was done at a terminal, told in the incident's channel: once, in order, as soon as Slack takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.incident import Incident, Status
from bot.domain.timeline import Entry, Kind, Source
from bot.flows.hands import Hands
from bot.flows.room import now
from bot.services import closing
from bot.services.chat import FromTerminal
from bot.store import timeline
from bot.store.work import Outbound

MAX_SAID_CHARS = 3400  # of one message
LINE_CHARS = 90  # beside what an entry says: who did it, and when


async def say_from_terminal(hands: Hands) -> None:
    """Post what was done at a terminal: one message for all that has not been told yet, in order."""
    room = await now(hands)
    incident = room.incident
    told = [step.result["upto"] for name, step in room.sent.items() if name.startswith("say:") and step.state == "done"]
    entries = await hands.read(lambda session: timeline.entries(session, incident.id))
    if all(entry.kind is not Kind.DECLARED for entry in entries):
        return  # read from a write-up that was kept by hand: it never had a room
    news = _not_told(entries, max(told, default=1))  # the first entry is the declaration, which the room itself tells
    if news and not incident.channel_id:
        hands.wait(trouble="The channel is not there yet.")
        return
    while news:
        said = await _say(hands, incident, room.sent, news)
        if said is None:
            return
        news = _not_told(news, said)


async def _say(hands: Hands, incident: Incident, sent: Mapping[str, Outbound], news: Sequence[Entry]) -> int | None:
    """Post as many entries as one message holds; return the last one's number, None when it has to wait."""
    step, fits = f"say:{news[0].seq}", _one_message(news)
    last, what = fits[-1].seq, FromTerminal(entries=fits, missing=await _missing(hands, incident, fits))
    tried = sent[step].result.get("upto") if step in sent else None

    async def post(before: bool) -> dict[str, Any]:
        op = f"{incident.id}:{step}"
        if before and tried and (ts := await hands.deps.chat.find_post(incident.channel_id, op)):
            return {"ts": ts, "upto": tried}
        # More may be recorded before a repeat of this: what the post holds has to be known before it leaves.
        await hands.intend(incident.id, step, {"upto": last})
        return {"ts": await hands.deps.chat.post(incident.channel_id, what, op), "upto": last}

    said = await hands.step(incident.id, step, post)
    return said["upto"] if said else None


def _not_told(entries: Sequence[Entry], told: int) -> list[Entry]:
    return [e for e in sorted(entries, key=lambda e: e.seq) if e.source is Source.TERMINAL and e.seq > told]


def _one_message(news: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries that one message holds; the first always fits."""
    fits: list[Entry] = []
    left = MAX_SAID_CHARS
    for entry in news:
        left -= len(entry.text) + LINE_CHARS
        if fits and left < 0:
            break
        fits.append(entry)
    return tuple(fits)


async def _missing(hands: Hands, incident: Incident, told: Sequence[Entry]) -> tuple[str, ...]:
    """The moments that nobody recorded, where it was closed at the terminal."""
    if all(entry.kind is not Kind.STATUS or entry.data.get("to") != Status.CLOSED for entry in told):
        return ()
    return await hands.read(
        lambda session: closing.not_recorded(hands.deps.desk(session, hands.work.team_id), incident)
    )
