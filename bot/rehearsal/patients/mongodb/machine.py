"""What a member says of the machine and the program it is: buildInfo, hostInfo, getCmdLineOpts, getParameter."""

from __future__ import annotations

from bot.rehearsal.patients.mongodb.recorded import recorded
from bot.rehearsal.patients.mongodb.server_status import DEFAULT_LIMIT
from bot.rehearsal.patients.mongodb.sight import Refused, Sight, date
from bot.rehearsal.patients.mongodb.story import SET_NAME
from bot.rehearsal.patients.mongodb.wire import Document

PARAMETERS: Document = {"watchdogPeriodSeconds": -1, "wiredTigerConcurrentReadTransactions": 128, "notablescan": False}


def build_info(sight: Sight) -> Document:
    """The version and how it was built."""
    release = sight.release
    told: Document = recorded("buildInfo")
    return told | {"version": release.text, "versionArray": [*release.numbers, 0]}


def host_info(sight: Sight) -> Document:
    """The machine: its name, memory and cores."""
    told: Document = recorded("hostInfo")
    told["system"] |= {"currentTime": date(sight.now), "hostname": sight.place.address}
    return told


def get_cmd_line_opts(sight: Sight) -> Document:
    """How the server was started; the limit of connections stands here when it was set."""
    told: Document = recorded("getCmdLineOpts")
    ill = sight.mine("connection-limit")
    limit = ill.options["limit"] if ill else DEFAULT_LIMIT
    told["parsed"]["net"] |= {"port": int(sight.place.address.rpartition(":")[2]), "maxIncomingConnections": limit}
    told["parsed"]["replication"]["replSetName"] = SET_NAME
    if sight.story.standalone:
        del told["parsed"]["replication"]
    if not sight.story.user:
        del told["parsed"]["security"]
    return told


def get_parameter(sight: Sight, wanted: Document) -> Document:
    """The parameters that were asked for by name, or all that there are."""
    known = PARAMETERS | {"featureCompatibilityVersion": {"version": sight.story.version}}
    every = wanted.get("getParameter") == "*"
    told = {name: value for name, value in known.items() if every or name in wanted}
    if not told:
        raise Refused(72, "InvalidOptions", "no option found to get")
    return told | {"ok": 1.0}
