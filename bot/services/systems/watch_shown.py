"""A watch as the channel shows it: what changed, which numbers are drawn, and when a picture is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.chart import Series, choose
from bot.domain.finding import Verdict, rank
from bot.domain.watch import Watch, sentence, worth_saying
from bot.services.desk import Desk
from bot.store import incidents, watches

PICTURES_APART_S = 60.0  # a verdict that goes to and fro is told each time, and painted once a minute


@dataclass(frozen=True, kw_only=True)
class Told:
    """A change of verdicts as it is said in the channel; `number` is that of the look that saw it."""

    number: int
    at: datetime
    text: str
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A watch as the channel shows it."""

    watch: Watch
    channel_id: str
    told: tuple[Told, ...]
    lines: tuple[Series, ...]
    by: str

    @property
    def painted(self) -> tuple[int, ...]:
        """After which looks a picture is due: at changes, not more often than once a minute, and at the end."""
        numbers: list[int] = []
        for one in self.told:
            if not numbers or (one.at - self._at(numbers[-1])).total_seconds() >= PICTURES_APART_S:
                numbers.append(one.number)
        last = len(self.watch.samples) - 1
        return (*numbers, last) if self.watch.ended and last not in numbers else tuple(numbers)

    def _at(self, number: int) -> datetime:
        return self.watch.samples[number].taken_at or self.watch.samples[number].asked_at


def shown(desk: Desk, watch_id: str) -> Watched | None:
    """A watch as it is shown; None before its first look was taken."""
    samples = watches.samples(desk.session, watch_id)
    if not samples:
        return None
    known = watches.detail(desk.session, watch_id)
    incident = incidents.load(desk.session, samples[0].incident_id) if samples[0].incident_id else None
    watch = Watch(
        id=watch_id,
        system=samples[0].system,
        samples=samples,
        ended=str(known.get("ended", "")),
        ended_by=str(known.get("stopped_by", "")),
    )
    return Watched(
        watch=watch,
        channel_id=incident.channel_id if incident else samples[0].channel_id,
        told=told(watch),
        lines=choose(watch.lines),
        by=samples[0].asked_by,
    )


def told(watch: Watch) -> tuple[Told, ...]:
    """Every change of a watch that is worth saying, oldest first."""
    found = []
    findings = [one.findings for one in watch.samples]
    for number, now in enumerate(watch.samples[1:], start=1):
        if changed := worth_saying(findings[: number + 1]):
            at = now.taken_at or now.asked_at
            verdict = max((one.now for one in changed), key=rank)
            found.append(Told(number=number, at=at, text=sentence(watch.system, changed, at), verdict=verdict))
    return tuple(found)
