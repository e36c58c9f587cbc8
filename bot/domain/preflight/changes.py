"""The changes that preflight knows: what each looks at, what speaks against it, and what must be known before."""

from __future__ import annotations

import difflib

from bot.domain.inventory import SystemKind
from bot.domain.preflight import copies, failover, indexes, restart, scaling
from bot.domain.preflight.values import Answer, Change, Sign
from bot.errors import NotFound

MONGODB, ATLAS, REDIS, BACKUP = SystemKind.MONGODB, SystemKind.ATLAS, SystemKind.REDIS, SystemKind.BACKUP
WAIT, STOP = Answer.WAIT, Answer.STOP
READS_ALL_S = 8.0  # of a look that reads the indexes of every collection

_SHED = "Take load off first (playbook shed-load-at-edge), then ask again."
_BUILDS = "Wait until no member builds an index: a drop meanwhile can halt reads and replication; then ask again."
_CATCH_UP = "Let the secondaries catch up to less than 10 s, then ask again."
_OF_BACKUP = ("backup.newest", "backup.content", "backup.generations", "backup.size")
_INDEX_PROBES = {
    MONGODB: (
        *("mongodb.reach", "mongodb.index-everywhere", "mongodb.index-builds", "mongodb.lag"),
        "mongodb.majority",
    ),
}
_INDEX_SIGNS = (
    Sign(signal="index-building", answer=STOP, then=_BUILDS),
    Sign(signal="replication-lag", answer=WAIT, then=_CATCH_UP),
    Sign(signal="majority-stalled", answer=STOP, then="Let a majority acknowledge writes again first."),
)
_STORM = (
    Sign(
        signal="zombie-primary",
        answer=STOP,
        then="First replace the primary that hangs: ask for failover.",
        known=False,
    ),
    Sign(signal="tickets-gone", answer=WAIT, then=_SHED),
    Sign(signal="operations-queued", answer=WAIT, then=_SHED),
    Sign(signal="connection-limit", answer=WAIT, then=_SHED),
    Sign(signal="collection-scan-storm", answer=WAIT, then=_SHED, known=False),
    Sign(signal="election-loop", answer=STOP, then="Let the elections end first: whoever leads is overloaded."),
)
_REBUILD = "Build the indexes again first (playbook rebuild-indexes): what reads whole collections needs no more load."
_OLD = "Take a new copy to another place first, then ask again."

DROP_INDEX = Change(
    name="drop-index",
    about="drop an index of a collection",
    kinds=(MONGODB,),
    words=("collection", "index"),
    example="shop.orders status_1",
    probes=_INDEX_PROBES,
    signs=_INDEX_SIGNS,
    rules=(failover.listed, indexes.old_can_go, indexes.has_a_replacement),
    playbook=indexes.PLAYBOOK,
    go="Drop it, this one alone; keep its createIndex line, and watch slow operations for 10 min.",
    deadline_s=READS_ALL_S,
)
INDEX_SWAP = Change(
    name="index-swap",
    about="drop the old index after a new one was built",
    kinds=(MONGODB,),
    words=("collection", "old index", "new index"),
    example="shop.orders status_1 status_1_created_-1",
    probes=_INDEX_PROBES,
    signs=_INDEX_SIGNS,
    rules=(failover.listed, indexes.new_is_ready, indexes.old_can_go),
    playbook=indexes.PLAYBOOK,
    go="Hide the old one for a peak (4.4 and later), then drop it; keep its createIndex line.",
    deadline_s=READS_ALL_S,
)
CLUSTER_UPGRADE = Change(
    name="cluster-upgrade",
    about="upgrade, resize or migrate a cluster",
    kinds=(ATLAS, MONGODB),
    options=("backup",),
    example="backup=orders-backups",
    probes={
        ATLAS: ("atlas.state", "atlas.backups"),
        MONGODB: (
            *("mongodb.zombie", "mongodb.tickets", "mongodb.connections", "mongodb.scans", "mongodb.elections"),
            "mongodb.indexes",
        ),
        BACKUP: _OF_BACKUP,
    },
    signs=(
        Sign(signal="cluster-changing", answer=STOP, then="Let the change that runs end first.", kind=ATLAS),
        *_STORM,
        Sign(signal="indexes-lost", answer=STOP, then=_REBUILD, known=False),
        Sign(signal="backup-old", answer=STOP, then=_OLD, kind=BACKUP),
        Sign(signal="backup-stale-content", answer=STOP, then=_OLD, kind=BACKUP),
        Sign(signal="backup-shrunk", answer=STOP, then=_OLD, kind=BACKUP, known=False),
        Sign(signal="backup-too-few", answer=WAIT, then="Copy the newest one aside, then ask again.", kind=BACKUP),
    ),
    rules=(copies.outside, copies.listed, copies.load_is_seen),
    playbook="failed-cluster-migration",
    go="Say how long it may take and when you call the vendor, then begin; compare indexes and counts before traffic.",
    deadline_s=READS_ALL_S,
)
FAILOVER = Change(
    name="failover",
    about="have another member become primary",
    kinds=(MONGODB,),
    example="",
    probes={
        MONGODB: (
            *("mongodb.zombie", "mongodb.primary", "mongodb.elections", "mongodb.lag", "mongodb.index-builds"),
            *("mongodb.tickets", "mongodb.rollback", "mongodb.reach"),
        ),
    },
    signs=(
        Sign(signal="election-loop", answer=STOP, then="Take load off: another failover only moves it."),
        Sign(signal="no-primary", answer=STOP, then="There is none to replace: bring votes back instead."),
        Sign(signal="two-primaries", answer=STOP, then="Find out which of the two is right first."),
        Sign(signal="rollback", answer=STOP, then="Let the rollback end and keep its files first.", known=False),
    ),
    rules=(
        failover.listed,
        failover.candidates,
        failover.votes,
        failover.reason,
        failover.writes_at_risk,
    ),
    playbook=failover.PLAYBOOK,
    go="Say who approves, then rs.stepDown(60, 10), and give it 15 s.",
)
RESTART_REDIS_MASTER = Change(
    name="restart-redis-master",
    about="restart the server that is master now",
    kinds=(REDIS,),
    options=("supervisor", "backup"),
    example="supervisor=off",
    probes={
        REDIS: ("redis.persistence", "redis.stale", "redis.roles", "redis.resync", "redis.respawn"),
        BACKUP: _OF_BACKUP,
    },
    signs=(
        Sign(
            signal="master-without-persistence",
            answer=STOP,
            then="Promote a replica that saves instead, or CONFIG SET appendonly yes and let it finish first.",
            kind=REDIS,
        ),
        Sign(signal="persistence-failing", answer=STOP, then="Mend its disk first, and have it save.", kind=REDIS),
        Sign(signal="stale-master", answer=STOP, then="Save what the replicas hold first.", kind=REDIS),
        Sign(signal="respawn-loop", answer=STOP, then="Stop the supervisor first.", kind=REDIS),
        Sign(signal="two-masters", answer=STOP, then="Find out which of the two is right first.", kind=REDIS),
        Sign(signal="replica-link-down", answer=STOP, then="Save that replica's data first: it is alone.", kind=REDIS),
        Sign(signal="full-resync", answer=WAIT, then="Wait until the copy is done, then ask again.", kind=REDIS),
        Sign(signal="backup-stale-content", answer=STOP, then=_OLD, kind=BACKUP),
        Sign(signal="backup-old", answer=WAIT, then=_OLD, kind=BACKUP),
    ),
    rules=(restart.loads_what, restart.replicas, restart.supervisor),
    playbook=restart.PLAYBOOK,
    go="Promote a replica first, or have it save (BGSAVE), then restart; compare its keys before a replica joins.",
)
RESTORE = Change(
    name="restore",
    about="bring data back from a backup",
    kinds=(MONGODB, REDIS),
    options=("backup", "free", "jobs"),
    example="backup=orders-backups jobs=stopped free=40GB",
    probes={MONGODB: ("mongodb.disk",), REDIS: ("redis.persistence",), BACKUP: _OF_BACKUP},
    signs=(
        Sign(signal="backup-stale-content", answer=STOP, then="Look for a copy with younger data first.", kind=BACKUP),
        Sign(signal="backup-shrunk", answer=STOP, then="Look for one from before it shrank.", kind=BACKUP, known=False),
        Sign(signal="backup-old", answer=WAIT, then="Look for a younger copy first, then ask again.", kind=BACKUP),
        Sign(signal="backup-too-few", answer=WAIT, then="Copy the newest one aside, then ask again.", kind=BACKUP),
    ),
    rules=(copies.jobs, copies.to_restore, copies.room),
    playbook="restore-from-backup",
    go="Copy the broken state aside, restore beside it, compare counts and indexes, and only then switch.",
)
SCALE_OUT = Change(
    name="scale-out",
    about="add application servers",
    kinds=(MONGODB, REDIS),
    words=("servers",),
    example="+4x100",
    probes={
        MONGODB: (
            *("mongodb.zombie", "mongodb.tickets", "mongodb.connections", "mongodb.scans"),
            *("mongodb.index-count", "mongodb.reach"),
        ),
        REDIS: ("redis.clients",),
    },
    signs=(
        Sign(
            signal="zombie-primary",
            answer=STOP,
            then="First replace the primary that hangs: ask for failover.",
            known=False,
        ),
        Sign(signal="tickets-gone", answer=STOP, then=_SHED),
        Sign(signal="operations-queued", answer=STOP, then=_SHED),
        Sign(signal="connection-limit", answer=STOP, then="Stop who opens them first, then ask again."),
        Sign(signal="connection-storm", answer=STOP, then="Stop who opens them first, then ask again.", known=False),
        Sign(signal="connections-refused", answer=STOP, then="Stop who opens them first.", known=False),
        Sign(signal="collection-scan-storm", answer=WAIT, then=_SHED, known=False),
        Sign(signal="index-count-fell", answer=STOP, then=_REBUILD, known=False),
        Sign(signal="connection-limit", answer=STOP, then="Stop who opens them first, then ask again.", kind=REDIS),
    ),
    rules=(failover.listed, scaling.pools),
    playbook="shed-load-at-edge",
    go="Add one server, watch tickets and connections for 2 min, then the others.",
)

CHANGES = (DROP_INDEX, INDEX_SWAP, CLUSTER_UPGRADE, FAILOVER, RESTART_REDIS_MASTER, RESTORE, SCALE_OUT)


def change_named(typed: str) -> Change:
    """Return the change of this name. Raises NotFound that names the nearest, or all."""
    known = {change.name: change for change in CHANGES}
    wanted = typed.strip().lower()
    if wanted in known:
        return known[wanted]
    near = difflib.get_close_matches(wanted, known, n=2, cutoff=0.5) or list(known)
    says = f"I know no change `{typed.strip()[:60]}`." if wanted else "Which change?"
    raise NotFound(says, hint=f"I know {', '.join(f'`{name}`' for name in near)}.", typed=typed)
