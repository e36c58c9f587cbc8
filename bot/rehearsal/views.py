"""The rules of modals and Home tabs: opening, changing, stacking, and what a person has put into them."""

from __future__ import annotations

import secrets
from typing import Any

from bot.rehearsal import blockkit
from bot.rehearsal.elements import initial_state
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Json, View
from bot.rehearsal.workspace import Workspace

MAX_STACK = 3


def check(view: Any, kind: str = "modal") -> None:
    """Raise Refusal where Slack would not take the view."""
    problems = blockkit.check_view(view)
    if isinstance(view, dict) and not problems and view["type"] != kind:
        problems = [f"must be a {kind} view [json-pointer:/view/type]"]
    if isinstance(view, dict) and blockkit.view_too_large(view):
        raise Refusal("view_too_large")
    if problems:
        raise Refusal("invalid_arguments", messages=[f"[ERROR] {problem}" for problem in problems])


def open_for(ws: Workspace, user: str, body: Json) -> View:
    """Open a modal; whatever this person had open is gone. Raises Refusal."""
    _check_external_id(ws, body)
    for id_ in ws.stacks.pop(user, []):
        ws.views.pop(id_, None)
    return _add(ws, user, body)


def push_for(ws: Workspace, user: str, body: Json) -> View:
    """Put a modal on top of the open one, at most three high. Raises Refusal."""
    stack = ws.stacks.get(user)
    if not stack:
        raise Refusal("not_found")
    if len(stack) >= MAX_STACK:
        raise Refusal("push_limit_reached")
    _check_external_id(ws, body)
    return _add(ws, user, body)


def publish_for(ws: Workspace, user: str, body: Json, hash_: str = "") -> View:
    """Set a person's Home tab. Raises Refusal."""
    old = ws.views.get(ws.homes.get(user, ""))
    if hash_ and (old is None or old.hash != hash_):
        raise Refusal("hash_conflict")
    _check_external_id(ws, body, but=old.id if old else "")
    id_ = old.id if old else ws.new_id("V")
    view = View(id=id_, user=user, type="home", body=_with_ids(ws, body), hash=_new_hash(ws), root_view_id=id_)
    view.values = initial_values(view.body["blocks"])
    ws.views[id_] = view
    ws.homes[user] = id_
    ws.tell("view", view=view, user=user)
    return view


def update(ws: Workspace, view: View, body: Json, hash_: str = "") -> None:
    """Change an open view. What was typed stays where block_id, action_id and kind are the same. Raises Refusal."""
    if hash_ and hash_ != view.hash:
        raise Refusal("hash_conflict")
    _check_external_id(ws, body, but=view.id)
    before = view.values
    view.body = _with_ids(ws, body)
    view.hash = _new_hash(ws)
    view.values = initial_values(view.body["blocks"])
    view.errors = {}
    for block_id, actions in view.values.items():
        for action_id, state in actions.items():
            old = before.get(block_id, {}).get(action_id)
            if old is not None and old["type"] == state["type"]:
                actions[action_id] = old
    ws.tell("view", view=view, user=view.user)


def find(ws: Workspace, *, view_id: str = "", external_id: str = "") -> View:
    """Return an open view by either id. Raises Refusal `not_found`."""
    for view in ws.views.values():
        if view.id == view_id or (external_id and view.external_id == external_id):
            return view
    raise Refusal("not_found")


def close(ws: Workspace, view: View, *, whole_stack: bool = False) -> list[View]:
    """Close a view (or all of this person's) and return what was closed, top first."""
    stack = ws.stacks.get(view.user, [])
    ids = list(reversed(stack)) if whole_stack else [view.id]
    closed = [ws.views.pop(id_) for id_ in ids if id_ in ws.views]
    ws.stacks[view.user] = [id_ for id_ in stack if id_ not in ids]
    for gone in closed:
        ws.tell("view_closed", view=gone, user=view.user)
    if top := top_of(ws, view.user):
        ws.tell("view", view=top, user=view.user)
    return closed


def top_of(ws: Workspace, user: str) -> View | None:
    """Return the modal this person is looking at."""
    stack = ws.stacks.get(user)
    return ws.views[stack[-1]] if stack else None


def initial_values(blocks: list[Json]) -> Json:
    """Return `state.values` of blocks nobody touched."""
    values: Json = {}
    for block in blocks:
        for element in elements_in(block):
            if state := initial_state(element):
                values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def elements_in(block: Json) -> list[Json]:
    """Return the interactive elements of one block."""
    found = [block.get("accessory"), block.get("element")]
    if block["type"] == "actions":
        found += block["elements"]
    return [element for element in found if isinstance(element, dict) and element["type"] != "image"]


def slack_shape(ws: Workspace, view: View) -> Json:
    """Return the view as Slack's answers and payloads give it."""
    body = view.body
    return {
        "id": view.id,
        "team_id": ws.team_id,
        "type": view.type,
        "title": body.get("title"),
        "submit": body.get("submit"),
        "close": body.get("close"),
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "external_id": view.external_id,
        "state": {"values": view.values},
        "hash": view.hash,
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id or None,
        "app_id": ws.app_id,
        "app_installed_team_id": ws.team_id,
        "bot_id": ws.bot_id,
    }


def page_shape(ws: Workspace, view: View) -> Json:
    """Return the view as the page draws it, with the errors it must show."""
    shape = slack_shape(ws, view)
    wanted = ("id", "type", "title", "submit", "close", "blocks", "state", "callback_id")
    return {key: shape[key] for key in wanted} | {"errors": view.errors, "depth": len(ws.stacks.get(view.user, []))}


def _add(ws: Workspace, user: str, body: Json) -> View:
    stack = ws.stacks.setdefault(user, [])
    id_ = ws.new_id("V")
    root = ws.views[stack[0]].root_view_id if stack else id_
    previous = stack[-1] if stack else ""
    view = View(
        id=id_,
        user=user,
        type="modal",
        body=_with_ids(ws, body),
        hash=_new_hash(ws),
        root_view_id=root,
        previous_view_id=previous,
    )
    view.values = initial_values(view.body["blocks"])
    ws.views[id_] = view
    stack.append(id_)
    ws.tell("view", view=view, user=user)
    return view


def _check_external_id(ws: Workspace, body: Json, but: str = "") -> None:
    wanted = body.get("external_id")
    if wanted and any(v.external_id == wanted and v.id != but for v in ws.views.values()):
        raise Refusal("duplicate_external_id")


def _with_ids(ws: Workspace, body: Json) -> Json:
    return {**body, "blocks": blockkit.with_ids(body["blocks"], lambda: ws.new_id("b")[2:7])}


def _new_hash(ws: Workspace) -> str:
    return f"{ws.now_s()}.{secrets.token_hex(4)}"
