"""What a text would ping and link, and how typed words arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearsal.mrkdwn import as_typed, escape, mentions_in, mentions_of, unescape

PEOPLE = {"ben": "U0BEN", "ada.l": "U0ADA"}
ROOMS = {"general": "C0GEN"}


@pytest.mark.parametrize(
    ("text", "part", "found"),
    [
        ("<!channel> look", "broadcasts", ("channel",)),
        ("<!here|here>", "broadcasts", ("here",)),
        ("<@U1> and <@U2|bob>", "users", ("U1", "U2")),
        ("<!subteam^S1|@team>", "groups", ("S1",)),
        ("<#C1|general>", "channels", ("C1",)),
        ("<https://evil.example|https://status.example>", "links", ("https://evil.example",)),
        ("<mailto:a@b.example|mail>", "links", ("mailto:a@b.example",)),
        ("<!date^1^{date}^https://evil.example|then>", "links", ("https://evil.example",)),
        ("see https://evil.example now", "bare_links", ("https://evil.example",)),
    ],
)
def test_each_token_is_counted_as_what_it_is(text, part, found):
    assert getattr(mentions_in(text), part) == found


@pytest.mark.parametrize("text", ["@here", "@channel", "#general", "&lt;!channel&gt;", "a < b > c", "@ben"])
def test_words_that_only_look_like_mentions_ping_nobody(text):
    assert mentions_in(text).pings == ()


def test_link_names_and_parse_full_revive_bare_names():
    assert mentions_in("@here and @ben", link_names=True).pings == ("@ben", "here")
    assert mentions_in("@channel", parse="full").broadcasts == ("channel",)


def test_blocks_are_searched_and_plain_text_is_not():
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "<!here>"}},
        {"type": "header", "text": {"type": "plain_text", "text": "<!channel>"}},
        {"type": "actions", "elements": [{"type": "button", "value": "<@U1>", "action_id": "<@U2>"}]},
    ]
    assert mentions_of(blocks).pings == ("here",)


def test_rich_text_counts_its_elements_and_never_its_text():
    leaves = [{"type": "user", "user_id": "U1"}, {"type": "text", "text": "<!here>"}]
    leaves += [{"type": "broadcast", "range": "channel"}, {"type": "link", "url": "https://x.example"}]
    rich = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": leaves}]}]
    found = mentions_of(rich)
    assert (found.users, found.broadcasts, found.links) == (("U1",), ("channel",), ("https://x.example",))


@given(st.text())
def test_whatever_is_escaped_pings_nobody_and_comes_back_whole(text):
    found = mentions_in(escape(text))
    assert (found.pings, found.channels, found.links) == ((), (), ())
    assert unescape(escape(text)) == text


@pytest.mark.parametrize(
    ("typed", "arrives"),
    [
        ("ask @ben", "ask <@U0BEN>"),
        ("thanks @ben.", "thanks <@U0BEN>."),
        ("@ada.l knows", "<@U0ADA> knows"),
        ("@nobody knows", "@nobody knows"),
        ("mail ben@example.org", "mail ben@example.org"),
        ("@here in #general", "<!here> in <#C0GEN|general>"),
        ("a<b && c>d", "a&lt;b &amp;&amp; c&gt;d"),
        ("<@U0BEN>", "&lt;@U0BEN&gt;"),
        ("https://x.example/?a=1&b=2", "<https://x.example/?a=1&amp;b=2>"),
    ],
)
def test_typed_words_arrive_as_slack_hands_them_on(typed, arrives):
    assert as_typed(typed, PEOPLE, ROOMS) == arrives


def test_a_slash_command_also_carries_the_name():
    assert as_typed("@ben", PEOPLE, ROOMS, labelled=True) == "<@U0BEN|ben>"
