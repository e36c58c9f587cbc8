"""What a draft tells, statement by statement, wherever it stands: sentences, lines of the timeline, rows of times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.postmortem import Draft, Part
from bot.domain.postmortem.wording import stamp
from bot.services.postmortem.document import pieces

STAMP = re.compile(r"(?:\d{1,2} [A-Z][a-z]{2} )?\d{2}:\d{2} UTC", re.ASCII)


@dataclass(frozen=True)
class Told:
    """One statement: where it stands, what it says, the time beside it, how it is classed, what it rests on."""

    part: Part
    text: str
    at: datetime | None
    mark: str
    refs: tuple[str, ...]

    def times(self, draft: Draft) -> set[str]:
        """The times it gives: the one beside it, or those in it."""
        at = self.at and self.at.astimezone(UTC)
        return {stamp(at, draft.dates(at))} if at else set(STAMP.findall(self.text))


def told(draft: Draft) -> list[Told]:
    """Everything that a draft states or asks."""
    return list(_told(draft))


def _told(draft: Draft) -> Iterator[Told]:
    for row in (*pieces.moment_rows(draft), *pieces.time_rows(draft)):
        yield Told(Part.TIMES, f"{row.name}: {row.value}", None, "", row.refs)
    for line in draft.timeline:
        yield Told(Part.TIMELINE, line.text, line.at, "", line.refs)
    for section in draft.sections:
        for sentence in section.sentences:
            yield Told(section.part, sentence.text, sentence.at, sentence.mark, sentence.refs)
        for question in section.questions:
            yield Told(section.part, question.text, None, "Question", question.refs)
