"""Messages through the Web API."""

from __future__ import annotations

import json

import pytest
from slack_sdk.errors import SlackApiError

from tests.rehearsal.apps import refused

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


@pytest.fixture
async def room(slack):
    return (await slack.conversations_create(name="inc-1"))["channel"]["id"]


async def texts(slack, room, **wanted):
    found = await slack.conversations_history(channel=room, **wanted)
    return [message["text"] for message in found["messages"] if "subtype" not in message]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": "{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": "{}"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "markdown", "text": "x" * 10_001}]}, "msg_blocks_too_long"),
        ({"text": "x", "attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"text": "x", "metadata": {"event_type": "op"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"text": "x", "thread_ts": "1.000000"}, "cannot_reply_to_message"),
        ({"text": "x", "username": "Not me"}, "missing_scope"),
        ({"text": "x", "as_user": True}, "as_user_not_supported"),
        ({"text": "x", "parse": "all"}, "invalid_arguments"),
        ({"text": "x", "unfurl_links": "maybe"}, "invalid_arguments"),
        ({"text": "x", "color": "red"}, "invalid_arguments"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
    ],
)
async def test_a_message_slack_would_refuse_is_refused(slack, room, message, code):
    assert await refused(slack.api_call("chat.postMessage", json={"channel": room, **message})) == code
    assert await texts(slack, room) == []


async def test_a_refused_block_is_named(slack, room):
    with pytest.raises(SlackApiError) as caught:
        await slack.chat_postMessage(channel=room, text="x", blocks=[SECTION, {"type": "section"}])
    place = "[ERROR] missing required field: text or fields [json-pointer:/blocks/1]"
    assert caught.value.response["response_metadata"]["messages"] == [place]


async def test_the_app_may_post_only_where_it_is_or_with_the_public_scope(rehearsal, slack):
    general = rehearsal.workspace.find_channel("general").id
    assert await refused(slack.chat_postMessage(channel=general, text="x")) == "not_in_channel"
    assert await refused(slack.chat_postMessage(channel="#general", text="x")) == "not_in_channel"  # a name will do
    assert await refused(slack.chat_postMessage(channel="#nowhere", text="x")) == "channel_not_found"
    assert await refused(slack.conversations_history(channel=general)) == "not_in_channel"


async def test_a_message_to_a_person_opens_the_direct_conversation(rehearsal, slack):
    ben = rehearsal.person("ben")
    posted = await slack.chat_postMessage(channel=ben.user_id, text="You are on call.")
    assert posted["channel"].startswith("D")
    assert [m["text"] for m in await ben.sees(posted["channel"])] == ["You are on call."]


async def test_an_edit_keeps_the_ts_and_the_parts_that_were_not_given(slack, room):
    posted = await slack.chat_postMessage(channel=room, text="one", blocks=[SECTION])
    edited = await slack.chat_update(channel=room, ts=posted["ts"], text="two")
    assert edited["ts"] == posted["ts"]
    assert edited["message"]["edited"]["user"] == posted["message"]["user"]
    assert edited["message"]["blocks"][0]["text"]["text"] == "hello"
    emptied = await slack.chat_update(channel=room, ts=posted["ts"], text="three", blocks=[])
    assert "blocks" not in emptied["message"]


async def test_an_edit_takes_less_text_than_a_post(slack, room):
    posted = await slack.chat_postMessage(channel=room, text="x" * 4_001)
    assert await refused(slack.chat_update(channel=room, ts=posted["ts"], text="x" * 4_001)) == "msg_too_long"


async def test_only_own_messages_can_be_changed_or_deleted(rehearsal, slack, room):
    await slack.conversations_invite(channel=room, users=rehearsal.person("ben").user_id)
    said = await rehearsal.person("ben").says("inc-1", "mine")
    assert await refused(slack.chat_update(channel=room, ts=said["ts"], text="x")) == "cant_update_message"
    assert await refused(slack.chat_delete(channel=room, ts=said["ts"])) == "cant_delete_message"
    assert await refused(slack.chat_update(channel=room, ts="1.000000", text="x")) == "message_not_found"
    posted = await slack.chat_postMessage(channel=room, text="own")
    await slack.chat_delete(channel=room, ts=posted["ts"])
    assert await texts(slack, room) == ["mine"]


async def test_an_ephemeral_message_is_seen_by_one_and_is_nowhere_else(rehearsal, slack):
    ada, ben = rehearsal.person("ada"), rehearsal.person("ben")
    general = rehearsal.workspace.find_channel("general").id
    await ada.invites("general", "muster")
    shown = await slack.chat_postEphemeral(channel=general, user=ada.user_id, text="just you")
    assert (await ada.sees("general"))[-1]["text"] == "just you"
    assert "just you" not in [m["text"] for m in await ben.sees("general")]
    assert "just you" not in await texts(slack, general)
    assert await refused(slack.chat_update(channel=general, ts=shown["message_ts"], text="x")) == "message_not_found"
    hugo = rehearsal.workspace.find_person("hugo").id
    assert await refused(slack.chat_postEphemeral(channel=general, user=hugo, text="x")) == "user_not_in_channel"


async def test_metadata_is_given_back_only_when_asked_for(slack, room):
    metadata = {"event_type": "op", "event_payload": {"op_id": "7"}}
    await slack.chat_postMessage(channel=room, text="x", metadata=metadata)
    plain = await slack.conversations_history(channel=room)
    full = await slack.conversations_history(channel=room, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_history_is_newest_first_and_cut_by_times_that_count_only_if_inclusive(slack, room):
    stamps = [(await slack.chat_postMessage(channel=room, text=str(n)))["ts"] for n in range(5)]
    assert await texts(slack, room, limit=3) == ["4", "3", "2"]
    between = {"oldest": stamps[1], "latest": stamps[3]}
    assert await texts(slack, room, **between) == ["2"]
    assert await texts(slack, room, **between, inclusive=True) == ["3", "2", "1"]
    assert await refused(slack.conversations_history(channel=room, oldest="yesterday")) == "invalid_ts_oldest"
    assert await refused(slack.conversations_history(channel=room, latest="soon")) == "invalid_ts_latest"


async def test_a_cursor_is_not_shifted_by_new_messages(slack, room):
    for n in range(4):
        await slack.chat_postMessage(channel=room, text=str(n))
    first = await slack.conversations_history(channel=room, limit=2)
    await slack.chat_postMessage(channel=room, text="new")
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.conversations_history(channel=room, limit=2, cursor=cursor)
    assert [m["text"] for m in second["messages"]] == ["1", "0"]
    assert await refused(slack.conversations_history(channel=room, cursor="nonsense")) == "invalid_cursor"


async def test_replies_stay_in_their_thread_unless_sent_to_the_channel_too(slack, room):
    parent = (await slack.chat_postMessage(channel=room, text="parent"))["ts"]
    await slack.chat_postMessage(channel=room, text="reply", thread_ts=parent)
    loud = await slack.chat_postMessage(channel=room, text="loud", thread_ts=parent, reply_broadcast=True)
    history = (await slack.conversations_history(channel=room))["messages"]
    assert [m["text"] for m in history[:2]] == ["loud", "parent"]
    assert (history[1]["reply_count"], history[1]["latest_reply"]) == (2, loud["ts"])
    thread = await slack.conversations_replies(channel=room, ts=parent)
    assert [m["text"] for m in thread["messages"]] == ["parent", "reply", "loud"]
    assert (
        await refused(slack.chat_postMessage(channel=room, text="x", thread_ts=loud["ts"])) == "cannot_reply_to_message"
    )
    assert await refused(slack.conversations_replies(channel=room, ts="1.000000")) == "thread_not_found"


async def test_a_permalink_names_channel_and_message(rehearsal, slack, room):
    ts = (await slack.chat_postMessage(channel=room, text="x"))["ts"]
    link = (await slack.chat_getPermalink(channel=room, message_ts=ts))["permalink"]
    assert link == f"{rehearsal.url}/archives/{room}/p{ts.replace('.', '')}"


async def test_stamps_rise_even_while_the_clock_stands_still(rehearsal, slack, room):
    rehearsal.clock.speed(0)
    stamps = [(await slack.chat_postMessage(channel=room, text="x"))["ts"] for _ in range(3)]
    assert stamps == sorted(set(stamps))


async def test_the_record_says_what_each_post_would_have_pinged(rehearsal, slack, room):
    await slack.chat_postMessage(channel=room, text="all is well &lt;!here&gt;")
    assert rehearsal.ledger.pings() == []
    await slack.chat_postMessage(channel=room, text="<!here>", blocks=[SECTION])
    await slack.chat_postMessage(channel=room, text="@channel", link_names=True)
    assert [post.mentions.broadcasts for post in rehearsal.ledger.pings()] == [("here",), ("channel",)]


async def test_json_strings_in_form_fields_are_read(slack, room):
    form = {"channel": room, "text": "x", "blocks": json.dumps([SECTION])}
    answer = await slack.api_call("chat.postMessage", data=form)
    assert answer["message"]["blocks"][0]["type"] == "section"
