"""Plays a story: people type, speak, react and press, at the story's times, in about as many seconds as asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.rehearsal.replay import pace
from bot.rehearsal.replay.deeds import REFUSED, Deeds
from bot.rehearsal.replay.scene import DEADLINE_S, Scene
from bot.rehearsal.replay.story import Act, Story, begins, moments

if TYPE_CHECKING:
    from bot.rehearsal.clock import Clock
    from bot.rehearsal.replay.ward import Ward
    from bot.rehearsal.server import Rehearsal


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where the replay is."""

    clock: str  # in the source's zone, of 24 hours as everywhere else: `13:45 GMT`
    comment: str  # what is going on: of this act, or of the last one that said so
    number: int
    total: int

    @property
    def line(self) -> str:
        """`12:45 GMT · logs read over SSH, a segfault is found · 23 of 62`."""
        return f"{self.clock} · {self.comment} · {self.number} of {self.total}"


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of it. `messages` maps a key of the file to channel id and ts; times are the story's, in UTC."""

    acts: int
    began_at: datetime
    ended_at: datetime
    channel_id: str  # the incident's, "" if the bot made none
    channel_name: str
    messages: dict[str, tuple[str, str]]
    refused: tuple[str, ...]  # complaints that the app made only after it had acknowledged


async def play(
    story: Story,
    rehearsal: Rehearsal,
    *,
    seconds: float = 60.0,
    on_progress: Callable[[Progress], None] | None = None,
    settle: Callable[[], Awaitable[None]] | None = None,
    day: date | None = None,
    now: datetime | None = None,
    deadline_s: float = DEADLINE_S,
    ward: Ward | None = None,
) -> Played:
    """Play all acts and return what came of it; the rehearsal's clock then goes on from there at the pace of life.

    `seconds` 0 plays as fast as the app answers. `settle` is awaited after each act. `day` overrules the day the story
    is set on, which else follows from its file and `now`. `ward` has the story's systems: acts that name one which is
    not there are passed over. Raises ReplayError with the act's place when one fails.
    """
    start = begins(story, now=now or datetime.now(UTC), day=day)
    times = [start + moment for moment in moments(story)]
    scene = Scene(story, rehearsal, deadline_s=deadline_s)
    deeds = Deeds(story, scene, ward)
    due_s = [time.monotonic() + offset_s for offset_s in pace.real_offsets_s(moments(story), seconds)]
    rehearsal.clock.set(times[0])
    scene.check(times[0])
    comment = story.title
    try:
        for act, at, act_due_s in zip(story.acts, times, due_s, strict=True):
            await _run_to(rehearsal.clock, at, act_due_s - time.monotonic())
            comment = act.comment or comment
            progress = Progress(clock=_clock(story, act, at), comment=comment, number=act.number, total=len(times))
            rehearsal.progress(progress.line)
            if on_progress:
                on_progress(progress)
            await deeds.do(act)
            await rehearsal.settle()  # a pin must reach the app before the next act does
            if settle:
                await settle()
    finally:
        rehearsal.clock.speed(1.0)
    return _played(scene, deeds, times)


async def _run_to(clock: Clock, at: datetime, real_s: float) -> None:
    """Let the clock run towards `at` for `real_s` seconds, then put it there, but never back."""
    if real_s > 0:
        clock.speed(pace.speed_until(max(at - clock.now(), timedelta(0)), real_s))
        await asyncio.sleep(real_s)
        clock.speed(1.0)
    if clock.now() < at:
        clock.set(at)


def _clock(story: Story, act: Act, at: datetime) -> str:
    hours, minutes = divmod(act.moment.seconds // 60, 60)
    shown = f"{hours:02}:{minutes:02} {story.zone}"
    return f"{at:%B} {at.day}, {shown}" if act.moment.days else shown


def _played(scene: Scene, deeds: Deeds, times: list[datetime]) -> Played:
    channel = scene.made_by_the_app()
    return Played(
        acts=len(times),
        began_at=times[0],
        ended_at=times[-1],
        channel_id=channel.id if channel else "",
        channel_name=channel.name if channel else "",
        messages=deeds.messages,
        refused=tuple(text for text in scene.whispered() if text.startswith(REFUSED)),
    )
