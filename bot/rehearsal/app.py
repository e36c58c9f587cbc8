"""What the app under rehearsal is: its names, tokens, scopes, commands and events, as its manifest says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.rehearsal.refusals import RehearsalError

MAX_APP_NAME_CHARS = 35
MAX_COMMANDS = 50
MAX_COMMAND_CHARS = 32


@dataclass(frozen=True)
class CommandSpec:
    """One slash command. With `should_escape` typed @names and #channels arrive as ids, as the manifest asks."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = True


@dataclass(frozen=True, kw_only=True)
class AppConfig:
    """One Slack app as installed in the workspace. An empty `request_url` means Socket Mode only."""

    name: str
    bot_user_name: str
    bot_token: str
    app_token: str
    signing_secret: str
    scopes: frozenset[str]
    commands: tuple[CommandSpec, ...]
    events: frozenset[str]
    request_url: str = ""

    @classmethod
    def from_manifest(
        cls,
        manifest: Mapping[str, Any],
        *,
        bot_token: str,
        app_token: str,
        signing_secret: str,
        request_url: str = "",
    ) -> AppConfig:
        """Read Slack's app manifest format. Raises RehearsalError where Slack would refuse the manifest."""
        name = str(manifest.get("display_information", {}).get("name", ""))
        features = manifest.get("features", {})
        commands = tuple(_command(row) for row in features.get("slash_commands", []))
        if not 1 <= len(name) <= MAX_APP_NAME_CHARS:
            raise RehearsalError(f"an app name has 1 to {MAX_APP_NAME_CHARS} characters, `{name}` has {len(name)}")
        if len(commands) > MAX_COMMANDS:
            raise RehearsalError(f"an app has at most {MAX_COMMANDS} slash commands, this one has {len(commands)}")
        settings = manifest.get("settings", {})
        return cls(
            name=name,
            bot_user_name=str(features.get("bot_user", {}).get("display_name", name)),
            bot_token=bot_token,
            app_token=app_token,
            signing_secret=signing_secret,
            scopes=frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            commands=commands,
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            request_url=request_url,
        )


def _command(row: Mapping[str, Any]) -> CommandSpec:
    command = str(row.get("command", ""))
    if not command.startswith("/") or " " in command or len(command) > MAX_COMMAND_CHARS:
        raise RehearsalError(f"`{command}` is not a slash command of at most {MAX_COMMAND_CHARS} characters")
    return CommandSpec(
        command=command,
        description=str(row.get("description", "")),
        usage_hint=str(row.get("usage_hint", "")),
        should_escape=bool(row.get("should_escape", False)),
    )
