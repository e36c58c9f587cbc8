"""Handing a postmortem over in another channel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.incident import Incident
from bot.domain.postmortem.values import Part, Sentence
from bot.domain.postmortem.written import State
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.services.postmortem import document as written_as
from bot.services.postmortem import drafting, living
from bot.store import incidents, people

WORK = "share"


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
    """What another channel gets. `page_url` is "" where its readers may not open our pages."""

    incident: Incident
    state: State
    by: str
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
class NotShared:
    """What the person who wanted to share gets to read instead."""

    incident: Incident
    channel_id: str
    hitch: Hitch


def share(desk: Desk, incident: Incident, channel_id: str, *, by: str, sure: bool = False) -> None:
    """Promise to hand the postmortem over. Raises NotFound when there is no draft yet."""
    drafting.newest(desk, incident)
    desk.promise(WORK, incident.id, channel=channel_id, by=by, sure=sure)


def hitch(place: Place | None, *, sure: bool) -> Hitch | None:
    """What is in the way of handing it over there, None when nothing is."""
    if place is None:
        return Hitch.UNSEEN
    if place.archived:
        return Hitch.ARCHIVED
    if not place.member:
        return Hitch.NO_MEMBER
    return Hitch.ASK_FIRST if place.shared and not sure else None


def shared(desk: Desk, incident_id: str, place: Place, *, by: str) -> Shared:
    """What the channel gets. Raises NotFound."""
    incident = incidents.load(desk.session, incident_id)
    if incident is None:
        raise NotFound("That incident is gone.")
    document = living.document(desk, incident)
    written = document.written.get(Part.SUMMARY)
    names = people.known(desk.session, desk.team_id, [*(one.by for one in document.signed), *document.awaited])
    return Shared(
        incident=incident,
        state=document.state,
        by=by,
        lines=tuple(written_as.summary_lines(document.draft)),
        summary=written.text if written else "",
        page_url="" if place.shared else f"{desk.pages_url}/incidents/{incident.number}/postmortem",
        # Named by its text: the same text is handed over once in a channel, a later one again.
        filename=f"{incident.label.lower()}-postmortem-{document.digest[:8]}.md",
        markdown=written_as.markdown(document, names),
    )
