"""`muster manifest`: what Slack is asked for."""

from __future__ import annotations

import json

import yaml

from bot.settings import HERE
from bot.slack.commands import COMMANDS
from bot.slack.events import EVENTS
from bot.slack.manifest import SCOPES, SUBSCRIBED


def test_the_committed_manifest_is_what_the_code_prints(muster):
    assert (HERE / "slack-manifest.yaml").read_text(encoding="utf-8") == muster("manifest").out


def test_the_manifest_asks_for_what_the_code_uses(muster):
    told = yaml.safe_load(muster("manifest").out)
    assert told["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)
    assert [row["command"] for row in told["features"]["slash_commands"]] == list(COMMANDS)
    events = {*EVENTS, *SUBSCRIBED.values()} - {*SUBSCRIBED}
    assert told["settings"]["event_subscriptions"] == {"bot_events": sorted(events)}
    assert told["settings"]["socket_mode_enabled"] is True


def test_with_an_address_slack_comes_to_us(muster):
    told = yaml.safe_load(muster("manifest", "--url", "https://muster.example/").out)
    address = "https://muster.example/slack/events"
    assert {row["url"] for row in told["features"]["slash_commands"]} == {address}
    assert told["settings"]["event_subscriptions"]["request_url"] == address
    assert told["settings"]["interactivity"]["request_url"] == address
    assert told["settings"]["socket_mode_enabled"] is False


def test_as_data_it_says_the_same(muster):
    assert json.loads(muster("manifest", "--json").out) == yaml.safe_load(muster("manifest").out)


def test_an_address_that_slack_would_refuse_is_refused_here(muster):
    said = muster("manifest", "--url", "http://muster.example")
    assert said.status == 1
    assert said.err.startswith("`http://muster.example` is no https address.")
