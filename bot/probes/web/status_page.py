"""Does the vendor report an incident?

One GET of the page's summary. A page that reports nothing clears nobody: Havoc's cluster was down for two hours while
the vendor's page stayed quiet. So a quiet page is OK and says that it proves little.
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.seen import Seen
from bot.probes.values import sentence, texts
from bot.probes.web.status_formats import Level, Standing, standing

NAME = "status-page.vendor"
SIGNAL = "vendor-incident"
VERDICTS = {
    Level.NONE: Verdict.OK,
    Level.MAINTENANCE: Verdict.WARNING,
    Level.MINOR: Verdict.WARNING,
    Level.MAJOR: Verdict.CRITICAL,
}  # our own judgement
WORDS = {
    Level.NONE: "nothing",
    Level.MAINTENANCE: "maintenance",
    Level.MINOR: "minor trouble",
    Level.MAJOR: "an outage",
}


def judge(seen: Seen) -> list[Finding]:
    """One finding: what the page says of the components the team named, or of the whole when none is named."""
    answer = seen.looks[0]["summary"] if seen.looks else None
    if answer is None or not answer.ok:
        return [PROBE.unknown(SIGNAL, f"The status page {why(answer)}." if answer else "Nothing was looked at.")]
    page = standing(answer.value, seen.at)
    if page is None:
        return [PROBE.unknown(SIGNAL, "The status page has a format that is not known.")]
    wanted = texts(seen.system.options.get("components"))
    missing = [one for one in wanted if not _named(page, one)]
    if missing:
        return [PROBE.unknown(SIGNAL, sentence(f"{page.name} has no component {', '.join(missing)}."))]
    return [_of(page, wanted)]


def _named(page: Standing, wanted: str) -> dict[str, Level | None]:
    return {name: level for name, level in page.components.items() if wanted.casefold() in name.casefold()}


def _of(page: Standing, wanted: list[str]) -> Finding:
    parts = {name: level for one in wanted for name, level in _named(page, one).items()}
    levels = list(parts.values()) or [page.level]
    known = [level for level in levels if level is not None]
    worst = max(known, default=Level.NONE)
    if len(known) < len(levels) and worst is Level.NONE:
        return PROBE.unknown(SIGNAL, sentence(f"{page.name} uses a word for its state that is not known."))
    about = ", ".join(name for name, level in parts.items() if level is worst) or "the whole"
    if worst is Level.NONE:
        others = f" Open there: {page.incidents[0]}." if page.incidents else ""
        says = f"{page.name} reports nothing for {about}.{others} A quiet page clears no single cluster."
    else:
        says = f"{page.name} reports {WORDS[worst]} for {about}: {'; '.join(page.incidents) or 'without a text'}."
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=VERDICTS[worst],
        says=sentence(says),
        value=WORDS[worst],
        limit=WORDS[Level.NONE],
        data={"level": int(worst), "incidents": len(page.incidents)},
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.STATUS_PAGE,
    about="whether the vendor reports an incident",
    signals=(SIGNAL,),
    asks=("summary",),
    judge=judge,
)
