"""Blocks from values: whatever the values are, Slack takes them, nobody is pinged, and every button has a hand."""

import random
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.finding import Finding, Verdict
from bot.domain.incident import MAX_TITLE_CHARS, Incident, Severity, Status
from bot.domain.inventory import SystemKind
from bot.domain.offers import Offer, Offered
from bot.domain.playbook import Fill, Match, Playbook, Step, Variable
from bot.domain.postmortem import Sentence
from bot.domain.recall import Elsewhere
from bot.domain.roles import Assignment, Role, Task
from bot.domain.timeline import Entry, Kind
from bot.domain.walk import NO_MORE, Did, Mark, Walk
from bot.rehearsal import blockkit
from bot.rehearsal.messages import Content
from bot.rehearsal.mrkdwn import mentions_of
from bot.services.playbooks.help import Plea
from bot.services.playbooks.reviewing import Review, Reviewed
from bot.services.playbooks.standing import Stand
from bot.services.postmortem.drafting import Summary
from bot.services.rooms import Room
from bot.slack.blocks import card, filling, forms, playbook, review, step, summary
from bot.slack.blocks.pieces import fit
from bot.slack.buttons import BUTTONS
from bot.slack.submissions import FORMS
from bot.slack.text import fence, plain, units
from bot.store.work import Outbound

AT = datetime(2026, 4, 23, 13, 0, tzinfo=UTC)
URL = "http://127.0.0.1:3000"
HOSTILE = (
    *("<!channel>", "<!here>", "<@U1>", "<!subteam^S1>", "<#C1>", "<http://evil|https://bank>", "&lt;!here&gt;"),
    *("```", "`", "*", "_", "~", "&", "<", ">", "|", "\n", "\n> ", "```\n", "a\u0301", "👩\u200d🚒", "\u202e", "İ"),
    *("word ", "db_1 ", "x" * 80, "& " * 40, "<" * 200, "\U0001f1eb\U0001f1ee", "# ", "- ", "[a](http://b)", "**"),
)


def _pool() -> list[str]:
    """Mixtures of what is hostile, from none of it to more than Slack takes; the same in every run."""
    chance = random.Random(7)
    return ["".join(chance.choices(HOSTILE, k=k)) for k in (*range(20), 50, 100, 300) for _ in range(8)]


TEXTS = st.one_of(st.sampled_from(_pool()), st.text(max_size=12))
LINES = TEXTS.map(lambda text: " ".join(text.split()) or "x")
LONG = TEXTS
USERS = st.sampled_from(["U1", "U2", "W3", "terminal:ada", "terminal:<!here>"])
NAMES = st.dictionaries(st.sampled_from(["U1", "U2", "W3"]), TEXTS)
IDS = st.text("0123456789abcdef", min_size=32, max_size=32)


def made(what, /, **parts):
    return st.builds(what, **parts)


INCIDENTS = made(
    Incident,
    id=IDS,
    team_id=st.just("T1"),
    number=st.integers(1, 10**9),
    title=LINES.map(lambda text: text[:MAX_TITLE_CHARS]),
    severity=st.sampled_from(Severity),
    status=st.sampled_from(Status),
    declared_by=USERS,
    declared_at=st.just(AT),
    channel_id=st.sampled_from(["", "C0123456789"]),
)
TASKS = made(Task, id=IDS, number=st.integers(1, 999), text=LONG, owner=USERS, made_by=USERS, made_at=st.just(AT))
ENTRIES = made(
    Entry,
    id=IDS,
    team_id=st.just("T1"),
    incident_id=IDS,
    seq=st.integers(1, 10**6),
    at=st.just(AT),
    recorded_at=st.just(AT),
    kind=st.sampled_from(Kind),
    text=LONG,
    author=USERS,
)
STEPS = made(
    Step, number=st.just(1), title=LINES, body=LONG, look_for=LONG, give_it=LONG, undo=LONG, danger=LONG, stop_if=LONG
)
BOOKS = made(
    Playbook,
    name=st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True),
    title=LINES,
    seen=st.lists(TEXTS, max_size=4).map(tuple),
    intro=LONG,
    steps=st.lists(STEPS, max_size=12).map(lambda all: tuple(replace(s, number=n) for n, s in enumerate(all, 1))),
    text=LONG,
    digest=st.just("0" * 64),
)


@st.composite
def walks(draw) -> Walk:
    book = draw(BOOKS)
    walk = Walk(id=draw(IDS), incident_id="i", playbook=book, begun_by="U1", begun_at=AT)
    for _ in range(draw(st.integers(0, 2 * len(book.steps)))):
        did = draw(st.sampled_from(Did)) if 1 < walk.position <= len(book.steps) else Did.DONE
        if walk.over:
            break
        at_step = walk.position - 1 if did is Did.BACK else walk.position
        mark = Mark(step=at_step, did=did, by=draw(USERS), at=AT, reason=draw(LONG | st.just(NO_MORE)))
        walk = replace(walk, marks=(*walk.marks, mark))
    return replace(walk, ended_at=draw(st.sampled_from([None, AT])))


TROUBLES = made(
    Outbound,
    step=st.sampled_from(["invite:U1", "invite:<!here>", "bookmark", "topic", "file:1", "unheard-of"]),
    state=st.sampled_from(["failed", "waiting"]),
    tries=st.just(1),
    trouble=LONG,
    result=st.just({}),
)
ROOMS = made(
    Room,
    incident=INCIDENTS,
    assignments=st.lists(st.sampled_from(Role), unique=True).map(
        lambda roles: tuple(Assignment(role=role, user_id="U1", since=AT) for role in roles)
    ),
    open_tasks=st.lists(TASKS, max_size=12).map(tuple),
    walks=st.lists(walks(), max_size=3).map(tuple),
    last_entries=st.lists(ENTRIES, max_size=4).map(tuple),
    entry_count=st.integers(0, 10**6),
    troubles=st.lists(TROUBLES, max_size=12).map(tuple),
    pages_url=st.just(URL),
    names=NAMES,
)
OURS = re.compile(r"[UW][0-9]")  # the ids that a builder may mention, from the fields that hold ids

many = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
some = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def taken(blocks, text: str = "x") -> None:
    """Slack would take the message, and nothing in it pings or links but what a builder means."""
    Content(text=text, blocks=blocks).check()
    found = mentions_of(blocks) + mentions_of(text)
    assert not found.broadcasts and not found.groups
    assert all(OURS.fullmatch(user) for user in found.users)
    assert all(link.startswith(URL) for link in found.links)
    assert all(re.fullmatch(r"C0123456789", channel) for channel in found.channels)


def whole(blocks) -> None:
    """No text ends in half an entity, and no code block is left open."""
    for block in blocks:
        for held in [block.get("text"), *block.get("fields", []), *block.get("elements", [])]:
            if isinstance(held, dict) and held.get("type") == "mrkdwn":
                assert held["text"].count("```") % 2 == 0, held["text"]
                assert not re.search(r"&(?!amp;|lt;|gt;)", held["text"]), held["text"]


def action_ids(blocks) -> set[str]:
    return {e["action_id"] for block in blocks if block["type"] == "actions" for e in block["elements"]}


@many
@given(ROOMS)
def test_the_card_of_any_incident_is_taken(room):
    blocks = card.card(room)
    taken(blocks, card.fallback(room.incident))
    whole(blocks)
    assert action_ids(blocks) <= set(BUTTONS)


@some
@given(ROOMS)
def test_the_topic_and_the_announcement_of_any_incident_are_taken(room):
    taken(card.announcement(room), card.fallback(room.incident))
    topic = card.topic(room)
    assert len(topic) <= 250 and units(topic) <= 250
    assert not re.search(r"[<>]", topic)


@many
@given(walks())
def test_any_step_of_any_playbook_is_taken(walk):
    blocks = step.shown(Stand(walk=walk))
    taken(blocks, step.fallback(walk))
    whole(blocks)
    assert action_ids(blocks) <= set(BUTTONS)


@some
@given(BOOKS)
def test_any_playbook_can_be_read(book):
    taken(playbook.page(book, ""))
    whole(playbook.page(book, ""))


@some
@given(
    st.lists(
        st.builds(
            Match, name=BOOKS.map(lambda b: b.name), title=LINES, score=st.floats(0, 1), why=st.lists(TEXTS).map(tuple)
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([None, {}, {"x": 3}]),
)
def test_whatever_is_found_is_taken(matches, in_hand):
    blocks = playbook.found(matches, in_hand=in_hand, page_url=URL, lookup_id="l")
    taken(blocks)
    assert action_ids(blocks) <= set(BUTTONS)


@some
@given(INCIDENTS, st.lists(st.tuples(LONG, st.lists(TEXTS, max_size=9).map(tuple)), max_size=9))
def test_any_summary_is_taken(incident, lines):
    sentences = tuple(Sentence(text=text, refs=refs) for text, refs in lines)
    blocks = summary.summary(
        Summary(incident=incident, version=1, lines=sentences, page_url=f"{URL}/x", filename="x.md", markdown="x")
    )
    taken(blocks)
    whole(blocks)


@some
@given(INCIDENTS, LINES, st.sampled_from([None, *Severity]), st.sampled_from(["", "U1"]))
def test_any_form_is_taken_and_has_a_hand(incident, text, severity, lead):
    variables = tuple(Variable(name=name, fill=fill) for name, fill in zip("abcdef", Fill, strict=True))
    gaps = Step(number=7, title=text, body=text, variables=variables)
    book = Playbook(name="x", title=text, systems=("mongodb",), steps=(gaps,), text="", digest="")
    walks = [Walk(id=str(n), incident_id="i", playbook=book, begun_by="U1", begun_at=AT) for n in range(12)]
    fifty = replace(book, steps=tuple(replace(gaps, number=number) for number in range(1, 51)))
    stand = Stand(walk=walks[0], known={"a": "db1"}, elsewhere={"b": Elsewhere(playbook="y" * 64, value="1" * 254)})
    many = tuple(Offered(value="h" * n, port=n, shown="h" * n, role=text) for n in range(1, 254))
    offers = [Offer(system=text[:40] or "x", kind=SystemKind.MONGODB, members=many, looked_at=at) for at in (None, AT)]
    views = [
        forms.open_incident(severity=severity, lead=lead, title=text),
        forms.skip_step(incident.id, gaps),
        forms.note_step(incident.id, gaps),
        filling.fill_step(stand, gaps, offers, AT),
        forms.go_to_step(replace(walks[0], playbook=fifty)),
        forms.find_playbook(incident),
        forms.close_incident(incident, ("started", "detected", "mitigated"), walks),
        forms.close_incident(incident, ("detected",)),
    ]
    for view in views:
        assert blockkit.check_view(view) == []
        assert not blockkit.view_too_large(view)
        assert view["callback_id"] in FORMS
        assert not mentions_of(view["blocks"]).pings


def test_every_button_and_every_form_that_is_handled_is_also_shown_somewhere():
    steps = {"step_done", "step_no_help", "step_skip", "step_back", "step_note", "step_fill", "step_help", "step_look"}
    steps |= {"step_goto", "step_finish"}
    offers = {"walk_start", "walk_stop", "runbook_show", "not_this", "card_find"}
    reviews = {"review_read", "review_sign", "review_changes", "share_anyway"}
    emitted = steps | offers | reviews | {"retry_room", "helped_yes", "helped_no", "look_watch", "watch_stop"}
    assert emitted | {action for _, action, _ in card.NEXT.values()} == set(BUTTONS)
    assert set(FORMS) == {"open", "find", "step_skip", "step_note", "step_fill", "step_goto", "close", "review_changes"}


@given(LONG, st.integers(20, 400))
def test_a_cut_fits_and_leaves_no_half(text, limit):
    for safe in (plain(text), fence(text), f"{plain(text)}\n{fence(text)}\n<@U1> <{URL}|x>"):
        cut = fit(safe, limit)
        assert units(cut) <= limit
        assert cut.count("<") == cut.count(">")
        assert not re.search(r"&(?!amp;|lt;|gt;)", cut)


@pytest.mark.parametrize("count", [0, 1, 40, 41, 500])
def test_hundreds_of_tasks_and_steps_stay_one_message(count):
    incident = Incident(
        id="i", team_id="T1", number=1, title="x", severity=Severity.SEV1, declared_by="U1", declared_at=AT
    )
    tasks = tuple(Task(id=str(n), number=n, text="y" * 500, made_by="U1", made_at=AT) for n in range(count))
    troubles = tuple(
        Outbound(step="bookmark", state="failed", tries=1, trouble="z" * 400, result={}) for _ in range(count)
    )
    taken(card.card(Room(incident=incident, open_tasks=tasks, troubles=troubles, pages_url=URL)))
    steps = tuple(Step(number=n, title="t" * 200, body="b" * 5000) for n in range(1, count + 1))
    book = Playbook(name="x", title="x", steps=steps, text="", digest="")
    taken(playbook.page(book, ""))


@pytest.mark.parametrize("text", ["<" * 6000, "word " * 1200, "line\n" * 1200, "```\n" + "x" * 6000])
def test_everything_at_its_longest_is_still_one_message(text):
    incident = Incident(
        id="i", team_id="T1", number=1, title=text[:200], severity=Severity.SEV1, declared_by="U1", declared_at=AT
    )
    long = Step(number=1, title=text, body=text, look_for=text, give_it=text, undo=text, danger=text, stop_if=text)
    book = Playbook(name="x" * 64, title=text, intro=text, seen=(text,), steps=(long,) * 40, text=text, digest="")
    before = f"**When not to use.**\n{f'- {text} ' * 9}\n\n**What makes it worse.** {text}"
    begun = Walk(id="w", incident_id="i", playbook=replace(book, intro=before), begun_by="U1", begun_at=AT)
    taken(step.shown(Stand(walk=begun, page_url=f"{URL}/p")), step.fallback(begun))
    walk = Walk(id="w", incident_id="i", playbook=book, begun_by="U1", begun_at=AT)
    marks = tuple(Mark(step=n, did=Did.SKIPPED, by="U1", at=AT, reason=text) for n in range(1, 21))
    walk = replace(walk, marks=marks)
    taken(step.shown(Stand(walk=walk)), step.fallback(walk))
    pleading = replace(walk, marks=marks[:9])
    asked = Plea(
        incident=incident,
        stand=Stand(walk=pleading),
        step=long,
        by="U1",
        on_call="U2",
        carried=(),
        page_url=f"{URL}/x",
        step_url=f"{URL}/y",
    )
    taken(step.plea(asked), step.plea_line(asked))
    steps = tuple(Reviewed(walk=walk, step=replace(long, number=n), verdict=None) for n in range(1, 41))
    taken(review.review(Review(incident=incident, steps=steps)))
    taken(playbook.page(book, ""))
    taken(playbook.page(replace(book, steps=()), ""))
    taken(
        playbook.found(
            [Match(name="x" * 64, title=text, score=1.0, why=(text,) * 9)] * 3,
            in_hand={},
            page_url=URL,
            lookup_id="l",
        )
    )
    entry = Entry(
        id="e", team_id="T1", incident_id="i", seq=1, at=AT, recorded_at=AT, kind=Kind.NOTE, text=text, author="U1"
    )
    room = Room(
        incident=incident,
        assignments=tuple(Assignment(role=role, user_id="U1", since=AT) for role in Role),
        open_tasks=tuple(Task(id=str(n), number=n, text=text, made_by="U1", made_at=AT) for n in range(20)),
        walks=(walk,) * 9,
        last_entries=(entry,) * 4,
        entry_count=99,
        troubles=tuple(Outbound(step="bookmark", state="failed", tries=1, trouble=text, result={}) for _ in range(9)),
        pages_url=URL,
    )
    taken(card.card(room), card.fallback(incident))
    lines = tuple(Sentence(text=text, refs=(text,) * 9) for _ in range(9))
    taken(
        summary.summary(
            Summary(
                incident=incident,
                version=1,
                lines=lines,
                page_url=f"{URL}/x",
                filename="x.md",
                markdown=text,
                unwell=((text, Finding(probe="p", signal="s", verdict=Verdict.CRITICAL, says=text)),) * 9,
            )
        )
    )


def test_a_later_draft_carries_its_number():
    incident = Incident(
        id="i", team_id="T1", number=7, title="x", severity=Severity.SEV1, declared_by="U1", declared_at=AT
    )
    one = Summary(incident=incident, version=1, lines=(), page_url=URL, filename="x.md", markdown="")
    heads = [summary.summary(made)[0]["text"]["text"] for made in (one, replace(one, version=2))]
    assert heads == [":page_facing_up: Postmortem draft of INC-7", ":page_facing_up: Postmortem draft 2 of INC-7"]
