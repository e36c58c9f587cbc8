"""What to type on a server to give a look no more than it needs; a test keeps docs/inventory.md the same."""

from __future__ import annotations

from bot.domain.inventory import SystemKind

# Redis documentation, ACL: what is not listed is not allowed; no key pattern (`~`) means that no key can be read.
# `acl|dryrun` (since 7.0) tells whether a command would be allowed and runs none.
MINIMAL_ACL = (
    "-@all +info +role +dbsize +lastsave +config|get +client|list +client|setname"
    " +slowlog|get +latency|latest +acl|dryrun"
)
MINIMAL_SENTINEL_ACL = "-@all +info +role +client|setname +sentinel|masters +sentinel|ckquorum +acl|dryrun"

FOR_MONGODB = """\
use admin
db.createUser({
  user: "muster-probe",
  pwd: passwordPrompt(),
  roles: [{ role: "clusterMonitor", db: "admin" }, { role: "read", db: "healthcheck" }]
})
db.getSiblingDB("healthcheck").canary.insertOne({ note: "read by Muster to see whether reads work" })"""
FOR_REDIS = f"ACL SETUSER muster-probe on >PASSWORD resetkeys {MINIMAL_ACL}"
FOR_SENTINEL = f"ACL SETUSER muster-probe on >PASSWORD {MINIMAL_SENTINEL_ACL}"
FOR_ATLAS = "An API key of the project with *Project Read Only*"
FOR_BACKUPS = "list and read, nothing else"

_STATEMENTS = {
    SystemKind.MONGODB: FOR_MONGODB,
    SystemKind.REDIS: FOR_REDIS,
    SystemKind.ATLAS: FOR_ATLAS,
    SystemKind.BACKUP: FOR_BACKUPS,
}


def statement(kind: SystemKind, part: str = "") -> str:
    """What to type for a system of `kind`, or for a Sentinel; "" where nobody signs in."""
    return FOR_SENTINEL if part == "sentinel" else _STATEMENTS.get(kind, "")
