"""Sends notes as signed requests over one kept connection, and prints how many milliseconds each answer took."""

from __future__ import annotations

import hashlib
import hmac
import socket
import sys
import time
from urllib.parse import urlencode

WARM_UP = 50
PATH = "/slack/events"


def main(port: str, team: str, channel: str, user: str, secret: str, count: str, pause_s: str) -> None:
    """Send `count` notes, one after the other with `pause_s` between, after some to warm up."""
    connection = socket.create_connection(("127.0.0.1", int(port)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for number in range(int(count) + WARM_UP):
        took_ms = send(connection, number, {"team_id": team, "channel_id": channel, "user_id": user}, secret)
        if number >= WARM_UP:
            print(f"{took_ms:.3f}")
        time.sleep(float(pause_s))


def send(connection: socket.socket, number: int, who: dict[str, str], secret: str) -> float:
    """Send one note and return the milliseconds from the first byte sent to the last byte of the answer."""
    body = urlencode(
        who
        | {"command": "/incident", "text": f"note entry {number}", "user_name": "ada", "trigger_id": f"bench.{number}"}
    ).encode()
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nX-Slack-Request-Timestamp: {stamp}\r\n"
        f"X-Slack-Signature: v0={signature}\r\n\r\n"
    )
    request = head.encode() + body
    began = time.perf_counter()
    connection.sendall(request)
    said = receive(connection)
    took_ms = (time.perf_counter() - began) * 1000
    assert said.startswith(b"HTTP/1.1 200") and b":memo:" in said, said[:300]
    return took_ms


def receive(connection: socket.socket) -> bytes:
    """Return one whole answer: its length stands in its head."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += connection.recv(65536)
    head, _, body = said.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head + body


if __name__ == "__main__":
    main(*sys.argv[1:])
