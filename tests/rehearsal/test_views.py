"""Modals through the Web API and a person's hands."""

from __future__ import annotations

import pytest

from bot.rehearsal.refusals import Refusal, RehearsalError
from bot.rehearsal.triggers import Handles
from tests.rehearsal.apps import refused


def plain(text):
    return {"type": "plain_text", "text": text}


def asks(block_id, element, **more):
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def option(value):
    return {"text": plain(value), "value": value}


TITLE = asks("title", {"type": "plain_text_input", "action_id": "t", "max_length": 5, "initial_value": "abc"})
SEVERITY = asks("sev", {"type": "static_select", "action_id": "s", "options": [option("sev1"), option("sev2")]})
WHO = asks("who", {"type": "users_select", "action_id": "w"}, optional=True)
TAGS = asks("tags", {"type": "checkboxes", "action_id": "c", "options": [option("a"), option("b")]}, optional=True)
WHEN = asks("when", {"type": "datetimepicker", "action_id": "d"}, optional=True)
MORE = {
    "type": "actions",
    "block_id": "more",
    "elements": [{"type": "button", "action_id": "more", "text": plain("+")}],
}


def modal(*blocks, **more):
    return {"type": "modal", "title": plain("T"), "submit": plain("Go"), "blocks": list(blocks), **more}


@pytest.fixture
def ada(rehearsal):
    return rehearsal.person("ada")


@pytest.fixture
def trigger(rehearsal, ada):
    """Give a fresh trigger of Ada's, as a command would."""
    return lambda: rehearsal._stage.handles.new_trigger(ada.user_id)


async def test_a_trigger_opens_one_modal(slack, trigger):
    once = trigger()
    await slack.views_open(trigger_id=once, view=modal(TITLE))
    assert await refused(slack.views_open(trigger_id=once, view=modal(TITLE))) == "exchanged_trigger_id"
    assert await refused(slack.views_open(trigger_id="12.34.ab", view=modal(TITLE))) == "invalid_trigger_id"


async def test_a_trigger_is_good_for_three_seconds():
    now_s = [0.0]
    handles = Handles(monotonic=lambda: now_s[0])
    early, late = handles.new_trigger("U1"), handles.new_trigger("U1")
    now_s[0] = 3.0
    assert handles.use_trigger(early, 3.0).user == "U1"
    now_s[0] = 3.1
    with pytest.raises(Refusal, match="expired_trigger_id"):
        handles.use_trigger(late, 3.0)


async def test_a_response_url_takes_five_posts_and_lives_half_an_hour():
    now_s = [0.0]
    handles = Handles(monotonic=lambda: now_s[0])
    busy, old = handles.new_hook("U1", "C1"), handles.new_hook("U1", "C1")
    for _ in range(5):
        handles.use_hook(busy)
    with pytest.raises(Refusal, match="used_url"):
        handles.use_hook(busy)
    now_s[0] = 1800.1
    with pytest.raises(Refusal, match="expired_url"):
        handles.use_hook(old)


@pytest.mark.parametrize(
    ("view", "code"),
    [
        (modal(TITLE, title=plain("x" * 25)), "invalid_arguments"),
        (modal(TITLE, private_metadata="x" * 3001), "invalid_arguments"),
        ({"type": "home", "blocks": []}, "invalid_arguments"),
        (modal(*[{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 90), "view_too_large"),
        ("{", "invalid_arguments"),
    ],
)
async def test_a_view_slack_would_refuse_is_refused(slack, trigger, view, code):
    assert await refused(slack.views_open(trigger_id=trigger(), view=view)) == code


async def test_state_begins_with_what_the_app_put_in(slack, trigger):
    opened = await slack.views_open(trigger_id=trigger(), view=modal(TITLE, SEVERITY, TAGS))
    assert opened["view"]["state"]["values"] == {
        "title": {"t": {"type": "plain_text_input", "value": "abc"}},
        "sev": {"s": {"type": "static_select", "selected_option": None}},
        "tags": {"c": {"type": "checkboxes", "selected_options": []}},
    }


async def test_an_update_checks_the_hash_and_keeps_what_was_typed_under_the_same_ids(slack, ada, trigger):
    opened = (await slack.views_open(trigger_id=trigger(), view=modal(TITLE, SEVERITY)))["view"]
    await ada.clicks_in_view(opened["id"], "s", selected="sev2")
    updated = (await slack.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(SEVERITY, WHO)))["view"]
    assert updated["state"]["values"]["sev"]["s"]["selected_option"]["value"] == "sev2"
    stale = slack.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(TITLE))
    assert await refused(stale) == "hash_conflict"
    assert await refused(slack.views_update(view_id="V0GONE", view=modal(TITLE))) == "not_found"


async def test_an_external_id_is_unique_and_finds_the_view(slack, trigger):
    await slack.views_open(trigger_id=trigger(), view=modal(TITLE, external_id="inc-1"))
    answer = await slack.views_update(external_id="inc-1", view=modal(WHO, external_id="inc-1"))
    assert answer["view"]["external_id"] == "inc-1"
    again = slack.views_publish(user_id=(answer["view"]["id"]), view={"type": "home", "blocks": []})
    assert await refused(again) == "invalid_arguments"


async def test_modals_stack_three_high(rehearsal, slack, ada, trigger):
    await slack.views_open(trigger_id=trigger(), view=modal(TITLE))
    for expected in (None, None, "push_limit_reached"):
        top = await ada.open_view()
        inner = rehearsal._stage.handles.new_trigger(ada.user_id, top["id"])
        pushed = slack.views_push(trigger_id=inner, view=modal(WHO))
        assert (await refused(pushed) if expected else (await pushed)["ok"] and None) == expected
    assert (await ada.open_view())["depth"] == 3
    await ada.dismisses((await ada.open_view())["id"])
    assert (await ada.open_view())["depth"] == 2


async def test_what_a_field_refuses_is_said_under_it_and_not_brought_to_the_app(rehearsal, slack, ada, trigger):
    view = (await slack.views_open(trigger_id=trigger(), view=modal(TITLE, SEVERITY, WHO)))["view"]
    told = await ada.submits(view["id"], {"title": {"t": "longer than five"}})
    assert told["errors"] == {
        "title": "This field takes at most 5 characters; it has 16.",
        "sev": "Please complete this required field.",
    }
    assert rehearsal.ledger.deliveries() == []


async def test_only_what_is_offered_can_be_chosen(slack, ada, trigger):
    view = (await slack.views_open(trigger_id=trigger(), view=modal(SEVERITY, WHO, WHEN)))["view"]
    with pytest.raises(RehearsalError, match="`sev9` is not offered; offered: sev1, sev2"):
        await ada.submits(view["id"], {"sev": {"s": "sev9"}})
    with pytest.raises(RehearsalError, match="nobody here is called `zoe`"):
        await ada.submits(view["id"], {"who": {"w": "zoe"}})
    with pytest.raises(RehearsalError, match="`soon` is not what a datetimepicker takes"):
        await ada.submits(view["id"], {"when": {"d": "soon"}})


async def test_nobody_fills_in_another_persons_modal(rehearsal, slack, trigger):
    view = (await slack.views_open(trigger_id=trigger(), view=modal(TITLE)))["view"]
    with pytest.raises(RehearsalError, match=f"ben has no view {view['id']} open"):
        await rehearsal.person("ben").submits(view["id"])


async def test_a_home_tab_is_published_per_person(slack, ada):
    home = {"type": "home", "blocks": [MORE]}
    first = (await slack.views_publish(user_id=ada.user_id, view=home))["view"]
    second = slack.views_publish(user_id=ada.user_id, view=home, hash="stale")
    assert await refused(second) == "hash_conflict"
    assert (await slack.views_publish(user_id=ada.user_id, view=home, hash=first["hash"]))["view"]["id"] == first["id"]
