"""What people do on a postmortem's page: write a section, decide on an offer, remark, ask, sign.

Every act is a form, so that it works without a script. With one, the answer is the parts of the page that changed.
What cannot be done hands back every word that was typed.
"""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import RedirectResponse, Response

from bot.domain.postmortem.values import Part
from bot.domain.postmortem.written import Lock
from bot.errors import NotAllowed, NotFound, UserError
from bot.services.desk import Desk
from bot.services.postmortem import living
from bot.services.postmortem.sections import Clash, cleaned
from bot.web import page
from bot.web.access import Visit
from bot.web.address import incident_at, number_in
from bot.web.form import Form, received
from bot.web.living import PROSE, part_in, some, whole
from bot.web.living_view import HEAD, REVIEW, Hand, View, gather, writing
from bot.web.living_wishes import OF_REVIEW, OF_SECTION, Wish, number, still_here

ASIDE = ("comment", "settle")  # what is about the comments alone, so that an editor beside them is left in peace


async def act(visit: Visit) -> Response:
    """Carry out what a button says. Raises NotFound for an address that no button has."""
    path = visit.request.path_params
    part = None if path["part"] == REVIEW else part_in(visit)
    job = (OF_SECTION if part else OF_REVIEW).get(path["act"])
    if job is None:
        raise NotFound("There is no such button.", hint="The buttons stand on the page of the postmortem.")
    told = await received(visit)

    def wish(desk: Desk) -> str:
        incident = incident_at(desk, number_in(visit))
        still_here(desk, visit.user_id)
        return job(desk, Wish(incident=incident, part=part, by=visit.user_id, form=told))

    try:
        says = await visit.write(wish)
    except UserError as error:
        return await _failed(visit, path["act"], path["part"], told, error)
    return await _done(visit, path["act"], path["part"], says)


async def renew(visit: Visit) -> Response:
    """Hold a section for longer while somebody types, and say how long. A late request takes nothing back."""
    part, told = part_in(visit), await received(visit)

    def job(desk: Desk) -> tuple[str, Lock | None]:
        incident = incident_at(desk, number_in(visit))
        past = living.history(desk, incident, part)
        if past and past[0].revision != number(told.get("revision", [""])[0]):
            return "Another text stands there by now. Save, and you see both side by side.", None
        try:
            lock = living.take(desk, incident, part, by=visit.user_id)
        except NotAllowed as error:
            return f"{error.message} Keep your text and save it then.", None
        return f"Yours until {desk.in_story(lock.until):%H:%M} UTC", lock

    says, lock = await visit.write(job)
    return await page.html("living_held", says=says, lock=lock)


async def preview(visit: Visit) -> Response:
    """What the typed Markdown will look like: beneath the editor, or without a script as the page with both."""
    part, told = part_in(visit), await received(visit)
    view = await visit.read(lambda desk: gather(desk, number_in(visit), visit.user_id))
    text = told.get("text", [""])[0]
    revision, base = (number(told.get(field, [""])[0]) for field in ("revision", "base"))
    hand = Hand(part=part.value, editing=True, text=text, revision=revision, base=base, focus=True)
    try:
        hand = replace(hand, preview=cleaned(text))
    except UserError as error:
        hand = replace(hand, trouble=error.message, hint=error.hint)
    if _has_script(visit):
        return await page.html("living_preview", view=view, hand=hand, **PROSE)
    return await whole(visit, view, hand)


async def _done(visit: Visit, act: str, part: str, says: str) -> Response:
    editing, aside = act == "edit", act in ASIDE
    if not _has_script(visit):
        query = f"?edit={part}" if editing else ""
        return RedirectResponse(f"/incidents/{number_in(visit)}/postmortem{query}#{part}", status_code=303)

    def job(desk: Desk) -> tuple[View, Hand | None]:
        view = gather(desk, number_in(visit), visit.user_id)
        hand = writing(desk, view.incident, Part(part), visit.user_id) if editing else None
        return view, hand or Hand(part=part, aside=aside, focus=True)

    view, hand = await visit.read(job)
    parts = [part] if aside else list(dict.fromkeys((part, HEAD, REVIEW)))
    return await some(view, parts, here=part, hand=hand, says=says)


async def _failed(visit: Visit, act: str, part: str, told: Form, error: UserError) -> Response:
    view = await visit.read(lambda desk: gather(desk, number_in(visit), visit.user_id))
    words = told.get("text", [""])[0]
    clash = isinstance(error, Clash)
    begun = number(told.get("revision", [""])[0])
    if isinstance(error, Clash) and not error.held:
        begun = view.shown(part).newest  # what stands now is shown beside, so the next save is over it
    hand = Hand(
        part=part,
        editing=act == "write",
        text=words if act == "write" else "",
        revision=begun,
        base=number(told.get("base", [""])[0]),
        aside=act in ASIDE,
        comment=words if act == "comment" else "",
        note=words if part == REVIEW else "",
        question=told.get("question", [""])[0],
        answer=words if act == "answer" else "",
        trouble=error.message,
        hint=error.hint,
        clash=clash,
        standing=error.standing if isinstance(error, Clash) else None,
        focus=True,
    )
    status = 409 if clash or isinstance(error, NotAllowed | NotFound) else 422
    if _has_script(visit):
        return await some(view, [part], here=part, hand=hand, status=status)
    return await whole(visit, view, hand, status=status)


def _has_script(visit: Visit) -> bool:
    return visit.request.headers.get("hx-request") == "true"
