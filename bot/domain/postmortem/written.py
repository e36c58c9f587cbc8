"""What people make of a draft: sections written over, sentences drafted anew and offered, remarks, signatures. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain

from bot.domain.postmortem.values import Draft, Line, Part, Section, Sentence

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
    """A sentence that the record now gives for a section written over; `gone`: one that it no longer gives."""

    digest: str
    sentence: Sentence
    gone: bool = False


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
    def digest(self) -> str:
        """Names the text: a signature of it holds until a section, a time or a line of the timeline changes.

        When it was drafted, and who came into the channel, are no part of it.
        """
        draft = self.draft
        told = chain(
            (draft.title, draft.severity),
            *(_words(section, self.written.get(section.part)) for section in draft.sections),
            *(_line(line) for line in draft.timeline),
            *((moment, _utc(known.at), known.how) for moment, known in draft.moments.items()),
        )
        return _digest(told)


def offers(
    base: Iterable[Sentence], newest: Iterable[Sentence], *, settled: Collection[str], taken: Iterable[Sentence] = ()
) -> tuple[Offer, ...]:
    """Return what the newest draft says and the base did not, then what it no longer says.

    `settled` holds the digests of offers that somebody decided on; `taken` the sentences that were taken over since
    the base, which may be gone again too.
    """
    before, now = tuple(base), tuple(newest)
    had = tuple(dict.fromkeys((*before, *taken)))
    added = (Offer(digest=_offer(one, False), sentence=one) for one in now if one not in before)
    lost = (Offer(digest=_offer(one, True), sentence=one, gone=True) for one in had if one not in now)
    return tuple(offer for offer in (*added, *lost) if offer.digest not in settled)


def same(one: Draft, other: Draft) -> bool:
    """Return whether two drafts tell the same, whenever they were made."""
    return Document(draft=one, version=0).digest == Document(draft=other, version=0).digest


def added_digest(sentence: Sentence) -> str:
    """Return the digest under which a new sentence is offered."""
    return _offer(sentence, False)


def _offer(sentence: Sentence, gone: bool) -> str:
    return _digest(("gone" if gone else "new", *_sentence(sentence)))


def _digest(words: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for word in words:
        told = str(word).encode("utf-8", "surrogatepass")
        digest.update(f"{len(told)}:".encode() + told)  # with its length, so that no two lists of words run together
    return digest.hexdigest()[:32]


def _words(section: Section, written: Written | None) -> Iterable[str]:
    if written is not None:
        return (section.part, "written", written.text)
    said = chain.from_iterable(_sentence(one) for one in section.sentences)
    asked = chain.from_iterable(("?", one.text, one.whom, *one.refs) for one in section.questions)
    return (section.part, "drafted", *said, *asked)


def _sentence(sentence: Sentence) -> tuple[str, ...]:
    return (sentence.text, sentence.mark, _utc(sentence.at) if sentence.at else "", *sentence.refs)


def _line(line: Line) -> tuple[str, ...]:
    return (line.label, _utc(line.at), line.text, line.author, *line.tags, *line.marks)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
