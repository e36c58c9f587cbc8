"""Secrets that people paste are cut out before anything is stored or shown."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.conftest import Stage, soon

SECRETS = {
    "title": "xoxb-111111111111-222222222222-CanaryInTheTitle00",
    "note": "mongodb://admin:CanaryInTheNote1@db1.example.com/prod",
    "task": "AKIACANARYINTASK0000",
    "import": "redis://:CanaryInTheImport2@cache.example.com:6379",
    "message": "password=CanaryInTheMessage3",
    "reason": "postgres://app:CanaryInTheReason4@db2.example.com/app",
    "query": "mongodb+srv://root:CanaryInTheQuery5@cluster.example.net",
    "close": "api_key=CanaryInTheClose6666666666",
}
CANARIES = ("CanaryIn", "AKIACANARY")


async def test_no_pasted_secret_reaches_the_database_or_a_message_of_the_bot(stage: Stage, tmp_path: Path):
    await stage.opened(f"/incident open sev2 token {SECRETS['title']} leaked")
    room = (await stage.incident()).channel_name
    await stage.say("ada", f"/incident note #impact the app uses {SECRETS['note']}", room)
    await stage.say("ada", f"/incident task rotate {SECRETS['task']}", room)
    await stage.say(
        "ada", f"/incident import 00:01 UTC config says {SECRETS['import']}\nno time {SECRETS['import']}", room
    )
    await stage.say("ada", f"/runbook zxqv {SECRETS['query']}", room)
    said = await stage.person("ada").says(room, f"I found {SECRETS['message']} in the log")
    await stage.person("ada").reacts(room, said["ts"], "pushpin")
    await stage.say("ada", "/runbook walk force-failover-via-firewall", room)
    await stage.settled()
    step = next(m for m in stage.messages(room) if "step_skip" in str(m.blocks))
    await stage.person("ada").clicks(room, step.ts, "step_skip")
    view = await soon(stage.person("ada").open_view)
    await stage.person("ada").submits(view["id"], {"reason": {"reason": f"see {SECRETS['reason']}"}})
    await stage.say("ada", f"/incident close now {SECRETS['close']}", room)
    await stage.settled()

    found = [line for line in _dump(tmp_path / "muster.db") if any(canary in line for canary in CANARIES)]
    assert not found
    bot = stage.rehearsal.workspace.bot.id
    answers = [m for channel in ("#general", "#incidents", room) for m in stage.messages(channel) if m.user == bot]
    # What cannot be read goes back to the person who typed it, and to nobody else.
    public = [m for m in answers if not m.only_for]
    assert len(public) > 5
    assert not [m for m in public if any(canary in f"{m.text}{m.blocks}{m.files}" for canary in CANARIES)]
    assert any("[redacted:" in entry.text for entry in await stage.entries())


def _dump(database: Path) -> list[str]:
    with sqlite3.connect(database) as connection:
        return list(connection.iterdump())
