"""The draft as JSON, for other programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.domain.incident import Moment
from bot.domain.postmortem.values import Draft, Line, Question, Section, Sentence
from bot.services.document.pieces import safe_link


def as_json(draft: Draft) -> dict[str, Any]:
    """Return plain values. Keys, all always there; times are ISO 8601 with offset, unknown is null:

    - `incident`, `title`, `severity`, `status`, `drafted_at`;
    - `header`: list of {`name`, `value`, `refs`};
    - `moments`: {started, detected, acknowledged, declared, identified, mitigated, resolved, closed}, each
      {`at`, `how`, `rule`, `refs`} or null;
    - `times`: {detect, acknowledge, declare, identify, mitigate, resolve}, each {`from`, `to`, `seconds` or null,
      `contradiction`, `refs`};
    - `sections`: list of {`name`, `title`, `sentences`: [{`text`, `at`, `mark`, `refs`}],
      `questions`: [{`text`, `whom`, `refs`}]};
    - `timeline` and `aside`: lists of {`label`, `at`, `kind`, `author`, `text`, `tags`, `marks`, `permalink`, `refs`}.

    `refs` are labels of entries (`E7`) or of the incident itself. Text is plain: escape it for where you show it.
    """
    return {
        "incident": draft.label,
        "title": draft.title,
        "severity": str(draft.severity),
        "status": str(draft.status),
        "drafted_at": draft.drafted_at.isoformat(),
        "header": [{"name": f.name, "value": str(f.value), "refs": list(f.refs)} for f in draft.header],
        "moments": {moment.value: _moment(draft, moment) for moment in Moment},
        "times": {
            span.measure.value: {
                "from": span.start.value,
                "to": span.end.value,
                "seconds": None if span.length is None else span.length.total_seconds(),
                "contradiction": span.contradiction,
                "refs": list(span.refs),
            }
            for span in draft.times
        },
        "sections": [_section(section) for section in draft.sections],
        "timeline": _lines(draft.timeline),
        "aside": _lines(draft.aside),
    }


def _moment(draft: Draft, moment: Moment) -> dict[str, Any] | None:
    known = draft.moments.get(moment)
    if known is None:
        return None
    return {"at": known.at.isoformat(), "how": known.how.value, "rule": known.rule, "refs": list(known.refs)}


def _section(section: Section) -> dict[str, Any]:
    return {
        "name": section.part.value,
        "title": section.title,
        "sentences": [_sentence(sentence) for sentence in section.sentences],
        "questions": [_question(question) for question in section.questions],
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    at = sentence.at.isoformat() if sentence.at else None
    return {"text": sentence.text, "at": at, "mark": sentence.mark, "refs": list(sentence.refs)}


def _question(question: Question) -> dict[str, Any]:
    return {"text": question.text, "whom": question.whom, "refs": list(question.refs)}


def _lines(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [
        {
            "label": line.label,
            "at": line.at.isoformat(),
            "kind": line.kind.value if line.kind else "moment",
            "author": line.author,
            "text": line.text,
            "tags": [tag.value for tag in line.tags],
            "marks": [mark.value for mark in line.marks],
            "permalink": safe_link(line.permalink),
            "refs": list(line.refs),
        }
        for line in lines
    ]
