"""A dump that was made older: a real server loads it, and our own reader and Redis agree on its age."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.rdb import read_header
from bot.rehearsal.patients.rdb import older
from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.patients.waiting import PatientError
from tests.rehearsal.patients.redis_here import every_redis, real


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


async def test_the_header_says_what_the_server_knows(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as redis:
        await redis.fill(0, 300)
        before = datetime.now(UTC).replace(microsecond=0)
        await redis.save()
        header = read_header(redis.dump.read_bytes())
        told = await redis.info("server")
        valkey = told.get("valkey_version")
        assert header.server_version == (f"Valkey {valkey}" if valkey else told["redis_version"])
        assert before <= header.saved_at <= datetime.now(UTC)
        assert header.first_database_keys == await redis.keys() == 300


async def test_a_dump_made_older_is_loaded_whole_and_its_age_is_in_the_log(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as redis:
        await redis.fill(0, 50)
        await redis.save()
        young = redis.dump.read_bytes()
        redis.dump.write_bytes(older(young, timedelta(days=26)))
        made = read_header(young).saved_at - timedelta(days=26)
        assert read_header(redis.dump.read_bytes()).saved_at == made
        await redis.kill()
        await redis.start()
        assert await redis.keys() == 50
        age = int(re.search(r"RDB age (\d+) seconds", redis.log.read_text("utf-8"))[1])
        assert abs(datetime.now(UTC) - made - timedelta(seconds=age)) < timedelta(seconds=10)


async def test_a_dump_that_was_damaged_instead_is_refused_by_the_server(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as redis:
        await redis.save()
        dump = bytearray(redis.dump.read_bytes())
        at = dump.index(b"ctime") + len(b"ctime") + 1
        dump[at] ^= 0xFF  # the time moved, the checksum did not
        redis.dump.write_bytes(dump)
        await redis.kill()
        with pytest.raises(PatientError, match="CRC error"):
            await redis.start()


def test_a_dump_that_says_no_time_cannot_be_made_older():
    with pytest.raises(PatientError, match="does not say when"):
        older(b"REDIS0006\xfe\x00\xff", timedelta(days=1))
