"""Holds a patient: starts its members as processes, lets them fall ill and recover, and tells what was asked of them.

async with ReplicaSet(members=3, version="6.0") as patient:
    await patient.fall_ill("zombie-primary")
    ... look at patient.addresses with any MongoDB driver ...
    await patient.recover()
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from bot.rehearsal.patients.mongodb.course import PRIMARY, SECONDARY, Course
from bot.rehearsal.patients.mongodb.diseases import DISEASES, EVERY, SET, Illness
from bot.rehearsal.patients.mongodb.diseases import PRIMARY as IN_PRIMARY
from bot.rehearsal.patients.mongodb.diseases import SECONDARY as IN_SECONDARY
from bot.rehearsal.patients.mongodb.rights import ROLES
from bot.rehearsal.patients.mongodb.story import SET_NAME, Place, Story
from bot.rehearsal.patients.mongodb.versions import VERSIONS

ROOT = Path(__file__).parents[4]
STOP_WITHIN_S = 3.0
LINE_BYTES = 1 << 28


@dataclass(frozen=True)
class Heard:
    """One command that a member was sent. `verb` is its first stage if it is an aggregation."""

    member: int
    at: float
    name: str
    verb: str
    database: str
    wrote: bool


class _Process:
    """One member's process, and the lines that go to and fro."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()
        self._orders = 0
        self.pid = process.pid

    @classmethod
    async def start(cls) -> Self:
        """Starts one."""
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.rehearsal.patients.mongodb.member"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=LINE_BYTES,
                cwd=ROOT,
                start_new_session=True,
            )
        )

    async def port(self) -> int:
        """The first line that it says."""
        return int((await self._read())["port"])

    async def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """Puts an order and returns what comes back; an answer that somebody gave up waiting for is passed over."""
        assert self._process.stdin
        async with self._turn:
            self._orders += 1
            self._process.stdin.write(json.dumps(order | {"order": self._orders}).encode() + b"\n")
            await self._process.stdin.drain()
            while True:
                told = await self._read()
                if told["order"] == self._orders:
                    return told

    async def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("a member of the patient has ended")
        told: dict[str, Any] = json.loads(line)
        return told

    async def stop(self) -> None:
        """Ends its input, and the process if that is not enough."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


class ReplicaSet:
    """A patient. Its places in order: `members` that can be primary, the arbiter, the hidden one, the delayed one."""

    def __init__(
        self,
        members: int = 3,
        version: str = "6.0",
        *,
        arbiter: bool = False,
        hidden: bool = False,
        delayed_s: int = 0,
        standalone: bool = False,
        user: tuple[str, str] = ("", ""),
        roles: tuple[str, ...] = ROLES,
    ) -> None:
        if version not in VERSIONS or members < 1 or (standalone and members != 1):
            raise ValueError(f"no patient of version {version} with {members} members")
        kinds = [Place("")] * members + [Place("", arbiter=True)] * arbiter + [Place("", hidden=True)] * hidden
        kinds += [Place("", hidden=True, delay_s=delayed_s)] * bool(delayed_s)
        name, password = user
        began = time.time() - 26 * 86400
        self._story = Story(version, tuple(kinds), began, standalone, name, password, roles)
        self._processes: list[_Process] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *why: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Starts all members side by side, and tells each who the others are."""
        self._processes = await asyncio.gather(*(_Process.start() for _ in self._story.places))
        try:
            ports = await asyncio.gather(*(process.port() for process in self._processes))
            named = zip(self._story.places, ports, strict=True)
            places = tuple(replace(place, address=f"127.0.0.1:{port}") for place, port in named)
            await self._tell(replace(self._story, places=places))
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Ends all members; there is none left when this returns."""
        await asyncio.gather(*(process.stop() for process in self._processes))
        self._processes = []

    @property
    def addresses(self) -> list[str]:
        return [place.address for place in self._story.places]

    @property
    def uri(self) -> str:
        """The connection string of the whole set, without a user."""
        electable = ",".join(place.address for place in self._story.places if place.electable)
        return f"mongodb://{electable}/" + ("" if self._story.standalone else f"?replicaSet={SET_NAME}")

    @property
    def primary(self) -> int | None:
        return self._course().primary

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._processes]

    async def fall_ill(self, name: str, member: int | None = None, *, ago_s: float = 0.0, **options: Any) -> None:
        """Gives the patient a disease, in `member` or in the one it usually takes, as if it had it for `ago_s` seconds.

        Which there are, and what their options mean, stands in `diseases.py`.
        """
        disease = DISEASES.get(name)
        if disease is None or set(options) - set(disease.options):
            raise ValueError(f"no disease {name} with the options {sorted(options)}")
        if name == "hang-at-auth" and not self._story.user:
            raise ValueError("hang-at-auth needs a patient with a user")
        if member is None and disease.takes not in (SET, EVERY):
            member = self._usual(disease.takes)
        elif member is not None and (disease.takes == SET or member not in range(len(self._story.places))):
            raise ValueError(f"{name} is nothing that member {member} could have")
        illness = Illness(name, time.time() - ago_s, member, {**disease.options, **options})
        await self._tell(replace(self._story, illnesses=(*self._story.illnesses, illness)))

    def _usual(self, takes: str) -> int:
        course = self._course()
        states = {IN_PRIMARY: {PRIMARY}, IN_SECONDARY: {SECONDARY}}.get(takes, {PRIMARY, SECONDARY})
        found = [i for i, place in enumerate(self._story.places) if course.state(i) in states and place.electable]
        if not found:
            raise ValueError(f"there is no {takes} that could fall ill")
        return found[-1]

    async def recover(self, name: str | None = None) -> None:
        """Ends one disease, or all of them. Terms, elections and counters keep what they have come to."""
        now = time.time()

        def after(one: Illness) -> Illness:
            return replace(one, until=now) if one.active(now) and name in (None, one.name) else one

        await self._tell(replace(self._story, illnesses=tuple(map(after, self._story.illnesses))))

    async def commands(self) -> list[Heard]:
        """Every command that any member was sent, oldest first."""
        told = await asyncio.gather(*(process.ask({}) for process in self._processes))
        heard = [Heard(member, **one) for member, words in enumerate(told) for one in words["heard"]]
        return sorted(heard, key=lambda one: one.at)

    async def writes(self) -> list[Heard]:
        """The commands among them that would have changed something. None was carried out."""
        return [one for one in await self.commands() if one.wrote]

    def _course(self) -> Course:
        return Course(self._story, time.time())

    async def _tell(self, story: Story) -> None:
        self._story = story
        told = [replace(story, me=me).as_json() for me in range(len(story.places))]
        await asyncio.gather(*(p.ask({"story": text}) for p, text in zip(self._processes, told, strict=True)))
