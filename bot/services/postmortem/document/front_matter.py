"""The front matter that site generators read above a Markdown document: YAML, every value in double quotes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from bot.domain.incident import Moment
from bot.domain.postmortem.values import Draft
from bot.domain.postmortem.written import Document
from bot.domain.roles import Person
from bot.services.postmortem.document.in_markdown import markdown
from bot.services.postmortem.document.pieces import NOT_RECORDED, whole

DATES = (Moment.STARTED, Moment.DETECTED, Moment.DECLARED, Moment.MITIGATED, Moment.RESOLVED, Moment.CLOSED)


def with_front_matter(paper: Document | Draft, people: Mapping[str, Person] | None = None) -> str:
    """Return the postmortem as Markdown below its front matter. What nobody recorded is left out."""
    document = whole(paper)
    draft = document.draft
    commander = next((fact.value for fact in draft.header if fact.name == "Commander"), NOT_RECORDED)
    told = {
        "incident": draft.label,
        "title": draft.title,
        "severity": str(draft.severity),
        "status": str(draft.status),
        "state": document.state.value,
        "date": f"{_day(draft):%Y-%m-%d}",
        **{moment.value: _second(draft.moments[moment].at) for moment in DATES if moment in draft.moments},
        "commander": commander,
        "drafted": _second(draft.drafted_at),
    }
    lines = [f"{name}: {_quoted(value)}" for name, value in told.items() if value != NOT_RECORDED]
    return "\n".join(["---", *lines, "---", "", markdown(document, people)])


def _day(draft: Draft) -> datetime:
    """When it was declared, or its first line where a write-up that was read in does not say so."""
    declared = draft.moments.get(Moment.DECLARED)
    return declared.at if declared else draft.timeline[0].at


def _second(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _quoted(value: str) -> str:
    """A JSON string is a YAML one, and whatever a title holds, it cannot end the value or the block."""
    told = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in told)
