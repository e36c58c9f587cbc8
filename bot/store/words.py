"""Words as people type them in a hurry: what carries meaning, what means the same, what was misspelt."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

MAX_WORD_CHARS = 40
SYNONYM = 0.7

_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"[\w'’-]+")

# Words that say nothing about which failure it is.
_IDLE = """
a about after again all also am an and any anyone anything are as at back be because been before being both but
by can cannot cant could did do does doesnt doing done dont down each even every everything for from get gets
getting go goes going got had has have having he help her here hey hi his how i if im in into is isnt it its just
keep keeps let like look looks lot make many maybe me more most much my need no not nothing now of off ok on once
one only or other our out over own please problem issue put really right s same say see seem seems she should
showing shows since so some somebody someone something still such t than that the their them then there these
they thing things think this those though through thing to today together too trying us use used using very want
was we well went were what when where which while who whole why will with wont would wrong yes yet you your
suddenly tell found after until than via per non error errors failed fails failing fail failure broken breaks
working work works happening happened anybody know thanks new old first last time times day days minute minutes
hour hours second seconds since ago always never week two three info warn warning message log logs line exception
caused true false null none indefinitely forever really currently recently usually simply reacts noticed happen
happens hello hallo thank shown longer near each next instead without within between during against under
even ever yet however
"""

# Words that name the system rather than the failure; alone they point nowhere.
_GENERIC = """
mongo mongodb mongod redis database databases db server servers service services node nodes cluster clusters
app application production prod instance host hosts machine system systems data client clients user users
customer customers page site website connection connections connect connecting connected query queries request
requests process run running start started starting up set command all command code file files type name port
version update config configuration network linux aws atlas docker container java python driver shell
upgrade upgraded upgrades
"""

# Words that half of all incidents share; two of them say as much as one good word.
_VAGUE = """
slow slowly slowness sluggish latency stuck hang hangs hanging frozen freeze timeout timeouts timed restart restarts
restarted restarting rebooted queue queued queues empty lost losing missing gone dead dies died stop stops stopped
stopping load loads loaded high low full memory disk cpu percent usage respond responding response answer answers
return returns returned returning find list search build care sale sales report loop expired offline old
healthy kill killed refused unavailable unreachable outage deploy deployed deploys
"""

# Systems by name. Who names one means that one: a playbook for another system is no answer. Each line is one system.
_SYSTEMS = """
mongo mongodb mongod mongos mongosh atlas
redis valkey sentinel
postgres postgresql pg psql pgbouncer
mysql mariadb
elasticsearch elastic opensearch
kafka
rabbitmq
cassandra scylla
clickhouse
memcached
etcd consul
zookeeper
nginx
haproxy
apache
jenkins gitlab
kubernetes k8s
terraform
stripe
s3
dns
oracle
dynamodb
sqlserver mssql
rds aurora
vpn
smtp email
"""

# Each line is one meaning. A word of a line also finds the others, for a little less.
_MEANINGS = """
slow slowly slowness sluggish latency crawling crawl
hang hangs hung hanging stuck frozen freeze froze freezes unresponsive stalled wedged zombie
outage unavailable offline unreachable
mongo mongodb mongod
db database databases
master primary
slave replica secondary
kill sigkill sigterm
respawn restart restarts restarted restarting reboot rebooted rebooting crashloop relaunched
failover election elect elected elects electing elections stepdown
firewall iptables nftables quarantine isolate
index indexes indices indexed indexing
collscan unindexed
timeout timeouts timed
lost losing loss missing vanished gone disappeared wiped empty emptied
stale outdated ancient
promote promoted promotion
queue queued queues queueing
ticket tickets
rebuild recreate reindex
replica-set replicaset replset
respond responds responding response answer answers answering
refused refuses refusing rejected
migration migrated migrate migrating
restore restored restoring recovered
cpu processor
heartbeat heartbeats
"""

IDLE = frozenset(_IDLE.split())
GENERIC = frozenset(_GENERIC.split())
VAGUE = frozenset(_VAGUE.split())


@dataclass(frozen=True)
class Said:
    """One word of the query: as typed, as searched, how much it says, and what means the same."""

    typed: str
    word: str
    weight: float
    synonyms: tuple[tuple[str, float], ...]


def said(query: str) -> list[Said]:
    """Return the words of `query` that carry meaning, each once, in the order they were typed."""
    found: dict[str, Said] = {}
    for token in _TOKEN.findall(_readable(query)):
        for part in _WORD.findall(re.sub(r"['’]", "", token)):
            word = _folded(part)
            if word in IDLE or word in found or not _carries(word):
                continue
            others = tuple((other, 1.0 if other in SYSTEMS else SYNONYM) for other in _ALIKE.get(word, ()))
            found[word] = Said(part[:MAX_WORD_CHARS], word, _weight(part, word), others)
    return list(found.values())


def words_of(text: str) -> set[str]:
    """Return the searchable words of `text`."""
    return {word for part in _WORD.findall(_readable(text)) if _carries(word := _folded(part)) and not word.isdigit()}


def squeezed(text: str) -> str:
    """Return `text` with everything between the words taken out, so that `fail over` and `failover` meet."""
    return "".join(_folded(part) for part in _WORD.findall(_readable(text)))


Known = dict[tuple[str, int], set[str]]  # words by first letter and length


def known_words(texts: Iterable[str]) -> Known:
    """Return every word of `texts`, arranged for `spelled`."""
    known: Known = {}
    for text in texts:
        for word in words_of(text):
            known.setdefault((word[0], len(word)), set()).add(word)
    return known


def is_known(word: str, known: Known) -> bool:
    """True when `word` stands in the texts as it is."""
    return word in known.get((word[0], len(word)), ())


def spelled(word: str, known: Known) -> list[str]:
    """Return up to four known words that `word` was probably meant to be, or that are parts of it."""
    if len(word) < 4 or any(letter.isdigit() for letter in word):
        return []
    lengths = range(len(word) - 2, len(word) + 3)
    letters = set(word)
    near = [
        other
        for first in dict.fromkeys(word[:2])
        for length in lengths
        for other in known.get((first, length), ())
        if len(letters & set(other)) * 3 >= len(letters) * 2
    ]
    meant = difflib.get_close_matches(word, near, n=2, cutoff=0.8 if len(word) > 4 else 0.75)
    size = len(word)
    parts = {word[a:b] for a in range(size - 5) for b in range(a + 6, size + 1) if b - a < size}
    return [*meant, *sorted((part for part in parts if is_known(part, known)), key=len)[-2:]]


def _readable(text: str) -> str:
    if text.isascii():
        return text.replace("\0", " ")
    return unicodedata.normalize("NFKC", text.replace("\0", " "))


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()[:MAX_WORD_CHARS]
    bare = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter))[:MAX_WORD_CHARS]


def _carries(word: str) -> bool:
    """One letter says something only where a letter is a word, as in Chinese."""
    return len(word) > 1 or not word.isascii()


def _weight(typed: str, word: str) -> float:
    """How much a word says: codes and identifiers most, names of systems little, bare numbers next to nothing."""
    if word.isdigit():
        return 1.2 if 4 <= len(word) <= 6 else 0.1
    if word in GENERIC:
        return 0.4
    if word in VAGUE:
        return 0.6
    code = len(word) > 4 and (typed.isupper() or any(one.isupper() for one in typed[1:]))
    return 1.3 if code else 1.0


def _meanings() -> dict[str, tuple[str, ...]]:
    """Each word of _MEANINGS with the others of its line."""
    lines = [line.split() for line in _MEANINGS.strip().splitlines()]
    return {word: tuple(other for other in line if other != word) for line in lines for word in line}


def _systems() -> dict[str, frozenset[str]]:
    """Each name of _SYSTEMS with all the names of that system."""
    lines = [frozenset(line.split()) for line in _SYSTEMS.strip().splitlines()]
    return {name: line for line in lines for name in line}


_ALIKE = _meanings()
SYSTEMS = _systems()
