"""`muster runbook`: what fits, best first; nothing where nothing fits."""

from __future__ import annotations

import pytest

SYMPTOM = ("runbook", "find", "primary", "answers", "heartbeats", "but", "no", "queries")


def test_the_playbook_that_fits_is_shown_with_what_made_it_fit(muster):
    said = muster(*SYMPTOM)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("force-failover-via-firewall  ")
    assert "fits because of:" in said.out.splitlines()[0]


def test_as_data_the_matches_come_best_first_with_name_title_and_score(muster):
    found = muster("runbook", "find", "mongodb", "index", "primary", "heartbeats", "--json").data
    assert found
    assert all({"name", "title", "score"} <= set(one) for one in found)
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)


def test_where_no_playbook_fits_the_data_is_an_empty_list(muster):
    said = muster("runbook", "find", "blue bananas", "--json")
    assert (said.status, said.data) == (0, [])
    assert muster("runbook", "find", "blue bananas").out.startswith("No playbook fits.")


def test_the_limit_is_kept(muster, tmp_path, monkeypatch):
    monkeypatch.setenv("MUSTER_PLAYBOOKS", str(tmp_path))
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.md").write_text("# The fryer smokes\n\nTurn it off.\n")
    several = ("runbook", "find", "the fryer smokes", "--json")
    assert len(muster(*several).data) == 3
    assert len(muster(*several, "--limit", "2").data) == 2


@pytest.mark.parametrize("limit", ["0", "-3", "many", "1001", "1.5"])
def test_a_limit_that_is_none_is_refused_with_the_ones_that_are(muster, limit):
    said = muster("runbook", "find", "x", f"--limit={limit}")
    assert said.status == 2
    assert f"`{limit}` is not a number from 1 to 1000" in said.err


def test_a_pasted_log_of_many_lines_is_searched(muster):
    log = "connection refused\n" * 500 + "E11000 primary answers heartbeats but no queries\n"
    assert muster("runbook", "find", log, "--json").data[0]["name"] == "force-failover-via-firewall"


def test_a_playbook_is_shown_as_it_was_written(muster):
    said = muster("runbook", "show", "stop-respawn")
    assert said.out.startswith("---\ntitle: ")
    shown = muster("runbook", "show", "stop-respawn", "--json").data
    assert shown["steps"][0]["number"] == 1


def test_a_misspelt_name_gets_the_nearest_one(muster):
    said = muster("runbook", "show", "rebuild-index")
    assert said.status == 1
    assert "`rebuild-index`" in said.err
    assert "Did you mean `rebuild-indexes`?" in said.err


def test_the_folder_is_the_one_of_the_settings(muster, tmp_path, monkeypatch):
    (tmp_path / "turn-it-off.md").write_text("# The fryer smokes\n\nTurn it off.\n")
    monkeypatch.setenv("MUSTER_PLAYBOOKS", str(tmp_path))
    assert [one["name"] for one in muster("runbook", "find", "fryer smokes", "--json").data] == ["turn-it-off"]


def test_a_name_with_nothing_near_it_is_told_how_to_look_at_a_terminal(muster):
    said = muster("runbook", "show", "nope")
    assert said.status == 1
    assert said.err.endswith("Look for one with `muster runbook find` and words.\n")
