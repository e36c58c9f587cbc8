"""The shell of the playbooks: every block parses, no value breaks a line, and each pipeline finds what it is for."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.domain.gaps import BadValue, check
from bot.domain.playbook import Fill, Variable
from bot.store.playbooks import load

ROOT = Path(__file__).parents[2]
LOGS = Path(__file__).with_name("logs")
STEPS = [(book.name, step) for book in load(ROOT / "playbooks").playbooks for step in book.steps]
RUN = re.compile(r"^```(\S+) run\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = [(f"{name} {step.number}", *block) for name, step in STEPS for block in RUN.findall(step.body)]
TAKES = {
    Fill.HOST: "db1",
    Fill.PORT: "2701",
    Fill.NUMBER: "5",
    Fill.PATH: "/var/x",
    Fill.KEY: "shop:1",
    Fill.WORD: "orders",
}


def filled(text: str, given: str = "10") -> str:
    return re.sub(r"\{\{\w+(?::\w+)?\}\}", given, text)


def ran(shell: str, *words: str, script: str = "") -> subprocess.CompletedProcess[str]:
    said = {"input": script, "capture_output": True, "text": True, "timeout": 60}
    return subprocess.run([shell, *words], env=os.environ | {"LC_ALL": "C"}, check=False, **said)


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_every_block_parses(shell):
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    assert len(BLOCKS) > 100 and {language for _, language, _ in BLOCKS} == {"sh"}
    assert {where: told for where, _, text in BLOCKS if (told := ran(shell, "-n", script=filled(text)).stderr)} == {}


def taken(fill: Fill, said: str) -> bool:
    try:
        return check(Variable(name="x", fill=fill), said) == said
    except BadValue:
        return False


@pytest.mark.parametrize("fill", Fill)
def test_what_may_be_filled_in_means_nothing_to_a_shell(fill):
    """Gaps stand bare and in quotes of both sorts: nothing that a shell acts on may get into any."""
    usual = TAKES[fill]
    signs = [chr(code) for code in range(0x3000)]
    accepted = {sign for sign in signs if taken(fill, usual + sign) or taken(fill, usual[:2] + sign + usual[2:])}
    assert taken(fill, usual) and accepted
    assert {sign for sign in accepted if not re.fullmatch(r"[A-Za-z0-9._/@+,=:-]", sign)} == set()
    assert not taken(fill, f"-{usual}")  # it would be read as an option


def test_what_comes_from_the_environment_stands_in_quotes():
    used = [(where, use) for where, _, text in BLOCKS for use in re.findall(r".\$\{?[A-Z_]+\}?.?", text)]
    assert len(used) > 10
    assert [one for one in used if not re.fullmatch(r'"\$[A-Z_]+"', one[1])] == []


def line(name: str, mark: str) -> str:
    """The one line of a playbook's blocks that holds `mark`; of several that are alike, that."""
    found = {row for where, _, text in BLOCKS if where.split()[0] == name for row in text.splitlines() if mark in row}
    assert len(found) == 1, f"{name}: {len(found)} lines with {mark}"
    return found.pop()


@pytest.mark.parametrize(
    "name", ["connection-limit", "force-failover-via-firewall", "no-primary-or-election-loop", "write-concern-stall"]
)
def test_what_asks_a_server_that_may_be_silent_ends_by_itself(name):
    asks = [
        row for where, _, text in BLOCKS if where.split()[0] == name for row in text.splitlines() if "mongosh" in row
    ]
    assert asks
    assert [row for row in asks if not re.search(r"(?:^|\bdo )timeout \d+ mongosh ", row)] == []


def test_the_handles_of_mongod_are_written_as_systemd_reads_them(tmp_path):
    row = filled(line("connection-limit", "LimitNOFILE"), "64000").replace("sudo ", "")
    done = ran("sh", "-c", row.replace("/etc/systemd/system/mongod.service.d", str(tmp_path)))
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "handles.conf").read_text() == "[Service]\nLimitNOFILE=64000\n"


def over(name: str, mark: str, log: str) -> list[str]:
    """What a line prints for a log of ours, with blanks made one: instead of its own file, or of what it would ask."""
    first, _, rest = filled(line(name, mark).removeprefix("sudo "), "127.0.0.2").partition(" | ")
    file = shlex.quote(str(LOGS / log))
    reads, files = re.subn(r" (?:/var/log/\S+|127\.0\.0\.2)$", lambda _: f" {file}", first)
    source = reads if files and first.startswith(("tail ", "grep ")) else f"cat {file}"
    done = ran("sh", "-c", f"{source} | {rest.partition(' | timeout ')[0]}")
    assert not done.stderr
    return [" ".join(row.split()) for row in done.stdout.splitlines()]


NGINX = "nginx-access.txt"
CLIENTS = "redis-client-list.txt"
PEERS = ["3 127.0.0.2", "1 127.0.0.4", "1 127.0.0.3"]
COUNTED = [
    (
        "collection-scan-storm",
        "sed -nE",
        "mongod-4.0.txt",
        [
            "1 update local.myCollection COLLSCAN",
            "1 command local.startup_log COLLSCAN",
            "1 command local.myCollection COLLSCAN",
        ],
    ),
    (
        "collection-scan-storm",
        "sed -nE",
        "mongod-6.0.txt",
        ['2 "ns":"admin.system.keys" COLLSCAN', '1 "ns":"config.transactions" COLLSCAN'],
    ),
    (
        "collection-scan-storm",
        "sed -nE",
        "mongod-worded.txt",
        ["1 query shop.webhooks IXSCAN { created: 1 }", '1 "ns":"shop.webhooks" IXSCAN { created: 1 }'],
    ),
    ("connection-limit", "connection accepted", "mongod-4.0.txt", ["2 127.0.0.1"]),
    ("connection-limit", "connection accepted", "mongod-worded.txt", ["2 192.0.2.63", "1 192.0.2.7"]),
    ("connection-limit", "refused because", "mongod-worded.txt", ["2"]),
    ("connection-limit", "ss -tn state", "ss.txt", PEERS),
    ("connection-limit", "name=", CLIENTS, ["3 127.0.0.2 worker", "1 127.0.0.4", "1 127.0.0.3 web", "1 127.0.0.1"]),
    ("connection-limit", "KILL", CLIENTS, [f"CLIENT KILL ADDR 127.0.0.2:{port}" for port in (33005, 54281, 40489)]),
    ("stop-respawn", "ss -tn state", "ss.txt", PEERS),
    ("stop-respawn", "CLIENT LIST", CLIENTS, ["3 addr=127.0.0.2", *(f"1 addr=127.0.0.{end}" for end in (4, 3, 1))]),
    ("rebuild-indexes", "grep -vc", "mongod-4.0.txt", ["3"]),
    ("rebuild-indexes", "grep -vc", "mongod-6.0.txt", ["3"]),
    (
        "rebuild-indexes",
        "uniq -c",
        "mongod-4.0.txt",
        ["1 update local.myCollection", "1 command local.startup_log", "1 command local.myCollection"],
    ),
    ("rebuild-indexes", "uniq -c", "mongod-6.0.txt", ['2 "ns":"admin.system.keys"', '1 "ns":"config.transactions"']),
    ("shed-load-at-edge", "substr($4", NGINX, ["5 21/Nov/2026:21:37", "2 21/Nov/2026:21:38"]),
    ("shed-load-at-edge", "print $7", NGINX, ["4 /webhooks/payment", "2 /sale", "1 /checkout"]),
    ("shed-load-at-edge", "print $1 ", NGINX, ["4 127.0.0.2", "2 127.0.0.3", "1 127.0.0.4"]),
    ("shed-load-at-edge", "tail -n 20000 ", NGINX, ["6 200", "1 503"]),
    (
        "redis-replica-unknown-master",
        "requirepass",
        "redis.conf",
        [
            "1:bind 127.0.0.1",
            "2:protected-mode yes",
            "3:requirepass (hidden)",
            "4:masterauth (hidden)",
            "5:user default (hidden)",
            "6:replicaof 10.0.0.9 6379",
            "8:include /etc/redis/site.conf",
        ],
    ),
    (
        "backup-verify",
        "30 percent",
        "sizes.txt",
        [
            *("101000", "102000", "103000", "104000", "105000", "50000"),
            "the last is more than 30 percent below the middle of the others",
        ],
    ),
]


@pytest.mark.parametrize(("name", "mark", "log", "printed"), COUNTED)
def test_a_pipeline_counts_what_it_is_for(name, mark, log, printed):
    assert over(name, mark, log) == printed


@pytest.mark.parametrize("name", ["backup-verify", "restore-from-backup"])
def test_a_job_is_found_in_every_place_where_cron_keeps_jobs(name, tmp_path):
    places = ["etc/crontab", "etc/cron.d/site", "etc/cron.monthly/dump", "var/spool/cron/crontabs/root"]
    for place in places:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("7 * * * * root /usr/local/bin/backup\n")
    looks = line(name, "/var/spool/cron").removeprefix("sudo ")
    found = ran("sh", "-c", re.sub(r" (?=/(?:etc|var)/)", f" {tmp_path}", looks)).stdout.splitlines()
    assert {row.removeprefix(f"{tmp_path}/").partition(":")[0] for row in found} == set(places)


SHOWN = [
    ("shed-load-at-edge", "print $6", NGINX, ["4 Stripe/1.0", "2 Mozilla/5.0", "1 curl/7.88.1"]),
    ("no-primary-or-election-loop", "electable", "mongod-6.0.txt", ["Starting an election", "Election succeeded"]),
    (
        "no-primary-or-election-loop",
        "electable",
        "mongod-worded.txt",
        [
            *["db3.example.net:27017"] * 4,
            *("data is staler than mine", "received an invalid response", "not becoming primary"),
        ],
    ),
    ("safe-index-swap", "index build", "mongod-4.0.txt", ["build index on", "using bulk method", "build index done"]),
    ("safe-index-swap", "index build", "mongod-6.0.txt", ["Index build: done building"] * 2),
    ("redis-replica-unknown-master", "MASTER MODE", "redis.txt", ["REPLICAOF 127.0.0.1:7456", "MASTER MODE enabled"]),
    ("disk-full", "lsof", "lsof.txt", ["SIZE/OFF", "300000000"]),
    (
        "disk-full",
        "unclean shutdown",
        "mongod-worded.txt",
        ["No space left", "mongod.lock is not", "waiting for", "Lock file", "Waiting for"],
    ),
    ("backup-verify", "redis-check-rdb", "redis-check-rdb.txt", ["ctime = '1795297081'", "looks OK", "1 keys read"]),
]


@pytest.mark.parametrize(("name", "mark", "log", "pieces"), SHOWN)
def test_a_pipeline_shows_the_lines_that_matter_and_no_others(name, mark, log, pieces):
    rows = over(name, mark, log)
    assert len(rows) == len(pieces)
    assert [piece for row, piece in zip(rows, pieces, strict=True) if piece not in row] == []
