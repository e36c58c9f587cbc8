"""Looks at systems for whoever asks: one look at a system at a time, shared with those who ask in the meantime."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.inventory import System
from bot.errors import UserError
from bot.probes import catalog, looking, pins, subjects
from bot.probes.looking import Request, Result, failed
from bot.probes.pins import Pins

SHARED_S = 5.0  # an answer this young is given to the next who asks
RESOLVE_S = 2.0
QUICK_S = 1.0  # a first look that took longer is not taken twice
BETWEEN_S = 0.6
SNAPSHOT_S = 30.0  # all indexes and counts; nobody waits for it at night
COMPARE_S = 12.0  # the same while somebody waits: a healthy set answers within one, a sick one may hang to the end


@dataclass(frozen=True)
class Taken:
    """A result and how old it was when it was handed over."""

    result: Result
    age_s: float


class Looker:
    """One for each process. Addresses are resolved at the first look at a system and stay as they are."""

    def __init__(self, credential: Callable[[str], str]) -> None:
        self._credential = credential
        self._turns: dict[str, asyncio.Lock] = {}
        self._newest: dict[tuple[str, ...], tuple[System, float, Result]] = {}
        self._pins: dict[str, tuple[System, Pins]] = {}

    async def look(
        self,
        system: System,
        names: tuple[str, ...] = (),
        *,
        at: datetime,
        before: Mapping[str, Any] | None = None,
        before_at: datetime | None = None,
        deadline_s: float = looking.LOOK_S,
    ) -> Taken:
        """Look with the probes of `names`, or all light ones. Raises NotFound for a name the system's kind has not."""
        probes = catalog.choose(system.kind, names)
        asked = (system.name, *(probe.name for probe in probes))
        try:
            password = self._password(system)
        except UserError as missing:
            return Taken(
                Result(findings=failed(probes, missing.message.rstrip(".")), kept={}, evidence={}, took_s=0.0), 0
            )
        async with self._turns.setdefault(system.name, asyncio.Lock()):
            if asked in self._newest:
                looked_at, taken_at, result = self._newest[asked]
                age_s = time.monotonic() - taken_at
                if looked_at == system and age_s <= SHARED_S:
                    return Taken(result, age_s)
            request = Request(
                system=system,
                probes=probes,
                at=at,
                pins=await self._pinned(system),
                password=password,
                before=before or {},
                before_at=before_at,
                deadline_s=deadline_s,
            )
            result = await looking.look(request)
            if before_at is None and result.kept and result.took_s < QUICK_S:
                result = await self._once_more(request, result)
            elif before_at and result.took_s < QUICK_S:
                result = await self._refreshed(request, result, (at - before_at).total_seconds())
            self._newest[asked] = (system, time.monotonic(), result)
            return Taken(result, 0.0)

    async def snapshot(self, system: System, *, at: datetime, deadline_s: float = SNAPSHOT_S) -> Result:
        """What is to be kept of a system. Not in turn with the looks: one in an incident never waits for it."""
        try:
            password = self._password(system)
        except UserError as missing:
            return Result(findings=(), kept={}, evidence={}, took_s=0.0, trouble=missing.message.rstrip("."))
        return await looking.look(
            Request(
                system=system,
                probes=(),
                at=at,
                pins=await self._pinned(system),
                password=password,
                deadline_s=deadline_s,
                snapshot=True,
            )
        )

    def _password(self, system: System) -> str:
        return self._credential(system.password_env) if system.password_env else ""

    async def _refreshed(self, request: Request, first: Result, since_s: float) -> Result:
        """Have those judge once more whose counters were read too long ago to tell what they are doing now."""
        stale = tuple(probe for probe in request.probes if probe.fresh_s and since_s > probe.fresh_s)
        if not stale:
            return first
        names = {probe.name for probe in stale}
        own = {name: kept for name, kept in first.kept.items() if name in names}
        second = await self._once_more(replace(request, probes=stale, before={}), replace(first, kept=own))
        return replace(
            first,
            findings=tuple(
                finding
                for probe in request.probes
                for finding in (second if probe.name in names else first).findings
                if finding.probe == probe.name
            ),
            kept={**first.kept, **second.kept},
            took_s=second.took_s,
        )

    async def _once_more(self, request: Request, first: Result) -> Result:
        """Nothing to compare with was kept yet: a second look soon after the first tells what counters are doing."""
        await asyncio.sleep(BETWEEN_S)
        later = request.at + timedelta(seconds=first.took_s + BETWEEN_S)
        before = {**first.kept, **request.before}
        second = await looking.look(replace(request, at=later, before=before, before_at=request.at))
        return replace(second, took_s=first.took_s + BETWEEN_S + second.took_s)

    async def _pinned(self, system: System) -> Pins:
        looked_at, known = self._pins.get(system.name, (None, None))
        if known is not None and looked_at == system:
            return known
        found = await asyncio.to_thread(pins.resolve, subjects.hosts(system), RESOLVE_S)
        if not found.refused:  # otherwise asked again: a name that had no address may have one at the next look
            self._pins[system.name] = (system, found)
        return found
