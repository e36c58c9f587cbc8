"""The postmortem in every form that somebody can take away, and what has changed since it was last drafted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.domain.incident import Incident
from bot.domain.naming import channel_name
from bot.domain.postmortem import Facts
from bot.domain.postmortem import draft as compose
from bot.domain.postmortem.values import TITLES, Draft, Line
from bot.domain.postmortem.written import Document
from bot.domain.roles import Person
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.services.postmortem import document as written_as
from bot.services.postmortem import drafting, living
from bot.services.postmortem.document.front_matter import with_front_matter
from bot.services.postmortem.document.in_csv import follow_ups_csv
from bot.services.postmortem.document.in_pdf import pdf
from bot.store import people


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A postmortem with all that its forms need."""

    document: Document
    facts: Facts
    people: Mapping[str, Person]  # those who wrote sections and signed, too

    @property
    def name(self) -> str:
        """What its file is called, without an ending."""
        return f"{self.document.draft.label.lower()}-postmortem"


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What the record says now and the last draft did not, and what that one said that the record no longer says."""

    version: int
    sentences: tuple[tuple[str, str, bool], ...]  # title of the section, sentence, whether it is new
    late: tuple[Line, ...]
    struck: tuple[str, ...]  # labels of entries


FORMS: Mapping[str, Callable[[Paper], str | bytes]] = {
    "md": lambda paper: written_as.markdown(paper.document, paper.people),
    "front-matter": lambda paper: with_front_matter(paper.document, paper.people),
    "html": lambda paper: written_as.html(paper.document, paper.people),
    "pdf": lambda paper: pdf(paper.document, paper.people),
    "json": lambda paper: json.dumps(written_as.as_json(paper.document), ensure_ascii=False, indent=2) + "\n",
    "csv": lambda paper: follow_ups_csv(paper.facts, paper.document.draft),
}


def paper(desk: Desk, incident: Incident, *, as_recorded: bool = False) -> Paper:
    """The postmortem drafted from what is recorded now, with the sections that people wrote over.

    With `as_recorded` it is dated by the newest entry, so that it is the same text until the record changes.
    """
    facts = drafting.facts(desk, incident)
    if as_recorded and facts.entries:
        facts = replace(facts, drafted_at=max(entry.recorded_at for entry in facts.entries))
    return _paper(desk, _over(desk, incident, compose(facts)), facts)


def standing(desk: Desk, incident: Incident) -> Paper:
    """The postmortem as its page shows it. Raises NotFound when there is no draft yet."""
    return _paper(desk, living.document(desk, incident), drafting.facts(desk, incident))


def rendered(paper: Paper, form: str) -> bytes:
    """The postmortem in one of FORMS. Raises UserError where something for it is not installed."""
    made = FORMS[form](paper)
    return made if isinstance(made, bytes) else made.encode("utf-8", "replace")


def repository_name(paper: Paper) -> str:
    """`2026-04-23-inc-3-checkout-is-failing.md`, by the day of the declaration in UTC."""
    incident = paper.facts.incident
    return f"{incident.declared_at:%Y-%m-%d}-{channel_name(incident.number, paper.document.draft.title)}.md"


def changes(desk: Desk, incident: Incident) -> Changes:
    """What has changed since the last draft that was kept. Raises NotFound when there is none to compare with."""
    kept = drafting.newest(desk, incident)
    if kept.draft is None:
        raise NotFound(
            f"Draft {kept.version} of {incident.label} was kept in an older form, which cannot be compared.",
            hint=f"Make a new one with `/postmortem {incident.label}`.",
        )
    now = compose(drafting.facts(desk, incident))
    had, has = _labels(kept.draft), _labels(now)
    return Changes(
        version=kept.version,
        sentences=tuple(
            (TITLES[section.part], sentence.text, new)
            for section in now.sections
            for before in [kept.draft.section(section.part).sentences]
            for new, sentences, others in ((True, section.sentences, before), (False, before, section.sentences))
            for sentence in sentences
            if sentence not in others
        ),
        late=tuple(line for label, line in has.items() if label not in had),
        struck=tuple(label for label in had if label not in has),
    )


def _labels(draft: Draft) -> dict[str, Line]:
    return {line.label: line for line in (*draft.timeline, *draft.aside) if line.label}


def _over(desk: Desk, incident: Incident, draft: Draft) -> Document:
    """The document as it stands, with this draft beneath what people wrote."""
    try:
        return replace(living.document(desk, incident), draft=draft)
    except NotFound:
        return Document(draft=draft, version=0)


def _paper(desk: Desk, document: Document, facts: Facts) -> Paper:
    hands = {one.by for one in document.written.values()} | {one.by for one in document.signed}
    named = people.known(desk.session, desk.team_id, hands - facts.people.keys())
    return Paper(document=document, facts=facts, people={**named, **facts.people})
