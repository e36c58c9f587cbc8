"""Finding the playbook that fits, and walking it step by step."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import Session

from bot.domain.incident import Incident, Status
from bot.domain.playbook import Match, Playbook
from bot.domain.redaction import redact
from bot.domain.timeline import Kind
from bot.domain.walk import Did, Walk, press
from bot.domain.walk import put_away as ended
from bot.errors import NotAllowed, NotFound
from bot.services import timeline
from bot.services.desk import Desk
from bot.store import incidents, walks, work
from bot.store.playbooks import Shelf

_SAYS = {Did.DONE: "done", Did.SKIPPED: "skipped", Did.TRIED: "tried", Did.BACK: "gone back to"}


def find(shelf: Shelf, words: str, *, limit: int = 3) -> list[Match]:
    """The playbooks that fit, best first; an empty list when none does."""
    return shelf.find(words, limit=limit)


def get(shelf: Shelf, name: str) -> Playbook:
    """The playbook with this name. Raises NotFound naming the nearest ones, or what is wrong with its file."""
    loaded = shelf.current()
    try:
        return loaded.get(name)
    except NotFound as unknown:
        near = ", ".join(f"`{match.name}`" for match in find(shelf, name.replace("-", " ")))
        if not near or any(Path(problem.file).stem == name.lower() for problem in loaded.problems):
            raise
        raise NotFound(unknown.message, hint=f"Did you mean {near}?") from None


def begin(desk: Desk, incident: Incident, name: str, *, by: str) -> Walk:
    """Take a playbook up in the incident's channel. Raises NotFound, NotAllowed when it is being walked or closed."""
    playbook = get(desk.shelf, name)
    name = playbook.name
    if incident.status is Status.CLOSED:
        raise NotAllowed(f"{incident.label} is closed.", hint=f"Read the page with `/runbook show {name}`.")
    for walk in walks.of_incident(desk.session, incident.id):
        if walk.playbook.name == name and walk.in_hand:
            shown = step_link(desk.session, walk.id)
            raise NotAllowed(
                f"`{name}` is already being walked here: step {walk.position} of {len(walk.playbook.steps)}.",
                hint=f"Go on with the step shown in the channel{f': {shown}' if shown else '.'}",
            )
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


def mark(desk: Desk, walk_id: str, did: Did, *, step: int, by: str, reason: str = "") -> Walk:
    """One press on a step, as an entry with who and when. Raises NotFound, NotAllowed, UserError."""
    walk, incident = _known(desk, walk_id)
    pressed = press(walk, did, step=step, by=by, at=desk.now, reason=redact(reason))
    walk = walks.save(desk.session, pressed)
    marked = walk.marks[-1]
    title = walk.playbook.steps[marked.step - 1].title
    timeline.record(
        desk,
        incident,
        Kind.STEP,
        f"Step {marked.step} {_SAYS[did]}: {title}" + (f" ({marked.reason})" if marked.reason else ""),
        by=by,
        data={
            "playbook": walk.playbook.name,
            "step": marked.step,
            "title": title,
            "did": did.value,
            "reason": marked.reason,
        },
    )
    desk.promise("walk", walk.id, incident=incident.id, once=True)
    return walk


def put_away(desk: Desk, walk_id: str, *, by: str) -> Walk:
    """Leave a walk before its end; the playbook may be taken up again. Raises NotFound, NotAllowed."""
    walk, incident = _known(desk, walk_id)
    walk = walks.save(desk.session, ended(walk, at=desk.now))
    book, steps = walk.playbook, len(walk.playbook.steps)
    timeline.record(
        desk,
        incident,
        Kind.PLAYBOOK,
        f"Put away the playbook “{book.title}” at step {walk.position} of {steps}",
        by=by,
        data={"put_away": book.name, "title": book.title, "step": walk.position},
    )
    desk.promise("walk", walk.id, incident=incident.id, once=True)
    return walk


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
    known = work.outbound(session, walk_id, f"link:{step_ts(session, walk_id)}")
    return str(known.result.get("url", "")) if known else ""


def _known(desk: Desk, walk_id: str) -> tuple[Walk, Incident]:
    walk = walks.load(desk.session, walk_id)
    incident = incidents.load(desk.session, walk.incident_id) if walk else None
    if walk is None or incident is None or incident.team_id != desk.team_id:
        raise NotFound("This step is from before my memory.", hint="Begin again with `/runbook` and what you see.")
    return walk, incident
