import json
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from bot.domain.course.values import Sort as Drawn
from bot.domain.finding import Verdict
from bot.domain.postmortem import Part, draft
from bot.domain.postmortem.values import TITLES
from bot.domain.timeline import Kind, Tag
from bot.services.postmortem import document
from bot.services.postmortem.document.picture import on_paper
from bot.services.postmortem.document.pieces import Piece, Sort, pieces, safe_link
from tests.domain.postmortem_cases import DAY, at, bare, entry, incident, universe


class Page(HTMLParser):
    """The text, the anchors and the fragments that a page links to."""

    def __init__(self, page):
        super().__init__()
        self.ids, self.fragments, self.links, self.text = [], [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        href = found.get("href", "")
        if href.startswith("#"):
            self.fragments.append(href[1:])
        elif href:
            self.links.append(href)

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def paper():
    return draft(universe())


def noting(*entries, **changes):
    return draft(bare(entries=(*bare().entries, *entries), **changes))


def test_the_page_shows_every_section_and_every_sentence(paper):
    text = Page(document.html(paper)).text
    assert all(title in text for title in TITLES.values())
    shown = "".join(text.split())
    for section in paper.sections:
        for sentence in section.sentences:
            assert "".join(sentence.text.replace("`", "").split()) in shown


def test_every_reference_of_the_page_leads_somewhere_and_every_entry_has_one_anchor(paper):
    page = Page(document.html(paper))
    assert set(page.fragments) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert {f"e{number}" for number in range(1, 40)} <= set(page.ids)


def test_every_reference_of_the_markdown_leads_somewhere(paper):
    page = Page(MarkdownIt("commonmark").render(document.markdown(paper)))
    assert set(page.fragments) <= set(page.ids)
    assert {f"e{number}" for number in range(1, 40)} <= set(page.ids)


def test_the_page_is_one_file_without_script_or_anything_from_outside(paper):
    page = document.html(paper)
    assert "<script" not in page and "src=" not in page and "@import" not in page and "url(" not in page
    assert all(link.startswith("https://universe.example/archives/") for link in Page(page).links)


def test_the_page_knows_dark_print_and_a_phone(paper):
    page = document.html(paper)
    assert all(part in page for part in ("prefers-color-scheme: dark", "@media print", "max-width: 38rem", "viewport"))


def test_unknown_times_read_not_recorded_and_contradictions_say_so():
    page = Page(document.html(draft(bare(incident=incident(detected_at=at("11:58"), resolved_at=None))))).text
    assert "not recorded" in page and "contradictory, see the open questions" in page


def test_an_incident_across_midnight_has_a_heading_for_each_day():
    night = entry(2, "", "failed over", at=DAY + timedelta(hours=25))
    assert "### 13 March 2019" in document.markdown(noting(night))
    assert "13 March 2019" in Page(document.html(noting(night))).text


def test_code_keeps_its_lines_in_both_forms(paper):
    assert "  ```\n  Invalid access at address: 0\n    Got signal: 11\n  ```\n  is that it?" in document.markdown(paper)
    assert '<code class="block">Invalid access at address: 0\n  Got signal: 11</code>' in document.html(paper)


def test_several_lines_stay_several_lines():
    rendered = MarkdownIt("commonmark").render(document.markdown(noting(entry(2, "12:10", "one\n\n  two\nthree"))))
    assert "one<br />\ntwo<br />\nthree" in rendered


def test_a_name_with_underscores_stays_readable_in_the_source():
    assert "db_main_1 is slow" in document.markdown(noting(entry(2, "12:10", "db_main_1 is slow")))


def test_a_pasted_line_is_not_put_into_the_mouth_of_the_one_who_pasted_it(paper):
    assert "pasted by Ben Okafor: Read tickets at 0" in document.markdown(paper)


def test_a_line_that_only_repeats_its_phase_is_not_said_twice(paper):
    line = next(line for line in document.markdown(paper).splitlines() if 'id="e39"' in line)
    assert line == '- <a id="e39"></a>**14:31** **Closed.** Ada Quist (E39)'


def test_json_has_all_its_keys_whatever_was_recorded(paper):
    whole, empty = document.as_json(paper), document.as_json(draft(bare()))
    assert list(whole) == list(empty)
    assert [section["name"] for section in empty["sections"]] == list(Part)
    assert whole["times"]["mitigate"]["seconds"] == 6480 and empty["times"]["mitigate"]["seconds"] is None
    assert whole["moments"]["started"] == {
        "at": "2019-03-12T12:02:00+00:00",
        "how": "said",
        "rule": "",
        "refs": ["E36"],
    }
    assert empty["moments"]["started"] is None
    assert json.loads(json.dumps(whole)) == whole


def test_the_channel_gets_three_to_six_lines_that_end_with_what_is_open(paper):
    lines = document.summary_lines(paper)
    assert all(len(line.text) < 300 and line.refs for line in lines)
    assert lines[-1].text == "23 questions are open in the draft, and 2 follow-ups are to do."
    assert 3 <= len(document.summary_lines(draft(bare()))) <= 6


def test_a_thousand_entries_by_forty_people_make_one_document():
    entries = [
        entry(
            n,
            "",
            f"line {n}",
            f"U{n % 40}",
            Kind.MESSAGE,
            *([Tag.ACTION] if n % 9 == 0 else []),
            at=at("12:00") + timedelta(seconds=7 * n),
        )
        for n in range(1, 1001)
    ]
    paper = draft(universe(entries=tuple(entries)))
    page = Page(document.html(paper))
    assert {f"e{n}" for n in range(1, 1001)} <= set(page.ids)
    assert len(document.markdown(paper).encode()) < 1024 * 1024


def test_text_is_split_at_its_backticks():
    assert pieces("run `ls` or\n```\na\n b\n```\nthen ` wait") == [
        Piece(Sort.PROSE, "run "),
        Piece(Sort.CODE, "ls"),
        Piece(Sort.PROSE, " or"),
        Piece(Sort.BLOCK, "a\n b"),
        Piece(Sort.PROSE, "then ` wait"),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "//x.test/a",
        "http://",
        "https://x.test/a b",
        "java\nscript:x",
        "http://[x",
        "",
    ],
)
def test_only_web_addresses_become_links(address):
    assert safe_link(address) == ""


def test_a_link_cannot_leave_its_place():
    assert safe_link("https://x.test/a?b=1&c=<\">()'#d") == "https://x.test/a?b=1&c=%3C%22%3E%28%29%27#d"


def test_the_page_shows_the_course_for_a_wide_window_and_for_a_phone(paper):
    page = document.html(paper)
    assert re.findall(r'<svg viewBox="0 0 (\d+) ', page) == ["820", "360"]
    assert page.count("<title>The course of INC-7</title>") == 2
    assert "Phases: unnoticed 2 min, undeclared 4 min, until mitigated 1 h 42 min, until resolved 30 min" in page
    linked = set(re.findall(r'<a href="#(e\d+)" tabindex="-1">', page))
    assert linked and linked <= {line.label.lower() for line in paper.timeline}


def test_an_entry_that_is_impact_and_decision_at_once_is_a_decision():
    both = entry(2, "12:10", "shut it down", "U1", Kind.NOTE, Tag.IMPACT, Tag.DECISION)
    (shown,) = [one for one in draft(universe(entries=(*bare().entries, both))).course.happenings if one.label == "E2"]
    assert shown.sort is Drawn.DECISION


def test_what_the_picture_tells_of_people_looks_and_severity_is_what_was_recorded(paper):
    course = paper.course
    assert [(one.severity, f"{one.at:%H:%M}") for one in course.severities] == [("sev2", "12:08"), ("sev1", "12:14")]
    esra = next(person for person in course.people if person.name == "Esra Polat")
    assert (f"{esra.begin:%H:%M}", f"{esra.end:%H:%M}", len(esra.times)) == ("12:20", "12:45", 1)
    assert not any(person.name in ("statuspage", "Muster") for person in course.people)
    assert len(course.happenings) + course.aside == len(universe().entries)


def test_a_look_stands_on_the_bar_of_its_system_and_a_comparison_is_a_note():
    rows = [{"verdict": "ok", "signal": "a"}, {"verdict": "critical", "signal": "b"}]
    look = entry(2, "12:10", "Looked", "", Kind.FINDING, data={"system": "orders-db", "findings": rows})
    compared = entry(3, "12:20", "Compared", "", Kind.FINDING, data={"system": "orders-db", "changes": []})
    course = draft(bare(entries=(*bare().entries, look, compared))).course
    assert [(one.system, [sight.verdict for sight in one.sights]) for one in course.looked] == [
        ("orders-db", [Verdict.CRITICAL])
    ]
    assert [(one.label, one.sort) for one in course.happenings][1:] == [("E3", Drawn.NOTE)]


def test_nothing_that_has_no_length_is_drawn():
    assert "<svg" not in document.html(replace(draft(bare()), course=None))


def test_on_paper_the_picture_names_its_colours_and_links_nowhere(paper):
    picture = on_paper(paper.course)
    assert "var(" not in picture and "<a " not in picture and "#a8323e" in picture
