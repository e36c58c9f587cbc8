"""One step of a playbook, shown to tired people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.cautions import cautions
from bot.domain.playbook import Fill, Playbook, Step
from bot.domain.walk import Walk
from bot.services.playbooks.help import Plea
from bot.services.playbooks.standing import Stand
from bot.slack.blocks import so_far
from bot.slack.blocks.look import against_step, beside_step
from bot.slack.blocks.pieces import (
    MAX_MESSAGE,
    MAX_PART,
    SEVERITY_SIGN,
    Block,
    actions,
    button,
    chars,
    context,
    header,
    section,
)
from bot.slack.blocks.playbook import mrkdwn, prose, rest_of, sections
from bot.slack.text import date, link, mention, plain, shorten, units

FILLS = {
    Fill.HOST: "a host",
    Fill.PORT: "a port",
    Fill.NUMBER: "a number",
    Fill.PATH: "a path",
    Fill.KEY: "a key",
    Fill.WORD: "a word",
}
MAX_GAPS = 40  # a form has at most 100 blocks, and a gap takes two
_FINISH = "Is step {} done, and is no other step needed? The playbook ends here; you can still go to any step."
LEAST_BODY = 2000  # characters of a step, however much stands beside it
MAX_SO_FAR = 1500  # characters of a call for help, which shows the step as well


def shown(stand: Stand) -> list[Block]:
    """The step in hand with its buttons, above it what was done so far and by whom."""
    walk = stand.walk
    book, steps = walk.playbook, walk.playbook.steps
    blocks = [header(f":notebook: {book.title}"), context(_whole(stand))]
    if not steps:
        return [*blocks, *prose(book, stand.page_url)]
    if left := so_far.behind(walk):
        blocks.append(context("\n".join(left)))
    step = walk.step
    if step is None:
        what = "No other step was needed" if walk.finished else "The last step is behind you"
        ended = section(f":checkered_flag: {what}: {walk.tally}.")
        return [*blocks, ended, *([] if stand.closed else [_onward(walk)])]
    if walk.ended_at:
        again = (
            f"`/runbook walk {book.name}` begins it again, `/runbook walk {book.name} {walk.position}` at this step."
        )
        put = f"Put away at step {walk.position} of {len(steps)}." + f" {again}" * (not stand.closed)
        return [*blocks, section(f":notebook: {put}")]
    blocks += against_step(stand.against)
    blocks += _cautions(book, begun=bool(walk.standing))
    below = [context(f":bar_chart: It {before}.")] if (before := stand.helped.get(step.title)) else []
    below += [*_to_fill_in(step, stand.known), *beside_step(stand.looks, walk)]
    below += _remarks(step, stand.known)
    if noted := so_far.beside(walk, step):
        below.append(context("\n".join(noted)))
    below += [_onward(walk), _aside(walk, step)]
    title = f"*Step {step.number} of {len(steps)}: {plain(shorten(step.title, 200))}*"
    return [*blocks, *_body(stand, step, title, beside=[*blocks, *below]), *below]


def fallback(walk: Walk) -> str:
    """The step in one line."""
    if walk.over:
        return f"{plain(walk.playbook.title)}: {walk.tally}"
    if walk.ended_at:
        return f"{plain(walk.playbook.title)}: put away"
    return f"{plain(walk.playbook.title)}: step {walk.position} of {len(walk.playbook.steps)}"


def plea(asked: Plea) -> list[Block]:
    """A call for help: who is asked, where things stand, what was tried, and the step with all its remarks."""
    walk, incident, step = asked.stand.walk, asked.incident, asked.step
    where = f"step {step.number} of {len(walk.playbook.steps)}"
    shown_at = link(asked.step_url, where) if asked.step_url else where
    says = f":busts_in_silhouette: {mention(asked.by)} asks for help at {shown_at}: *{plain(shorten(step.title, 200))}*"
    since = date(incident.declared_at, "{time}")
    facts = [
        f"{SEVERITY_SIGN[incident.severity]} {incident.label} {incident.severity}, {incident.status}, since {since}",
        f":notebook: {plain(shorten(walk.playbook.title, 120))}"
        + (f", kept by {plain(walk.playbook.owner)}" * bool(walk.playbook.owner)),
        link(asked.page_url, "the whole timeline"),
    ]
    blocks = [section(f"{says}\n{_asked(asked)}", MAX_PART), context("  ·  ".join(facts))]
    if told := [*so_far.behind(walk), *so_far.beside(walk, step)]:
        blocks.append(section("*So far*\n" + "\n".join(told), MAX_SO_FAR))
    below = [*beside_step(asked.stand.looks, walk), *_remarks(step, asked.stand.known)]
    says = f"*What step {step.number} says*"
    return [*blocks, *(_body(asked.stand, step, says, beside=[*blocks, *below]) if step.body else []), *below]


def plea_line(asked: Plea) -> str:
    """The call for help in one line."""
    return f"{mention(asked.by)} asks for help: {fallback(asked.stand.walk)}"


def _body(stand: Stand, step: Step, head: str, *, beside: Sequence[Block]) -> list[Block]:
    """What a step says to do, whole where the message has room for it beside its other parts."""
    rest = rest_of(stand.walk.playbook, stand.page_url, step.number)
    room = max(LEAST_BODY, MAX_MESSAGE - sum(map(chars, beside)) - units(head + rest))
    return sections(step.body, stand.known, room, rest, head)


def _asked(asked: Plea) -> str:
    whom = [f"on call: {_called(asked.on_call)}"] if asked.on_call else []
    whom += [f"{held.role}: {mention(held.user_id)}" for held in asked.carried]
    if whom:
        return "  ·  ".join(whom)
    return "Nobody else carries a role here yet: `/incident role operations @name`, or set `MUSTER_ON_CALL`."


def _called(on_call: str) -> str:
    return f"<!subteam^{on_call}>" if on_call.startswith("S") else mention(on_call)


def _whole(stand: Stand) -> str:
    """Where the whole page is read."""
    name = stand.walk.playbook.name
    if not stand.page_url:
        return f"The whole page: `/runbook show {name}`"
    return f"`{name}`  ·  {link(stand.page_url, 'the whole page')}"


def _cautions(book: Playbook, *, begun: bool) -> list[Block]:
    """What the page says before its first step, whole until a step is left behind; then only which steps to take."""
    said = cautions(book.intro)
    if begun:
        return [context(f":arrow_right: *Which steps:* {mrkdwn(said.steps)}")] if said.steps else []
    lines = "\n".join(f"• {mrkdwn(line)}" for line in said.not_when)
    blocks = [section(f":octagonal_sign: *When not to use it*\n{lines}", MAX_PART)] if lines else []
    named = (
        (":rotating_light: *What makes it worse:*", said.worse),
        (":arrow_right: *Which steps:*", said.steps),
        (":information_source: *Before you type:*", said.typing),
    )
    return blocks + [section(f"{name} {mrkdwn(text)}", MAX_PART) for name, text in named if text]


def _to_fill_in(step: Step, known: Mapping[str, str]) -> list[Block]:
    gaps = step.variables[:MAX_GAPS]
    lacking = [f"`{{{{{gap.name}}}}}` ({FILLS[gap.fill]})" for gap in gaps if gap.name not in known]
    given = [f"`{gap.name}` = `{known[gap.name]}`" for gap in gaps if gap.name in known]
    lines = [f":memo: *To fill in:* {', '.join(lacking)}"] if lacking else []
    lines += [f":wrench: {', '.join(given)}"] if given else []
    return [context("\n".join(lines))] if lines else []


def _remarks(step: Step, known: Mapping[str, str]) -> list[Block]:
    named = (
        (":mag: *Look for:*", step.look_for),
        (":hourglass: *Give it:*", step.give_it),
        (":leftwards_arrow_with_hook: *Undo:*", step.undo),
        (":octagonal_sign: *Stop if:*", step.stop_if),
    )
    lines = [f"{name} {mrkdwn(text, known)}" for name, text in named if text]
    blocks = [section(f":warning: *Danger:* {mrkdwn(step.danger, known)}", MAX_PART)] if step.danger else []
    return blocks + ([section("\n".join(lines), MAX_PART)] if lines else [])


def _onward(walk: Walk) -> Block:
    """The buttons that lead to another step."""
    value = f"{walk.id}:{walk.position}"
    row = (
        []
        if walk.over
        else [
            button("Done", "step_done", value, style="primary"),
            button("It did not help", "step_no_help", value),
            button("Skip…", "step_skip", value),
        ]
    )
    if len(walk.way) > 1:
        row.append(button("Back", "step_back", value))
    if len(walk.playbook.steps) > 1:
        row.append(button("Go to…", "step_goto", value))
    if walk.position < len(walk.playbook.steps):
        row.append(button("Done, finish here", "step_finish", value, confirm=_FINISH.format(walk.position)))
    return actions(f"walk:{walk.id}", row)


def _aside(walk: Walk, step: Step) -> Block:
    """The buttons that leave the step in hand."""
    value = f"{walk.id}:{walk.position}"
    row = [button("Fill in…", "step_fill", value)] if step.variables else []
    row += [button("Look now", "step_look", value)] if walk.playbook.probes else []
    return actions(
        f"aside:{walk.id}",
        [
            *row,
            button("Add evidence…", "step_note", value),
            button("Ask for help", "step_help", value),
            button("Put away", "walk_stop", value, confirm="Leave this playbook here? It can be begun again."),
        ],
    )
