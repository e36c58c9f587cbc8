"""Finding the playbook that fits: asked, or unasked when a known error line is written in an incident's channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.incident import Incident, Status
from bot.domain.lookup import Lookup, Said, weigh
from bot.domain.playbook import Match, Playbook
from bot.domain.redaction import redact
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.store import incidents, lookups, walks
from bot.store.playbooks import Shelf

MAX_KEPT_CHARS = 300  # of the words that were looked up
FOR_ORDER = 5  # matches whose order past verdicts may change


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a look-up answers: its id, by which a press on the answer is known, and the playbooks, best first."""

    lookup_id: str
    matches: tuple[Match, ...]


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A playbook put beside a message that holds one of its error lines, and what became of that."""

    lookup: Lookup
    playbook: Playbook
    line: str  # the error text, as the playbook writes it
    page_url: str
    open: bool  # whether the incident still takes a walk


def find(shelf: Shelf, words: str, *, limit: int = 3, memory: Iterable[Lookup] = ()) -> list[Match]:
    """The playbooks that fit, best first, in the order that past verdicts suggest; an empty list when none does."""
    return weigh(shelf.find(words, limit=max(limit, FOR_ORDER)), words, memory)[:limit]


def get(shelf: Shelf, name: str) -> Playbook:
    """The playbook with this name. Raises NotFound naming the nearest ones, or what is wrong with its file."""
    loaded = shelf.current()
    try:
        return loaded.get(name)
    except NotFound as unknown:
        near = ", ".join(f"`{match.name}`" for match in find(shelf, name.replace("-", " ")) if match.sure)
        if not near or any(Path(problem.file).stem == name.lower() for problem in loaded.problems):
            raise
        raise NotFound(unknown.message, hint=f"Did you mean {near}?") from None


def look_up(desk: Desk, words: str, *, incident: Incident | None, limit: int = 3) -> Found:
    """Find for a person who asked, and keep what was asked and offered."""
    matches = desk.shelf.find(words, limit=max(limit, FOR_ORDER))
    memory = lookups.verdicts(desk.session, desk.team_id, [match.name for match in matches]) if matches else ()
    matches = weigh(matches, words, memory)[:limit]
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


def refused(desk: Desk, lookup_id: str, playbook: str, *, by: str) -> Lookup:
    """Somebody said that a playbook is not the one. Raises NotFound for an offer that is not known any more."""
    answered = _said(desk, lookup_id, playbook, Said.NOT_THIS, by)
    if answered is None:
        raise NotFound("That offer is from before my memory.", hint="Look again with `/runbook` and what you see.")
    return answered


def notice(desk: Desk, incident: Incident, text: str, *, ts: str = "") -> None:
    """Suggest the playbook of a known error line in `text`, quietly and once; below the message `ts` if there is one.

    Not when it is being walked or was, was found by a look-up, or was refused in this incident.
    """
    if incident.status is Status.CLOSED:
        return
    seen = desk.shelf.current().known_errors.seen(text)
    if not seen:
        return
    # The longest text that stood there counts first; where two playbooks hold it, the rest of the message decides.
    longest = max(len(known.words) for known in seen)
    best, *others = sorted((known for known in seen if len(known.words) == longest), key=lambda known: known.name)
    if others:
        fits = {match.name: place for place, match in enumerate(desk.shelf.find(text, limit=len(seen) + FOR_ORDER))}
        best = min((best, *others), key=lambda known: (fits.get(known.name, len(fits)), known.name))
    walked = {walk.playbook.name for walk in walks.of_incident(desk.session, incident.id)}
    offered = {past.playbook for past in lookups.offered(desk.session, incident.id)}
    if best.name in walked | offered:
        return
    made = Lookup(
        id=desk.new_id(),
        incident_id=incident.id,
        words=_kept(best.words),
        playbook=best.name,
        unasked=True,
        made_at=desk.now,
    )
    if lookups.keep(desk.session, made, desk.team_id, origin=f"suggested:{incident.id}:{best.name}"):
        desk.promise("suggest", made.id, thread=ts)


def suggestion(desk: Desk, lookup_id: str) -> tuple[Suggestion, Incident] | None:
    """A suggestion as it stands now; None when its playbook or its incident is gone."""
    lookup = lookups.load(desk.session, desk.team_id, lookup_id)
    incident = incidents.load(desk.session, lookup.incident_id) if lookup else None
    books = {book.name: book for book in desk.shelf.current().playbooks}
    if lookup is None or incident is None or lookup.playbook not in books:
        return None
    made = Suggestion(
        lookup=lookup,
        playbook=books[lookup.playbook],
        line=lookup.words,
        page_url=f"{desk.pages_url}/playbooks/{lookup.playbook}",
        open=incident.status is not Status.CLOSED,
    )
    return made, incident


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
