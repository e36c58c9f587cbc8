"""The postmortem as JSON, for other programs. Its shape is published in docs/postmortem.schema.json."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.domain.incident import Moment
from bot.domain.postmortem.values import Draft, Line, Question, Section, Sentence
from bot.domain.postmortem.written import Document, Written
from bot.services.postmortem.document.pieces import safe_link, whole

SCHEMA = "urn:muster:postmortem:1"  # the number goes up when a reader of the last one would stumble


def as_json(paper: Document | Draft) -> dict[str, Any]:
    """Return plain values as docs/postmortem.schema.json describes them. Every key is always there.

    Times are ISO 8601 with offset, what is unknown is null. `refs` are labels of entries (`E7`) or of the incident
    itself. Text is plain, but for `written`, which is Markdown: escape both for where you show them.
    """
    document = whole(paper)
    draft = document.draft
    return {
        "schema": SCHEMA,
        "incident": draft.label,
        "title": draft.title,
        "severity": str(draft.severity),
        "status": str(draft.status),
        "drafted_at": draft.drafted_at.isoformat(),
        "zone": draft.zone.key,
        "version": document.version,
        "state": document.state.value,
        "signed": [{"by": one.by, "at": one.at.isoformat(), "changed": one.changed} for one in document.signed],
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
        "sections": [_section(section, document.written.get(section.part)) for section in draft.sections],
        "timeline": _lines(draft.timeline),
        "aside": _lines(draft.aside),
    }


def _moment(draft: Draft, moment: Moment) -> dict[str, Any] | None:
    known = draft.moments.get(moment)
    if known is None:
        return None
    return {"at": known.at.isoformat(), "how": known.how.value, "rule": known.rule, "refs": list(known.refs)}


def _section(section: Section, written: Written | None) -> dict[str, Any]:
    return {
        "name": section.part.value,
        "title": section.title,
        "sentences": [_sentence(sentence) for sentence in section.sentences],
        "questions": [_question(question) for question in section.questions],
        "written": None
        if written is None
        else {"text": written.text, "by": written.by, "at": written.at.isoformat(), "revision": written.revision},
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    at = sentence.at.isoformat() if sentence.at else None
    rule = sentence.rule.name.lower()
    return {"text": sentence.text, "at": at, "mark": sentence.mark, "rule": rule, "refs": list(sentence.refs)}


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
