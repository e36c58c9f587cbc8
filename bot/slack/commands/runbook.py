"""/runbook <what you see>, /runbook show <name>, /runbook walk <name>"""

from __future__ import annotations

from bot.domain.arguments import find_incident, normalise, split_verb, unescape
from bot.domain.incident import Incident, Status
from bot.errors import UserError
from bot.services.desk import Desk
from bot.services.playbooks import runbooks, walking
from bot.services.systems import checks
from bot.slack.asked import Answer, Asked
from bot.slack.blocks import look, playbook
from bot.slack.blocks.pieces import section
from bot.slack.commands.reading import here, incident_of
from bot.slack.text import mention, plain, shorten

NAMES = ("runbook", "runbooks", "playbook", "rb")
USAGE = "runbook primary answers heartbeats but no queries"
ABOUT = "find the playbook that fits what you see, and walk it step by step"

_SHOW = ("show", "read")
_WALK = ("walk", "start", "use")


def run(desk: Desk, asked: Asked) -> Answer:
    """Find, show, or begin to walk; with nothing typed, list what there is."""
    text = normalise(unescape(asked.text)).strip()
    verb, rest = split_verb(text)
    if verb in (*_SHOW, *_WALK) and not rest:
        example = f"`/runbook {verb} rebuild-indexes`"
        raise UserError("Which playbook?", hint=f"Give its name: {example}. `/runbook list` shows them all.")
    if verb in _SHOW and _is_name(rest):
        book = runbooks.get(desk.shelf, rest)
        return Answer(text=plain(book.title), blocks=playbook.page(book))
    if verb in _WALK and _is_name(rest):
        incident, name = incident_of(desk, asked.rest(rest, verb))
        walk = walking.begin(desk, incident, name.strip(), by=asked.user_id)
        return Answer(
            text=f":notebook: {mention(asked.user_id)} takes up {plain(walk.playbook.title)}.", in_channel=True
        )
    if not text or verb == "list":
        return _all(desk)
    return answer(desk, text, here(desk, asked))


def answer(desk: Desk, words: str, incident: Incident | None) -> Answer:
    """What a look-up shows: for everyone in an incident's channel, for one person elsewhere."""
    found = runbooks.look_up(desk, words, incident=incident)
    in_incident = incident is not None and incident.status is not Status.CLOSED
    seen = checks.called_for(desk, incident) if incident and in_incident else None
    if not found.matches:
        nothing = (
            f"No playbook fits “{plain(shorten(words, 300))}”.\n"
            "Try the error line itself, or other words; `/runbook list` shows what there is."
        )
        beside = [section(nothing), *look.called_for(*seen, desk.pages_url)] if seen else []
        return Answer(text=nothing, blocks=beside)
    best = found.matches[0]
    beside = look.called_for(*seen, desk.pages_url) if seen and seen[1].playbook != best.name else []
    return Answer(
        text=f"{'' if best.sure else 'May fit: '}{plain(best.title)} (`{best.name}`)",
        blocks=[
            *playbook.found(found.matches, in_incident=in_incident, page_url=desk.pages_url, lookup_id=found.lookup_id),
            *beside,
        ],
        in_channel=incident is not None,
    )


def _is_name(rest: str) -> bool:
    """`read stop-respawn` and `walk INC-3 stop-respawn` name a playbook; `read timeouts on db1` is a symptom."""
    words = rest.split()
    return len(words) == 1 or (len(words) == 2 and find_incident(words[0])[0] is not None)


def _all(desk: Desk) -> Answer:
    loaded = desk.shelf.current()
    books = loaded.playbooks
    lines = [f"• {plain(shorten(book.title, 120))}  `{book.name}`" for book in books[:40]]
    more = f"\nand {len(books) - 40} more" if len(books) > 40 else ""
    head = "*Playbooks*" if books else "There are no playbooks yet: put Markdown files into the playbooks folder."
    unread = "".join(f"\n:warning: {plain(shorten(str(problem), 300))}" for problem in loaded.problems[:5])
    return Answer(text="\n".join([head, *lines]) + more + unread + f"\nSay what you see: `/{USAGE}`.")
