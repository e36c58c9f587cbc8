"""Patients, and the ordinary driver that looks at them: one direct connection for each member."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from bot.rehearsal.patients.mongodb import ReplicaSet

Client = AsyncMongoClient[dict[str, Any]]


class Eyes:
    """Clients of one patient, made when needed, one for each member."""

    def __init__(self, patient: ReplicaSet, stack: AsyncExitStack) -> None:
        self._patient = patient
        self._stack = stack
        self._clients: dict[int, Client] = {}

    async def on(self, member: int, **options: Any) -> Client:
        if member not in self._clients or options:
            within = {"serverSelectionTimeoutMS": 3000, "connectTimeoutMS": 3000, "socketTimeoutMS": 3000}
            address = self._patient.addresses[member]
            client: Client = AsyncMongoClient(address, directConnection=True, **within | options)
            self._stack.push_async_callback(client.close)
            self._clients[member] = client
        return self._clients[member]

    async def ask(self, member: int, command: str, database: str = "admin", **more: Any) -> dict[str, Any]:
        return await (await self.on(member))[database].command(command, **more)

    async def indexes(self, member: int, collection: str = "orders") -> dict[str, dict[str, Any]]:
        cursor = await (await self.on(member)).shop[collection].aggregate([{"$indexStats": {}}])
        return {one["name"]: one async for one in cursor}

    async def operations(self, member: int, **match: Any) -> list[dict[str, Any]]:
        stages = [{"$currentOp": {"allUsers": True}}, {"$match": match}]
        return [one async for one in await (await self.on(member)).admin.aggregate(stages)]

    async def states(self, member: int) -> list[int]:
        return [one["state"] for one in (await self.ask(member, "replSetGetStatus"))["members"]]


@pytest.fixture
async def admit() -> AsyncIterator[Callable[..., Any]]:
    """Takes a patient in: starts it, and gives it with the eyes to look at it. It is let go when the test ends."""
    async with AsyncExitStack() as stack:

        async def admitted(**options: Any) -> tuple[ReplicaSet, Eyes]:
            patient = await stack.enter_async_context(ReplicaSet(**options))
            return patient, Eyes(patient, stack)

        yield admitted
