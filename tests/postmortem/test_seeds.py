"""What the authors of four outages wrote about them stands in the drafts that the bot makes of their replays."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.domain.postmortem import Part, Rule
from bot.domain.postmortem.wording import stamp
from bot.rehearsal import replay
from bot.rehearsal.replay import clocks
from bot.services.postmortem import document
from tests.domain.test_postmortem_properties import CLOCK, NUMBER, Evidence, statements, worked_out
from tests.postmortem.outages import Fact, Outage, facts, play
from tests.postmortem.told import told
from tests.rehearsal.test_replay import DATED

NAMES = replay.names()
FACTS = [(name, fact) for name in NAMES for fact in facts(name)]
DATED_FACTS = [(name, fact) for name, fact in FACTS if fact.utc]
MUST_BE_THERE = {Part.CAUSES, Part.LUCKY, Part.FOLLOW_UPS, Part.IMPACT, Part.DETECTION, Part.RESOLUTION, Part.TIMES}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outage]:
    """All four, each played once."""
    return {name: await play(name, tmp_path_factory.mktemp(name)) for name in NAMES}


def of_each(chosen: list[tuple[str, Fact]]) -> pytest.MarkDecorator:
    """One test for each fact, which fails by its name."""
    return pytest.mark.parametrize(("name", "fact"), chosen, ids=[f"{name}-{fact.id}" for name, fact in chosen])


each_outage = pytest.mark.parametrize("name", NAMES)


@each_outage
def test_a_table_holds_what_its_source_says(name):
    story, table = replay.load(name), facts(name)
    assert len(table) >= 25 and len({fact.id for fact in table}) == len(table)
    assert {fact.at for fact in table if fact.at and not fact.derived} == set(DATED[name])
    parts = {fact.part for fact in table}
    assert parts >= MUST_BE_THERE - ({Part.LUCKY} if name == "universe" else set())  # its report speaks of no luck
    zone, half_a_day = clocks.zone_of(story.zone), clocks.HALF_DAY
    for fact in table:
        if fact.utc:
            read, shown = clocks.read(fact.at, story.clock), fact.utc.astimezone(zone)
            turn = half_a_day if story.clock is clocks.ClockFace.H12 else clocks.DAY
            assert (shown - clocks.midnight(shown.date(), zone)) % turn == read % turn, fact.id


@of_each(FACTS)
def test_a_fact_stands_in_its_section_with_its_time(outages, name, fact):
    outage = outages[name]
    there = [one for one in told(outage.draft) if one.part is fact.part and fact.is_told_by(one.text)]
    assert there, f"{fact.says} It is not in the section {fact.part.value}."
    classed = [one for one in there if one.mark == fact.mark or not fact.mark]
    assert classed, f"{fact.says} It stands there as {there[0].mark or 'nothing in particular'}."
    if fact.utc:
        dated = [line for line in outage.draft.timeline if any(line.label in one.refs for one in classed)]
        assert any(line.at.replace(second=0, microsecond=0) == fact.utc for line in dated), fact.says


@of_each(DATED_FACTS)
def test_a_fact_stands_nowhere_with_another_time(outages, name, fact):
    outage = outages[name]
    right = stamp(fact.utc, outage.draft.dates(fact.utc))
    for one in told(outage.draft):
        if fact.is_told_by(one.text) and (times := one.times(outage.draft)):
            assert right in times, f"{fact.says} In {one.part.value}: {one.text}"


@each_outage
def test_the_draft_that_was_kept_is_the_one_proved_here(outages, name):
    outage = outages[name]
    assert document.as_json(outage.draft)["sections"] == outage.kept.document["sections"]


@each_outage
def test_every_sentence_rests_on_entries_that_exist(outages, name):
    outage = outages[name]
    labels = {entry.label for entry in outage.given.entries} | {outage.given.incident.label}
    for one in told(outage.draft):
        assert set(one.refs) <= labels, one.text
        assert one.refs or one.mark == "Question" or one.part is Part.TIMES, one.text


@each_outage
def test_every_number_and_time_is_in_its_evidence_or_worked_out_by_a_named_rule(outages, name):
    outage = outages[name]
    shown = Evidence(outage.given, outage.draft)
    for statement in statements(outage.draft):
        rule, said = getattr(statement, "rule", Rule.SAID), shown.said(statement)
        if outage.given.incident.label not in statement.refs:
            said = said.removesuffix(shown.record)  # the record counts for what rests on it alone
        derived = set() if rule is Rule.SAID else worked_out(shown, statement)
        assert rule is Rule.SAID or any(one in statement.text for one in derived), statement
        allowed = " ".join((said, *derived))
        assert set(NUMBER.findall(statement.text)) <= set(NUMBER.findall(allowed)), statement
        assert set(CLOCK.findall(statement.text)) <= set(CLOCK.findall(allowed)), statement
        at = getattr(statement, "at", None)
        assert at is None or at in shown.times(statement), statement
