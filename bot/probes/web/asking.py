"""What is asked of a web server: a page's status, a status page's summary, and the state of an Atlas cluster."""

from __future__ import annotations

import time
from collections.abc import Sequence

import httpx

from bot.domain.inventory import Member, System, SystemKind
from bot.probes.seen import NOT_ASKED, Answer, Trouble
from bot.probes.web import atlas_api
from bot.probes.web.documents import NO_JSON, document
from bot.probes.web.feeds import feed
from bot.probes.web.fetching import Line, Page
from bot.probes.web.status_formats import format_of

QUESTIONS = ("get", "summary", *atlas_api.QUESTIONS)
# Statuspage and those that copy its interface (incident.io); Instatus; Better Stack
SUMMARIES = ("/api/v2/summary.json", "/summary.json", "/index.json")


def ask(
    system: System, member: Member | None, questions: Sequence[str], deadline_s: float, password: str
) -> dict[str, Answer]:
    """Ask one question after the other over one connection, each with its share of the time that is left."""
    until = time.monotonic() + deadline_s
    auth = httpx.DigestAuth(system.user, password) if system.kind is SystemKind.ATLAS else None
    try:
        line = Line(auth, str(system.options.get("ca_file") or ""))
    except OSError as error:  # of the file, and SSLError for one that holds no certificate
        says = f"its ca_file: {error.strerror or type(error).__name__}"
        return dict.fromkeys(questions, Answer(trouble=Trouble.BROKEN, says=says))
    found: dict[str, Answer] = {}
    try:
        for at, question in enumerate(questions):
            share_s = (until - time.monotonic()) / (len(questions) - at)
            found[question] = _ask(system, question, line, share_s) if share_s > 0 else NOT_ASKED
    finally:
        line.close()
    return found


def _ask(system: System, question: str, line: Line, within_s: float) -> Answer:
    if question in atlas_api.QUESTIONS:
        return atlas_api.ask(system, question, line, within_s)
    url = str(system.options.get("url") or "")
    return _get(url, line, within_s) if question == "get" else _summary(url, line, within_s)


def _get(url: str, line: Line, within_s: float) -> Answer:
    page = line.get(url, within_s)
    if isinstance(page, Answer):
        return page
    value = {
        "status": page.status,
        "took_s": page.took_s,
        "certificate_days": page.certificate_days,
        "location": page.headers.get("location"),
        "refusal": page.refusal,
    }
    return Answer(value=value, took_s=page.took_s)


def _summary(url: str, line: Line, within_s: float) -> Answer:
    """The address itself when it names a file; else where the common status pages keep their summary."""
    until = time.monotonic() + within_s
    base = httpx.URL(url)
    places = [base] if base.path.strip("/") else [base.copy_with(path=path) for path in SUMMARIES]
    answer = NOT_ASKED
    for place in places:
        left_s = until - time.monotonic()
        if left_s <= 0:
            break
        answer = _document(line.get(str(place), left_s))
        if answer.ok:
            answer = _named(answer)
        if answer.trouble is not Trouble.BROKEN:
            break
    return answer


def _document(page: Page | Answer) -> Answer:
    """A page's JSON, else its feed."""
    answer = document(page)
    if isinstance(page, Page) and answer.says == NO_JSON and (found := feed(page.body)):
        return Answer(value=found, took_s=page.took_s)
    return answer


def _named(answer: Answer) -> Answer:
    form = format_of(answer.value)
    if form:
        return Answer(value={**answer.value, "format": form}, took_s=answer.took_s)
    return Answer(trouble=Trouble.BROKEN, says="no status page of a known format", took_s=answer.took_s)
