"""A person at the keyboard: says, types commands, clicks, fills in modals.

The page, the replays and the tests all act through it.
"""

from __future__ import annotations

from typing import Any

from bot.rehearsal import answers, built_in, channels, marks, messages, payloads
from bot.rehearsal.delivery import Outcome
from bot.rehearsal.hands import element_in, impossible, result_of
from bot.rehearsal.messages import Author, Content
from bot.rehearsal.refusals import Refusal, RehearsalError
from bot.rehearsal.room_acts import RoomActs
from bot.rehearsal.things import Channel, Json
from bot.rehearsal.view_acts import ViewActs


class Actor(RoomActs, ViewActs):
    """Acts as one person. Every act is async, returns plain values and raises RehearsalError on the impossible."""

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
            raise impossible("say that", refusal) from None
        return self._shape(room, message)

    async def types(self, channel: str, line: str) -> Json:
        """Type a line: a slash command, or a message when it does not start with a slash."""
        if not line.startswith("/"):
            return await self.says(channel, line)
        room = self._room(channel)
        command, _, text = line.partition(" ")
        if room.is_archived:
            raise RehearsalError(f"#{room.name} is archived; commands are not taken there")
        if command in built_in.DO:
            return self._own_command(room, command, text.strip())
        app = self._stage.ws.app
        installed = app.commands if "commands" in app.scopes else ()
        spec = next((c for c in installed if c.command == command), None)
        if spec is None:
            says = f"this workspace does not know {command}"
            self._hears(room, f"This workspace does not know `{command}`.")
            return result_of(Outcome(ok=False, error="invalid_command", says=says))
        text = self._typed(text.strip(), labelled=True) if spec.should_escape else text.strip()
        payload = payloads.slash_command(self._stage, self._person, room, command, text)
        outcome = await self._stage.delivery.ask("slash_commands", payload)
        if outcome.ok:
            outcome = self._answered(room, outcome)
        if not outcome.ok:
            self._hears(room, f'{command} failed with the error "{outcome.error}" ({outcome.says}).')
        return result_of(outcome)

    def _own_command(self, room: Channel, command: str, text: str) -> Json:
        text = self._typed(text) if command == "/topic" else text
        says = built_in.run(self._stage.ws, room, self.user_id, command, text)
        return result_of(Outcome(ok=not says, error="not_done" if says else "", says=says))

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
            raise impossible("react", refusal) from None
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
        block, element = element_in(message.blocks, action_id, block_id, value)
        action = self._act_on(block, element, selected, message.state.setdefault(self.user_id, {}))
        payload = payloads.message_actions(self._stage, self._person, room, message, action)
        return result_of(await self._stage.delivery.ask("interactive", payload))

    async def sees(self, channel: str, *, thread_ts: str | None = None) -> list[Json]:
        """Return the messages this person sees in a channel or thread, oldest first."""
        room = self._stage.ws.find_channel(channel)
        found = [m for m in room.messages.values() if self._sees(room, m)]
        if thread_ts:
            found = [m for m in found if thread_ts in (m.ts, m.thread_ts)]
        else:
            found = [m for m in found if not m.thread_ts or m.thread_ts == m.ts or m.subtype == "thread_broadcast"]
        return [self._shape(room, m) for m in found]
