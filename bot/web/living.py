"""The postmortem's page as a place to work: whole, part by part as it changes, and the history of each section."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from bot.domain.postmortem.values import TITLES, Part
from bot.domain.postmortem.written import RECORD, Revision
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.services.postmortem import document as written_as
from bot.services.postmortem import living
from bot.services.postmortem.document.picture import pictures
from bot.services.postmortem.document.pieces import by_whom, moment_rows, time_rows
from bot.services.postmortem.document.prose import to_html
from bot.services.postmortem.questions import key_of
from bot.store import postmortems as drafts
from bot.web import page
from bot.web.access import Visit
from bot.web.address import incident_at, number_in
from bot.web.headers import LIVE_POLICY
from bot.web.living_view import COURSE, HEAD, REVIEW, Hand, View, gather, pulse, writing

PARTS = {part.value: part for part in Part}
NEAR = 2  # lines shown on either side of a change


@dataclass(frozen=True, kw_only=True)
class Change:
    """One revision beside the one before it: (`same`, `new`, `gone` or `cut`, text) for the lines near a change."""

    revision: Revision
    lines: tuple[tuple[str, str], ...]


async def paper(visit: Visit) -> Response:
    """The page; `?edit=impact` with the editor of a section that one holds."""
    number, wanted = number_in(visit), visit.request.query_params.get("edit", "")

    def job(desk: Desk) -> tuple[View, Hand | None]:
        view = gather(desk, number, visit.user_id)
        part = PARTS.get(wanted)
        return view, writing(desk, view.incident, part, visit.user_id) if part and part not in RECORD else None

    return await whole(visit, *await visit.read(job))


async def changed(visit: Visit) -> Response:
    """The parts that are others than those the browser has: `seen` names each of them as `impact:<tag>`."""
    number = number_in(visit)
    seen = dict(one.partition(":")[::2] for one in visit.request.query_params.getlist("seen"))

    def job(desk: Desk) -> View | None:
        beats = pulse(desk, incident_at(desk, number))
        return None if seen.get("pulse") == beats else gather(desk, number, visit.user_id)

    view = await visit.read(job)
    if view is None:
        return Response(status_code=204)
    parts = [one.part for one in view.sections if seen.get(one.part) not in (one.tag, "writing")]
    parts += [part for part in (HEAD, REVIEW) if seen.get(part) != view.head_tag]
    if seen.get(COURSE) != str(view.document.version):
        parts.append(COURSE)
    return await some(view, parts)


async def history(visit: Visit) -> Response:
    """What became of one section, newest first, with what each revision changed. Raises NotFound."""
    number, part = number_in(visit), part_in(visit)
    view, changes = await visit.read(lambda desk: _told(desk, number, visit.user_id, part))
    shown: dict[str, Any] = {"view": view, "part": part, "title": TITLES[part], "changes": changes}
    return _with_forms(await page.html("living_history", team=visit.team, **shown))


async def whole(visit: Visit, view: View, hand: Hand | None = None, *, status: int = 200) -> Response:
    """Draw the whole page."""
    answer = await page.html(
        "living",
        status=status,
        team=visit.team,
        view=view,
        hand=hand,
        pictures=await _drawn(view),
        **PROSE,
        **ROWS,
    )
    answer.headers["content-security-policy"] = LIVE_POLICY
    return _with_forms(answer)


async def some(
    view: View, parts: list[str], *, here: str = "", hand: Hand | None = None, says: str = "", status: int = 200
) -> Response:
    """Draw parts of the page for a browser that has the rest. `here` is the part that asked and is put in its place."""
    shown: dict[str, Any] = {"view": view, "parts": parts, "here": here, "hand": hand, "says": says}
    drawn = await _drawn(view) if COURSE in parts else ("", "")
    return await page.html("living_parts", status=status, pictures=drawn, **shown, **PROSE, **ROWS)


def part_in(visit: Visit) -> Part:
    """The section in the address. Raises NotFound naming those there are."""
    name = str(visit.request.path_params["part"])
    if name not in PARTS:
        raise NotFound(f"There is no section `{name[:40]}`.", hint=f"There are: {', '.join(PARTS)}.", typed=name)
    return PARTS[name]


async def _drawn(view: View) -> tuple[str, str]:
    return await asyncio.to_thread(pictures, view.document.draft.course)


def _with_forms(answer: Response) -> Response:
    # Under no-referrer a browser sends a form without its origin, and then it could not be told from a stranger's.
    answer.headers["referrer-policy"] = "same-origin"
    return answer


def _told(desk: Desk, number: int, me: str, part: Part) -> tuple[View, tuple[Change, ...]]:
    view = gather(desk, number, me)
    past = living.history(desk, view.incident, part)
    texts = {one.revision: one.text for one in past}

    def words(one: Revision) -> str:
        return one.text if one.text is not None else _drafted(desk, view, part, one.base)

    changes = []
    for one in past:
        before = texts.get(one.revision - 1)
        began = before if before is not None else _drafted(desk, view, part, one.base)
        changes.append(Change(revision=one, lines=tuple(differing(began, words(one)))))
    return view, tuple(changes)


def _drafted(desk: Desk, view: View, part: Part, version: int) -> str:
    """The section as that version of the draft had it."""
    kept = drafts.at(desk.session, view.incident.id, version)
    return written_as.section_text(kept.draft if kept and kept.draft else view.document.draft, part)


def differing(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The lines near a change: (`same`, `new`, `gone` or `cut`, text)."""
    had, has = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(a=had, b=has)
    for at, group in enumerate(matcher.get_grouped_opcodes(NEAR)):
        if at:
            yield "cut", "…"
        for what, a, b, c, d in group:
            if what == "equal":
                yield from (("same", line) for line in had[a:b])
            else:
                yield from (("gone", line) for line in had[a:b])
                yield from (("new", line) for line in has[c:d])


PROSE: dict[str, Any] = {"as_html": to_html}
ROWS: dict[str, Any] = {one.__name__: one for one in (by_whom, key_of, moment_rows, time_rows)}
