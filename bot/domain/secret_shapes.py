"""How secrets look, and what people write before them. Tables only; redaction.py applies them.

Every repetition is bounded or possessive (`++`), and a token can begin only where a run of its letters begins, so that
hostile text costs time in step with its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Doubt(Enum):
    """How much a value must look like a secret before it is cut."""

    NONE = "password=…: whatever stands there, but for words such as null and required"
    SOME = "password: …: not a plain word that a sentence goes on after"
    HALF = "api_key: …: like MUCH, but anything long after = or in quotes"
    MUCH = "token: …: mixed letters and digits, or long"
    MOST = "the password is …: only what no sentence would hold"


@dataclass(frozen=True)
class Shape:
    """A secret known by its own look; the group `secret` is cut."""

    kind: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Lead:
    """Words that a secret follows."""

    kind: str
    doubt: Doubt
    pattern: re.Pattern[str]


def _shape(kind: str, *parts: str) -> Shape:
    return Shape(kind, re.compile("".join(parts)))


def _token(kind: str, *forms: str) -> Shape:
    return _shape(kind, r"(?<![A-Za-z0-9_-])(?P<secret>", "|".join(forms), r")(?![A-Za-z0-9])")


def _lead(kind: str, doubt: Doubt, *parts: str) -> Lead:
    return Lead(kind, doubt, re.compile("".join(parts), re.IGNORECASE | re.MULTILINE))


_ADDRESS = (
    r":\\?/\\?/[^\s:/@\"'<>\[\]\\]{0,200}:(?!\[redacted:)"  # scheme:// and the user; slashes as JSON may write them
)
_REST_OF_WORD = r"(?P<secret>(?!\[redacted:)[^\s\"'<>|)\]]++)"

SHAPES = (
    # Slack turns `pw@host.example` into an e-mail link.
    _shape("password", _ADDRESS, r"<mailto:(?P<secret>[^@|>\s]{1,200})@[^|>\s]{1,200}\|(?P<again>[^>\s]{1,400})>"),
    _shape("password", _ADDRESS, r"(?P<secret>[^\s/\"'<>\\]{1,400})@(?=[^\s@])"),
    _shape("password", _ADDRESS, r"(?![0-9]{1,5}[/,?])(?P<secret>[^\s\"'<>@]{1,400})@(?=[A-Za-z0-9])"),
    _shape("token", r":\\?/\\?/(?P<secret>(?=[A-Za-z_-]{0,199}[0-9])[A-Za-z0-9_-]{20,200})@"),
    _shape("webhook", r"hooks\.slack(?:-gov)?\.com\\?/(?:services|workflows|triggers)\\?/", _REST_OF_WORD),
    _shape("webhook", r"(?:discord(?:app)?\.com/api/webhooks|webhook\.office\.com/webhookb2)/", _REST_OF_WORD),
    _shape("slack-token", r"(?<![A-Za-z0-9])(?P<secret>(?:xoxe\.)?xox[a-z](?:-[A-Za-z0-9]++){1,12}+)"),
    _shape("slack-token", r"(?<![A-Za-z0-9])(?P<secret>xapp(?:-[A-Za-z0-9]++){2,12}+)"),
    _token("jwt", r"eyJ[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]++){1,4}+"),
    _token("aws-key", "(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA)[A-Z0-9]{16}"),
    _token("github-token", "gh[pousr]_[A-Za-z0-9]{20,}+", "github_pat_[A-Za-z0-9_]{20,}+"),
    _token("gitlab-token", "gl(?:pat|dt|rt|ptt|cbt|ft|soat)-[A-Za-z0-9_-]{16,}+"),
    _token("google-key", "AIza[A-Za-z0-9_-]{30,}+", r"ya29\.[A-Za-z0-9_-]{20,}+", "GOCSPX-[A-Za-z0-9_-]{20,}+"),
    _token("stripe-key", "[sr]k_(?:live|test)_[A-Za-z0-9]{10,}+", "whsec_[A-Za-z0-9+/=]{10,}+"),
    _token("api-key", "sk-(?:[a-z0-9]{2,12}-){0,2}[A-Za-z0-9_]{20,}+", r"SG\.[A-Za-z0-9_-]{16,}+\.[A-Za-z0-9_-]{16,}+"),
    _token("api-key", "(?:npm|hf|shpat|shpss|dop_v1|dckr_pat|lin_api|sntrys)_[A-Za-z0-9_-]{24,}+"),
    _token("api-key", "(?:NRAK|pypi|PMAK|ATATT3)-?[A-Za-z0-9_=-]{24,}+", r"hv[sb]\.[A-Za-z0-9_-]{20,}+"),
    _token("api-key", "(?:SK|key-)[0-9a-f]{32}", "AGE-SECRET-KEY-1[A-Z0-9]{20,}+"),
    _shape("cookie", r"(?i:cookie)(?:\\?[\"'])?:\s{0,3}(?:\\?[\"'])?(?P<secret>[\w.-]{1,100}=[^\n\"']{4,}+)"),
)  # fmt: skip

_CLOSE = r"(?:\\?[\"'`]|\*\*)?"  # what may end the key: a quote in JSON, bold in Markdown
_IS = rf"{_CLOSE}[ \t]{{0,3}}(?:=>|:=|==?|:(?:\*\*)?)\s{{0,3}}"
_EQUALS = rf"{_CLOSE}[ \t]{{0,3}}(?:=>|:=|=(?!=))[ \t]{{0,3}}"
_COLON = rf"{_CLOSE}[ \t]{{0,3}}:(?![=/])(?:\*\*)?\s{{0,3}}"

_PASSWORD = (
    r"(?:pass(?:word|wd|phrase|code)|(?<=_)pass|master_?auth|requirepass"
    r"|(?<![a-z])pwd(?!\s{0,3}[:=]\s{0,3}[/~])|(?<=[_a-z])pwd(?=[\"'\s=:]))"  # PWD=/home/app is a folder
)
_NAMED_SECRET = (
    r"(?:(?:client|shared|signing|app|jwt|session|consumer|webhook|auth|cookie|hmac)[_.-]?secret"
    r"|secret[_.-]?(?:access[_.-]?)?key|(?:encryption|account|shared[_.-]?access|private|master|license|storage)[_.-]?key"
    r"|api[_. -]?(?:key|token|secret)|app[_.-]?key|access[_.-]?key(?![_.-]?id)|credentials?"
    r"|(?:access|auth|refresh|bearer|bot|id|session|csrf|deploy|vault|private)[_.-]?token)"
)
_SQL_CLIENT = r"(?<![\w-])(?:mysql(?:dump|admin|import|sh)?|mariadb(?:-dump)?|sshpass|ldapsearch)(?![\w.])"
_MONGO_CLIENT = r"(?<![\w-])mongo(?:sh|dump|restore|export|import|stat|top)?(?![\w.])"
_OPTION = r"--?(?:pass(?:word|wd|phrase)?|pwd|secret|token|api-?key|access-?key|client-?secret|auth-?token)"
_SCHEMES = r"(?:bearer|basic|token|digest|negotiate|apikey|splunk|bot)"

LEADS = (
    _lead("authorization", Doubt.NONE, rf"authorization{_IS}(?:\\?[\"'`])?{_SCHEMES}\s{{1,3}}"),
    _lead("authorization", Doubt.MUCH, rf"authorization{_IS}(?!{_SCHEMES}\s)"),
    _lead("authorization", Doubt.MOST, r"(?<![\w-])(?:bearer|basic)[ \t]{1,3}"),
    _lead("password", Doubt.NONE, rf"(?<!\S){_OPTION}="),
    _lead("password", Doubt.SOME, rf"(?<!\S){_OPTION}[ \t]{{1,3}}(?!-)"),
    _lead("password", Doubt.NONE, rf"(?:{_SQL_CLIENT}|{_MONGO_CLIENT})[^\n]{{0,200}}?\s-p(?=[^\s-])(?!ort\b|ath\b)"),
    _lead(
        "password",
        Doubt.NONE,
        rf"(?:{_MONGO_CLIENT}|sshpass)[^\n]{{0,200}}?\s-p[ \t]{{1,3}}(?![0-9:.]{{1,20}}(?:\s|$)|-)",
    ),
    _lead("password", Doubt.NONE, r"(?<![\w-])redis-cli(?![\w.])[^\n]{0,200}?\s-a[ \t]{0,3}"),
    _lead(
        "password", Doubt.NONE, r"(?<![\w-])curl(?![\w.])[^\n]{0,300}?\s(?:-u|--user)[ =]{0,2}[\"']?[^\s:\"']{1,100}:"
    ),
    _lead("password", Doubt.SOME, r"(?:requirepass|masterauth|auth-pass[ \t]\S{1,100})(?:\\?[\"'`])?,?[ \t]{1,3}"),
    _lead("password", Doubt.SOME, r"(?:^|[>\"'`])[ \t]?(?-i:AUTH)[ \t]{1,3}(?:default[ \t]{1,3})?"),
    _lead("password", Doubt.MOST, r"(?-i:(?<![\w-])AUTH)[ \t]{1,3}(?:default[ \t]{1,3})?"),
    _lead("password", Doubt.MOST, r"(?-i:(?<![\w-])AUTH)[ \t]{1,3}[\w.-]{1,60}[ \t]{1,3}(?=\S{1,200}[ \t]{0,3}$)"),
    _lead("password", Doubt.SOME, r"^\S{0,60}>[ \t]?auth[ \t](?:[\w.-]{1,60}[ \t](?=\S{1,200}$))?"),
    _lead("password", Doubt.NONE, r"identified[ \t]{1,3}(?:with[ \t]{1,3}\S{1,40}[ \t]{1,3})?by[ \t]{1,3}(?=['\"])"),
    _lead("password", Doubt.NONE, r"(?:password|pwd:)[ \t]{1,3}(?=['\"`][^\s'\"`]{1,200}['\"`])"),
    _lead("password", Doubt.NONE, r"login[ \t]{1,3}\S{1,100}[ \t]{1,3}password[ \t]{1,3}"),
    _lead("password", Doubt.NONE, rf"<(?:\w{{1,20}}:)?(?:{_PASSWORD}|{_NAMED_SECRET}|secret)>"),
    _lead("password", Doubt.NONE, _PASSWORD, _EQUALS),
    _lead(
        "password", Doubt.SOME, r"(?-i:(?<![A-Z0-9_])[A-Z0-9_]{1,40}_AUTH)=(?!=)"
    ),  # REDISCLI_AUTH=…, as redis-cli reads it
    _lead("password", Doubt.SOME, _PASSWORD, _COLON),
    _lead("password", Doubt.NONE, r"(?<![a-z_])pass=(?![0-9]{1,5}(?:\s|$))"),
    _lead(
        "password",
        Doubt.MOST,
        r"pass(?:word|phrase|wd|code)\s{1,3}(?:is|was|to)(?:\snow|\s(?:re)?set\sto|\schanged\sto)?:?\s{1,3}",
    ),
    _lead("api-key", Doubt.HALF, r"(?:(?<![a-z])|(?<=[_.-]))", _NAMED_SECRET, _IS),
    _lead("secret", Doubt.HALF, "secret", _IS),
    _lead("token", Doubt.MUCH, r"(?<![a-z])token", _IS),
)

# What stands after `password:` in sentences, configuration and logs, and is none.
PLAIN_WORDS = frozenset(
    """
    a all also an and any are argument as at auth authentication be been before bug but by can cannot change changed
    command commands could default does empty env error errors expired expires expiry fail failed failing fails
    failure false field flag for form from had has have he hidden how i if in incorrect invalid is issue it its
    leaked length link login lost manager mandatory may me message missing must my n/a never new nil no nobody none
    not now null of off ok on only option optional or our page parameter policy prompt request requests required
    reset resets rotated rotation rules same screen service set she should so some still store str string stuff that
    the they this time timeouts to too traffic true try undefined unknown unset us used user via wait was we were
    what when which who why will with works wrong yes you your
    """.split()  # noqa: SIM905 (one word a line would be a page)
)
