"""Where a walk stands, with all that its message shows beside the step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from bot.domain import recall
from bot.domain.check import Check
from bot.domain.incident import Incident, Status
from bot.domain.lookup import Helped
from bot.domain.recall import Elsewhere
from bot.domain.walk import Walk
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.services.systems import step_looks
from bot.services.systems.step_looks import Spoken
from bot.store import incidents, verdicts, walks, work


@dataclass(frozen=True, kw_only=True)
class Stand:
    """A walk as the channel shows it: with its variables' values, what else is known, and what helped before."""

    walk: Walk
    known: Mapping[str, str] = field(default_factory=dict)  # variable -> value, given for this playbook
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)  # variable -> what another playbook has
    helped: Mapping[str, Helped] = field(default_factory=dict)  # a step's title -> what was said of it
    looks: tuple[Check, ...] = ()  # taken, or to be taken, unasked before the step in hand
    against: tuple[Spoken, ...] = ()  # what the newest looks found that speaks against the playbook
    closed: bool = False  # its incident is, so that nothing is begun again
    page_url: str = ""  # of the whole playbook; "" where no pages are served


def stand(desk: Desk, walk_id: str) -> Stand | None:
    """A walk with what its message shows beside it; None when it is gone."""
    walk = walks.load(desk.session, walk_id)
    if walk is None:
        return None
    others, incident = _others(desk, walk), incidents.load(desk.session, walk.incident_id)
    looks, against = step_looks.beside(desk, walk) if walk.in_hand else ((), ())
    return Stand(
        walk=walk,
        known=recall.known(walk, others),
        elsewhere=recall.elsewhere(walk, others),
        helped=verdicts.helped(desk.session, incident.team_id, walk.playbook.name) if incident else {},
        looks=looks,
        against=against,
        closed=incident is not None and incident.status is Status.CLOSED,
        page_url=f"{desk.pages_url}/playbooks/{walk.playbook.name}" if desk.pages_url else "",
    )


def values(desk: Desk, walk: Walk) -> dict[str, str]:
    """The values of the walk's variables that are known for its playbook."""
    return recall.known(walk, _others(desk, walk))


def _others(desk: Desk, walk: Walk) -> list[Walk]:
    return [other for other in walks.of_incident(desk.session, walk.incident_id) if other.id != walk.id]


def known(desk: Desk, walk_id: str) -> tuple[Walk, Incident]:
    """A walk and its incident. Raises NotFound."""
    walk = walks.load(desk.session, walk_id)
    incident = incidents.load(desk.session, walk.incident_id) if walk else None
    if walk is None or incident is None or incident.team_id != desk.team_id:
        raise NotFound("This step is from before my memory.", hint="Begin again with `/runbook` and what you see.")
    return walk, incident


def step_ts(session: Session, walk_id: str) -> str:
    """The ts of the message that shows a walk's step, "" before it is posted."""
    posts = [
        str(sent.result["ts"])
        for sent in work.outbounds(session, walk_id)
        if sent.step.partition(":")[0] == "step" and sent.state == "done"
    ]
    return max(posts, default="")


def step_link(session: Session, walk_id: str) -> str:
    """The address of the message that shows a walk's step, "" while it is not known."""
    link = work.outbound(session, walk_id, f"link:{step_ts(session, walk_id)}")
    return str(link.result.get("url", "")) if link else ""
