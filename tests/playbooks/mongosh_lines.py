"""What each line for mongosh sends and prints, by playbook and step; the real shell is held against it."""

from typing import Any

from tests.playbooks.mongod import HOSTS, WRITER
from tests.playbooks.shell import GIVEN

PRIMARY, SECONDARY, MEMBER = HOSTS

# What each helper sends. What comes from one that is not here fails the test: somebody has to look at it first.
SENDS = {
    r"rs\.status\(": {"replSetGetStatus"},
    r"rs\.conf\(": {"replSetGetConfig"},
    r"rs\.reconfig\(": {"replSetGetConfig", "replSetReconfig"},
    r"rs\.stepDown\(": {"replSetStepDown"},
    r"rs\.printReplicationInfo\(": {"listCollections", "aggregate", "find"},
    r"\bdb\.serverStatus\(": {"serverStatus"},
    r"\bdb\.currentOp\(": {"aggregate"},
    r"\bdb\.killOp\(": {"killOp"},
    r"\bdb\.version\(": {"buildInfo"},
    r"\bdb\.isMaster\(": {"isMaster"},
    r'getSiblingDB\("\w+"\)\.stats\(': {"dbStats"},
    r"getCollection\(c\.name\)\.stats\(": {"aggregate", "find"},  # the latter to see whether it is sharded
    r"\.getCollectionInfos\(": {"listCollections"},
    r"\.estimatedDocumentCount\(": {"count"},
    r"\.getIndexes\(": {"listIndexes"},
    r"\.aggregate\(": {"aggregate"},
    r"\.find\((?!.*\.explain\()": {"find"},
    r"\.explain\(": {"explain"},
    r"\.createIndex\(": {"createIndexes"},
    r"\.dropIndex\(": {"dropIndexes"},
    r"\.getUser\(": {"usersInfo"},
    r"\.revokeRolesFromUser\(": {"revokeRolesFromUser"},
}
READS = {"replSetGetStatus", "replSetGetConfig", "listCollections", "aggregate", "find", "serverStatus", "buildInfo"}
READS |= {
    "isMaster",
    "dbStats",
    "count",
    "listIndexes",
    "explain",
    "listDatabases",
    "getParameter",
    "getCmdLineOpts",
    "usersInfo",
}
OF_THE_DRIVER = {"$db", "lsid", "$readPreference", "$clusterTime", "txnNumber"}

# What a line that changes something sends, by playbook and step, in the order of the lines.
INDEX: dict[str, Any] = {"background": True, "name": "status_1", "key": {"status": 1}}
REFUSED = {"setQuerySettings": "9F0A", "settings": {"reject": True}}
WRITES = [{"role": GIVEN["role"], "db": GIVEN["roledb"]}]
QUORUM = {"setIndexCommitQuorum": "orders", "indexNames": ["status_1"], "commitQuorum": "majority"}
CHANGES: dict[tuple[str, int], list[dict[str, Any]]] = {
    ("collection-scan-storm", 4): [{"killOp": 1, "op": 7000001}],
    ("collection-scan-storm", 5): [{"planCacheClear": "orders"}, REFUSED],
    ("collection-scan-storm", 6): [{"createIndexes": "orders", "indexes": [INDEX]}],
    ("collection-scan-storm", 7): [{"setClusterParameter": {"defaultMaxTimeMS": {"readOperations": 5000}}}],
    ("connection-limit", 6): [{"replSetStepDown": 60, "secondaryCatchUpPeriodSecs": 10}],
    ("disk-full", 3): [{"logRotate": 1}],
    ("disk-full", 5): [{"replSetStepDown": 600, "secondaryCatchUpPeriodSecs": 15}],
    ("force-failover-via-firewall", 4): [{"replSetStepDown": 60, "secondaryCatchUpPeriodSecs": 10}],
    ("rebuild-indexes", 3): [{"killOp": 1, "op": 7000001}],
    ("rebuild-indexes", 5): [{"createIndexes": "orders", "indexes": [INDEX]}],
    ("rebuild-indexes", 7): [QUORUM, {"dropIndexes": "orders", "index": "status_1"}],
    ("restore-from-backup", 7): [{"revokeRolesFromUser": GIVEN["appuser"], "roles": WRITES}],
    ("safe-index-swap", 4): [{"createIndexes": "orders", "indexes": [INDEX]}],
    ("safe-index-swap", 6): [{"collMod": "orders", "index": {"name": GIVEN["old"], "hidden": True}}],
    ("safe-index-swap", 7): [{"dropIndexes": "orders", "index": GIVEN["old"]}],
    ("write-concern-stall", 5): [{"replSetResizeOplog": 1, "size": 20000.0}],
}
KILLS_MANY = "db.killOp(o.opid)"
WITHOUT_END = ("createIndex(",)  # a build takes as long as it takes

# What a page says to look for, as its line prints it.
SHOWN = {
    ("collection-scan-storm", 1): [r"^1 x, longest \d+ s \| shop\.webhooks \| query \| COLLSCAN \| shop-web \| 10\.0"],
    ("collection-scan-storm", 4): [
        r"^70000\d\d \d+ conn\d+ shop-web COLLSCAN find$",
        rf"^{WRITER} \d+ conn\d+ shop-web COLLSCAN aggregate WRITES$",
        r"attempting to kill op",
    ],
    ("collection-scan-storm", 6): ["IXSCAN", "^status_1$"],
    ("collection-scan-storm", 8): ["readers: 30", r"scannedObjects: Long\('\d+'\)", r"returned: Long\('\d+'\)"],
    ("connection-limit", 1): ["current: ", "available: ", "totalCreated: "],
    ("connection-limit", 2): [r"^\d+ 192\.168\.65\.1 no name$"],
    ("connection-limit", 6): ["ok: 1"],
    ("disk-full", 2): [r"^205000000000 of 500000000000 41 percent$", r"SECONDARY ISODate\('20"],
    ("disk-full", 7): [r"^orders 2374082800 20480$"],
    ("failed-cluster-migration", 5): [r"^shop\.orders 4812330 5$"],
    ("escalate-to-vendor", 3): [r"term: \d+"],
    ("force-failover-via-firewall", 2): [r"^term \d+$", r"SECONDARY health 1 last write ISODate", "^1$"],
    ("force-failover-via-firewall", 4): ["ok: 1"],
    ("force-failover-via-firewall", 7): [rf"^\d+ {PRIMARY}:\d+$"],
    ("no-primary-or-election-loop", 1): [r"^I am 2 term \d+ majority 2$"],
    ("no-primary-or-election-loop", 2): [rf"^1 {SECONDARY}:\d+ votes 1 priority 1 "],
    ("no-primary-or-election-loop", 6): ["^10000$", "ok: 1"],
    ("no-primary-or-election-loop", 8): [r"^term \d+$"],
    ("rebuild-indexes", 1): [r"^70000\d\d \d+ query shop.webhooks COLLSCAN conn", "scannedObjects", "collectionScans"],
    ("rebuild-indexes", 2): [r'^shop\.orders .*"name":"sent_1","expireAfterSeconds":86400\}$', r"^4812330 4 orders$"],
    ("rebuild-indexes", 5): ["^status_1$"],
    ("rebuild-indexes", 6): [r" \d+ of 4812330$", r"^status_1 ready \d+$", r"^status_1_created_-1 building 0$"],
    ("rebuild-indexes", 8): ["IXSCAN"],
    ("rebuild-indexes", 9): [r'^shop\.orders .*"name":"sent_1","expireAfterSeconds":86400\}$'],
    ("restore-from-backup", 3): [rf"^{SECONDARY}:\d+ delayed by 0 s$"],
    ("restore-from-backup", 6): [r"^shop\.orders 4812330 4$"],
    ("restore-from-backup", 7): ["role: 'readWrite'", "ok: 1"],
    ("safe-index-swap", 1): [r" \d+ of 4812330$"],
    ("safe-index-swap", 2): ["name: 'sent_1'", rf"^{MEMBER}:\d+ status_1 used \d+ since ISODate"],
    ("safe-index-swap", 3): ["'259200 secs \\(72 hrs\\)'"],
    ("safe-index-swap", 5): [rf"^{MEMBER}:\d+ status_1_created_-1 building$"],
    ("write-concern-stall", 1): [r"^needed 2 term \d+$", "lastCommittedOpTime", "appliedOpTime"],
    ("write-concern-stall", 2): ["wtimeouts: ", "isLagged: ", r"^\d+ query shop.webhooks w: majority wtimeout: 0$"],
    ("write-concern-stall", 4): [rf"^syncs from {PRIMARY}:\d+$", r"^\d+ IndexBuildsCoordinatorMongod-0 shop\.orders"],
    ("write-concern-stall", 5): ["'259200 secs \\(72 hrs\\)'"],
    ("write-concern-stall", 7): [rf"^1 {SECONDARY}:\d+ votes 1 priority 1$", "ok: 1"],
    ("write-concern-stall", 8): ["lastCommittedOpTime", "wtimeouts: "],
}
