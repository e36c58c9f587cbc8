"""The answer of a preflight: what to do next, then every line with its evidence and the playbook that goes with it."""

from __future__ import annotations

from bot.domain.preflight.values import Answer, Line
from bot.services.systems.preflight_answer import Preflight
from bot.slack.blocks.pieces import MAX_PART, Block, actions, button, context, section
from bot.slack.text import escape, plain, shorten

SIGN = {
    Answer.GO: ":large_green_circle:",
    Answer.WAIT: ":large_yellow_circle:",
    Answer.STOP: ":red_circle:",
    Answer.UNKNOWN: ":question:",
}
TOLD = ":information_source:"
FINE = ":white_check_mark:"
MOST_LINES = 8  # that speak against it
MOST_FINE = 10  # beside each other in grey


def preflight(told: Preflight) -> list[Block]:
    """The answer, as it stands in the channel."""
    decision, plan = told.decision, told.plan
    head = f"{SIGN[decision.answer]} *{decision.answer}*  ·  {_marked(decision.next, 300)}"
    age = f", shared, {told.age_s:.0f} s old" if told.age_s >= 1 else ""
    about = f"{_marked(f'`{plan.line}`', 250)}  ·  looked {told.took_s:.1f} s at {_systems(told)}{age}"
    blocks = [section(f"{head}\n{about}", MAX_PART)]
    against = [line for line in decision.lines if not line.told and line.answer is not Answer.GO]
    shown: set[str] = set()
    for line in against[:MOST_LINES]:
        blocks.append(_line(line, told, shown))
    if len(against) > MOST_LINES:
        blocks.append(context(f"and {len(against) - MOST_LINES} more lines that speak against it"))
    fine = [line for line in decision.lines if not line.told and line.answer is Answer.GO]
    if fine:
        blocks.append(context("\n".join(f"{FINE} {_said(line)}" for line in fine[:MOST_FINE])))
    if more := [line for line in decision.lines if line.told]:
        blocks.append(context("\n".join(f"{_mark(line)} {_said(line)}" for line in more[:MOST_FINE])))
    if plan.change.playbook in told.titles:
        blocks += _way(plan.change.playbook, told)
    return blocks


def line(told: Preflight) -> str:
    """The answer in one line."""
    return f"{told.plan.system.name}: {told.decision.answer}, {plain(shorten(told.plan.line, 200))}"


def _systems(told: Preflight) -> str:
    return ", ".join(plain(system.name) for system in told.plan.systems)


def _line(line: Line, told: Preflight, shown: set[str]) -> Block:
    """One reason, what was measured, what to do about it, and once for each playbook the button to it."""
    lines = [f"{SIGN[line.answer]} {_said(line)}"]
    finding = line.finding
    if finding and finding.speaks:
        limit = f" (limit {plain(finding.limit)})" if finding.limit else ""
        lines.append(f"`{finding.signal}`  ·  {plain(finding.value)}{limit}")
    if line.then and line.then != told.decision.next:
        lines.append(f"→ {_marked(line.then, 300)}")
    book = line.playbook if line.playbook in told.titles and line.playbook != told.plan.change.playbook else ""
    if book and book not in shown:
        shown.add(book)
        block = section("\n".join([*lines, f":notebook: {plain(told.titles[book])}"]), MAX_PART)
        return block | {"accessory": _read(book, told)}
    return section("\n".join(lines), MAX_PART)


def _mark(line: Line) -> str:
    return SIGN[Answer.UNKNOWN] if line.answer is Answer.UNKNOWN else TOLD


def _said(line: Line) -> str:
    return _marked(line.says, 400)


def _marked(text: str, most: int) -> str:
    """The text letter by letter, and what stands in back-ticks as code, so that a name can be copied as it is."""
    pieces = shorten(text, most).split("`")
    if len(pieces) % 2 == 0:
        return plain("`".join(pieces))
    return "".join(f"`{escape(piece)}`" if at % 2 and piece else plain(piece) for at, piece in enumerate(pieces))


def _read(book: str, told: Preflight) -> Block:
    return button("Read it", "runbook_show", book, url=f"{told.page_url}/playbooks/{book}")


def _way(book: str, told: Preflight) -> list[Block]:
    """The playbook that leads through the change, and what was found that speaks against it now."""
    lines = [f":notebook: *{plain(told.titles[book])}*"]
    if against := told.forbidden.get(book):
        lines.append(f":octagonal_sign: *not now*: {plain(shorten(against[0].says, 300))}")
    walk = [button("Walk it here", "walk_start", book)] if told.in_incident and not against else []
    return [section("\n".join(lines), MAX_PART), actions(f"preflight:{book}", [*walk, _read(book, told)])]
