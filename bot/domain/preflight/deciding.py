"""Decides: the weightiest line is the answer. What is not known, or was seen too long ago, is never go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.finding import Finding, Verdict, by_weight
from bot.domain.preflight.values import FRESH_S, Answer, Case, Change, Decision, Line, Looked, Rule, Sign

_RANK = {answer: rank for rank, answer in enumerate(Answer)}
LOOK_AGAIN = "Ask again: what is not known is never taken for go."
ASK_AGAIN = "Ask again, so that a new look is taken."


def decide(change: Change, case: Case, now: datetime) -> Decision:
    """Return the answer to a case. Evidence older than FRESH_S is refused, and nothing is concluded from it."""
    main = case.main.system.name
    if old := [look for look in case.looks if abs((now - look.at).total_seconds()) > FRESH_S]:
        return _decision(change, main, [_too_old(look, now) for look in old])
    if _is_blind(case.main):
        others = [line for line in _by_sign(change.signs, case) if line.system != main]
        return _decision(change, main, [_blind(case.main), *_folded(others)])
    by_rule = [line for rule in change.rules for line in _of_rule(rule, case)]
    return _decision(change, main, _folded([*by_rule, *_by_sign(change.signs, case)]))


def worst(lines: Iterable[Line]) -> Answer:
    """The weightiest answer of those that decide. No reason at all is UNKNOWN."""
    return max((line.answer for line in lines if not line.told), key=_RANK.__getitem__, default=Answer.UNKNOWN)


def _is_blind(look: Looked) -> bool:
    """Whether one and the same reason keeps everything about a system unknown, such as a password that is not set."""
    unknown = all(one.verdict is Verdict.UNKNOWN for one in look.findings)
    return bool(look.findings) and unknown and len({one.says for one in look.findings}) == 1


def _blind(look: Looked) -> Line:
    first = look.findings[0]
    return _open(Line(answer=Answer.UNKNOWN, says=first.says, finding=first, system=look.system.name), look.findings)


def _folded(lines: Iterable[Line]) -> list[Line]:
    """The lines with those in one that are unknown of one system for the same reason."""
    found: dict[tuple[object, ...], list[Line]] = {}
    for at, line in enumerate(lines):
        alike = line.answer is Answer.UNKNOWN and line.finding is not None
        found.setdefault((line.system, line.says) if alike else (at,), []).append(line)
    return [_one_of(alike) if len(alike) > 1 else alike[0] for alike in found.values()]


def _one_of(alike: Sequence[Line]) -> Line:
    return _open(next((line for line in alike if not line.told), alike[0]), alike)


def _open(line: Line, questions: Sequence[object]) -> Line:
    more = f" That leaves {len(questions)} questions open." if len(questions) > 1 else ""
    return replace(line, says=f"{line.says}{more}", then="Mend that, then ask again.")


def _decision(change: Change, main: str, lines: Sequence[Line]) -> Decision:
    answer = worst(lines)
    ordered = sorted(lines, key=lambda line: _weight(line, main))
    reason = next((line for line in ordered if line.answer is answer and not line.told), None)
    if answer is Answer.GO:  # how to go about it may depend on what was told besides
        following = next((line.then for line in ordered if line.told and line.then), change.go)
    else:
        following = (reason.then if reason else "") or LOOK_AGAIN
    return Decision(change=change.name, answer=answer, next=following, lines=tuple(ordered))


def _of_rule(rule: Rule, case: Case) -> list[Line]:
    """What a rule says. One that stumbles over an odd answer leaves the others standing, and is no go."""
    try:
        return list(rule(case))
    except Exception as error:  # noqa: BLE001  # whatever it is, unknown is said as unknown
        says = f"The answers of {case.main.system.name} could not be judged ({type(error).__name__})."
        return [Line(answer=Answer.UNKNOWN, says=says, then=LOOK_AGAIN)]


def _weight(line: Line, main: str) -> tuple[bool, int, bool, bool]:
    """Those that decide first, the weightiest first; of one weight those on the system itself, then the critical."""
    critical = line.finding is not None and line.finding.verdict is Verdict.CRITICAL
    return line.told, -_RANK[line.answer], line.system not in ("", main), not critical


def _too_old(look: Looked, now: datetime) -> Line:
    age_s = abs((now - look.at).total_seconds())
    says = f"What is known of {look.system.name} is {age_s:.0f} s old, and {FRESH_S:.0f} s is the most that counts."
    return Line(answer=Answer.UNKNOWN, says=says, then=ASK_AGAIN, system=look.system.name)


def _by_sign(signs: Sequence[Sign], case: Case) -> Iterator[Line]:
    for sign in signs:
        for look in case.of_kind(sign.kind):
            if sign.known or look.of(sign.signal):
                yield _line(sign, look)


def _line(sign: Sign, look: Looked) -> Line:
    """What a system's findings on one signal come to: the worst member speaks for all."""
    found = by_weight(look.of(sign.signal))
    speaking = [one for one in found if one.speaks]
    unknown = [one for one in found if one.verdict is Verdict.UNKNOWN]
    if speaking:
        return _of(sign.answer, speaking, look, sign.then)
    if unknown:
        return _of(Answer.UNKNOWN, unknown, look, LOOK_AGAIN if sign.known else "", told=not sign.known)
    if not found:
        says = f"`{sign.signal}` was not told of {look.system.name}."
        return Line(answer=Answer.UNKNOWN, says=says, then=LOOK_AGAIN, system=look.system.name)
    return _of(Answer.GO, found, look, "")


def _of(answer: Answer, found: Sequence[Finding], look: Looked, then: str, *, told: bool = False) -> Line:
    more = len({one.says for one in found}) - 1
    says = found[0].says + (f" {more} more alike." if more else "")
    return Line(answer=answer, says=says, then=then, finding=found[0], system=look.system.name, told=told)
