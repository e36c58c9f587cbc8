import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.arguments import unescape
from bot.slack.text import date, escape, fence, link, mention, plain, shorten, units

NAUGHTY = json.loads((Path(__file__).parents[1] / "naughty.json").read_text())
TEXTS = st.one_of(
    st.text(),
    st.sampled_from(NAUGHTY),
    st.lists(
        st.sampled_from([*"<>&|`*_~!@#^", "lt;", "<!here>", "<@U1>", "https://", " ", "\n", "a"]), max_size=12
    ).map("".join),
)
AT = datetime(2026, 11, 20, 13, 10, tzinfo=UTC)
FORMATTED = re.compile(r"(?<![A-Za-z0-9])([*_~])(?=\S)[^\n]*?(?<=\S)\1(?![A-Za-z0-9])|`[^`\n]+`")


def acted_on(mrkdwn):
    """What Slack acts on: every <…> it finds."""
    return re.findall(r"<[^>]*>?", mrkdwn)


@given(TEXTS)
def test_escaped_text_holds_nothing_slack_acts_on_and_comes_back_unchanged(text):
    assert acted_on(escape(text)) == []
    assert unescape(escape(text)) == text


@given(TEXTS)
def test_plain_text_cannot_ping_format_or_quote(text):
    shown = plain(text)
    assert acted_on(shown) == []
    assert not FORMATTED.search(shown)
    assert not re.search(r"(?m)^\s*&gt;", shown)


def test_plain_text_stays_readable_and_names_with_underscores_stay_exact():
    assert plain("*bold* db_1 2*3 ~x~ `id`") == "∗bold∗ db_1 2*3 ∼x∼ ˋidˋ"
    assert plain("> quoted <!here>") == "› quoted &lt;!here&gt;"


@given(TEXTS, st.integers(-1, 60), st.booleans())
@example("AT&T", 4, True)
def test_shortened_text_fits_and_holds_whole_characters(text, limit, escaped):
    cut = shorten(text, limit, escaped=escaped)
    assert units(cut) <= max(0, limit)
    full = escape(text) if escaped else text
    assert cut == full or cut == "" or (cut.endswith("…") and full.startswith(cut[:-1]))
    assert cut == full or units(full) > limit
    if escaped:
        assert re.fullmatch(r"([^&<>]|&(amp|lt|gt);)*", cut)


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("one two", 5, "one…"),
        ("e\u0301" * 5, 4, "e\u0301…"),
        ("👩\u200d🚒👩\u200d🚒", 7, "👩\u200d🚒…"),
        ("🇫🇮🇸🇪", 7, "🇫🇮…"),
        ("👍🏽👍🏽", 6, "👍🏽…"),
        ("\u1100\u1161\u11a8" * 2, 5, "\u1100\u1161\u11a8…"),
        ("😀😀", 3, "😀…"),
        ("x" + "\u0301" * 50, 10, "…"),
    ],
)
def test_the_cut_falls_between_characters_as_people_see_them(text, limit, cut):
    assert shorten(text, limit) == cut


def test_the_escaped_form_fits_and_no_entity_is_halved():
    assert shorten("AT&T is down", 7, escaped=True) == "AT…"
    assert shorten("AT&T is down", 8, escaped=True) == "AT&amp;…"
    assert shorten("<" * 2000, 3000, escaped=True) == "&lt;" * 749 + "…"


@given(TEXTS)
def test_a_fence_is_closed_by_its_own_back_ticks_only(text):
    block = fence(text)
    assert block.startswith("```\n") and block.endswith("\n```")
    assert block.count("```") == 2 and "``" not in block[4:-4]
    assert acted_on(block) == []


@given(TEXTS, st.integers(9, 40))
def test_a_fence_keeps_its_limit(text, limit):
    assert units(fence(text, limit)) <= limit


def test_only_well_formed_ids_become_mentions():
    assert mention("U123") == "<@U123>"
    assert mention("terminal:ada") == "ada, at the terminal"
    assert mention("U1> <!here") == "U1&gt; &lt;!here"


@given(TEXTS)
def test_data_can_never_become_a_mention(text):
    assert acted_on(mention(text)) in ([], [f"<@{text}>"])
    assert "!" not in "".join(acted_on(mention(text)))


@pytest.mark.parametrize(
    ("url", "label", "shown"),
    [
        ("https://a.test/x", "the page", "<https://a.test/x|the page>"),
        ("https://a.test/?x=1&y=|>2", "la|b<el>", "<https://a.test/?x=1&amp;y=%7C%3E2|la¦b&lt;el&gt;>"),
        ("https://evil.test", "https://bank.test", "<https://evil.test|https://evil.test>"),
        ("https://a.test", "", "<https://a.test|https://a.test>"),
        ("javascript:alert(1)", "the page", "the page"),
        ("ftp://a.test", "the page", "the page"),
        ("https://", "the page", "the page"),
        ("http://[::1", "the page", "the page"),
        ("!here", "<!here>", "&lt;!here&gt;"),
    ],
)
def test_a_link_goes_where_it_says_or_is_no_link(url, label, shown):
    assert link(url, label) == shown


@given(TEXTS, TEXTS)
def test_a_link_is_one_link_or_none(url, label):
    for target in (url, f"https://a.test/{url}"):
        found = acted_on(link(target, label))
        assert len(found) <= 1
        assert all(re.fullmatch(r"<https?://[^|<>\s]+\|[^|<>\n]+>", one, re.IGNORECASE) for one in found)


def test_a_date_is_shown_in_the_readers_zone_with_utc_to_fall_back_on():
    assert date(AT) == "<!date^1795180200^{time}|13:10 UTC>"
    assert date(AT, "{date_short} {time}") == "<!date^1795180200^{date_short} {time}|2026-11-20 13:10 UTC>"
    assert date(AT, fallback="ten past") == "<!date^1795180200^{time}|ten past>"
