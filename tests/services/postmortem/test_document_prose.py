"""The Markdown that people write over a section: nothing of it is markup of ours, and nothing leaves its section."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.postmortem import Part
from bot.services.postmortem import document as written_as
from bot.services.postmortem.document.in_html import printed
from bot.services.postmortem.document.prose import in_place, to_html
from tests.domain.postmortem_random import HOSTILE
from tests.services.postmortem.papers import document
from tests.services.postmortem.test_document_hostile import TAGS, Strict, relaxed

OF_MARKDOWN = {"h3", "h4", "h5", "h6", "blockquote", "pre", "em", "strong", "hr", "br", "s", "b", "small"}

written = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from(HOSTILE)).map("\n\n".join),
    st.text("ab <>/!?-=#`~*_[]()|\\&;:\"'\n\t1.e7", max_size=60),
)


class Tagged(Strict):
    """As strict about tags and addresses; links of people may have titles, items of lists a start."""

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, [pair for pair in attrs if pair[0] not in ("start", "style", "src", "alt")])
        assert all(value.startswith("text-align:") for name, value in attrs if name == "style")
        assert all(value.startswith("data:image/svg+xml,%3Csvg%20") for name, value in attrs if name == "src")


@relaxed
@given(written)
def test_nothing_that_people_write_becomes_markup_of_its_own_on_a_page(text):
    paper = document((Part.CAUSES, text))
    for page, pictures in ((written_as.html(paper), set()), (printed(paper), {"img"})):
        Tagged(TAGS | OF_MARKDOWN | pictures).feed(page)
        assert page.count("<style>") == page.count("</style>") == 1


@relaxed
@given(written)
def test_nothing_that_people_write_is_html_to_a_reader_of_the_markdown_or_leaves_its_section(text):
    source = written_as.markdown(document((Part.CAUSES, text)))
    for reader in (MarkdownIt("commonmark"), MarkdownIt("commonmark").enable(["table", "strikethrough"])):
        tokens = reader.parse(source)
        raw = [t.content for token in tokens for t in (token, *(token.children or ())) if t.type.startswith("html_")]
        assert all(one.startswith('<a id="') or one == "</a>" for one in raw), raw
        headings = [token.tag for token in tokens if token.type == "heading_open" and token.level == 0]
        assert headings.count("h1") == 1 and headings.count("h2") == len(Part) + 1


@relaxed
@given(written)
def test_a_text_made_fit_to_stand_in_a_document_is_fit_the_second_time_too(text):
    once = in_place(text)
    assert "<script" not in MarkdownIt("commonmark", {"html": True}).render(once).replace("&lt;", "")
    assert to_html(in_place(once)) == to_html(in_place(in_place(once)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a <b>bold</b> claim", "a \\<b>bold\\</b> claim"),
        ("`<b>` stays", "`<b>` stays"),
        ("see <https://x.test/a>", "see <https://x.test/a>"),
        ("```\n<b>\n```", "```\n<b>\n```"),
        ("```\nleft open", "```\nleft open\n```"),
        ("~~~~\nleft open\n~~~", "~~~~\nleft open\n~~~\n~~~~"),
        ("# One\nTwo\n---", "### One\n#### Two"),
        ("    # code", "    # code"),
        ("1 < 2 and 3 > 2", "1 \\< 2 and 3 > 2"),
    ],
)
def test_markdown_stays_as_it_was_written_but_for_what_would_break_out(text, shown):
    assert in_place(text) == shown


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//x.test", "/incidents/2", "#top"])
def test_links_lead_to_the_web_or_to_an_entry(address):
    assert "<a" not in to_html(f"[x]({address})")


def test_no_picture_is_fetched():
    assert "<img" not in to_html("![x](https://x.test/p.png)")


def test_a_link_to_an_entry_is_a_small_number_unless_it_has_words_of_its_own():
    assert to_html("[E7](#e7)", {"e7"}) == '<p><sup class="refs"><a href="#e7">7</a></sup></p>\n'
    assert to_html("[the call](#e7)", {"e7"}) == '<p><a href="#e7">the call</a></p>\n'
