"""What a person can put into an interactive element, and what a modal asks of it before it goes."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from bot.rehearsal.elements import MULTI, STATE_FIELD, TYPED_IN, options_of
from bot.rehearsal.refusals import RehearsalError
from bot.rehearsal.things import Json, View
from bot.rehearsal.views import elements_in
from bot.rehearsal.workspace import Workspace


def chosen(ws: Workspace, element: Json, choice: Any) -> Json:
    """Return the element's state after this choice; None or "" clears it. Raises RehearsalError when it cannot be."""
    kind = element["type"]
    field = STATE_FIELD.get(kind)
    if field is None:
        raise RehearsalError(f"`{element.get('action_id')}` is a {kind}: it is clicked, nothing is chosen in it")
    if choice is None or choice == "":
        return {"type": kind, field: [] if kind in MULTI else None}
    if kind in MULTI:
        if not isinstance(choice, list | tuple):
            raise RehearsalError(f"a {kind} takes a list of choices")
        return {"type": kind, field: [_one(ws, element, each) for each in choice]}
    return {"type": kind, field: _one(ws, element, choice)}


def _one(ws: Workspace, element: Json, choice: Any) -> Any:
    kind = element["type"]
    if kind in TYPED_IN:
        return str(choice)
    if "option" in STATE_FIELD[kind]:
        return _option(element, choice)
    if kind.endswith("users_select"):
        return ws.find_person(str(choice)).id
    if kind in ("channels_select", "conversations_select"):
        return ws.find_channel(str(choice)).id
    return _moment(kind, choice)


def _option(element: Json, choice: Any) -> Json:
    value = choice.get("value") if isinstance(choice, dict) else str(choice)
    for option in options_of(element):
        if option["value"] == value:
            return option
    offered = ", ".join(option["value"] for option in options_of(element)[:20])
    raise RehearsalError(f"`{value}` is not offered; offered: {offered}")


def _moment(kind: str, choice: Any) -> Any:
    try:
        if kind == "datepicker":
            return date.fromisoformat(str(choice)).isoformat()
        if kind == "timepicker":
            return time.fromisoformat(str(choice)).strftime("%H:%M")
        return int(choice)
    except (TypeError, ValueError):
        raise RehearsalError(f"`{choice}` is not what a {kind} takes") from None


def problems_of(view: View) -> dict[str, str]:
    """Return block_id -> what Slack would say under the field, before the app is asked."""
    problems = {}
    for block in view.body["blocks"]:
        if block["type"] != "input":
            continue
        (element,) = elements_in(block)
        state = view.values[block["block_id"]][element["action_id"]]
        if problem := _problem(element, state[STATE_FIELD[element["type"]]], optional=block.get("optional", False)):
            problems[block["block_id"]] = problem
    return problems


def _problem(element: Json, value: Any, *, optional: bool) -> str:
    if value is None or value in ("", []):
        return "" if optional else "Please complete this required field."
    kind = element["type"]
    if kind == "plain_text_input":
        return _length_problem(element, str(value))
    if kind == "number_input":
        return _number_problem(element, str(value))
    if kind == "email_text_input" and not re.match(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", str(value)):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not re.match(r"^https?://\S+$", str(value)):
        return "Please enter a valid URL."
    return ""


def _length_problem(element: Json, text: str) -> str:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(text) < least:
        return f"This field needs at least {least} characters; it has {len(text)}."
    return f"This field takes at most {most} characters; it has {len(text)}." if len(text) > most else ""


def _number_problem(element: Json, text: str) -> str:
    pattern = r"^-?\d+(\.\d+)?$" if element["is_decimal_allowed"] else r"^-?\d+$"
    if not re.match(pattern, text, re.ASCII):
        return "Please enter a number."
    low, high = element.get("min_value"), element.get("max_value")
    if (low is not None and float(text) < float(low)) or (high is not None and float(text) > float(high)):
        return f"Please enter a number from {low} to {high}."
    return ""
