"""Handing a postmortem over in another channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from bot.domain.incident import Incident
from bot.domain.postmortem.values import Part, Sentence
from bot.domain.postmortem.written import Document, State
from bot.domain.redaction import redact
from bot.errors import NotFound, UserError
from bot.services.desk import Desk
from bot.services.postmortem import document as written_as
from bot.services.postmortem import drafting, living
from bot.store import incidents, people
from bot.store import work as stored

WORK = "share"
MAX_NOTE_CHARS = 500


@dataclass(frozen=True, kw_only=True)
class Place:
    """A channel as Slack describes it. `shared`: people of other organisations read it too."""

    id: str
    name: str
    member: bool
    shared: bool
    archived: bool


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What another channel gets. `page_url` is "" where its readers may not open our pages.

    `ts` is the message there that is brought up to date, "" where a new one is posted.
    """

    incident: Incident
    state: State
    by: str
    at: datetime
    note: str  # the words of whoever hands it over
    names: dict[str, str]  # of the people whom those words may mention
    ts: str
    looks: str
    lines: tuple[Sentence, ...]
    summary: str  # what people wrote as the summary, "" where it stands as drafted
    page_url: str
    filename: str
    markdown: str


class Hitch(StrEnum):
    """Why a postmortem was not handed over."""

    UNSEEN = "unseen"  # no such channel, as far as the bot sees
    NO_MEMBER = "no member"
    ARCHIVED = "archived"
    ASK_FIRST = "ask first"  # others than this organisation would read it


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A message in another channel that shows a postmortem: who handed it over and when, and what it shows."""

    ts: str
    by: str
    at: datetime
    note: str
    looks: str


@dataclass(frozen=True, kw_only=True)
class Promised:
    """What will be done. `before` is the message that the channel has; `anew`: a further one is posted."""

    note: str
    before: Handed | None
    anew: bool
    changed: bool  # what the message would say now is not what it says


@dataclass(frozen=True, kw_only=True)
class NotShared:
    """What the person who wanted to share gets to read instead."""

    incident: Incident
    channel_id: str
    hitch: Hitch
    note: str = ""


def share(desk: Desk, incident: Incident, channel_id: str, *, by: str, note: str = "", sure: bool = False) -> Promised:
    """Promise to hand the postmortem over. A message that shows it there already is brought up to date, unless new
    words go with it. Raises NotFound when there is no draft yet, UserError for too many words.
    """
    note = redact(" ".join(note.split()))
    if len(note) > MAX_NOTE_CHARS:
        raise UserError(
            f"Those words have {len(note):,} characters; {MAX_NOTE_CHARS} is the most.",
            hint="Share it with a line, and say the rest in the channel.",
        )
    drafting.newest(desk, incident)
    desk.promise(WORK, incident.id, channel=channel_id, by=by, note=note, sure=sure)
    before = handed(desk.session, incident.id, channel_id)
    return Promised(
        note=note,
        before=before,
        anew=before is None or _new_words(note, before),
        changed=before is not None and before.looks != _looks(living.document(desk, incident)),
    )


def hitch(place: Place | None, *, sure: bool) -> Hitch | None:
    """What is in the way of handing it over there, None when nothing is."""
    if place is None:
        return Hitch.UNSEEN
    if place.archived:
        return Hitch.ARCHIVED
    if not place.member:
        return Hitch.NO_MEMBER
    return Hitch.ASK_FIRST if place.shared and not sure else None


def shared(desk: Desk, incident_id: str, place: Place, *, by: str, note: str = "", anew: bool = False) -> Shared:
    """What the channel gets: with `anew` as a new message, whatever it has. Raises NotFound."""
    incident = incidents.load(desk.session, incident_id)
    if incident is None:
        raise NotFound("That incident is gone.")
    document = living.document(desk, incident)
    written = document.written.get(Part.SUMMARY)
    names = people.known(desk.session, desk.team_id, [*(one.by for one in document.signed), *document.awaited])
    before = handed(desk.session, incident_id, place.id)
    stays = None if before is None or anew or _new_words(note, before) else before
    return Shared(
        incident=incident,
        state=document.state,
        by=stays.by if stays else by,
        at=stays.at if stays else desk.now,
        note=stays.note if stays else note,
        names=people.names(desk.session, desk.team_id),
        ts=stays.ts if stays else "",
        looks=_looks(document),
        lines=tuple(written_as.summary_lines(document)),
        summary=written.text if written else "",
        page_url="" if place.shared else f"{desk.pages_url}/incidents/{incident.number}/postmortem",
        # Named by its text: the same text is handed over once in a channel, a later one again.
        filename=f"{incident.label.lower()}-postmortem-{document.digest[:8]}.md",
        markdown=written_as.markdown(document, names),
    )


def handed(session: Session, incident_id: str, channel_id: str) -> Handed | None:
    """The message by which a channel has the postmortem, None when it has none."""
    kept = stored.outbound(session, _subject(incident_id), channel_id)
    return Handed(**kept.result | {"at": datetime.fromisoformat(kept.result["at"])}) if kept else None


def keep(desk: Desk, what: Shared, channel_id: str, ts: str) -> None:
    """Remember by which message the channel has it."""
    stored.note_outbound(
        desk.session,
        team_id=desk.team_id,
        subject=_subject(what.incident.id),
        step=channel_id,
        state="done",
        now=desk.wall,
        result={"ts": ts, "by": what.by, "at": what.at.isoformat(), "note": what.note, "looks": what.looks},
    )


def _new_words(note: str, before: Handed) -> bool:
    return bool(note) and note != before.note


def _looks(document: Document) -> str:
    return f"{document.digest} {document.state}"


def _subject(incident_id: str) -> str:
    return f"shared:{incident_id}"
