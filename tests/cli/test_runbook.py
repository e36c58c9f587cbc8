"""`muster runbook`: what fits, best first; nothing where nothing fits."""

from __future__ import annotations

import pytest

SYMPTOM = ("runbook", "find", "primary", "answers", "heartbeats", "but", "no", "queries")


def test_the_playbook_that_fits_is_shown_with_what_made_it_fit(muster):
    said = muster(*SYMPTOM)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("force-failover-via-firewall  ")
    assert "fits because of:" in said.out.splitlines()[0]


def test_a_weak_match_says_that_it_may_fit(muster):
    said = muster("runbook", "find", "the database is slow")
    assert said.out
    assert all("may fit because of:" in line for line in said.out.splitlines())


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
    assert "`rebuild-indexes`" in said.err


def test_the_folder_is_the_one_of_the_settings(muster, tmp_path, monkeypatch):
    (tmp_path / "turn-it-off.md").write_text("# The fryer smokes\n\nTurn it off.\n")
    monkeypatch.setenv("MUSTER_PLAYBOOKS", str(tmp_path))
    assert [one["name"] for one in muster("runbook", "find", "fryer smokes", "--json").data] == ["turn-it-off"]


def test_a_name_with_nothing_near_it_is_told_how_to_look_at_a_terminal(muster):
    said = muster("runbook", "show", "nope")
    assert said.status == 1
    assert said.err.endswith("Look for one with `muster runbook find` and words.\n")


GOOD = "---\ntitle: The fryer smokes\n---\n## 1. Turn it off\n\nAt the wall.\n"


def test_lint_finds_nothing_wrong_in_what_is_shipped(muster):
    said = muster("runbook", "lint")
    assert (said.status, said.err) == (0, "")
    assert said.out.rstrip().endswith("nothing wrong.")


def test_lint_names_file_line_fault_and_remedy_and_lets_the_others_load(muster, tmp_path):
    (tmp_path / "good.md").write_text(GOOD)
    (tmp_path / "bad.md").write_text(GOOD.replace("---\n##", "symptom: [smoke]\n---\n##"))
    (tmp_path / "dead.md").write_text(GOOD + "\nThen [the oven](oven.md).\n")
    said = muster("runbook", "lint", str(tmp_path))
    assert said.status == 1
    lines = said.out.splitlines()
    assert f'{tmp_path.name}/bad.md:3: unknown key "symptom"; did you mean "symptoms"?' in lines
    assert any(line.startswith(f'{tmp_path.name}/dead.md:8: "oven.md" points to no playbook') for line in lines)
    assert not any("good.md" in line for line in lines)


def test_lint_of_one_file_leaves_its_neighbours_out(muster, tmp_path):
    (tmp_path / "good.md").write_text(GOOD)
    (tmp_path / "bad.md").write_text("---\ntitle: [\n---\n")
    assert muster("runbook", "lint", str(tmp_path / "good.md")).status == 0
    said = muster("runbook", "lint", str(tmp_path / "bad.md"), "--json")
    assert said.status == 1
    assert [one["line"] for one in said.data] == [2]
    assert set(said.data[0]) == {"file", "line", "says", "hint"}


def test_lint_counts_the_pages_that_are_prose(muster, tmp_path):
    (tmp_path / "good.md").write_text(GOOD)
    (tmp_path / "wiki.md").write_text("# Our wiki page\n\nCall Bo.\n")
    said = muster("runbook", "lint", str(tmp_path)).out
    assert "2 playbooks" in said
    assert "1 without steps" in said


def test_lint_of_what_is_not_there_says_so(muster, tmp_path):
    said = muster("runbook", "lint", str(tmp_path / "nothing"))
    assert said.status == 1
    assert "There is no" in said.err


def test_a_huge_file_a_link_out_of_the_folder_and_a_page_of_other_bytes_are_refused_alone(muster, tmp_path):
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "good.md").write_text(GOOD)
    with (folder / "huge.md").open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    (tmp_path / "outside.md").write_text(GOOD)
    (folder / "link.md").symlink_to(tmp_path / "outside.md")
    (folder / "latin.md").write_bytes(b"# Caf\xe9\n")
    found = muster("runbook", "lint", str(folder), "--json").data
    assert {one["file"] for one in found} == {f"playbooks/{name}.md" for name in ("huge", "link", "latin")}
