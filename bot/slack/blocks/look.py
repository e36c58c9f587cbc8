"""What a look at a system found: the worst first, each with its value and limit, and the playbook it calls for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.check import Check, Why
from bot.domain.choice import Choice
from bot.domain.finding import Finding, Verdict
from bot.domain.playbook import Playbook
from bot.domain.walk import Walk
from bot.services.systems.checks import Checked
from bot.services.systems.step_looks import Spoken
from bot.slack.blocks.pieces import MAX_PART, Block, actions, button, context, section
from bot.slack.text import date, plain, shorten

SIGN = {
    Verdict.CRITICAL: ":red_circle:",
    Verdict.WARNING: ":large_yellow_circle:",
    Verdict.UNKNOWN: ":question:",
    Verdict.OK: ":white_check_mark:",
}
MOST_FINDINGS = 5  # said one by one
MOST_UNKNOWN = 4
MOST_PRESENT = 4
MOST_CHOICES = 2
MOST_BESIDE = 2  # findings in a step's own line
WHY = {
    "opened": "first look",
    "asked": "look",
    "step": "look before a dangerous step",
    "closed": "last look",
    "preflight": "look before a change",
    "watched": "one look of a watch",
}


def look(checked: Checked) -> list[Block]:
    """The answer, as it stands in the channel."""
    check = checked.check
    bad = [finding for finding in check.ordered if finding.speaks]
    blocks = [section(f"{SIGN[check.verdict]} *{plain(check.system)}*  ·  {_headline(checked)}", MAX_PART)]
    blocks += [section(_line(finding), MAX_PART) for finding in bad[:MOST_FINDINGS]]
    if len(bad) > MOST_FINDINGS:
        blocks.append(context(f"and {len(bad) - MOST_FINDINGS} more: {_signals(bad[MOST_FINDINGS:])}"))
    blocks += [context(f"{SIGN[Verdict.UNKNOWN]} {text}") for text in _unknown(check)]
    if check.present:
        blocks.append(context(_present(check)))
    if check.absent:
        absent = plain(shorten(", ".join(check.absent), 500))
        blocks.append(context(f"{SIGN[Verdict.OK]} Looked for and not there: {absent}"))
    for against in checked.objections:
        how = "was suggested" if against.playbook in checked.said else "is being walked"
        says = f":octagonal_sign: *{plain(against.title)}* {how} here. Against it: {_said(against.against)}"
        blocks.append(section(says, MAX_PART))
    for choice in checked.choices[:MOST_CHOICES]:
        blocks += _choice(choice, checked)
    if check.why is not Why.CLOSED:
        blocks.append(actions(f"look:{check.id}", [button("Watch", "look_watch", check.id)]))
    return blocks


def called_for(check: Check, choice: Choice, page_url: str) -> list[Block]:
    """What the last look speaks for, beside a playbook that was found by words."""
    title = f":mag: The last look at {plain(check.system)} speaks for *{plain(choice.title)}*"
    read = button("Read it", "runbook_show", choice.playbook, url=f"{page_url}/playbooks/{choice.playbook}")
    walk = button("Walk it here", "walk_start", choice.playbook)
    return [section(f"{title}\nbecause: {_said(choice.because)}", MAX_PART), actions("called_for", [walk, read])]


def beside_step(looks: Sequence[Check], walk: Walk) -> list[Block]:
    """What was found before a dangerous step, or since, in lines that stand in its message: first what its page is
    about, or that this is not there."""
    return [context(_beside(one, walk)) for one in looks]


def _beside(check: Check, walk: Walk) -> str:
    system, book = f"*{plain(check.system)}*", walk.playbook
    if check.taken_at is None:
        return f":hourglass: Looking at {system} before you go on"
    before = ", before this step" if check.asked_at == walk.taken_up_at else ""
    told = f"Looked at {system} at {date(check.taken_at, '{time}')}{before}:"
    about = {*book.called_by, *book.forbidden_by}
    bad = [one for one in check.ordered if one.verdict is not Verdict.OK or (one.present and one.signal in about)]
    first = [finding for finding in bad if finding.speaks and finding.signal in about]
    says = list(dict.fromkeys(finding.says for finding in (*first, *bad)))
    shown = plain(shorten(" ".join([*_uncalled(check, book), *says[:MOST_BESIDE]]) or "nothing wrong was found.", 500))
    return f"{SIGN[check.verdict]} {told} {shown}" + (
        f" And {left} more." if (left := len(says) - MOST_BESIDE) > 0 else ""
    )


def _uncalled(check: Check, book: Playbook) -> list[str]:
    """That what calls for the page was looked for and is not there; nothing where any of it is there or not known."""
    calls = [finding for finding in check.findings if finding.signal in book.called_by]
    absent = [signal for signal in book.called_by if signal in check.absent]
    if not absent or any(finding.verdict is not Verdict.OK or finding.present for finding in calls):
        return []
    says = f"what calls for this page was looked for and is not there ({', '.join(absent)}): is this the right page?"
    return [f"{says} It may also be over."]


def against_step(found: Sequence[Spoken]) -> list[Block]:
    """What speaks against going on with a playbook, above its step, and how old that is."""
    if not found:
        return []
    seen = date(max(one.at for one in found), "{time}")
    told = _said([one.finding for one in found])
    return [section(f":octagonal_sign: *Against this playbook:* {told} (looked at {seen})", MAX_PART)]


def line(checked: Checked) -> str:
    """The answer in one line."""
    check = checked.check
    worst = next((finding.says for finding in check.ordered if finding.speaks), "")
    return f"{plain(check.system)}: {check.verdict.value}" + (f", {plain(worst)}" if worst else "")


def _headline(checked: Checked) -> str:
    check = checked.check
    age = f", shared, {check.age_s:.0f} s old" if check.age_s >= 1 else ""
    why = Why.ASKED if check.asked_by else check.why
    return f"{checked.kind}  ·  {WHY[why.value]}, took {check.took_s:.1f} s{age}"


def _unknown(check: Check) -> list[str]:
    """What is not known, a line for each reason: one dead member makes every question about it unknown. Those of
    the reasons for which there is no room are counted in the last line."""
    reasons: dict[str, list[Finding]] = {}
    for finding in check.of(Verdict.UNKNOWN):
        reasons.setdefault(finding.says, []).append(finding)
    lines = [f"{plain(shorten(says, 300))} Not known: {_signals(found)}" for says, found in reasons.items()]
    more = [finding for found in list(reasons.values())[MOST_UNKNOWN:] for finding in found]
    return [*lines[:MOST_UNKNOWN], *([f"and {len(more)} more not known: {_signals(more)}"] if more else [])]


def _present(check: Check) -> str:
    """What is there and as it should be, a line for each."""
    lines = [f"{SIGN[Verdict.OK]} {plain(shorten(one.says, 400))}" for one in check.present[:MOST_PRESENT]]
    more = check.present[MOST_PRESENT:]
    return "\n".join([*lines, f"and {len(more)} more: {_signals(more)}"] if more else lines)


def _signals(findings: Sequence[Finding]) -> str:
    return plain(shorten(", ".join(dict.fromkeys(finding.signal for finding in findings)), 500))


def _line(finding: Finding) -> str:
    measured = [f"{plain(finding.value)} (limit {plain(finding.limit)})"] if finding.limit else [plain(finding.value)]
    detail = "  ·  ".join([f"`{finding.signal}`", *measured])
    return f"{SIGN[finding.verdict]} {plain(shorten(finding.says, 400))}\n{detail}"


def _choice(choice: Choice, checked: Checked) -> list[Block]:
    lines = [f":notebook: *{plain(choice.title)}*", f"because: {_said(choice.because)}"]
    if choice.against:
        lines.append(f":octagonal_sign: *not now*: {_said(choice.against)}")
    if choice.unless and not choice.against:
        lines.append(f"not while: {plain(', '.join(choice.unless))} (looked for, not there)")
    if choice.untold and not choice.against:
        lines.append(f":question: not while: {plain(', '.join(choice.untold))} (not known)")
    if choice.playbook in checked.said:
        return [section("\n".join([*lines, "suggested here already"]), MAX_PART)]
    read = button("Read it", "runbook_show", choice.playbook, url=f"{checked.page_url}/playbooks/{choice.playbook}")
    walk = [button("Walk it here", "walk_start", choice.playbook)] if checked.in_incident and not choice.against else []
    if step := checked.in_hand.get(choice.playbook):
        lines[0] += f"  ·  is being walked here: step {step}"
        walk = []
    return [section("\n".join(lines), MAX_PART), actions(f"choice:{choice.playbook}", [*walk, read])]


def _said(findings: Sequence[Finding]) -> str:
    return plain(shorten("; ".join(dict.fromkeys(finding.says.rstrip(".") for finding in findings)), 500))
