"""Block Kit's limits, each at its edge."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rehearsal.blockkit import BLOCKS, RICH_LEAVES, RICH_PARTS, check_blocks, check_view, text_chars, with_ids
from bot.rehearsal.elements import ELEMENTS
from bot.rehearsal.mrkdwn import mentions_of
from bot.rehearsal.views import initial_values


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


def section(text="x", **more):
    return {"type": "section", "text": mrkdwn(text), **more}


def button(**changes):
    return {"type": "button", "action_id": "go", "text": plain("Go"), **changes}


def option(value="a", text="A"):
    return {"text": plain(text), "value": value}


def select(count=1, **changes):
    options = [option(str(n)) for n in range(count)]
    return {"type": "static_select", "action_id": "pick", "options": options, **changes}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def asks(element, **more):
    return {"type": "input", "label": plain("Title"), "element": element, **more}


TYPED = {"type": "plain_text_input", "action_id": "t"}
TWO = {
    "type": "context",
    "elements": [mrkdwn("x"), {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a"}],
}
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}, {"type": "user", "user_id": "U1"}]},
        {"type": "rich_text_list", "style": "bullet", "elements": [{"type": "rich_text_section", "elements": []}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
    ],
}
CONFIRM = {
    "title": plain("Sure?"),
    "text": mrkdwn("It stops the primary."),
    "confirm": plain("Do"),
    "deny": plain("No"),
}


@pytest.mark.parametrize(
    "block",
    [
        section("x" * 3000),
        {"type": "section", "fields": [mrkdwn("x" * 2000)] * 10},
        section(accessory=button()),
        {"type": "header", "text": plain("x" * 150)},
        {"type": "divider"},
        TWO,
        actions(*[button(action_id=str(n)) for n in range(25)]),
        actions(button(text=plain("x" * 75), value="x" * 2000, style="danger", confirm=CONFIRM)),
        actions(select(100)),
        actions({"type": "overflow", "action_id": "o", "options": [option("1"), option("2")]}),
        actions({"type": "users_select", "action_id": "u", "placeholder": plain("x" * 150)}),
        actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-01-01"}),
        asks(TYPED),
        asks({"type": "checkboxes", "action_id": "c", "options": [option(str(n)) for n in range(10)]}),
        asks({"type": "radio_buttons", "action_id": "r", "options": [option()]}),
        asks({"type": "datetimepicker", "action_id": "w"}),
        asks({"type": "users_select", "action_id": "u"}, optional=True, hint=plain("x" * 2000)),
        {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a", "title": plain("t")},
        {"type": "markdown", "text": "x" * 12_000},
        RICH,
    ],
)
def test_what_slack_takes_is_taken(block):
    assert check_blocks([block], "message") == []


@pytest.mark.parametrize(
    ("block", "where"),
    [
        (section("x" * 3001), "/blocks/0/text/text"),
        (section(""), "/blocks/0/text/text"),
        ({"type": "section"}, "/blocks/0]"),
        ({"type": "section", "fields": [mrkdwn("x")] * 11}, "/blocks/0/fields"),
        ({"type": "section", "fields": [mrkdwn("x" * 2001)]}, "/blocks/0/fields/0/text"),
        (section(colour="red"), "invalid additional property: colour"),
        (section(accessory=TYPED), "/blocks/0/accessory/type"),
        ({"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text"),
        ({"type": "header", "text": mrkdwn("x")}, "/blocks/0/text/type"),
        ({"type": "context", "elements": [mrkdwn("x")] * 11}, "/blocks/0/elements"),
        ({"type": "context", "elements": []}, "/blocks/0/elements"),
        (actions(), "/blocks/0/elements"),
        (actions(*[button(action_id=str(n)) for n in range(26)]), "/blocks/0/elements"),
        (actions(button(), button()), "action_id must be unique"),
        (actions(button(text=plain("x" * 76))), "/elements/0/text/text"),
        (actions(button(text=mrkdwn("x"))), "/elements/0/text/type"),
        (actions(button(value="x" * 2001)), "/elements/0/value"),
        (actions(button(value=7)), "/elements/0/value"),
        (actions(button(url="x" * 3001)), "/elements/0/url"),
        (actions(button(style="warning")), "/elements/0/style"),
        (actions(button(action_id="x" * 256)), "/elements/0/action_id"),
        (actions(select(0)), "/elements/0/options"),
        (actions(select(101)), "/elements/0/options"),
        (actions(select(options=[option("x" * 151)])), "/options/0/value"),
        (actions(select(options=[option(3)])), "/options/0/value"),
        (actions(select(options=[option(text="x" * 76)])), "/options/0/text/text"),
        (actions(select(options=[option("a"), option("a")])), "option values must differ"),
        (actions(select(initial_option=option("z"))), "initial option"),
        (actions({"type": "overflow", "action_id": "o", "options": [option(str(n)) for n in range(6)]}), "/options"),
        (actions({"type": "external_select", "action_id": "e"}), "/elements/0/type"),
        (actions(TYPED), "/elements/0/type"),
        (asks(button()), "/element/type"),
        (asks({"type": "checkboxes", "action_id": "c", "options": [option(str(n)) for n in range(11)]}), "/options"),
        (asks(TYPED | {"max_length": 3001}), "/element/max_length"),
        (asks(TYPED | {"max_length": 0}), "/element/max_length"),
        (asks(TYPED | {"initial_value": "abc", "max_length": 2}), "/element/initial_value"),
        (asks(TYPED, label=plain("x" * 2001)), "/label/text"),
        (asks(TYPED, optional="yes"), "/optional"),
        ({"type": "image", "image_url": "file:///etc/passwd", "alt_text": "a"}, "/image_url"),
        ({"type": "image", "image_url": "https://x.example/a.png"}, "missing required field: alt_text"),
        ({"type": "markdown", "text": "x" * 12_001}, "/blocks/0/text"),
        ({"type": "rich_text", "elements": [{"type": "section"}]}, "/blocks/0/elements/0/type"),
        ({"type": "call"}, "/blocks/0/type"),
        ("divider", "/blocks/0/type"),
        (actions(button(confirm={**CONFIRM, "title": plain("x" * 101)})), "/confirm/title/text"),
        (actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)})), "/confirm/deny/text"),
    ],
)
def test_one_step_over_a_limit_is_refused_and_the_place_named(block, where):
    problems = check_blocks([block], "message")
    assert any(where in problem for problem in problems), problems


def test_a_message_has_fifty_blocks_and_a_modal_a_hundred():
    many = [{"type": "divider"}] * 51
    assert check_blocks(many, "message") == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert check_blocks(many, "modal") == []


def test_block_ids_must_differ():
    twice = [section(block_id="a"), section(block_id="a")]
    assert check_blocks(twice, "message") == ["block_id `a` already exists [json-pointer:/blocks]"]


def modal(**changes):
    return {"type": "modal", "title": plain("Declare"), "submit": plain("Go"), "blocks": [asks(TYPED)], **changes}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"title": plain("x" * 25)}, "/view/title/text"),
        ({"submit": plain("x" * 25)}, "/view/submit/text"),
        ({"close": plain("x" * 25)}, "/view/close/text"),
        ({"private_metadata": "x" * 3001}, "/view/private_metadata"),
        ({"callback_id": "x" * 256}, "/view/callback_id"),
        ({"blocks": [{"type": "divider"}] * 101}, "/blocks"),
        ({"blocks": [{"type": "markdown", "text": "x"}]}, "/blocks/0/type"),
        ({"blocks": "none"}, "/blocks"),
        ({"type": "dialog"}, "/view/type"),
        ({"notify_on_close": "yes"}, "/view/notify_on_close"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_modal_has_limits_of_its_own(change, where):
    assert check_view(modal()) == []
    problems = check_view(modal(**change))
    assert any(where in problem for problem in problems), problems


def test_a_modal_with_a_field_needs_a_button_to_submit_it():
    view = modal()
    del view["submit"]
    assert "missing required field: submit" in check_view(view)[0]


def test_ids_the_app_left_out_are_made_and_its_own_are_kept():
    bare = {"type": "button", "text": plain("B")}
    named = with_ids([actions(button(), bare), section(block_id="mine")], lambda: "made")
    assert named[0]["block_id"] == "made"
    assert [element["action_id"] for element in named[0]["elements"]] == ["go", "made"]
    assert named[1]["block_id"] == "mine"


def test_text_is_counted_through_every_level():
    assert text_chars([section("abc"), actions(button()), RICH]) == 3 + 2 + 2


NAMES = st.sampled_from([*BLOCKS, *ELEMENTS, *RICH_PARTS, *RICH_LEAVES, "plain_text", "mrkdwn", "modal", "home"])
PARTS = {"type", "text", "fields", "elements", "accessory", "element", "label", "title", "hint", "blocks"}
CHOICES = {"options", "option_groups", "initial_option", "initial_options", "confirm", "value", "url"}
KEYS = st.sampled_from(sorted(PARTS | CHOICES | {"block_id", "action_id"}))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(ANYTHING, st.dictionaries(KEYS, ANYTHING), NAMES)
def test_no_shape_however_wrong_breaks_the_checker(anything, fields, kind):
    typed = {**fields, "type": kind}
    check_blocks([anything, typed], "message")
    check_view({**fields, "type": "modal", "blocks": [typed]})
    mentions_of([anything, typed])


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(list(ELEMENTS)))
def test_no_element_however_wrong_breaks_the_checker(data, kind):
    fields = st.dictionaries(st.sampled_from([*ELEMENTS[kind], "action_id"]), ANYTHING)
    element = {**data.draw(fields), "type": kind}
    for place in ({"type": "actions", "elements": [element]}, asks(element), section(accessory=element)):
        problems = check_blocks([place], "message")
        if not problems:
            with_ids([place], lambda: "made")
            initial_values(with_ids([place], lambda: "made"))
