"""Turns what happens in the workspace into the events the app subscribed to, and brings them with Slack's retries."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bot.rehearsal import payloads
from bot.rehearsal.stage import Stage
from bot.rehearsal.things import Channel, Json, Message
from bot.rehearsal.workspace import Happening

MESSAGE_EVENT = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


class EventSender:
    """Listens to the workspace. Only subscribed types, only where the app is a member, only with the scope."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._under_way: set[asyncio.Task[None]] = set()
        self._first_tries: set[asyncio.Task[None]] = set()
        self._one_done = asyncio.Event()

    def hear(self, happening: Happening) -> None:
        """Bring the app whatever events this makes."""
        for event in events_of(happening, self._stage):
            task = asyncio.create_task(self._bring(payloads.event_callback(self._stage, event)))
            self._under_way.add(task)
            self._first_tries.add(task)
            task.add_done_callback(self._tried)
            task.add_done_callback(self._under_way.discard)

    async def settle(self) -> None:
        """Wait until every event had its first try; retries that are only planned are not waited for."""
        while self._first_tries:
            await self._one_done.wait()
            self._one_done.clear()

    def _tried(self, task: asyncio.Task[None] | None) -> None:
        if task is not None:
            self._first_tries.discard(task)
        self._one_done.set()

    async def stop(self) -> None:
        """Drop what is still under way."""
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _bring(self, payload: Json) -> None:
        stage, reason = self._stage, ""
        for attempt in range(len(stage.knobs.event_retry_delays_s) + 1):
            if attempt:
                await asyncio.sleep(stage.knobs.event_retry_delays_s[attempt - 1])
            outcome = await stage.delivery.ask("events_api", payload, retry=attempt, reason=reason)
            self._tried(asyncio.current_task())
            if outcome.ok or outcome.no_retry:
                return
            reason = outcome.reason


def events_of(happening: Happening, stage: Stage) -> Iterator[Json]:
    """Yield the events that this app gets for one happening."""
    app, channel = stage.ws.app, happening.channel
    for name, scope, event in _all_events(happening, stage):
        member = channel is None or stage.ws.bot.id in channel.members or event.get("user") == stage.ws.bot.id
        if name in app.events and scope in app.scopes and member:
            yield event


def _all_events(happening: Happening, stage: Stage) -> Iterator[tuple[str, str, Json]]:
    channel = happening.channel
    if channel is None:
        return
    ws, kind = stage.ws, happening.kind
    family = MESSAGE_EVENT[channel.kind]
    prefix = "channel" if channel.kind == "public" else "group"
    read = f"{family}:read"
    user, stamp = happening.user, {"event_ts": ws.new_ts()}
    where: Json = {"channel": channel.id, "channel_type": "C" if channel.kind == "public" else "G"}
    if happening.message is not None and kind in ("message", "message_changed", "message_deleted"):
        event = _message_event(happening, channel, happening.message, ws.team_id)
        yield f"message.{family}", f"{family}:history", event
        if kind == "message" and f"<@{ws.bot.id}" in happening.message.text and user != ws.bot.id:
            yield "app_mention", "app_mentions:read", _mention(event)
    elif happening.message is not None and kind in ("reaction_added", "reaction_removed"):
        item = {"type": "message", "channel": channel.id, "ts": happening.message.ts}
        event = {"type": kind, "user": user, "reaction": happening.detail["reaction"], "item": item}
        yield kind, "reactions:read", event | {"item_user": happening.message.user} | stamp
    elif kind in ("joined", "left"):
        name = f"member_{kind}_channel"
        yield name, read, {"type": name, "user": user, "team": ws.team_id, **where, **happening.detail, **stamp}
    elif kind in ("archived", "unarchived"):
        name = f"{prefix}_{kind.removesuffix('d')}"
        yield name, read, {"type": name, "channel": channel.id, "user": user, **stamp}
    elif kind == "renamed":
        shape = {"id": channel.id, "name": channel.name, "created": channel.created_s}
        yield f"{prefix}_rename", read, {"type": f"{prefix}_rename", "channel": shape, **stamp}


def _message_event(happening: Happening, channel: Channel, message: Message, team_id: str) -> Json:
    family = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}[channel.kind]
    where: Json = {"channel": channel.id, "channel_type": family}
    if happening.kind == "message":
        return message.slack_shape(team_id) | where | {"event_ts": message.ts}
    ts = message.edited["ts"] if message.edited else message.ts
    event: Json = {"type": "message", "subtype": happening.kind, "ts": ts, "event_ts": ts, "hidden": True, **where}
    previous = happening.detail["previous"]
    if happening.kind == "message_changed":
        return event | {"message": message.slack_shape(team_id), "previous_message": previous}
    return event | {"deleted_ts": message.ts, "previous_message": previous}


def _mention(event: Json) -> Json:
    return {key: value for key, value in event.items() if key != "channel_type"} | {"type": "app_mention"}
