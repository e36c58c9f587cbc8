"""What the app is brought when somebody clicks or submits, and what its answers do."""

from __future__ import annotations

import pytest
from starlette.responses import JSONResponse, Response


def plain(text):
    return {"type": "plain_text", "text": text}


ASKS = {
    "type": "input",
    "block_id": "title",
    "label": plain("Title"),
    "element": {"type": "plain_text_input", "action_id": "t"},
}
MENU = {
    "type": "static_select",
    "action_id": "sev",
    "options": [{"text": plain("SEV1"), "value": "1"}, {"text": plain("SEV2"), "value": "2"}],
}
CARD = [
    {
        "type": "actions",
        "block_id": "card",
        "elements": [
            {"type": "button", "action_id": "take", "value": "7", "text": plain("Take")},
            {"type": "button", "action_id": "drop", "value": "7", "text": plain("Drop")},
            MENU,
            {"type": "users_select", "action_id": "who"},
        ],
    }
]


def modal(**more):
    return {"type": "modal", "title": plain("T"), "submit": plain("Go"), "blocks": [ASKS], **more}


@pytest.fixture
def ada(rehearsal):
    return rehearsal.person("ada")


@pytest.fixture
async def opened(rehearsal, slack, ada):
    async def open_(**more):
        trigger = rehearsal._stage.handles.new_trigger(ada.user_id)
        return (await slack.views_open(trigger_id=trigger, view=modal(**more)))["view"]

    return open_


@pytest.fixture
async def card(rehearsal, slack, ada):
    await ada.invites("general", "muster")
    await rehearsal.settle()
    room = rehearsal.workspace.find_channel("general").id
    return (await slack.chat_postMessage(channel=room, text="card", blocks=CARD))["ts"]


async def test_a_click_brings_the_message_the_person_and_the_value(rehearsal, ear, ada, card):
    await ada.clicks("general", card, "take")
    payload = ear.payload()
    room = rehearsal.workspace.find_channel("general").id
    assert payload["container"] == {
        "type": "message",
        "message_ts": card,
        "channel_id": room,
        "is_ephemeral": False,
    }
    assert (payload["user"]["id"], payload["channel"]["id"], payload["message"]["ts"]) == (ada.user_id, room, card)
    action = payload["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("take", "card", "7")
    assert payload["trigger_id"]
    assert payload["response_url"].startswith(rehearsal.url)


async def test_a_choice_in_a_menu_is_the_action_and_stays_in_the_state(rehearsal, ear, ada, card):
    ben = rehearsal.person("ben").user_id
    await ada.clicks("general", card, "who", selected="ben")
    await ada.clicks("general", card, "sev", selected="2")
    payload = ear.payload()
    assert payload["actions"][0]["selected_option"]["value"] == "2"
    assert payload["state"]["values"]["card"]["who"] == {"type": "users_select", "selected_user": ben}


async def test_what_one_person_chose_is_not_in_another_persons_state(rehearsal, ear, ada, card):
    await ada.clicks("general", card, "sev", selected="1")
    await rehearsal.person("ben").clicks("general", card, "take")
    assert ear.payload()["state"]["values"] == {}


async def test_a_click_in_an_ephemeral_message_does_not_carry_it(rehearsal, slack, ear, ada, card):
    room = rehearsal.workspace.find_channel("general").id
    shown = await slack.chat_postEphemeral(channel=room, user=ada.user_id, text="sure?", blocks=CARD)
    await ada.clicks("general", shown["message_ts"], "drop")
    assert ear.payload()["container"]["is_ephemeral"]
    assert "message" not in ear.payload()


async def test_a_submission_brings_the_state_and_the_metadata(ear, ada, opened):
    view = await opened(private_metadata="inc-1", callback_id="declare")
    await ada.submits(view["id"], {"title": {"t": "checkout"}})
    payload = ear.payload()
    assert (payload["type"], payload["view"]["private_metadata"]) == ("view_submission", "inc-1")
    assert payload["view"]["state"]["values"]["title"]["t"]["value"] == "checkout"
    assert (payload["view"]["hash"], payload["view"]["root_view_id"]) == (view["hash"], view["id"])


async def test_answers_update_push_and_clear_the_modal(ear, ada, opened):
    view = await opened()
    ear.answers.append(JSONResponse({"response_action": "update", "view": modal(title=plain("Two"))}))
    await ada.submits(view["id"], {"title": {"t": "x"}})
    assert (await ada.open_view())["title"]["text"] == "Two"
    ear.answers.append(JSONResponse({"response_action": "push", "view": modal(title=plain("Three"))}))
    await ada.submits(view["id"])
    top = await ada.open_view()
    assert (top["title"]["text"], top["depth"]) == ("Three", 2)
    ear.answers.append(JSONResponse({"response_action": "clear"}))
    await ada.submits(top["id"], {"title": {"t": "x"}})
    assert await ada.open_view() is None


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({"response_action": "errors", "errors": {"nowhere": "x"}}),
        JSONResponse({"response_action": "errors", "errors": {}}),
        JSONResponse({"response_action": "explode"}),
        JSONResponse({"response_action": "update", "view": {"type": "modal"}}),
        Response("ok"),
        Response(status_code=500),
    ],
)
async def test_an_answer_slack_cannot_use_leaves_the_modal_open_with_what_was_typed(ear, ada, opened, answer):
    view = await opened()
    ear.answers.append(answer)
    told = await ada.submits(view["id"], {"title": {"t": "typed"}})
    assert (told["ok"], told["error"]) == (False, "dispatch_failed")
    still = await ada.open_view()
    assert still["state"]["values"]["title"]["t"]["value"] == "typed"
    assert still["errors"] == {"": "We had some trouble connecting. Try again?"}


async def test_closing_is_told_only_when_asked_for(ear, ada, opened):
    await ada.dismisses((await opened())["id"])
    assert ear.got == []
    await ada.dismisses((await opened(notify_on_close=True))["id"])
    assert (ear.payload()["type"], ear.payload()["is_cleared"]) == ("view_closed", False)


async def test_while_slack_is_down_nothing_is_brought_and_sockets_are_cut(rehearsal, ear, ada):
    rehearsal.knobs.down = True
    told = await ada.types("general", "/incident list")
    assert (told["error"], told["says"]) == ("dispatch_failed", "Slack is down")
    assert ear.got == []
