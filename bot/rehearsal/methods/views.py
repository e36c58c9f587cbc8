"""views.open, views.push, views.update, views.publish."""

from __future__ import annotations

from bot.rehearsal import views
from bot.rehearsal.calls import Call, wrong
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Json, View
from bot.rehearsal.triggers import Trigger


def _view(call: Call, kind: str = "modal") -> Json:
    view: Json = call.parsed("view", dict, "invalid_arguments")
    views.check(view, kind)
    return view


def _trigger(call: Call) -> Trigger:
    if call.text("interactivity_pointer"):
        raise wrong("interactivity_pointer", "the rehearsal has triggers only")
    return call.stage.handles.use_trigger(call.text("trigger_id"), call.stage.knobs.trigger_life_s)


def _shown(call: Call, view: View) -> Json:
    call.stage.note_view(view)
    return {"view": views.slack_shape(call.ws, view)}


def open_(call: Call) -> Json:
    """Answer views.open."""
    view = _view(call)
    return _shown(call, views.open_for(call.ws, _trigger(call).user, view))


def push(call: Call) -> Json:
    """Answer views.push."""
    view = _view(call)
    trigger = _trigger(call)
    if trigger.view_id not in call.ws.views:
        raise Refusal("not_found")
    return _shown(call, views.push_for(call.ws, trigger.user, view))


def update(call: Call) -> Json:
    """Answer views.update, by either id."""
    body = _view(call, _kind(call))
    if bool(call.text("view_id")) == bool(call.text("external_id")):
        raise wrong("view_id", "needs either view_id or external_id")
    view = views.find(call.ws, view_id=call.text("view_id"), external_id=call.text("external_id"))
    views.update(call.ws, view, body, call.text("hash"))
    return _shown(call, view)


def _kind(call: Call) -> str:
    view = call.ws.views.get(call.text("view_id"))
    return view.type if view else "modal"


def publish(call: Call) -> Json:
    """Answer views.publish: a person's Home tab."""
    body = _view(call, "home")
    user = call.text("user_id")
    if user not in call.ws.people or call.ws.people[user].deleted:
        raise wrong("user_id", "no such user")
    return _shown(call, views.publish_for(call.ws, user, body, call.text("hash")))


METHODS = {"views.open": open_, "views.push": push, "views.update": update, "views.publish": publish}
