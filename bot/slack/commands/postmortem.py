"""/postmortem [INC-3], and what can be done with it: review, sign, edit, share, answer its questions"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.domain.arguments import find_incident, find_names, find_people, nearest
from bot.domain.incident import Incident
from bot.domain.postmortem.values import TITLES, Part
from bot.domain.postmortem.written import WRITABLE, Review, Said
from bot.errors import NotFound, UserError
from bot.services import timeline
from bot.services.desk import Desk
from bot.services.postmortem import drafting, living, reviews
from bot.services.postmortem.sections import name, writable
from bot.slack.asked import Answer, Asked, as_typed
from bot.slack.blocks import postmortem
from bot.slack.commands import questions
from bot.slack.commands.drafted import drafted_of
from bot.slack.commands.share import share
from bot.slack.text import link, mention, plain

NAMES = ("postmortem", "pm", "retro")
USAGE = "postmortem INC-3"
ABOUT = "the postmortem; `postmortem review @ada`, `sign`, `edit`, `questions`, `share #channel`"

_FILLER = re.compile(r"\b(?:of|for|the|please)\b", re.IGNORECASE)
_ME = re.compile(r"\b(?:me|myself)\b", re.IGNORECASE)
_OFF = re.compile(r"\A\s*off\b", re.IGNORECASE)  # sign off
_WHOM = "Name people as Slack offers them while you type `@`, as in `/postmortem review @ada @ben`."
_HINT = (
    "Try `/postmortem INC-3`, `/postmortem review @ada`, `/postmortem sign`, `edit`, `questions` or `share #channel`."
)


def run(desk: Desk, asked: Asked) -> Answer:
    """Where the postmortem is and stands, or what the word before or after the incident's name asks for."""
    do, text, word = _wish(asked.text)
    return do(desk, replace(asked, text=text, verb=word))


def show(desk: Desk, asked: Asked) -> Answer:
    """Where it is, how far it is, and a link with which this very person writes; without a draft, one is made."""
    incident, rest = drafted_of(desk, asked)
    _nothing_left(rest)
    return _shown(desk, incident, asked.user_id)


def edit(desk: Desk, asked: Asked) -> Answer:
    """The link with which this very person writes; with a section's name, to that section."""
    incident, rest = drafted_of(desk, asked)
    part = _section(rest)
    drafting.newest(desk, incident)
    page = desk.own_url(asked.user_id, _path(incident) + (f"#{part}" if part else ""))
    what = f"“{TITLES[part]}” in the postmortem" if part else "the postmortem"
    return Answer(text=f"{link(page, f'Write {what} of {incident.label}')}. The link is yours: pass it to nobody.")


def review(desk: Desk, asked: Asked) -> Answer:
    """Ask people to review; without a name, how the review stands."""
    users, text = find_people(asked.text)
    incident, rest = drafted_of(desk, asked.rest(text))
    unclear, rest = find_names(rest)
    if unclear:
        raise UserError(f"I cannot tell who `@{unclear[0]}` is.", hint=_WHOM)
    rest, mine = _ME.subn("", rest)
    _nothing_left(rest, _WHOM)
    users += (asked.user_id,) if mine else ()
    if not users:
        return _shown(desk, incident, asked.user_id)
    told = reviews.ask(desk, incident, users, by=asked.user_id)
    who = ", ".join(mention(user) for user in told)
    others = ", ".join(plain(name(desk, user)) for user in dict.fromkeys(users) if user not in told)
    before = f" Asked before, or signed already: {others}." if others else ""
    return Answer(text=f"I ask {who} to review the postmortem of {incident.label}, in a direct message.{before}")


def sign(desk: Desk, asked: Asked) -> Answer:
    """Sign the text as it stands."""
    if find_people(asked.text)[0] or find_names(asked.text)[0]:
        raise UserError(
            "Everyone signs for themselves: `/postmortem sign`.", hint="To ask somebody: `/postmortem review @ada`."
        )
    incident, rest = drafted_of(desk, asked)
    _nothing_left(
        _OFF.sub("", rest),
        "Sign with `/postmortem sign` alone; a word with it goes on the page, see `/postmortem edit`.",
    )
    reviews.sign(desk, incident, by=asked.user_id)
    return Answer(text=postmortem.signed(incident, reviews.still_open(desk, incident)))


WISHES: dict[str, Callable[[Desk, Asked], Answer]] = {
    "show": show,
    "edit": edit,
    "write": edit,
    "review": review,
    "sign": sign,
    "share": share,
    "questions": questions.listed,
    "answer": questions.answer,
    "dismiss": questions.dismiss,
}


def _wish(text: str) -> tuple[Callable[[Desk, Asked], Answer], str, str]:
    """What is asked for, the text without that word, and the word: it may stand before the incident's name or after."""
    words = text.split()
    for place, word in enumerate(words[:2]):
        if word.lower() in WISHES and (place == 0 or find_incident(words[0])[0] is not None):
            return WISHES[word.lower()], " ".join(words[:place] + words[place + 1 :]), word.lower()
    if text.strip().lower() == "help":
        return lambda _desk, _asked: Answer(text=_HINT), "", ""
    return show, text, ""


def _section(rest: str) -> Part | None:
    """The section named, None where nothing is. Raises UserError for one that is not there or is not written over."""
    typed = " ".join(_FILLER.sub("", re.sub(r"\bsection\b", "", rest, flags=re.IGNORECASE)).split())
    if not typed:
        return None
    known = {one.value: one for one in Part} | {title.lower(): one for one, title in TITLES.items()}
    part = known.get(typed.lower())
    if part is None:
        near = nearest(typed.lower(), known, 1)
        hint = f"Did you mean `/postmortem edit {TITLES[known[near[0]]].lower()}`? " if near else ""
        titles = ", ".join(TITLES[one] for one in WRITABLE)
        raise UserError(f"There is no section `{as_typed(typed)[:60]}`.", hint=f"{hint}The sections: {titles}.")
    writable(part)
    return part


def _nothing_left(rest: str, hint: str = "") -> None:
    rest = _FILLER.sub("", rest).strip()
    if not rest:
        return
    if hint:
        raise UserError(f"I do not know what to do with `{as_typed(rest)[:60]}`.", hint=hint)
    word = as_typed(rest.split()[0])[:60]
    near = () if word.lower().startswith("un") else nearest(word.lower(), WISHES)  # unsign is not sign
    hint = f"Did you mean `/postmortem {near[0]}`? {_HINT}" if near else _HINT
    raise UserError(f"I do not know what to do with `{word}`.", hint=hint)


def _shown(desk: Desk, incident: Incident, user: str) -> Answer:
    try:
        document = living.document(desk, incident)
    except NotFound:
        desk.promise("draft", incident.id, once=True)
        where = f"<#{incident.channel_id}>" if incident.channel_id else "its channel"
        page = link(f"{desk.pages_url}{_path(incident)}", "its page")
        return Answer(text=f"I draft {incident.label} from what is recorded now, and post it in {where}. Then: {page}")
    left = reviews.still_open(desk, incident).said
    asked = [_stands(desk, one) for one in reviews.reviews(desk, incident)]
    lines = [
        f":page_facing_up: *Postmortem of {incident.label}*: draft {document.version}, {document.state}"
        f"{f'; open: {left}' if left else ''}.",
        *(asked or ["Nobody was asked to review it yet: `/postmortem review @ada`."]),
    ]
    if _behind(desk, incident, document.draft.drafted_at):
        desk.promise("redraft", incident.id, once=True, at_once=True)
        lines.append("More was recorded since; I draft it anew now.")
    own = desk.own_url(user, _path(incident))
    lines.append(
        f"{link(own, 'Read and write it')} (the link is yours), {link(f'{own}#course', 'its picture')}, "
        f"{link(f'{own}.md', 'Markdown')}, {link(f'{own}.pdf', 'PDF')}"
    )
    return Answer(text="\n".join(lines))


def _behind(desk: Desk, incident: Incident, drafted_at: datetime) -> bool:
    entries = timeline.entries(desk, incident)
    return any(one.recorded_at > drafted_at for one in entries if one.kind not in timeline.BESIDE)


def _stands(desk: Desk, one: Review) -> str:
    who = plain(name(desk, one.user_id))
    if one.said is Said.SIGNED:
        return f":white_check_mark: {who} signed{', and the text changed since' if one.changed else ''}."
    if one.said is Said.CHANGES:
        return f":memo: {who} asks for changes: {plain(one.note[:300])}"
    return f":hourglass: {who} was asked."


def _path(incident: Incident) -> str:
    return f"/incidents/{incident.number}/postmortem"
