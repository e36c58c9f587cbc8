"""The questions of a draft: answered for the record, or put aside with a word. Struck, an answer opens them again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bot.domain.incident import Incident
from bot.domain.postmortem.answers import ANSWER, ASIDE, QUESTION, same
from bot.domain.postmortem.values import Part, Question
from bot.domain.timeline import Entry, Kind
from bot.errors import NotFound
from bot.services import timeline
from bot.services.desk import Desk
from bot.services.postmortem import drafting, late, living, redrafting
from bot.services.postmortem.sections import cleaned
from bot.store import incidents as stored

MAX_ANSWER_CHARS = 1_000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question that is still open, and the section that asks it. `key` names it in addresses and buttons."""

    part: Part
    question: Question
    key: str


def still_asked(desk: Desk, incident: Incident) -> tuple[Asked, ...]:
    """What is still to be answered, in the order of the sections. Raises NotFound when there is no draft yet."""
    found = living.document(desk, incident).questions
    return tuple(Asked(part=part, question=one, key=key_of(one)) for part in Part for one in found.get(part, ()))


def answer(desk: Desk, incident: Incident, key: str, text: str, *, by: str, aside: bool = False) -> Entry:
    """Record an answer, or with `aside` why there is none, and draft anew, so that the question is gone at once.

    Raises NotFound for a question that is not asked any more, UserError for no words or too many.
    """
    stored.hold(desk.session, incident.id)
    found = next((one for one in still_asked(desk, incident) if one.key == key), None)
    if found is None:
        raise NotFound(
            "That question is not asked any more.",
            hint=f"See what is: `/postmortem questions {incident.label}`.",
            typed=text,
        )
    clean, asks = cleaned(text, MAX_ANSWER_CHARS), found.question.text
    entry = timeline.record(
        desk,
        incident,
        Kind.NOTE,
        f"{asks} Put aside: {clean}" if aside else f"{asks} {clean}",
        by=by,
        data={QUESTION: asks, ASIDE if aside else ANSWER: clean},
    )
    drafting.draft(desk, incident.id, made_for=f"{redrafting.FOR_LATE}{entry.id}")
    late.under_signature(desk, incident)
    return entry


def key_of(question: Question) -> str:
    """A short name for a question, the same in every draft that asks it."""
    return hashlib.sha256(same(question).encode("utf-8", "surrogatepass")).hexdigest()[:16]
