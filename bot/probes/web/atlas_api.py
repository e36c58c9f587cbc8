"""The few reads of the Atlas Administration API that the probes need. The key needs the role Project Read Only.

Paths, fields and the date of each resource: MongoDB Atlas Administration API v2. A resource keeps the shape of the
date that is asked for, so newer ones change nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.domain.inventory import System
from bot.probes.seen import Answer, Trouble
from bot.probes.subjects import ATLAS_URL
from bot.probes.values import mapping, rows, text
from bot.probes.web.documents import document, parsed
from bot.probes.web.fetching import Line, Page

# Behind /groups/{project}, by question: the path, and the date of the resource's version.
PATHS = {
    "cluster": ("/clusters/{cluster}", "2024-08-05"),
    "snapshots": ("/clusters/{cluster}/backup/snapshots?itemsPerPage=500", "2023-01-01"),
    "restore_window": ("/clusters/{cluster}/backup/schedule", "2024-08-05"),
    "events": ("/events?clusterNames={cluster}&itemsPerPage=100", "2023-01-01"),
}
SHARDED_SNAPSHOTS = ("/clusters/{cluster}/backup/snapshots/shardedClusters?itemsPerPage=500", "2023-01-01")
FLEX_PATHS = {
    "cluster": ("/flexClusters/{cluster}", "2024-11-13"),
    "snapshots": ("/flexClusters/{cluster}/backup/snapshots?itemsPerPage=500", "2024-11-13"),
}
FLEX = "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API"  # the error code by which a Flex cluster is known
QUESTIONS = tuple(PATHS)


def ask(system: System, question: str, line: Line, within_s: float) -> Answer:
    """Put one question; once more where the cluster is of a kind that keeps the answer elsewhere."""
    first = _get(system, PATHS[question], line, within_s)
    if isinstance(first, Page) and _error(first).get("errorCode") == FLEX:
        if question not in FLEX_PATHS:
            return Answer(trouble=Trouble.UNSUPPORTED, says="a Flex cluster has none", took_s=first.took_s)
        return _answer(_get(system, FLEX_PATHS[question], line, within_s - first.took_s))
    answer = _answer(first)
    if question == "snapshots" and answer.ok and not rows(mapping(answer.value).get("results")):
        return _answer(_get(system, SHARDED_SNAPSHOTS, line, within_s - answer.took_s))
    return answer


def _get(system: System, place: tuple[str, str], line: Line, within_s: float) -> Page | Answer:
    path, date = place
    base = str(system.options.get("api_url") or ATLAS_URL).rstrip("/")
    project, cluster = (quote(str(system.options.get(name) or ""), safe="") for name in ("project", "cluster"))
    url = f"{base}/api/atlas/v2/groups/{project}{path.format(cluster=cluster)}"
    return line.get(url, within_s, {"Accept": f"application/vnd.atlas.{date}+json"})


def _answer(page: Page | Answer) -> Answer:
    if isinstance(page, Answer) or page.status in (None, 200):
        return document(page)
    error = _error(page)
    code, detail = text(error.get("errorCode")), text(error.get("detail"), 100)
    says = f"status {page.status} {code}: {detail}" if code or detail else f"status {page.status}"
    if page.status == 401:
        return Answer(trouble=Trouble.DENIED, says="the API key is not accepted", took_s=page.took_s)
    if page.status == 403:
        says = f"{says}; the key needs Project Read Only and this machine on its access list"
        return Answer(trouble=Trouble.DENIED, says=says, took_s=page.took_s)
    return Answer(trouble=Trouble.BROKEN, says=says, took_s=page.took_s)


def _error(page: Page) -> Mapping[str, Any]:
    return mapping(parsed(page.body)) if page.status != 200 else {}
