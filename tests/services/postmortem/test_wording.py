"""A model is asked over real HTTP; whatever it says, or does not say, the draft loses nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.services.postmortem import wording
from bot.services.postmortem.wording import word
from bot.settings import Settings

BEGAN, SAID = "Impact began at 13:02 UTC.", "13:02 checkout fails"
SAW = "When it was first noticed is not recorded."
ONE = {BEGAN: SAID}


def says(*texts: str) -> bytes:
    told = {"sentences": [{"number": n, "text": text} for n, text in enumerate(texts, start=1)]}
    return json.dumps({"choices": [{"message": {"content": f"Here:\n```json\n{json.dumps(told)}\n```"}}]}).encode()


@asynccontextmanager
async def model(answer: bytes | None, status: int = 200) -> AsyncIterator[tuple[Settings, list[bytes]]]:
    """A server that gives this answer to every question, or none at all; and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split()[0])
            asked.append(head + await reader.readexactly(length))
            if answer is None:
                await reader.read()
            else:
                writer.write(f"HTTP/1.1 {status} -\r\ncontent-length: {len(answer)}\r\n\r\n".encode() + answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield (
            Settings(
                muster_wording_url=f"http://127.0.0.1:{port}/v1",
                muster_wording_model="small",
                muster_wording_key="key-of-the-model",
            ),
            asked,
        )
    finally:
        server.close()
        await asyncio.sleep(0.01)


async def test_nobody_is_asked_unless_a_model_is_set_up():
    assert await word(Settings(), ONE) == {}


async def test_what_fits_is_taken_and_what_does_not_stays():
    worded = "It is not recorded when it was first noticed."
    async with model(says("It began at 13:03 UTC.", worded)) as (settings, asked):
        assert await word(settings, {BEGAN: SAID, SAW: ""}) == {SAW: worded}
    assert len(asked) == 1
    assert asked[0].startswith(b"POST /v1/chat/completions ")
    assert b"authorization: bearer key-of-the-model" in asked[0].lower()
    body = json.loads(asked[0].partition(b"\r\n\r\n")[2])
    assert body["model"] == "small"
    assert json.loads(body["messages"][1]["content"])["sentences"][0] == {
        "number": 1,
        "text": BEGAN,
        "record": SAID,
    }


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (says("Customers felt it from 13:02 UTC."), 500),
        (says("Customers felt it from 13:02 UTC."), 302),
        (b"", 200),
        (b"<html>", 200),
        (b'{"choices": []}', 200),
        (b'{"choices": [{"message": {"content": null}}]}', 200),
        (b'{"choices": [{"message": {"content": "{\\"sentences\\": 7}"}}]}', 200),
        (b'{"choices": [{"message": {"content": "{\\"sentences\\": [{\\"number\\": \\"x\\"}]}"}}]}', 200),
        (b"[" * 100_000, 200),
        (says("x" * (wording.MAX_ANSWER_BYTES + 1)), 200),
    ],
)
async def test_an_answer_of_another_kind_changes_nothing(answer, status):
    async with model(answer, status) as (settings, _):
        assert await word(settings, ONE) == {}


async def test_a_model_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wording, "ANSWER_WITHIN_S", 0.2)
    async with model(None) as (settings, asked):
        assert await word(settings, ONE) == {}
    assert asked


async def test_where_nobody_listens_nothing_changes(unused_port: Callable[[], int]):
    settings = Settings(muster_wording_url=f"http://127.0.0.1:{unused_port()}/v1", muster_wording_model="small")
    assert await word(settings, ONE) == {}


@pytest.fixture
def unused_port() -> Callable[[], int]:
    import socket

    def port() -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return int(free.getsockname()[1])

    return port
