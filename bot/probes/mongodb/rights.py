"""May our user read what the looks need, and may it write?

Every question is put once, so that a right that lacks shows by the server's own refusal. What the user may do besides
is read from connectionStatus, which lists its privileges; no write is ever tried. Every action that is not known as one
that only reads counts: those known to change something are a yes, others are not known. A server that answers people
who have not signed in has access control off, and anybody who reaches it may write.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.lacking import CAN_WRITE, CANNOT_READ, can_read, fitting
from bot.probes.mongodb.answers import is_arbiter
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.rights"
MOST_NAMED = 3

# MongoDB manual, privilege actions: what `read` and `clusterMonitor` give in 4.4 to 8.0, and others that only tell.
ONLY_READ = frozenset(
    {
        *("changeStream", "collStats", "dbHash", "dbStats", "find", "killCursors", "listCollections", "listIndexes"),
        *("listSearchIndexes", "planCacheRead", "checkFreeMonitoringStatus", "connPoolStats", "getCmdLineOpts"),
        *("getDefaultRWConcern", "getLog", "getParameter", "getShardMap", "hostInfo", "listDatabases", "listSessions"),
        *("listSampledQueries", "listShards", "netstat", "operationMetrics", "replSetGetConfig", "replSetGetStatus"),
        *("serverStatus", "top", "useUUID", "inprog", "shardingState", "allCollectionStats", "shardedDataDistribution"),
        *("getDatabaseVersion", "getShardVersion", "indexStats", "listCursors", "viewRole", "viewUser"),
        *("getClusterParameter", "getChangeStreamState", "queryStatsRead", "queryStatsReadTransformed"),
        *("listCachedAndActiveUsers", "checkMetadataConsistency", "changeOwnPassword", "changeOwnCustomData"),
    }
)
# Of the same page, those that change data, indexes, users, settings, members, or stop somebody's work.
CHANGES = frozenset(
    {
        *("anyAction", "internal", "insert", "update", "remove", "dropDatabase", "dropCollection", "createCollection"),
        *("createIndex", "dropIndex", "reIndex", "collMod", "compact", "convertToCapped", "emptycapped", "validate"),
        *("renameCollectionSameDB", "bypassDocumentValidation", "createSearchIndexes", "dropSearchIndex"),
        *("updateSearchIndex", "shutdown", "killop", "killAnyCursor", "killAnySession", "dropConnections"),
        *("replSetConfigure", "replSetStateChange", "replSetResizeOplog", "resync", "applyOps", "appendOplogNote"),
        *("setParameter", "setClusterParameter", "setDefaultRWConcern", "setFeatureCompatibilityVersion"),
        *("setFreeMonitoring", "setUserWriteBlockMode", "bypassWriteBlockingMode", "setChangeStreamState"),
        *("fsync", "unlock", "logRotate", "touch", "connPoolSync", "enableProfiler", "planCacheWrite"),
        *("planCacheIndexFilter", "querySettings", "flushRouterConfig", "cleanupOrphaned", "clearJumboFlag"),
        *("addShard", "removeShard", "moveChunk", "splitChunk", "moveCollection", "enableSharding"),
        *("refineCollectionShardKey", "reshardCollection", "createUser", "dropUser", "createRole", "dropRole"),
        *("grantRole", "revokeRole", "changePassword", "changeCustomData", "setAuthenticationRestriction"),
        *("invalidateUserCache", "authSchemaUpgrade", "rotateCertificates", "auditConfigure", "impersonate"),
        *("importCollection", "exportCollection", "forceUUID", "runTenantMigration", "trafficRecord", "dbCheck"),
        *("analyze", "configureQueryAnalyzer", "compactStructuredEncryptionData", "cleanupStructuredEncryptionData"),
        *("issueDirectShardOperations", "advanceClusterTime", "oidReset", "oidcRefreshKeys", "closeAllDatabases"),
        *("transitionFromDedicatedConfigServer", "transitionToDedicatedConfigServer", "repairDatabase"),
    }
)
# All that any probe asks; on a router `replSetGetStatus` is refused as no command, which is no lack of a right.
ASKS = (
    "hello", "buildInfo", "serverStatus", "replSetGetStatus", "replSetGetConfig", "currentOp", "cmdLine", "dbStats",
    "connectionStatus", "indexes", "counts", "canary",
)  # fmt: skip


def judge(seen: Seen) -> list[Finding]:
    """Two findings for each member; an arbiter holds no data and knows no users, so that neither is asked of it."""
    arbiters = _arbiters(seen)
    found: list[Finding] = []
    for look in seen:
        if is_arbiter(look) or look.member.name in arbiters:
            found.append(_finding(look, CANNOT_READ, Verdict.OK, "holds no data and knows no users", "arbiter"))
            found.append(_finding(look, CAN_WRITE, Verdict.OK, "holds no data and knows no users", "arbiter"))
        else:
            found += [can_read(PROBE, look), _can_write(look)]
    return fitting(found)


def _arbiters(seen: Seen) -> frozenset[str]:
    told = (look.get("hello", "arbiters") for look in seen)
    return frozenset(name for names in told if isinstance(names, list) for name in names if isinstance(name, str))


def _can_write(look: Look) -> Finding:
    info = look.get("connectionStatus", "authInfo")
    if not isinstance(info, Mapping):
        return PROBE.unknown(CAN_WRITE, f"{look.member.name} {why(look['connectionStatus'])}.", member=look.member.name)
    users, privileges = info.get("authenticatedUsers"), info.get("authenticatedUserPrivileges")
    if users == [] and look["serverStatus"].ok:
        says = "answers whoever has not signed in: access control is off, and all who reach it may write"
        return _finding(look, CAN_WRITE, Verdict.CRITICAL, says, "access control off")
    if not users or not isinstance(users, list) or not isinstance(privileges, list):
        return PROBE.unknown(CAN_WRITE, f"{look.member.name} does not tell what we may do.", member=look.member.name)
    actions: dict[str, str] = {}
    for privilege in privileges:
        if not _is_privilege(privilege):
            says = f"{look.member.name} tells of a right in a form that we do not know."
            return PROBE.unknown(CAN_WRITE, says, member=look.member.name)
        for action in privilege["actions"]:
            actions.setdefault(str(action)[:60], _where(privilege["resource"]))
    changing = sorted(CHANGES & actions.keys())
    strange = sorted(actions.keys() - CHANGES - ONLY_READ)
    if changing:
        named = ", ".join(f"{action} on {actions[action]}" for action in changing[:MOST_NAMED])
        more = f" and {len(changing) - MOST_NAMED} more" if len(changing) > MOST_NAMED else ""
        return _finding(look, CAN_WRITE, Verdict.CRITICAL, f"lets us {named}{more}", ", ".join(changing)[:120])
    if strange:
        says = f"{look.member.name} lets us {strange[0]}; whether that changes anything is not known."
        return PROBE.unknown(CAN_WRITE, says, member=look.member.name, value=", ".join(strange)[:120])
    if not actions:
        return PROBE.unknown(CAN_WRITE, f"{look.member.name} names no right of ours.", member=look.member.name)
    return _finding(look, CAN_WRITE, Verdict.OK, f"lets us read, by {len(actions)} actions that change nothing", "no")


def _is_privilege(told: Any) -> bool:
    return (
        isinstance(told, Mapping)
        and isinstance(told.get("actions"), list)
        and isinstance(told.get("resource"), Mapping)
    )


def _where(resource: Mapping[str, Any]) -> str:
    if resource.get("cluster") or resource.get("anyResource"):
        return "the cluster" if resource.get("cluster") else "everything"
    database, collection = str(resource.get("db", ""))[:40], str(resource.get("collection", ""))[:40]
    return f"{database or 'any database'}{'.' + collection if collection else ''}"


def _finding(look: Look, signal: str, verdict: Verdict, says: str, value: str) -> Finding:
    return Finding(
        probe=NAME,
        signal=signal,
        verdict=verdict,
        says=f"{look.member.name} {says}.",
        member=look.member.name,
        value=value,
        limit="only read",
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="whether our user may read what looks need, and cannot write",
    signals=(CANNOT_READ, CAN_WRITE),
    asks=ASKS,
    judge=judge,
    light=False,
)
