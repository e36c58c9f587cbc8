"""What people do on a postmortem's page: write a section, decide on an offer, remark, ask, sign.

Every act is a form, so that it works without a script. With one, the answer is the parts of the page that changed.
What cannot be done hands back every word that was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.responses import RedirectResponse, Response

from bot.domain.incident import Incident
from bot.domain.postmortem.values import Part
from bot.errors import NotAllowed, NotFound, UserError
from bot.services.desk import Desk
from bot.services.postmortem import living, reviews
from bot.services.postmortem.sections import Clash, cleaned, name
from bot.store import people
from bot.web import page
from bot.web.access import Visit
from bot.web.address import incident_at, number_in
from bot.web.form import Form, received
from bot.web.living import PROSE, part_in, some, whole
from bot.web.living_view import HEAD, REVIEW, Hand, View, gather, writing

ASIDE = ("comment", "settle")  # what is about the comments alone, so that an editor beside them is left in peace


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One press of a button: by whom, on which section, with which words."""

    incident: Incident
    part: Part | None  # None: the review
    by: str
    form: Form

    def said(self, field: str) -> str:
        """One field, "" when it was not sent."""
        return self.form.get(field, [""])[0]

    @property
    def section(self) -> Part:
        """The section that the button stands on."""
        assert self.part is not None
        return self.part

    @property
    def revision(self) -> int:
        """The revision that the text began from, or that is to be brought back."""
        return number(self.said("revision"))


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
        _still_here(desk, visit.user_id)
        return job(desk, Wish(incident=incident, part=part, by=visit.user_id, form=told))

    try:
        says = await visit.write(wish)
    except UserError as error:
        return await _failed(visit, path["act"], path["part"], told, error)
    return await _done(visit, path["act"], path["part"], says)


async def renew(visit: Visit) -> Response:
    """Hold a section for longer while somebody types, and say how long. A late request takes nothing back."""
    part, told = part_in(visit), await received(visit)

    def job(desk: Desk) -> str:
        incident = incident_at(desk, number_in(visit))
        past = living.history(desk, incident, part)
        if past and past[0].revision != number(told.get("revision", [""])[0]):
            return "Another text stands there by now. Save, and you see both side by side."
        try:
            lock = living.take(desk, incident, part, by=visit.user_id)
        except NotAllowed as error:
            return f"{error.message} Keep your text and save it then."
        return f"Yours until {lock.until:%H:%M} UTC."

    return await page.html("living_held", says=await visit.write(job))


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


def number(said: str) -> int:
    """A revision's number as a form sends it; 0 for anything else."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0


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


def _still_here(desk: Desk, user_id: str) -> None:
    known = people.known(desk.session, desk.team_id, [user_id]).get(user_id)
    if known and known.gone:
        raise NotAllowed(f"{known.name} has left this workspace, so this link writes no more.")


def _edit(desk: Desk, wish: Wish) -> str:
    living.take(desk, wish.incident, wish.section, by=wish.by)
    return ""


def _leave(desk: Desk, wish: Wish) -> str:
    living.leave(desk, wish.incident, wish.section, by=wish.by)
    return "Left as it was."


def _write(desk: Desk, wish: Wish) -> str:
    before = living.history(desk, wish.incident, wish.section)
    made = living.write(
        desk,
        wish.incident,
        wish.section,
        wish.said("text"),
        by=wish.by,
        revision=wish.revision,
        base=number(wish.said("base")),
    )
    living.leave(desk, wish.incident, wish.section, by=wish.by)
    return "Saved." if made.revision > (before[0].revision if before else 0) else "Nothing was changed."


def _restore(desk: Desk, wish: Wish) -> str:
    living.restore(desk, wish.incident, wish.section, wish.revision, by=wish.by)
    return "Brought back."


def _offer(desk: Desk, wish: Wish) -> str:
    taken = wish.said("answer") == "take"
    living.settle(desk, wish.incident, wish.section, wish.said("digest"), taken=taken, by=wish.by)
    return "Taken over." if taken else "Left out."


def _comment(desk: Desk, wish: Wish) -> str:
    reviews.comment(desk, wish.incident, wish.section, wish.said("text"), by=wish.by)
    return "Comment added."


def _settle(desk: Desk, wish: Wish) -> str:
    reviews.settle(desk, wish.incident, wish.said("comment"), by=wish.by)
    return "Comment settled."


def _ask(desk: Desk, wish: Wish) -> str:
    asked = [user for user in wish.form.get("user", []) if user in people.everyone(desk.session, desk.team_id)]
    if not asked:
        raise UserError("Nobody was chosen.", hint="Choose a person, then press Ask.")
    reviews.ask(desk, wish.incident, asked, by=wish.by)
    return f"Asked {', '.join(name(desk, user) for user in asked)}."


def _sign(desk: Desk, wish: Wish) -> str:
    reviews.sign(desk, wish.incident, by=wish.by, note=wish.said("text"))
    return "Signed."


def _changes(desk: Desk, wish: Wish) -> str:
    reviews.want_changes(desk, wish.incident, by=wish.by, note=wish.said("text"))
    return "Asked for changes."


Act = Callable[[Desk, Wish], str]
OF_SECTION: dict[str, Act] = {
    "edit": _edit,
    "leave": _leave,
    "write": _write,
    "restore": _restore,
    "offer": _offer,
    "comment": _comment,
    "settle": _settle,
}
OF_REVIEW: dict[str, Act] = {"ask": _ask, "sign": _sign, "changes": _changes}
