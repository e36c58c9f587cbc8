"""/postmortem share #channel [words]: show a postmortem in another channel, with a line of one's own"""

from __future__ import annotations

import re

from bot.domain.arguments import find_incident, unescape
from bot.domain.clocks import describe_day
from bot.domain.incident import Incident
from bot.errors import UserError
from bot.services.desk import Desk
from bot.services.postmortem import sharing
from bot.slack.asked import Answer, Asked, as_typed
from bot.slack.blocks.pieces import words
from bot.slack.commands.drafted import drafted_of
from bot.slack.text import mention
from bot.store import people

_CHANNEL = re.compile(r"<#([CG][A-Z0-9]{1,30})(?:\|[^<>]{0,100})?>")
_SECOND = re.compile(r"(?:and\s|[,+&])?\s*#[a-z]", re.IGNORECASE)  # one that Slack does not know, or hides from us
_FILLER = re.compile(r"\b(?:of|for|the|please|in|into|to|with)\b", re.IGNORECASE)


def share(desk: Desk, asked: Asked) -> Answer:
    """Share it. What stands behind the channel goes along as a line from whoever shares it."""
    channel, before, note = _split(asked.text)
    if find_incident(before)[0] is None:
        first, _, rest = note.partition(" ")
        number, left = find_incident(first)
        if number is not None and not left.strip(" ,:") and not first.isdecimal():
            before, note = f"{first.strip(',:')} {before}", rest
    incident, rest = drafted_of(desk, asked.rest(before))
    if rest := _FILLER.sub("", rest).strip():
        raise UserError(
            f"I do not know what to do with `{as_typed(rest)[:60]}` in front of the channel.",
            hint="What stands behind the channel goes along with it: `/postmortem share #random please read it`.",
        )
    done = sharing.share(desk, incident, channel, by=asked.user_id, note=unescape(note.strip(" ,:–-")))
    return Answer(text=_told(desk, incident, channel, done))


def _split(text: str) -> tuple[str, str, str]:
    """The channel, and what stands before and behind it. A link to an incident's own channel may name the incident."""
    found = list(_CHANNEL.finditer(text))
    if not found:
        raise UserError(
            "Which channel? I need its name as Slack offers it while you type `#`.",
            hint="Try `/postmortem share #engineering`. I share in public channels that I am in.",
        )
    others = [one for one in found if find_incident(one[0])[0] is None] or found[-1:]
    channel = others[0]
    behind = text[channel.end() :].strip()
    if len(others) > 1 or _SECOND.match(behind):
        raise UserError("One channel at a time; you named more.", hint="Type `/postmortem share #random` for each.")
    return channel[1], text[: channel.start()].strip(), behind


def _told(desk: Desk, incident: Incident, channel: str, done: sharing.Promised) -> str:
    note = f", with your words: “{words(done.note, people.names(desk.session, desk.team_id))}”" if done.note else ""
    if done.before is None:
        look = "I look first whether I am in it; if not, type `/invite @muster` there, and this line again."
        return f"I share {incident.label} in <#{channel}>{note}. {look}"
    at = describe_day(done.before.at, desk.zone, desk.now)
    told = f"{incident.label} was shared in <#{channel}> already, at {at} by {mention(done.before.by)}"
    if done.anew:
        return f"{told}. I post it anew{note}."
    if done.changed:
        return f"{told}. The postmortem has changed since: I bring that message up to date."
    return f"{told}, and says the same today. I post it anew only where that message was taken away."
