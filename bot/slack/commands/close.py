"""/incident close"""

from __future__ import annotations

import re

from bot.domain.arguments import unescape
from bot.domain.incident import Incident
from bot.domain.walk import spans
from bot.services import closing
from bot.services.closing import Closing
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.blocks import forms
from bot.slack.blocks.pieces import STATUS_SIGN, words
from bot.slack.commands.reading import as_of, at_words, clash_words, incident_of
from bot.slack.text import mention, plain

NAMES = ("close", "closed", "end", "finish")
USAGE = "close"
ABOUT = "nothing more happens here; the postmortem is drafted. `close now` asks nothing"

_NOW = re.compile(r"(?:^|\s)(?:now|anyway|--?force)\s*$", re.IGNORECASE)


def run(desk: Desk, asked: Asked) -> Answer:
    """Close; when a moment is missing that nobody typed, ask for it first in a form that may stay empty."""
    incident, text = incident_of(desk, asked)
    text, at_once = _NOW.subn("", unescape(text))
    read = closing.read(desk, incident, text)
    missing = () if at_once else closing.missing(desk, incident, read.given)
    left = () if at_once else closing.unfinished(desk, incident)
    if missing or left:
        return Answer(text="", view=forms.close_incident(incident, missing, left))
    return close_one(desk, incident, read, by=asked.user_id)


def close_one(desk: Desk, incident: Incident, read: Closing, *, by: str) -> Answer:
    """Close, and tell the channel."""
    left = closing.to_put_away(desk, incident, read)
    closed = closing.close(desk, incident, read, by=by)
    because = f": {words(read.why, {}, 500)}" if read.why else ""
    says = f"{STATUS_SIGN[closed.status]} {closed.label} is closed{as_of(desk, read.at)}{because}, says {mention(by)}"
    lines = [f"{says}{at_words(desk, None, read.note)}", *clash_words(desk, closed)]
    lines += [f":notebook: {plain(line)}" for line in closing.told_away(left)]
    for walk in closing.passed_over(desk, closed):
        lines.append(f":notebook: Not walked of {plain(walk.playbook.title)}: {spans(walk.passed_over)}")
    lines += [f":question: {line}" for line in closing.told_missing(closing.not_recorded(desk, closed))]
    return Answer(text="\n".join([*lines, "I draft the postmortem now and post it here."]), in_channel=True)
