"""The query operators and stages that a patient plays give what a server gives, and the others are errors."""

from __future__ import annotations

import re

import pytest

from bot.rehearsal.patients.mongodb.matching import matches, project, run
from bot.rehearsal.patients.mongodb.sight import Refused

OPERATION = {"op": "query", "secs_running": 12, "command": {"find": "orders"}, "client": None}


@pytest.mark.parametrize(
    ("query", "met"),
    [
        ({}, True),
        ({"op": "query"}, True),
        ({"op": {"$ne": "query"}}, False),
        ({"command.find": "orders"}, True),
        ({"command.find": {"$exists": False}}, False),
        ({"command.insert": {"$exists": False}}, True),
        ({"client": {"$exists": True}}, True),
        ({"secs_running": {"$gte": 10, "$lt": 12}}, False),
        ({"secs_running": {"$gt": 10, "$lte": 12}}, True),
        ({"op": {"$gt": 10}}, False),
        ({"missing": {"$lt": 10}}, False),
        ({"op": {"$in": ["query", "getmore"]}}, True),
        ({"op": {"$nin": ["query"]}}, False),
        ({"command.find": {"$regex": "^ord"}}, True),
        ({"command.find": re.compile("ers$")}, True),
        ({"$or": [{"op": "insert"}, {"secs_running": 12}]}, True),
        ({"$and": [{"op": "query"}, {"secs_running": 13}]}, False),
        ({"$nor": [{"op": "query"}]}, False),
    ],
)
def test_a_query_is_met_or_not(query, met):
    assert matches(OPERATION, query) is met


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({}, {"_id": 1, "a": 2, "b": {"c": 3}}),
        ({"a": 1}, {"_id": 1, "a": 2}),
        ({"a": 1, "_id": 0}, {"a": 2}),
        ({"_id": 1}, {"_id": 1}),
        ({"a": 0}, {"_id": 1, "b": {"c": 3}}),
        ({"b.c": 1, "_id": 0}, {"b": {"c": 3}}),
    ],
)
def test_a_projection_leaves_what_was_asked_for(wanted, left):
    assert project({"_id": 1, "a": 2, "b": {"c": 3}}, wanted) == left


def test_stages_follow_one_another():
    documents = [{"n": n, "even": n % 2 == 0} for n in (3, 1, 4, 1, 5, 9, 2, 6)]
    stages = [{"$match": {"even": True}}, {"$sort": {"n": -1}}, {"$limit": 2}, {"$project": {"n": 1}}]
    assert run(documents, stages) == [{"n": 6}, {"n": 4}]
    assert run(documents, [{"$sort": {"even": 1, "n": 1}}])[0] == {"n": 1, "even": False}


def test_an_operator_or_stage_that_is_not_played_is_an_error():
    with pytest.raises(Refused, match="unknown operator"):
        matches({"a": 1}, {"a": {"$near": []}})
    with pytest.raises(Refused, match="Unrecognized pipeline stage"):
        run([{"a": 1}], [{"$unwind": "$a"}])
