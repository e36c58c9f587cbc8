"""Keeping the timeline."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.arguments import find_tags
from bot.domain.imports import Imported, read_timeline
from bot.domain.incident import Incident
from bot.domain.redaction import redact
from bot.domain.timeline import Entry, Kind, Source, Tag
from bot.domain.times import find_time
from bot.errors import UserError
from bot.services.desk import Desk
from bot.services.postmortem import late
from bot.store import incidents
from bot.store import timeline as stored

MAX_NOTE_CHARS = 3000
BESIDE = frozenset({Kind.JOINED, Kind.ROOM})  # kept for completeness; no reason to draft anew
CARD_AFTER_S = 0.5  # what is recorded in one breath is one edit of the card; Slack allows about one in a second


def record(
    desk: Desk,
    incident: Incident,
    kind: Kind,
    text: str,
    *,
    by: str = "",
    at: datetime | None = None,
    tags: Sequence[Tag] = (),
    source: Source = Source.SLACK,
    permalink: str = "",
    data: dict[str, Any] | None = None,
    origin: str = "",
) -> Entry:
    """Write one entry, free of secrets, and promise a fresh card. The same `origin` twice is one entry."""
    entry_id = desk.new_id()
    entry = Entry(
        id=entry_id,
        team_id=incident.team_id,
        incident_id=incident.id,
        seq=0,
        at=at or desk.now,
        recorded_at=desk.now,
        kind=kind,
        text=redact(text),
        author=by,
        source=source,
        tags=tuple(tags),
        permalink=permalink,
        data=data or {},
    )
    kept = stored.add(desk.session, entry, origin=origin)
    desk.promise("card", incident.id, once=True, after_s=CARD_AFTER_S)
    if kind not in BESIDE:
        late.changed(desk, incident)
    if source is Source.TERMINAL and kind is not Kind.DECLARED:
        desk.promise("say", incident.id, once=True)
    return kept


def note(
    desk: Desk,
    incident: Incident,
    text: str,
    *,
    by: str,
    at: datetime | None = None,
    tags: Sequence[Tag] = (),
    source: Source = Source.SLACK,
) -> Entry:
    """Write what someone typed for the record. Raises UserError when there is nothing, or too much."""
    if not text.strip():
        raise UserError("A note needs a few words.", hint="Try `/incident note 12:03 #decision fail over to db2`.")
    if len(text) > MAX_NOTE_CHARS:
        raise UserError(
            f"That note has {len(text):,} characters; {MAX_NOTE_CHARS:,} is the most.",
            hint="Split it, or post it as a message in the incident's channel and put :pushpin: on it.",
            typed=text,
        )
    return record(desk, incident, Kind.NOTE, text.strip(), by=by, at=at, tags=tags, source=source)


def read_note(desk: Desk, incident: Incident, text: str) -> tuple[datetime | None, tuple[Tag, ...], str, str]:
    """The time and the tags of a note, whichever comes first, its text, and how the time was read.

    Raises UserError for a time in the future or one that cannot be.
    """
    after = first_moment(incident)
    read = find_time(text, now=desk.now, zone=desk.zone, after=after)
    tags, rest = find_tags(read.rest if read else text)
    if read is None:
        read = find_time(rest, now=desk.now, zone=desk.zone, after=after)
        rest = read.rest if read else rest
    return read.at if read else None, tags, rest.strip(" \t–—-:"), read.note if read else ""


def first_moment(incident: Incident) -> datetime:
    """The earliest moment known of an incident: a 12-hour clock is read against it."""
    return min(at for at in (incident.started_at, incident.detected_at, incident.declared_at) if at)


def import_lines(desk: Desk, incident: Incident, text: str, *, by: str, day: date | None = None) -> Imported:
    """Put pasted timestamped lines in; those that cannot be read come back with the reason.

    The same line pasted twice is one entry. Raises UserError when no line could be read.
    """
    found = read_timeline(text, now=desk.now, zone=desk.zone, date=day)
    if not found.lines:
        why = f"line {found.unread[0].line_number}, {found.unread[0].why}" if found.unread else "there is none"
        raise UserError(
            f"I could read no line of that: {why}.",
            hint="Like this: `/incident import 12:03 GMT calendar is empty`, one line for each time.",
            typed=text,
        )
    for line in found.lines:
        digest = hashlib.sha256(line.text.encode("utf-8", "surrogatepass")).hexdigest()
        origin = f"import:{line.at.isoformat()}:{digest}"
        tags, said = find_tags(line.text)
        record(desk, incident, Kind.IMPORTED, said or line.text, by=by, at=line.at, tags=tags, origin=origin)
    return found


def pin(
    desk: Desk,
    *,
    channel_id: str,
    ts: str,
    author: str,
    text: str,
    at: datetime,
    permalink: str,
    pinned_by: str,
    tags: Sequence[Tag] = (),
) -> Entry | None:
    """Make a message an entry with the message's own time, author and link. None outside incident channels."""
    incident = incidents.by_channel(desk.session, desk.team_id, channel_id)
    if incident is None:
        return None
    return record(
        desk,
        incident,
        Kind.MESSAGE,
        text,
        by=author,
        at=at,
        tags=tags,
        permalink=permalink,
        data={"pinned_by": pinned_by},
        origin=f"message:{channel_id}:{ts}",
    )


def unpin(desk: Desk, *, channel_id: str, ts: str) -> Entry | None:
    """Take a pinned message out again. None when it was no entry."""
    incident = incidents.by_channel(desk.session, desk.team_id, channel_id)
    if incident is None:
        return None
    gone = stored.withdraw(desk.session, incident.id, origin=f"message:{channel_id}:{ts}", now=desk.now)
    if gone:
        desk.promise("card", incident.id, once=True)
        late.changed(desk, incident)
    return gone


def at_ts(ts: str) -> datetime:
    """The time of a Slack message ts, such as `1397601873.000100`. Never through a float, which would round it."""
    seconds, _, micros = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int((micros or "0")[:6].ljust(6, "0")))


def joined(desk: Desk, incident: Incident, user_id: str) -> None:
    """Someone came into the incident's channel; once for each person."""
    record(desk, incident, Kind.JOINED, f"<@{user_id}> joined", by=user_id, origin=f"joined:{user_id}")


def entries(desk: Desk, incident: Incident) -> tuple[Entry, ...]:
    """The timeline, by the time things happened."""
    return stored.entries(desk.session, incident.id)
