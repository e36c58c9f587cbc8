"""Channels through the Web API, as the app sees them."""

from __future__ import annotations

import pytest

from tests.rehearsal.apps import refused


@pytest.fixture
async def room(slack):
    return (await slack.conversations_create(name="inc-1"))["channel"]["id"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("Checkout", "invalid_name_specials"),
        ("check out", "invalid_name_specials"),
        ("größe", "invalid_name_specials"),
        ("---", "invalid_name_punctuation"),
        ("general", "name_taken"),
    ],
)
async def test_a_name_slack_would_refuse_is_refused(slack, name, code):
    assert await refused(slack.conversations_create(name=name)) == code


async def test_an_archived_channel_keeps_its_name(slack, room):
    await slack.conversations_archive(channel=room)
    assert await refused(slack.conversations_create(name="inc-1")) == "name_taken"
    assert await refused(slack.conversations_archive(channel=room)) == "already_archived"


async def test_a_private_channel_of_others_keeps_its_name_and_stays_unseen(rehearsal, slack):
    secret = await rehearsal.person("ada").creates_channel("hush", private=True)
    assert await refused(slack.conversations_create(name="hush")) == "name_taken"
    assert await refused(slack.conversations_info(channel=secret["id"])) == "channel_not_found"
    listed = await slack.conversations_list(types="public_channel,private_channel")
    assert "hush" not in [channel["name"] for channel in listed["channels"]]


async def test_one_bad_id_refuses_the_whole_invitation_unless_forced(rehearsal, slack, room):
    ben, hugo = rehearsal.person("ben").user_id, rehearsal.workspace.find_person("hugo").id
    users = f"{ben},{hugo}"
    assert await refused(slack.conversations_invite(channel=room, users=users)) == "user_not_found"
    assert ben not in (await slack.conversations_members(channel=room))["members"]
    answer = await slack.conversations_invite(channel=room, users=users, force=True)
    assert [row["user"] for row in answer["errors"]] == [hugo]
    assert ben in (await slack.conversations_members(channel=room))["members"]


async def test_inviting_has_its_own_refusals(rehearsal, slack, room):
    ben, me = rehearsal.person("ben").user_id, rehearsal.workspace.bot.id
    await slack.conversations_invite(channel=room, users=ben)
    assert await refused(slack.conversations_invite(channel=room, users=ben)) == "already_in_channel"
    assert await refused(slack.conversations_invite(channel=room, users=me)) == "cant_invite_self"
    assert await refused(slack.conversations_invite(channel=room, users="U0NOBODY")) == "user_not_found"
    many = ",".join(f"U{n}" for n in range(101))
    assert await refused(slack.conversations_invite(channel=room, users=many)) == "invalid_arguments"
    general = rehearsal.workspace.find_channel("general").id
    assert await refused(slack.conversations_invite(channel=general, users=ben)) == "not_in_channel"


async def test_topic_and_purpose_end_at_250_characters(slack, room):
    assert (await slack.conversations_setTopic(channel=room, topic="x" * 250))["channel"]["topic"]["value"] == "x" * 250
    assert await refused(slack.conversations_setTopic(channel=room, topic="x" * 251)) == "too_long"
    assert await refused(slack.conversations_setPurpose(channel=room, purpose="x" * 251)) == "too_long"
    assert (await slack.conversations_setTopic(channel=room, topic=""))["ok"]


async def test_an_archived_channel_takes_nothing(rehearsal, slack, room):
    posted = await slack.chat_postMessage(channel=room, text="before")
    await slack.conversations_archive(channel=room)
    ben = rehearsal.person("ben").user_id
    assert await refused(slack.chat_postMessage(channel=room, text="x")) == "is_archived"
    assert await refused(slack.chat_update(channel=room, ts=posted["ts"], text="x")) == "is_inactive"
    assert await refused(slack.conversations_setTopic(channel=room, topic="x")) == "is_archived"
    assert await refused(slack.conversations_invite(channel=room, users=ben)) == "is_archived"
    assert await refused(slack.conversations_rename(channel=room, name="inc-2")) == "is_archived"
    assert await refused(slack.reactions_add(channel=room, timestamp=posted["ts"], name="eyes")) == "is_archived"
    await slack.conversations_unarchive(channel=room)
    assert (await slack.chat_postMessage(channel=room, text="after"))["ok"]


async def test_joining_leaving_and_renaming(rehearsal, slack, room):
    general = rehearsal.workspace.find_channel("general").id
    assert (await slack.conversations_join(channel=general))["ok"]
    assert (await slack.conversations_join(channel=general))["warning"] == "already_in_channel"
    assert await refused(slack.conversations_leave(channel=general)) == "cant_leave_general"
    assert await refused(slack.conversations_rename(channel=general, name="all")) == "not_authorized"
    assert await refused(slack.conversations_archive(channel=general)) == "cant_archive_general"
    renamed = await slack.conversations_rename(channel=room, name="inc-1-checkout")
    assert renamed["channel"]["previous_names"] == ["inc-1"]
    assert (await slack.conversations_leave(channel=room))["ok"]
    assert (await slack.conversations_leave(channel=room))["not_in_channel"]


async def test_lists_come_in_pages(rehearsal, slack):
    for n in range(5):
        await slack.conversations_create(name=f"inc-{n}")
    names, cursor = [], ""
    while True:
        piece = await slack.users_conversations(limit=2, cursor=cursor)
        names += [channel["name"] for channel in piece["channels"]]
        cursor = piece["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert names == [f"inc-{n}" for n in range(5)]
    assert await refused(slack.conversations_list(limit=1000)) == "invalid_limit"
    assert await refused(slack.conversations_list(cursor="nonsense")) == "invalid_cursor"
    assert await refused(slack.conversations_list(types="dm")) == "invalid_types"


async def test_people_can_be_looked_up(rehearsal, slack):
    ada = rehearsal.person("ada").user_id
    assert (await slack.users_info(user=ada))["user"]["profile"]["title"] == "Engineering manager"
    assert (await slack.users_lookupByEmail(email="ada@rehearsal.example"))["user"]["id"] == ada
    assert await refused(slack.users_info(user="U0NOBODY")) == "user_not_found"
    everyone = (await slack.users_list())["members"]
    assert [person["name"] for person in everyone if person["deleted"]] == ["hugo"]
    assert (await slack.bots_info(bot=rehearsal.workspace.bot_id))["bot"]["name"] == "Muster"
    assert (await slack.team_info())["team"]["domain"] == "rehearsal"


async def test_a_direct_conversation_opens_once(rehearsal, slack):
    ben, hugo = rehearsal.person("ben").user_id, rehearsal.workspace.find_person("hugo").id
    first = await slack.conversations_open(users=ben)
    again = await slack.conversations_open(users=ben)
    assert first["channel"]["id"] == again["channel"]["id"]
    assert again["already_open"]
    assert await refused(slack.conversations_open(users=hugo)) == "user_disabled"
