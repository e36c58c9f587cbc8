"""Asking for help with a step: a press that is an entry, and what those who may help get to read."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.incident import Incident
from bot.domain.playbook import Step
from bot.domain.roles import Assignment, Role
from bot.domain.walk import Did, Walk
from bot.services.desk import Desk
from bot.services.playbooks import walking
from bot.services.playbooks.standing import Stand, known, stand, step_link
from bot.store import incidents

ASKED_FIRST = (Role.OPERATIONS, Role.COMMANDER)


@dataclass(frozen=True, kw_only=True)
class Plea:
    """Somebody asks for help with a step: who asks, and who should look first."""

    incident: Incident
    stand: Stand
    step: Step
    by: str
    on_call: str  # what the setting names, "" when nobody is
    carried: tuple[Assignment, ...]  # the roles that may help, without the asker's own
    page_url: str
    step_url: str  # of the message that shows the step


def ask_for_help(desk: Desk, walk_id: str, *, step: int, by: str) -> Walk:
    """Have the step, and what was tried before it, put in front of those who may help. Raises NotFound, NotAllowed."""
    walk = walking.mark(desk, walk_id, Did.HELP, step=step, by=by)
    desk.promise("help", walk.id, mark=len(walk.marks) - 1)
    return walk


def plea(desk: Desk, walk_id: str, mark_number: int, on_call: str) -> Plea:
    """What those who may help get to read. Raises NotFound."""
    walk, incident = known(desk, walk_id)
    mark = walk.marks[mark_number]
    found = stand(desk, walk_id)
    assert found is not None
    carried = {held.role: held for held in incidents.assignments(desk.session, incident.id)}
    return Plea(
        incident=incident,
        stand=found,
        step=walk.playbook.steps[mark.step - 1],
        by=mark.by,
        on_call=on_call,
        carried=tuple(carried[role] for role in ASKED_FIRST if role in carried and carried[role].user_id != mark.by),
        page_url=f"{desk.pages_url}/incidents/{incident.number}",
        step_url=step_link(desk.session, walk_id),
    )
