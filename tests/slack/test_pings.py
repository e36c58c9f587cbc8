"""Nothing that somebody typed can ping or link, in any place where the bot shows it and after any number of edits."""

import re
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisDeprecationWarning

from bot.rehearsal.mrkdwn import TOKEN
from bot.slack.asked import as_typed
from tests.conftest import Stage
from tests.slack.rooms import Room, newest, room

pytestmark = pytest.mark.asyncio(loop_scope="module")

# As a person types them: the workspace escapes <, > and &, and makes tokens of @here and @ben, like Slack does.
HOSTILE = [
    "<!channel> all of you",
    "<!here> <!everyone>",
    "@here and @channel and @everyone",
    "<!subteam^S1> <!subteam^S1|@team>",
    "<@U0C3YVEXG5J> and <@W1|ada>",
    "<#C0123456789> <#C0123456789|general>",
    "<http://evil.test|https://bank.test>",
    "https://evil.test/?q=<!here>",
    "&lt;!here&gt; &amp;lt;!here&amp;gt;",
    "<!date^1^{date}^https://evil.test|now>",
    "```<!here>``` `x`",
    "*bold* _it_ ~no~ > quoted",
    "<!here|<!channel>>",
    "AT&T a<b b>c",
]
BROADCASTS = ("here", "channel", "everyone")


def harmless(stage: Stage, since: int, *, allowed: tuple[str, ...]) -> None:
    """No post since then pings anybody but `allowed`, or holds a link that is not to our own pages."""
    for post in stage.rehearsal.ledger.posts[since:]:
        assert not post.mentions.broadcasts and not post.mentions.groups, post
        assert set(post.mentions.users) <= set(allowed), post
        assert all("evil" not in link for link in post.mentions.links), post
    refused = [e for e in stage.rehearsal.ledger.calls() if e.error in ("invalid_blocks", "msg_too_long", "too_long")]
    assert refused == []


def shown(messages) -> str:
    return "\n".join(f"{m.text}\n{m.blocks}" for m in messages)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_words_ping_nobody_in_any_place(shared: Stage, hostile):
    ada, ben = (shared.person(name).user_id for name in ("ada", "ben"))
    since = len(shared.rehearsal.ledger.posts)
    await shared.say("ada", f"/incident open sev2 --force {hostile} title")
    await shared.settled()
    number = await newest(shared)
    incident = await shared.incident(number)
    inc = Room(shared, number, incident.channel_id)
    for line in (
        f"note {hostile}",
        f"task {hostile}",
        f"import 13:02 {hostile}\nunread {hostile}",
        f"sev sev1 {hostile}",
        f"runbook {hostile}",
        f"runbook show {hostile.split()[0]}",
        f"role {hostile}",
        f"{hostile}",
        f"note 25:00 {hostile}",
        f"mitigate {hostile}",
        f"open sev2 {hostile} title",
        "status",
        "list",
        "task",
        "note",
    ):
        await inc.say(line)
    await inc.say("runbook walk stop-respawn")
    await shared.settled()
    await shared.person("ada").clicks(inc.channel, inc.with_button("step_skip").ts, "step_skip")
    view = await inc.form()
    assert (await shared.person("ada").submits(view["id"], {"reason": {"reason": hostile}}))["ok"]
    said = await shared.person("ada").says(inc.channel, f"a message {hostile}")
    await shared.person("ada").reacts(inc.channel, said["ts"], "pushpin")
    await inc.say(f"close now {hostile}")
    await shared.person("ada").dismisses((await inc.form())["id"])
    await inc.say(f"close {hostile} now")
    await shared.settled()
    known = tuple(person.id for person in shared.rehearsal.workspace.people.values())
    harmless(shared, since, allowed=(ada, ben, *known) if "@W1" in hostile or "@U0" in hostile else (ada, ben))
    channel = shared.rehearsal.workspace.channels[inc.channel]
    assert not re.search(r"[<>]", channel.topic["value"])


@pytest.mark.parametrize("typed", ["&lt;!here&gt;", "AT&T", "a<b>c", "&amp;", "&amp;lt;", "<!here>"])
async def test_what_was_typed_is_shown_once_escaped_also_after_many_edits(inc: Room, typed):
    once = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    await inc.say(f"note says {typed} x")
    for n in range(10):
        await inc.say(f"sev sev{1 + n % 3}" if n else "sev sev3")
    await inc.say(f"note says {typed} x")
    await inc.stage.settled()
    entry = (await inc.entries())[-1]
    assert entry.text == f"says {typed} x"
    card = next(m for m in inc.stage.messages(inc.channel) if "card_mitigate" in repr(m.blocks))
    assert f"says {once} x" in repr(card.blocks)
    assert f"says {once.replace('&', '&amp;')} x" not in repr(card.blocks)


async def test_a_title_is_stored_as_typed_and_shown_once_escaped_everywhere(shared: Stage):
    inc = await room(shared, "a&b <c> &lt;d&gt;")
    incident = await inc.incident()
    assert incident.title.startswith("a&b <c> &lt;d&gt;")
    once = "a&amp;b &lt;c&gt; &amp;lt;d&amp;gt;"
    card = next(m for m in shared.messages(inc.channel) if "card_mitigate" in repr(m.blocks))
    assert once in card.text
    assert "a&b <c> &lt;d&gt;" in card.blocks[0]["text"]["text"]  # a header is plain text and shows it letter by letter
    assert once in shared.messages("#incidents")[-1].text
    assert once in shared.rehearsal.workspace.channels[inc.channel].topic["value"]


async def test_every_post_has_its_unfurls_off(inc: Room):
    await inc.say("note see https://evil.test/x")
    await inc.say("runbook walk stop-respawn")
    await inc.say("lead @hugo")
    await inc.say("close now")
    await inc.stage.settled()
    posts = inc.stage.rehearsal.ledger.calls("chat.postMessage")
    assert len(posts) >= 4
    for post in posts:
        assert str(post.args["unfurl_links"]).lower() in ("0", "false"), post.args
        assert str(post.args["unfurl_media"]).lower() in ("0", "false"), post.args
        assert "link_names" not in post.args and "parse" not in post.args
    for delivery in inc.stage.rehearsal.ledger.deliveries("slash_commands"):
        if isinstance(delivery.answer, dict):
            assert delivery.answer["unfurl_links"] is False and delivery.answer["unfurl_media"] is False


async def test_a_secret_typed_by_mistake_is_shown_to_nobody_else(inc: Room):
    secret = "xoxb-1234567890-ABCDEFGHIJKLMNOP"
    await inc.say(f"note the token is {secret}")
    await inc.say("close now")
    await inc.stage.settled()
    assert secret not in shown(m for m in inc.stage.messages(inc.channel) if not m.only_for)
    assert secret not in "".join(e.text for e in await inc.entries())


TITLES = st.text(min_size=1, max_size=180).filter(lambda text: bool(text.strip()))


def drawn(many: int) -> list[tuple[str, bool]]:
    """Draw the titles before any is typed: the bot's threads use `random`, which must rest while Hypothesis draws."""
    cases: list[tuple[str, bool]] = []

    @settings(max_examples=many, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TITLES, st.booleans())
    def draw(text: str, as_title: bool) -> None:
        cases.append((text, as_title))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisDeprecationWarning)  # says so where the bot was quicker than we
        draw()
    return cases


async def test_odd_titles_and_notes_never_make_slack_refuse(shared: Stage):
    inc = await room(shared)
    since, calls = len(shared.rehearsal.ledger.posts), len(shared.rehearsal.ledger.calls())
    for text, as_title in drawn(150):
        line = f"open --force sev3 {text}" if as_title else f"note {text}"
        said = await inc.say(line.replace("@ben", ""))
        assert "I failed" not in said, (text, said)
    await shared.settled()
    harmless(shared, since, allowed=(shared.person("ada").user_id,))
    failed = [e.error for e in shared.rehearsal.ledger.calls()[calls:] if not e.ok]
    assert failed == []


@pytest.mark.parametrize(
    ("came", "typed"),
    [
        ("<@U1|ada> and <@U2>", "@ada and @U2"),
        ("<#C1|general> <#C2>", "#general #C2"),
        ("<!here> <!channel|@channel> <!subteam^S1|@team>", "@here @channel @team"),
        ("<https://a.test/x> <http://a.test|a.test> <mailto:a@b.c|a@b.c>", "https://a.test/x a.test a@b.c"),
        ("&lt;!here&gt; &amp;amp;", "<!here> &amp;"),
    ],
)
async def test_words_are_handed_back_as_they_were_typed(came, typed):
    assert as_typed(came) == typed


async def test_no_text_of_ours_holds_a_broadcast():
    on_call = "<!subteam^{on_call}>"  # the group that the owner named in a setting, when a person asks for help
    for file in (Path(__file__).parents[2] / "bot" / "slack").rglob("*.py"):
        code = re.sub(r'"""(?s:.*?)"""|#.*', "", file.read_text()).replace(on_call, "")
        assert not [t for t in TOKEN.findall(code) if t.startswith(("!here", "!channel", "!everyone", "!subteam"))], (
            file
        )
