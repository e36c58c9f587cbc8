"""What Slack is asked for at installation is what the code uses: no scope too few, and none too many."""

import ast
import json
from pathlib import Path

import pytest
import yaml

from bot.rehearsal import catalog
from bot.settings import HERE
from bot.slack.commands import COMMANDS
from bot.slack.events import EVENTS
from bot.slack.manifest import SCOPES, SUBSCRIBED, manifest

METHODS = json.loads((Path(catalog.__file__).parent / "slack_methods.json").read_text())
# The SDK makes these two calls of one.
INSIDE = {"files.upload_v2": ("files.getUploadURLExternal", "files.completeUploadExternal")}
# An event asks for one scope of each kind of channel; ours are public.
OF_EVENTS = {
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "member_joined_channel": "channels:read",
    "channel_rename": "channels:read",
    "message": "channels:history",
}
OF_FEATURES = {
    "commands": "slash commands",
    "chat:write.public": "posts where we are not a member",
    "im:write": "conversations.open with one person",
    "im:history": "conversations.history of a direct conversation",
}
# Of the scopes a method takes any one of, the kind for public channels.
PUBLIC = ("channels:manage", "channels:history", "channels:read", "channels:join")


def used_methods() -> set[str]:
    """Every method named in a call of the Web API caller."""
    found = set()
    for file in (HERE / "bot" / "slack").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            by = node.func if isinstance(node, ast.Call) else None
            called = by.attr if isinstance(by, ast.Attribute) else by.id if isinstance(by, ast.Name) else ""
            if called in ("_call", "_caller", "call") and node.args and isinstance(first := node.args[0], ast.Constant):
                found.add(first.value)
    return {inner for method in found for inner in INSIDE.get(method, (method,))}


def needed_scope(method: str) -> str:
    scopes = METHODS[method]["bot_scopes"]
    return next((scope for scope in scopes if scope in PUBLIC), scopes[0] if scopes else "")


def test_the_methods_are_found_where_they_are_called():
    assert {"chat.postMessage", "views.open", "conversations.create", "files.completeUploadExternal"} <= used_methods()


@pytest.mark.parametrize("method", sorted(used_methods()))
def test_each_method_used_is_known_and_has_its_scope(method):
    assert needed_scope(method) in {*SCOPES, ""}


def test_each_event_has_its_scope():
    assert set(OF_EVENTS) == set(EVENTS)
    assert set(OF_EVENTS.values()) <= set(SCOPES)


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_each_scope_is_needed_by_something_that_is_used(scope):
    assert scope in {*(needed_scope(method) for method in used_methods()), *OF_EVENTS.values(), *OF_FEATURES}


def test_the_committed_manifest_says_what_the_code_says():
    committed = yaml.safe_load((HERE / "slack-manifest.yaml").read_text(encoding="utf-8"))
    assert committed == manifest()
    assert committed["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)
    assert [row["command"] for row in committed["features"]["slash_commands"]] == list(COMMANDS)
    assert committed["settings"]["event_subscriptions"]["bot_events"] == sorted(
        {*EVENTS, *SUBSCRIBED.values()} - {*SUBSCRIBED}
    )


def test_every_command_asks_for_escaped_text_so_that_a_mention_is_told_from_words():
    assert all(row["should_escape"] is True for row in manifest()["features"]["slash_commands"])


def test_the_manifest_keeps_slacks_limits():
    made = manifest("https://muster.example")
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    for row in made["features"]["slash_commands"]:
        assert len(row["command"]) <= 32 and len(row["description"]) <= 2000 and len(row["usage_hint"]) <= 1000
