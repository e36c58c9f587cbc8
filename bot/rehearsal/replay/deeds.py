"""What a person can do in a story, done through the workspace's people; a failure names the act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.rehearsal.patients.waiting import PatientError
from bot.rehearsal.refusals import RehearsalError
from bot.rehearsal.replay import buttons
from bot.rehearsal.replay.scene import Scene, seen
from bot.rehearsal.replay.story import Act, ReplayError, Story

if TYPE_CHECKING:
    from bot.rehearsal.replay.ward import Ward
    from bot.rehearsal.server import Actor

REFUSED = ":warning:"  # how an app begins an answer that explains a mistake


class Deeds:
    """The acts of one playing, and what they leave behind: messages with a key, buttons that were used."""

    def __init__(self, story: Story, scene: Scene, ward: Ward | None = None) -> None:
        self._story = story
        self._scene = scene
        self._ward = ward
        self._used: set[str] = set()
        self.messages: dict[str, tuple[str, str]] = {}

    async def do(self, act: Act) -> None:
        """Do it. Raises ReplayError with the act's place when it cannot be done or is answered with a complaint."""
        deeds = {
            "says": self._says,
            "replies": self._replies,
            "types": self._types,
            "reacts": self._reacts,
            "clicks": self._clicks,
        }
        if act.system and not (self._ward and self._ward.runs(act.system)):
            return
        try:
            if act.do in deeds:  # to wait is to do nothing
                await deeds[act.do](act, self._scene.actor(act.who))
            elif act.system and self._ward:
                await self._befalls(act, self._ward)
        except (RehearsalError, ReplayError, PatientError) as error:
            raise ReplayError(f"{self._story.where(act)}: {error}") from error

    async def _befalls(self, act: Act, ward: Ward) -> None:
        if act.do == "falls-ill":
            await ward.fall_ill(act.system, act.illness, act.options)
        elif act.do == "recovers":
            await ward.recover(act.system, act.illness)

    async def _says(self, act: Act, actor: Actor) -> None:
        channel = await self._scene.enter(actor, act.channel)
        self._keep(act, channel.id, await actor.says(channel.id, act.text))

    async def _replies(self, act: Act, actor: Actor) -> None:
        channel_id, ts = self.messages[act.of]
        await self._scene.enter(actor, channel_id)
        self._keep(act, channel_id, await actor.says(channel_id, act.text, thread_ts=ts))

    def _keep(self, act: Act, channel_id: str, message: dict[str, Any]) -> None:
        if act.key:
            self.messages[act.key] = (channel_id, message["ts"])

    async def _types(self, act: Act, actor: Actor) -> None:
        channel = await self._scene.enter(actor, act.channel)
        wrong = complaint(await actor.types(channel.id, act.text))
        if (act.expect == "ok" and wrong) or (act.expect == "error" and not wrong):
            raise ReplayError(f"`{act.text.splitlines()[0]}` was answered with: {wrong or 'no complaint'}")

    async def _reacts(self, act: Act, actor: Actor) -> None:
        channel_id, ts = self.messages[act.of]
        await self._scene.enter(actor, channel_id)
        await actor.reacts(channel_id, ts, act.emoji)

    async def _clicks(self, act: Act, actor: Actor) -> None:
        channel = await self._scene.enter(actor, act.channel)

        async def look() -> buttons.Button | None:
            return buttons.newest(channel, actor.user_id, act.button, self._used)

        button = await seen(look, f"a `{act.button}` button", self._scene.deadline_s)
        self._used.add(button.look)
        place = {"block_id": button.block_id or None, "value": button.value or None}
        if wrong := complaint(await actor.clicks(channel.id, button.ts, button.action_id, **place)):
            raise ReplayError(f"pressing `{act.button}` was answered with: {wrong}")
        if act.button == "skip":
            await self._gives_reason(act, actor)

    async def _gives_reason(self, act: Act, actor: Actor) -> None:
        async def look() -> dict[str, Any] | None:
            view = await actor.open_view()
            return view if view and buttons.asks_for_reason(view) else None

        view = await seen(look, "the modal that asks for a reason", self._scene.deadline_s)
        if wrong := complaint(await actor.submits(view["id"], {buttons.REASON: {buttons.REASON: act.text}})):
            raise ReplayError(f"the reason was answered with: {wrong}")


def complaint(outcome: dict[str, Any]) -> str:
    """Return why a command, press or form was not taken, "" if it was: an error, or an answer that begins REFUSED."""
    if not outcome["ok"]:
        return " ".join(str(outcome[key]) for key in ("error", "says", "errors") if outcome.get(key))
    answer = outcome["answer"]
    text = str(answer.get("text", "")) if isinstance(answer, dict) else str(answer or "")
    return text if text.startswith(REFUSED) else ""
