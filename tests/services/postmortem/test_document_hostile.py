"""Whatever people type, it is text: in the page, in the Markdown, in the picture, in the JSON."""

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.postmortem import draft
from bot.services.postmortem import document
from bot.services.postmortem.document.in_markdown import escape
from tests.domain.postmortem_cases import bare, entry
from tests.domain.postmortem_random import HOSTILE, facts

relaxed = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

# fmt: off
TAGS = {
    "html", "head", "meta", "title", "style", "body", "nav", "main", "header", "section", "footer", "aside", "figure",
    "figcaption", "h1", "h2", "p", "div", "span", "ol", "ul", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr",
    "th", "td", "a", "strong", "time", "small", "sup", "code", "i", "svg", "rect", "path", "text",
    "g", "desc", "polyline",
}
ATTRIBUTES = {
    "lang", "charset", "name", "content", "id", "class", "dir", "href", "rel", "datetime", "aria-label", "scope",
    "role", "aria-hidden", "viewbox", "width", "height", "x", "y", "d", "points", "text-anchor", "tabindex", "fill",
    "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "paint-order", "font-family", "font-size",
    "font-weight",
}
# fmt: on
HREF = re.compile(r"#[\w-]+|https?://[^\s<>\"']+")
MARKDOWN_TAGS = {"h1", "h2", "h3", "p", "ul", "li", "strong", "em", "a", "code", "pre", "br"}


class Strict(HTMLParser):
    """Fails at any tag, attribute or address that the documents do not use themselves."""

    def __init__(self, tags):
        super().__init__()
        self.tags, self.seen = tags, []

    def handle_starttag(self, tag, attrs):
        assert tag in self.tags, tag
        self.seen.append(tag)
        for name, value in attrs:
            assert name in ATTRIBUTES, name
            assert name != "href" or HREF.fullmatch(value), value

    def handle_comment(self, data):
        raise AssertionError(data)

    def handle_pi(self, data):
        raise AssertionError(data)


def check_page(page):
    Strict(TAGS).feed(page)
    assert page.count("<style>") == page.count("</style>") == 1
    page.encode("utf-8")


def check_markdown(source, headings):
    # Tables and strike-through on top of CommonMark, since that is what most readers of Markdown add.
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(source)
    parser = Strict(MARKDOWN_TAGS)
    parser.feed(rendered)
    assert sum(tag in ("h1", "h2", "h3") for tag in parser.seen) == headings
    source.encode("utf-8")


def headings(paper):
    days = len({line.at.date() for line in paper.timeline}) if paper.dated else 0
    return 1 + len(paper.sections) + days


@relaxed
@given(facts())
def test_no_incident_can_put_markup_into_the_page(given):
    check_page(document.html(draft(given)))


@relaxed
@given(facts())
def test_no_incident_can_put_markup_into_the_markdown(given):
    paper = draft(given)
    check_markdown(document.markdown(paper), headings(paper))


@relaxed
@given(facts())
def test_every_incident_becomes_json_and_short_lines(given):
    paper = draft(given)
    json.dumps(document.as_json(paper)).encode("utf-8")
    assert 3 <= len(document.summary_lines(paper)) <= 7


@pytest.mark.parametrize("words", [words for words in HOSTILE if "`" not in words])
def test_hostile_words_are_shown_as_they_were_typed(words):
    paper = draft(bare(entries=(*bare().entries, entry(2, "12:10", words))))
    shown = paper.timeline[-1].text
    for page in (document.html(paper), MarkdownIt("commonmark").render(document.markdown(paper))):
        text = Text(page).text
        assert all(" ".join(line.split()) in text for line in shown.splitlines()), shown


class Text(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.text = ""
        self.feed(page)
        self.text = " ".join(self.text.split())

    def handle_data(self, data):
        self.text += data


# plain() has taken control characters and odd line ends out before a text comes here.
written = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), include_characters="\n"), max_size=80)
marked = st.text("ab 1.)#-+=*_`[]()<>|~$&!\\:;/\"'\n\t", max_size=40)


@settings(relaxed, max_examples=150)
@given(written | marked)
def test_escaped_prose_reads_the_same_after_markdown(text):
    rendered = Text(MarkdownIt("commonmark", {"html": True}).render(f"- x {escape(text.strip())} y")).text
    assert rendered == " ".join(f"x {text.strip()} y".split())
