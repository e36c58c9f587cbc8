"""The Bolt app: the only place that knows Bolt's payloads, and the only one that catches.

Before the acknowledgement one transaction holds the effect and the delivery's key, so that a repeat does nothing and
reads the same answer. Calls to Slack come after it: `context["after"]` collects them, and whoever sends the
acknowledgement runs them then.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import UserError
from bot.services.deps import Deps
from bot.services.desk import Desk
from bot.slack import commands
from bot.slack.acquaintance import get_to_know
from bot.slack.aftercare import Aftercare
from bot.slack.asked import Answer, Asked
from bot.slack.buttons import BUTTONS
from bot.slack.events import EVENTS
from bot.slack.once import Once
from bot.slack.pressed import OLD, Pressed
from bot.slack.submissions import FORMS, FieldError, Submitted
from bot.slack.submissions import OLD as OLD_FORM
from bot.store import people

log = logging.getLogger(__name__)

Body = dict[str, Any]
AFTER = "after"


def build(deps: Deps, client: AsyncWebClient, aftercare: Aftercare) -> AsyncApp:
    """Return the app with every listener. Requests were verified before they get here."""

    known: dict[str, AuthorizeResult] = {}  # who we are in each workspace; it does not change while a token lives

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        team = team_id or ""
        if team in known:
            return known[team]
        me = await deps.door.read(lambda session: people.workspace(session, team))
        found = AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=deps.settings.slack_bot_token,
            bot_id=(me and me.bot_id) or None,
            bot_user_id=(me and me.bot_user_id) or None,
        )
        if found.bot_user_id:
            known[team] = found
        return found

    once = Once(deps)
    app = AsyncApp(
        client=client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # the front gate did it; a socket needs none
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
        logger=logging.getLogger("slack_bolt"),
    )
    app.command(re.compile("^/"))(_on_command(deps, aftercare, once))
    app.action(re.compile(""))(_on_action(aftercare, once))
    app.view(re.compile(""))(_on_submission(aftercare, once))
    app.event(re.compile(""))(_on_event(once))
    app.error(_on_error)
    return app


Listener = Callable[..., Awaitable[None]]


def _on_command(deps: Deps, aftercare: Aftercare, once: Once) -> Listener:
    async def command(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        asked = Asked.by(body)
        run = commands.COMMANDS.get(asked.command)

        def job(desk: Desk) -> Answer:
            if run is None:
                raise UserError(f"I do not know `{asked.command}`.", hint="Try `/incident help`.")
            return run(desk, asked)

        typed = f"{asked.command} {asked.text}".strip()
        answer = await once.answer(asked, job, typed)
        await ack(**answer.as_ack())
        if answer.view:
            trigger = str(body.get("trigger_id") or "")
            _after(context, lambda: aftercare.open_view(asked.channel_id, asked.user_id, trigger, answer.view, typed))
        _after(context, lambda: get_to_know(deps, aftercare, asked))

    return command


def _on_action(aftercare: Aftercare, once: Once) -> Listener:
    async def action(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        press = (body.get("actions") or [{}])[0]
        name = str(press.get("action_id") or "")
        pressed = Pressed(
            team_id=str((body.get("team") or {}).get("id") or ""),
            user_id=str((body.get("user") or {}).get("id") or ""),
            channel_id=str((body.get("channel") or {}).get("id") or ""),
            value=str(press.get("value") or ""),
            key=f"action:{press.get('action_ts')}:{body.get('trigger_id')}",
        )

        def job(desk: Desk) -> Answer:
            handler = BUTTONS.get(name)
            return (handler(desk, pressed) if handler else Answer(text=OLD)) or Answer(text="")

        answer = await once.explained(pressed.team_id, pressed.key, job)
        await ack()
        trigger = str(body.get("trigger_id") or "")
        if answer.view:
            _after(context, lambda: aftercare.open_view(pressed.channel_id, pressed.user_id, trigger, answer.view, ""))
        elif answer.text:
            _after(context, lambda: aftercare.tell(pressed.channel_id, pressed.user_id, answer))

    return action


def _on_submission(aftercare: Aftercare, once: Once) -> Listener:
    async def submission(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        form = Submitted.by(body)
        handler = FORMS.get(str((body.get("view") or {}).get("callback_id") or ""))

        def job(desk: Desk) -> Answer:
            return (handler(desk, form) if handler else Answer(text=OLD_FORM)) or Answer(text="")

        try:
            answer = await once.carried_out(form.team_id, form.key, job)
        except UserError as error:
            field = error.field if isinstance(error, FieldError) else next(iter(form.values), "")
            told = f"{error.message} {error.hint}".strip().replace("`", "")  # Slack shows it as plain text
            await ack(response_action="errors", errors={field: told})
            return
        await ack()
        if answer.text:
            channel = str(form.about.get("channel") or "")
            _after(context, lambda: aftercare.tell(channel, form.user_id, answer))

    return submission


def _on_event(once: Once) -> Listener:
    async def event(body: Body) -> None:
        happened = body.get("event") or {}
        handler = EVENTS.get(str(happened.get("type") or ""))
        if handler is None:
            return
        key = f"event:{body.get('event_id')}"

        def job(desk: Desk) -> Answer:
            handler(desk, happened)
            return Answer(text="")

        await once.carried_out(str(body.get("team_id") or ""), key, job)

    return event


async def _on_error(error: Exception) -> BoltResponse:
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in traceback.walk_tb(error.__traceback__)]
    if not any(name.startswith("bot.") for name in modules):
        log.info("Bolt cannot read a payload (%s)", type(error).__name__)  # nothing of ours ran
        return BoltResponse(status=400, body="")
    # Nothing was stored, so nothing is acknowledged: Slack delivers an event again, and a person sees a failure.
    log.error("unexpected error while Slack waits", exc_info=error)
    return BoltResponse(status=500, body="")


def _after(context: AsyncBoltContext, call: Callable[[], Awaitable[None]]) -> None:
    context[AFTER].append(call)
