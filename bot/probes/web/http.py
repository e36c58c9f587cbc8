"""Does an endpoint answer as it should, in time, and for how long is its certificate good?

One GET. What the status says of the service the team knows best, so `expect` may name it; Havoc's pages answered 200
from the cache while every call behind them said 404. A silence of the endpoint is the finding, not a failed look.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.seen import Answer, Seen, Trouble
from bot.probes.values import mapping, number, sentence, text

NAME = "http.endpoint"
DOWN, SLOW, CERTIFICATE = "endpoint-down", "endpoint-slow", "certificate-expiring"
WITHIN_S = 1.0  # a person keeps the train of thought up to here: Nielsen, Response Times, the three important limits
SERVER_ERROR = 500  # RFC 9110, 15.6
RENEW_DAYS = 21  # Let's Encrypt renews 30 days ahead; three weeks ahead something has not renewed. Our own judgement
LAST_DAYS = 7


def judge(seen: Seen) -> list[Finding]:
    """Three findings: whether it is up, whether it is quick, and its certificate when it has one."""
    answer = seen.looks[0]["get"] if seen.looks else None
    if answer is None:
        return [PROBE.unknown(signal, "Nothing was looked at.") for signal in PROBE.signals]
    page = mapping(answer.value)
    host = text(seen.looks[0].member.name)
    return [_up(seen, answer, page, host), _quick(seen, answer, page, host), *_certificate(seen, answer, page, host)]


def _up(seen: Seen, answer: Answer, page: Mapping[str, Any], host: str) -> Finding:
    if answer.trouble is Trouble.SILENT:
        says = f"{host} gives {answer.says or 'no answer'}."
        return _finding(DOWN, Verdict.CRITICAL, says, answer.says or "no answer", "an answer")
    refusal, status = text(page.get("refusal")), number(page.get("status"))
    if not answer.ok or (status is None and not refusal):
        says = why(answer) if not answer.ok else "answered without a status"
        return PROBE.unknown(DOWN, sentence(f"{host} {says}."))
    expected = number(seen.system.options.get("expect"))
    limit = f"status {expected:.0f}" if expected is not None else "status 200 to 299"
    if refusal or status is None:
        return _finding(DOWN, Verdict.CRITICAL, f"{host} lets nobody in: {refusal}.", refusal, limit)
    value = f"status {status:.0f}"
    if status == expected or (expected is None and 200 <= status < 300):
        return _finding(DOWN, Verdict.OK, f"{host} answers with {value}.", value, limit, status=status)
    ahead = f", to {text(page.get('location'), 80)}, which was not followed" if page.get("location") else ""
    bad = Verdict.CRITICAL if status >= SERVER_ERROR or expected is not None else Verdict.WARNING
    return _finding(DOWN, bad, f"{host} answers with {value}{ahead}, not with {limit}.", value, limit, status=status)


def _quick(seen: Seen, answer: Answer, page: Mapping[str, Any], host: str) -> Finding:
    took_s = number(page.get("took_s"))
    if not answer.ok or took_s is None or number(page.get("status")) is None:
        return PROBE.unknown(SLOW, f"How quick {host} is, is not known: there was no whole answer.")
    within_s = number(seen.system.options.get("within_s")) or WITHIN_S
    verdict = Verdict.WARNING if took_s > within_s else Verdict.OK
    took = f"{took_s * 1000:.0f} ms" if took_s < 1 else f"{took_s:.1f} s"
    return _finding(SLOW, verdict, f"{host} took {took}.", took, f"{within_s:g} s", took_s=took_s)


def _certificate(seen: Seen, answer: Answer, page: Mapping[str, Any], host: str) -> list[Finding]:
    if not str(seen.system.options.get("url")).startswith("https:"):
        return []
    limit = f"{RENEW_DAYS} days"
    refusal, days = text(page.get("refusal")), number(page.get("certificate_days"))
    if "certificate" in refusal:
        return [_finding(CERTIFICATE, Verdict.CRITICAL, f"{host} shows a bad one: {refusal}.", refusal, limit)]
    if not answer.ok or days is None:
        return [PROBE.unknown(CERTIFICATE, f"The certificate of {host} was not seen.")]
    verdict = Verdict.OK if days >= RENEW_DAYS else Verdict.WARNING if days >= LAST_DAYS else Verdict.CRITICAL
    says = f"The certificate of {host} is good for {days:.0f} more days."
    return [_finding(CERTIFICATE, verdict, says, f"{days:.0f} days", limit, days=days)]


def _finding(signal: str, verdict: Verdict, says: str, value: str, limit: str, **data: float) -> Finding:
    return Finding(probe=NAME, signal=signal, verdict=verdict, says=sentence(says), value=value, limit=limit, data=data)


PROBE = Probe(
    name=NAME,
    kind=SystemKind.HTTP,
    about="whether an endpoint answers, how quickly, and how long its certificate is good",
    signals=(DOWN, SLOW, CERTIFICATE),
    asks=("get",),
    judge=judge,
)
