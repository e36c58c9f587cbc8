"""The forms that a postmortem can be taken away in: whole, harmless, and as they are described."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import jsonschema
import pytest
import yaml
from hypothesis import given
from markdown_it import MarkdownIt

from bot.domain.incident import Moment
from bot.domain.metrics import Measure
from bot.domain.playbook import Playbook
from bot.domain.postmortem import Part, draft
from bot.domain.postmortem.values import Rule
from bot.domain.roles import Aim, Task
from bot.domain.timeline import Kind
from bot.services.postmortem import document as written_as
from bot.services.postmortem.document.front_matter import with_front_matter
from bot.services.postmortem.document.in_csv import follow_ups_csv
from bot.settings import HERE
from tests.domain.postmortem_cases import DAY, PEOPLE, at, bare, incident, universe
from tests.domain.postmortem_random import facts
from tests.services.postmortem.papers import document
from tests.services.postmortem.test_document import Page
from tests.services.postmortem.test_document_hostile import relaxed

SCHEMA = json.loads((HERE / "docs" / "postmortem.schema.json").read_text(encoding="utf-8"))


def faults(paper):
    told = json.loads(json.dumps(written_as.as_json(paper)))
    checker = jsonschema.FormatChecker()
    return [f.message for f in jsonschema.Draft202012Validator(SCHEMA, format_checker=checker).iter_errors(told)]


def test_the_published_schema_is_a_schema_and_holds_for_what_is_written():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert faults(draft(universe())) == faults(draft(bare())) == faults(document()) == []


@relaxed
@given(facts())
def test_the_published_schema_holds_for_any_incident(given):
    assert faults(draft(given)) == []


def test_the_published_schema_would_notice_a_key_that_is_gone_or_new():
    told = written_as.as_json(document())
    valid = jsonschema.Draft202012Validator(SCHEMA)
    assert not valid.is_valid({name: value for name, value in told.items() if name != "zone"})
    assert not valid.is_valid(told | {"colour": "red"})


def test_the_published_schema_names_what_the_code_names():
    named, defined = SCHEMA["properties"], SCHEMA["$defs"]
    assert named["schema"]["const"] == written_as.as_json(document())["schema"] == SCHEMA["$id"]
    assert defined["section"]["properties"]["name"]["enum"] == list(Part)
    assert list(named["moments"]["properties"]) == list(Moment)
    assert list(named["times"]["properties"]) == list(Measure)
    assert set(defined["sentence"]["properties"]["rule"]["enum"]) >= {rule.name.lower() for rule in Rule}
    assert set(defined["line"]["properties"]["kind"]["enum"]) == {*Kind, "moment"}


def test_what_people_wrote_stands_in_place_of_the_draft_in_every_form():
    paper = document()
    page = Page(written_as.html(paper, PEOPLE))
    assert "The webhooks ran unindexed queries" in page.text and "What set it off?" not in page.text
    assert "Written by Ben Okafor, 2019-03-14" in page.text
    markdown = written_as.markdown(paper, PEOPLE)
    assert "## Trigger and contributing factors\n\n### What came together\n\nThe webhooks ran **unindexed**" in markdown
    section = next(one for one in written_as.as_json(paper)["sections"] if one["name"] == "causes")
    assert section["written"]["text"].startswith("# What came together") and section["written"]["revision"] == 2


def test_a_reference_in_what_people_wrote_leads_to_its_entry_or_is_none():
    page = Page(written_as.html(document(), PEOPLE))
    assert set(page.fragments) <= set(page.ids)
    assert "e37" in page.fragments and "E999" in page.text


def test_who_signed_is_told_with_whether_the_text_has_changed_since():
    for text in (Page(written_as.html(document(), PEOPLE)).text, written_as.markdown(document(), PEOPLE)):
        assert "Ada Quist, 2019-03-15" in text
        assert "Chloë Tremblay, 2019-03-14; the text has changed since" in text
        assert "Signed by" not in written_as.markdown(draft(universe()))


def test_the_page_says_how_far_the_document_is():
    assert "Postmortem, reviewed" in Page(written_as.html(document())).text
    assert "Postmortem, in review" in Page(written_as.html(replace(document(), awaited=("U4",)))).text
    assert "Postmortem, draft" in Page(written_as.html(draft(universe()))).text


def test_references_are_small_numbers_that_say_which_entry():
    page = written_as.html(draft(universe()))
    assert '<sup class="refs"><a href="#e36">36</a> <a href="#e4">4</a></sup>' in page
    assert '<a class="label" href="#e4">4</a>' in page


def test_times_stand_in_the_teams_zone_too_with_their_day_where_it_is_another():
    paper = draft(universe(zone=ZoneInfo("Australia/Sydney")))
    page, markdown = written_as.html(paper), written_as.markdown(paper)
    assert "Times are UTC, below each those of Australia/Sydney." in page
    assert "12:00<small>23:00</small>" in page and "13:00<small>13 Mar 00:00</small>" in page
    assert "**12:00** (23:00) Ben Okafor:" in markdown and "**13:00** (13 Mar 00:00) Ben Okafor:" in markdown


def test_in_utc_no_time_stands_twice():
    assert "All times are UTC." in written_as.html(draft(universe())) and "<small>" not in written_as.html(
        draft(universe())
    )


@pytest.mark.parametrize(
    "title", ['it is "down"', "---\nincident: x", "a: b # c", "{{ x }} \u2028 \x85 \ufeff 🔥", "'"]
)
def test_front_matter_is_yaml_whatever_the_title_is(title):
    paper = draft(universe(incident=incident(title=title)))
    _, front, rest = with_front_matter(paper).split("---\n", 2)
    read = yaml.safe_load(front)
    assert read["title"] == paper.title and read["incident"] == "INC-7"
    assert read["started"] == "2019-03-12T12:02:00+00:00" and read["date"] == "2019-03-12"
    assert (read["commander"], read["severity"], read["state"]) == ("Ada Quist", "sev1", "draft")
    assert rest.lstrip().startswith("# ")


def test_front_matter_leaves_out_what_nobody_recorded():
    read = yaml.safe_load(with_front_matter(draft(bare())).split("---\n")[1])
    assert not {"started", "mitigated", "commander"} & set(read)


def test_front_matter_tells_times_to_the_second():
    paper = replace(draft(bare()), drafted_at=at("14:00").replace(microsecond=123456))
    read = yaml.safe_load(with_front_matter(paper).split("---\n")[1])
    assert read["drafted"] == "2019-03-12T14:00:00+00:00"


@pytest.mark.parametrize("words", ["=1+1", "+49 call", "-1 node", "@ada does it", "\tx", '=HYPERLINK("http://x.test")'])
def test_no_follow_up_is_a_formula_to_a_spreadsheet(words):
    task = Task(id="t", number=1, text=words, made_by="U1", made_at=at("14:00"), link="")
    given = universe(tasks=(task,), incident=incident(title=words))
    rows = list(csv.reader(io.StringIO(follow_ups_csv(given, draft(given)))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert rows[1][3].removeprefix("'") == " ".join(words.split())


def test_a_follow_up_is_a_row_with_all_that_is_known_of_it():
    task = Task(
        id="t",
        number=1,
        text='Alarm on "tickets", and\nmore',
        owner="U2",
        made_by="U1",
        made_at=at("14:00"),
        aim=Aim.DETECT,
        due=date(2019, 4, 1),
        link="https://x.test/1",
        done_at=DAY,
    )
    given = universe(tasks=(task,))
    text = follow_ups_csv(given, draft(given))
    assert text.count("\r\n") == 2 and text.endswith("\r\n")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["follow_up"] == 'Alarm on "tickets", and more'
    assert (row["aim"], row["state"], row["owner"]) == ("detect", "done", "Ben Okafor")
    assert (row["due"], row["link"]) == ("2019-04-01", "https://x.test/1")


def test_what_a_playbook_proposes_is_a_row_with_its_aim():
    told = ("prevent: keep two generations", 'detect: watch it. Aim: higher. Proposed by "nobody".')
    book = Playbook(name="force-failover", title="Force a failover", follow_ups=told, text="", digest="")
    given = universe(proposals=(book,))
    rows = list(csv.DictReader(io.StringIO(follow_ups_csv(given, draft(given)))))
    proposed = [(row["follow_up"], row["aim"]) for row in rows if row["state"] == "proposed"]
    assert ("Keep two generations.", "prevent") in proposed
    assert ('Watch it. Aim: higher. Proposed by "nobody".', "detect") in proposed


def test_headings_of_what_people_wrote_never_leave_their_section():
    text = "# One\n\nTwo\n===\n\n> # Three\n\n```\n# four\n```\n"
    markdown = written_as.markdown(document((Part.IMPACT, text)))
    tokens = MarkdownIt("commonmark").parse(markdown)
    levels = [token.tag for token in tokens if token.type == "heading_open"]
    assert levels.count("h1") == 1 and levels.count("h3") == 3 and "# four" in markdown
    assert levels.count("h2") == len(Part) + 1
