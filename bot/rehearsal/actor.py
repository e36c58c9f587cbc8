"""A person at the keyboard: says, types commands, clicks, fills in modals.

The page, the replays and the tests all act through it.
"""

from __future__ import annotations

from typing import Any

from bot.rehearsal import answers, channels, marks, messages, payloads, views
from bot.rehearsal.choices import chosen, problems_of
from bot.rehearsal.delivery import Outcome
from bot.rehearsal.elements import STATE_FIELD
from bot.rehearsal.messages import Author, Content
from bot.rehearsal.mrkdwn import as_typed
from bot.rehearsal.refusals import Refusal, RehearsalError
from bot.rehearsal.stage import Stage
from bot.rehearsal.things import Channel, Json, Message, Person, View


class Actor:
    """Acts as one person. Every method returns plain values and raises RehearsalError on the impossible."""

    def __init__(self, stage: Stage, person: Person) -> None:
        if person.deleted or person.is_bot:
            raise RehearsalError(f"`{person.name}` cannot act: {'deactivated' if person.deleted else 'a bot'}")
        self._stage = stage
        self._person = person

    @property
    def user_id(self) -> str:
        """Who acts."""
        return self._person.id

    async def says(self, channel: str, text: str, *, thread_ts: str | None = None) -> Json:
        """Post a message; @names, #channels and addresses become what Slack makes of them."""
        room = self._room(channel)
        content = Content(text=self._typed(text))
        author = Author(user=self.user_id)
        try:
            channels.must_be_open(room)
            content.check()
            message = messages.post(self._stage.ws, room, author, content, thread_ts=thread_ts or "")
        except Refusal as refusal:
            raise _impossible("say that", refusal) from None
        return self._shape(room, message)

    async def types(self, channel: str, line: str) -> Json:
        """Type a line: a slash command, or a message when it does not start with a slash."""
        if not line.startswith("/"):
            return await self.says(channel, line)
        room = self._room(channel)
        command, _, text = line.partition(" ")
        app = self._stage.ws.app
        installed = app.commands if "commands" in app.scopes else ()
        spec = next((c for c in installed if c.command == command), None)
        if room.is_archived:
            raise RehearsalError(f"#{room.name} is archived; commands are not taken there")
        if spec is None:
            self._hears(room, f"`{command}` is not a command here.")
            return _result(Outcome(ok=False, error="invalid_command", says=f"`{command}` is not a command here"))
        text = self._typed(text.strip(), labelled=True) if spec.should_escape else text.strip()
        payload = payloads.slash_command(self._stage, self._person, room, command, text)
        outcome = await self._stage.delivery.ask("slash_commands", payload)
        if outcome.ok:
            outcome = self._answered(room, outcome)
        if not outcome.ok:
            self._hears(room, f'{command} failed with the error "{outcome.error}" ({outcome.says}).')
        return _result(outcome)

    def _answered(self, room: Channel, outcome: Outcome) -> Outcome:
        try:
            answers.say(self._stage, room, self.user_id, outcome.body)
        except Refusal as refusal:
            says = f"the app's answer was not taken: {refusal}"
            return Outcome(ok=False, status=outcome.status, ack_ms=outcome.ack_ms, error="dispatch_failed", says=says)
        return outcome

    async def reacts(self, channel: str, ts: str, emoji: str, *, remove: bool = False) -> Json:
        """Put an emoji under a message, or take it back."""
        room = self._room(channel)
        change = marks.unreact if remove else marks.react
        try:
            message = messages.find(room, ts)
            change(self._stage.ws, room, message, self.user_id, emoji.strip(":"))
        except Refusal as refusal:
            raise _impossible("react", refusal) from None
        return self._shape(room, message)

    async def clicks(
        self,
        channel: str,
        ts: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: str | None = None,
        selected: Any = None,
    ) -> Json:
        """Press a button or choose in a menu of a message: `value` picks among buttons, `selected` is the choice."""
        room = self._stage.ws.find_channel(channel)
        message = room.messages.get(ts)
        if message is None or not self._sees(room, message):
            raise RehearsalError(f"{self._person.name} sees no message {ts} in {channel}")
        block, element = _element(message.blocks, action_id, block_id, value)
        action = self._act_on(block, element, selected, message.state.setdefault(self.user_id, {}))
        payload = payloads.message_actions(self._stage, self._person, room, message, action)
        return _result(await self._stage.delivery.ask("interactive", payload))

    async def clicks_in_view(
        self,
        view_id: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: str | None = None,
        selected: Any = None,
    ) -> Json:
        """Press or choose in an open modal or Home tab. An input tells the app only if it has `dispatch_action`."""
        view = self._view(view_id)
        block, element = _element(view.body["blocks"], action_id, block_id, value)
        action = self._act_on(block, element, selected, view.values)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return _result(Outcome(ok=True))
        payload = payloads.view_actions(self._stage, self._person, view, action)
        return _result(await self._stage.delivery.ask("interactive", payload))

    def _act_on(self, block: Json, element: Json, selected: Any, values: Json) -> Json:
        kind = element["type"]
        now = self._stage.ws.new_ts()
        action: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
        if kind == "button":
            action |= {"text": element["text"], "action_ts": now}
            return action | {key: element[key] for key in ("value", "style", "url") if key in element}
        state = chosen(self._stage.ws, element, selected)
        if kind != "overflow":
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
        return action | {STATE_FIELD[kind]: state[STATE_FIELD[kind]], "action_ts": now}

    async def submits(self, view_id: str, values: dict[str, dict[str, Any]] | None = None) -> Json:
        """Fill in (block_id -> action_id -> choice) and submit a modal.

        What Slack itself refuses, such as an empty required field, never reaches the app.
        """
        view = self._view(view_id)
        if view is not views.top_of(self._stage.ws, self.user_id) or "submit" not in view.body:
            raise RehearsalError(f"view {view_id} cannot be submitted now")
        for block_id, actions in (values or {}).items():
            for action_id, choice in actions.items():
                block, element = _element(view.body["blocks"], action_id, block_id, None)
                view.values.setdefault(block["block_id"], {})[action_id] = chosen(self._stage.ws, element, choice)
        view.errors = problems_of(view)
        if view.errors:
            self._stage.ws.tell("view", view=view, user=self.user_id)
            return _result(Outcome(ok=False, error="invalid_input", says="a field needs attention"), view.errors)
        payload = payloads.view_submission(self._stage, self._person, view)
        outcome = await self._stage.delivery.ask("interactive", payload)
        return self._submitted(view, outcome)

    def _submitted(self, view: View, outcome: Outcome) -> Json:
        errors: dict[str, str] = {}
        if outcome.ok:
            try:
                errors = answers.after_submission(self._stage, view, outcome.body)
            except Refusal as refusal:
                says = f"the app's answer was not taken: {refusal}"
                outcome = Outcome(ok=False, status=outcome.status, error="dispatch_failed", says=says)
        if not outcome.ok and view.id in self._stage.ws.views:
            view.errors = {"": "We had some trouble connecting. Try again?"}
            self._stage.ws.tell("view", view=view, user=self.user_id)
        return _result(outcome, errors)

    async def dismisses(self, view_id: str) -> Json:
        """Close a modal without submitting it."""
        view = self._view(view_id)
        cleared = bool(view.body.get("clear_on_close"))
        closed = views.close(self._stage.ws, view, whole_stack=cleared)
        outcome = Outcome(ok=True)
        for gone in closed:
            if gone.body.get("notify_on_close"):
                payload = payloads.view_closed(self._stage, self._person, gone, is_cleared=cleared)
                outcome = await self._stage.delivery.ask("interactive", payload)
        return _result(outcome)

    async def open_view(self) -> Json | None:
        """Return the modal this person is looking at."""
        view = views.top_of(self._stage.ws, self.user_id)
        return views.page_shape(self._stage.ws, view) if view else None

    async def sees(self, channel: str, *, thread_ts: str | None = None) -> list[Json]:
        """Return the messages this person sees in a channel or thread, oldest first."""
        room = self._stage.ws.find_channel(channel)
        found = [m for m in room.messages.values() if self._sees(room, m)]
        if thread_ts:
            found = [m for m in found if thread_ts in (m.ts, m.thread_ts)]
        else:
            found = [m for m in found if not m.thread_ts or m.thread_ts == m.ts or m.subtype == "thread_broadcast"]
        return [self._shape(room, m) for m in found]

    async def joins(self, channel: str) -> Json:
        """Join a public channel."""
        return self._change("join", self._stage.ws.find_channel(channel), channels.join)

    async def leaves(self, channel: str) -> Json:
        """Leave a channel."""
        return self._change("leave", self._stage.ws.find_channel(channel), channels.leave)

    async def archives(self, channel: str) -> Json:
        """Archive a channel."""
        return self._change("archive", self._stage.ws.find_channel(channel), channels.archive)

    async def renames(self, channel: str, name: str) -> Json:
        """Rename a channel."""
        return self._change("rename", self._stage.ws.find_channel(channel), channels.rename, name)

    async def invites(self, channel: str, *people: str) -> Json:
        """Bring people, or the app, into a channel."""
        ids = [self._stage.ws.find_person(name).id for name in people]
        return self._change("invite", self._stage.ws.find_channel(channel), channels.invite, ids)

    async def kicks(self, channel: str, person: str) -> Json:
        """Take somebody, or the app, out of a channel."""
        id_ = self._stage.ws.find_person(person).id
        return self._change("kick", self._stage.ws.find_channel(channel), channels.kick, id_)

    async def creates_channel(self, name: str, *, private: bool = False) -> Json:
        """Make a channel with this person in it."""
        try:
            channel = channels.create(self._stage.ws, self.user_id, name.lstrip("#"), private=private)
        except Refusal as refusal:
            raise _impossible(f"create `{name}`", refusal) from None
        return channel.page_shape(self.user_id)

    async def opens_direct(self, *people: str) -> Json:
        """Open the direct conversation with these people, or with the app."""
        ids = [self._stage.ws.find_person(name).id for name in people]
        channel, _ = channels.open_direct(self._stage.ws, self.user_id, ids)
        return channel.page_shape(self.user_id)

    async def pins(self, channel: str, ts: str, *, remove: bool = False) -> Json:
        """Pin a message, or take the pin off."""
        room = self._room(channel)
        change = marks.unpin if remove else marks.pin
        try:
            message = messages.find(room, ts)
            change(self._stage.ws, room, message, self.user_id)
        except Refusal as refusal:
            raise _impossible("pin", refusal) from None
        return self._shape(room, message)

    async def edits(self, channel: str, ts: str, text: str) -> Json:
        """Edit one's own message."""
        room, message = self._own(channel, ts)
        messages.edit(self._stage.ws, room, message, self.user_id, Content(text=self._typed(text)))
        return self._shape(room, message)

    async def deletes(self, channel: str, ts: str) -> Json:
        """Delete one's own message."""
        room, message = self._own(channel, ts)
        messages.delete(self._stage.ws, room, message, self.user_id)
        return {"channel": room.id, "ts": ts}

    def _own(self, channel: str, ts: str) -> tuple[Channel, Message]:
        room = self._room(channel)
        message = room.messages.get(ts)
        if message is None or message.user != self.user_id or message.subtype.startswith("channel_"):
            raise RehearsalError(f"{ts} is not a message of {self._person.name}")
        return room, message

    def _change(self, what: str, channel: Channel, change: Any, *args: Any) -> Json:
        try:
            change(self._stage.ws, channel, self.user_id, *args)
        except Refusal as refusal:
            raise _impossible(f"{what} `#{channel.name}`", refusal) from None
        return channel.page_shape(self.user_id)

    def _room(self, channel: str) -> Channel:
        room = self._stage.ws.find_channel(channel)
        if self.user_id not in room.members:
            raise RehearsalError(f"{self._person.name} is not in `{channel}`; join first")
        return room

    def _sees(self, room: Channel, message: Message) -> bool:
        return self._stage.ws.can_see(self.user_id, room) and message.only_for in ("", self.user_id)

    def _view(self, view_id: str) -> View:
        view = self._stage.ws.views.get(view_id)
        if view is None or view.user != self.user_id:
            raise RehearsalError(f"{self._person.name} has no view {view_id} open")
        return view

    def _typed(self, line: str, *, labelled: bool = False) -> str:
        ws = self._stage.ws
        return as_typed(line, ws.handles(), ws.channel_names(self.user_id), labelled=labelled)

    def _shape(self, room: Channel, message: Message) -> Json:
        return message.page_shape(self._stage.ws.team_id, pinned=message.ts in room.pins)

    def _hears(self, room: Channel, text: str) -> None:
        slackbot = Author(user="USLACKBOT", username="Slackbot")
        messages.post(self._stage.ws, room, slackbot, Content(text=text), only_for=self.user_id)


def _element(blocks: list[Json], action_id: str, block_id: str | None, value: str | None) -> tuple[Json, Json]:
    for block in blocks:
        for element in views.elements_in(block):
            fits = element["action_id"] == action_id and block_id in (None, block["block_id"])
            if fits and value in (None, element.get("value")):
                return block, element
    raise RehearsalError(
        f"there is nothing with the action_id `{action_id}`" + (f" and value `{value}`" if value else "")
    )


def _result(outcome: Outcome, errors: dict[str, str] | None = None) -> Json:
    result: Json = {
        "ok": outcome.ok and not errors,
        "status": outcome.status,
        "ack_ms": outcome.ack_ms,
        "answer": outcome.body,
        "error": outcome.error,
        "says": outcome.says,
    }
    return result | ({"errors": errors} if errors else {})


def _impossible(what: str, refusal: Refusal) -> RehearsalError:
    return RehearsalError(f"cannot {what}: {refusal}")
