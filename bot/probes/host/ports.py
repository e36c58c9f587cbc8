"""Are the ports of a host open?

A connection that is closed at once, so an open port says that something listens and no more: a zombie listens too.
Refused is the host's own answer. Silence may be a dead host or a firewall in between, so it weighs less; and where
this machine cannot send anything, nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import Member, SystemKind
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen
from bot.probes.values import number, rows, sentence, text

NAME = "host.ports"
SIGNAL = "port-closed"


def judge(seen: Seen) -> list[Finding]:
    """One finding for each port, which stands as its member, or one for a host that told nothing."""
    return [finding for look in seen for finding in _of(look)]


def _of(look: Look) -> list[Finding]:
    answer = look["ports"]
    ports = rows(answer.value)
    if not answer.ok or not ports:
        says = why(answer) if not answer.ok else "gave no list of ports"
        return [PROBE.unknown(SIGNAL, sentence(f"{text(look.member.host)} {says}."), member=look.member.name)]
    return [_port(look.member, one) for one in ports]


def _port(host: Member, told: Mapping[str, Any]) -> Finding:
    port, state, took_s = number(told.get("port")), text(told.get("state"), 40), number(told.get("took_s"))
    if port is None or not 0 < port < 65536:
        return PROBE.unknown(SIGNAL, f"A port of {text(host.host)} was told without its number.", member=host.name)
    name = Member(host=host.host, port=int(port)).name
    place = text(name)
    if took_s is None or state not in ("open", "refused", "silent"):
        return PROBE.unknown(SIGNAL, sentence(f"{place} is not known: {state or 'no state'}."), member=name)
    took = f"{took_s * 1000:.0f} ms" if took_s < 1 else f"{took_s:.1f} s"
    verdict, says = {
        "open": (Verdict.OK, f"{place} is open, after {took}."),
        "refused": (Verdict.CRITICAL, f"{place} refuses: nothing listens there."),
        "silent": (
            Verdict.WARNING,
            f"{place} gives no answer in {took}: the host is down, or a firewall lies between.",
        ),
    }[state]
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        member=name,
        value=state,
        limit="open",
        data={"port": port, "took_s": took_s},
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.HOST,
    about="whether the ports of a host are open",
    signals=(SIGNAL,),
    asks=("ports",),
    judge=judge,
)
