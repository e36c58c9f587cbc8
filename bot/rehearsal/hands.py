"""What every act of a person needs: who they are, where they may write, how their words arrive."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import messages, views
from bot.rehearsal.choices import chosen
from bot.rehearsal.delivery import Outcome
from bot.rehearsal.elements import STATE_FIELD
from bot.rehearsal.messages import Author, Content
from bot.rehearsal.mrkdwn import as_typed
from bot.rehearsal.refusals import Refusal, RehearsalError
from bot.rehearsal.stage import Stage
from bot.rehearsal.things import Channel, Json, Message, Person, View


class Hands:
    """One person, about to do something."""

    def __init__(self, stage: Stage, person: Person) -> None:
        if person.deleted or person.is_bot:
            raise RehearsalError(f"`{person.name}` cannot act: {'deactivated' if person.deleted else 'a bot'}")
        self._stage = stage
        self._person = person

    @property
    def user_id(self) -> str:
        """Who acts."""
        return self._person.id

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
        line = line.encode(errors="replace").decode()  # half a character cannot be sent anywhere
        return as_typed(line, ws.handles(), ws.channel_names(self.user_id), labelled=labelled)

    def _shape(self, room: Channel, message: Message) -> Json:
        return message.page_shape(self._stage.ws.team_id, pinned=message.ts in room.pins)

    def _hears(self, room: Channel, text: str) -> None:
        slackbot = Author(user="USLACKBOT", username="Slackbot")
        messages.post(self._stage.ws, room, slackbot, Content(text=text), only_for=self.user_id)

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


def element_in(blocks: list[Json], action_id: str, block_id: str | None, value: str | None) -> tuple[Json, Json]:
    """Return the block and the element with this action_id. Raises RehearsalError."""
    for block in blocks:
        for element in views.elements_in(block):
            fits = element["action_id"] == action_id and block_id in (None, block["block_id"])
            if fits and value in (None, element.get("value")):
                return block, element
    raise RehearsalError(
        f"there is nothing with the action_id `{action_id}`" + (f" and value `{value}`" if value else "")
    )


def result_of(outcome: Outcome, errors: dict[str, str] | None = None) -> Json:
    """Return an outcome as plain values."""
    result: Json = {
        "ok": outcome.ok and not errors,
        "status": outcome.status,
        "ack_ms": outcome.ack_ms,
        "answer": outcome.body,
        "error": outcome.error,
        "says": outcome.says,
    }
    return result | ({"errors": errors} if errors else {})


def impossible(what: str, refusal: Refusal) -> RehearsalError:
    """Return the sentence for something the workspace refused."""
    return RehearsalError(f"cannot {what}: {refusal}")
