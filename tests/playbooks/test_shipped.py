"""The playbooks that come with the bot: readable, complete, careful, and found by what people really wrote."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.domain.gaps import gaps
from bot.domain.offers import hosts_before
from bot.domain.playbook import Fill
from bot.services.playbooks.flaws import flaws
from bot.store.heard import ENDING, FOLDER, NONE, NOTHING_HEARD, read_list, read_lists
from bot.store.playbooks import Shelf, load, parse
from tests.playbooks.figures import Asked, asked, measure

ROOT = Path(__file__).parents[2]
LOADED = load(ROOT / "playbooks")
SHELF = Shelf(ROOT / "playbooks")
BOOKS = {book.name: book for book in LOADED.playbooks}
STEPS = [pytest.param(step, id=f"{book.name}-{step.number}") for book in LOADED.playbooks for step in book.steps]
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
    "redis-memory-full",
    "redis-replica-unknown-master",
    "redis-slow",
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


def test_every_host_has_a_port_of_its_own():
    for book in BOOKS.values():
        for gap in gaps(book).values():
            hosts = hosts_before(book, gap.name) if gap.fill is Fill.PORT else set()
            assert len(hosts) <= 1, f"{book.name}: {gap.name} stands behind {sorted(hosts)}"


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


@pytest.mark.parametrize("name", BOOKS)
def test_a_playbook_says_when_to_stop_and_whom_to_call(name):
    told = " ".join(" ".join(step.stop_if for step in BOOKS[name].steps).split())
    assert re.search(r"(?i)\b(?:call|tell|ask) (?:the|an?|its|whoever|who) \w+", told)


@pytest.mark.parametrize("name", BOOKS)
def test_a_playbook_with_timeout_says_what_it_is_on_a_mac(name):
    if any(re.search(r"\btimeout \d", commands(step.body)) for step in BOOKS[name].steps):
        told = " ".join(BOOKS[name].text.split())
        assert told.count("On a Mac `timeout` is `gtimeout`, from coreutils; or leave it and its number out.") == 1


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


# What no list must fall below, in percent; docs/decisions/0002-playbooks.md has the figures and the aims.
FLOORS = {
    "right one first": 80,
    "among the first three": 93,
    "nothing though one fits": 5,  # at most
    "nothing where none fits": 55,
}


@pytest.mark.parametrize("names", [("symptoms.toml", "tuning.toml"), ("weighed.toml",)])
def test_what_people_wrote_finds_the_right_playbook_or_none(names):
    listed = [one for name in names for one in asked(name)]
    assert len(listed) >= 200
    assert sum(not one.fits for one in listed) * 6 >= len(listed)
    assert {name for one in listed for name in one.fits} == NAMES
    shares = measure(listed, SHELF.find).shares()
    assert shares.pop("nothing though one fits") <= FLOORS["nothing though one fits"]
    assert {name: share for name, share in shares.items() if share < FLOORS[name]} == {}


@pytest.mark.parametrize("name", sorted([*NAMES, NONE]))
def test_every_playbook_has_its_list_of_what_people_typed(name):
    lines = (ROOT / "playbooks" / FOLDER / f"{name}{ENDING}").read_text("utf-8").splitlines()
    assert len(lines) >= 100 and lines == sorted(set(lines), key=str.casefold)


def test_all_that_people_typed_was_learnt():
    assert not any(read_lists(ROOT / "playbooks", NOTHING_HEARD).new.values()), (
        "run `muster runbook learn`, and commit what it writes"
    )


@pytest.mark.parametrize(
    "said", ["redis is slow", "redis slow", "redis taking seconds to answer", "redis high latency"]
)
def test_a_slow_redis_is_named_for_certain_in_the_few_words_that_people_type(said):
    best = SHELF.find(said)[0]
    assert (best.name, best.sure) == ("redis-slow", True)


LISTS = ("symptoms.toml", "tuning.toml", "weighed.toml", "untouched.toml", "fresh.toml")


def test_no_sentence_stands_in_two_lists():
    heard = {line for name in [*NAMES, NONE] for line in read_list(ROOT / "playbooks", f"{name}{ENDING}")}
    says = [" ".join(one.says.split()) for name in LISTS for one in asked(name)]
    assert len(says) == len(set(says))
    assert not heard & {one.says for name in LISTS[2:] for one in asked(name)}


def test_words_typed_in_a_hurry_find_the_right_playbook_or_none():
    entries = [
        Asked(says=query, fits=frozenset() if name == "none" else frozenset(name.split(" or ")))
        for name, queries in HURRIED.items()
        for query in queries
    ]
    figures = measure(entries, SHELF.find)
    assert figures.first >= 0.75 * figures.fitting
    assert figures.in_three >= 0.95 * figures.fitting
    assert figures.false_none <= 0.05 * figures.fitting
    assert figures.unsure >= 0.9 * figures.others


@pytest.mark.parametrize("vague", ["the database is slow", "slow page load in Safari", "primary is slow"])
def test_a_vague_query_finds_what_may_fit_and_no_more(vague):
    assert not any(match.sure for match in SHELF.find(vague))


def test_a_sign_of_one_playbook_is_sure():
    for plain in (
        "primary answers heartbeats but no queries",
        "no space left on device",
        "waiting for replication timed out",
    ):
        assert SHELF.find(plain)[0].sure


def test_the_folder_s_own_page_lists_every_playbook_by_its_title():
    page = (ROOT / "playbooks" / "README.md").read_text()
    listed = re.findall(r"^\| \[([a-z-]+)\]\(([a-z-]+)\.md\) \| (.+) \|$", page, re.MULTILINE)
    assert listed == [(name, name, book.title) for name, book in sorted(BOOKS.items())]


@pytest.mark.parametrize("name", BOOKS)
def test_every_probe_and_signal_it_names_exists(name):
    assert flaws(LOADED, name) == []


def test_the_failures_that_a_look_can_find_have_a_playbook():
    named = {signal for book in BOOKS.values() for signal in book.called_by}
    assert named >= {
        "zombie-primary",
        "tickets-gone",
        "indexes-lost",
        "index-not-everywhere",
        "majority-stalled",
        "stale-master",
        "respawn-loop",
        "connection-limit",
        "no-primary",
        "disk-full",
    }
