"""One walk along a playbook: what moves it, what stays beside the step, and which values may stand in a command."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.gaps import BadValue, check
from bot.domain.moves import MAX_NOTE_CHARS, fill_in, finish, go, press, put_away, said_done
from bot.domain.playbook import Fill, Playbook, Step, Variable
from bot.domain.walk import Did, Mark, Walk, spans
from bot.errors import NotAllowed, UserError

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
GAPS = (Variable(name="host", fill=Fill.HOST), Variable(name="port", fill=Fill.PORT))
BOOK = Playbook(
    name="x",
    title="X",
    steps=tuple(Step(number=n, title=f"Step {n}", body="", variables=GAPS) for n in (1, 2, 3)),
    text="",
    digest="",
)


@pytest.fixture
def walk() -> Walk:
    return Walk(id="w", incident_id="i", playbook=BOOK, begun_by="U1", begun_at=AT)


def pressed(walk: Walk, *presses: tuple[Did, int]) -> Walk:
    for did, step in presses:
        walk = press(walk, did, step=step, by="U1", at=AT, reason="" if did is Did.BACK else "because")
    return walk


def test_evidence_and_a_call_for_help_leave_the_step_in_hand(walk: Walk):
    walk = pressed(walk, (Did.DONE, 1), (Did.NOTED, 2), (Did.HELP, 2), (Did.NOTED, 1))
    assert walk.position == 2
    assert [mark.step for mark in walk.evidence(1)] == [1]
    assert {step: mark.did for step, mark in walk.standing.items()} == {1: Did.DONE}


def test_what_stands_for_a_step_that_was_gone_back_to_stands_until_another_press(walk: Walk):
    walk = pressed(walk, (Did.DONE, 1), (Did.SKIPPED, 2), (Did.BACK, 3), (Did.BACK, 2))
    assert (walk.position, walk.again, walk.open_steps) == (1, walk.marks[0], (3,))
    walk = pressed(walk, (Did.TRIED, 1))
    assert {step: mark.did for step, mark in walk.standing.items()} == {1: Did.TRIED, 2: Did.SKIPPED}
    assert walk.again is walk.standing[2]


def test_back_leads_to_the_step_that_was_in_hand_before(walk: Walk):
    walk = go(pressed(walk, (Did.DONE, 1)), 3, by="U1", at=AT)
    assert walk.way == (1, 2, 3)
    walk = go(pressed(walk, (Did.BACK, 3), (Did.BACK, 2)), 3, by="U1", at=AT)
    assert walk.way == (1, 3)
    walk = pressed(walk, (Did.BACK, 3))
    assert walk.position == 1
    with pytest.raises(NotAllowed, match="nothing to go back to"):
        pressed(walk, (Did.BACK, 1))


def test_back_from_a_step_that_was_gone_to_after_the_end_does_not_lead_to_the_end(walk: Walk):
    walk = go(finish(walk, step=1, by="U1", at=AT), 3, by="U1", at=AT)
    assert walk.way == (1, 3)
    assert pressed(walk, (Did.BACK, 3)).way == (1,)
    over = pressed(walk, (Did.DONE, 3), (Did.BACK, 4))
    assert (over.position, over.way) == (3, (1, 3))


def test_what_stands_for_the_steps_stands_in_time(walk: Walk):
    walk = go(pressed(walk, (Did.DONE, 1), (Did.DONE, 2)), 1, by="U1", at=AT)
    assert list(pressed(walk, (Did.TRIED, 1)).standing) == [2, 1]


def test_a_walk_of_before_whose_back_led_to_the_number_before_stands_where_it_stood(walk: Walk):
    back = Mark(step=2, did=Did.BACK, by="U1", at=AT)
    walk = replace(go(walk, 3, by="U1", at=AT), marks=(*go(walk, 3, by="U1", at=AT).marks, back))
    assert walk.way == (1, 2)


def test_a_step_may_be_the_last_one_that_is_needed(walk: Walk):
    walk = finish(pressed(walk, (Did.DONE, 1)), step=2, by="U2", at=AT)
    assert (walk.over, walk.finished, walk.open_steps, walk.passed_over) == (True, True, (3,), ())
    assert walk.tally == "2 of 3 steps done, not needed: 3"
    back = pressed(walk, (Did.BACK, 4))
    assert (back.position, back.finished, back.again) == (2, False, walk.marks[-1])
    assert go(walk, 3, by="U1", at=AT).in_hand
    with pytest.raises(NotAllowed, match="not the one in hand"):
        finish(walk, step=2, by="U1", at=AT)


def test_evidence_may_follow_when_the_walk_is_over_but_not_come_before_its_step(walk: Walk):
    with pytest.raises(NotAllowed, match="Step 2 was not reached yet"):
        pressed(walk, (Did.NOTED, 2))
    over = pressed(walk, (Did.DONE, 1), (Did.DONE, 2), (Did.DONE, 3), (Did.NOTED, 3))
    assert over.over and len(over.evidence(3)) == 1
    with pytest.raises(NotAllowed, match="not the one in hand"):
        pressed(over, (Did.HELP, 3))


def test_going_to_a_step_leaves_what_was_passed_over_open_and_what_stands_standing(walk: Walk):
    walk = go(pressed(walk, (Did.DONE, 1)), 3, by="U2", at=AT)
    assert (walk.position, walk.passed_over, set(walk.standing)) == (3, (2,), {1})
    walk = pressed(walk, (Did.SKIPPED, 3))
    assert walk.over and walk.tally == "1 of 3 steps done, 1 skipped, not walked: 2"
    walk = go(walk, 2, by="U2", at=AT)
    assert (walk.in_hand, walk.position, walk.passed_over, set(walk.standing)) == (True, 2, (), {1, 3})
    walk = pressed(walk, (Did.TRIED, 2))
    assert walk.position == 3 and walk.open_steps == ()
    walk = pressed(walk, (Did.DONE, 3))
    assert walk.tally == "2 of 3 steps done, 1 done in vain"


def test_a_step_may_be_gone_to_when_it_is_there_and_not_in_hand(walk: Walk):
    for number in (0, 4):
        with pytest.raises(UserError, match=f"`x` has 3 steps, and no step {number}"):
            go(walk, number, by="U1", at=AT)
    with pytest.raises(NotAllowed, match="in hand already"):
        go(walk, 1, by="U1", at=AT)
    with pytest.raises(NotAllowed, match="put away"):
        go(put_away(walk, at=AT), 2, by="U1", at=AT)


def test_what_the_close_says_was_done_too_ends_a_walk_that_was_jumped_about_in(walk: Walk):
    walk = pressed(go(walk, 3, by="U1", at=AT), (Did.DONE, 3))
    walk = go(walk, 2, by="U1", at=AT)
    for number in walk.open_steps:
        walk = said_done(walk, number, by="U1", at=AT)
    assert walk.over and walk.tally == "all 3 steps done"


@pytest.mark.parametrize(
    ("text", "why"), [("  \n", "needs a few words"), ("x" * (MAX_NOTE_CHARS + 1), "3,001 characters; 3,000 is")]
)
def test_evidence_without_words_or_with_too_many_is_refused(walk: Walk, text: str, why: str):
    with pytest.raises(UserError, match=why):
        press(walk, Did.NOTED, step=1, by="U1", at=AT, reason=text)


def test_a_skip_takes_no_longer_reason_than_a_note_has_room_for(walk: Walk):
    with pytest.raises(UserError, match="3,001 characters; 3,000 is"):
        press(walk, Did.SKIPPED, step=1, by="U1", at=AT, reason="x" * (MAX_NOTE_CHARS + 1))


def test_what_was_printed_keeps_its_shape(walk: Walk):
    kept = press(walk, Did.NOTED, step=1, by="U1", at=AT, reason="\n  a\n    b\n")
    assert kept.marks[-1].reason == "  a\n    b"


def test_values_are_kept_and_the_last_one_counts(walk: Walk):
    walk = fill_in(walk, {"host": " db1 ", "port": "27017"}, step=1, by="U1", at=AT)
    assert walk.filled == {"host": "db1", "port": "27017"}
    assert walk.marks[-1].reason == "host = db1, port = 27017"
    walk = fill_in(walk, {"host": "db2", "port": "27017"}, step=1, by="U2", at=AT)
    assert walk.filled["host"] == "db2" and walk.marks[-1].reason == "host = db2"
    assert walk.position == 1


def test_a_value_that_is_taken_away_is_to_be_filled_in_anew(walk: Walk):
    walk = fill_in(walk, {"host": "db1", "port": "27017"}, step=1, by="U1", at=AT)
    walk = fill_in(walk, {"host": "db2", "port": None}, step=1, by="U1", at=AT)
    assert walk.filled == {"host": "db2", "port": ""}
    assert walk.marks[-1].reason == "host = db2, port to be filled in anew"
    assert fill_in(walk, {"port": None}, step=1, by="U1", at=AT) is walk


def test_nothing_new_is_no_press(walk: Walk):
    walk = fill_in(walk, {"host": "db1"}, step=1, by="U1", at=AT)
    assert fill_in(walk, {"host": "db1", "port": " ", "unknown": "x"}, step=1, by="U1", at=AT) is walk


def test_a_walk_put_away_takes_no_values_and_no_evidence(walk: Walk):
    left = put_away(walk, at=AT)
    with pytest.raises(NotAllowed):
        fill_in(left, {"host": "db1"}, step=1, by="U1", at=AT)
    with pytest.raises(NotAllowed):
        press(left, Did.NOTED, step=1, by="U1", at=AT, reason="seen")


@pytest.mark.parametrize(
    ("fill", "taken"),
    [
        (
            Fill.HOST,
            ["db1", "db-2.example.com", "10.0.0.7", "fe80::1", "2001:db8::7", "`db1`", "xn--bcher-kva.example"],
        ),
        (Fill.PORT, ["1", "27017", "65535"]),
        (Fill.NUMBER, ["0", "500"]),
        (Fill.PATH, ["/", "/var/lib/mongodb", "/data/db_1/a.b-c"]),
        (Fill.KEY, ["cart:1234", "bull:mail:42", "session/ab=", ":1:views.cache"]),
        (Fill.WORD, ["orders", "email_1_createdAt_-1", "rs0", "v4.2"]),
    ],
)
def test_what_a_variable_takes(fill: Fill, taken: list[str]):
    for value in taken:
        assert check(Variable(name="x", fill=fill), value) == value.strip("`")


HOSTILE = [
    "",
    " ",
    "-rf",
    "--host",
    "a b",
    "a;b",
    "$(id)",
    "`id`x",
    "a|b",
    "a&b",
    "a\nb",
    "'",
    '"',
    "a\\b",
    "a>b",
    "*",
    "~",
]


@pytest.mark.parametrize("fill", Fill)
@pytest.mark.parametrize("value", [*HOSTILE, "ａ", "٣", "a\u202eb"])
def test_no_value_can_hold_what_a_shell_acts_on(fill: Fill, value: str):
    with pytest.raises(BadValue, match="`x` takes") as refused:
        check(Variable(name="x", fill=fill), value)
    assert refused.value.name == "x" and refused.value.hint.startswith("For example")


@pytest.mark.parametrize(
    ("fill", "value"),
    [
        (Fill.HOST, "db1:27017"),
        (Fill.HOST, "a..b"),
        (Fill.HOST, "x" * 64),
        (Fill.HOST, "fe80::1%eth0"),
        (Fill.PORT, "0"),
        (Fill.PORT, "65536"),
        (Fill.NUMBER, "-1"),
        (Fill.NUMBER, "1e9"),
        (Fill.PATH, "var/lib"),
        (Fill.KEY, "{user1}:cart"),
        (Fill.KEY, "cart *"),
        (Fill.WORD, "a/b"),
    ],
)
def test_what_a_variable_refuses(fill: Fill, value: str):
    with pytest.raises(BadValue):
        check(Variable(name="x", fill=fill), value)


def test_the_step_in_hand_was_taken_up_at_the_last_move_also_when_the_clock_went_back(walk: Walk):
    walk = press(walk, Did.DONE, step=1, by="U1", at=AT + timedelta(minutes=5))
    walk = press(walk, Did.BACK, step=2, by="U1", at=AT)
    assert walk.taken_up_at == AT


def test_a_skip_for_the_words_of_a_close_leads_to_the_next_step(walk: Walk):
    assert press(walk, Did.SKIPPED, step=1, by="U1", at=AT, reason="said at close").position == 2


@pytest.mark.parametrize(
    ("steps", "told"),
    [((), ""), ((4,), "4"), ((2, 3), "2, 3"), ((1, 2, 3), "1 to 3"), ((2, 3, 5, 6, 7, 9), "2, 3, 5 to 7, 9")],
)
def test_many_steps_in_a_row_are_told_by_their_ends(steps: tuple[int, ...], told: str):
    assert spans(steps) == told
