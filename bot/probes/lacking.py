"""Which of its questions a member refused us: one finding for each member, whatever its kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.finding import Finding, Verdict
from bot.probes import values
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Trouble

CANNOT_READ, CAN_WRITE = "cannot-read", "can-write"
NOT_REACHED = "not reached"
MOST_NAMED = 2
_UNTOLD = (Trouble.SILENT, Trouble.UNREACHABLE, Trouble.NOT_ASKED)  # a server refuses before it does anything else


def can_read(probe: Probe, look: Look, allowed_to_lack: tuple[str, ...] = ()) -> Finding:
    """Whether a member let us put every question of `probe`, but for those in `allowed_to_lack`.

    Refused questions are named with the right that lacks. One that failed in another way was not refused: servers ask
    for rights first. One that got no answer leaves it unknown.
    """
    asked = {name: look[name] for name in probe.asks if name not in allowed_to_lack}
    answered = [name for name, answer in asked.items() if answer.ok]
    refused = [name for name, answer in asked.items() if answer.trouble is Trouble.DENIED]
    untold = [name for name, answer in asked.items() if answer.trouble in _UNTOLD]
    who = look.member.name

    def finding(verdict: Verdict, says: str, value: str) -> Finding:
        limit, data = f"{len(asked)} of {len(asked)}", {"answered": len(answered), "refused": len(refused)}
        return Finding(
            probe=probe.name, signal=CANNOT_READ, verdict=verdict, says=says, member=who, value=value, limit=limit,
            data=data,
        )  # fmt: skip

    if refused and not answered:
        return finding(Verdict.CRITICAL, f"{who} {why(asked[refused[0]])}.", "all refused")
    if refused:
        named = "; ".join(f"{name}: {asked[name].says}" for name in refused[:MOST_NAMED])
        more = f"; and {len(refused) - MOST_NAMED} more" if len(refused) > MOST_NAMED else ""
        return finding(Verdict.WARNING, f"{who} refuses {named}{more}.", ", ".join(refused))
    if not answered:
        name = next(iter(untold), next(iter(asked)))
        return probe.unknown(CANNOT_READ, f"{who} {why(asked[name])}.", member=who, value=NOT_REACHED)
    if untold:
        says = f"{who} was not heard on {', '.join(untold[:MOST_NAMED])}: it {why(asked[untold[0]])}."
        return probe.unknown(CANNOT_READ, says, member=who, value=f"{len(answered)} of {len(asked)}")
    return finding(Verdict.OK, f"{who} refuses none of {len(asked)} questions.", f"{len(asked)} of {len(asked)}")


def fitting(found: Iterable[Finding]) -> list[Finding]:
    """The findings with nothing in them that cannot be printed, each sentence of the length that it may have."""
    return [replace(one, says=values.sentence(_plain(one.says)), value=_plain(one.value)) for one in found]


def _plain(line: str) -> str:
    return "".join(char if char.isprintable() else " " for char in line)
