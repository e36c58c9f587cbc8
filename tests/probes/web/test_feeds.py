"""Status pages that speak RSS or Atom only: what is read, what is refused, and what may be concluded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.domain.inventory import SystemKind
from bot.probes.web import status_page
from bot.probes.web.feeds import MOST_DEPTH, MOST_ENTRIES, MOST_SHOWN, feed
from tests.probes.web.seeing import ODD, seen
from tests.probes.web.test_in_its_process import look

# As Statuspage writes history.atom: the updates of one incident in one entry, the newest first.
ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xml:lang="en-US" xmlns="http://www.w3.org/2005/Atom">
  <id>tag:status.example,2005:/history</id><title>Example Status - Incident History</title>
  <updated>2026-11-21T11:00:00Z</updated>
  <entry><id>1</id><published>2026-11-21T09:00:00Z</published><updated>2026-11-21T10:00:00Z</updated>
    <title>Elevated errors in eu-west</title>
    <content type="html">&lt;p&gt;&lt;small&gt;Nov 21, 10:00 UTC&lt;/small&gt;&lt;br&gt;
      &lt;strong&gt;{state}&lt;/strong&gt; - {says}&lt;/p&gt;
      &lt;p&gt;&lt;strong&gt;Investigating&lt;/strong&gt; - We look.&lt;/p&gt;</content></entry>
  <entry><title>Old trouble</title><updated>2026-11-01T10:00:00Z</updated>
    <content type="html">Investigating</content></entry>
</feed>"""
# As Google and AWS do: an entry for each update, the state in the title.
RSS = """<rss version="2.0"><channel><title>Cloud Status</title>{items}</channel></rss>"""
ITEM = "<item><title><![CDATA[{title}]]></title><pubDate>{at}</pubDate><description>{says}</description></item>"


def atom(state: str, says: str) -> bytes:
    return ATOM.format(state=state, says=says).encode()


def item(title: str, says: str = "", at: str = "Sat, 21 Nov 2026 10:00:00 GMT") -> str:
    return ITEM.format(title=title, at=at, says=says)


def rss(*items: str) -> bytes:
    return RSS.format(items="".join(items)).encode()


def judged(body: bytes, **options: object) -> tuple[Verdict, str]:
    (found,) = status_page.PROBE.judge(seen(SystemKind.STATUS_PAGE, {"summary": feed(body)}, **options))
    return found.verdict, found.says


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (atom("Identified", "A fix is being made."), Verdict.WARNING),
        (atom("Monitoring", "It will be resolved soon, and is not yet resolved."), Verdict.WARNING),
        (atom("Resolved", "This incident has been resolved."), Verdict.OK),
        (atom("Completed", "The scheduled maintenance has been completed."), Verdict.OK),
        (atom("Scheduled", "We will be doing maintenance."), Verdict.OK),
        (atom("In progress", "Scheduled maintenance is currently in progress."), Verdict.WARNING),
        (rss(), Verdict.OK),
        (rss(item("Service disruption: EC2")), Verdict.WARNING),
        (rss(item("Service is operating normally: [RESOLVED] EC2")), Verdict.OK),
        (rss(item("UPDATE: Networking", at="Sat, 21 Nov 2026 10:00:00 GMT"),
             item("RESOLVED: Networking", at="Sat, 21 Nov 2026 11:00:00 GMT")), Verdict.OK),
        (rss(item("RESOLVED: Networking", at="Sat, 21 Nov 2026 10:00:00 GMT"),
             item("UPDATE: Networking", at="Sat, 21 Nov 2026 11:00:00 GMT")), Verdict.WARNING),
        (rss(item("Service disruption: EC2", at="Mon, 16 Nov 2026 10:00:00 GMT")), Verdict.OK),
        (rss(item("Service disruption: EC2", at="yesterday")), Verdict.UNKNOWN),
    ],
)  # fmt: skip
def test_the_newest_word_on_each_matter_of_the_last_day_counts(body, verdict):
    assert judged(body)[0] is verdict, judged(body)


def test_what_goes_on_is_named_and_a_quiet_feed_clears_nobody():
    assert "Elevated errors in eu-west" in judged(atom("Identified", "x"))[1]
    assert "clears no single cluster" in judged(rss())[1]
    assert judged(rss(item("Broken")), components=["API"])[0] is Verdict.UNKNOWN


BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<rss><channel><title>&b;</title></channel></rss>"""
REACHING = (
    """<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>"""
)


@pytest.mark.parametrize(
    "body",
    [
        BOMB.encode(),
        REACHING.encode(),
        b"<!DOCTYPE rss SYSTEM 'http://127.0.0.1/x.dtd'><rss><channel/></rss>",
        b"<rss><channel><title>&nowhere;</title></channel></rss>",
        b"<html><title>x</title></html>",
        b"<rss><channel>",
        b"<rss>" + b"<a>" * MOST_DEPTH + b"</a>" * MOST_DEPTH + b"</rss>",
        b'<?xml version="1.0" encoding="no-such"?><rss/>',
        b"",
        b"\xff\xfe<",
    ],
)
def test_a_document_type_an_entity_depth_and_what_is_no_feed_are_refused(body):
    assert feed(body) is None


def test_a_long_feed_is_cut():
    found = feed(rss(*(item("x" * 9000, "&lt;b&gt;" * 4000) for _ in range(80))))
    assert found is not None
    assert len(found["entries"]) == MOST_ENTRIES
    assert all(len(value) <= MOST_SHOWN for one in found["entries"] for value in one.values())


@given(st.binary(max_size=200) | st.text(alphabet="<>/!&;[]rs item=\"'", max_size=80).map(str.encode))
def test_no_bytes_make_it_raise(body):
    feed(body)
    feed(b"<rss><channel>" + body + b"</channel></rss>")


@given(st.lists(st.dictionaries(st.sampled_from(["title", "text", "at", "x"]), ODD, max_size=4) | ODD, max_size=4))
def test_the_judge_bears_any_feed(entries):
    value = {"format": "feed", "name": entries, "entries": entries}
    (found,) = status_page.PROBE.judge(seen(SystemKind.STATUS_PAGE, {"summary": value}))
    assert 0 < len(found.says) <= 160


def test_a_feed_is_read_in_its_own_process(served):
    served.page("/history.atom", rss(item("Outage")).replace(b"Sat, 21 Nov 2026 10:00:00 GMT", b"2020-01-01T00:00:00Z"))
    (found,) = look(SystemKind.STATUS_PAGE, url=served.url("/history.atom")).findings
    assert (found.verdict, "Cloud Status reports nothing" in found.says) == (Verdict.OK, True)
    served.page("/history.atom", BOMB.encode())
    (found,) = look(SystemKind.STATUS_PAGE, url=served.url("/history.atom")).findings
    assert found.verdict is Verdict.UNKNOWN
