"""Words that blame a person, and a calmer way to say what happened. A short list, each with its reason to be here.

What a system failed to do is left alone: only people can be blamed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROLE = (
    r"(?:engineer|developer|operator|admin(?:istrator)?|sysadmin|dba|on-?call|intern|contractor|manager|colleague"
    r"|employee|commander|team|person|people|somebody|someone|everybody|everyone|nobody|no one)s?"
)
_SYSTEM = (
    r"(?:mongo(?:db)?|atlas|redis|sentinel|postgres(?:ql)?|mysql|kafka|kubernetes|docker|nginx|aws|azure|google|stripe"
    r"|cloudflare|slack|github|gitlab|datadog|grafana|prometheus|linux|python|java|node|the|this|that|it|its|which|and"
    r"|but|when|once|after|then|also|both|all|each|our|two|three|one|no|not|requests?|queries|writes?|reads?|backups?"
    r"|alerts?|service|server|servers|deploy(?:ment)?|upgrade|migration|restore|recovery|replication|failover)"
)
# A pronoun, a role, `@ada`, or a capitalised word that is no system's name: somebody.
SOMEBODY = (
    rf"(?:\b(?:[Hh]e|[Ss]he|[Tt]hey|I|[Ww]e|[Yy]ou|[Ww]ho)\b|\b(?:(?i:(?:the|our|an?|one)\s+)?(?i:{_ROLE}))\b|@[\w.-]+"
    rf"|\b(?!(?i:{_SYSTEM})\b)[A-Z][a-zà-ÿ]+(?:\s+[A-Z][a-zà-ÿ'’-]+)?\b)"
)


@dataclass(frozen=True)
class Rule:
    """What blames, and what to try in its place."""

    pattern: re.Pattern[str]
    instead: str


def _rule(pattern: str, instead: str) -> Rule:
    return Rule(re.compile(pattern), instead)


# In the order of the table in docs/terminal.md.
RULES = (
    _rule(
        rf"{SOMEBODY}\s+(?:really\s+)?(?:should|ought to)(?:n['’]t| not)? have\b",
        "Say what was known at that moment, and what made the choice look right.",
    ),
    _rule(
        rf"{SOMEBODY}\s+(?:had\s+|has\s+|have\s+)?(?:fail(?:ed)?|neglected|omitted) to\b",
        "Say what was done, and what would have shown that more was needed.",
    ),
    _rule(
        rf"{SOMEBODY}\s+(?:had\s+|has\s+|have\s+)?(?:forgot(?:ten)?|overlooked|did(?:n['’]t| not) bother)\b",
        "Say which reminder, check or alarm was not there.",
    ),
    _rule(r"(?i)\b(?:human|operator|user|pilot) error\b", "Name the step that allowed it, and what would catch it."),
    _rule(
        r"(?i)\b(?:careless(?:ly|ness)?|negligen(?:t|ce|tly)|sloppy|sloppiness|incompeten(?:t|ce)|reckless(?:ly)?|lazy"
        r"|stupid(?:ity|ly)?|foolish(?:ly)?|unprofessional)\b",
        "Leave the judgement out, and say what happened.",
    ),
    _rule(
        r"(?i)\b(?:(?:is|was|were|are|at) (?:\w+['’]s |his |her |their |my |our )?fault\b(?! tolerant)|fault of\b"
        r"|to blame\b|(?:is|was|are|were) guilty)",
        "Say which conditions came together.",
    ),
    _rule(
        r"(?i)\b(?:his|her|their|\w+['’]s) (?:mistake|blunder|negligence|fault)\b|\bscrewed up\b|\bmessed up\b",
        "Say what was done and what it led to; the person is not needed for that.",
    ),
    _rule(
        r"(?i)\b(?:simply|just) (?:had to|needed to|should have)\b|\bit was obvious\b|\bobviously should\b"
        r"|\bcommon sense\b",
        "It looks simple afterwards. Say what could be seen at that moment.",
    ),
)


def blamed(line: str) -> tuple[tuple[str, str], ...]:
    """The words of a line that blame, each with what to try; what is quoted in code is left alone."""
    said = re.sub(r"`[^`]*`", lambda code: " " * len(code[0]), line)
    return tuple((found[0].strip(), rule.instead) for rule in RULES for found in rule.pattern.finditer(said))
