"""The forms: opened only when something is missing, filled with what was typed already."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bot.domain.incident import MAX_TITLE_CHARS, Incident, Severity
from bot.domain.moves import MAX_NOTE_CHARS
from bot.domain.playbook import Step
from bot.domain.walk import Walk
from bot.slack.blocks.card import severity_words
from bot.slack.blocks.pieces import context, section
from bot.slack.text import plain, shorten

View = dict[str, Any]

MAX_PLACEHOLDER = 150
MAX_OPTION = 75
MAX_LEFT = 10  # walks in hand that a form asks about; more are put away


def open_incident(*, severity: Severity | None, lead: str, title: str = "") -> View:
    """Asks for the title and the severity."""
    return view(
        "open",
        "Open an incident",
        "Open",
        {},
        [
            text_field("title", "What is broken?", "checkout is failing", title, max_length=MAX_TITLE_CHARS),
            _select("severity", "How bad is it?", severity or Severity.SEV2),
            _person("lead", "Who leads?", lead),
        ],
    )


def find_playbook(incident: Incident) -> View:
    """Asks what is seen; the answer goes into the incident's channel."""
    return view(
        "find",
        "Find a runbook",
        "Find",
        {"incident": incident.id, "channel": incident.channel_id},
        [
            text_field("words", "What do you see?", "an error line, or: replica lag grows", "", 3000, multiline=True),
            context("Paste the error line as it is; a code or a log id in it counts most."),
        ],
    )


def skip_step(walk_id: str, step: Step) -> View:
    """Asks why a step is skipped."""
    return view(
        "step_skip",
        f"Skip step {step.number}",
        "Skip it",
        {"walk": walk_id, "step": step.number},
        [
            titled(step),
            text_field("reason", "Why?", "does not apply: we have no such host", "", max_length=300),
        ],
    )


def note_step(walk_id: str, step: Step) -> View:
    """Asks for what was seen, or for what a command printed."""
    example = "what the command printed, or what you saw"
    return view(
        "step_note",
        f"Evidence, step {step.number}",
        "Keep it",
        {"walk": walk_id, "step": step.number},
        [
            titled(step),
            text_field("note", "What did you see?", example, "", max_length=MAX_NOTE_CHARS, multiline=True),
            context("Paste an output as it is. What looks like a secret is cut out before it is stored."),
        ],
    )


def go_to_step(walk: Walk) -> View:
    """Asks which step to take in hand; those left behind are marked."""
    before = defaultdict(str, {number: f"({mark.did}) " for number, mark in walk.standing.items()})
    options = [
        option(f"{step.number}. {before[step.number]}{step.title}", str(step.number))
        for step in walk.playbook.steps
        if step.number != walk.position
    ]
    return view(
        "step_goto",
        "Go to a step",
        "Go there",
        {"walk": walk.id, "step": walk.position},
        [
            {
                "type": "input",
                "block_id": "step",
                "label": {"type": "plain_text", "text": "Which step?"},
                "element": {"type": "static_select", "action_id": "step", "options": options},
            },
            context("Steps that are passed over stay open, and are told at the end."),
        ],
    )


def close_incident(incident: Incident, missing: tuple[str, ...], left: Sequence[Walk] = ()) -> View:
    """Asks for the moments nobody recorded and for walks left in hand; as it stands it closes all the same."""
    labels = {
        "started": ("When did the impact on customers begin?", "12:02 GMT, or 40 min ago"),
        "detected": ("When was it first seen, by whom or what?", "12:04 GMT"),
        "mitigated": ("When did the impact on customers stop?", "13:50 GMT"),
    }
    return view(
        "close",
        f"Close {shorten(incident.label, 18)}",
        "Close it",
        {"incident": incident.id},
        [
            *(text_field(name, *labels[name], "", max_length=80, optional=True) for name in missing if name in labels),
            *([context("Leave empty what nobody knows; the draft then says “not recorded”.")] if missing else []),
            *(_left(walk) for walk in left[:MAX_LEFT]),
        ],
    )


def view(callback_id: str, title: str, submit: str, metadata: dict[str, Any], blocks: list[dict[str, Any]]) -> View:
    """A form; what is sent with it says what it is about."""
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": shorten(title, 24)},
        "submit": {"type": "plain_text", "text": submit},
        "close": {"type": "plain_text", "text": "Cancel"},
        "private_metadata": json.dumps(metadata),
        "blocks": blocks,
    }


def titled(step: Step) -> dict[str, Any]:
    """The step that a form is about."""
    return section(f"*{plain(shorten(step.title, 200))}*")


def _left(walk: Walk) -> dict[str, Any]:
    """What becomes of a playbook that is still in hand."""
    steps = len(walk.playbook.steps)
    passed = f", {len(walk.passed_over)} not walked" if walk.passed_over else ""
    options = [
        option(f"Put it away at step {walk.position} of {steps}{passed}", "away"),
        option("The other steps were done too", "done"),
    ]
    return {
        "type": "input",
        "block_id": f"walk:{walk.id}",
        "label": {"type": "plain_text", "text": shorten(f"Still in hand: {walk.playbook.title}", 150)},
        "element": {
            "type": "radio_buttons",
            "action_id": f"walk:{walk.id}",
            "options": options,
            "initial_option": options[0],
        },
    }


def text_field(
    name: str,
    label: str,
    placeholder: str,
    initial: str,
    max_length: int,
    *,
    optional: bool = False,
    multiline: bool = False,
) -> dict[str, Any]:
    """A field to write in."""
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": name, "max_length": max_length}
    if placeholder:
        element["placeholder"] = {"type": "plain_text", "text": shorten(placeholder, MAX_PLACEHOLDER)}
    if multiline:
        element["multiline"] = True
    if initial:
        element["initial_value"] = shorten(initial, max_length)
    return {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": label},
        "optional": optional,
        "element": element,
    }


def _select(name: str, label: str, chosen: Severity) -> dict[str, Any]:
    options = {severity: option(severity_words(severity), severity.value) for severity in Severity}
    return {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": label},
        "element": {
            "type": "static_select",
            "action_id": name,
            "options": list(options.values()),
            "initial_option": options[chosen],
        },
    }


def option(text: str, value: str) -> dict[str, Any]:
    """One choice of a menu."""
    return {"text": {"type": "plain_text", "text": shorten(text, MAX_OPTION), "emoji": True}, "value": value}


def _person(name: str, label: str, chosen: str) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "users_select", "action_id": name}
    if chosen:
        element["initial_user"] = chosen
    return {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": label},
        "optional": True,
        "element": element,
    }
