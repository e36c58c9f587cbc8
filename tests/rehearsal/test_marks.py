"""Reactions, pins, bookmarks and files through the Web API."""

from __future__ import annotations

import httpx
import pytest

from tests.rehearsal.apps import refused


@pytest.fixture
async def room(slack):
    return (await slack.conversations_create(name="inc-1"))["channel"]["id"]


@pytest.fixture
async def ts(slack, room):
    return (await slack.chat_postMessage(channel=room, text="x"))["ts"]


async def test_a_reaction_counts_once_per_person(slack, room, ts):
    await slack.reactions_add(channel=room, timestamp=ts, name="eyes")
    assert await refused(slack.reactions_add(channel=room, timestamp=ts, name="eyes")) == "already_reacted"
    found = await slack.reactions_get(channel=room, timestamp=ts)
    assert found["message"]["reactions"][0]["count"] == 1
    await slack.reactions_remove(channel=room, timestamp=ts, name="eyes")
    assert await refused(slack.reactions_remove(channel=room, timestamp=ts, name="eyes")) == "no_reaction"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "not an emoji"}, "invalid_name"),
        ({"timestamp": "yesterday"}, "bad_timestamp"),
        ({"timestamp": "1.000000"}, "message_not_found"),
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
    ],
)
async def test_a_reaction_slack_would_refuse_is_refused(slack, room, ts, change, code):
    wanted = {"channel": room, "timestamp": ts, "name": "eyes", **change}
    assert await refused(slack.reactions_add(**wanted)) == code


async def test_a_message_is_pinned_once(slack, room, ts):
    await slack.pins_add(channel=room, timestamp=ts)
    assert await refused(slack.pins_add(channel=room, timestamp=ts)) == "already_pinned"
    assert [item["message"]["ts"] for item in (await slack.pins_list(channel=room))["items"]] == [ts]
    assert await refused(slack.pins_add(channel=room, timestamp="1.000000")) == "message_not_found"
    await slack.pins_remove(channel=room, timestamp=ts)
    assert await refused(slack.pins_remove(channel=room, timestamp=ts)) == "no_pin"


async def test_slacks_own_lines_cannot_be_pinned(slack, room):
    joined = (await slack.conversations_history(channel=room))["messages"][-1]
    assert joined["subtype"] == "channel_join"
    assert await refused(slack.pins_add(channel=room, timestamp=joined["ts"])) == "not_pinnable"


async def test_a_bookmark_is_added_changed_and_removed(slack, room):
    wanted = {"channel_id": room, "title": "Status", "type": "link", "link": "https://status.example"}
    id_ = (await slack.bookmarks_add(**wanted))["bookmark"]["id"]
    await slack.bookmarks_edit(channel_id=room, bookmark_id=id_, title="Postmortem")
    (listed,) = (await slack.bookmarks_list(channel_id=room))["bookmarks"]
    assert (listed["title"], listed["link"]) == ("Postmortem", "https://status.example")
    await slack.bookmarks_remove(channel_id=room, bookmark_id=id_)
    assert await refused(slack.bookmarks_remove(channel_id=room, bookmark_id=id_)) == "not_found"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"link": "javascript:alert(1)"}, "invalid_link"),
        ({"link": "status.example"}, "invalid_link"),
        ({"type": "file"}, "invalid_bookmark_type"),
        ({"title": "x" * 256}, "invalid_arguments"),
        ({"emoji": "eyes"}, "invalid_emoji"),
        ({"channel_id": "C0NOWHERE"}, "channel_not_found"),
    ],
)
async def test_a_bookmark_slack_would_refuse_is_refused(slack, room, change, code):
    wanted = {"channel_id": room, "title": "Status", "type": "link", "link": "https://status.example", **change}
    assert await refused(slack.bookmarks_add(**wanted)) == code


async def test_a_channel_has_room_for_a_hundred_bookmarks(slack, room):
    wanted = {"channel_id": room, "title": "x", "type": "link", "link": "https://x.example"}
    for _ in range(100):
        await slack.bookmarks_add(**wanted)
    assert await refused(slack.bookmarks_add(**wanted)) == "too_many_bookmarks"


async def test_the_sdk_uploads_a_file_into_a_thread(rehearsal, slack, room, ts):
    done = await slack.files_upload_v2(
        channel=room, thread_ts=ts, filename="pm.md", content="# Postmortem", initial_comment="The draft."
    )
    thread = await slack.conversations_replies(channel=room, ts=ts)
    assert thread["messages"][-1]["files"][0]["name"] == "pm.md"
    async with httpx.AsyncClient() as http:
        fetched = await http.get(done["files"][0]["url_private"])
    assert fetched.text == "# Postmortem"
    assert (await slack.files_info(file=done["files"][0]["id"]))["file"]["size"] == 12


async def test_a_file_whose_bytes_never_came_is_no_file(slack, room):
    asked = await slack.files_getUploadURLExternal(filename="a.txt", length=3)
    files = [{"id": asked["file_id"]}]
    assert await refused(slack.files_completeUploadExternal(files=files, channel_id=room)) == "file_not_found"
    async with httpx.AsyncClient() as http:
        assert (await http.post(asked["upload_url"], content=b"too long")).status_code == 400
