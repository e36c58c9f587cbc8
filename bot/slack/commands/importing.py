"""/incident import <pasted lines>"""

from __future__ import annotations

from bot.domain.arguments import unescape
from bot.services import timeline
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.commands.note import unread
from bot.slack.commands.reading import clash_words, incident_of
from bot.slack.text import escape

NAMES = ("import", "paste")
USAGE = "import 12:03 GMT calendar is empty"
ABOUT = "paste lines that begin with a time; each becomes an entry"


def run(desk: Desk, asked: Asked) -> Answer:
    """Put the readable lines in and hand the others back with the reason."""
    incident, text = incident_of(desk, asked)
    found = timeline.import_lines(desk, incident, unescape(text), by=asked.user_id)
    count = len(found.lines)
    says = [f":inbox_tray: {count} {'entry' if count == 1 else 'entries'} imported into {incident.label}."]
    says += [escape(note) for note in found.notes]
    says += clash_words(desk, incident)
    if found.unread:
        says.append(f"{len(found.unread)} not read:")
        says += [f"line {line.line_number}: {escape(line.why)}" for line in found.unread[:20]]
        says += ["Correct and paste again:", unread("\n".join(line.text for line in found.unread))]
    return Answer(text="\n".join(says))
