"""Does the primary slow its own writers because a majority of the members lags?

From 4.2 on it does, so that the point up to which a majority has everything stays near (MongoDB manual, flow
control). Users see slow writes, and the cause is a secondary: adding writers or failing over does not help.
"""

from __future__ import annotations

from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import brief, kept, number, rise, version
from bot.probes.mongodb.sets import Group, groups
from bot.probes.mongodb.wording import sentence, span
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.flow-control"
SIGNAL = "flow-control"
KNOWN_FROM = (4, 2)  # MongoDB 4.2 release notes
APART_S = 3.0  # over a shorter time a share says little
MUCH_SHARE = 0.5  # of the time since the earlier look; our own judgement


def judge(seen: Seen) -> list[Finding]:
    """One finding for the primary of each set; none where the version has no flow control."""
    found = [_of(seen, group) for group in groups(seen)]
    return [finding for finding in found if finding]


def keep(seen: Seen) -> dict[str, Any]:
    """For how long each primary has been lagged, in microseconds since its start."""
    leading = [group.primary.look for group in groups(seen) if group.primary and group.primary.look]
    return {look.member.name: {"lagged_us": number(_told(look, "isLaggedTimeMicros"))} for look in leading}


def _of(seen: Seen, group: Group) -> Finding | None:
    if not group.primary or not group.primary.look:
        return PROBE.unknown(
            SIGNAL, f"{group.lead}No primary could be looked at, and only a primary slows its writers."
        )
    look = group.primary.look
    who = f"{group.lead}{brief(look.member.name)}, primary,"
    if not look["serverStatus"].ok:
        return PROBE.unknown(SIGNAL, sentence(f"{who} {why(look['serverStatus'])}."), member=look.member.name)
    release, lagged = version(look), _told(look, "isLagged")
    if not isinstance(lagged, bool):
        if release and release < KNOWN_FROM:
            return None
        return PROBE.unknown(SIGNAL, sentence(f"{who} tells nothing of flow control."), member=look.member.name)
    return _judged(seen, look, who, lagged)


def _judged(seen: Seen, look: Look, who: str, lagged: bool) -> Finding:
    lagged_us = number(_told(look, "isLaggedTimeMicros"))
    more_us = rise(lagged_us, kept(seen, NAME, look.member.name).get("lagged_us"))
    since_s = seen.since_s
    share = more_us / 1e6 / since_s if more_us is not None and since_s and since_s >= APART_S else None
    switched_on = _told(look, "enabled") is not False
    if not switched_on:
        verdict, says = Verdict.OK, f"{who} has flow control switched off."
    elif lagged:
        verdict = Verdict.CRITICAL if share is not None and share >= MUCH_SHARE else Verdict.WARNING
        says = f"{who} slows its writers, because a majority of the members lags."
    else:
        verdict, says = Verdict.OK, f"{who} does not slow its writers."
    if switched_on and share is not None and since_s:
        says = f"{says[:-1]}; it did for {min(share, 1.0) * 100:.0f} % of the last {span(since_s)}."
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        member=look.member.name,
        value="lagged" if lagged else "not lagged",
        limit="not lagged",
        data={"lagged_share": share, "writes_per_s_allowed": number(_told(look, "targetRateLimit"))},
    )


def _told(look: Look, field: str) -> Any:
    return look.get("serverStatus", "flowControl", field)


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="a primary that slows its writers because secondaries lag",
    signals=(SIGNAL,),
    asks=("hello", "buildInfo", "serverStatus", "replSetGetStatus", "replSetGetConfig"),
    judge=judge,
    keep=keep,
)
