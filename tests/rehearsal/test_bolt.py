"""The real slack_bolt, unmodified, by HTTP and by Socket Mode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from bot.rehearsal import Rehearsal, wire
from tests.rehearsal.apps import APP_TOKEN, BOT_TOKEN

MODAL = {
    "type": "modal",
    "callback_id": "declare",
    "title": {"type": "plain_text", "text": "Declare"},
    "submit": {"type": "plain_text", "text": "Declare"},
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "What is wrong?"},
            "element": {"type": "plain_text_input", "action_id": "title", "min_length": 3},
        }
    ],
}
CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "checkout is failing"}},
    {
        "type": "actions",
        "block_id": "card",
        "elements": [
            {"type": "button", "action_id": "take", "value": "7", "text": {"type": "plain_text", "text": "Take it"}}
        ],
    },
]


def build(rehearsal: Rehearsal) -> AsyncApp:
    client = AsyncWebClient(token=BOT_TOKEN, base_url=rehearsal.api_url, retry_handlers=[])
    app = AsyncApp(client=client, signing_secret=rehearsal.app.signing_secret, process_before_response=True)
    app.heard = []

    @app.command("/incident")
    async def incident(ack, command, client, respond):
        if command["text"] == "form":
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=MODAL)
        elif command["text"] == "card":
            await ack(response_type="in_channel", text="checkout is failing", blocks=CARD)
        elif command["text"] == "later":
            await ack()
            await respond("later")
        else:
            await ack(f"you typed {command['text']}")

    @app.action("take")
    async def take(ack, body, action, respond):
        await ack()
        app.heard.append(("take", action["value"], body["message"]["text"]))
        await respond(text="taken", replace_original=True)

    @app.view("declare")
    async def declare(ack, view):
        title = view["state"]["values"]["title"]["title"]["value"]
        if title == "again":
            await ack(response_action="errors", errors={"title": "Say more."})
        else:
            app.heard.append(("declare", title))
            await ack()

    @app.event("app_mention")
    async def mentioned(event, say):
        app.heard.append(("mention", event["text"]))
        await say("I am here.")

    @app.event("message")
    async def message(event):
        app.heard.append(("message", event["text"]))

    @app.event("member_joined_channel")
    async def joined(event):
        app.heard.append(("joined", event["user"]))

    return app


@pytest.fixture(params=["http", "socket"])
async def bolt(request, rehearsal) -> AsyncIterator[AsyncApp]:
    app = build(rehearsal)
    if request.param == "http":
        handler = AsyncSlackRequestHandler(app)
        sock = wire.bind("127.0.0.1", 0)
        rehearsal.use_request_url(f"http://127.0.0.1:{sock.getsockname()[1]}/slack")
        server, serving = await wire.run(Starlette(routes=[Route("/slack", handler.handle, methods=["POST"])]), sock)
        yield app
        server.should_exit = True
        await serving
    else:
        handler = AsyncSocketModeHandler(app, APP_TOKEN)
        await handler.connect_async()
        yield app
        await handler.close_async()
        await asyncio.sleep(0)


async def test_a_command_is_answered_to_the_person_alone(rehearsal, bolt):
    ada, ben = rehearsal.person("ada"), rehearsal.person("ben")
    told = await ada.types("#incidents", "/incident list")
    assert told["ok"], told
    assert (await ada.sees("#incidents"))[-1]["text"] == "you typed list"
    assert (await ada.sees("#incidents"))[-1]["ephemeral"]
    assert await ben.sees("#incidents") == []


async def test_names_and_signs_typed_in_a_command_arrive_escaped(rehearsal, bolt):
    ada = rehearsal.person("ada")
    await ada.types("#incidents", "/incident open sev2 a<b & ask @ben in #general")
    (delivery,) = rehearsal.ledger.deliveries("slash_commands")
    general = rehearsal.workspace.find_channel("general").id
    ben = rehearsal.person("ben").user_id
    assert delivery.args["text"] == f"open sev2 a&lt;b &amp; ask <@{ben}|ben> in <#{general}|general>"


async def test_a_form_opens_checks_itself_asks_again_and_closes(rehearsal, bolt):
    ada = rehearsal.person("ada")
    await ada.types("#incidents", "/incident form")
    view = await ada.open_view()
    short = await ada.submits(view["id"], {"title": {"title": "no"}})
    assert short["errors"] == {"title": "This field needs at least 3 characters; it has 2."}
    again = await ada.submits(view["id"], {"title": {"title": "again"}})
    assert again["errors"] == {"title": "Say more."}
    assert (await ada.open_view())["errors"] == {"title": "Say more."}
    done = await ada.submits(view["id"], {"title": {"title": "checkout is failing"}})
    assert done["ok"]
    assert await ada.open_view() is None
    assert bolt.heard == [("declare", "checkout is failing")]


async def test_a_button_can_be_pressed_and_its_message_replaced(rehearsal, bolt):
    ada, ben = rehearsal.person("ada"), rehearsal.person("ben")
    await ada.types("#incidents", "/incident card")
    (card,) = await ben.sees("#incidents")
    clicked = await ben.clicks("#incidents", card["ts"], "take")
    assert clicked["ok"], clicked
    assert bolt.heard == [("take", "7", "checkout is failing")]
    (card,) = await ben.sees("#incidents")
    assert (card["text"], card.get("blocks")) == ("taken", None)


async def test_a_mention_reaches_the_app_in_its_channels_only(rehearsal, bolt):
    ada = rehearsal.person("ada")
    await ada.says("#incidents", "@muster are you there?")
    await ada.invites("#incidents", "muster")
    await ada.says("#incidents", "@muster and now?")
    await rehearsal.settle()
    bot = rehearsal.workspace.bot.id
    assert ("mention", f"<@{bot}> and now?") in bolt.heard
    assert ("mention", f"<@{bot}> are you there?") not in bolt.heard
    assert (await ada.sees("#incidents"))[-1]["text"] == "I am here."


async def test_a_later_answer_comes_through_the_response_url(rehearsal, bolt):
    ada = rehearsal.person("ada")
    await ada.types("#incidents", "/incident later")
    assert [m["text"] for m in await ada.sees("#incidents")] == ["later"]


async def test_nobody_home_is_said_clearly(rehearsal):
    ada = rehearsal.person("ada")
    told = await ada.types("#incidents", "/incident list")
    assert (told["error"], told["says"]) == ("dispatch_failed", "the app is not connected")
    last = (await ada.sees("#incidents"))[-1]["text"]
    assert last == '/incident failed with the error "dispatch_failed" (the app is not connected).'
