"""A write-up kept by hand, stored: a closed incident with its timeline, its sections and its follow-ups."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from bot.domain.incident import Incident, Moment, Severity, Status, check_title
from bot.domain.metrics import TAG_OF
from bot.domain.naming import clean_title
from bot.domain.postmortem.wording import HAPPENED
from bot.domain.redaction import redact
from bot.domain.roles import Task
from bot.domain.timeline import Entry, Kind, Source, Tag
from bot.domain.writeup import Writeup
from bot.errors import NotAllowed, UserError
from bot.services.desk import Desk
from bot.services.postmortem import drafting, living
from bot.services.tasks import MAX_TASK_CHARS
from bot.store import incidents as stored
from bot.store import people
from bot.store import timeline as entries

NO_WORDS = {Moment.STARTED: "Impact began", Moment.DETECTED: "First signal seen", Moment.MITIGATED: "Impact stopped"}


def store(desk: Desk, writeup: Writeup, *, text: str, by: str) -> Incident:
    """Store what was read, and draft its postmortem. No channel is made and nobody is told: it is over.

    Raises UserError for a write-up without any time, NotAllowed for one that was stored before.
    """
    check(writeup)
    title = check_title(redact(clean_title(writeup.title)))
    number = people.next_number(desk.session, desk.team_id, desk.wall)
    said = {moment: one.at for moment, one in writeup.moments.items()}
    ats = [line.at for line in writeup.lines] + list(said.values())
    incident = Incident(
        id=f"w{hashlib.sha256(f'{desk.team_id}:{text}'.encode('utf-8', 'replace')).hexdigest()[:31]}",
        team_id=desk.team_id,
        number=number,
        title=title,
        severity=writeup.severity or Severity.SEV2,
        status=Status.CLOSED,
        declared_by=by,
        declared_at=declared_at(writeup),
        started_at=said.get(Moment.STARTED),
        detected_at=said.get(Moment.DETECTED),
        mitigated_at=said.get(Moment.MITIGATED),
        resolved_at=said.get(Moment.RESOLVED),
        closed_at=said.get(Moment.CLOSED) or max(ats),
    )
    known = stored.load(desk.session, incident.id)
    if known:
        raise NotAllowed(
            f"That write-up was stored before, as {known.label}.",
            hint=f"See it with `muster postmortem {known.label}`.",
        )
    stored.add(desk.session, incident)
    for at, words, tags, states in _entries(writeup):
        entries.add(
            desk.session,
            Entry(
                id=desk.new_id(),
                team_id=incident.team_id,
                incident_id=incident.id,
                seq=0,
                at=at,
                recorded_at=desk.now,
                kind=Kind.IMPORTED,
                text=redact(words),
                author=by,
                source=Source.TERMINAL,
                tags=tags,
                data={"to": states.value} if states else {},
            ),
        )
    _follow_ups(desk, incident, writeup, by)
    drafting.draft(desk, incident.id)
    for part, written in writeup.sections.items():
        living.write(desk, incident, part, written, by=by, revision=0)
    return incident


def check(writeup: Writeup) -> None:
    """Raise UserError for a write-up of which no incident can be made, with what to write into it."""
    if not writeup.dated:
        raise UserError(
            "There is no time in that write-up, so I cannot say when it happened.",
            hint="Put one line for each time into it, such as `2026-04-23 12:03 UTC calendar is empty`, or at least"
            " `Began: 2026-04-23 12:03 UTC`.",
        )


def declared_at(writeup: Writeup) -> datetime:
    """When it was declared: as the write-up says, or with the first sign of it, or at its first time."""
    for moment in (Moment.DECLARED, Moment.ACKNOWLEDGED, Moment.DETECTED, Moment.STARTED):
        if said := writeup.moments.get(moment):
            return said.at
    return min(line.at for line in writeup.lines) if writeup.lines else min(o.at for o in writeup.moments.values())


def _entries(writeup: Writeup) -> Iterable[tuple[datetime, str, tuple[Tag, ...], Moment | None]]:
    """The lines of the timeline, and each moment that has no line of its own, with the moment that they state."""
    if writeup.loose:
        yield (
            min([line.at for line in writeup.lines] + [said.at for said in writeup.moments.values()]),
            "\n".join(writeup.loose),
            (),
            None,
        )
    stated = {said.line_number: moment for moment, said in writeup.moments.items() if said.entry}
    for moment, said in writeup.moments.items():  # a line that begins with the moment's name, or has its tag
        same = [line for line in writeup.lines if line.at == said.at]
        named = [one for one in same if one.text.startswith(f"{HAPPENED[moment]}.") or TAG_OF.get(moment) in one.tags]
        stated |= {one.line_number: moment for one in named[:1]}
    for line in writeup.lines:
        states = stated.get(line.line_number)
        words = line.text.removeprefix(f"{HAPPENED[states]}. ") if states else line.text
        yield line.at, words, line.tags, states if not states or TAG_OF.get(states) not in line.tags else None
    for moment, said in writeup.moments.items():
        if moment not in stated.values():
            words = NO_WORDS.get(moment, HAPPENED[moment])
            tagged = moment in TAG_OF
            yield (
                said.at,
                f"{words}: {said.note}" if said.note else words,
                (TAG_OF[moment],) if tagged else (),
                None if tagged else moment,
            )


def _follow_ups(desk: Desk, incident: Incident, writeup: Writeup, by: str) -> None:
    """Each as a task; its owner is a person we know by that very name, or the name as it stands."""
    ids = {name.casefold(): user for user, name in people.names(desk.session, desk.team_id).items()}
    for number, item in enumerate(writeup.follow_ups, start=1):
        task = Task(
            id=desk.new_id(),
            number=number,
            text=redact(item.text)[:MAX_TASK_CHARS],
            owner=ids.get(item.owner.casefold(), item.owner),
            made_by=by,
            made_at=incident.closed_at or desk.now,
            done_at=incident.closed_at if item.done else None,
            due=item.due,
        )
        stored.add_task(desk.session, incident, task)
