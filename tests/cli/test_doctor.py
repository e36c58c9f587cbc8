"""`muster doctor`: each thing that could be wrong, with its remedy, looked at in a running workspace."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from dataclasses import replace

import pytest

from bot.probes.least_rights import FOR_MONGODB
from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.rehearsal.patients.mongodb.rights import ROLES
from bot.rehearsal.server import Rehearsal
from bot.slack.manifest import SCOPES
from tests.conftest import APP_TOKEN, BOT_TOKEN, SECRET, app_config


@pytest.fixture
def doctor(muster, rehearsal, database, monkeypatch):
    """`await doctor(SLACK_BOT_TOKEN=…)` examines with these settings changed; None takes one away."""

    async def examine(*words, **changed):
        said = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": rehearsal.api_url,
            "DATABASE_URL": database,
        } | changed
        for name, value in said.items():
            monkeypatch.setenv(name, value or "")
        # The doctor has an event loop of its own, beside the one that serves the workspace.
        return await asyncio.to_thread(muster, "doctor", *words)

    return examine


def found(said, what):
    return [one for one in said.data if one["what"] == what]


async def test_everything_in_order_is_green(doctor, muster):
    muster("migrate")
    said = await doctor("--json")
    assert said.status == 0
    assert {one["state"] for one in said.data} == {"green"}
    assert {one["what"] for one in said.data} == {
        "settings", "token", "scopes", "app token", "database", "playbooks", "pages", "inventory"
    }  # fmt: skip


async def test_in_words_each_finding_is_a_line(doctor, muster):
    muster("migrate")
    said = await doctor()
    assert said.status == 0
    assert [line[:4] for line in said.out.splitlines() if not line.startswith(" ")] == ["ok  "] * 8
    assert "There is no inventory, so nothing may be looked at.\n      Write `inventory.yaml`" in said.out
    assert f"all {len(SCOPES)} needed ones are granted" in said.out


async def test_a_database_that_is_not_there_is_worth_a_look_and_not_made(doctor, tmp_path):
    said = await doctor(DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
    assert said.status == 0
    assert f"look  database: there is none at {tmp_path}/none.db yet" in said.out
    assert not (tmp_path / "none.db").exists()
    said = await doctor(DATABASE_URL=f"sqlite:///{tmp_path}/none/none.db")
    assert f"FAIL  database: There is no folder `{tmp_path}/none`" in said.out
    assert not (tmp_path / "none").exists()


async def test_tables_that_are_behind_are_worth_a_look_and_no_failure(doctor, tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "muster.db")) as connection:
        connection.execute("DROP TABLE alembic_version")
    said = await doctor()
    assert said.status == 0
    assert "look  database: opens; its tables are not up to date" in said.out
    assert "muster migrate" in said.out


async def test_a_missing_scope_is_named_with_what_it_is_for(muster, database, doctor):
    poor = Rehearsal(replace(app_config(), scopes=frozenset(SCOPES) - {"pins:write", "commands"}))
    await poor.start()
    said = await doctor("--json", SLACK_API_URL=poor.api_url)
    await poor.stop()
    assert said.status == 1
    lacking = found(said, "scopes")
    assert [one["state"] for one in lacking] == ["red", "red"]
    assert [one["says"].split()[0] for one in lacking] == ["commands", "pins:write"]
    assert SCOPES["pins:write"] in lacking[1]["says"]
    assert "reinstall the app" in lacking[0]["remedy"]


async def test_a_wrong_bot_token_is_refused_with_where_to_find_the_right_one(doctor):
    said = await doctor("--json", SLACK_BOT_TOKEN="xoxb-of-another-app")
    assert said.status == 1
    (token,) = found(said, "token")
    assert token["says"] == "Slack refuses it: invalid_auth"
    assert "OAuth & Permissions" in token["remedy"]
    assert "xoxb-of-another-app" not in said.out


async def test_a_wrong_app_token_is_refused_with_how_to_make_one(doctor):
    said = await doctor("--json", SLACK_APP_TOKEN="xapp-of-another-app")
    assert said.status == 1
    (token,) = found(said, "app token")
    assert (token["state"], "connections:write" in token["remedy"]) == ("red", True)


async def test_without_an_app_token_the_way_in_is_http(doctor):
    said = await doctor("--json", SLACK_APP_TOKEN=None)
    assert "HTTP" in found(said, "settings")[0]["says"]
    assert found(said, "app token") == []


async def test_a_slack_that_is_away_is_red_with_the_address_to_check(doctor, rehearsal):
    rehearsal.knobs.down = True
    said = await doctor("--json")
    assert said.status == 1
    (token,) = found(said, "token")
    assert token["state"] == "red"
    assert rehearsal.api_url in token["remedy"]


async def test_missing_settings_are_all_red_and_the_rest_is_looked_at_all_the_same(doctor):
    said = await doctor("--json", SLACK_BOT_TOKEN=None, SLACK_APP_TOKEN=None, SLACK_SIGNING_SECRET=None)
    assert said.status == 1
    wrong = found(said, "settings")
    assert [one["says"].split()[0] for one in wrong] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert all(one["remedy"] for one in wrong)
    assert found(said, "database")
    assert found(said, "playbooks")


async def test_a_malformed_setting_is_red(doctor):
    said = await doctor("--json", PORT="eighty")
    assert said.status == 1
    assert "PORT must be a number" in found(said, "settings")[0]["says"]


async def test_a_database_that_is_away_is_red_and_its_password_stays_hidden(doctor):
    said = await doctor(DATABASE_URL="postgresql://ada:hunter2@127.0.0.1:1/muster")
    assert said.status == 1
    assert "FAIL  database: OperationalError: it does not open" in said.out
    assert "is the server running" in said.out
    assert "hunter2" not in said.out + said.err


async def test_a_broken_playbook_is_red_with_file_and_line(doctor, tmp_path):
    books = tmp_path / "books"
    books.mkdir()
    (books / "good.md").write_text("# The fryer smokes\n\nTurn it off.\n")
    (books / "bad.md").write_text("---\ntitle: X\nsymptom: [smoke]\n---\n")
    said = await doctor("--json", MUSTER_PLAYBOOKS=str(books))
    assert said.status == 1
    bad, good = found(said, "playbooks")
    assert "bad.md:3" in bad["says"]
    assert (bad["state"], good["state"], good["says"]) == ("red", "green", "1 loaded")


async def test_a_page_that_names_a_probe_there_is_none_of_is_worth_a_look(doctor, tmp_path):
    books = tmp_path / "books"
    books.mkdir()
    (books / "lag.md").write_text("---\ntitle: X\nprobes: [mongodb.lagg]\n---\n## 1. Look\n")
    flaw, good = found(await doctor("--json", MUSTER_PLAYBOOKS=str(books)), "playbooks")
    assert (flaw["state"], good["state"], good["says"]) == ("yellow", "green", "1 loaded")
    assert flaw["says"] == (
        'books/lag.md:3: there is no probe "mongodb.lagg"; did you mean "mongodb.lag"? '
        "Until then its steps look with all light ones."
    )
    assert flaw["remedy"] == "Mend this line. It can be read and walked all the same."


async def test_an_empty_folder_of_playbooks_is_red(doctor, tmp_path):
    (tmp_path / "none").mkdir()
    said = await doctor("--json", MUSTER_PLAYBOOKS=str(tmp_path / "none"))
    assert said.status == 1
    assert "MUSTER_PLAYBOOKS" in found(said, "playbooks")[0]["remedy"]


async def test_pages_that_others_reach_need_an_address_to_link_to(doctor):
    said = await doctor("--json", HOST="0.0.0.0")
    (pages,) = found(said, "pages")
    assert (pages["state"], "MUSTER_URL" in pages["remedy"]) == ("yellow", True)


@pytest.mark.parametrize(
    ("address", "who"),
    [
        (None, "open to browsers on this machine only"),
        ("http://localhost:3000", "open to browsers on this machine only"),
        ("https://muster.example", "open to who has a link from Slack of the last 7 days"),
    ],
)
async def test_it_says_who_can_open_the_pages(doctor, address, who):
    said = await doctor("--json", MUSTER_URL=address)
    (pages,) = found(said, "pages")
    assert pages["state"] == "green"
    assert pages["says"].endswith(who)


async def test_an_inventory_is_looked_at_member_by_member_with_the_role_to_create(doctor, tmp_path, monkeypatch):
    async with (
        ReplicaSet(members=2, user=("probe", "secret")) as good,
        ReplicaSet(members=1, user=("probe", "secret"), roles=(*ROLES, "readWrite@shop")) as rich,
    ):
        monkeypatch.setenv("SHOP_PASSWORD", "secret")
        systems = {
            "orders": {"members": list(good.addresses)},
            "stock": {"members": list(rich.addresses)},
            "gone": {"members": ["127.0.0.1:1"]},
            "keyless": {"members": list(good.addresses), "password_env": "NOT_SET_ANYWHERE"},
            "wrong": {"kind": "mongdb"},
        }
        usual = {"kind": "mongodb", "user": "probe", "password_env": "SHOP_PASSWORD"}
        file = tmp_path / "inventory.yaml"
        file.write_text(json.dumps({"systems": {name: usual | system for name, system in systems.items()}}))
        said = await doctor("--json", MUSTER_INVENTORY=str(file))
        assert await good.writes() == await rich.writes() == []
    states = {what: [one["state"] for one in found(said, what)] for what in {one["what"] for one in said.data}}
    assert states["orders may read"] == states["orders cannot write"] == ["green", "green"]
    assert (states["stock may read"], states["stock cannot write"]) == (["green"], ["red"])
    assert states["gone may read"] == states["keyless"] == ["red"]
    assert states["gone cannot write"] == ["yellow"]
    assert states["inventory"][-1] == "green"
    assert "red" in states["inventory"]
    (stock,) = found(said, "stock cannot write")
    assert "insert" in stock["says"] or "createIndex" in stock["says"]
    assert FOR_MONGODB in stock["remedy"]
    assert "NOT_SET_ANYWHERE" in found(said, "keyless")[0]["says"]
    assert said.status == 1


async def test_what_has_no_rights_to_read_is_asked_all_the_same(doctor, tmp_path):
    file = tmp_path / "inventory.yaml"
    place = str(tmp_path / "nowhere")
    file.write_text(json.dumps({"systems": {"copies": {"kind": "backup", "url": place}}}))
    (copies,) = found(await doctor("--json", MUSTER_INVENTORY=str(file)), "copies")
    assert (copies["state"], "list and read" in copies["remedy"]) == ("red", True)
