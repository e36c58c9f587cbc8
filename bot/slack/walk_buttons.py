"""What a press on a step of a walk does, and on the question afterwards whether it helped."""

from __future__ import annotations

from bot.domain.playbook import Step
from bot.domain.walk import Did
from bot.errors import NotFound
from bot.services import incidents
from bot.services.desk import Desk
from bot.services.playbooks import help, offering, reviewing, runbooks, standing, walking
from bot.services.playbooks.standing import Stand
from bot.slack.asked import Answer
from bot.slack.blocks import filling, forms
from bot.slack.pressed import OLD, Pressed, offered
from bot.slack.text import mention, plain


def walk_start(desk: Desk, pressed: Pressed) -> Answer | None:
    """Take a playbook up in this incident's channel."""
    name, lookup_id = offered(pressed)
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


def step_finish(desk: Desk, pressed: Pressed) -> Answer | None:
    """The step in hand is done, and the others are not needed."""
    walk_id, step = _step(pressed)
    walking.finish(desk, walk_id, step=step, by=pressed.user_id)
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
    unknown = ", ".join(f"`{plain(host)}`" for host in walking.unlisted(desk, walk_id, by=pressed.user_id))
    lacks = f" The inventory has no {unknown}: that one I do not see." if unknown else ""
    return Answer(text=f":mag: Looking at {', '.join(f'`{plain(name)}`' for name in systems)}.{lacks}")


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
