"""The shape of a payload, looked at before Bolt and we rely on it: a wrong type is refused, not stumbled on.

The fields are those that Bolt's own look for workspace, person and channel reads, and those that we read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

_TEXTS = frozenset(
    [
        "type",
        "subtype",
        "command",
        "callback_id",
        "action_id",
        "block_id",
        "trigger_id",
        "event_id",
        "action_ts",
        "ts",
        "hash",
        "id",
        "name",
        "challenge",
        "value",
        "team_id",
        "app_installed_team_id",
        "enterprise_id",
        "user_id",
        "user_name",
        "channel_id",
        "bot_id",
        "app_id",
        "api_app_id",
        "reaction",
        "private_metadata",
    ]
)
_OBJECTS = frozenset({"event", "view", "message", "container", "enterprise", "state", "values", "item"})
_EITHER = frozenset({"team", "user", "channel"})  # an object around an interaction, inside an event an id as well
_LISTS = frozenset({"authorizations", "actions"})  # of objects


def read(body: str, content_type: str) -> dict[str, Any]:
    """The payload in a request's body. Raises ValueError or RecursionError when there is none.

    Bolt's own reading takes a command for a form of interactivity, and drops it, when its text holds the word payload.
    """
    if content_type.split(";")[0].strip().lower() == "application/json":
        return checked(json.loads(body))
    form = dict(parse_qsl(body, keep_blank_values=True))
    return checked(json.loads(form["payload"]) if "payload" in form and "command" not in form else form)


def checked(payload: Any) -> dict[str, Any]:
    """The payload, if we can rely on it. Raises ValueError or RecursionError."""
    if not well_shaped(payload):
        raise ValueError("no payload of Slack's")
    found: dict[str, Any] = without_halves(payload)
    return found


def well_shaped(payload: Any) -> bool:
    """Say whether what came is an object whose fields, where present, have the types Slack gives them."""
    if not isinstance(payload, dict) or any(isinstance(payload.get(name), str) for name in _EITHER):
        return False
    if not all(_fits(name, value) for part in _parts(payload) for name, value in part.items()):
        return False
    return payload.get("type") != "event_callback" or bool((payload.get("event") or {}).get("type"))


def without_halves(value: Any) -> Any:
    """The same with half surrogates made `\\ufffd` and NUL taken out: JSON can hold them, a database cannot."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")
    if isinstance(value, dict):
        return {without_halves(key): without_halves(each) for key, each in value.items()}
    if isinstance(value, list):
        return [without_halves(each) for each in value]
    return value


def _parts(payload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The objects whose fields are read."""
    yield payload
    for name in (*_OBJECTS, *_EITHER):
        if isinstance(inner := payload.get(name), dict) and name not in ("message", "values"):
            yield from _parts(inner)
    for name in _LISTS:
        yield from (each for each in payload.get(name) or () if isinstance(each, dict))


def _fits(name: str, value: Any) -> bool:
    if value is None:
        return True
    if name in _TEXTS:
        return isinstance(value, str)
    if name == "values":
        return isinstance(value, dict) and all(
            isinstance(fields, dict) and all(_is_state(state) for state in fields.values()) for fields in value.values()
        )
    if name in _OBJECTS:
        return isinstance(value, dict)
    if name in _EITHER:
        return isinstance(value, dict | str)
    if name in _LISTS:
        there = isinstance(value, list) and all(isinstance(each, dict) for each in value)
        return there and (bool(value) or name != "actions")
    return True


def _is_state(state: Any) -> bool:
    return isinstance(state, dict) and isinstance(state.get("selected_option"), dict | None)
