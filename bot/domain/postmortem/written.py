"""What people make of a draft: sections written over, sentences drafted anew and offered, remarks, signatures. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain

from bot.domain.postmortem.answers import BESIDE
from bot.domain.postmortem.answers import same as same_question
from bot.domain.postmortem.compared import Key, asked, said, told
from bot.domain.postmortem.values import Draft, Line, Part, Question, Section, Sentence
from bot.domain.postmortem.wording import listed

MAX_SECTION_CHARS = 20_000
RECORD = frozenset({Part.TIMELINE, Part.TIMES})  # what was recorded; it is put right in the timeline, not written over
WRITABLE = tuple(part for part in Part if part not in RECORD)


class State(StrEnum):
    """How far a document is."""

    DRAFT = "draft"  # nobody was asked to review it
    IN_REVIEW = "in review"  # somebody was asked, or signed a text that has changed since
    REVIEWED = "reviewed"  # everybody asked has signed, and at least one signature is of the text as it stands


class Said(StrEnum):
    """What a reviewer said."""

    NOTHING = ""
    SIGNED = "signed"
    CHANGES = "changes"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What stands in a section that people wrote over. `base` is the draft's version that the text grew from."""

    part: Part
    revision: int  # 0: never kept, since nothing in it differed from the draft
    text: str  # Markdown
    by: str
    at: datetime
    base: int


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One revision in a section's history. `text` None is "as drafted"; `restores` names the one it brought back."""

    revision: int
    by: str
    at: datetime
    text: str | None
    base: int
    restores: int | None = None


@dataclass(frozen=True, kw_only=True)
class Lock:
    """Somebody is writing a section. `until` is the machine's time."""

    part: Part
    by: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A sentence that the record now gives for a section written over; `gone`: one that it no longer gives.

    `added` is the digest under which the same is offered as new.
    """

    digest: str
    sentence: Sentence
    gone: bool = False
    added: str = ""


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A remark on a section."""

    id: str
    part: Part
    text: str
    by: str
    at: datetime
    settled_by: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Review:
    """Somebody who was asked to review, or signed unasked (`asked_by` is then themselves)."""

    user_id: str
    asked_by: str
    asked_at: datetime
    said: Said = Said.NOTHING
    note: str = ""
    said_at: datetime | None = None
    changed: bool = False  # the text is another than the one that was signed


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who signed, when, and whether the text changed since."""

    by: str
    at: datetime
    changed: bool = False


@dataclass(frozen=True, kw_only=True)
class Open:
    """How much of a postmortem is not settled yet."""

    questions: int = 0
    offers: int = 0
    comments: int = 0

    @property
    def said(self) -> str:
        """`4 questions, 2 offers and 1 comment`, "" when all is settled."""
        counts = ((self.questions, "question"), (self.offers, "offer"), (self.comments, "comment"))
        named = [f"{many} {name}{'' if many == 1 else 's'}" for many, name in counts if many]
        return listed(named) if named else ""


@dataclass(frozen=True, kw_only=True)
class Document:
    """What is read, exported and signed: the draft, with the sections that people wrote over."""

    draft: Draft
    version: int
    written: Mapping[Part, Written] = field(default_factory=dict)
    signed: tuple[Signature, ...] = ()
    awaited: tuple[str, ...] = ()  # who was asked and has not signed

    @property
    def state(self) -> State:
        """How far it is."""
        if self.signed and not self.awaited and not all(one.changed for one in self.signed):
            return State.REVIEWED
        return State.IN_REVIEW if self.signed or self.awaited else State.DRAFT

    @property
    def questions(self) -> Mapping[Part, tuple[Question, ...]]:
        """What is still asked, by section: where people wrote one over, what its text still asks; each but once."""
        found: dict[Part, tuple[Question, ...]] = {}
        known: set[str] = set()
        for section in sorted(self.draft.sections, key=lambda one: one.part in BESIDE):
            written = self.written.get(section.part)
            words = None if written is None else f" {_bare(written.text)} "
            mine = {same_question(one): one for one in section.questions}
            fresh = {
                key: one
                for key, one in mine.items()
                if key not in known and (words is None or f" {_bare(key)} " in words)
            }
            known |= fresh.keys()
            if fresh:
                found[section.part] = tuple(fresh.values())
        return found

    @property
    def digest(self) -> str:
        """Names the text: a signature of it holds until a section, a time or a line of the timeline changes.

        When it was drafted, who came into the channel, and which clocks show their date, are no part of it.
        """
        draft = self.draft
        whole = chain(
            (draft.title, draft.severity),
            *(_words(section, self.written.get(section.part)) for section in draft.sections),
            *(_line(line) for line in draft.timeline),
            *((moment, _utc(known.at), known.how) for moment, known in draft.moments.items()),
        )
        return _digest(whole)


def offers(
    base: Draft, newest: Draft, part: Part, *, settled: Mapping[str, bool], since: Iterable[Draft] = ()
) -> tuple[Offer, ...]:
    """Return what the newest draft says in a section and the base did not, then what it no longer says.

    `settled` tells of the digests of offers that somebody decided on whether they were taken; a sentence taken from a
    draft made `since` the base may be gone again too.
    """
    before, now = told(base, part), told(newest, part)
    later = {key: one for draft in since for key, one in told(draft, part).items() if settled.get(_offer(key, False))}
    added = [_offered(key, one, gone=False) for key, one in now.items() if key not in before]
    lost = [_offered(key, one, gone=True) for key, one in (later | before).items() if key not in now]
    return tuple(offer for offer in (*added, *lost) if offer.digest not in settled)


def same(one: Draft, other: Draft) -> bool:
    """Return whether two drafts tell the same, whenever they were made."""
    return Document(draft=one, version=0).digest == Document(draft=other, version=0).digest


def _offered(key: Key, sentence: Sentence, *, gone: bool) -> Offer:
    return Offer(digest=_offer(key, gone), sentence=sentence, gone=gone, added=_offer(key, False))


def _offer(key: Key, gone: bool) -> str:
    return _digest(("gone" if gone else "new", *key))


def _digest(words: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for word in words:
        plain = str(word).encode("utf-8", "surrogatepass")
        digest.update(f"{len(plain)}:".encode() + plain)  # with its length, so that no two lists of words run together
    return digest.hexdigest()[:32]


def _words(section: Section, written: Written | None) -> Iterable[str]:
    if written is not None:
        return (section.part, "written", written.text)
    sentences = chain.from_iterable(said(one) for one in section.sentences)
    questions = chain.from_iterable(("?", *asked(one)) for one in section.questions)
    return (section.part, "drafted", *sentences, *questions)


def _bare(text: str) -> str:
    """The words alone: Markdown escapes and wraps what it shows."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _line(line: Line) -> tuple[str, ...]:
    return (line.label, _utc(line.at), line.text, line.author, *line.tags, *line.marks)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
