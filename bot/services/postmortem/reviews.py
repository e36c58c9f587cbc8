"""What people say of a postmortem: remarks on its sections, and the sign-off of those who were asked to review it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.clocks import describe_day
from bot.domain.incident import Incident
from bot.domain.postmortem.values import Part
from bot.domain.postmortem.written import Comment, Open, Review, Said, State
from bot.errors import NotAllowed, NotFound
from bot.services import incidents
from bot.services.desk import Desk
from bot.services.postmortem import drafting, living
from bot.services.postmortem.sections import cleaned, name
from bot.store import incidents as stored_incidents
from bot.store import reviews as stored

MAX_COMMENT_CHARS = 2_000
ASK_WORK = "review-ask"
SAID_WORK = "review-said"
REMARK_WORK = "remark"


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Somebody is asked to review. `page_url` lets that very person write."""

    incident: Incident
    review: Review
    page_url: str
    left: Open  # what is not settled yet
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a reviewer said, for the incident's channel. `state` is the document's since then."""

    incident: Incident
    review: Review
    state: State
    left: Open  # what is not settled yet


def comment(desk: Desk, incident: Incident, part: Part, text: str, *, by: str) -> Comment:
    """Leave a remark on a section. Raises UserError when it says nothing or too much."""
    drafting.newest(desk, incident)
    made = Comment(id=desk.new_id(), part=part, text=cleaned(text, MAX_COMMENT_CHARS), by=by, at=desk.now)
    stored.add_comment(desk.session, incident, made)
    desk.promise(REMARK_WORK, incident.id, comment=made.id)
    return made


def comments(desk: Desk, incident: Incident) -> tuple[Comment, ...]:
    """Every remark, oldest first, the settled ones too."""
    return stored.comments(desk.session, incident.id)


def settle(desk: Desk, incident: Incident, comment_id: str, *, by: str) -> None:
    """Mark a remark as dealt with. Raises NotFound; nothing when it was settled before."""
    found = next((one for one in comments(desk, incident) if one.id == comment_id), None)
    if found is None:
        raise NotFound("That comment is gone.", hint="Look at the page as it stands now.")
    if not found.settled_at:
        stored.settle_comment(desk.session, comment_id, by=by, at=desk.now)


def ask(desk: Desk, incident: Incident, users: Sequence[str], *, by: str) -> tuple[str, ...]:
    """Ask people to review, and return those who were not waiting to answer already; each gets a direct message.

    Raises NotAllowed for somebody who left the workspace, and, saying why for each, when nobody is left to ask.
    """
    stored_incidents.hold(desk.session, incident.id)
    known = {one.user_id: one for one in reviews(desk, incident)}
    asked = []
    for user in dict.fromkeys(users):
        incidents.still_here(desk, user)
        before = known.get(user)
        if before and (before.said is Said.NOTHING or (before.said is Said.SIGNED and not before.changed)):
            continue
        stored.keep_review(desk.session, incident, Review(user_id=user, asked_by=by, asked_at=desk.now), "")
        desk.promise(ASK_WORK, incident.id, user=user, asked_at=desk.now.isoformat())
        asked.append(user)
    if not asked:
        raise NotAllowed(
            f"{'; '.join(_before(desk, known[user]) for user in dict.fromkeys(users))}.",
            hint=f"Type `/postmortem {incident.label}` to see where it stands.",
        )
    return tuple(asked)


def sign(desk: Desk, incident: Incident, *, by: str, note: str = "") -> None:
    """Sign the text as it stands; a later change of it shows. Raises NotAllowed when one has signed this very text."""
    stored_incidents.hold(desk.session, incident.id)
    whole = living.document(desk, incident)
    review = _own(desk, incident, by)
    if review.said is Said.SIGNED and not review.changed:
        at = describe_day(review.said_at or desk.now, desk.zone, desk.now)
        raise NotAllowed(
            "You signed this text already.",
            hint=f"That was at {at}, and it says the same today. See `/postmortem {incident.label}`.",
        )
    clean = cleaned(note, MAX_COMMENT_CHARS) if note.strip() else ""
    _keep(desk, incident, replace(review, said=Said.SIGNED, note=clean, said_at=desk.now), whole.digest)


def want_changes(desk: Desk, incident: Incident, *, by: str, note: str) -> None:
    """Say what has to change before one signs. Raises UserError when the note says nothing."""
    stored_incidents.hold(desk.session, incident.id)
    review = _own(desk, incident, by)
    clean = cleaned(note, MAX_COMMENT_CHARS)
    _keep(desk, incident, replace(review, said=Said.CHANGES, note=clean, said_at=desk.now), "")


def reviews(desk: Desk, incident: Incident) -> tuple[Review, ...]:
    """Who was asked or signed, in that order, and what they said. Raises NotFound when there is no draft yet."""
    digest = living.document(desk, incident).digest
    found = stored.reviews(desk.session, incident.id).values()
    return tuple(replace(one, changed=one.said is Said.SIGNED and signed != digest) for one, signed in found)


def still_open(desk: Desk, incident: Incident) -> Open:
    """What is not settled yet. Raises NotFound when there is no draft yet."""
    return Open(
        questions=sum(len(some) for some in living.document(desk, incident).questions.values()),
        offers=sum(len(some) for some in living.offers(desk, incident).values()),
        comments=sum(one.settled_at is None for one in comments(desk, incident)),
    )


def asking(desk: Desk, incident_id: str, user: str, *, again: bool = False) -> Asking | None:
    """What to put before somebody who was asked; None when they answered meanwhile.

    With `again` it is a reminder, and goes to those who asked for changes too.
    """
    incident = stored_incidents.load(desk.session, incident_id)
    review = stored.reviews(desk.session, incident_id).get(user)
    if incident is None or review is None or review[0].said is Said.SIGNED:
        return None
    if review[0].said is Said.CHANGES and not again:
        return None
    page = desk.own_url(user, f"/incidents/{incident.number}/postmortem")
    return Asking(incident=incident, review=review[0], page_url=page, left=still_open(desk, incident), again=again)


def answered(desk: Desk, incident_id: str, user: str) -> Answered | None:
    """What a reviewer said last; None when they were asked anew meanwhile."""
    incident = stored_incidents.load(desk.session, incident_id)
    review = stored.reviews(desk.session, incident_id).get(user)
    if incident is None or review is None or review[0].said is Said.NOTHING:
        return None
    state = living.document(desk, incident).state
    return Answered(incident=incident, review=review[0], state=state, left=still_open(desk, incident))


def _before(desk: Desk, review: Review) -> str:
    """Why somebody is not asked again."""
    done = "has signed this text" if review.said is Said.SIGNED else "was asked before and has not answered yet"
    return f"{name(desk, review.user_id)} {done}"


def _own(desk: Desk, incident: Incident, by: str) -> Review:
    mine = next((one for one in reviews(desk, incident) if one.user_id == by), None)
    return mine or Review(user_id=by, asked_by=by, asked_at=desk.now)


def _keep(desk: Desk, incident: Incident, review: Review, digest: str) -> None:
    stored.keep_review(desk.session, incident, review, digest)
    desk.promise(SAID_WORK, incident.id, user=review.user_id, said_at=desk.now.isoformat())
