"""`muster rehearse`: the Slack-compatible workspace alone, for anyone who develops a Slack app."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

import yaml

from bot.cli.demo import APP_TOKEN, BOT_TOKEN, SECRET, WORKSPACE_PORT
from bot.cli.talk import number, quiet_logging
from bot.errors import UserError
from bot.rehearsal.app import AppConfig
from bot.rehearsal.refusals import RehearsalError
from bot.rehearsal.server import Rehearsal
from bot.slack.manifest import manifest

EXAMPLE = "See `muster manifest` for what one looks like."


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--port", type=number(0, 65535), default=WORKSPACE_PORT, help=f"default {WORKSPACE_PORT}")
    parser.add_argument("--manifest", type=Path, help="your app's manifest, YAML or JSON (default: Muster's own)")
    parser.add_argument("--request-url", default="", help="where to deliver by HTTP; without it, Socket Mode")


def run(arguments: argparse.Namespace) -> int:
    """Serve the workspace until Ctrl-C."""
    quiet_logging()
    try:
        app = AppConfig.from_manifest(
            _manifest(arguments.manifest),
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            signing_secret=SECRET,
            request_url=arguments.request_url,
        )
        asyncio.run(_serve(Rehearsal(app, port=arguments.port)))
    except RehearsalError as error:
        raise UserError(f"Slack would refuse that manifest: {error}.") from None
    except OSError as error:
        raise UserError(
            f"The workspace cannot start: {error.strerror or error}.", hint="Choose another port with --port."
        ) from None
    return 0


async def _serve(rehearsal: Rehearsal) -> None:
    await rehearsal.start()
    print(f"The workspace is at {rehearsal.url}. Start your app with:\n")
    print(f"  export SLACK_API_URL={rehearsal.api_url}\n  export SLACK_BOT_TOKEN={BOT_TOKEN}")
    print(f"  export SLACK_APP_TOKEN={APP_TOKEN}\n  export SLACK_SIGNING_SECRET={SECRET}")
    print("\nThis very bot, for example: muster serve\nCtrl-C ends the workspace; it keeps nothing.", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await rehearsal.stop()


def _manifest(file: Path | None) -> dict[str, Any]:
    if file is None:
        return manifest()
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise UserError(f"{file} cannot be read as a manifest: {why}", hint=EXAMPLE) from None
    if not isinstance(read, dict):
        raise UserError(f"{file} holds no manifest.", hint=EXAMPLE)
    return read
