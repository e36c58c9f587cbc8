"""A page's body as JSON, if it is one that may be read."""

from __future__ import annotations

import json

from bot.probes.seen import Answer, Trouble
from bot.probes.web.fetching import Page

NO_JSON = "no JSON that can be read"


def document(page: Page | Answer) -> Answer:
    """The document as the answer's value, or why there is none. A status other than 200 is none."""
    if isinstance(page, Answer):
        return page
    if page.refusal:
        return Answer(trouble=Trouble.UNREACHABLE, says=page.refusal, took_s=page.took_s)
    if page.status in (301, 302, 303, 307, 308):
        ahead = str(page.headers.get("location"))[:80]
        return Answer(trouble=Trouble.BROKEN, says=f"leads to {ahead}, which was not followed", took_s=page.took_s)
    if page.status != 200:
        return Answer(trouble=Trouble.BROKEN, says=f"status {page.status}", took_s=page.took_s)
    if not page.whole:
        return Answer(trouble=Trouble.BROKEN, says="more than 1 MB", took_s=page.took_s)
    if page.headers.get("content-encoding", "identity").lower() != "identity":
        return Answer(trouble=Trouble.BROKEN, says="packed, though asked not to be", took_s=page.took_s)
    found = parsed(page.body)
    if found is None:
        return Answer(trouble=Trouble.BROKEN, says=NO_JSON, took_s=page.took_s)
    return Answer(value=found, took_s=page.took_s)


def parsed(body: bytes) -> object:
    """The object or list in a body; None for anything else, such as one that is nested too deep."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None
