"""The PDF: laid out for real, in one piece, with nothing fetched; and what is said where it cannot be."""

import asyncio
import os
import re
import subprocess
import sys
import tomllib
import zlib
from dataclasses import replace

import pytest

from bot.domain.postmortem import Part, draft
from bot.domain.postmortem.values import Section, Sentence
from bot.errors import UserError
from bot.services.postmortem import laying_out
from bot.services.postmortem.document.in_html import printed
from bot.services.postmortem.document.in_pdf import NO_PACKAGE, NO_PANGO, pdf
from bot.settings import HERE
from tests.domain.postmortem_cases import PEOPLE, bare
from tests.services.postmortem.papers import document


@pytest.fixture(scope="module")
def _layout():
    """WeasyPrint and Pango, where this machine has them; on CI they must be there."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        if os.environ.get("CI") == "true":
            raise
        reason = str(error).splitlines()[0][:80]
        pytest.skip(f"no PDF can be laid out here ({reason}): {NO_PACKAGE.hint} {NO_PANGO.hint}")


def pages(made):
    return len(re.findall(rb"/Type /Page\b", plain(made)))


def plain(made):
    """What the streams of a PDF hold."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", made, re.DOTALL)
    return b"".join(zlib.decompress(one) for one in streams if one[:1] == b"x")


@pytest.mark.usefixtures("_layout")
def test_a_postmortem_becomes_a_pdf_of_several_pages_with_links_to_its_entries():
    made = pdf(document(), PEOPLE)
    assert made.startswith(b"%PDF-") and pages(made) >= 4
    assert plain(made).count(b"/Link") > 50


@pytest.mark.usefixtures("_layout")
def test_a_process_of_its_own_lays_out_the_same():
    page = printed(document(), PEOPLE)
    made = asyncio.run(laying_out.pdf(page))
    assert pages(made) == pages(pdf(document(), PEOPLE))


def test_every_link_on_the_printed_page_leads_to_an_anchor_and_every_anchor_is_led_to():
    page = printed(document(), PEOPLE)
    anchors, links = re.findall(r' id="([^"]+)"', page), re.findall(r'href="#([^"]+)"', page)
    assert len(anchors) > 20 and set(anchors) == set(links)


def test_a_word_longer_than_a_line_is_broken_and_where_there_is_none_nothing_looks_for_it():
    assert '<body class="wrapped">' in printed(document((Part.IMPACT, "x" * 60)))
    assert "<body>" in printed(document((Part.IMPACT, "x" * 59)))


def test_on_paper_code_of_one_word_is_a_word_and_a_command_is_code():
    said = Section(part=Part.IMPACT, sentences=(Sentence("`db-2` ran `rs.status()`", ("INC-7",)),))
    page = printed(replace(draft(bare()), sections=(said,)))
    assert "db-2 ran <code>rs.status()</code>" in page


@pytest.mark.usefixtures("_layout")
def test_nothing_is_fetched_whatever_the_page_asks_for(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("s3cret words")
    page = printed(document((Part.IMPACT, "words"))).replace(
        "</body>", f'<a rel="attachment" href="file://{secret}">x</a><img src="file://{secret}"></body>'
    )
    made = asyncio.run(laying_out.pdf(page))
    assert b"s3cret words" not in made and b"s3cret words" not in plain(made)


@pytest.mark.usefixtures("_layout")
def test_a_page_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(laying_out, "DEADLINE_S", 0.01)
    with pytest.raises(UserError, match=r"The PDF took longer"):
        asyncio.run(laying_out.pdf(printed(document())))


def test_without_the_package_a_sentence_says_what_to_install():
    # -S: Python without any installed package, so that WeasyPrint is truly not there.
    command = [sys.executable, "-S", "-m", "bot.services.postmortem.document.in_pdf"]
    done = subprocess.run(command, input="<p>x", capture_output=True, text=True, check=False, cwd=HERE)
    assert (done.returncode, done.stderr) == (1, f"{NO_PACKAGE.message}\n{NO_PACKAGE.hint}\n")
    asked_for = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]["optional-dependencies"]["pdf"]
    assert f"pip install '{asked_for[0]}'" in NO_PACKAGE.hint


def test_without_pango_a_sentence_says_what_to_install(tmp_path):
    # A package of that name that fails as WeasyPrint does where cffi finds no library.
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(HERE)))}
    command = [sys.executable, "-S", "-m", "bot.services.postmortem.document.in_pdf"]
    done = subprocess.run(command, input="<p>x", capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (1, f"{NO_PANGO.message}\n{NO_PANGO.hint}\n")
    assert "apt install libpango-1.0-0" in NO_PANGO.hint
