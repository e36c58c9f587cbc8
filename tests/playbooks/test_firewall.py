"""The firewall lines of the playbooks, run for real in a network of their own, where the machine has what it takes."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store.playbooks import load

ROOT = Path(__file__).parents[2]
BOOKS = {book.name: book for book in load(ROOT / "playbooks").playbooks}
QUARANTINE = Path(__file__).with_name("quarantine.py")
OTHER = "10.9.0.2"  # the machine at the other end of the wire
GIVEN = {
    "primaryport": "27017",
    "secondaryport": "27017",
    "memberport": "27017",
    "replicaport": "27017",
    "container": "10.9.0.9",
    "wrong": OTHER,
    "wrongport": "27017",
    "network": "10.9.0.0",
    "bits": "24",
    "client": OTHER,
    "most": "3",
}


@pytest.fixture(scope="module", autouse=True)
def _a_network_of_its_own() -> None:
    lacking = [tool for tool in ("unshare", "nsenter", "ip", "nft", "iptables") if not shutil.which(tool)]
    if lacking:
        pytest.skip(f"no {', '.join(lacking)} here: apt install util-linux iproute2 nftables iptables")
    tried = subprocess.run(["unshare", "-rn", "nft", "list", "tables"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no network of its own may be made here: {tried.stderr.strip()[:120]}")


def lines(name: str, tool: str) -> list[str]:
    """The lines of a playbook's `run` blocks that call one firewall, filled in."""
    text = "\n".join(
        block
        for step in BOOKS[name].steps
        for block in re.findall(r"^```\S+ run\n(.*?)^```", step.body, re.MULTILINE | re.DOTALL)
    )
    found = [line for line in text.splitlines() if re.match(rf"sudo {tool} ", line)]
    return [re.sub(r"\{\{(\w+)(?::\w+)?\}\}", lambda gap: GIVEN[gap[1]], line) for line in found]


def undone(name: str, tool: str) -> list[str]:
    if tool == "nft":
        told = "\n".join(step.undo for step in BOOKS[name].steps)
        return re.findall(r"`(sudo nft delete table inet \w+)`", told)[:1]
    return [re.sub(r"-I (\w+) 1", r"-D \1", line) for line in lines(name, tool)]


def seen(cut: list[str], undo: list[str], afresh: int = 1) -> dict[str, str]:
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, str(QUARANTINE)],
        input=json.dumps({"cut": cut, "undo": undo, "afresh": afresh}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout.splitlines()[-1])  # what the commands print comes before it


@pytest.mark.parametrize("tool", ["nft", "iptables"])
def test_a_zombie_is_cut_off_from_those_who_talk_to_it_and_the_undo_line_brings_it_back(tool):
    name = "force-failover-via-firewall"
    assert seen(lines(name, tool), undone(name, tool)) == {
        "before": "answered answered",
        "cut": "silent silent",
        "itself": "answered",
        "undone": "answered answered",
        "left": "",
    }


@pytest.mark.parametrize("tool", ["nft", "iptables"])
def test_a_master_that_is_not_ours_is_cut_off_and_the_undo_line_brings_it_back(tool):
    name = "redis-replica-unknown-master"
    told = seen(lines(name, tool), undone(name, tool))
    assert (told["cut"], told["undone"], told["left"]) == ("silent silent", "answered answered", "")


@pytest.mark.parametrize("tool", ["nft", "iptables"])
def test_the_doors_of_the_edge_are_shut_and_nothing_else_and_the_undo_line_leaves_nothing(tool):
    told = seen(lines("shed-load-at-edge", tool), undone("shed-load-at-edge", tool))
    assert (told["cut"], told["left"]) == ("answered answered", "")  # the database's port is none of its doors


@pytest.mark.parametrize("tool", ["nft", "iptables"])
def test_a_client_gets_no_more_connections_than_its_limit_and_keeps_those_it_has(tool):
    given = lines("connection-limit", tool)
    told = seen(given, undone("connection-limit", tool), afresh=5)
    answered = "answered answered answered answered"  # the one that stood, and three
    assert given
    assert told == {
        "before": f"{answered} answered answered",
        "cut": f"{answered} silent silent",
        "itself": "answered",
        "undone": f"{answered} answered answered",
        "left": "",
    }


@pytest.mark.parametrize("tool", ["nft", "iptables"])
def test_the_limit_of_one_client_leaves_the_others_alone(tool, monkeypatch):
    monkeypatch.setitem(GIVEN, "client", "10.9.0.3")
    told = seen(lines("connection-limit", tool), undone("connection-limit", tool), afresh=5)
    assert told["cut"] == " ".join(["answered"] * 6)
