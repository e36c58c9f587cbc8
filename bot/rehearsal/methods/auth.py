"""api.test, auth.test, apps.connections.open, bots.info, team.info."""

from __future__ import annotations

from bot.rehearsal.calls import Call
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Json


def api_test(call: Call) -> Json:
    """Answer api.test: the arguments come back."""
    if error := call.text("error"):
        raise Refusal(error, args=call.args)
    return {"args": call.args}


def auth_test(call: Call) -> Json:
    """Answer auth.test: who the token is."""
    ws = call.ws
    return {
        "url": ws.url,
        "team": ws.team_name,
        "user": ws.bot.name,
        "team_id": ws.team_id,
        "user_id": ws.bot.id,
        "bot_id": ws.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Json:
    """Answer apps.connections.open: an address that opens one socket, once."""
    host = call.stage.url.removeprefix("http://")
    return {"url": f"ws://{host}/link/{call.stage.hub.new_ticket()}"}


def bots_info(call: Call) -> Json:
    """Answer bots.info for the app's own bot."""
    ws = call.ws
    if not call.text("bot"):
        raise Refusal("missing_argument")
    if call.text("bot") != ws.bot_id:
        raise Refusal("bot_not_found")
    bot = {
        "id": ws.bot_id,
        "deleted": False,
        "name": ws.app.name,
        "app_id": ws.app_id,
        "user_id": ws.bot.id,
        "updated": 0,
        "icons": {},
    }
    return {"bot": bot}


def team_info(call: Call) -> Json:
    """Answer team.info for the one team there is."""
    ws = call.ws
    if call.text("team", ws.team_id) != ws.team_id or call.text("domain", ws.team_domain) != ws.team_domain:
        raise Refusal("team_not_found")
    team = {"id": ws.team_id, "name": ws.team_name, "domain": ws.team_domain, "email_domain": "", "icon": {}}
    return {"team": team}


METHODS = {
    "api.test": api_test,
    "auth.test": auth_test,
    "apps.connections.open": connections_open,
    "bots.info": bots_info,
    "team.info": team_info,
}
