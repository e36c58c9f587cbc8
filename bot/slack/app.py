"""The Bolt app: the only place that knows Bolt's payloads, and the only one that catches.

Before the acknowledgement one transaction holds the effect and the delivery's key, so that a repeat does nothing and
reads the same answer. Calls to Slack come after it: `context["after"]` collects them, and whoever sends the
acknowledgement runs them then.
"""

from __future__ import annotations

import logging
import re
import secrets
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
from bot.slack.aftercare import Aftercare
from bot.slack.asked import Answer, Asked, problem
from bot.slack.buttons import BUTTONS, OLD, Pressed
from bot.slack.events import EVENTS
from bot.slack.submissions import FORMS, FieldError, Submitted
from bot.slack.submissions import OLD as OLD_FORM
from bot.store import deliveries, people

log = logging.getLogger(__name__)

Body = dict[str, Any]
AFTER = "after"


def build(deps: Deps, client: AsyncWebClient, aftercare: Aftercare) -> AsyncApp:
    """Return the app with every listener. Requests were verified before they get here."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        me = await deps.door.read(lambda session: people.workspace(session, team_id or ""))
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=deps.settings.slack_bot_token,
            bot_id=(me and me.bot_id) or None,
            bot_user_id=(me and me.bot_user_id) or None,
        )

    app = AsyncApp(
        client=client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # the front gate did it; a socket needs none
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
        logger=logging.getLogger("slack_bolt"),
    )
    app.command(re.compile("^/"))(_on_command(deps, aftercare))
    app.action(re.compile(""))(_on_action(deps, aftercare))
    app.view(re.compile(""))(_on_submission(deps, aftercare))
    app.event(re.compile(""))(_on_event(deps))
    app.error(_on_error)
    return app


Listener = Callable[..., Awaitable[None]]


def _on_command(deps: Deps, aftercare: Aftercare) -> Listener:
    async def command(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        asked = Asked.by(body)
        run = commands.COMMANDS.get(asked.command)

        def job(desk: Desk) -> Answer:
            people.heard_of(desk.session, desk.team_id, asked.user_id, asked.user_name, desk.wall)
            if run is None:
                raise UserError(f"I do not know `{asked.command}`.", hint="Try `/incident help`.")
            return run(desk, asked)

        typed = f"{asked.command} {asked.text}".strip()
        answer = await _once(deps, asked.team_id, asked.key, job, typed)
        await ack(**answer.as_ack())
        if answer.view:
            trigger = str(body.get("trigger_id") or "")
            _after(context, lambda: aftercare.open_view(asked.channel_id, asked.user_id, trigger, answer.view, typed))

    return command


def _on_action(deps: Deps, aftercare: Aftercare) -> Listener:
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

        answer = await _once(deps, pressed.team_id, pressed.key, job)
        await ack()
        trigger = str(body.get("trigger_id") or "")
        if answer.view:
            _after(context, lambda: aftercare.open_view(pressed.channel_id, pressed.user_id, trigger, answer.view, ""))
        elif answer.text:
            _after(context, lambda: aftercare.tell(pressed.channel_id, pressed.user_id, answer))

    return action


def _on_submission(deps: Deps, aftercare: Aftercare) -> Listener:
    async def submission(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        form = Submitted.by(body)
        handler = FORMS.get(str((body.get("view") or {}).get("callback_id") or ""))

        def job(desk: Desk) -> Answer:
            return (handler(desk, form) if handler else Answer(text=OLD_FORM)) or Answer(text="")

        try:
            answer = await _once(deps, form.team_id, form.key, job, raises=True)
        except UserError as error:
            field = error.field if isinstance(error, FieldError) else next(iter(form.values), "")
            await ack(response_action="errors", errors={field: f"{error.message} {error.hint}".strip()})
            return
        await ack()
        if answer.text:
            channel = str(form.about.get("channel") or "")
            _after(context, lambda: aftercare.tell(channel, form.user_id, answer))

    return submission


def _on_event(deps: Deps) -> Listener:
    async def event(body: Body) -> None:
        happened = body.get("event") or {}
        handler = EVENTS.get(str(happened.get("type") or ""))
        if handler is None:
            return
        key = f"event:{body.get('event_id')}"

        def job(desk: Desk) -> Answer:
            handler(desk, happened)
            return Answer(text="")

        await _once(deps, str(body.get("team_id") or ""), key, job, raises=True)

    return event


async def _once(
    deps: Deps, team_id: str, key: str, job: Callable[[Desk], Answer], typed: str = "", *, raises: bool = False
) -> Answer:
    """Do the job and keep its answer under the delivery's key, in one transaction; the second time, only answer."""

    def in_one_go(desk: Desk) -> Answer:
        before = deliveries.answered(desk.session, team_id, key)
        if before is not None:
            return Answer(**before)
        people.meet(desk.session, team_id, desk.wall)
        answer = job(desk)
        kept = {"text": answer.text, "blocks": list(answer.blocks), "in_channel": answer.in_channel}
        deliveries.keep(desk.session, team_id, key, kept, desk.wall)
        return answer

    try:
        return await deps.at_desk(team_id, in_one_go)
    except UserError as error:
        if raises:
            raise
        return problem(error, typed)
    except Exception as bug:  # the one place that catches: the person gets a reference
        if raises:
            raise
        ref = secrets.token_hex(3)
        log.error("unexpected error, ref %s", ref, exc_info=bug)
        return problem(UserError(f"I failed, and that is my fault (ref {ref}).", AGAIN), typed)


AGAIN = "Check `/incident list` before you try again."


async def _on_error(error: Exception) -> BoltResponse:
    # Nothing was stored, so nothing is acknowledged: Slack delivers an event again, and a person sees a failure.
    log.error("unexpected error while Slack waits", exc_info=error)
    return BoltResponse(status=500, body="")


def _after(context: AsyncBoltContext, call: Callable[[], Awaitable[None]]) -> None:
    context[AFTER].append(call)
