"""The forms: opened only when something is missing, filled with what was typed already."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.incident import MAX_TITLE_CHARS, Incident, Severity
from bot.slack.blocks.card import severity_words
from bot.slack.blocks.pieces import context, section
from bot.slack.text import plain, shorten

View = dict[str, Any]


def open_incident(*, severity: Severity | None, lead: str, title: str = "") -> View:
    """Asks for the title and the severity."""
    return _view(
        "open",
        "Open an incident",
        "Open",
        {},
        [
            _text("title", "What is broken?", "checkout is failing", title, max_length=MAX_TITLE_CHARS),
            _select("severity", "How bad is it?", severity or Severity.SEV2),
            _person("lead", "Who leads?", lead),
        ],
    )


def skip_step(walk_id: str, step: int, title: str) -> View:
    """Asks why a step is skipped."""
    return _view(
        "step_skip",
        f"Skip step {step}",
        "Skip it",
        {"walk": walk_id, "step": step},
        [
            section(f"*{plain(shorten(title, 200))}*"),
            _text("reason", "Why?", "does not apply: we have no such host", "", max_length=300),
        ],
    )


def close_incident(incident: Incident, missing: tuple[str, ...]) -> View:
    """Asks for the moments nobody recorded; leaving them empty closes all the same."""
    labels = {
        "started": ("When did customers first feel it?", "12:02 GMT, or 40 min ago"),
        "detected": ("When was it first seen, by whom or what?", "12:04 GMT"),
        "mitigated": ("When were customers no longer hurt?", "13:50 GMT"),
    }
    return _view(
        "close",
        f"Close {shorten(incident.label, 18)}",
        "Close it",
        {"incident": incident.id},
        [
            *(_text(name, *labels[name], "", max_length=80, optional=True) for name in missing if name in labels),
            context("Leave empty what nobody knows; the draft then says “not recorded”."),
        ],
    )


def _view(callback_id: str, title: str, submit: str, metadata: dict[str, Any], blocks: list[dict[str, Any]]) -> View:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": shorten(title, 24)},
        "submit": {"type": "plain_text", "text": submit},
        "close": {"type": "plain_text", "text": "Cancel"},
        "private_metadata": json.dumps(metadata),
        "blocks": blocks,
    }


def _text(
    name: str, label: str, placeholder: str, initial: str, *, max_length: int, optional: bool = False
) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": name,
        "max_length": max_length,
        "placeholder": {"type": "plain_text", "text": placeholder},
    }
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
    options = {
        severity: {
            "text": {"type": "plain_text", "text": severity_words(severity), "emoji": True},
            "value": severity.value,
        }
        for severity in Severity
    }
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
