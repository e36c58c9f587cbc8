"""Sends notes as signed requests over one kept connection, and prints how many milliseconds each answer took."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import sys
import time
from urllib.parse import urlencode

WARM_UP = 50
PAUSE_S = 0.01
PATH = "/slack/events"


def main(port: str, team: str, channel: str, user: str, secret: str, count: str) -> None:
    """Send `count` notes, one after the other with a pause as between people, after some to warm up."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port))
    for number in range(int(count) + WARM_UP):
        took_ms = send(connection, number, {"team_id": team, "channel_id": channel, "user_id": user}, secret)
        if number >= WARM_UP:
            print(f"{took_ms:.3f}")
        time.sleep(PAUSE_S)


def send(connection: http.client.HTTPConnection, number: int, who: dict[str, str], secret: str) -> float:
    """Send one note and return the milliseconds from the first byte sent to the last byte of the answer."""
    body = urlencode(
        who
        | {"command": "/incident", "text": f"note entry {number}", "user_name": "ada", "trigger_id": f"bench.{number}"}
    ).encode()
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature}",
    }
    began = time.perf_counter()
    connection.request("POST", PATH, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    took_ms = (time.perf_counter() - began) * 1000
    assert answer.status == 200 and b":memo:" in said, (answer.status, said[:300])
    return took_ms


if __name__ == "__main__":
    main(*sys.argv[1:])
