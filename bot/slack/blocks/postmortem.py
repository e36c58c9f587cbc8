"""What Slack shows of a postmortem on its way: late changes, asking for a review, answers to it, reminders, sharing."""

from __future__ import annotations

from typing import Any

from bot.domain.incident import Incident
from bot.domain.postmortem.wording import listed
from bot.domain.postmortem.written import Open, Said, State
from bot.services.postmortem.redrafting import Late
from bot.services.postmortem.reminders import FollowUpDue, ReviewDue
from bot.services.postmortem.reviews import MAX_COMMENT_CHARS, Answered, Asking
from bot.services.postmortem.sharing import MAX_NOTE_CHARS, Hitch, NotShared, Shared
from bot.slack.blocks.forms import text_field, view
from bot.slack.blocks.pieces import Block, actions, button, context, header, section, words
from bot.slack.text import link, mention, plain, shorten

MAX_LABELS = 8  # of entries named in a line; more are counted


def late(told: Late) -> str:
    """One line: what changed in the record since the draft was handed over."""
    news = []
    if told.recorded:
        news.append(f"{_labels(told.recorded)} new")
    if told.struck:
        news.append(f"{_labels(told.struck)} struck")
    if told.changed:
        news.append(f"drafted anew: {plain(listed(told.changed))}")
    if told.offered:
        many = "1 sentence is" if told.offered == 1 else f"{told.offered} sentences are"
        news.append(f"{many} offered for sections that people wrote over")
    what = "; ".join(news) or "the record says what it said before"
    where = link(told.page_url, "Read it")
    return f":page_facing_up: Draft {told.version} of {told.incident.label} follows the record: {what}. {where}"


def asking_line(asked: Asking) -> str:
    """Who asks for a review of what; in a reminder, what waits."""
    if asked.again:
        why = "the changes you asked for" if asked.review.said is Said.CHANGES else "your review"
        return f"The postmortem of {_titled(asked.incident)} still waits for {why}"
    who = mention(asked.review.asked_by)
    comma = "," if "," in who else ""
    return f"{who}{comma} asks you to review the postmortem of {_titled(asked.incident)}"


def asking(asked: Asking) -> list[Block]:
    """The question with its three answers."""
    return [
        section(f":memo: {asking_line(asked)}."),
        actions(
            "review",
            [
                button("Read and sign", "review_read", asked.incident.id, url=asked.page_url),
                button("Sign off", "review_sign", asked.incident.id, style="primary"),
                button("Changes needed", "review_changes", asked.incident.id),
            ],
        ),
        context(
            *([f"Open now: {_to_do(asked.incident, asked.left)}"] if asked.left.said else []),
            "A signature is of the text as it stands; a later change shows. The link is yours: you write with it.",
        ),
    ]


def signed(incident: Incident, left: Open) -> str:
    """What whoever signed gets to read: what is still open beneath the signature, and what to do."""
    done = f":white_check_mark: You signed the postmortem of {incident.label}. A later change of it shows."
    return f"{done}\nStill open: {_to_do(incident, left)}" if left.said else done


def changes_form(incident: Incident) -> dict[str, Any]:
    """Asks what has to change."""
    return view(
        "review_changes",
        "Changes needed",
        "Tell them",
        {"incident": incident.id},
        [
            section(plain(shorten(f"{incident.label}: {incident.title}", 300))),
            text_field(
                "note", "What has to change?", "the impact began earlier, see E4", "", MAX_COMMENT_CHARS, multiline=True
            ),
        ],
    )


def answered(told: Answered) -> str:
    """One line: what a reviewer said."""
    review, label = told.review, told.incident.label
    note = f": {plain(shorten(review.note, 500))}" if review.note else ""
    if review.said is Said.CHANGES:
        return f":memo: {mention(review.user_id)} asks for changes in the postmortem of {label}{note}"
    left = f"; open: {told.left.said}" if told.left.said else ""
    done = f" It is reviewed{left}." if told.state is State.REVIEWED else ""
    return f":white_check_mark: {mention(review.user_id)} signed the postmortem of {label}{note}.{done}"


def review_due(due: ReviewDue) -> str:
    """One line for the channel of an incident whose postmortem waits."""
    asked = f"Asked and not yet signed: {plain(listed(due.names))}." if due.names else ""
    hint = asked or f"Nobody was asked yet: `/postmortem review {due.incident.label} @ada` asks."
    last = " I do not remind again." if due.last else ""
    where = link(due.page_url, "Read it")
    return f":memo: The postmortem of {due.incident.label} waits for its review. {hint} {where}.{last}"


def follow_up_due(due: FollowUpDue) -> str:
    """A follow-up on its day or past it, for its owner alone."""
    task, label = due.task, due.incident.label
    when = "is due today" if not due.late_days else f"was due {_days(due.late_days)} ago"
    tracked = f" {link(task.link, 'Where it is tracked')}." if task.link else ""
    return (
        f":calendar: Your follow-up {task.number} of {_titled(due.incident)} {when}: {plain(shorten(task.text, 500))}\n"
        f"{link(due.page_url, 'The postmortem')}.{tracked} Done? Type `/incident task {label} done {task.number}`. "
        f"Another day: `/incident task {label} {task.number} by friday`."
    )


def shared(what: Shared) -> list[Block]:
    """The summary for a channel that was not there."""
    drafted = [f"• {plain(shorten(line.text, 600))}" for line in what.lines]
    where = f"{link(what.page_url, 'Read it')}. " if what.page_url else ""
    note = [section(f"{mention(what.by)}: {words(what.note, what.names, MAX_NOTE_CHARS)}")] if what.note else []
    return [
        header(f":page_facing_up: {shared_line(what)}"),
        *note,
        section(plain(shorten(what.summary, 2500)) if what.summary else "\n".join(drafted)),
        context(f"{where}The document follows as a file. {what.state.capitalize()}; shared by {mention(what.by)}."),
    ]


def shared_line(what: Shared) -> str:
    """What it is."""
    return f"Postmortem of {what.incident.label}: {what.incident.title}"


def not_shared_line(told: NotShared) -> str:
    """Why it was not shared, and what to do."""
    where, label = f"<#{plain(told.channel_id)}>", told.incident.label
    again = f"then type `/postmortem share {label} #channel` again."
    return {
        Hitch.UNSEEN: f"I cannot see {where}, so I shared nothing. I share in public channels that I am in.",
        Hitch.NO_MEMBER: f"I am not in {where}, so I shared nothing. Type `/invite @muster` there, {again}",
        Hitch.ARCHIVED: f"{where} is archived, so I shared nothing. Name another channel.",
        Hitch.ASK_FIRST: f"People of other organisations read {where}. Shall I share the postmortem of {label} there? "
        "They get the summary and the file; the link to the page stays out.",
    }[told.hitch]


def not_shared(told: NotShared) -> list[Block]:
    """The same with a button where it is theirs to decide."""
    said = section(f":no_entry: {not_shared_line(told)}")
    if told.hitch is not Hitch.ASK_FIRST:
        return [said]
    sure = "The summary and the whole document are posted there for everyone to read."
    value = f"{told.incident.id} {told.channel_id} {told.note}".strip()
    return [said, actions("share", [button("Share it", "share_anyway", value, style="danger", confirm=sure)])]


def _to_do(incident: Incident, left: Open) -> str:
    """What is open, and where each is settled."""
    asks = f" `/postmortem questions {incident.label}` shows what is asked;" if left.questions else ""
    return f"{left.said}.{asks} all of it can be settled on the page."


def _titled(incident: Incident) -> str:
    return f"{incident.label} ({plain(shorten(incident.title, 200))})"


def _labels(labels: tuple[str, ...]) -> str:
    left = len(labels) - MAX_LABELS
    named = labels[:MAX_LABELS] + ((f"{left} more",) if left > 0 else ())
    return f"{listed(named)} {'is' if len(labels) == 1 else 'are'}"


def _days(many: int) -> str:
    return "a day" if many == 1 else f"{many} days"
