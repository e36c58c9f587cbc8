"""A text that changed after it was signed: whom to tell, and what it was when they signed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import Incident
from bot.domain.postmortem.values import TITLES, Draft, Part
from bot.domain.postmortem.written import Document, Review, Said, Written
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.services.postmortem import document as written_as
from bot.services.postmortem import living, reviews
from bot.services.postmortem.sections import name, reachable
from bot.store import incidents
from bot.store import postmortems as drafts
from bot.store import reviews as stored

_ANCHOR = re.compile(r'<a id="[\w-]{1,40}"></a>')  # of the timeline's entries, for links within the document


@dataclass(frozen=True, kw_only=True)
class Outdated:
    """Somebody signed a text that has changed since. `page_url` shows what changed; it is theirs alone."""

    incident: Incident
    review: Review
    titles: tuple[str, ...]  # of the sections that say something else
    page_url: str


@dataclass(frozen=True, kw_only=True)
class Differing:
    """One section as it was signed, and as it stands."""

    part: Part
    before: str  # Markdown
    after: str


def outdated(desk: Desk, incident_id: str) -> tuple[Outdated, ...]:
    """Those who signed another text than the one that stands, and can be told."""
    incident = incidents.load(desk.session, incident_id)
    if incident is None or not drafts.newest_version(desk.session, incident_id):
        return ()
    changed = {one.user_id: one for one in reviews.reviews(desk, incident) if one.changed}
    return tuple(
        Outdated(
            incident=incident,
            review=changed[user],
            titles=tuple(TITLES[one.part] for one in since(desk, incident, user)[1]),
            page_url=desk.own_url(user, f"/incidents/{incident.number}/postmortem/since/{user}"),
        )
        for user in reachable(desk, changed)
    )


def since(desk: Desk, incident: Incident, user: str) -> tuple[Review, tuple[Differing, ...]]:
    """A signature, and the sections that say something else today. Raises NotFound for somebody who has not signed."""
    found = stored.reviews(desk.session, incident.id).get(user)
    if found is None or found[0].said is not Said.SIGNED or found[0].said_at is None:
        raise NotFound(
            f"{name(desk, user)} has not signed the postmortem of {incident.label}.",
            hint="Who signed stands on its page, beneath *Review*.",
        )
    now = living.document(desk, incident)
    then = _signed(desk, incident, found[0].said_at, found[1]) or now
    texts = ((part, _text(then, part), _text(now, part)) for part in Part)
    return found[0], tuple(Differing(part=part, before=was, after=now) for part, was, now in texts if was != now)


def _signed(desk: Desk, incident: Incident, at: datetime, digest: str) -> Document | None:
    """The text as it was signed: what was kept up to that time, or before it where the same moment brought more."""
    before = [_as_of(desk, incident, upto) for upto in (lambda one: one <= at, lambda one: one < at)]
    found = [one for one in before if one]
    return next((one for one in found if one.digest == digest), found[0] if found else None)


def _as_of(desk: Desk, incident: Incident, upto: Callable[[datetime], bool]) -> Document | None:
    draft, version = _draft(desk, incident, upto)
    if draft is None:
        return None
    written = {}
    for part in Part:
        past = (one for one in stored.revisions(desk.session, incident.id, part) if upto(one.at))
        last = next(past, None)
        if last and last.text is not None:
            written[part] = Written(
                part=part, revision=last.revision, text=last.text, by=last.by, at=last.at, base=last.base
            )
    return Document(draft=draft, version=version, written=written)


def _draft(desk: Desk, incident: Incident, upto: Callable[[datetime], bool]) -> tuple[Draft | None, int]:
    for version in range(drafts.newest_version(desk.session, incident.id), 0, -1):
        kept = drafts.at(desk.session, incident.id, version)
        if kept and kept.draft and upto(kept.drafted_at):
            return kept.draft, version
    return None, 0


def _text(document: Document, part: Part) -> str:
    written = document.written.get(part)
    return written.text if written else _ANCHOR.sub("", written_as.section_text(document.draft, part))
