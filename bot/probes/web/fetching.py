"""One GET within its time: whatever the server sends, and however slowly, it costs the deadline and 1 MB at most.

A timeout of httpx is for one read, so a server that sends a byte a second never meets it, in its headers as little as
in its body. Here a timer shuts the connection when the time is up.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.probes.seen import Answer, Trouble

MOST_BYTES = 1_000_000  # of a body
MOST_HOPS = 3  # redirects, on the same host only
CONNECT_SHARE = 0.5  # of the time for connecting, and as much again for TLS
OPENED = ("connection.connect_tcp.complete", "connection.start_tls.complete")  # httpx, the trace extension
DAY_S = 86_400


@dataclass(frozen=True, kw_only=True)
class Page:
    """What came back. `status` is None where the other side answered without HTTP: `refusal` says how."""

    url: httpx.URL
    status: int | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytes = b""
    whole: bool = True  # False: there was more than MOST_BYTES
    took_s: float = 0.0
    certificate_days: float | None = None
    refusal: str = ""  # "connection refused", "certificate has expired"


class Line:
    """The one connection that a look has to a web server. Not for two threads."""

    def __init__(self, auth: httpx.Auth | None = None, ca_file: str = "") -> None:
        self._auth = auth or httpx.Auth()
        self._stream: Any = None  # httpcore's network stream
        self._client = httpx.Client(
            verify=_trusted(ca_file),
            trust_env=False,  # no proxy and no password of this machine: the address is the one of the inventory
            follow_redirects=False,
            limits=httpx.Limits(max_connections=1),
            headers={"User-Agent": "muster-probe", "Accept-Encoding": "identity"},  # nothing to unpack, so no bombs
        )

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def get(self, url: str, within_s: float, headers: Mapping[str, str] | None = None) -> Page | Answer:
        """Fetch `url`, following redirects on the same host. An Answer says why there is no page."""
        began = time.monotonic()
        timer = threading.Timer(within_s, self._cut)
        timer.daemon = True
        timer.start()
        try:
            page = self._fetch(httpx.URL(url), began, within_s, headers)
            for _ in range(MOST_HOPS):
                ahead = _ahead(page)
                if ahead is None:
                    break
                page = self._fetch(ahead, began, within_s, headers)
            return page
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, LookupError, NotImplementedError) as error:
            return _why_none(error, time.monotonic() - began, within_s)
        finally:
            timer.cancel()

    def _fetch(self, url: httpx.URL, began: float, within_s: float, headers: Mapping[str, str] | None) -> Page:
        left = max(0.01, began + within_s - time.monotonic())
        timeout = httpx.Timeout(left, connect=left * CONNECT_SHARE)
        request = self._client.build_request("GET", url, headers=headers, timeout=timeout)
        request.extensions["trace"] = self._trace
        try:
            return self._read(request, url, began, within_s)
        except httpx.ConnectError as error:
            refusal = _refusal(error)
            if not refusal:
                raise
            return Page(url=url, refusal=refusal, took_s=time.monotonic() - began)

    def _read(self, request: httpx.Request, url: httpx.URL, began: float, within_s: float) -> Page:
        """Send, and once more with the password when the server asks for one; only the last body is read."""
        flow = self._auth.sync_auth_flow(request)
        request = next(flow)
        while True:
            with contextlib.closing(self._client.send(request, stream=True)) as response:
                try:
                    request = flow.send(response)
                except StopIteration:
                    body, whole = _body(response, began + within_s)
                    return Page(
                        url=url,
                        status=response.status_code,
                        headers=response.headers,
                        body=body,
                        whole=whole,
                        took_s=time.monotonic() - began,
                        certificate_days=_certificate_days(response),
                    )

    def _trace(self, event: str, given: Mapping[str, Any]) -> None:
        if event in OPENED:
            self._stream = given["return_value"]

    def _cut(self) -> None:
        """End whatever is being waited for: a read from a shut connection returns at once."""
        line = self._stream.get_extra_info("socket") if self._stream else None
        if line:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


def _trusted(ca_file: str) -> ssl.SSLContext:
    """The authorities that httpx brings, those of this machine, where a company's own stands, and that of a file."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _body(response: httpx.Response, until: float) -> tuple[bytes, bool]:
    """What came up to MOST_BYTES, and whether that was all. Raises ReadTimeout when the time is up."""
    found = bytearray()
    for chunk in response.iter_raw():
        found += chunk
        if len(found) > MOST_BYTES:
            return bytes(found[:MOST_BYTES]), False
    if time.monotonic() >= until:  # the end of the body is our own: the connection was shut
        raise httpx.ReadTimeout("the body has no end")
    return bytes(found), True


def _ahead(page: Page) -> httpx.URL | None:
    """Where a redirect leads, if it stays on the host: to the same port, or from http to https."""
    if page.status not in (301, 302, 303, 307, 308) or not page.headers.get("location"):
        return None
    ahead = page.url.join(page.headers["location"])
    same = (ahead.scheme, ahead.host, ahead.port) == (page.url.scheme, page.url.host, page.url.port)
    safer = (page.url.scheme, ahead.scheme) == ("http", "https") and ahead.port == page.url.port is None
    return ahead if same or (safer and ahead.host == page.url.host) else None


def _certificate_days(response: httpx.Response) -> float | None:
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream else None
    ends = (tls.getpeercert() or {}).get("notAfter") if tls else None
    return (ssl.cert_time_to_seconds(ends) - time.time()) / DAY_S if ends else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    ahead: BaseException | None = error
    while ahead is not None:
        yield ahead
        ahead = ahead.__cause__ or ahead.__context__


def _refusal(error: BaseException) -> str:
    """How the other side said no, which is an answer; "" when nothing came from there."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message or "certificate not accepted"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
    return ""


def _why_none(error: Exception, took_s: float, within_s: float) -> Answer:
    if isinstance(error, httpx.TimeoutException) or took_s >= within_s:
        return Answer(trouble=Trouble.SILENT, says=f"no answer in {took_s:.1f} s", took_s=took_s)
    if isinstance(error, httpx.ConnectError):
        return Answer(trouble=Trouble.UNREACHABLE, says=_no_way(error), took_s=took_s)
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return Answer(trouble=Trouble.BROKEN, says="the connection ended early or was no HTTP", took_s=took_s)
    return Answer(trouble=Trouble.BROKEN, says=type(error).__name__, took_s=took_s)


def _no_way(error: Exception) -> str:
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return "its name has no address"
        if isinstance(cause, ssl.SSLError):
            return "TLS fails"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
    return "no connection"
