"""What a step holds beside its presses: evidence, values, a call for help; and what the close makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.gaps import BadValue
from bot.domain.postmortem import Part, draft
from bot.domain.roles import Role
from bot.domain.timeline import Kind
from bot.domain.walk import Did
from bot.errors import NotAllowed, UserError
from bot.services import closing, incidents
from bot.services.closing import Closing
from bot.services.playbooks import help, reviewing, standing, walking
from bot.services.postmortem import drafting
from bot.slack.blocks import step as step_blocks
from bot.store import verdicts
from bot.store.playbooks import Shelf
from tests.services.conftest import ADA, BEN, Office

NAME = "force-failover-via-firewall"


def begun(office: Office, incident, name: str = NAME):
    return office.do(lambda desk: walking.begin(desk, incident, name, by=ADA))


def mark(office: Office, walk, did: Did, step: int, reason: str = "", by: str = ADA):
    return office.do(lambda desk: walking.mark(desk, walk.id, did, step=step, by=by, reason=reason))


def test_evidence_is_an_entry_with_its_step_and_without_its_secrets(office: Office):
    incident = office.opened()
    walk = begun(office, incident)
    mark(office, walk, Did.NOTED, 1, "ok\npassword=hunter2hunter2\ndone", by=BEN)
    entry = office.entries(incident)[-1]
    assert (entry.kind, entry.author, entry.data["step"], entry.data["did"]) == (Kind.STEP, BEN, 1, "noted")
    assert "hunter2" not in entry.text + repr(entry.data)
    stand = office.do(lambda desk: standing.stand(desk, walk.id))
    assert "hunter2" not in repr(stand.walk.marks)


def fill(office: Office, walk, step: int, **values: str):
    return office.do(lambda desk: walking.fill_in(desk, walk.id, values, step=step, by=ADA))


def stood(office: Office, walk):
    return office.do(lambda desk: standing.stand(desk, walk.id))


def test_values_stay_with_the_playbook_they_were_given_for(office: Office):
    incident, other = office.opened(), office.opened("something else", force=True)
    saved, replaced = begun(office, incident, "stop-respawn"), begun(office, incident, "redis-replica-unknown-master")
    stranger = begun(office, other, "redis-replica-unknown-master")
    fill(office, saved, 2, replica="redis-3.good", replicaport="6380")
    assert dict(stood(office, saved).known) == {"replica": "redis-3.good", "replicaport": "6380"}
    filled = (
        "Step 2 of stop-respawn filled in: replica = redis-3.good, replicaport = 6380"  # its title stands where done
    )
    assert office.entries(incident)[-1].text == filled
    found = stood(office, replaced)
    assert not found.known
    assert {name: (one.playbook, one.value) for name, one in found.elsewhere.items()} == {
        "replica": ("stop-respawn", "redis-3.good"),
        "replicaport": ("stop-respawn", "6380"),
    }
    assert not stood(office, stranger).elsewhere
    assert office.entries(incident)[-1].text.endswith(": replica = redis-3.good, replicaport = 6380")
    with pytest.raises(BadValue):
        fill(office, saved, 2, replica="db1; reboot")


def test_a_second_walk_of_a_playbook_keeps_what_the_first_was_given(office: Office):
    incident = office.opened()
    first = begun(office, incident, "stop-respawn")
    fill(office, first, 2, replica="redis-3.good")
    office.do(lambda desk: walking.put_away(desk, first.id, by=ADA))
    office.later(1)
    second = begun(office, incident, "stop-respawn")
    assert dict(stood(office, second).known) == {"replica": "redis-3.good"}
    fill(office, second, 2, replica="redis-4")
    assert dict(stood(office, second).known) == {"replica": "redis-4"}
    assert not stood(office, second).elsewhere


def test_a_port_of_mongodb_is_not_even_proposed_on_a_page_of_redis(office: Office):
    incident = office.opened()
    mongo, redis, set_ = (
        begun(office, incident, name) for name in (NAME, "stop-respawn", "no-primary-or-election-loop")
    )
    fill(office, mongo, 1, primaryport="27017")
    assert not stood(office, redis).known and not stood(office, redis).elsewhere
    assert stood(office, set_).elsewhere["primaryport"].value == "27017"


def go_to(office: Office, incident, step: int, name: str = NAME):
    return office.do(lambda desk: walking.go_to(desk, incident, name, step, by=BEN))


def test_a_walk_goes_to_a_step_and_begins_there_when_there_is_none(office: Office):
    incident = office.opened()
    walk = go_to(office, incident, 3)
    assert walk.position == 3
    title = walk.playbook.steps[2].title
    assert [e.text for e in office.entries(incident)][-2:] == [
        f"Took up the playbook “{walk.playbook.title}”",
        f"Went to step 3 of {NAME}: {title}",
    ]
    assert office.entries(incident)[-1].data["did"] == "gone to"
    assert go_to(office, incident, 5).id == walk.id
    before = office.entries(incident)
    with pytest.raises(UserError, match="and no step 99"):
        go_to(office, incident, 99)
    with pytest.raises(UserError, match="and no step 99"):
        go_to(office, incident, 99, "stop-respawn")
    assert office.entries(incident) == before


def test_the_close_tells_what_was_passed_over(office: Office):
    incident = office.opened()
    walk = go_to(office, incident, 3)
    mark(office, walk, Did.DONE, 3)
    close(office, incident)
    left = next(e for e in office.entries(incident) if e.data.get("put_away"))
    assert left.text.endswith(f"at step 4 of {len(walk.playbook.steps)}; not walked: 1, 2")
    (told,) = office.do(lambda desk: closing.passed_over(desk, office_now(desk, incident)))
    assert told.passed_over == (1, 2)


def test_a_walk_that_was_left_with_open_steps_is_taken_up_at_one(office: Office):
    incident = office.opened()
    last = len(begun(office, incident).playbook.steps)
    walk = mark(office, go_to(office, incident, last), Did.DONE, last)
    assert walk.over
    assert go_to(office, incident, 2).id == walk.id
    assert stood(office, walk).walk.in_hand


def test_a_step_is_gone_to_by_its_number_also_when_all_are_done_and_one_is_in_hand_again(office: Office):
    incident = office.opened()
    walk = begun(office, incident)
    last = len(walk.playbook.steps)
    for step in range(1, last + 1):
        mark(office, walk, Did.DONE, step)
    mark(office, walk, Did.BACK, last + 1)
    assert go_to(office, incident, 4).id == walk.id
    assert stood(office, walk).walk.position == 4


def test_an_ended_walk_is_not_gone_on_with_while_another_of_its_playbook_is_in_hand(office: Office):
    incident = office.opened()
    walk = begun(office, incident)
    ended = office.do(lambda desk: walking.finish(desk, walk.id, step=1, by=ADA))
    second = begun(office, incident)
    with pytest.raises(NotAllowed, match="already being walked here: step 1"):
        mark(office, walk, Did.BACK, ended.position)
    with pytest.raises(NotAllowed, match="already being walked here: step 1"):
        office.do(lambda desk: walking.go(desk, walk.id, 2, by=BEN))
    assert [w.id for w in office.do(lambda desk: closing.unfinished(desk, incident))] == [second.id]
    office.do(lambda desk: walking.put_away(desk, second.id, by=ADA))
    assert mark(office, walk, Did.BACK, ended.position).in_hand


def test_a_step_is_gone_to_in_the_walk_that_is_in_hand_though_a_later_one_has_open_steps(office: Office):
    incident = office.opened()
    first = begun(office, incident)
    ended = office.do(lambda desk: walking.finish(desk, first.id, step=1, by=ADA))
    office.later(1)
    second = begun(office, incident)
    office.do(lambda desk: walking.finish(desk, second.id, step=1, by=ADA))
    mark(office, first, Did.BACK, ended.position)
    assert go_to(office, incident, 3).id == first.id


def test_the_close_says_of_a_step_that_was_taken_up_again_too_that_it_was_done(office: Office):
    incident = office.opened()
    walk = begun(office, incident)
    last = len(walk.playbook.steps)
    for step in range(1, last):
        mark(office, walk, Did.DONE, step)
    mark(office, walk, Did.TRIED, last)
    mark(office, walk, Did.BACK, last + 1)
    close(office, incident, walked=frozenset({walk.id}))
    assert stood(office, walk).walk.tally == f"all {last} steps done"


def test_a_call_for_help_shows_the_step_that_it_was_for_though_the_walk_has_gone_on(office: Office):
    incident = office.opened()
    walk = begun(office, incident)
    office.do(lambda desk: help.ask_for_help(desk, walk.id, step=1, by=ADA))
    office.do(lambda desk: walking.finish(desk, walk.id, step=1, by=BEN))
    plea = office.do(lambda desk: help.plea(desk, walk.id, 0, ""))
    assert plea.step.number == 1
    assert "asks for help at step 1 of" in repr(step_blocks.plea(plea))


def test_a_call_for_help_names_who_may_help_and_not_who_asks(office: Office):
    incident = office.opened()
    office.do(lambda desk: incidents.assign(desk, incident, Role.OPERATIONS, BEN, by=ADA))
    office.do(lambda desk: incidents.assign(desk, office_now(desk, incident), Role.COMMANDER, ADA, by=ADA))
    walk = mark(office, begun(office, incident), Did.DONE, 1)
    office.all_done()
    asked = office.do(lambda desk: help.ask_for_help(desk, walk.id, step=2, by=ADA))
    assert office.promised() == ["card", "help", "walk"]
    plea = office.do(lambda desk: help.plea(desk, walk.id, len(asked.marks) - 1, "S0GROUP01"))
    assert (plea.by, plea.on_call, [held.user_id for held in plea.carried]) == (ADA, "S0GROUP01", [BEN])
    assert plea.stand.walk.position == 2
    with pytest.raises(NotAllowed, match="not the one in hand"):
        office.do(lambda desk: help.ask_for_help(desk, walk.id, step=1, by=ADA))


def close(office: Office, incident, walked: frozenset[str] = frozenset()):
    return office.do(lambda desk: closing.close(desk, office_now(desk, incident), Closing(walked=walked), by=BEN))


def office_now(desk, incident):
    return incidents.find(desk, number=incident.number)


def test_the_close_puts_away_what_is_in_hand_and_asks_about_what_was_done(office: Office):
    incident = office.opened()
    walk = mark(office, begun(office, incident), Did.DONE, 1)
    assert [w.id for w in office.do(lambda desk: closing.unfinished(desk, incident))] == [walk.id]
    office.all_done()
    closed = close(office, incident)
    assert office.promised() == ["card", "draft", "review", "walk"]
    left = next(e for e in office.entries(incident) if e.data.get("put_away"))
    assert (left.author, left.data["step"]) == (BEN, 2)
    assert office.do(lambda desk: closing.unfinished(desk, closed)) == ()
    review = office.do(lambda desk: reviewing.review(desk.session, incident.id))
    assert [(one.step.number, one.verdict) for one in review.steps] == [(1, None)]


def test_a_walk_that_was_finished_off_slack_is_walked_to_its_end_at_close(office: Office):
    incident = office.opened()
    walk = mark(office, begun(office, incident), Did.DONE, 1)
    close(office, incident, frozenset({walk.id}))
    found = office.do(lambda desk: standing.stand(desk, walk.id))
    assert found.walk.over and found.walk.ended_at is None
    assert {m.reason for m in found.walk.standing.values()} == {"", "said at close"}


def test_a_close_without_a_playbook_asks_nothing(office: Office):
    incident = office.opened()
    office.all_done()
    close(office, incident)
    assert office.promised() == ["card", "draft"]


def test_what_helped_is_counted_by_step_and_shown_at_the_next_walk(office: Office):
    for number, helped in enumerate((True, True, False)):
        incident = office.opened(f"outage {number}", force=True)
        walk = mark(office, begun(office, incident), Did.DONE, 1)
        mark(office, walk, Did.TRIED, 2)
        close(office, incident)
        office.later(1)
        office.do(lambda desk, w=walk, h=helped: reviewing.judge(desk, w.id, 1, helped=not h, by=ADA))
        office.do(lambda desk, w=walk, h=helped: reviewing.judge(desk, w.id, 1, helped=h, by=BEN))
    walk = begun(office, office.opened("the next one", force=True))
    found = office.do(lambda desk: standing.stand(desk, walk.id))
    first, second, third = (step.title for step in walk.playbook.steps[:3])
    assert str(found.helped[first]).startswith("helped 2 of 3 times; last on 14 Mar 2026")
    assert str(found.helped[second]) == "helped 0 of 3 times"
    assert third not in found.helped
    elsewhere = office.do(lambda desk: verdicts.helped(desk.session, "T2", NAME))
    assert elsewhere == {}


def test_the_last_word_about_a_step_counts(office: Office):
    incident = office.opened()
    walk = mark(office, begun(office, incident), Did.DONE, 1)
    close(office, incident)
    for helped, by in ((True, ADA), (False, BEN)):
        office.do(lambda desk, h=helped, b=by: reviewing.judge(desk, walk.id, 1, helped=h, by=b))
    review = office.do(lambda desk: reviewing.review(desk.session, incident.id))
    (one,) = review.steps
    assert (one.verdict.helped, one.verdict.said_by) == (False, BEN)


def test_what_was_said_of_a_step_is_an_entry_once(office: Office):
    incident = office.opened()
    walk = begun(office, incident)
    mark(office, walk, Did.DONE, 1)
    for helped in (True, True, False):
        office.do(lambda desk, helped=helped: reviewing.judge(desk, walk.id, 1, helped=helped, by=BEN))
    said = [entry for entry in office.entries(incident) if "judged" in entry.data]
    assert [entry.data["helped"] for entry in said] == [True, False]
    assert said[0].text.startswith(f"Step 1 of {NAME} helped: ") and said[0].author == BEN
    assert said[1].text.startswith(f"Step 1 of {NAME} did not help: ")


def test_a_page_of_prose_is_read_and_not_walked(office: Office, tmp_path):
    (tmp_path / "wiki.md").write_text("# Our wiki page\n\nCall Bo.\n")
    incident = office.opened()
    with pytest.raises(NotAllowed) as refused:
        office.do(lambda desk: walking.begin(replace(desk, shelf=Shelf(tmp_path)), incident, "wiki", by=ADA))
    assert "`wiki` has no steps" in refused.value.message and "/runbook show wiki" in refused.value.hint


def test_a_press_after_the_close_moves_no_walk(office: Office):
    incident = office.opened()
    walk = begun(office, incident)
    mark(office, walk, Did.DONE, 1)
    office.do(lambda desk: closing.close(desk, incident, Closing(), by=ADA))
    for did in (Did.DONE, Did.BACK):
        with pytest.raises(NotAllowed, match="is closed"):
            mark(office, walk, did, 2)


def test_the_draft_rests_what_helped_on_the_press_and_on_the_answer_to_that_walk(office: Office):
    incident = office.opened()
    first = mark(office, begun(office, incident), Did.DONE, 1)
    office.do(lambda desk: walking.put_away(desk, first.id, by=ADA))
    office.later(1)
    second = mark(office, begun(office, incident), Did.DONE, 1)
    press = next(e for e in reversed(office.entries(incident)) if e.kind is Kind.STEP)
    close(office, incident)
    office.do(lambda desk: reviewing.judge(desk, second.id, 1, helped=True, by=BEN))
    answer = office.entries(incident)[-1]
    office.do(lambda desk: reviewing.judge(desk, first.id, 1, helped=True, by=ADA))
    drawn = draft(office.do(lambda desk: drafting.facts(desk, office.as_it_is(incident))))
    told = [one.refs for one in drawn.section(Part.TRIED).sentences if one.text.endswith(f"as {BEN} said afterwards.")]
    assert told == [(press.label, answer.label)]
