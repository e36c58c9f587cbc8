"""What a press on a button does. Each returns what the person, or the channel, gets to read; None for nothing."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.incident import Incident, Status
from bot.errors import NotFound
from bot.services import closing, incidents, rooms
from bot.services.closing import Closing
from bot.services.desk import Desk
from bot.services.playbooks import runbooks
from bot.services.systems import watches
from bot.slack.asked import Answer
from bot.slack.blocks import forms
from bot.slack.commands import close
from bot.slack.pressed import OLD, Pressed, offered
from bot.slack.review_buttons import review_changes, review_read, review_sign, share_anyway
from bot.slack.text import mention, plain
from bot.slack.walk_buttons import (
    helped_no,
    helped_yes,
    step_back,
    step_done,
    step_fill,
    step_finish,
    step_goto,
    step_help,
    step_look,
    step_no_help,
    step_note,
    step_skip,
    walk_start,
    walk_stop,
)
from bot.store import checks
from bot.store import incidents as stored


def look_watch(desk: Desk, pressed: Pressed) -> Answer | None:
    """Look at the same again and again."""
    check = checks.load(desk.session, pressed.value)
    if check is None or check.team_id != desk.team_id:
        raise NotFound(OLD)
    incident = stored.load(desk.session, check.incident_id) if check.incident_id else None
    place = pressed.channel_id
    watches.begin(desk, check.system, check.probes, incident=incident, channel_id=place, by=pressed.user_id)
    return Answer(text=f":mag: Watching `{plain(check.system)}`.")


def watch_stop(desk: Desk, pressed: Pressed) -> Answer | None:
    """End a watch before its time; the message itself shows it."""
    watches.stop(desk, pressed.value, by=pressed.user_id)
    return None


def runbook_show(desk: Desk, pressed: Pressed) -> Answer | None:
    """The button is a link; that a page was opened is remembered."""
    name, lookup_id = offered(pressed)
    runbooks.opened(desk, lookup_id, name, by=pressed.user_id)
    return None


def not_this(desk: Desk, pressed: Pressed) -> Answer | None:
    """A playbook that was offered is not the one."""
    name, lookup_id = offered(pressed)
    refused = runbooks.refused(desk, lookup_id, name, by=pressed.user_id)
    if refused.unasked:
        return None  # the suggestion itself shows it
    return Answer(text=f"Noted: `{plain(name)}` is not the one. Try the error line itself, or `/runbook list`.")


def card_mitigate(desk: Desk, pressed: Pressed) -> Answer | None:
    """The card's button for mitigated."""
    return _move(desk, pressed, Status.MITIGATED)


def card_resolve(desk: Desk, pressed: Pressed) -> Answer | None:
    """The card's button for resolved."""
    return _move(desk, pressed, Status.RESOLVED)


def card_close(desk: Desk, pressed: Pressed) -> Answer | None:
    """The card's button for close: asks for what is missing, as the command does."""
    incident = _incident(desk, pressed)
    missing, left = closing.missing(desk, incident, {}), closing.unfinished(desk, incident)
    if missing or left:
        return Answer(text="", view=forms.close_incident(incident, missing, left))
    return close.close_one(desk, incident, Closing(), by=pressed.user_id)


def card_find(desk: Desk, pressed: Pressed) -> Answer | None:
    """Ask what is seen, in a form."""
    return Answer(text="", view=forms.find_playbook(_incident(desk, pressed)))


def retry_room(desk: Desk, pressed: Pressed) -> Answer | None:
    """Take the steps again that Slack refused."""
    incident = _incident(desk, pressed)
    rooms.try_again(desk, incident)
    return Answer(text="I try again; the card shows how it went.")


BUTTONS: dict[str, Callable[[Desk, Pressed], Answer | None]] = {
    handler.__name__: handler
    for handler in (
        walk_start,
        walk_stop,
        step_done,
        step_no_help,
        step_skip,
        step_back,
        step_finish,
        step_note,
        step_fill,
        step_goto,
        step_help,
        step_look,
        look_watch,
        watch_stop,
        helped_yes,
        helped_no,
        runbook_show,
        not_this,
        card_mitigate,
        card_resolve,
        card_close,
        card_find,
        retry_room,
        review_read,
        review_sign,
        review_changes,
        share_anyway,
    )
}


def _move(desk: Desk, pressed: Pressed, status: Status) -> Answer:
    incident = incidents.reach(desk, _incident(desk, pressed), status, by=pressed.user_id)
    return Answer(text=f"{incident.label} is {status}, says {mention(pressed.user_id)}", in_channel=True)


def _incident(desk: Desk, pressed: Pressed) -> Incident:
    incident = stored.load(desk.session, pressed.value)
    if incident is None or incident.team_id != desk.team_id:
        raise NotFound(OLD)
    return incident
