"""The environment: read once, complained about once, and never repeated where it is secret."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import zipfile
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UserError
from bot.settings import HERE, Settings, read

NAMES = [field.name.upper() for field in fields(Settings)]
SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DATABASE_URL")


def trouble(needs_slack: bool = False, **environ: str) -> str:
    with pytest.raises(UserError) as caught:
        read(environ, needs_slack=needs_slack)
    return caught.value.message


def test_an_empty_environment_is_enough_for_a_laptop():
    found = read({})
    assert found == Settings(muster_executor_id=socket.gethostname())
    assert found.database_url == "sqlite:///muster.db"
    assert (found.host, found.port, found.pages_url) == ("127.0.0.1", 3000, "http://127.0.0.1:3000")
    assert (found.muster_timezone, found.muster_announce_channel) == ("UTC", "incidents")
    assert found.muster_playbooks == (HERE / "playbooks",)
    assert not found.socket_mode
    assert found.pages_are_local


def test_the_environment_of_the_process_is_read_when_none_is_handed_in(monkeypatch):
    monkeypatch.setenv("PORT", "3456")
    assert read().port == 3456


def test_everything_that_is_missing_is_named_at_once():
    says = trouble(needs_slack=True)
    assert [line.split()[1] for line in says.splitlines()[1:]] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert "SLACK_SIGNING_SECRET" in says


def test_everything_that_is_malformed_is_named_at_once_beside_what_is_missing(tmp_path):
    says = trouble(
        needs_slack=True,
        SLACK_APP_TOKEN="xoxb-the-wrong-one",
        SLACK_SIGNING_SECRET="short",
        SLACK_API_URL="slack.com",
        DATABASE_URL="mysql://ada:hunter2@db/muster",
        PORT="eighty",
        MUSTER_URL="muster.example",
        MUSTER_TIMEZONE="Helsinki",
        MUSTER_ON_CALL="@team-data",
        MUSTER_ANNOUNCE_CHANNEL="Two Words",
        MUSTER_PLAYBOOKS=str(tmp_path / "nowhere"),
        MUSTER_INVENTORY=str(tmp_path),
        MUSTER_EXECUTOR_ID="a b",
        MUSTER_WORDING_URL="ollama",
    )
    named = {line.split()[1] for line in says.splitlines()[1:]}
    assert named == set(NAMES) - {"HOST", "MUSTER_WORDING_KEY"}


def test_a_missing_token_is_no_fault_where_slack_is_not_needed():
    assert read({"PORT": "1"}).slack_bot_token == ""


@pytest.mark.parametrize(
    "way", [{"SLACK_APP_TOKEN": "xapp-1-A"}, {"SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef"}]
)
def test_a_bot_token_and_one_way_in_are_enough_for_slack(way):
    found = read({"SLACK_BOT_TOKEN": "xoxb-1-A"} | way, needs_slack=True)
    assert found.socket_mode == ("SLACK_APP_TOKEN" in way)


def test_an_empty_or_blank_variable_counts_as_absent():
    assert read({"PORT": "", "MUSTER_TIMEZONE": "  ", "DATABASE_URL": "\t"}) == read({})


def test_space_around_a_pasted_token_is_taken_off():
    assert read({"SLACK_BOT_TOKEN": " xoxb-1-A\n"}).slack_bot_token == "xoxb-1-A"


@pytest.mark.parametrize("name", SECRETS)
def test_a_malformed_secret_is_never_repeated(name):
    says = trouble(**{name: "tr0ub4dor&3"})
    assert says.splitlines()[1].startswith(f"- {name} must ")
    assert "tr0ub4dor" not in says


@pytest.mark.parametrize("port", ["0", "80", "65535"])
def test_a_port_that_exists_is_taken(port):
    assert read({"PORT": port}).port == int(port)


@pytest.mark.parametrize("port", ["65536", "-1", "3000.0", "1e3", "٣٠٠٠", "9" * 5000])
def test_a_port_that_does_not_exist_is_refused(port):
    assert "PORT must be a number up to 65535" in trouble(PORT=port)


def test_the_api_address_ends_with_one_slash_however_it_was_typed():
    for typed in ("http://127.0.0.1:8801/api", "http://127.0.0.1:8801/api/", "http://127.0.0.1:8801/api//"):
        assert read({"SLACK_API_URL": typed}).slack_api_url == "http://127.0.0.1:8801/api/"


def test_the_address_of_the_pages_has_no_slash_at_its_end():
    assert read({"MUSTER_URL": "https://muster.example/"}).pages_url == "https://muster.example"
    assert read({"HOST": "0.0.0.0", "PORT": "80"}).pages_url == "http://0.0.0.0:80"


@pytest.mark.parametrize(
    "url", ["sqlite:///x.db", "sqlite:////var/lib/muster.db", "postgresql://u:p@h/d", "postgres://u:p@h:5432/d"]
)
def test_sqlite_and_postgresql_are_the_two_databases(url):
    assert read({"DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize(
    "url", ["mysql://u@h/d", "sqlite+aiosqlite:///x.db", "muster.db", "postgresql://u@h:port/d", "://"]
)
def test_another_database_is_refused(url):
    assert "DATABASE_URL must be sqlite:///file.db or postgresql://" in trouble(DATABASE_URL=url)


@pytest.mark.parametrize("where", ["incidents", "#incidents", "C0123456789", "none"])
def test_the_announcement_goes_to_a_name_an_id_or_nowhere(where):
    assert read({"MUSTER_ANNOUNCE_CHANNEL": where}).muster_announce_channel == where


def test_the_executor_is_named_by_the_platform_where_there_is_no_name_of_our_own():
    assert read({"DYNO": "worker.2"}).muster_executor_id == "worker.2"
    assert read({"DYNO": "worker.2", "MUSTER_EXECUTOR_ID": "a"}).muster_executor_id == "a"


def test_a_folder_may_be_written_with_a_tilde(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "books").mkdir()
    assert read({"MUSTER_PLAYBOOKS": "~/books"}).muster_playbooks == (tmp_path / "books",)


def test_playbooks_may_lie_in_several_folders_separated_as_path_is(tmp_path):
    ours, other = tmp_path / "ours", tmp_path / "other"
    ours.mkdir()
    other.mkdir()
    said = os.pathsep.join(["", str(ours), f" {other} ", str(ours), ""])
    assert read({"MUSTER_PLAYBOOKS": said}).muster_playbooks == (ours, other)
    says = trouble(MUSTER_PLAYBOOKS=f"{ours}{os.pathsep}/nowhere/at/all")
    assert f"with `{os.pathsep}` between them; `/nowhere/at/all` is none" in says
    assert "must be a folder" in trouble(MUSTER_PLAYBOOKS=os.pathsep)


def test_the_inventory_is_the_file_that_is_named_else_the_one_beside_us_else_none(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert read({}).muster_inventory is None
    Path("inventory.yaml").touch()
    assert read({}).muster_inventory == Path("inventory.yaml")
    Path("other.yaml").touch()
    assert read({"MUSTER_INVENTORY": str(tmp_path / "other.yaml")}).muster_inventory == tmp_path / "other.yaml"
    assert "MUSTER_INVENTORY must be a file" in trouble(MUSTER_INVENTORY="third.yaml")


def test_a_credential_is_read_when_it_is_needed_and_kept_nowhere(monkeypatch):
    monkeypatch.setenv("ORDERS_DB_PASSWORD", " tr0ub4dor&3 \n")
    found = read()
    assert found.credential("ORDERS_DB_PASSWORD") == " tr0ub4dor&3 "
    assert "tr0ub4dor" not in repr(found)
    assert "tr0ub4dor" not in str(vars(found))


@pytest.mark.parametrize("value", [None, "", "\n"])
def test_a_credential_that_is_not_set_is_named(monkeypatch, value):
    if value is not None:
        monkeypatch.setenv("ORDERS_DB_PASSWORD", value)
    with pytest.raises(UserError, match="ORDERS_DB_PASSWORD is not set"):
        read({}).credential("ORDERS_DB_PASSWORD")


@pytest.mark.parametrize("name", [*NAMES, "slack_bot_token"])
def test_our_own_secrets_are_no_credentials_for_others(monkeypatch, name):
    monkeypatch.setenv(name, "tr0ub4dor")
    with pytest.raises(UserError, match="is one of Muster's own settings") as caught:
        read({}).credential(name)
    assert "tr0ub4dor" not in str(vars(caught.value))


def test_other_variables_are_not_looked_at():
    assert read({"PATH": "/bin", "SLACK_USER_TOKEN": "xoxp-1", "muster_url": "nonsense"}) == read({})


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from([*NAMES, "DYNO"]), st.text(max_size=60)), st.sampled_from(SECRETS), st.booleans()
)
def test_whatever_stands_in_the_environment_is_read_or_explained(environ, secret, needs_slack):
    try:
        found = read(environ | {secret: "tr0ub4dor" + environ.get(secret, "")}, needs_slack=needs_slack)
    except UserError as error:
        assert "tr0ub4dor" not in error.message
        assert error.hint
    else:
        assert 0 <= found.port < 65536
        assert found.zone.key == found.muster_timezone


def test_reading_changes_nothing_in_the_environment():
    before = dict(os.environ)
    read()
    assert dict(os.environ) == before


def test_what_is_installed_from_a_wheel_has_its_playbooks(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=HERE, check=True
    )
    zipfile.ZipFile(next(tmp_path.glob("*.whl"))).extractall(tmp_path / "installed")
    ask = [sys.executable, "-m", "bot", "runbook", "find", "primary answers heartbeats but no queries"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    told = subprocess.run(ask, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
    assert "force-failover-via-firewall" in told
