"""What is looked at in a system: its members, or the one address that a system without members has."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.domain.inventory import Member, System, SystemKind

ATLAS_URL = "https://cloud.mongodb.com"
_PORTS = {"http": 80, "https": 443}


def address(system: System) -> Member:
    """The address of a system without members, as a member; a folder's host is `files`."""
    parts = urlsplit(str(system.options.get("url") or system.options.get("api_url") or ""))
    if system.kind is SystemKind.ATLAS and not parts.hostname:
        parts = urlsplit(ATLAS_URL)
    if system.kind is SystemKind.BACKUP or not parts.hostname:
        return Member(host="files", port=0)
    return Member(host=parts.hostname, port=parts.port or _PORTS.get(parts.scheme, 0))


def hosts(system: System) -> tuple[str, ...]:
    """The hosts that a look may reach; empty for a folder, and for a store whose library knows its hosts itself."""
    if system.kind is SystemKind.BACKUP:
        return ()
    return tuple(dict.fromkeys(member.host for member in system.members or (address(system),)))
