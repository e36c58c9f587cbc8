"""Who may read the pages, and the links that let people in. Pure: the day is handed in.

On this machine alone the pages are open to read. Where others can reach them, a link from Slack carries a key: a hash
over the workspace and the day, made with a secret that both Slack's side and the pages know and that itself is in no
link. A personal key is over the person too: whoever comes with it may write under that name, and nobody else may.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

VALID_DAYS = 7
KEY_CHARS = 32  # hex digits: 128 bits, and short enough for a topic or a bookmark
MAX_OPENER_CHARS = 100


class Doors(Protocol):
    """What of the settings decides about the pages."""

    @property
    def pages_url(self) -> str: ...
    @property
    def pages_are_local(self) -> bool: ...
    @property
    def muster_url(self) -> str: ...
    @property
    def slack_signing_secret(self) -> str: ...
    @property
    def slack_bot_token(self) -> str: ...


def signed(settings: Doors, team_id: str, path: str, now: datetime, *, user_id: str = "") -> str:
    """Return the address of a page, with a key where reading needs one; with `user_id`, always with that person's own.

    `path` begins with a slash; "" gives a prefix that every path of ours can follow. `now` is the machine's time.
    """
    secret = page_secret(settings)
    if not secret or (are_open(settings) and not user_id):
        return f"{settings.pages_url}{path}"
    day = now.astimezone(UTC).date()
    made = personal(secret, team_id, user_id, day) if user_id else opener(secret, team_id, day)
    return link(settings.pages_url, path, made)


def are_open(settings: Doors) -> bool:
    """Whether only this machine reaches the pages. An address for others means that something passes them on."""
    outside = urlsplit(settings.muster_url).hostname if settings.muster_url else ""
    return settings.pages_are_local and (not outside or is_loopback(outside))


def is_loopback(host: str) -> bool:
    """Whether a host's name or address means this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def page_secret(settings: Doors) -> str:
    """Return what keys are made with, "" when Slack has given us nothing secret: then no key opens anything."""
    if settings.slack_signing_secret:
        return settings.slack_signing_secret
    token = settings.slack_bot_token
    return hashlib.sha256(b"pages:" + token.encode()).hexdigest() if token else ""


def page_key(secret: str, team_id: str, day: date) -> str:
    """Return the key of a workspace for one day, KEY_CHARS hex digits."""
    return _hashed(secret, _says(team_id, "", day))


def personal(secret: str, team_id: str, user_id: str, day: date) -> str:
    """Return an opener that says who its reader is, so that they may write. Only that very person is shown it."""
    return f"{team_id}.{user_id}.{_hashed(secret, _says(team_id, user_id, day))}"


def opener(secret: str, team_id: str, day: date) -> str:
    """Return what a link carries and a cookie keeps: the workspace and its key."""
    return f"{team_id}.{page_key(secret, team_id, day)}"


def link(pages_url: str, path: str, opener: str) -> str:
    """Return a link that lets its reader in and goes on to `path`. It holds no character that Slack would escape."""
    return f"{pages_url}/enter/{opener}{path}"


def team_of(secret: str, opener: str, today: date) -> str | None:
    """Return the workspace that an opener is for; None when it is forged, of tomorrow, or VALID_DAYS old."""
    found = _read(secret, opener, today)
    return found[0] if found else None


def person_of(secret: str, opener: str, today: date) -> str:
    """Return whose opener it is; "" for a workspace's, which everybody in it sees, and for one that opens nothing."""
    found = _read(secret, opener, today)
    return found[1] if found else ""


def _read(secret: str, opener: str, today: date) -> tuple[str, str] | None:
    whose, dot, key = opener.rpartition(".")
    if not secret or not dot or len(opener) > MAX_OPENER_CHARS:
        return None
    team_id, _, user_id = whose.partition(".")
    given = key.encode("utf-8", "replace")
    days = (today - timedelta(days=age) for age in range(VALID_DAYS))
    made = (_hashed(secret, _says(team_id, user_id, day)) for day in days)
    return (team_id, user_id) if any(hmac.compare_digest(given, one.encode()) for one in made) else None


def _says(team_id: str, user_id: str, day: date) -> str:
    return f"person:{team_id}:{user_id}:{day.isoformat()}" if user_id else f"pages:{team_id}:{day.isoformat()}"


def _hashed(secret: str, said: str) -> str:
    return hmac.new(secret.encode(), said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:KEY_CHARS]
