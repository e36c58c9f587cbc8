"""The rights that docs/inventory.md asks for, on real servers: enough for every question, and for nothing else."""

from __future__ import annotations

import asyncio
import re
import shlex
from pathlib import Path

import pytest
from redis.exceptions import NoPermissionError, RedisError

from bot.domain.inventory import Member, System, SystemKind
from bot.probes.least_rights import FOR_ATLAS, FOR_BACKUPS, FOR_MONGODB, FOR_REDIS, FOR_SENTINEL
from bot.probes.redis.asking import ask, questions_for
from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.patients.sentinel import MASTER_NAME, Sentinel
from tests.rehearsal.patients.redis_here import every_redis, real

DOCS = (Path(__file__).parent.parent.parent / "docs/inventory.md").read_text(encoding="utf-8")
FOR_DATA, FOR_WATCHERS = re.findall(r"^ACL SETUSER .+$", DOCS, re.MULTILINE)
USER, PASSWORD = "muster-probe", "tr0ub4dor&3"

NOT_GIVEN = """
    GET a; SET a 1; DEL a; KEYS *; SCAN 0; SORT a; EVAL return(1) 0; SCRIPT FLUSH; FLUSHALL; CONFIG SET save x;
    CONFIG REWRITE; CLIENT KILL TYPE normal; CLIENT PAUSE 1; BGSAVE; SAVE; SHUTDOWN; REPLICAOF NO ONE;
    ACL LIST; ACL SETUSER x on; MONITOR; SUBSCRIBE a; PUBLISH a b; MIGRATE a 1 a 0 1; MODULE LIST; SLOWLOG RESET
"""
NOT_GIVEN_TO_WATCHERS = """
    SENTINEL FAILOVER mymaster; SENTINEL REMOVE mymaster; SENTINEL RESET *; SENTINEL SET mymaster quorum 9; SHUTDOWN;
    SENTINEL MONITOR x 127.0.0.1 1 1; ACL SETUSER x on; CLIENT KILL TYPE normal; PUBLISH a b; SUBSCRIBE a
"""


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


async def granted(server: RedisServer, line: str) -> None:
    """Type the line of the documentation, with a password in its place."""
    await server.ask(*shlex.split(line.replace("PASSWORD", PASSWORD)))


async def answers(server: RedisServer, part: str) -> dict[str, object]:
    """What comes back for each question, put as a look puts it, by the user of the documentation."""
    member = Member(host="127.0.0.1", port=server.port, part=part)
    options = {"sentinel_name": MASTER_NAME}
    system = System(name="sessions", kind=SystemKind.REDIS, members=(member,), user=USER, options=options)
    found = await asyncio.to_thread(ask, system, member, questions_for(part), 5.0, PASSWORD)
    return {name: answer.trouble or answer.value for name, answer in found.items()}


async def allowed(server: RedisServer, commands: str) -> list[str]:
    """Those of `commands` that this user is not refused, whatever else comes of them."""
    through = []
    for command in (one.strip() for one in commands.split(";")):
        async with server.client() as client:
            try:
                await client.execute_command("AUTH", USER, PASSWORD)
                await client.execute_command(*command.split())
                through.append(command)
            except NoPermissionError:
                continue
            except RedisError as error:
                through.append(f"{command}: {error}")
    return through


def test_the_page_shows_what_the_doctor_tells_to_type():
    assert (FOR_DATA, FOR_WATCHERS) == (FOR_REDIS, FOR_SENTINEL)
    assert f"```js\n{FOR_MONGODB}\n```" in DOCS
    assert FOR_ATLAS in DOCS
    assert FOR_BACKUPS in DOCS


async def test_the_user_for_redis_gets_every_answer_and_can_change_nothing(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as server:
        await granted(server, FOR_DATA)
        found = await answers(server, "")
        assert found["dbsize"] == 0
        assert found["role"][0] == "master"
        assert (
            isinstance(found["info"], dict) and isinstance(found["config"], dict) and isinstance(found["clients"], dict)
        )
        assert await allowed(server, NOT_GIVEN) == []


async def test_the_user_for_sentinel_sees_masters_and_quorum_and_can_change_nothing(binary, tmp_path):
    async with (
        RedisServer(tmp_path / "master", binary=binary) as master,
        Sentinel(tmp_path / "sentinel", master, binary=binary) as sentinel,
    ):
        await granted(sentinel, FOR_WATCHERS)
        found = await answers(sentinel, "sentinel")
        assert [one["name"] for one in found["masters"]] == [MASTER_NAME]
        assert str(found["ckquorum"]).startswith("OK 1 usable Sentinels")
        assert await allowed(sentinel, NOT_GIVEN_TO_WATCHERS) == []
