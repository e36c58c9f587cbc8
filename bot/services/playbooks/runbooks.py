"""Finding the playbook that fits: asked, or unasked for an incident's title and a known error line in its channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.choice import choose, objections
from bot.domain.incident import Incident, Status
from bot.domain.known_errors import Known
from bot.domain.lookup import Lookup, Said, weigh, worth_saying
from bot.domain.playbook import Match, Playbook
from bot.domain.redaction import redact
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.settings import PLAYBOOKS
from bot.store import checks, incidents, lookups, walks
from bot.store.folders import Loaded
from bot.store.playbooks import Shelf

MAX_KEPT_CHARS = 300  # of the words that were looked up
FOR_ORDER = 5  # matches whose order past verdicts may change
TIED_FOR = timedelta(minutes=30)  # what is typed so long after a look-up came of it


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a look-up answers: its id, by which a press on the answer is known, and the playbooks, best first."""

    lookup_id: str
    matches: tuple[Match, ...]


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A playbook put beside a message that holds one of its error lines or into a new incident's channel, and what
    became of that."""

    lookup: Lookup
    playbook: Playbook
    line: str  # the error text, as the playbook writes it; "" where the incident's title speaks for it
    match: Match | None  # how it fits the title; None for an error text, and where its page says something else by now
    page_url: str
    open: bool  # whether the incident still takes a walk


def find(shelf: Shelf, words: str, *, limit: int = 3) -> list[Match]:
    """The playbooks that fit, best first, whatever people made of them before; an empty list when none does."""
    return shelf.find(words, limit=limit)


def in_order(desk: Desk, words: str, matches: Sequence[Match]) -> list[Match]:
    """The matches of `words` in the order that past verdicts suggest."""
    memory = lookups.verdicts(desk.session, desk.team_id, [match.name for match in matches]) if matches else ()
    return weigh(matches, words, memory)


def is_shipped(loaded: Loaded, book: Playbook) -> bool:
    """Whether a playbook comes with the bot; else it is the team's own."""
    return loaded.homes[book.name].resolve() == PLAYBOOKS.resolve()


def get(shelf: Shelf, name: str) -> Playbook:
    """The playbook with this name. Raises NotFound naming the nearest ones, or what is wrong with its file."""
    loaded = shelf.current()
    try:
        return loaded.get(name)
    except NotFound as unknown:
        near = ", ".join(f"`{match.name}`" for match in find(shelf, name.replace("-", " ")) if match.sure)
        if not near or any(problem.path.stem == name.lower() for problem in loaded.problems):
            raise
        raise NotFound(unknown.message, hint=f"Did you mean {near}?") from None


def look_up(desk: Desk, words: str, *, incident: Incident | None, limit: int = 3) -> Found:
    """Find for a person who asked, and keep what was asked and offered."""
    matches = _weighed(desk, words, limit)[:limit]
    kept = Lookup(
        id=desk.new_id(),
        incident_id=incident.id if incident else "",
        words=_kept(words),
        playbook=matches[0].name if matches else "",
        made_at=desk.now,
    )
    lookups.keep(desk.session, kept, desk.team_id)
    return Found(lookup_id=kept.id, matches=tuple(matches))


def opened(desk: Desk, lookup_id: str, playbook: str, *, by: str) -> None:
    """Somebody read or took up a playbook that a look-up offered."""
    _said(desk, lookup_id, playbook, Said.OPENED, by)


def typed(desk: Desk, incident: Incident, playbook: str, *, by: str) -> None:
    """Somebody typed a playbook's name, to read or to walk it: the incident's last look-up of the half hour before led
    there, whichever page it offered. A suggestion that nobody asked for counts where it offered this page, or was
    refused. A page that is being walked is gone on with, and came of nothing new."""
    if playbook in walks.in_hand(desk.session, incident.id):
        return
    led = [
        past
        for past in lookups.offered(desk.session, incident.id)
        if desk.now - past.made_at <= TIED_FOR
        and (past.playbook == playbook or (past.offer and (not past.unasked or past.said is Said.NOT_THIS)))
    ]
    if led:
        _said(desk, led[-1].id, playbook, Said.OPENED, by)


def refused(desk: Desk, lookup_id: str, playbook: str, *, by: str) -> Lookup:
    """Somebody said that a playbook is not the one. Raises NotFound for an offer that is not known any more."""
    answered = _said(desk, lookup_id, playbook, Said.NOT_THIS, by)
    if answered is None:
        raise NotFound("That offer is from before my memory.", hint="Look again with `/runbook` and what you see.")
    return answered


def notice(desk: Desk, incident: Incident, text: str, *, ts: str = "") -> None:
    """Suggest the playbook of a known error line in `text`, quietly and once; below the message `ts` if it has one."""
    known = _known(desk, text)
    if known:
        suggest(desk, _unasked(desk, incident, known.name, known.words), thread=ts)


def for_title(desk: Desk, incident: Incident) -> Lookup | None:
    """What an incident's title alone is worth being suggested: the playbook of a known error line in it, else the one
    that a look-up of it would name, where that is sure or far ahead. Nothing is written: a search may take its time."""
    known = _known(desk, incident.title)
    if known:
        return _unasked(desk, incident, known.name, known.words)
    best = worth_saying(_weighed(desk, incident.title))
    return _unasked(desk, incident, best.name, incident.title) if best else None


def suggest(desk: Desk, made: Lookup, *, thread: str = "") -> None:
    """Keep a suggestion and promise that it is posted, below the message `thread` if there is one.

    Not when the page is being walked or was, was found by a look-up, or was refused in this incident; nor when a look
    there spoke of it, for or against. The same words suggest one page.
    """
    incident = incidents.load(desk.session, made.incident_id)
    if incident is None or incident.status is Status.CLOSED:
        return
    walked = {walk.playbook.name for walk in walks.of_incident(desk.session, incident.id)}
    offered = lookups.offered(desk.session, incident.id)
    if made.playbook in walked | {past.playbook for past in offered}:
        return
    if any(past.unasked and past.words == made.words for past in offered) or _looked(desk, incident, made.playbook):
        return
    if lookups.keep(desk.session, made, desk.team_id, origin=f"suggested:{incident.id}:{made.playbook}"):
        desk.promise("suggest", made.id, thread=thread)


def suggested(desk: Desk, incident_id: str) -> frozenset[str]:
    """The playbooks that nobody asked for and that were suggested in an incident all the same."""
    return frozenset(past.playbook for past in lookups.offered(desk.session, incident_id) if past.unasked)


def suggestion(desk: Desk, lookup_id: str) -> tuple[Suggestion, Incident] | None:
    """A suggestion as it stands now; None when its playbook or its incident is gone."""
    lookup = lookups.load(desk.session, desk.team_id, lookup_id)
    incident = incidents.load(desk.session, lookup.incident_id) if lookup else None
    shelf = desk.shelf.current()
    books = {book.name: book for book in shelf.playbooks}
    if lookup is None or incident is None or lookup.playbook not in books:
        return None
    titled = lookup.words == _kept(incident.title) and not shelf.known_errors.seen(lookup.words)
    found = desk.shelf.find(lookup.words, limit=FOR_ORDER) if titled else ()
    made = Suggestion(
        lookup=lookup,
        playbook=books[lookup.playbook],
        line="" if titled else lookup.words,
        match=next((match for match in found if match.name == lookup.playbook), None),
        page_url=f"{desk.pages_url}/playbooks/{lookup.playbook}",
        open=incident.status is not Status.CLOSED,
    )
    return made, incident


def _weighed(desk: Desk, words: str, limit: int = FOR_ORDER) -> list[Match]:
    """What fits, in the order that past verdicts suggest."""
    return in_order(desk, words, desk.shelf.find(words, limit=max(limit, FOR_ORDER)))


def _known(desk: Desk, text: str) -> Known | None:
    """The playbook of the longest error line in `text`; where two hold that line, the rest of the text decides."""
    seen = desk.shelf.current().known_errors.seen(text)
    longest = max((len(known.words) for known in seen), default=0)
    best = [known for known in seen if len(known.words) == longest]
    if len(best) < 2:
        return best[0] if best else None
    fits = {match.name: place for place, match in enumerate(desk.shelf.find(text, limit=len(seen) + FOR_ORDER))}
    return min(best, key=lambda known: (fits.get(known.name, len(fits)), known.name))


def _unasked(desk: Desk, incident: Incident, playbook: str, words: str) -> Lookup:
    return Lookup(
        id=desk.new_id(),
        incident_id=incident.id,
        words=_kept(words),
        playbook=playbook,
        unasked=True,
        made_at=desk.now,
    )


def _looked(desk: Desk, incident: Incident, playbook: str) -> bool:
    """Whether a look at a system, told in the channel or about to be, called for the playbook or spoke against it."""
    books = [book for book in desk.shelf.current().playbooks if book.name == playbook]
    looks = checks.of_incident(desk.session, incident.id)
    return any(choose(books, look.findings) or objections(books, look.findings) for look in looks)


def _said(desk: Desk, lookup_id: str, playbook: str, said: Said, by: str) -> Lookup | None:
    lookup = lookups.load(desk.session, desk.team_id, lookup_id)
    if lookup is None:
        return None
    if lookup.playbook == playbook:
        lookups.answer(desk.session, lookup.id, said, by)
        if lookup.unasked:
            desk.promise("suggest", lookup.id, once=True)
        return lookup
    other = replace(lookup, id=f"{lookup.id}:{playbook}", playbook=playbook, said=said, said_by=by, made_at=desk.now)
    if not lookups.keep(desk.session, other, desk.team_id):
        lookups.answer(desk.session, other.id, said, by)
    return lookup


def _kept(words: str) -> str:
    return redact(" ".join(words.split()))[:MAX_KEPT_CHARS]
