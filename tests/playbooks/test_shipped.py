"""The playbooks that come with the bot: readable, complete, careful, and found by what people really wrote."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.store.playbooks import load, parse
from bot.store.search import Index

ROOT = Path(__file__).parents[2]
LOADED = load(ROOT / "playbooks")
BOOKS = {book.name: book for book in LOADED.playbooks}
STEPS = [pytest.param(step, id=f"{book.name}-{step.number}") for book in LOADED.playbooks for step in book.steps]
SYMPTOMS = tomllib.loads((Path(__file__).parent / "symptoms.toml").read_text())["symptom"]

HURRIED = tomllib.loads((Path(__file__).parent / "hurried.toml").read_text())

# People link to them and type them: a name is never changed.
NAMES = {
    "backup-verify",
    "collection-scan-storm",
    "connection-limit",
    "disk-full",
    "escalate-to-vendor",
    "failed-cluster-migration",
    "force-failover-via-firewall",
    "no-primary-or-election-loop",
    "rebuild-indexes",
    "redis-replica-unknown-master",
    "restore-from-backup",
    "safe-index-swap",
    "shed-load-at-edge",
    "stop-respawn",
    "write-concern-stall",
}

# What can lose data, cut people off or stop a service. A step that holds one of these must carry a danger.
DANGEROUS = re.compile(
    r"""
      \b(?:iptables|ip6tables|nft)\b (?=.*(?:-I|-A|-D|\badd\b|\bdelete\b))
    | revoke-security-group | modify-network-interface-attribute | modify-instance-attribute
    | \bdropIndex(?:es)?\( | \bkillOp\( | \bcreateIndex\( | setIndexCommitQuorum
    | (?:^|\s)kill\s+- | \bpkill\b | \bshutdown\b | \breboot\b
    | rs\.reconfig | replSetReconfig | rs\.stepDown | replSetStepDown
    | \b(?:REPLICAOF|SLAVEOF)\b | SENTINEL\ REMOVE | FLUSHALL | FLUSHDB | CONFIG\ SET
    | systemctl\ (?:stop|mask|restart|start|disable) | \bsudo\ (?:stop|mv|rm|dd)\b | \brm\ -
    """,
    re.VERBOSE | re.MULTILINE,
)


def commands(body: str) -> str:
    """The text of the `run` blocks of a step."""
    return "\n".join(re.findall(r"^```\S+ run\n(.*?)^```", body, re.MULTILINE | re.DOTALL))


def test_every_shipped_playbook_is_read_without_a_problem():
    assert [str(problem) for problem in LOADED.problems] == []
    assert set(BOOKS) == NAMES


@pytest.mark.parametrize("name", BOOKS)
def test_a_playbook_says_when_to_use_it_when_not_and_where_it_was_seen(name):
    book = BOOKS[name]
    for words in (
        "**When to use.**",
        "**When not to use.**",
        "**What makes it worse.**",
        "**What misled people there.**",
    ):
        assert words in book.intro
    assert "## Where it was seen" in book.notes
    assert "## Sources" in book.notes
    assert book.symptoms and book.errors and book.systems and book.seen and book.reviewed
    assert 6 <= len(book.steps) <= 9


@pytest.mark.parametrize("name", BOOKS)
def test_the_heading_of_the_page_is_its_title(name):
    assert f"\n# {BOOKS[name].title}\n" in BOOKS[name].text


@pytest.mark.parametrize("step", STEPS)
def test_every_step_gives_a_command_and_says_how_you_know_it_worked(step):
    assert commands(step.body)
    assert step.look_for and step.give_it and step.undo and step.stop_if


@pytest.mark.parametrize("step", STEPS)
def test_a_dangerous_command_never_stands_without_its_danger(step):
    if DANGEROUS.search(commands(step.body)):
        assert step.danger


def test_the_list_of_dangerous_commands_knows_them():
    for command in ("sudo iptables -I INPUT 1 -j DROP", "nft add rule x", "kill -9 1", "redis-cli REPLICAOF NO ONE"):
        assert DANGEROUS.search(command)
    for command in ("redis-cli INFO", "rs.status()", "systemctl show redis", "aws ec2 describe-instances"):
        assert not DANGEROUS.search(command)


@pytest.mark.parametrize("name", BOOKS)
def test_a_walk_can_read_its_own_copy_again(name):
    assert parse(BOOKS[name].text, name) == BOOKS[name]


def test_what_people_wrote_finds_the_right_playbook_or_none():
    index = Index(LOADED.playbooks)
    wrong = []
    for symptom in SYMPTOMS:
        found = index.find(symptom["says"])
        right = symptom["fits"] if isinstance(symptom["fits"], list) else [symptom["fits"]]
        if (found[0].name if found else "") not in right:
            wrong.append(symptom["says"])
    assert len(SYMPTOMS) >= 40
    assert sum(not symptom["fits"] for symptom in SYMPTOMS) * 5 >= len(SYMPTOMS)
    # The decision record names those that stay wrong.
    assert wrong == [
        "mongod hang, CPU usage on the primary is low, shell will hang if do insert/find",
        "db.currentOp shows getmore on local.oplog.rs waitingForLock secs_running 17965, mongodb hang",
        "Can't access my mongodb atlas since today, Operation utenti.findOne() buffering timed out after 10000ms",
    ]


def test_nothing_is_shown_as_sure_where_no_playbook_fits():
    index = Index(LOADED.playbooks)
    shown = [match for symptom in SYMPTOMS if not symptom["fits"] for match in index.find(symptom["says"])]
    assert not any(match.sure for match in shown)


def test_words_typed_in_a_hurry_find_the_right_playbook_or_none():
    index = Index(LOADED.playbooks)
    wrong = []
    for name, queries in HURRIED.items():
        tops = {query: [match.name for match in index.find(query)][:1] for query in queries}
        wrong += [query for query, top in tops.items() if top not in _right(name)]
    # The decision record names those that stay wrong.
    assert wrong == [
        "all users created since march disappeared redis",
        "slow page load in Safari",
        "zombie processes on the build machine",
        "primary care website is down",
        "ticket sales report is empty",
        "database migration failed with syntax error",
    ]


def _right(name: str) -> list[list[str]]:
    """What may be on top for a section of hurried.toml: nothing, one playbook, or either of two."""
    return [[]] if name == "none" else [[one] for one in name.split(" or ")]


@pytest.mark.parametrize("vague", ["the database is slow", "slow page load in Safari", "primary is slow"])
def test_a_vague_query_finds_what_may_fit_and_no_more(vague):
    assert not any(match.sure for match in Index(LOADED.playbooks).find(vague))


def test_a_sign_of_one_playbook_is_sure():
    for plain_sign in ("primary answers heartbeats but no queries", "no space left on device", "planSummary: COLLSCAN"):
        assert Index(LOADED.playbooks).find(plain_sign)[0].sure


def test_the_folder_s_own_page_lists_every_playbook_by_its_title():
    page = (ROOT / "playbooks" / "README.md").read_text()
    listed = re.findall(r"^\| \[([a-z-]+)\]\(([a-z-]+)\.md\) \| (.+) \|$", page, re.MULTILINE)
    assert listed == [(name, name, book.title) for name, book in sorted(BOOKS.items())]
