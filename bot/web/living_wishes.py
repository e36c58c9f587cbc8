"""What the buttons on a postmortem's page do: one function for each, and the wish that a press is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.incident import Incident
from bot.domain.postmortem.values import Part
from bot.errors import NotAllowed, UserError
from bot.services.desk import Desk
from bot.services.postmortem import living, questions, reviews
from bot.services.postmortem.sections import name
from bot.store import people
from bot.web.form import Form


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


def number(said: str) -> int:
    """A revision's number as a form sends it; 0 for anything else."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0


def still_here(desk: Desk, user_id: str) -> None:
    """Raise NotAllowed for somebody who has left the workspace."""
    known = people.known(desk.session, desk.team_id, [user_id]).get(user_id)
    if known and known.gone:
        raise NotAllowed(f"{known.name} has left this workspace, so this link writes no more.")


def _edit(desk: Desk, wish: Wish) -> str:
    living.take(desk, wish.incident, wish.section, by=wish.by, over=bool(wish.said("over")))
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


def _answer(desk: Desk, wish: Wish) -> str:
    aside = wish.said("answer") == "aside"
    entry = questions.answer(desk, wish.incident, wish.said("question"), wish.said("text"), by=wish.by, aside=aside)
    return f"{'Put aside' if aside else 'Answered'}, as {entry.label} of the record."


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
    "answer": _answer,
    "comment": _comment,
    "settle": _settle,
}
OF_REVIEW: dict[str, Act] = {"ask": _ask, "sign": _sign, "changes": _changes}
