"""What a submitted form does. A mistake goes back into the form, beside the field it is about."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.arguments import normalise
from bot.domain.gaps import BadValue
from bot.domain.incident import Severity, Status
from bot.domain.naming import clean_title
from bot.domain.times import Read, find_time
from bot.domain.walk import Did
from bot.errors import NotFound, UserError
from bot.services.closing import Closing
from bot.services.desk import Desk
from bot.services.playbooks import standing, walking
from bot.services.postmortem import reviews
from bot.slack.asked import Answer
from bot.slack.blocks import filling
from bot.slack.commands import close, open, runbook
from bot.store import incidents as stored

OLD = "This form is from an older version of me. Nothing was done."


class FieldError(UserError):
    """A mistake in one field of a form."""

    def __init__(self, field: str, error: UserError) -> None:
        super().__init__(error.message, error.hint)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """One submitted form: who, what they wrote into each field ("" when nothing), and what the form was about."""

    team_id: str
    user_id: str
    values: Mapping[str, str]
    about: Mapping[str, Any]
    key: str
    shown: Mapping[str, str] = field(default_factory=dict)  # what stood in a field when the form was opened

    @classmethod
    def by(cls, payload: Mapping[str, Any]) -> Submitted:
        """Read a view_submission payload."""
        view = payload.get("view") or {}
        try:
            about = json.loads(view.get("private_metadata") or "{}")
        except ValueError:
            about = {}
        return cls(
            team_id=str((payload.get("team") or {}).get("id") or ""),
            user_id=str((payload.get("user") or {}).get("id") or ""),
            values={name: normalise(_value(state)) for name, state in _states(view).items()},
            about=about if isinstance(about, dict) else {},
            key=f"view:{view.get('id')}",
            shown=_shown(view),
        )


def _shown(view: Mapping[str, Any]) -> dict[str, str]:
    blocks = view.get("blocks")
    fields = [one for one in blocks if isinstance(one, Mapping)] if isinstance(blocks, list) else []
    elements = {str(one.get("block_id")): one.get("element") for one in fields}
    return {name: str(one.get("initial_value") or "") for name, one in elements.items() if isinstance(one, Mapping)}


def open_incident(desk: Desk, form: Submitted) -> Answer | None:
    """Open the incident; the declarer is told in private."""
    try:
        incident, missing = open.open_one(
            desk,
            title=clean_title(form.values.get("title", "")),
            severity=Severity(form.values.get("severity") or open.DEFAULT_SEVERITY),
            by=form.user_id,
            lead=form.values.get("lead", ""),
        )
    except UserError as error:
        raise FieldError("title", error) from error
    return Answer(text=open.opened(incident) + missing)


def find(desk: Desk, form: Submitted) -> Answer | None:
    """Look for the playbook that fits, and show it in the incident's channel."""
    incident = stored.load(desk.session, str(form.about.get("incident")))
    if incident is None or incident.team_id != desk.team_id:
        raise FieldError("words", NotFound(OLD))
    words = form.values.get("words", "").strip()
    if not words:
        raise FieldError("words", UserError("Say what you see.", "An error line is best."))
    return runbook.answer(desk, words, incident)


def step_skip(desk: Desk, form: Submitted) -> Answer | None:
    """Skip a step for the reason given."""
    _mark(desk, form, Did.SKIPPED, "reason")
    return None


def step_note(desk: Desk, form: Submitted) -> Answer | None:
    """Keep what was seen as evidence of a step."""
    _mark(desk, form, Did.NOTED, "note")
    return None


def step_fill(desk: Desk, form: Submitted) -> Answer | None:
    """Fill variables of a step in; the person is told in private which ports went with the host before."""
    first = next((name for name in form.values if not name.endswith(filling.CHOSEN)), "")
    walk_id, step = _step(form, first)
    try:
        typed, chosen = filling.read(form.values, form.shown)
        before = standing.values(desk, standing.known(desk, walk_id)[0])
        walk = walking.fill_in(desk, walk_id, typed, chosen, step=step, by=form.user_id)
    except BadValue as error:
        raise FieldError(error.name if error.name in form.values else first, error) from error
    except UserError as error:
        raise FieldError(first, error) from error
    told = filling.asked_anew(walk.playbook, step, before, standing.values(desk, walk))
    return Answer(text=told) if told else None


def step_goto(desk: Desk, form: Submitted) -> Answer | None:
    """Take another step in hand."""
    walk_id, _ = _step(form, "step")
    try:
        walking.go(desk, walk_id, int(form.values.get("step") or 0), by=form.user_id)
    except UserError as error:
        raise FieldError("step", error) from error
    return None


def close_incident(desk: Desk, form: Submitted) -> Answer | None:
    """Close with the moments given; empty fields stay unknown."""
    incident = stored.load(desk.session, str(form.about.get("incident")))
    if incident is None or incident.team_id != desk.team_id:
        raise FieldError("started", NotFound(OLD))
    read = {
        name: _time(desk, name, said, incident.declared_at)
        for name in ("started", "detected", "mitigated")
        if (said := form.values.get(name, "").strip())
    }
    if incident.status is Status.CLOSED:
        raise FieldError(next(iter(form.values), "started"), UserError(f"{incident.label} is already closed."))
    given = {name: moment.at for name, moment in read.items()}
    how = {name: words for name, moment in read.items() if (words := moment.rest.strip(" ,;:–—-"))}
    walked = frozenset(
        name.removeprefix("walk:") for name, said in form.values.items() if name.startswith("walk:") and said == "done"
    )
    return close.close_one(desk, incident, Closing(given=given, how=how, walked=walked), by=form.user_id)


def review_changes(desk: Desk, form: Submitted) -> Answer | None:
    """Keep what has to change before a reviewer signs."""
    incident = stored.load(desk.session, str(form.about.get("incident")))
    if incident is None or incident.team_id != desk.team_id:
        raise FieldError("note", NotFound(OLD))
    try:
        reviews.want_changes(desk, incident, by=form.user_id, note=form.values.get("note", ""))
    except UserError as error:
        raise FieldError("note", error) from error
    return Answer(text=f":memo: Noted; the channel of {incident.label} reads it. Sign once it is put right.")


FORMS: dict[str, Callable[[Desk, Submitted], Answer | None]] = {
    "open": open_incident,
    "find": find,
    "step_skip": step_skip,
    "step_note": step_note,
    "step_fill": step_fill,
    "step_goto": step_goto,
    "close": close_incident,
    "review_changes": review_changes,
}


def _mark(desk: Desk, form: Submitted, did: Did, field: str) -> None:
    walk_id, step = _step(form, field)
    try:
        walking.mark(desk, walk_id, did, step=step, by=form.user_id, reason=form.values.get(field, ""))
    except UserError as error:
        raise FieldError(field, error) from error


def _step(form: Submitted, field: str) -> tuple[str, int]:
    walk_id, step = form.about.get("walk"), form.about.get("step")
    if not isinstance(walk_id, str) or not isinstance(step, int):
        raise FieldError(field, NotFound(OLD))
    return walk_id, step


def _time(desk: Desk, name: str, said: str, after: datetime) -> Read:
    try:
        read = find_time(said, now=desk.now, zone=desk.zone, after=after)
    except UserError as error:
        raise FieldError(name, error) from error
    if read is None:
        raise FieldError(name, UserError(f"I cannot read a time in “{said[:60]}”.", "Write it like 12:03 GMT."))
    return read


def _states(view: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    values = ((view.get("state") or {}).get("values")) or {}
    return {action: state for fields in values.values() for action, state in fields.items()}


def _value(state: Mapping[str, Any]) -> str:
    option = state.get("selected_option") or {}
    return str(state.get("value") or option.get("value") or state.get("selected_user") or "")
