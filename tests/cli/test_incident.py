"""`muster incident`: the record can be kept with no Slack at all."""

from __future__ import annotations

import pytest

from bot import settings
from bot.domain.roles import Aim
from bot.domain.walk import Did
from bot.services import incidents, tasks, timeline
from bot.services.playbooks import walking
from bot.store import people
from bot.wiring import desk as open_desk

pytestmark = pytest.mark.usefixtures("database")


def test_with_nothing_open_the_list_says_how_to_see_the_closed(muster):
    said = muster("incident", "list")
    assert (said.status, said.err) == (0, "")
    assert "No open incidents. `muster incident list --all`" in said.out
    assert muster("incident", "list", "--json").data == []


def test_opening_takes_the_severity_from_anywhere_in_the_words(muster):
    said = muster("incident", "open", "checkout", "is failing", "sev1")
    assert said.status == 0
    assert said.out.startswith("INC-1 sev1 is open: checkout is failing.")
    assert "Its channel is made when the bot runs" in said.out


def test_a_severity_nobody_gave_is_named_as_chosen(muster):
    assert "I took sev2, as you gave none." in muster("incident", "open", "checkout is failing").out


def test_opening_as_data_gives_all_that_is_known(muster):
    opened = muster("incident", "open", "sev3 the lift is slow", "--json").data
    assert (opened["label"], opened["severity"], opened["status"]) == ("INC-1", "sev3", "open")
    assert opened["declared_by"].startswith("terminal:")
    assert opened["declared_at"].endswith("Z")
    assert opened["closed_at"] is None


def test_the_same_words_again_are_taken_for_a_second_try_unless_forced(muster):
    muster("incident", "open", "sev1 checkout is failing")
    again = muster("incident", "open", "sev1 checkout is failing")
    assert again.status == 1
    assert "You opened INC-1 with this title a moment ago." in again.err
    assert "`muster incident open --force sev1 checkout is failing`" in again.err
    assert muster("incident", "open", "--force", "sev1 checkout is failing").out.startswith("INC-2")


def test_an_incident_without_a_title_is_asked_for_one(muster):
    said = muster("incident", "open", "sev1")
    assert said.status == 1
    assert said.err == "An incident needs a title.\nTry `muster incident open sev2 checkout is failing`.\n"


def test_times_at_the_opening_are_read_and_leave_the_title(muster):
    line = "sev2 checkout is failing started 2020-01-31 12:02 GMT detected 2020-01-31 12:04 GMT"
    opened = muster("incident", "open", line, "--json").data
    assert (opened["title"], opened["started_at"], opened["detected_at"]) == (
        "checkout is failing",
        "2020-01-31T12:02:00Z",
        "2020-01-31T12:04:00Z",
    )
    said = muster("incident", "open", "sev3", "the", "lift", "is", "slow", "since 2020-01-31 12:02 GMT").out
    assert said.startswith("INC-2 sev3 is open: the lift is slow.")
    assert said.endswith("Impact since 2020-01-31 12:02 UTC.\n")


@pytest.mark.parametrize("words", ["thing started 12:99", "thing since 12:99", "started 12:99 thing"])
def test_a_time_that_cannot_be_opens_nothing_and_asks(muster, words):
    said = muster("incident", "open", "sev2", *words.split())
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("`12:99` is not a time of day.\nType it as `at 12:03`")
    assert muster("incident", "list", "--json").data == []


@pytest.mark.parametrize("title", ["node 3 started at the wrong place", "mails seen twice", "impact unknown, 3 hosts"])
def test_words_that_no_time_follows_stay_in_the_title(muster, title):
    assert muster("incident", "open", title, "--json").data["title"] == title


def test_the_list_has_a_line_for_each(muster):
    muster("incident", "open", "sev1 checkout is failing")
    muster("incident", "open", "sev3 the lift is slow")
    lines = muster("incident", "list").out.splitlines()
    assert [line.split()[:3] for line in lines] == [["INC-2", "sev3", "open"], ["INC-1", "sev1", "open"]]
    assert lines[1].endswith("checkout is failing")
    assert [one["label"] for one in muster("incident", "list", "--json").data] == ["INC-2", "INC-1"]


@pytest.mark.parametrize("name", ["INC-1", "inc-1", "1", "#1"])
def test_an_incident_may_be_named_in_several_ways(muster, name):
    muster("incident", "open", "sev1 checkout is failing")
    assert muster("incident", "show", name).out.startswith("INC-1  sev1  open  checkout is failing")


def test_a_note_carries_its_own_time_and_tags(muster):
    muster("incident", "open", "sev1 checkout is failing")
    said = muster("incident", "note", "INC-1", "2020-01-31 12:03 GMT", "#decision", "fail over to db2", "--json")
    assert said.status == 0
    assert (said.data["at"], said.data["tags"]) == ("2020-01-31T12:03:00Z", ["decision"])
    assert said.data["text"] == "fail over to db2"
    assert said.data["source"] == "terminal"


def test_showing_an_incident_shows_its_timeline_in_order_of_time(muster):
    muster("incident", "open", "sev1 checkout is failing")
    muster("incident", "note", "1", "2020-01-31 12:03 GMT calendar is empty")
    lines = muster("incident", "show", "1").out.splitlines()
    assert "2020-01-31 12:03:00  E2" in lines[3]
    assert "Declared sev1: checkout is failing" in lines[4]
    shown = muster("incident", "show", "1", "--json").data
    assert [entry["label"] for entry in shown["timeline"]] == ["E2", "E1"]
    assert (shown["roles"], shown["tasks"]) == ({}, [])


def test_a_token_in_a_note_is_cut_out_before_it_is_stored(muster):
    muster("incident", "open", "sev1 checkout is failing")
    muster("incident", "note", "1", "the uri is mongodb://ada:hunter2@db1/shop")
    assert "hunter2" not in muster("incident", "show", "1", "--json").out


def test_closing_says_what_is_not_recorded_and_how_to_add_it(muster):
    muster("incident", "open", "sev1 checkout is failing")
    said = muster("incident", "close", "1", "all is back")
    assert said.status == 0
    assert "INC-1 is closed." in said.out
    assert "Not recorded: started, detected, mitigated." in said.out
    for tag in ("impact", "detected", "mitigated"):
        assert f"`muster incident note INC-1 12:02 GMT '#{tag} …'`" in said.out


def test_moments_given_at_the_close_are_recorded(muster):
    muster("incident", "open", "sev1 checkout is failing")
    line = "started 2020-01-31 12:02 GMT detected 2020-01-31 12:04 GMT mitigated 2020-01-31 13:50 GMT all is back"
    closed = muster("incident", "close", "1", line, "--json").data
    assert closed["started_at"] == "2020-01-31T12:02:00Z"
    assert closed["detected_at"] == "2020-01-31T12:04:00Z"
    assert closed["mitigated_at"] == "2020-01-31T13:50:00Z"
    assert (closed["status"], closed["not_recorded"]) == ("closed", [])


def test_closing_twice_says_where_to_look(muster):
    muster("incident", "open", "sev1 checkout is failing")
    muster("incident", "close", "1")
    again = muster("incident", "close", "1")
    assert again.status == 1
    assert again.err == "INC-1 is already closed.\nSee it with `muster incident show INC-1`.\n"
    assert "INC-1" not in muster("incident", "list").out
    assert "INC-1" in muster("incident", "list", "--all").out


@pytest.mark.parametrize("verb", ["show", "note", "close"])
def test_an_incident_that_is_not_there_is_answered_with_the_list(muster, verb):
    said = muster("incident", verb, "INC-9", *(["hello"] if verb == "note" else []))
    assert said.status == 1
    assert said.err == "I know no incident `INC-9`.\nList them with `muster incident list`.\n"


def test_a_name_that_is_no_incidents_name_is_explained(muster):
    said = muster("incident", "show", "checkout")
    assert said.status == 1
    assert said.err.startswith("`checkout` is no incident's name.\nWrite INC-3, or 3.")


def test_a_time_that_has_not_been_is_refused(muster):
    muster("incident", "open", "sev1 checkout is failing")
    said = muster("incident", "note", "1", "2999-01-01 12:03 GMT all is back")
    assert said.status == 1
    assert "2999-01-01" in said.err


@pytest.mark.parametrize("title", ["x" * 10_000, "مشكلة في الدفع", "\u202etxet", "💥" * 20])
def test_an_odd_title_is_taken_or_explained(muster, title):
    said = muster("incident", "open", title)
    assert said.status in (0, 1)
    assert (said.out if said.status == 0 else said.err).strip()


def test_only_the_tags_of_what_is_missing_are_offered(muster):
    muster("incident", "open", "sev1 checkout is failing")
    said = muster("incident", "close", "1", "started 2020-01-31 12:02 GMT detected 2020-01-31 12:04 GMT").out
    assert "Not recorded: mitigated." in said and "'#mitigated …'" in said
    assert "#impact" not in said and "#detected" not in said


def test_closing_says_which_playbooks_are_put_away_and_where(muster):
    muster("incident", "open", "sev1 checkout is failing")
    with open_desk(settings.read()) as desk:
        incident = incidents.find(desk, number=1)
        saved = walking.begin(desk, incident, "stop-respawn", by="U0ADA")
        walking.mark(desk, saved.id, Did.DONE, step=1, by="U0ADA")
        walking.begin(desk, incident, "backup-verify", by="U0ADA")
    said = muster("incident", "close", "1").out
    assert "Put away: stop-respawn at step 2 of 9, backup-verify at step 1 of 7." in " ".join(said.split())


def test_what_was_put_away_stands_in_the_data_of_the_close(muster):
    muster("incident", "open", "sev1 checkout is failing")
    muster("incident", "open", "sev1 search is failing")
    with open_desk(settings.read()) as desk:
        walking.begin(desk, incidents.find(desk, number=1), "stop-respawn", by="U0ADA")
    closed = muster("incident", "close", "1", "--json").data
    assert closed["put_away"] == [{"playbook": "stop-respawn", "step": 1, "steps": 9}]
    assert "Put away" not in muster("incident", "close", "2").out


def test_people_are_shown_by_name_and_by_label_where_unknown(muster, database):
    muster("incident", "open", "sev1 checkout is failing")
    with open_desk(settings.read()) as desk:
        people.heard_of(desk.session, desk.team_id, "U0ADA", "Ada Lovelace", desk.now)
        incident = incidents.find(desk, number=1)
        timeline.joined(desk, incident, "U0ADA")
        timeline.note(desk, incident, "ask <@U0BEN|ben>", by="U0ADA")
    shown = muster("incident", "show", "1").out
    assert "@Ada Lovelace joined" in shown and "ask @ben" in shown
    assert "<@" not in shown


def test_a_note_of_another_day_is_answered_with_its_date(muster):
    muster("incident", "open", "sev1 checkout is failing")
    assert (
        "INC-1 E2 at 2020-01-31 12:03 UTC: it began"
        in muster("incident", "note", "1", "2020-01-31 12:03 GMT it began").out
    )


def test_a_wrong_entry_is_struck(muster):
    muster("incident", "open", "sev1 checkout is failing")
    muster("incident", "note", "1", "2020-01-31 12:03 GMT #impact it began")
    said = muster("incident", "note", "1", "2020-01-31 12:01 GMT #detected the pager rings")
    assert "Strike the wrong one: `muster incident strike INC-1 E2` or `muster incident strike INC-1 E3`." in said.out
    said = muster("incident", "strike", "1", "E2", "it", "was", "earlier")
    assert said.out == "INC-1 E2 is struck: it began\n"
    assert [e["text"] for e in muster("incident", "show", "1", "--json").data["timeline"]][
        -1
    ] == "Struck E2: it was earlier"
    assert "`that` is no entry's name." in muster("incident", "strike", "1", "that").err


def test_a_tag_that_may_be_misspelt_is_asked_about(muster):
    muster("incident", "open", "sev1 checkout is failing")
    assert "Did you mean `#impact`?" in muster("incident", "note", "1", "#impcat nobody can pay").out


def test_a_follow_up_is_shown_with_its_day_its_aim_and_its_link(muster):
    muster("incident", "open", "sev1 checkout is failing")
    with open_desk(settings.read()) as desk:
        incident, due, link = incidents.find(desk, number=1), desk.now.date(), "https://tracker.test/1"
        tasks.add(desk, incident, "raise the limit", owner="", by="U0ADA", aim=Aim.PREVENT, due=due, link=link)
    said = muster("incident", "show", "INC-1").out
    assert "[ ]  1    prevent, due today  raise the limit https://tracker.test/1" in said
    (task,) = muster("incident", "show", "INC-1", "--json").data["tasks"]
    assert (task["due"], task["aim"], task["link"]) == (due.isoformat(), "prevent", link)
