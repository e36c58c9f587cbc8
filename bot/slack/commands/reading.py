"""Reading what was typed: which incident is meant, at what time, and by whom."""

from __future__ import annotations

from datetime import datetime

from bot.domain.arguments import find_incident, find_names, find_person
from bot.domain.incident import Incident
from bot.domain.times import Read, describe_day, find_time
from bot.errors import NotFound, UserError
from bot.services import incidents, striking, timeline
from bot.services.desk import Desk
from bot.slack.asked import Asked


def incident_of(desk: Desk, asked: Asked, *, anywhere: bool = False) -> tuple[Incident, str]:
    """The incident meant, and the rest of the text: the one named first, else the one of the channel.

    With `anywhere` a name later in the text counts too. Raises NotFound.
    """
    head, tail = [*asked.text.split(maxsplit=1), "", ""][:2]
    number, left = find_incident(head) if not head.isdecimal() or anywhere else (None, head)
    if number is not None and not left:
        return incidents.find(desk, number=number, typed=asked.text), tail.strip()
    if anywhere:
        number, rest = find_incident(asked.text)
        if number is not None:
            return incidents.find(desk, number=number, typed=asked.text), rest
    like = " ".join(word for word in (asked.command, asked.verb, "{}", "…" if asked.text else "") if word)
    typed = f"{asked.command} {asked.text}".strip()
    return incidents.find(desk, channel_id=asked.channel_id, typed=typed, like=like), asked.text


def here(desk: Desk, asked: Asked) -> Incident | None:
    """The incident of this channel, None elsewhere."""
    try:
        return incidents.find(desk, channel_id=asked.channel_id)
    except NotFound:
        return None


def time_of(desk: Desk, text: str, incident: Incident | None = None) -> tuple[datetime | None, str, str]:
    """The time said in the text if any, the text without it, and a remark on how it was read."""
    after = timeline.first_moment(incident) if incident else None
    read: Read | None = find_time(text, now=desk.now, zone=desk.zone, after=after)
    if read is None:
        return None, text, ""
    return read.at, read.rest, read.note


def person_of(text: str, what: str) -> tuple[str, str]:
    """The first person named, "" when none is, and the rest. Raises UserError for a plain `@bob`: it may be anybody."""
    person, rest = find_person(text)
    if person:
        return person, rest
    names, rest = find_names(text)
    if names:
        raise UserError(
            f"I cannot tell who `@{names[0]}` is.",
            hint=f"Pick the person from Slack's list while you type `@`, as in {what}.",
        )
    return "", rest


def as_of(desk: Desk, at: datetime | None) -> str:
    """` as of 13:10 UTC`, beside what has been so since then; "" when no time was said."""
    return f" as of {describe_day(at, desk.zone, desk.now)}" if at else ""


def clash_words(desk: Desk, incident: Incident) -> list[str]:
    """A line for each contradiction of the moments on record, ready for Slack: it holds times and labels only."""
    return [f":warning: {line}" for line in striking.contradiction(desk, incident).splitlines()]


def at_words(desk: Desk, at: datetime | None, note: str) -> str:
    """` at 13:10 UTC`, with the date where it is not today's, and how it was read."""
    return (f" at {describe_day(at, desk.zone, desk.now)}" if at else "") + (f"\n_{note}_" if note else "")
