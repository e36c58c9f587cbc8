"""/incident note <text>"""

from __future__ import annotations

from datetime import datetime

from bot.domain import metrics
from bot.domain.arguments import near_tags, unescape
from bot.domain.incident import Status
from bot.domain.timeline import Tag
from bot.errors import UserError
from bot.services import timeline
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.blocks.pieces import words
from bot.slack.commands.reading import at_words, clash_words, incident_of
from bot.slack.text import fence, plain
from bot.store import people

NAMES = ("note", "log", "timeline", "event")
USAGE = "note 12:03 #decision fail over to db2"
ABOUT = (
    "write into the timeline; a time (`at 12:03`, `10 min ago`, `12:03 GMT`) and tags "
    f"({' '.join(f'#{tag}' for tag in Tag)}) are optional"
)
SHOWN = 15


def run(desk: Desk, asked: Asked) -> Answer:
    """Write one entry with its own time and tags; without text, show the newest entries."""
    incident, text = incident_of(desk, asked)
    if not text.strip():
        return _newest(desk, asked)
    at, tags, text, remark = timeline.read_note(desk, incident, text)
    text = unescape(text)
    if not text:
        beside = "beside its tag" if tags else "after its time"
        raise UserError(f"A note needs a few words {beside}.", hint=f"Try `/incident {USAGE}`.", typed=asked.text)
    entry = timeline.note(desk, incident, text, by=asked.user_id, at=at, tags=tags)
    marked = f" [{' '.join(tag.value for tag in tags)}]" if tags else ""
    lines = [f":memo: {entry.label}{marked}: {words(entry.text, {}, 1500)}{at_words(desk, at, remark)}"]
    lines += [
        f"`#{word}` is no tag. Did you mean `#{tag}`? Then `/incident strike {entry.label}` and note it again."
        for word, tag in near_tags(text)
    ]
    if set(tags) & set(metrics.TAG_OF.values()):
        lines += clash_words(desk, incident)
    if incident.status is Status.CLOSED:
        lines.append("The incident is closed: its draft is made anew with this.")
    return Answer(text="\n".join(lines))


def _newest(desk: Desk, asked: Asked) -> Answer:
    incident, _ = incident_of(desk, asked)
    entries = timeline.entries(desk, incident)[-SHOWN:]
    names = people.names(desk.session, desk.team_id)
    lines = [f"{_clock(e.at, desk.now)} {e.label} {words(e.text, names, 160)}" for e in entries]
    head = f"*{incident.label}* {plain(incident.title)}: the last {len(lines)} entries, UTC."
    page = f"<{desk.pages_url}/incidents/{incident.number}|All of them>"
    return Answer(text="\n".join([head, *lines, f"{page}. Add one with `/incident {USAGE}`."]))


def _clock(at: datetime, now: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"


def unread(lines: str) -> str:
    """Lines that could not be read, handed back ready to be corrected."""
    return fence(lines, 9000)
