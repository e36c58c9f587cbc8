"""Places as an inventory writes them: `host:port`, URLs, paths. Strict, since a driver would read much more into them.

What is refused is not repeated: an address with a name and a password in it is the commonest mistake.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.domain.addresses import canonical, host_fault
from bot.domain.inventory import Member
from bot.store.frontmatter import Fault

MAX_URL_CHARS = 500
MAX_PATH_CHARS = 400

# What fsspec opens without a chain of file systems. Of a bucket, only the library of its cloud knows the host.
WITH_A_HOST = ("https", "http", "sftp", "ftp")
WITH_A_BUCKET = ("s3", "gs", "az", "abfs")

_BUCKET = re.compile(r"[a-z0-9]+://[A-Za-z0-9][\w.-]{0,99}(/|$)", re.ASCII)
_PASSWORD = re.compile(r":[^@]+@")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_BEYOND_HOST = re.compile(r"[/@?,\\%\s]")
# Beside plain ASCII without @ ? # % the chain of file systems, a::b, which within brackets is an address.
_BEYOND_URL = re.compile(r"[^!$&'()*+,./0-9:;=A-Z\[\]_a-z~-]|::(?![0-9A-Fa-f:.]*\])")


def member(line: int, text: str, port: int, part: str = "") -> Member:
    """Read `host:port`; `port` where none is written. Raises Fault."""
    _refuse_password(line, text, "host:port")
    if _BEYOND_HOST.search(text):
        says = "this is more than a host and a port: a URI, a socket, or options"
        raise Fault(line, says, "write host:port; options have keys of their own")
    host, written = _split(line, text)
    if written and not _is_port(written):
        raise Fault(line, f'"{written[:10]}" is not a port', "ports go from 1 to 65535")
    return Member(host=_host(line, host), port=int(written or port), part=part)


def url(line: int, text: str, schemes: tuple[str, ...]) -> str:
    """Return the host of a URL. Raises Fault for another scheme, a password, a query, or an odd host."""
    _refuse_password(line, text, "scheme://host:port/path")
    scheme, found, _ = text.partition("://")
    if not found or scheme not in schemes:
        raise Fault(
            line, f"this is no address that begins with {' or '.join(f'{s}://' for s in schemes)}", "write all of it"
        )
    _refuse_beyond(line, text)
    try:
        authority = urlsplit(text).netloc
    except ValueError as error:
        raise Fault(line, "the host of this address cannot be read", "write https://host/path") from error
    host, port = _split(line, authority)
    if not host or (port and not _is_port(port)):
        raise Fault(line, "the host or the port of this address cannot be read", "write https://host:8443/path")
    return _host(line, host)


def backup_place(line: int, text: str) -> str:
    """Check where backups lie: an absolute path, or a URL. Raises Fault."""
    if not text.startswith("/"):
        _refuse_password(line, text, "scheme://host/path")
    scheme = text.partition("://")[0]
    if text.startswith("/"):
        path(line, text)
    elif scheme in WITH_A_HOST:
        url(line, text, WITH_A_HOST)
    elif scheme in WITH_A_BUCKET:
        _refuse_beyond(line, text)
        if not _BUCKET.match(text):
            raise Fault(line, "the bucket of this address cannot be read", f"write {scheme}://bucket/folder")
    else:
        known = ", ".join(f"{one}://" for one in (*WITH_A_BUCKET, *WITH_A_HOST))
        raise Fault(line, "this is no place where backups can be looked at", f"write /a/folder, or one of {known}")
    return text


def path(line: int, text: str) -> str:
    """Check an absolute path on this machine. Raises Fault."""
    if not text.startswith("/") or ".." in text.split("/") or not text.isprintable() or len(text) > MAX_PATH_CHARS:
        raise Fault(line, "this is not an absolute path", "write it from / on, without ..")
    return text


def has_password(text: str) -> bool:
    """Whether an address has a password in it: `redis://:secret@host`, `root:secret@host`."""
    return bool(_PASSWORD.search(text.partition("://")[2] or text))


def _refuse_password(line: int, text: str, form: str) -> None:
    if has_password(text):
        hint = f"change that password, it stands in a file now; write {form}, and user and password_env as keys"
        raise Fault(line, "this address has a password in it", hint)


def _refuse_beyond(line: int, text: str) -> None:
    if len(text) > MAX_URL_CHARS:
        raise Fault(line, f"this address has more than {MAX_URL_CHARS} characters", "shorten it")
    if _BEYOND_URL.search(text.partition("://")[2]):
        says = "this address has more in it than host, port and path: a name, a password, a query or an odd sign"
        raise Fault(line, says, "write scheme://host:port/path; user and password_env are keys of their own")


def _split(line: int, text: str) -> tuple[str, str]:
    """The host and what stands after it as a port, "" for none. An address of IPv6 may stand in brackets."""
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        if not closed or ":" not in host or (rest and not rest.startswith(":")) or rest == ":":
            raise Fault(line, "the brackets do not hold an address", "write [fd00::1]:27017")
        return host, rest[1:]
    if text.count(":") > 1:
        raise Fault(line, "an address of IPv6 stands in brackets", "write [fd00::1]:27017")
    host, colon, port = text.partition(":")
    if colon and not port:
        raise Fault(line, "there is a colon and no port after it", "write host:port, or the host alone")
    return host, port


def _host(line: int, host: str) -> str:
    if not host:
        raise Fault(line, "the host is empty", "write host:port")
    if why := host_fault(host):
        raise Fault(line, f"this host {why}", "write a name as db1.internal, or an address as 10.0.0.1 or [fd00::1]")
    return canonical(host)


def _is_port(text: str) -> bool:
    return bool(_PORT.fullmatch(text)) and int(text) <= 65535
