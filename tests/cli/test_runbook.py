"""`muster runbook`: what fits, best first; nothing where nothing fits."""

from __future__ import annotations

import os
import re

import pytest

from bot.cli import runbook_list
from bot.domain.incident import Severity
from bot.domain.walk import Did
from bot.services import incidents
from bot.services.playbooks import reviewing, runbooks, walking
from bot.settings import PLAYBOOKS, read
from bot.wiring import desk

SYMPTOM = ("runbook", "find", "primary", "answers", "heartbeats", "but", "no", "queries")


def test_the_playbook_that_fits_is_shown_with_what_made_it_fit(muster):
    said = muster(*SYMPTOM)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("force-failover-via-firewall  ")
    assert "fits because of:" in said.out.splitlines()[0]


@pytest.mark.parametrize("typed", ["error code 4615652", "id 4615652", '"id":4615652'])
def test_a_log_id_finds_its_page_and_is_given_as_the_reason(muster, typed):
    said = muster("runbook", "find", typed)
    assert said.out.splitlines()[0].startswith("no-primary-or-election-loop  ")
    assert len(said.out.splitlines()) == 1 and "  fits because of: 4615652" in said.out


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
    assert said.err.endswith("Look for one with `muster runbook find what you see`.\n")


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
    assert f'{tmp_path}/bad.md:3: unknown key "symptom"; did you mean "symptoms"?' in lines
    assert any(line.startswith(f'{tmp_path}/dead.md:8: "oven.md" points to no playbook') for line in lines)
    assert not any("good.md" in line for line in lines)


def test_lint_of_one_file_leaves_its_neighbours_out(muster, tmp_path):
    (tmp_path / "good.md").write_text(GOOD)
    (tmp_path / "bad.md").write_text("---\ntitle: [\n---\n")
    assert muster("runbook", "lint", str(tmp_path / "good.md")).status == 0
    said = muster("runbook", "lint", str(tmp_path / "bad.md"), "--json")
    assert said.status == 1
    assert [one["line"] for one in said.data] == [2]
    assert set(said.data[0]) == {"file", "line", "says", "hint", "mistake"} and said.data[0]["mistake"]


def test_lint_counts_the_pages_that_are_prose(muster, tmp_path):
    (tmp_path / "good.md").write_text(GOOD)
    (tmp_path / "wiki.md").write_text("# Our wiki page\n\nCall Bo.\n")
    said = muster("runbook", "lint", str(tmp_path)).out
    assert "2 playbooks" in said
    assert "1 without steps" in said


def test_lint_of_one_page_of_prose_says_what_it_is(muster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wiki.md").write_text("# Our wiki page\n\nCall Bo.\n")
    said = muster("runbook", "lint", "wiki.md")
    assert (said.status, said.out) == (0, "wiki.md: prose, no front matter: found and shown, not walked.\n")
    (tmp_path / "bare.md").write_text("---\ntitle: Call Bo\n---\nAt home.\n")
    assert muster("runbook", "lint", "bare.md").out == (
        "bare.md: front matter, no steps: found and shown, not walked.\n"
    )
    (tmp_path / "bin.md").write_bytes(b"\xff\xfe")
    assert muster("runbook", "lint", "bin.md").out.startswith("bin.md:1: this is not UTF-8 text")


def test_lint_of_no_playbook_at_all_is_a_fault(muster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("# What lies here\n")
    for path, says in ((".", "There is no playbook in `.`."), ("README.md", "`README.md` is no playbook.")):
        said = muster("runbook", "lint", path)
        assert (said.status, said.out) == (1, "")
        assert said.err.startswith(f"{says}\nA playbook is a Markdown file whose name ends in .md")


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
    assert {one["file"] for one in found} == {f"{folder}/{name}.md" for name in ("huge", "link", "latin")}


def test_paper_is_written_beside_you_and_never_over_another_file(muster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = muster("runbook", "paper", "stop-respawn")
    assert (said.status, said.out.split(":")[0]) == (0, "stop-respawn.html")
    page = (tmp_path / "stop-respawn.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    for words in ((), ("--out", "stop-respawn.html"), ("--out", ".")):
        again = muster("runbook", "paper", "stop-respawn", *words)
        assert again.status == 0 and again.out.startswith("stop-respawn.html: written over the one from before.")
    (tmp_path / "mine.md").write_text("mine")
    for name, words in (
        ("mine.md", ("stop-respawn", "--out", "mine.md")),
        ("stop-respawn.html", ("disk-full", "--out", "stop-respawn.html")),
    ):
        before = (tmp_path / name).read_bytes()
        other = muster("runbook", "paper", *words)
        assert other.status == 1 and f"`{name}` is there already, and is no page to print" in other.err
        assert (tmp_path / name).read_bytes() == before
    assert muster("runbook", "paper", "stop-respawn", "--out", "-").out.strip() == page.strip()
    missing = muster("runbook", "paper", "stop-respawn", "--out", str(tmp_path / "nowhere" / "x.html"))
    assert missing.status == 1 and f"There is no folder `{tmp_path}/nowhere`." in missing.err
    slashed = muster("runbook", "paper", "stop-respawn", "--out", "nowhere/")
    assert slashed.status == 2 and "there is no folder `nowhere/`; make it first" in slashed.err
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "wall").mkdir()
    assert muster("runbook", "paper", "stop-respawn", "--out", "wall/").out.startswith(
        "wall/stop-respawn.html: written."
    )


def test_paper_of_a_misspelt_name_gets_the_nearest_one(muster):
    said = muster("runbook", "paper", "stop-respwan")
    assert said.status == 1 and "`stop-respawn`" in said.err


def test_stats_of_nothing_say_so(muster, database):
    assert muster("runbook", "stats").out == "Nothing was looked up or walked yet.\n"
    assert muster("runbook", "stats", "--json").data == {"playbooks": [], "in_vain": []}


def test_stats_count_what_became_of_each_playbook(muster, database):
    with desk(read()) as open_desk:
        incident = incidents.open(open_desk, title="redis", severity=Severity.SEV1, by="U1")
        found = runbooks.look_up(open_desk, "redis came back empty after a restart", incident=incident)
        name = found.matches[0].name
        runbooks.opened(open_desk, found.lookup_id, name, by="U1")
        walk = walking.begin(open_desk, incident, name, by="U1")
        walking.mark(open_desk, walk.id, Did.DONE, step=1, by="U1")
        reviewing.judge(open_desk, walk.id, 1, helped=True, by="U1")
        other = runbooks.look_up(open_desk, "redis came back empty after a reboot", incident=None)
        runbooks.refused(open_desk, other.lookup_id, name, by="U1")
        runbooks.look_up(open_desk, "the coffee machine is out of beans", incident=None)
    said = muster("runbook", "stats")
    assert said.out.splitlines()[0].split() == (f"{name} 2 offered 1 opened 1 not this 1 walked helped 1 of 1".split())
    assert said.out.splitlines()[-1] == "  the coffee machine is out of beans"
    title = walk.playbook.steps[0].title
    at = said.out.splitlines().index("Steps, as people said after the close:")
    assert said.out.splitlines()[at + 1].startswith(f"{name}  {title}  helped 1 of 1 time; last on ")
    (use,) = muster("runbook", "stats", "--json").data["playbooks"]
    assert (use["playbook"], use["walked"], use["helped"], use["judged"]) == (name, 1, 1, 1)
    assert [(step["title"], step["helped"]["times"], step["helped"]["of"]) for step in use["steps"]] == [(title, 1, 1)]


def test_lint_names_probes_and_signals_that_do_not_exist(muster, tmp_path):
    page = "---\ntitle: Lag\nprobes: [mongodb.lagg]\ncalled_by: [replication-lag]\nforbidden_by: [zombie]\n---\n# Lag\n"
    (tmp_path / "lag.md").write_text(page)
    said = muster("runbook", "lint", str(tmp_path))
    assert said.status == 1
    assert 'lag.md:3: there is no probe "mongodb.lagg"; did you mean "mongodb.lag"?' in said.out
    assert 'lag.md:5: there is no signal "zombie"; did you mean "zombie-primary"?' in said.out


def test_a_page_with_a_probe_that_does_not_exist_stands_and_is_told_wherever_it_is_met(muster, tmp_path, monkeypatch):
    page = "---\ntitle: mongodb.lagg\nprobes: [mongodb.lagg]\n---\n## 1. See [it](#3-gone)\n\n[x](../gone.md)\n"
    (tmp_path / "lag.md").write_text(page)
    monkeypatch.setenv("MUSTER_PLAYBOOKS", str(tmp_path))
    probe = 'lag.md:3: there is no probe "mongodb.lagg"; did you mean "mongodb.lag"?'
    link = 'lag.md:7: "../gone.md" leads to no file'
    told = muster("runbook", "lint").out
    assert probe in told and link in told
    assert all(f"Mend {tmp_path.name}/{one}" in muster("runbook", "list").out for one in (probe, link))
    (listed,) = muster("runbook", "list", "--json").data
    assert [one["line"] for one in listed["mend"]] == [3, 7]
    shown = muster("runbook", "show", "lag")
    assert (shown.status, shown.out) == (0, page)
    assert f"Mend {tmp_path.name}/{probe}" in shown.err


@pytest.fixture
def kitchen(tmp_path, monkeypatch):
    """A folder of playbooks with a list of what people typed."""
    monkeypatch.setenv("MUSTER_PLAYBOOKS", str(tmp_path))
    (tmp_path / "fryer.md").write_text("# The fryer smokes\n\nTurn it off.\n")
    (tmp_path / "heard").mkdir()
    (tmp_path / "heard" / "fryer.txt").write_text("black clouds over the oil\nit reeks of burnt fat\n")
    (tmp_path / "heard" / "none.txt").write_text("the till has no change\nwho has the keys\n")
    return tmp_path


def test_what_people_typed_is_learnt_and_found_afterwards(muster, kitchen):
    said = muster("runbook", "learn")
    assert (said.status, said.err) == (0, "")
    assert "learnt.json: written. Learnt from 4 sentences, for 1 playbook." in said.out.replace("\n", " ")
    assert [one["name"] for one in muster("runbook", "find", "burnt fat, black clouds", "--json").data] == ["fryer"]
    assert muster("runbook", "find", "no change in the till", "--json").data == []
    assert "written over the one from before" in muster("runbook", "learn", str(kitchen)).out.replace("\n", " ")
    assert muster("runbook", "lint").status == 0


def test_where_there_is_nothing_to_learn_from_it_says_what_goes_where(muster, kitchen):
    for file in ("fryer.txt", "none.txt"):
        (kitchen / "heard" / file).unlink()
    said = muster("runbook", "learn")
    assert said.status == 1
    assert "There is nothing to learn from" in said.err and "NAME.txt" in said.err
    assert not (kitchen / "heard" / "learnt.json").exists()


def test_a_list_that_cannot_be_read_stops_the_learning(muster, kitchen):
    (kitchen / "heard" / "none.txt").write_bytes(b"the till\n\xff\n")
    said = muster("runbook", "learn")
    assert said.status == 1
    assert "none.txt:2: this is not UTF-8 text" in said.err.replace("\n", "")


def test_learning_writes_over_nothing_but_what_was_learnt_however_broken(muster, kitchen):
    (kitchen / "heard" / "learnt.json").write_text('{\n"format": 0,\n<<<<<<< HEAD\n')
    assert muster("runbook", "lint").status == 1
    assert muster("runbook", "learn").status == 0
    assert muster("runbook", "lint").status == 0
    (kitchen / "heard" / "learnt.json").write_text("my notes")
    said = muster("runbook", "learn")
    assert said.status == 1
    assert "is there already" in said.err
    assert (kitchen / "heard" / "learnt.json").read_text() == "my notes"


@pytest.fixture
def beside(kitchen, tmp_path_factory, monkeypatch):
    """A second folder after the kitchen's, with a page of its own and one in place of another."""
    ours = tmp_path_factory.mktemp("ours")
    (ours / "heard").mkdir()
    (ours / "fryer.md").write_text("# Our fryer smokes\n\nCall Bo.\n")
    (ours / "till.md").write_text("---\ntitle: The till jams\nrelated: [fryer]\n---\n## 1. Kick it\n")
    (ours / "heard" / "till.txt").write_text("the drawer does not open\n")
    monkeypatch.setenv("MUSTER_PLAYBOOKS", f"{kitchen}{os.pathsep}{ours}")
    return ours


def test_the_list_names_every_playbook_and_says_whose_it_is(muster, beside, monkeypatch):
    rows = [[cell for cell in re.split("  +", line) if cell] for line in muster("runbook", "list").out.splitlines()]
    assert rows == [["fryer", "Our fryer smokes", "own", "prose"], ["till", "The till jams", "own", "1 step"]]
    monkeypatch.setenv("MUSTER_PLAYBOOKS", f"{PLAYBOOKS}{os.pathsep}{beside}")
    listed = {one["name"]: one for one in muster("runbook", "list", "--json").data}
    assert listed["till"] == {
        "name": "till",
        "title": "The till jams",
        "steps": 1,
        "systems": [],
        "shipped": False,
        "folder": str(beside),
        "mend": [],
    }
    assert listed["stop-respawn"]["shipped"] and "redis" in listed["stop-respawn"]["systems"]
    (beside / "till.md").write_text("---\n")
    monkeypatch.setattr(runbook_list, "columns", lambda: 84)  # as at a terminal
    assert "fryer: Our fryer smokes\n    own · prose\n" in muster("runbook", "list").out
    assert muster("runbook", "list").out.splitlines()[-1].startswith("Not everything could be read; `muster runbook")


def test_where_there_is_no_playbook_the_list_says_so(muster, tmp_path, monkeypatch):
    monkeypatch.setenv("MUSTER_PLAYBOOKS", str(tmp_path))
    said = muster("runbook", "list")
    assert (said.status, said.err.splitlines()[0]) == (1, "There are no playbooks.")
    assert muster("runbook", "list", "--json").data == []


def test_lint_of_several_folders_says_which_page_stands_for_which_and_that_it_is_no_mistake(muster, kitchen, beside):
    said = muster("runbook", "lint")
    notice = f"no mistake: {beside}/fryer.md:1: stands in place of {kitchen}/fryer.md"
    assert (said.status, said.out.splitlines()[0]) == (0, notice)
    assert said.out.splitlines()[1].startswith(f"2 playbooks in {kitchen} and {beside}: nothing wrong.")
    (told,) = muster("runbook", "lint", "--json").data
    assert told["file"] == f"{beside}/fryer.md" and not told["mistake"]
    assert muster("runbook", "show", "fryer").out.startswith("# Our fryer")


def test_lint_of_one_of_several_folders_knows_the_pages_of_those_before_it(muster, kitchen, beside):
    (kitchen / "grill.md").write_text("# The grill\n")
    (beside / "till.md").write_text("---\ntitle: The till jams\nrelated: [grill, nope]\n---\n## 1. Kick it\n")
    for path in (beside, beside / "till.md"):
        said = muster("runbook", "lint", str(path))
        assert said.status == 1
        assert [line for line in said.out.splitlines() if not line.startswith("no mistake")] == [
            f'{beside}/till.md:3: "nope" points to no playbook; delete it, or add that file'
        ]
    assert muster("runbook", "lint", str(kitchen)).out == (
        f"2 playbooks in {kitchen}: nothing wrong. 2 without steps: found and shown, not walked.\n"
    )


def test_what_is_learnt_of_several_folders_lies_in_the_last_one(muster, kitchen, beside):
    (beside / "heard" / "fryer.txt").write_text("flames over the oil\n")
    said = muster("runbook", "learn")
    assert said.status == 0
    assert said.out.startswith(f"{beside}/heard/learnt.json: written. Learnt from ")
    assert " of 2 folders, for " in said.out.replace("\n", " ")
    assert not (kitchen / "heard" / "learnt.json").exists()
    assert muster("runbook", "find", "burnt fat, black clouds", "--json").data[0]["name"] == "fryer"
    assert muster("runbook", "learn", str(kitchen)).out.startswith(f"{kitchen}/heard/learnt.json: written.")


def test_lint_says_of_numbered_steps_without_front_matter_how_they_become_a_playbook(muster, tmp_path):
    (tmp_path / "fryer.md").write_text("# The fryer smokes\n\n## 1. Turn it off\n")
    for path, counted in ((tmp_path, ["1 without steps: found and shown, not walked."]), (tmp_path / "fryer.md", [])):
        said = muster("runbook", "lint", str(path))
        first, *last = said.out.splitlines()
        assert said.status == 0
        assert first.startswith(f"no mistake: {tmp_path}/fryer.md:3: this page has steps and no front matter")
        assert first.endswith("begin it with a line ---, title: ... and another ---")
        assert [line.partition("nothing wrong. ")[2] for line in last] == counted


def test_lint_names_a_stray_list_where_it_lies(muster, kitchen):
    (kitchen / "heard" / "grill.txt").write_text("no grill\n")
    assert muster("runbook", "lint", str(kitchen)).out.startswith(f"{kitchen}/heard/grill.txt:1: there is no playbook")
