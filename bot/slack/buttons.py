"""What a press on a button does. Each returns what the person, or the channel, gets to read; None for nothing."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.incident import Incident, Status
from bot.domain.playbook import Step
from bot.domain.walk import Did
from bot.errors import NotFound
from bot.services import closing, incidents, rooms
from bot.services.closing import Closing
from bot.services.desk import Desk
from bot.services.playbooks import help, offering, reviewing, runbooks, standing, walking
from bot.services.playbooks.standing import Stand
from bot.services.systems import watches
from bot.slack.asked import Answer
from bot.slack.blocks import filling, forms
from bot.slack.commands import close
from bot.slack.pressed import OLD, Pressed
from bot.slack.review_buttons import review_changes, review_read, review_sign, share_anyway
from bot.slack.text import mention, plain
from bot.store import checks
from bot.store import incidents as stored


def walk_start(desk: Desk, pressed: Pressed) -> Answer | None:
    """Take a playbook up in this incident's channel."""
    name, lookup_id = _offer(pressed)
    incident = incidents.find(desk, channel_id=pressed.channel_id)
    walk = walking.begin(desk, incident, name, by=pressed.user_id)
    runbooks.opened(desk, lookup_id, walk.playbook.name, by=pressed.user_id)
    return Answer(text=f":notebook: {mention(pressed.user_id)} takes up {plain(walk.playbook.title)}.", in_channel=True)


def step_done(desk: Desk, pressed: Pressed) -> Answer | None:
    """The step in hand is done."""
    walk_id, step = _step(pressed)
    walking.mark(desk, walk_id, Did.DONE, step=step, by=pressed.user_id)
    return None


def step_no_help(desk: Desk, pressed: Pressed) -> Answer | None:
    """The step in hand was done and changed nothing: the next one is shown."""
    walk_id, step = _step(pressed)
    walking.mark(desk, walk_id, Did.TRIED, step=step, by=pressed.user_id)
    return None


def step_back(desk: Desk, pressed: Pressed) -> Answer | None:
    """Show the step before again."""
    walk_id, step = _step(pressed)
    walking.mark(desk, walk_id, Did.BACK, step=step, by=pressed.user_id)
    return None


def walk_stop(desk: Desk, pressed: Pressed) -> Answer | None:
    """Leave the playbook before its end."""
    walk_id, _ = _step(pressed)
    walk = walking.put_away(desk, walk_id, by=pressed.user_id)
    title = plain(walk.playbook.title)
    return Answer(text=f":notebook: {mention(pressed.user_id)} puts away {title}.", in_channel=True)


def step_skip(desk: Desk, pressed: Pressed) -> Answer | None:
    """Ask why, in a form."""
    stand, step = _stand(desk, pressed)
    return Answer(text="", view=forms.skip_step(stand.walk.id, step))


def step_note(desk: Desk, pressed: Pressed) -> Answer | None:
    """Ask for what was seen or printed, in a form."""
    stand, step = _stand(desk, pressed)
    return Answer(text="", view=forms.note_step(stand.walk.id, step))


def step_fill(desk: Desk, pressed: Pressed) -> Answer | None:
    """Ask for the values of the step's variables, in a form that holds those of this playbook and offers members."""
    stand, step = _stand(desk, pressed)
    offers = offering.offers(desk, stand.walk.incident_id, by=pressed.user_id)
    return Answer(text="", view=filling.fill_step(stand, step, offers, desk.now))


def step_goto(desk: Desk, pressed: Pressed) -> Answer | None:
    """Ask which step to take in hand, in a form."""
    walk, _ = standing.known(desk, _step(pressed)[0])
    return Answer(text="", view=forms.go_to_step(walk))


def step_help(desk: Desk, pressed: Pressed) -> Answer | None:
    """Put the step in front of those who may help."""
    walk_id, step = _step(pressed)
    help.ask_for_help(desk, walk_id, step=step, by=pressed.user_id)
    return None


def step_look(desk: Desk, pressed: Pressed) -> Answer | None:
    """Look at the systems that the playbook is about."""
    walk_id, _ = _step(pressed)
    systems = walking.look_now(desk, walk_id, by=pressed.user_id)
    return Answer(text=f":mag: Looking at {', '.join(f'`{plain(name)}`' for name in systems)}.")


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


def helped_yes(desk: Desk, pressed: Pressed) -> Answer | None:
    """A step helped."""
    walk_id, step = _step(pressed)
    reviewing.judge(desk, walk_id, step, helped=True, by=pressed.user_id)
    return None


def helped_no(desk: Desk, pressed: Pressed) -> Answer | None:
    """A step did not help."""
    walk_id, step = _step(pressed)
    reviewing.judge(desk, walk_id, step, helped=False, by=pressed.user_id)
    return None


def runbook_show(desk: Desk, pressed: Pressed) -> Answer | None:
    """The button is a link; that a page was opened is remembered."""
    name, lookup_id = _offer(pressed)
    runbooks.opened(desk, lookup_id, name, by=pressed.user_id)
    return None


def not_this(desk: Desk, pressed: Pressed) -> Answer | None:
    """A playbook that was offered is not the one."""
    name, lookup_id = _offer(pressed)
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


def _offer(pressed: Pressed) -> tuple[str, str]:
    """The playbook's name and the look-up that offered it, "" where none did."""
    name, _, lookup_id = pressed.value.partition(" ")
    return name, lookup_id


def _stand(desk: Desk, pressed: Pressed) -> tuple[Stand, Step]:
    walk_id, number = _step(pressed)
    stand = standing.stand(desk, walk_id)
    if stand is None or not 1 <= number <= len(stand.walk.playbook.steps):
        raise NotFound(OLD)
    return stand, stand.walk.playbook.steps[number - 1]


def _step(pressed: Pressed) -> tuple[str, int]:
    walk_id, _, step = pressed.value.rpartition(":")
    if not walk_id or not step.isdecimal():
        raise NotFound(OLD)
    return walk_id, int(step)
