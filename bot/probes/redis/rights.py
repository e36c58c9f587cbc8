"""May our user read what the looks need, and may it write?

No write is tried. From 7.0 on the server is asked of each command that changes something whether it would be allowed
(ACL DRYRUN, which runs nothing). Before that only the user's rules tell (ACL GETUSER): everything allowed is a yes, and
nothing but commands that only read is a no. Between the two it is not known, and before 6.0 there are no users.
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.lacking import CAN_WRITE, CANNOT_READ, can_read, fitting
from bot.probes.probe import Probe, why
from bot.probes.redis.answers import is_sentinel, text
from bot.probes.seen import Answer, Look, Seen, Trouble

NAME = "redis.rights"
OF_USERS = ("rights", "watcher-rights")
MOST_NAMED = 4
# Redis documentation, ACL: commands and categories; those that only tell. `+@read` holds none that writes.
ONLY_READ = frozenset(
    {
        *(
            "+info",
            "+role",
            "+dbsize",
            "+lastsave",
            "+config|get",
            "+client|list",
            "+client|setname",
            "+client|getname",
        ),
        *("+client|id", "+client|info", "+acl|dryrun", "+acl|getuser", "+acl|whoami", "+acl|cat", "+ping", "+echo"),
        *("+sentinel|masters", "+sentinel|ckquorum", "+sentinel|master", "+sentinel|replicas", "+sentinel|sentinels"),
        *("+slowlog|get", "+slowlog|len", "+latency|latest", "+latency|history", "+memory|usage", "+memory|stats"),
        *("+time", "+command", "+auth", "+hello", "+@read", "+scan", "+get", "+exists", "+ttl", "+type"),
    }
)


def judge(seen: Seen) -> list[Finding]:
    """Two findings for each member."""
    return fitting(finding for look in seen for finding in (_can_read(look), _can_write(look)))


def _can_read(look: Look) -> Finding:
    """Our own rights are no question that another probe needs, and a Sentinel has questions of its own."""
    others = tuple(name for name in ASKS if look[name].trouble is Trouble.UNSUPPORTED)
    return can_read(PROBE, look, (*OF_USERS, *others))


def _can_write(look: Look) -> Finding:
    answer = look[OF_USERS[is_sentinel(look)]]
    if not answer.ok:
        return _untold(look, answer)
    told = answer.value if isinstance(answer.value, dict) else {}
    tried, rules = told.get("tried"), told.get("rules")
    if isinstance(tried, dict) and tried:
        return _by_trial(look, {str(name): str(reply) for name, reply in tried.items()})
    if isinstance(rules, str) and rules:
        return _by_rules(look, rules.split())
    return PROBE.unknown(CAN_WRITE, f"{look.member.name} does not tell what we may do.", member=look.member.name)


def _by_trial(look: Look, tried: dict[str, str]) -> Finding:
    allowed = [name for name, reply in tried.items() if reply == "OK"]
    refused = [name for name, reply in tried.items() if "no permissions to run" in reply]
    if allowed:
        return _writes(look, allowed)
    if len(refused) < len(tried):
        name = next(name for name in tried if name not in refused)
        says = f"{look.member.name} does not plainly refuse us {name}: {tried[name][:60]}."
        return PROBE.unknown(CAN_WRITE, says, member=look.member.name)
    says = f"{look.member.name} would refuse us each of {len(tried)} commands that change something."
    return _finding(look, Verdict.OK, says, "no")


def _by_rules(look: Look, rules: list[str]) -> Finding:
    given = [rule for rule in rules if rule.startswith("+") or rule == "allcommands"]
    if any(rule in ("+@all", "allcommands") for rule in given) and not any(rule.startswith("-") for rule in rules):
        return _writes(look, ["everything"])
    if rules[0] == "-@all" and all(rule in ONLY_READ for rule in given):
        return _finding(look, Verdict.OK, f"{look.member.name} allows us {len(given)} commands that only read.", "no")
    says = f"{look.member.name} allows us {' '.join(rules)[:80]}; before 7.0 that cannot be tried without using it."
    return PROBE.unknown(CAN_WRITE, says, member=look.member.name)


def _untold(look: Look, answer: Answer) -> Finding:
    release = text(look, "redis_version").partition(".")[0]
    if answer.trouble is Trouble.UNSUPPORTED and release.isdecimal() and int(release) < 6:
        says = f"{look.member.name} is Redis {release}, which has no users: whoever signs in may do everything."
        return _finding(look, Verdict.CRITICAL, says, "no users")
    return PROBE.unknown(CAN_WRITE, f"{look.member.name} {why(answer)}.", member=look.member.name)


def _writes(look: Look, allowed: list[str]) -> Finding:
    names = [" ".join(word for word in name.split() if word.isupper()) or name for name in allowed]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    says = f"{look.member.name} lets us {', '.join(names[:MOST_NAMED])}{more}."
    return _finding(look, Verdict.CRITICAL, says, ", ".join(names)[:120])


def _finding(look: Look, verdict: Verdict, says: str, value: str) -> Finding:
    return Finding(
        probe=NAME,
        signal=CAN_WRITE,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit="only read",
    )


OF_DATA = ("info", "role", "config", "lastsave", "clients", "slowlog", "latency", "dbsize")
ASKS = (*OF_DATA, "masters", "ckquorum", *OF_USERS)
PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="whether our user may read what looks need, and cannot write",
    signals=(CANNOT_READ, CAN_WRITE),
    asks=ASKS,
    judge=judge,
    light=False,
)
