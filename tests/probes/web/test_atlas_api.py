"""The reads of the Atlas Administration API, over a real connection with a real digest."""

from __future__ import annotations

import json
import time

import pytest

from bot.domain.inventory import System, SystemKind
from bot.probes.seen import Trouble
from bot.probes.web.asking import ask
from bot.probes.web.atlas_api import QUESTIONS
from tests.patience import PATIENCE_S

GROUP = "/api/atlas/v2/groups/5f1a"
CLUSTER = f"{GROUP}/clusters/Cluster0"
SNAPSHOTS = f"{CLUSTER}/backup/snapshots?itemsPerPage=500"
SCHEDULE = f"{CLUSTER}/backup/schedule"
EVENTS = f"{GROUP}/events?clusterNames=Cluster0&itemsPerPage=100"
FLEX = json.dumps({"error": 400, "errorCode": "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API", "detail": "…"}).encode()


@pytest.fixture
def atlas(served):
    served.secret = ("public", "private")
    served.page(CLUSTER, b'{"name": "Cluster0", "stateName": "IDLE"}')
    served.page(SNAPSHOTS, b'{"results": [{"status": "completed"}], "totalCount": 1}')
    served.page(SCHEDULE, b'{"restoreWindowDays": 7}')
    served.page(EVENTS, b'{"results": []}')
    return served


def asked(served, *questions: str, password: str = "private", deadline_s: float = 2.5, **options: str):
    given = {"api_url": served.url(""), "project": "5f1a", "cluster": "Cluster0", **options}
    system = System(name="atlas", kind=SystemKind.ATLAS, user="public", options=given)
    return ask(system, None, questions or QUESTIONS, deadline_s, password)


def test_every_question_is_answered_and_the_password_is_never_sent(atlas):
    found = asked(atlas)
    assert {name: answer.ok for name, answer in found.items()} == dict.fromkeys(QUESTIONS, True)
    assert found["cluster"].value["stateName"] == "IDLE"
    assert "private" not in str(atlas.asked)


def test_each_resource_is_asked_for_with_the_date_of_its_version(atlas):
    asked(atlas)
    dates = {path: headers["Accept"] for path, headers in atlas.asked}
    assert dates == {
        CLUSTER: "application/vnd.atlas.2024-08-05+json",
        SNAPSHOTS: "application/vnd.atlas.2023-01-01+json",
        SCHEDULE: "application/vnd.atlas.2024-08-05+json",
        EVENTS: "application/vnd.atlas.2023-01-01+json",
    }


def test_only_the_first_question_is_asked_twice_for_the_digest(atlas):
    asked(atlas)
    assert len(atlas.asked) == len(QUESTIONS) + 1


def test_a_wrong_key_is_denied(atlas):
    answer = asked(atlas, "cluster", password="wrong")["cluster"]
    assert (answer.trouble, answer.says) == (Trouble.DENIED, "the API key is not accepted")


@pytest.mark.parametrize(
    "challenge",
    ["Digest", "Digest realm", 'Digest realm="a"', 'Digest realm="a", nonce="b", algorithm=ROT13',
     'Digest realm="a", nonce="b", qop="auth-int"', 'Digest realm="\xff", nonce="b"', "Basic realm=a"],
)  # fmt: skip
def test_a_question_for_the_password_that_makes_no_sense_is_no_answer(hostile, challenge):
    reply = f"HTTP/1.1 401 No\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    port = hostile(lambda line: line.sendall(reply))
    options = {"api_url": f"http://127.0.0.1:{port}", "project": "5f1a", "cluster": "c"}
    system = System(name="atlas", kind=SystemKind.ATLAS, user="public", options=options)
    assert ask(system, None, ["cluster"], 2.0, "private")["cluster"].trouble in (Trouble.DENIED, Trouble.BROKEN)


def test_a_missing_role_is_named(atlas):
    atlas.page(CLUSTER, b'{"errorCode": "USER_UNAUTHORIZED", "detail": "no"}', status=403)
    answer = asked(atlas, "cluster")["cluster"]
    assert answer.trouble is Trouble.DENIED
    assert "USER_UNAUTHORIZED" in answer.says
    assert "Project Read Only" in answer.says


@pytest.mark.parametrize(("status", "code"), [(404, "CLUSTER_NOT_FOUND"), (429, "RATE_LIMITED"), (500, "UNEXPECTED")])
def test_any_other_refusal_is_told_with_its_code(atlas, status, code):
    atlas.page(CLUSTER, json.dumps({"errorCode": code, "detail": "x" * 5000}).encode(), status=status)
    answer = asked(atlas, "cluster")["cluster"]
    assert answer.trouble is Trouble.BROKEN
    assert code in answer.says
    assert len(answer.says) < 200


def test_a_flex_cluster_is_asked_where_those_are(atlas):
    for path in (CLUSTER, SNAPSHOTS, SCHEDULE):
        atlas.page(path, FLEX, status=400)
    atlas.page(f"{GROUP}/flexClusters/Cluster0", b'{"stateName": "UPDATING"}')
    atlas.page(f"{GROUP}/flexClusters/Cluster0/backup/snapshots?itemsPerPage=500", b'{"results": [{}]}')
    found = asked(atlas)
    assert found["cluster"].value == {"stateName": "UPDATING"}
    assert found["snapshots"].value == {"results": [{}]}
    assert found["restore_window"].trouble is Trouble.UNSUPPORTED
    assert atlas.asked[2][1]["Accept"] == "application/vnd.atlas.2024-11-13+json"


def test_the_snapshots_of_a_sharded_cluster_are_asked_for_where_those_are(atlas):
    atlas.page(SNAPSHOTS, b'{"results": []}')
    sharded = f"{CLUSTER}/backup/snapshots/shardedClusters?itemsPerPage=500"
    atlas.page(sharded, b'{"results": [{"status": "completed"}]}')
    assert asked(atlas, "snapshots")["snapshots"].value["results"] == [{"status": "completed"}]


def test_names_cannot_lead_out_of_their_place(atlas):
    asked(atlas, "cluster", cluster="../../../unauth?x=#/")
    assert {path for path, _ in atlas.asked} == {f"{GROUP}/clusters/..%2F..%2F..%2Funauth%3Fx%3D%23%2F"}


def test_a_question_that_hangs_leaves_time_for_the_others(atlas):
    atlas.wait_s, atlas.slow = 5.0, CLUSTER
    began = time.monotonic()
    found = asked(atlas, deadline_s=2.0)
    assert time.monotonic() - began < 2.0 + PATIENCE_S
    assert found.pop("cluster").trouble is Trouble.SILENT
    assert all(answer.ok for answer in found.values())
