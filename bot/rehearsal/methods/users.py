"""users.info, users.list, users.lookupByEmail."""

from __future__ import annotations

from bot.rehearsal.calls import Call
from bot.rehearsal.pages import page
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Json, Person

MAX_LIMIT = 999


def _shape(call: Call, person: Person) -> Json:
    return person.slack_shape(call.ws.team_id, with_email="users:read.email" in call.ws.app.scopes)


def info(call: Call) -> Json:
    """Answer users.info; the e-mail address needs its own scope."""
    person = call.ws.people.get(call.text("user"))
    if person is None:
        raise Refusal("user_not_found")
    return {"user": _shape(call, person)}


def list_(call: Call) -> Json:
    """Answer users.list, in pages, deactivated people included."""
    people = list(call.ws.people.values())
    limit = call.number("limit", MAX_LIMIT, most=MAX_LIMIT, code="invalid_arguments")
    some, more = page(people, call.text("cursor"), limit)
    members = [_shape(call, person) for person in some]
    return {"members": members, "cache_ts": call.ws.now_s(), "response_metadata": more}


def lookup_by_email(call: Call) -> Json:
    """Answer users.lookupByEmail."""
    wanted = call.text("email").lower()
    for person in call.ws.people.values():
        if person.email.lower() == wanted and not person.deleted:
            return {"user": _shape(call, person)}
    raise Refusal("users_not_found")


METHODS = {"users.info": info, "users.list": list_, "users.lookupByEmail": lookup_by_email}
