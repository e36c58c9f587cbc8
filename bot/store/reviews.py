"""What people make of a postmortem: sections written over, locks, settled offers, comments, reviews."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain.incident import Incident
from bot.domain.postmortem.values import Part
from bot.domain.postmortem.written import Comment, Lock, Review, Revision, Said
from bot.store.review_tables import CommentRow, LockRow, OfferRow, ReviewRow, SectionRow


def revisions(session: Session, incident_id: str, part: Part) -> tuple[Revision, ...]:
    """Every revision of one section, newest first."""
    query = select(SectionRow).where(col(SectionRow.incident_id) == incident_id, col(SectionRow.part) == part.value)
    return tuple(_revision(row) for row in session.exec(query.order_by(col(SectionRow.revision).desc())))


def standing(session: Session, incident_id: str) -> dict[Part, Revision]:
    """The newest revision of each section that was ever written over; its text is None where the draft stands again."""
    query = select(SectionRow).where(col(SectionRow.incident_id) == incident_id)
    rows = session.exec(query.order_by(col(SectionRow.revision)))
    known = {part.value for part in Part}
    return {Part(row.part): _revision(row) for row in rows if row.part in known}


def add_revision(session: Session, incident: Incident, part: Part, revision: Revision) -> None:
    """Write one revision; its number is one that the section has not had."""
    session.add(
        SectionRow(
            incident_id=incident.id,
            team_id=incident.team_id,
            part=part.value,
            revision=revision.revision,
            text=revision.text,
            base=revision.base,
            restores=revision.restores,
            written_by=revision.by,
            written_at=revision.at,
        )
    )
    session.flush()


def locks(session: Session, incident_id: str, wall: datetime) -> dict[Part, Lock]:
    """The locks that have not run out."""
    rows = session.exec(select(LockRow).where(col(LockRow.incident_id) == incident_id, col(LockRow.until) > wall))
    known = {part.value for part in Part}
    return {Part(row.part): _lock(row) for row in rows if row.part in known}


def keep_lock(session: Session, incident: Incident, lock: Lock) -> None:
    """Write a lock, in the place of any other on the section."""
    session.merge(
        LockRow(
            incident_id=incident.id,
            team_id=incident.team_id,
            part=lock.part.value,
            held_by=lock.by,
            until=lock.until,
        )
    )
    session.flush()


def drop_lock(session: Session, incident_id: str, part: Part, by: str) -> None:
    """Take away one's own lock, if there is one."""
    row = session.get(LockRow, (incident_id, part.value))
    if row and row.held_by == by:
        session.delete(row)
        session.flush()


def settled(session: Session, incident_id: str) -> dict[Part, dict[str, bool]]:
    """The digests of the offers that were decided on, and whether they were taken."""
    found: dict[Part, dict[str, bool]] = {}
    known = {part.value for part in Part}
    for row in session.exec(select(OfferRow).where(col(OfferRow.incident_id) == incident_id)):
        if row.part in known:
            found.setdefault(Part(row.part), {})[row.digest] = row.said == "taken"
    return found


def settle(
    session: Session, incident: Incident, part: Part, digest: str, *, taken: bool, by: str, at: datetime
) -> None:
    """Keep what became of an offer; the last word counts."""
    session.merge(
        OfferRow(
            incident_id=incident.id,
            team_id=incident.team_id,
            part=part.value,
            digest=digest,
            said="taken" if taken else "left",
            said_by=by,
            said_at=at,
        )
    )
    session.flush()


def unsettle(session: Session, incident_id: str, part: Part, digest: str) -> None:
    """Forget what became of an offer, so that it can be made again."""
    session.connection().execute(
        sa.delete(OfferRow).where(
            col(OfferRow.incident_id) == incident_id, col(OfferRow.part) == part.value, col(OfferRow.digest) == digest
        )
    )


def comments(session: Session, incident_id: str) -> tuple[Comment, ...]:
    """Every remark, oldest first."""
    query = select(CommentRow).where(col(CommentRow.incident_id) == incident_id)
    rows = session.exec(query.order_by(col(CommentRow.made_at), col(CommentRow.id)))
    known = {part.value for part in Part}
    return tuple(_comment(row) for row in rows if row.part in known)


def add_comment(session: Session, incident: Incident, comment: Comment) -> None:
    """Write a remark."""
    session.add(
        CommentRow(
            id=comment.id,
            team_id=incident.team_id,
            incident_id=incident.id,
            part=comment.part.value,
            text=comment.text,
            made_by=comment.by,
            made_at=comment.at,
        )
    )
    session.flush()


def settle_comment(session: Session, comment_id: str, *, by: str, at: datetime) -> None:
    """Mark a remark as dealt with."""
    row = session.get(CommentRow, comment_id)
    if row:
        row.settled_by, row.settled_at = by, at
        session.flush()


def reviews(session: Session, incident_id: str) -> dict[str, tuple[Review, str]]:
    """Who was asked or signed, in that order, each with the digest of the text they signed."""
    query = select(ReviewRow).where(col(ReviewRow.incident_id) == incident_id)
    rows = session.exec(query.order_by(col(ReviewRow.asked_at), col(ReviewRow.user_id)))
    return {row.user_id: (_review(row), row.digest) for row in rows}


def keep_review(session: Session, incident: Incident, review: Review, digest: str) -> None:
    """Write where one reviewer stands."""
    session.merge(
        ReviewRow(
            incident_id=incident.id,
            user_id=review.user_id,
            team_id=incident.team_id,
            asked_by=review.asked_by,
            asked_at=review.asked_at,
            said=review.said.value,
            note=review.note,
            digest=digest,
            said_at=review.said_at,
        )
    )
    session.flush()


def _revision(row: SectionRow) -> Revision:
    return Revision(
        revision=row.revision,
        by=row.written_by,
        at=row.written_at,
        text=row.text,
        base=row.base,
        restores=row.restores,
    )


def _lock(row: LockRow) -> Lock:
    return Lock(part=Part(row.part), by=row.held_by, until=row.until)


def _comment(row: CommentRow) -> Comment:
    return Comment(
        id=row.id,
        part=Part(row.part),
        text=row.text,
        by=row.made_by,
        at=row.made_at,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
    )


def _review(row: ReviewRow) -> Review:
    return Review(
        user_id=row.user_id,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        said=Said(row.said),
        note=row.note,
        said_at=row.said_at,
    )
