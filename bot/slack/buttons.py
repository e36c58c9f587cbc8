"""What a press on a button does. Each returns what the person, or the channel, gets to read; None for nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.incident import Incident, Status
from bot.domain.walk import Did
from bot.errors import NotFound
from bot.services import closing, incidents, rooms, runbooks
from bot.services.closing import Closing
from bot.services.desk import Desk
from bot.slack.asked import Answer
from bot.slack.blocks import forms
from bot.slack.commands import close
from bot.slack.text import mention, plain
from bot.store import incidents as stored
from bot.store import walks

OLD = "That button is from an older version of me. Nothing was done."


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """One press: who, where, and the button's own value."""

    team_id: str
    user_id: str
    channel_id: str
    value: str
    key: str


def walk_start(desk: Desk, pressed: Pressed) -> Answer | None:
    """Take a playbook up in this incident's channel."""
    incident = incidents.find(desk, channel_id=pressed.channel_id)
    walk = runbooks.begin(desk, incident, pressed.value, by=pressed.user_id)
    return Answer(text=f":notebook: {mention(pressed.user_id)} takes up {plain(walk.playbook.title)}.", in_channel=True)


def step_done(desk: Desk, pressed: Pressed) -> Answer | None:
    """The step in hand is done."""
    walk_id, step = _step(pressed)
    runbooks.mark(desk, walk_id, Did.DONE, step=step, by=pressed.user_id)
    return None


def step_no_help(desk: Desk, pressed: Pressed) -> Answer | None:
    """The step in hand was done and changed nothing: the next one is shown."""
    walk_id, step = _step(pressed)
    runbooks.mark(desk, walk_id, Did.TRIED, step=step, by=pressed.user_id)
    return None


def step_back(desk: Desk, pressed: Pressed) -> Answer | None:
    """Show the step before again."""
    walk_id, step = _step(pressed)
    runbooks.mark(desk, walk_id, Did.BACK, step=step, by=pressed.user_id)
    return None


def walk_stop(desk: Desk, pressed: Pressed) -> Answer | None:
    """Leave the playbook before its end."""
    walk_id, _ = _step(pressed)
    walk = runbooks.put_away(desk, walk_id, by=pressed.user_id)
    title = plain(walk.playbook.title)
    return Answer(text=f":notebook: {mention(pressed.user_id)} puts away {title}.", in_channel=True)


def step_skip(desk: Desk, pressed: Pressed) -> Answer | None:
    """Ask why, in a form."""
    walk_id, step = _step(pressed)
    walk = walks.load(desk.session, walk_id)
    if walk is None or not 1 <= step <= len(walk.playbook.steps):
        raise NotFound(OLD)
    return Answer(text="", view=forms.skip_step(walk_id, step, walk.playbook.steps[step - 1].title))


def runbook_show(desk: Desk, pressed: Pressed) -> Answer | None:
    """The button is a link; the press itself asks nothing of us."""
    return None


def card_mitigate(desk: Desk, pressed: Pressed) -> Answer | None:
    """The card's button for mitigated."""
    return _move(desk, pressed, Status.MITIGATED)


def card_resolve(desk: Desk, pressed: Pressed) -> Answer | None:
    """The card's button for resolved."""
    return _move(desk, pressed, Status.RESOLVED)


def card_close(desk: Desk, pressed: Pressed) -> Answer | None:
    """The card's button for close: asks for what is missing, as the command does."""
    incident = _incident(desk, pressed)
    missing = closing.missing(desk, incident, {})
    if missing:
        return Answer(text="", view=forms.close_incident(incident, missing))
    return close.close_one(desk, incident, Closing(), by=pressed.user_id)


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
        runbook_show,
        card_mitigate,
        card_resolve,
        card_close,
        retry_room,
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


def _step(pressed: Pressed) -> tuple[str, int]:
    walk_id, _, step = pressed.value.rpartition(":")
    if not walk_id or not step.isdecimal():
        raise NotFound(OLD)
    return walk_id, int(step)
