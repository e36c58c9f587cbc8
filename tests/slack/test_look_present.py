"""What is there and as it should be, a cache at its limit: told everywhere, no reason to act, and never "not there"."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.probe_shown import shown
from bot.domain.check import Check, Why, read, written
from bot.domain.choice import choose
from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import System, SystemKind
from bot.domain.playbook import Playbook
from bot.domain.walk import Walk
from bot.probes.looking import Result
from bot.services.systems.checks import Checked
from bot.services.systems.looker import Taken
from bot.slack.blocks.look import MOST_PRESENT, beside_step, look
from bot.store.playbooks import load

AT = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
BOOKS = {book.name: book for book in load(Path(__file__).parents[2] / "playbooks").playbooks}
PAGE = BOOKS["redis-memory-full"]
SAYS = "cache1:6379, master, is at 100% of its limit (8.0 MB of 8.0 MB); allkeys-lru drops keys, see keys-evicted."
FULL = Finding(probe="redis.memory", signal="memory-full", verdict=Verdict.OK, says=SAYS, value="8 MB", present=True)
FINE = Finding(probe="redis.clients", signal="connection-limit", verdict=Verdict.OK, says="cache1 has 3 clients.")
EVICTED = Finding(probe="redis.eviction", signal="keys-evicted", verdict=Verdict.WARNING, says="It dropped 9 keys.")


def check(*findings: Finding) -> Check:
    made = Check(id="c", team_id="T", system="cache", why=Why.ASKED, asked_at=AT, taken_at=AT)
    return replace(made, findings=read(written(findings)))


def walk(page: Playbook) -> Walk:
    """One whose step in hand was taken up when the look was asked for."""
    return Walk(id="w", incident_id="i", playbook=page, begun_by="U1", begun_at=AT)


def lines(*findings: Finding) -> list[str]:
    """The texts of the message in the channel."""
    about = {"choices": (), "in_hand": {}, "said": frozenset(), "objections": (), "page_url": "", "in_incident": False}
    blocks = look(Checked(check=check(*findings), kind="redis", **about))
    texts = [part for block in blocks for part in (block.get("text"), *block.get("elements", ())) if part]
    return [str(text["text"]) for text in texts if isinstance(text["text"], str)]


def test_in_the_channel_it_is_a_line_of_its_own():
    told = lines(FULL, FINE)
    assert f":white_check_mark: {SAYS}" in told
    assert ":white_check_mark: Looked for and not there: connection-limit" in told


def test_many_are_told_in_few_lines():
    (told,) = [line for line in lines(*[FULL] * (MOST_PRESENT + 3)) if SAYS in line]
    assert told.count(SAYS) == MOST_PRESENT
    assert told.endswith("\nand 3 more: memory-full")


def test_at_the_terminal_too():
    system = System(name="cache", kind=SystemKind.REDIS, members=())
    result = Result(findings=(FULL, FINE), kept={}, evidence={}, took_s=0.1)
    told = " ".join(shown(system, Taken(result, 0.0), AT, ()).split())
    assert f"ok {SAYS} memory-full: 8 MB" in told
    assert "Looked for and not there: connection-limit" in told


def test_beside_a_step_of_a_page_that_is_about_it():
    (block,) = beside_step([check(FULL, FINE)], walk(PAGE))
    assert f"before this step: {SAYS}" in block["elements"][0]["text"]
    (both,) = beside_step([check(FULL, EVICTED)], walk(PAGE))
    assert f"before this step: {EVICTED.says} {SAYS}" in both["elements"][0]["text"]
    (other,) = beside_step([check(FULL, FINE)], walk(BOOKS["redis-slow"]))
    assert "nothing wrong was found" in other["elements"][0]["text"]


def test_it_calls_for_no_page_forbids_none_and_is_not_said_to_be_away():
    page = replace(PAGE, called_by=("keys-evicted",), forbidden_by=("memory-full", "connection-limit", "two-masters"))
    (choice,) = choose([page], [EVICTED, FULL, FINE])
    assert (choice.against, choice.unless, choice.untold) == ((), ("connection-limit",), ("two-masters",))
    assert choose([PAGE], [FULL]) == ()
