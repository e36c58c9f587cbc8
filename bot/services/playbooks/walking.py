"""Walking a playbook in an incident: every press is an entry, and the message that shows the step follows."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain import moves
from bot.domain.check import Check
from bot.domain.incident import Incident, Status
from bot.domain.offers import Offered, addresses, completed
from bot.domain.redaction import redact
from bot.domain.timeline import Kind, Source
from bot.domain.walk import MOVES, Did, Mark, Walk, spans
from bot.errors import NotAllowed, NotFound
from bot.services import timeline
from bot.services.desk import Desk
from bot.services.playbooks import standing
from bot.services.playbooks.offering import members
from bot.services.playbooks.runbooks import get
from bot.services.playbooks.standing import known, step_link
from bot.services.systems import step_looks
from bot.store import walks

_SAYS = {
    Did.DONE: "done",
    Did.SKIPPED: "skipped",
    Did.TRIED: "tried",
    Did.BACK: "gone back to",
    Did.NOTED: "noted",
    Did.FILLED: "filled in",
    Did.HELP: "asked for help",
}


def begin(desk: Desk, incident: Incident, name: str, *, by: str) -> Walk:
    """Take a playbook up in the incident's channel, at its first step.

    Raises NotFound, and NotAllowed when it has no steps, is being walked, or the incident is closed.
    """
    walk = _taken_up(desk, incident, name, by=by)
    _look_first(desk, incident, walk)
    return walk


def _taken_up(desk: Desk, incident: Incident, name: str, *, by: str) -> Walk:
    playbook = get(desk.shelf, name)
    name = playbook.name
    if not playbook.steps:
        raise NotAllowed(f"`{name}` has no steps to walk.", hint=f"Read it with `/runbook show {name}`.")
    _refuse_closed(incident, name)
    _refuse_second(desk, incident, name)
    walk = Walk(id=desk.new_id(), incident_id=incident.id, playbook=playbook, begun_by=by, begun_at=desk.now)
    walks.add(desk.session, walk, desk.team_id)
    timeline.record(
        desk,
        incident,
        Kind.PLAYBOOK,
        f"Took up the playbook “{playbook.title}”",
        by=by,
        data={"playbook": name, "title": playbook.title, "digest": playbook.digest},
    )
    desk.promise("walk", walk.id, incident=incident.id)
    return walk


def go_to(desk: Desk, incident: Incident, name: str, step: int, *, by: str) -> Walk:
    """Take a step of a playbook in hand: in the walk under way, else in one that begins there.

    Raises NotFound, NotAllowed, and UserError for a number that is no step's.
    """
    playbook = get(desk.shelf, name)
    if held := walks.in_hand(desk.session, incident.id).get(playbook.name):
        return go(desk, held.id, step, by=by)
    for walk in reversed(walks.of_incident(desk.session, incident.id)):
        if walk.playbook.name == playbook.name and not walk.ended_at and walk.open_steps:
            return go(desk, walk.id, step, by=by)
    moves.check_step(playbook, step)
    if step == 1:
        return begin(desk, incident, playbook.name, by=by)
    return go(desk, _taken_up(desk, incident, playbook.name, by=by).id, step, by=by)


def go(desk: Desk, walk_id: str, step: int, *, by: str) -> Walk:
    """Take another step of a walk in hand, as an entry. Raises NotFound, NotAllowed, UserError."""
    walk, incident = known(desk, walk_id)
    _refuse_closed(incident, walk.playbook.name)
    if not walk.in_hand:
        _refuse_second(desk, incident, walk.playbook.name)
    return _keep(desk, incident, moves.go(walk, step, by=by, at=desk.now))


def said_done(desk: Desk, walk_id: str, step: int, *, by: str) -> Walk:
    """A step that was left open was done too, as somebody says at close. Raises NotFound."""
    walk, incident = known(desk, walk_id)
    return _keep(desk, incident, moves.said_done(walk, step, by=by, at=desk.now))


def mark(desk: Desk, walk_id: str, did: Did, *, step: int, by: str, reason: str = "") -> Walk:
    """One press on a step, as an entry with who and when. Raises NotFound, NotAllowed, UserError."""
    walk, incident = known(desk, walk_id)
    if did in MOVES:
        _refuse_closed(incident, walk.playbook.name)
    if did is Did.BACK and not walk.in_hand:
        _refuse_second(desk, incident, walk.playbook.name)
    return _keep(desk, incident, moves.press(walk, did, step=step, by=by, at=desk.now, reason=redact(reason)))


def finish(desk: Desk, walk_id: str, *, step: int, by: str) -> Walk:
    """The step is done, and no other is needed; any can still be gone to. Raises NotFound, NotAllowed."""
    walk, incident = known(desk, walk_id)
    _refuse_closed(incident, walk.playbook.name)
    return _keep(desk, incident, moves.finish(walk, step=step, by=by, at=desk.now))


def fill_in(
    desk: Desk,
    walk_id: str,
    given: Mapping[str, str],
    chosen: Mapping[str, Offered] | None = None,
    *,
    step: int,
    by: str,
) -> Walk:
    """Give variables of a step their values, kept for this playbook: those typed, those chosen from what was offered,
    and the ports that go with them. Raises NotFound, NotAllowed, BadValue."""
    walk, incident = known(desk, walk_id)
    values = dict[str, str | None](given)
    if 1 <= step <= len(walk.playbook.steps):
        here, kept, there = walk.playbook.steps[step - 1], standing.values(desk, walk), members(desk, by=by)
        values = completed(walk.playbook, here, given, chosen or {}, kept, there)
    filled = moves.fill_in(walk, values, step=step, by=by, at=desk.now)
    return walk if filled is walk else _keep(desk, incident, filled)


def put_away(desk: Desk, walk_id: str, *, by: str, source: Source = Source.SLACK) -> Walk:
    """Leave a walk before its end; the playbook may be taken up again. Raises NotFound, NotAllowed."""
    walk, incident = known(desk, walk_id)
    walk = walks.save(desk.session, moves.put_away(walk, at=desk.now))
    book, steps = walk.playbook, len(walk.playbook.steps)
    timeline.record(
        desk,
        incident,
        Kind.PLAYBOOK,
        f"Put away the playbook “{book.title}” at step {walk.position} of {steps}{_left_open(walk)}",
        by=by,
        source=source,
        data={"put_away": book.name, "title": book.title, "step": walk.position},
    )
    desk.promise("walk", walk.id, incident=incident.id, once=True)
    return walk


def _refuse_second(desk: Desk, incident: Incident, playbook: str) -> None:
    """One walk of a playbook is in hand at a time: no other is begun meanwhile, and no ended one gone on with."""
    if held := walks.in_hand(desk.session, incident.id).get(playbook):
        shown = step_link(desk.session, held.id)
        raise NotAllowed(
            f"`{playbook}` is already being walked here: step {held.position} of {len(held.playbook.steps)}.",
            hint=f"Go on with the step shown in the channel{f': {shown}' if shown else '.'}",
        )


def _refuse_closed(incident: Incident, playbook: str) -> None:
    if incident.status is Status.CLOSED:
        raise NotAllowed(f"{incident.label} is closed.", hint=f"Read the page with `/runbook show {playbook}`.")


def _left_open(walk: Walk) -> str:
    return f"; not walked: {spans(walk.passed_over)}" if walk.passed_over else ""


def _keep(desk: Desk, incident: Incident, pressed: Walk) -> Walk:
    walk = walks.save(desk.session, pressed)
    marked = walk.marks[-1]
    title = walk.playbook.steps[marked.step - 1].title
    told = marked.reason if marked.did is Did.FILLED else title
    if marked.reason and marked.did is not Did.FILLED:
        told += f": {marked.reason}" if marked.did is Did.NOTED else f" ({marked.reason})"
    timeline.record(
        desk,
        incident,
        Kind.STEP,
        f"{_said(walk, marked)}: {told}",
        by=marked.by,
        data={
            "playbook": walk.playbook.name,
            "step": marked.step,
            "title": title,
            "did": marked.did.value,
            "reason": marked.reason,
        },
    )
    desk.promise("walk", walk.id, incident=incident.id, once=True)
    if marked.did in MOVES:
        _look_first(desk, incident, walk)
    return walk


def _said(walk: Walk, marked: Mark) -> str:
    if marked.did is Did.WENT:
        return f"Went to step {marked.step} of {walk.playbook.name}"
    return f"Step {marked.step} of {walk.playbook.name} {_SAYS[marked.did]}"


def look_now(desk: Desk, walk_id: str, *, by: str) -> tuple[str, ...]:
    """Promise the looks that a playbook's step names, and return the systems. Raises NotFound where there are none."""
    walk, incident = known(desk, walk_id)
    looks = _looks(desk, incident, walk, by=by)
    if not looks and not desk.inventory.systems:
        desk.inventory.get("")
    if not looks:
        raise NotFound(
            f"The inventory has no system that `{walk.playbook.name}` is about.",
            hint="docs/inventory.md shows how to write one into it.",
        )
    return tuple(check.system for check in looks)


def unlisted(desk: Desk, walk_id: str, *, by: str) -> tuple[str, ...]:
    """The hosts filled in for a walk that no system has which this person may look at. Raises NotFound."""
    walk, _ = known(desk, walk_id)
    return step_looks.unlisted(desk, addresses(walk.playbook, standing.values(desk, walk)), by=by)


def _look_first(desk: Desk, incident: Incident, walk: Walk) -> None:
    """Have the system looked at before a dangerous step is taken."""
    if not walk.over and walk.playbook.steps and walk.playbook.steps[walk.position - 1].danger:
        _looks(desk, incident, walk)


def _looks(desk: Desk, incident: Incident, walk: Walk, *, by: str = "") -> tuple[Check, ...]:
    return step_looks.begin(desk, incident, walk, addresses(walk.playbook, standing.values(desk, walk)), by=by)
