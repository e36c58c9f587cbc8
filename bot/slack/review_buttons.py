"""What a press on a button of a postmortem does: sign, ask for changes, share where others read."""

from __future__ import annotations

from bot.domain.incident import Incident
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.services.postmortem import reviews, sharing
from bot.slack.asked import Answer
from bot.slack.blocks import postmortem
from bot.slack.pressed import OLD, Pressed
from bot.store import incidents


def review_read(desk: Desk, pressed: Pressed) -> Answer | None:
    """The button is a link."""
    return None


def review_sign(desk: Desk, pressed: Pressed) -> Answer | None:
    """Sign the text as it stands."""
    incident = _incident(desk, pressed.value)
    reviews.sign(desk, incident, by=pressed.user_id)
    return Answer(text=postmortem.signed(incident, reviews.still_open(desk, incident)))


def review_changes(desk: Desk, pressed: Pressed) -> Answer | None:
    """Ask in a form what has to change."""
    return Answer(text="", view=postmortem.changes_form(_incident(desk, pressed.value)))


def share_anyway(desk: Desk, pressed: Pressed) -> Answer | None:
    """Share where people of other organisations read too."""
    incident_id, channel, note = [*pressed.value.split(" ", 2), "", ""][:3]
    incident = _incident(desk, incident_id)
    sharing.share(desk, incident, channel, by=pressed.user_id, note=note, sure=True)
    return Answer(text=f"I share {incident.label} in <#{channel}>.")


def _incident(desk: Desk, incident_id: str) -> Incident:
    incident = incidents.load(desk.session, incident_id)
    if incident is None or incident.team_id != desk.team_id:
        raise NotFound(OLD)
    return incident
