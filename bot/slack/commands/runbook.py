"""/runbook <what you see>, /runbook show <name>, /runbook walk <name> <step>"""

from __future__ import annotations

import re

from bot.domain.arguments import find_incident, nearest, normalise, split_verb, unescape
from bot.domain.incident import Incident, Status
from bot.domain.playbook import Playbook
from bot.errors import NotFound, UserError
from bot.services.desk import Desk
from bot.services.playbooks import runbooks, standing, walking
from bot.services.playbooks.flaws import flaws
from bot.services.systems import checks
from bot.slack.asked import Answer, Asked, problem
from bot.slack.blocks import look, playbook
from bot.slack.blocks.offers import offers
from bot.slack.blocks.pieces import section
from bot.slack.commands.reading import here, incident_of
from bot.slack.text import link, mention, plain, shorten
from bot.store import walks
from bot.store.folders import Loaded

NAMES = ("runbook", "runbooks", "playbook", "rb")
USAGE = "runbook primary answers heartbeats but no queries"
ABOUT = "find the playbook that fits what you see, and walk it step by step"

_SHOW = ("show", "read")
_WALK = ("walk", "start", "use")
_STEP = re.compile(r"\s+(?:(?:at|from|to)\s+)?(?:step\s+)?#?([0-9]{1,3})\s*\Z", re.IGNORECASE | re.ASCII)


def run(desk: Desk, asked: Asked) -> Answer:
    """Find, show, or begin to walk; with nothing typed, list what there is."""
    text = normalise(unescape(asked.text)).strip()
    verb, rest = split_verb(text)
    if verb in (*_SHOW, *_WALK) and not rest:
        example = f"`/runbook {verb} rebuild-indexes`"
        raise UserError("Which playbook?", hint=f"Give its name: {example}. `/runbook list` shows them all.")
    if verb in _SHOW and _is_name(rest):
        book = runbooks.get(desk.shelf, _without_incident(rest))
        incident = here(desk, asked)
        if incident:
            runbooks.typed(desk, incident, book.name, by=asked.user_id)
        wrong = playbook.to_mend(flaws(desk.shelf.current(), book.name))
        return Answer(text=plain(book.title), blocks=[*playbook.page(book, _page_url(desk, book.name)), *wrong])
    if verb in _WALK and (verb == "walk" or _is_name(rest) or _is_step(desk, rest)):
        return _walk(desk, asked.rest(rest, verb))
    if not text or verb == "list":
        return _all(desk)
    return answer(desk, text, here(desk, asked))


def _page_url(desk: Desk, name: str) -> str:
    return f"{desk.pages_url}/playbooks/{name}" if desk.pages_url else ""


def answer(desk: Desk, words: str, incident: Incident | None) -> Answer:
    """What a look-up shows: for everyone in an incident's channel, for one person elsewhere."""
    found = runbooks.look_up(desk, words, incident=incident)
    open_here = incident if incident and incident.status is not Status.CLOSED else None
    seen = checks.called_for(desk, open_here) if open_here else None
    held = walks.in_hand(desk.session, open_here.id) if open_here else {}
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
            *playbook.found(
                found.matches,
                in_hand={name: walk.position for name, walk in held.items()} if open_here else None,
                page_url=desk.pages_url,
                lookup_id=found.lookup_id,
            ),
            *beside,
        ],
        in_channel=incident is not None,
    )


def _walk(desk: Desk, asked: Asked) -> Answer:
    """Begin to walk, or go to the step whose number is typed; without such a playbook, name the nearest in private."""
    name, step = _step_of(_without_incident(asked.text))
    try:
        name = runbooks.get(desk.shelf, name).name
    except NotFound as unknown:
        return _nearest(desk, asked, name, unknown)
    incident, _ = incident_of(desk, asked)
    runbooks.typed(desk, incident, name, by=asked.user_id)
    who = mention(asked.user_id)
    if step is None:
        walk = walking.begin(desk, incident, name, by=asked.user_id)
        return Answer(text=f":notebook: {who} takes up {plain(walk.playbook.title)}.", in_channel=True)
    walk = walking.go_to(desk, incident, name, step, by=asked.user_id)
    at = standing.step_link(desk.session, walk.id)
    where = link(at, f"step {step}") if at else f"step {step}"
    return Answer(text=f":notebook: {who} goes to {where} of {plain(walk.playbook.title)}.", in_channel=True)


def _nearest(desk: Desk, asked: Asked, name: str, unknown: NotFound) -> Answer:
    """The playbooks that may have been meant: by their name, else by what the words say, as `/runbook` finds them."""
    told = problem(unknown, f"{asked.command} {asked.verb} {asked.text}".strip())
    incident, books = here(desk, asked), {book.name: book for book in desk.shelf.current().playbooks}
    if near := nearest("-".join(name.split()), list(books)):
        open_here = incident is not None and incident.status is not Status.CLOSED
        offered = offers([books[one] for one in near], in_incident=open_here, page_url=desk.pages_url)
    else:
        offered = list(answer(desk, name.replace("-", " "), incident).blocks)
    return Answer(text=told.text, blocks=[section(told.text), *offered]) if offered else told


def _without_incident(text: str) -> str:
    """`stop-respawn 4` of `INC-3 stop-respawn 4`; a bare number is a step's."""
    head, _, tail = text.strip().partition(" ")
    return tail if tail and not head.isdecimal() and find_incident(head)[0] is not None else text


def _step_of(text: str) -> tuple[str, int | None]:
    """The name and the number of `stop-respawn 4` and `stop-respawn at step 4`."""
    found = _STEP.search(text)
    return (text[: found.start()].strip(), int(found[1])) if found else (text.strip(), None)


def _is_step(desk: Desk, rest: str) -> bool:
    """`start stop-respawn 4` names a step; `start of the master fails 3` is a symptom."""
    name, step = _step_of(_without_incident(rest))
    return step is not None and name.lower() in {book.name for book in desk.shelf.current().playbooks}


def _is_name(rest: str) -> bool:
    """`read stop-respawn` and `walk INC-3 stop-respawn` name a playbook; `read timeouts on db1` is a symptom."""
    words = rest.split()
    return len(words) == 1 or (len(words) == 2 and find_incident(words[0])[0] is not None)


def _all(desk: Desk) -> Answer:
    loaded = desk.shelf.current()
    books = loaded.playbooks
    lines = [_line(loaded, book) for book in books[:40]]
    more = f"\nand {len(books) - 40} more" if len(books) > 40 else ""
    head = "*Playbooks*" if books else "There are no playbooks yet: put Markdown files into the playbooks folder."
    wrong = (*loaded.problems[:5], *flaws(loaded)[:5])
    unread = "".join(f"\n:warning: {plain(shorten(str(problem), 300))}" for problem in wrong)
    return Answer(text="\n".join([head, *lines]) + more + unread + f"\nSay what you see: `/{USAGE}`.")


def _line(loaded: Loaded, book: Playbook) -> str:
    marks = ["your own"] * (not runbooks.is_shipped(loaded, book)) + ["to read, no steps"] * (not book.steps)
    about = f"  ·  {', '.join(marks)}" if marks else ""
    return f"• `{book.name}`  {plain(shorten(book.title, 120))}{about}"
