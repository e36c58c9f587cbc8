"""The postmortem that people keep: the newest draft, with the sections they wrote over, and how those come about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.incident import Incident
from bot.domain.postmortem import draft as compose
from bot.domain.postmortem.values import TITLES, Draft, Part
from bot.domain.postmortem.written import (
    Document,
    Lock,
    Offer,
    Revision,
    Said,
    Signature,
    Written,
)
from bot.domain.postmortem.written import offers as written_over
from bot.errors import NotAllowed, NotFound
from bot.services.desk import Desk
from bot.services.postmortem import document as written_as
from bot.services.postmortem import drafting, late, placing
from bot.services.postmortem.sections import Clash, cleaned, holds, name, unheld, writable
from bot.store import incidents, reviews
from bot.store import postmortems as drafts
from bot.store.postmortems import Kept

LOCK_MINUTES = 10


def document(desk: Desk, incident: Incident) -> Document:
    """The postmortem as it stands. Raises NotFound when there is no draft yet."""
    kept = drafting.newest(desk, incident)
    standing = reviews.standing(desk.session, incident.id)
    whole = Document(
        draft=kept.draft or compose(drafting.facts(desk, incident)),
        version=kept.version,
        written={part: _written(part, one) for part, one in standing.items() if one.text is not None},
    )
    said = reviews.reviews(desk.session, incident.id)
    signed = tuple(
        Signature(by=one.user_id, at=one.said_at, changed=digest != whole.digest)
        for one, digest in said.values()
        if one.said is Said.SIGNED and one.said_at
    )
    return replace(
        whole, signed=signed, awaited=tuple(user for user, (one, _) in said.items() if one.said is not Said.SIGNED)
    )


def text_of(desk: Desk, incident: Incident, part: Part) -> str:
    """The Markdown to begin writing from: what people wrote, or the section as drafted. Raises NotAllowed, NotFound."""
    writable(part)
    whole = document(desk, incident)
    held = whole.written.get(part)
    return held.text if held else written_as.section_text(whole.draft, part)


def take(desk: Desk, incident: Incident, part: Part, *, by: str, over: bool = False) -> Lock:
    """Begin to write a section, or go on: a lock for LOCK_MINUTES. Raises NotAllowed naming who holds it until when.

    With `over` it is taken from them; whoever held it keeps their words, and saves them beside what stands by then.
    """
    writable(part)
    drafting.newest(desk, incident)
    incidents.hold(desk.session, incident.id)
    if not over:
        unheld(desk, incident, part, by=by)
    lock = Lock(part=part, by=by, until=desk.wall + timedelta(minutes=LOCK_MINUTES))
    reviews.keep_lock(desk.session, incident, lock)
    return lock


def leave(desk: Desk, incident: Incident, part: Part, *, by: str) -> None:
    """Stop writing a section. Nothing when one does not hold it."""
    reviews.drop_lock(desk.session, incident.id, part, by)


def locks(desk: Desk, incident: Incident) -> Mapping[Part, Lock]:
    """Who is writing which section now."""
    return reviews.locks(desk.session, incident.id, desk.wall)


def write(
    desk: Desk, incident: Incident, part: Part, text: str, *, by: str, revision: int, base: int | None = None
) -> Written:
    """Write a section over. `revision` is the one that the writer began from, 0 when the section had none.

    `base` is the draft's version that they had before them, the newest where nobody says: what a draft says that was
    made while they wrote is offered to them.

    Raises Clash carrying the text when another stands by now or somebody else is writing; UserError for no text or
    too much. A text that changes nothing is not kept, so that an untouched section goes on following the record.
    """
    writable(part)
    clean = cleaned(text)
    kept = drafting.newest(desk, incident)
    incidents.hold(desk.session, incident.id)
    last = next(iter(reviews.revisions(desk.session, incident.id, part)), None)
    held = reviews.locks(desk.session, incident.id, desk.wall).get(part)
    standing = _written(part, last) if last and last.text is not None else None
    if standing and standing.text == clean:
        return standing
    if last is not None and last.revision != revision:
        raise Clash(
            f"{name(desk, last.by)} changed “{TITLES[part]}” while you wrote.",
            "Read what stands there now, and put in what is missing.",
            text,
            standing,
        )
    if held and held.by != by:
        raise Clash(holds(desk, held), "Keep your text and save it then.", text, standing, held)
    began = (base and drafts.at(desk.session, incident.id, base)) or kept
    if not standing and clean in (_drafted(began, part), text_of(desk, incident, part).strip()):
        return Written(part=part, revision=0, text=clean, by=by, at=desk.now, base=kept.version)
    made = Revision(
        revision=(last.revision if last else 0) + 1,
        by=by,
        at=desk.now,
        text=clean,
        base=standing.base if standing else began.version,
    )
    reviews.add_revision(desk.session, incident, part, made)
    late.under_signature(desk, incident)
    reviews.drop_lock(desk.session, incident.id, part, by)
    return _written(part, made)


def restore(desk: Desk, incident: Incident, part: Part, revision: int, *, by: str) -> None:
    """Bring a revision back as a new one; revision 0 is the section as drafted. Raises NotFound, NotAllowed."""
    writable(part)
    kept = drafting.newest(desk, incident)
    incidents.hold(desk.session, incident.id)
    unheld(desk, incident, part, by=by)
    past = reviews.revisions(desk.session, incident.id, part)
    old = next((one for one in past if one.revision == revision), None)
    if revision and old is None:
        raise NotFound(f"“{TITLES[part]}” has no revision {revision}.", hint="Choose one from its history.")
    text = old.text if old else None
    if (past[0].text if past else None) == text:
        raise NotAllowed("That is what stands there now.", hint="Choose another one from its history.")
    made = Revision(
        revision=past[0].revision + 1,
        by=by,
        at=desk.now,
        text=text,
        base=old.base if old else kept.version,
        restores=revision,
    )
    reviews.add_revision(desk.session, incident, part, made)
    late.under_signature(desk, incident)


def history(desk: Desk, incident: Incident, part: Part) -> tuple[Revision, ...]:
    """Every revision of a section, newest first."""
    return reviews.revisions(desk.session, incident.id, part)


def offers(desk: Desk, incident: Incident) -> Mapping[Part, tuple[Offer, ...]]:
    """What the record gives anew, and no longer gives, for each section that people wrote over."""
    newest = document(desk, incident)
    decided = reviews.settled(desk.session, incident.id)
    found: dict[Part, tuple[Offer, ...]] = {}
    for part, written in newest.written.items():
        settled = decided.get(part, {})
        begun = drafts.at(desk.session, incident.id, written.base)
        if begun is None or begun.draft is None:
            continue
        past = _since(desk, incident, written.base) if any(settled.values()) else []
        if open_ones := written_over(begun.draft, newest.draft, part, settled=settled, since=past):
            found[part] = open_ones
    return found


def settle(desk: Desk, incident: Incident, part: Part, digest: str, *, taken: bool, by: str) -> None:
    """Decide on an offer. Taken, a new sentence is put among its like, and one that is gone is taken out.

    Raises NotFound when it is not offered any more, NotAllowed while somebody else writes the section, UserError for
    one that is gone and stands there in other words by now.
    """
    writable(part)
    incidents.hold(desk.session, incident.id)
    offer = next((one for one in offers(desk, incident).get(part, ()) if one.digest == digest), None)
    if offer is None:
        raise NotFound("That sentence is not offered any more.", hint="Look at the section as it stands now.")
    if taken:
        unheld(desk, incident, part, by=by)
        whole = document(desk, incident)
        before = whole.written[part]
        if offer.gone:
            shown = (written_as.sentence_text(one, offer.sentence) for one in _since(desk, incident, before.base))
            text = placing.without(before.text, dict.fromkeys(shown))
        else:
            text = placing.put(before.text, written_as.sentence_text(whole.draft, offer.sentence), part)
        made = Revision(revision=before.revision + 1, by=by, at=desk.now, text=cleaned(text), base=before.base)
        reviews.add_revision(desk.session, incident, part, made)
        late.under_signature(desk, incident)
        if offer.gone:
            reviews.unsettle(desk.session, incident.id, part, offer.added)
    reviews.settle(desk.session, incident, part, digest, taken=taken, by=by, at=desk.now)


def _drafted(kept: Kept, part: Part) -> str:
    return written_as.section_text(kept.draft, part).strip() if kept.draft else ""


def _since(desk: Desk, incident: Incident, base: int) -> list[Draft]:
    return [kept.draft for kept in drafts.since(desk.session, incident.id, base) if kept.draft]


def _written(part: Part, revision: Revision) -> Written:
    return Written(
        part=part,
        revision=revision.revision,
        text=revision.text or "",
        by=revision.by,
        at=revision.at,
        base=revision.base,
    )
