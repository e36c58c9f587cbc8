"""What changes after the draft: what follows from it is promised once for all that comes in one breath."""

from __future__ import annotations

from bot.domain.incident import Incident, Status
from bot.domain.postmortem.written import Said
from bot.services.desk import Desk
from bot.store import postmortems, reviews

WORK = "redraft"
SIGNED_WORK = "signed-changed"
SETTLES_S = 60.0  # late entries come in handfuls; one draft for each handful


def changed(desk: Desk, incident: Incident) -> None:
    """Promise a new draft where a closed incident has one. Before the close, the draft made there holds it all."""
    if incident.status is Status.CLOSED and postmortems.newest_version(desk.session, incident.id):
        desk.promise(WORK, incident.id, once=True, after_s=SETTLES_S)


def under_signature(desk: Desk, incident: Incident) -> None:
    """Promise to tell those who signed that the text may be another by now."""
    if any(one.said is Said.SIGNED for one, _ in reviews.reviews(desk.session, incident.id).values()):
        desk.promise(SIGNED_WORK, incident.id, once=True, after_s=SETTLES_S)
