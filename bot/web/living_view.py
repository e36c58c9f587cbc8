"""Everything that a postmortem's page shows, read in one transaction, and what one person has in hand on it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.domain.incident import Incident
from bot.domain.postmortem.values import Part, Question, Section
from bot.domain.postmortem.wording import one_line, stamp, who
from bot.domain.postmortem.written import RECORD, Comment, Document, Lock, Offer, Open, Review, Said, Written
from bot.domain.roles import Person
from bot.services.desk import Desk
from bot.services.postmortem import living, reminders, reviews
from bot.store import people
from bot.store import postmortems as drafts
from bot.store import reminders as promised
from bot.store import reviews as stored
from bot.web.address import incident_at

MAX_HINT_CHARS = 160
HEAD, COURSE, REVIEW = "head", "course", "review"  # the names of the parts that are no sections


@dataclass(frozen=True, kw_only=True)
class Hand:
    """What somebody has in hand in one part of the page: an editor, words given back, or why something failed."""

    part: str
    editing: bool = False
    text: str = ""  # in the editor
    revision: int = 0  # the one that the text began from
    base: int = 0  # the draft's version that the writer had before them
    preview: str | None = None  # Markdown to show as it will look
    comment: str = ""  # a remark given back
    note: str = ""  # a reviewer's words given back
    question: str = ""  # the key of the one that an answer given back is for
    answer: str = ""
    trouble: str = ""
    hint: str = ""
    clash: bool = False
    standing: Written | None = None  # in a clash: what stands now, None where the draft does
    aside: bool = False  # it is about the comments beside the section
    focus: bool = False  # whether the keyboard goes on here


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One section with all that people made of it. `tag` names the whole, so that a browser gets only what changed."""

    section: Section
    written: Written | None
    newest: int  # the number of the newest revision, 0 for none
    lock: Lock | None
    comments: tuple[Comment, ...]
    offers: tuple[Offer, ...]
    asks: tuple[Question, ...]  # what it still asks
    tag: str

    @property
    def part(self) -> str:
        """Its name in addresses."""
        return self.section.part.value

    @property
    def writable(self) -> bool:
        """Whether people may write it over."""
        return self.section.part not in RECORD


@dataclass(frozen=True, kw_only=True)
class View:
    """One postmortem as one person sees it."""

    incident: Incident
    document: Document
    me: str  # "" for somebody who may read only
    folk: Mapping[str, Person]
    sections: tuple[Shown, ...]
    reviews: tuple[Review, ...]
    left: Open  # what is not settled yet
    next_reminder: datetime | None
    pulse: str  # changes with anything that people do here, and with a new draft
    in_story: Callable[[datetime], datetime]  # a moment of the machine's, such as the end of a lock, as it is told

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"/incidents/{self.incident.number}/postmortem"

    @cached_property
    def evidence(self) -> Mapping[str, str]:
        """What each entry says, in short, by its label."""
        draft = self.document.draft
        return {
            line.label: f"{stamp(line.at, draft.dates(line.at))} {line.author}: {one_line(line.text)}"[:MAX_HINT_CHARS]
            for line in (*draft.timeline, *draft.aside)
            if line.label
        }

    @cached_property
    def anchors(self) -> frozenset[str]:
        """Where a link inside the page may lead."""
        return frozenset(label.lower() for label in (*self.evidence, self.document.draft.label))

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """What stands on the page, by its anchor and its name."""
        return (REVIEW, "Review"), *((one.part, one.section.title) for one in self.sections)

    @property
    def head_tag(self) -> str:
        """Names what the header and the review show."""
        whole = self.document
        return _tag(whole.digest, whole.version, whole.state, self.reviews, self.left, self.next_reminder)

    @property
    def unsettled(self) -> tuple[tuple[str, str], ...]:
        """The sections with something open, by anchor and name."""
        found = (one for one in self.sections if one.asks or one.offers or any(not c.settled_at for c in one.comments))
        return tuple((one.part, one.section.title) for one in found)

    @property
    def askable(self) -> list[Person]:
        """Who can be asked to review: people, by name, but for those who left, wait to answer, or signed this text."""
        asked = {self.me, *(one.user_id for one in self.reviews if one.said is not Said.CHANGES and not one.changed)}
        found = (one for one in self.folk.values() if not one.is_bot and not one.gone and one.user_id not in asked)
        return sorted(found, key=lambda one: one.name.casefold())

    def already(self, user: str) -> str:
        """What somebody said before who can be asked again."""
        said = next((one.said for one in self.reviews if one.user_id == user), Said.NOTHING)
        return {Said.CHANGES: ", who asked for changes", Said.SIGNED: ", who signed an earlier text"}.get(said, "")

    def name(self, user: str) -> str:
        """A person's name."""
        return who(user, self.folk)

    def shown(self, part: str) -> Shown:
        """One section."""
        return next(one for one in self.sections if one.part == part)


def gather(desk: Desk, number: int, me: str) -> View:
    """Read a postmortem. Raises NotFound saying what to type."""
    incident = incident_at(desk, number)
    document = living.document(desk, incident)
    locks, offers, asked = living.locks(desk, incident), living.offers(desk, incident), document.questions
    remarks, standing = reviews.comments(desk, incident), stored.standing(desk.session, incident.id)

    def shown(section: Section) -> Shown:
        part, last = section.part, standing.get(section.part)
        made: dict[str, Any] = {
            "written": document.written.get(part),
            "newest": last.revision if last else 0,
            "lock": locks.get(part),
            "comments": tuple(one for one in remarks if one.part is part),
            "offers": offers.get(part, ()),
            "asks": asked.get(part, ()),
        }
        drafted = document.version if part in RECORD else section
        return Shown(section=section, tag=_tag(drafted, *made.values(), me), **made)

    return View(
        incident=incident,
        document=document,
        me=me,
        folk=people.everyone(desk.session, desk.team_id),
        sections=tuple(shown(section) for section in document.draft.sections),
        reviews=reviews.reviews(desk, incident),
        left=reviews.still_open(desk, incident),
        next_reminder=reminders.next_review(desk, incident.id),
        pulse=pulse(desk, incident),
        in_story=desk.in_story,
    )


def pulse(desk: Desk, incident: Incident) -> str:
    """Name all that people did here, without reading the draft: a page that is only looked at asks every 10 s."""
    session, key = desk.session, incident.id
    return _tag(
        drafts.newest_version(session, key),
        stored.standing(session, key),
        living.locks(desk, incident),
        stored.comments(session, key),
        stored.reviews(session, key),
        stored.settled(session, key),
        promised.due(session, reminders.REVIEW_WORK, key),
    )


def writing(desk: Desk, incident: Incident, part: Part, me: str) -> Hand | None:
    """The editor of a section that this person holds; None when they do not, or not any more."""
    lock = living.locks(desk, incident).get(part)
    if lock is None or lock.by != me:
        return None
    past = living.history(desk, incident, part)
    text = living.text_of(desk, incident, part)
    revision, base = past[0].revision if past else 0, drafts.newest_version(desk.session, incident.id)
    return Hand(part=part.value, editing=True, text=text, revision=revision, base=base, focus=True)


def _tag(*told: object) -> str:
    return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:16]
