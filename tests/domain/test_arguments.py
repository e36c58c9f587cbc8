import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.arguments import (
    find_incident,
    find_names,
    find_people,
    find_severity,
    find_tags,
    nearest,
    normalise,
    split_verb,
    unescape,
)
from bot.domain.incident import Severity
from bot.domain.timeline import Tag
from bot.errors import UserError

NAUGHTY = json.loads((Path(__file__).parents[1] / "naughty.json").read_text())
SEV1, SEV2, SEV3 = Severity


@pytest.mark.parametrize(
    ("text", "severity", "rest"),
    [
        ("sev1 checkout is failing", SEV1, "checkout is failing"),
        ("checkout is failing SEV-2", SEV2, "checkout is failing"),
        ("checkout sev3 is slow", SEV3, "checkout is slow"),
        ("checkout is failing (sev1)", SEV1, "checkout is failing"),
        ("sev 1: checkout", SEV1, "checkout"),
        ("sev1, checkout", SEV1, "checkout"),
        ("severity 2 checkout", SEV2, "checkout"),
        ("Severity: 2 checkout", SEV2, "checkout"),
        ("--sev=3 checkout", SEV3, "checkout"),
        ("--severity 3 checkout", SEV3, "checkout"),
        ("checkout --s1", SEV1, "checkout"),
        ("sev-1", SEV1, ""),
        ("s1 checkout", SEV1, "checkout"),
        ("p1 checkout", SEV1, "checkout"),
        ("checkout P2", SEV2, "checkout"),
        ("P3", SEV3, ""),
        ("s3", SEV3, ""),
        ("critical checkout", SEV1, "checkout"),
        ("Major: checkout", SEV2, "checkout"),
        ("checkout sev minor", SEV3, "checkout"),
        ("sev-critical checkout", SEV1, "checkout"),
        ("sev2\nthe second line", SEV2, "the second line"),
        ("sev1 upgraded from sev2", SEV1, "upgraded from sev2"),
    ],
)
def test_a_severity_is_found_and_cut_out(text, severity, rest):
    assert find_severity(text) == (severity, rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "several things broke",
        "checkout is critical",
        "a minor thing",
        "s3 uploads fail",
        "failover of s1",
        "s4 is down",
        "p95 latency is high",
        "severity is unclear",
        "sev",
        "x.sev1.y",
        "sevilla is offline",
        "shard p2 of s2 is slow",
    ],
)
def test_words_that_only_look_like_a_severity_stay(text):
    assert find_severity(text) == (None, text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sev9 x", "sev9"),
        ("sev0", "sev0"),
        ("x sev 9", "sev 9"),
        ("sev -1", "sev -1"),
        ("sev +1 x", "sev +1"),
        ("sev1e9", "sev1e9"),
        ("sev1.5 x", "sev1.5"),
        ("sev10", "sev10"),
        ("p0 x", "p0"),
        ("s9", "s9"),
        ("--p7", "p7"),
        ("sev١", "sev١"),
        ("sev ٣", "sev ٣"),
    ],
)
def test_another_number_is_refused_by_name(text, shown):
    with pytest.raises(UserError) as caught:
        find_severity(text)
    assert caught.value.message == f"`{shown}` is not a severity."
    assert caught.value.hint == "Use sev1, sev2 or sev3."
    assert caught.value.typed == text


def test_people_are_found_by_id_and_the_label_is_not_trusted():
    assert find_people("lead <@U123|bob> and <@W9> now") == (("U123", "W9"), "lead and now")
    assert find_people("<@U1> <@U1>") == (("U1",), "")
    assert find_people("<@u1> <@U1 <!here> @U1") == ((), "<@u1> <@U1 <!here> @U1")


def test_a_plain_name_is_returned_for_a_question_back():
    assert find_names("lead @bob please") == (("bob",), "lead please")
    assert find_names("@åsa.b-c @bob @bob") == (("åsa.b-c", "bob"), "")
    assert find_names("bob@example.test @here <@U1|bob> @") == ((), "bob@example.test @here <@U1|bob> @")


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("INC-12 x", 12, "x"),
        ("x #12", 12, "x"),
        ("inc-12", 12, ""),
        ("inc 12 x", 12, "x"),
        ("INC12", 12, ""),
        (" 12 ", 12, ""),
        ("<#C123|inc-12-checkout> x", 12, "x"),
        ("<#C123|inc-12>", 12, ""),
        ("show INC-7 and INC-8", 7, "show and INC-8"),
        ("12 nodes", None, "12 nodes"),
        ("<#C123>", None, "<#C123>"),
        ("<#C1|general>", None, "<#C1|general>"),
        ("", None, ""),
        ("inc-12-checkout", None, "inc-12-checkout"),
        ("pinc-12", None, "pinc-12"),
        ("#١٢", None, "#١٢"),
        ("&#39;", None, "&#39;"),
    ],
)
def test_an_incident_is_found_by_number_or_channel(text, number, rest):
    assert find_incident(text) == (number, rest)


@pytest.mark.parametrize(
    ("text", "tags", "rest"),
    [
        ("#decision fail over the primary", (Tag.DECISION,), "fail over the primary"),
        ("fail over #action #DECISION", (Tag.ACTION, Tag.DECISION), "fail over"),
        ("we saw #impact on checkout", (Tag.IMPACT,), "we saw impact on checkout"),
        ("customers are fine #mitigated.", (Tag.MITIGATED,), "customers are fine."),
        ("#decisions #decison x", (Tag.DECISION,), "x"),
        ("#mitigation #luck x", (Tag.MITIGATED, Tag.LUCKY), "x"),
        ("#action", (Tag.ACTION,), ""),
    ],
)
def test_tags_are_found(text, tags, rest):
    assert find_tags(text) == (tags, rest)


@pytest.mark.parametrize(
    "text", ["#reaction x", "#general", "#12", "a#action", "##action", "<#C1|action>", "&#action", "#"]
)
def test_other_hashes_stay(text):
    assert find_tags(text) == ((), text)


def test_spacing_inside_a_note_is_kept():
    assert find_tags("a  table\n  of  rows #action") == ((Tag.ACTION,), "a  table\n  of  rows")


def test_what_phones_do_to_a_command_is_undone():
    assert normalise("open —sev1 “it’s” a\xa0b\r\nc\u200bd") == 'open --sev1 "it\'s" a b\ncd'
    assert normalise("down — still") == "down — still"
    assert normalise("half \ud800 pair \ud83d\ude00") == "half \ufffd pair 😀"


def test_slack_escapes_are_undone_once():
    assert unescape("&lt;a&gt; AT&amp;T &amp;lt; &quot;") == "<a> AT&T &lt; &quot;"


def test_the_verb_is_the_first_word():
    assert split_verb("  Open: sev1 x ") == ("open", "sev1 x")
    assert split_verb("open\nsev1  x") == ("open", "sev1  x")
    assert split_verb("") == ("", "")


def test_the_nearest_words_come_first():
    verbs = ("open", "status", "start", "note", "resolve")
    assert nearest("stauts", verbs)[0] == "status"
    assert nearest("res", verbs) == ("resolve",)
    assert nearest("st", verbs, limit=1) == ("status",)
    assert nearest("zzz", verbs) == ()


WORDS = st.sampled_from(
    ["sev", "sev1", "sev9", "-", "--", "1", "p1", "s3", "<@U1>", "@bob", "#action", "INC-1", " ", "\n", "<#C1|inc-1>"]
)
TEXTS = st.one_of(st.text(), st.lists(WORDS, max_size=8).map("".join), st.sampled_from(NAUGHTY))


@given(TEXTS)
def test_no_text_breaks_a_finder(text):
    for find in (find_people, find_names, find_incident, find_tags, split_verb):
        assert len(find(text)[1]) <= len(text)
    try:
        severity, rest = find_severity(text)
    except UserError as problem:
        assert problem.typed == text
    else:
        assert severity is not None or rest == text
    assert isinstance(nearest(text, ("open", "close")), tuple)


@given(TEXTS)
@example("\r\x00\n")
def test_normalising_twice_changes_nothing_and_can_be_stored(text):
    once = normalise(text)
    assert normalise(once) == once
    once.encode()


@given(st.text())
def test_unescaping_undoes_one_escape(text):
    assert unescape(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")) == text
