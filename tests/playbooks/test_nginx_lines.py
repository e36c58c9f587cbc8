"""What the playbooks have people write into nginx, run for real: a site of ours before an origin of ours."""

import collections
import http.client
import http.server
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.playbooks import load

STEPS = {
    step.number: step
    for book in load(Path(__file__).parents[2] / "playbooks").playbooks
    if book.name == "shed-load-at-edge"
    for step in book.steps
}
SUDO = '#!/bin/sh\nexec "$@"\n'
BROWSER = "Mozilla/5.0"
EDGE = "127.0.0.9"  # an address that nobody else here takes a port of
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


class Origin(http.server.BaseHTTPRequestHandler):
    """Numbers its answers, so that one that is told twice was kept by somebody else."""

    told = 0

    def do_GET(self) -> None:
        Origin.told += 1
        body = f"{Origin.told}".encode()
        self.send_response(200)
        if "login" in self.path:
            self.send_header("Set-Cookie", "SESSION=1")
        if "mine" in self.path:
            self.send_header("Cache-Control", "private")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Says nothing."""


def free() -> int:
    with socket.socket() as one:
        one.bind((EDGE, 0))
        return one.getsockname()[1]


def written(number: int, mark: str) -> str:
    """What a step has people write into the configuration by hand: the one piece of it with `mark`."""
    body = STEPS[number].body
    pieces = [*re.findall(r"`([^`\n]+)`", body), *re.findall(r"^```nginx\n(.*?)^```", body, re.MULTILINE | re.DOTALL)]
    (found,) = (piece for piece in pieces if mark in piece)
    return found


class Nginx:
    """An nginx of our own in a folder, which takes the page's lines with its paths put there."""

    def __init__(self, folder: Path, origin: int) -> None:
        self.folder, self._origin, self.port = folder, origin, free()
        for name in ("conf.d", "cache", "tools"):
            (folder / name).mkdir()
        own = f'exec {NGINX} -p {folder} -c {folder}/nginx.conf "$@"\n'
        for name, script in {"sudo": SUDO, "nginx": f"#!/bin/sh\n{own}"}.items():
            (folder / "tools" / name).write_text(script)
            (folder / "tools" / name).chmod(0o755)

    def typed(self, text: str) -> str:
        """What bash makes of the text. Fails unless all of it ends well."""
        for there, here in {"/etc/nginx/": f"{self.folder}/", "/var/cache/": f"{self.folder}/cache/"}.items():
            text = text.replace(there, here)
        env = os.environ | {"PATH": f"{self.folder}/tools:{os.environ['PATH']}"}
        words = ["bash", "-e", "-c", text]
        done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def block(self, number: int, mark: str, **given: str) -> None:
        """Type the one block of a step that has `mark` in it, without the lines that ask a site of theirs."""
        blocks = re.findall(r"^```\S+ run\n(.*?)^```", STEPS[number].body, re.MULTILINE | re.DOTALL)
        (found,) = (block for block in blocks if mark in block)
        ours = "".join(f"{line}\n" for line in found.splitlines() if not re.match(r"(curl|aws) ", line))
        self.taken(re.sub(r"\{\{(\w+)(?::\w+)?\}\}", lambda gap: given[gap[1]], ours))

    def undo(self, number: int) -> None:
        (line,) = (span for span in re.findall(r"`([^`]+)`", STEPS[number].undo) if "nginx -s reload" in span)
        self.taken(line)

    def site(self, server: str = "", location: str = "") -> None:
        """Write the site's own file, with these pieces in its server and in its location."""
        (self.folder / "nginx.conf").write_text(f"""
            user {pwd.getpwuid(os.geteuid()).pw_name};
            pid {self.folder}/pid; error_log {self.folder}/error.log;
            events {{ worker_connections 200; }}
            http {{
                access_log off;
                include {self.folder}/conf.d/*.conf;
                server {{
                    listen {EDGE}:{self.port};
                    {server.replace("/etc/nginx/", f"{self.folder}/")}
                    location / {{ {location} proxy_pass http://127.0.0.1:{self._origin}; }}
                }}
            }}""")

    def ask(self, path: str = "/", source: str = "127.0.0.1", **headers: str) -> tuple[int, str, dict[str, str]]:
        wire = http.client.HTTPConnection(EDGE, self.port, timeout=10, source_address=(source, 0))
        wire.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = wire.getresponse()
        told = answer.status, answer.read().decode(), dict(answer.headers)
        wire.close()
        return told

    def taken(self, line: str = "sudo nginx -t && sudo nginx -s reload") -> None:
        """Type what reloads, and wait until none of the old workers answers any more."""
        old = self._workers()
        self.typed(line)
        end = time.monotonic() + 10
        while not (now := self._workers()) or old & now:
            assert time.monotonic() < end, "the old workers stay"
            time.sleep(0.05)

    def _workers(self) -> set[str]:
        pid = self.folder / "pid"
        master = pid.read_text().strip() if pid.exists() else ""
        return set(Path(f"/proc/{master}/task/{master}/children").read_text().split()) if master else set()


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    if sys.platform != "linux" or NGINX is None:
        pytest.skip("no nginx here: apt install nginx")
    origin = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin)
    threading.Thread(target=origin.serve_forever, daemon=True).start()
    ours = Nginx(tmp_path, origin.server_port)
    ours.site()
    ours.taken("nginx")
    try:
        yield ours
    finally:
        ours.typed("nginx -s stop")
        origin.shutdown()
        origin.server_close()


def test_the_hot_page_comes_from_the_edge_for_those_who_are_not_logged_in(nginx):
    nginx.block(3, "proxy_cache_path")
    nginx.site(location=written(3, "proxy_cache hot"))
    nginx.taken()
    first, second = nginx.ask(), nginx.ask()
    assert (first[2]["X-Cache"], second[2]["X-Cache"]) == ("MISS", "HIT") and first[1] == second[1]
    assert nginx.ask(Host="another.example")[2]["X-Cache"] == "MISS"  # two sites of one origin are two
    assert nginx.ask(Cookie="SESSION=1")[2]["X-Cache"] == "BYPASS"
    for path in ("/login", "/mine"):
        assert [nginx.ask(path)[2]["X-Cache"] for _ in range(2)] == ["MISS", "MISS"]
    nginx.site()
    nginx.undo(3)


def test_the_waiting_page_stands_before_the_hot_path_only(nginx):
    nginx.block(4, "waiting.conf", hotpath="/sale")
    nginx.site(server=written(4, "include "))
    nginx.taken()
    status, _, headers = nginx.ask("/sale")
    assert (status, headers["Retry-After"]) == (503, "120")
    assert (nginx.ask("/")[0], nginx.ask("/sale/2")[0]) == (200, 200)
    nginx.undo(4)
    assert nginx.ask("/sale")[0] == 200


def test_one_address_that_takes_too_much_is_slowed_down_and_the_dry_run_slows_nobody(nginx):
    nginx.block(5, "limit_req_zone")
    limit = written(5, "limit_req zone")
    nginx.site(location=f"{limit} {written(5, 'limit_req_dry_run')}")
    nginx.taken()
    assert {nginx.ask()[0] for _ in range(120)} == {200}
    nginx.site(location=limit)
    nginx.taken()
    assert {nginx.ask()[0] for _ in range(120)} == {200, 429}
    assert nginx.ask(source="127.0.0.2")[0] == 200
    nginx.site()
    nginx.undo(5)
    assert {nginx.ask()[0] for _ in range(120)} == {200}


def test_a_program_is_turned_away_by_its_name(nginx):
    nginx.site(server=written(6, "http_user_agent").replace("NAME", "BadBot"))
    nginx.taken(written(6, "nginx -t"))
    assert nginx.ask(User_Agent="Mozilla/5.0 (compatible; badbot/2.1)")[0] == 429
    assert nginx.ask(User_Agent=BROWSER)[0] == 200


def test_people_come_back_by_steps_and_those_who_are_in_stay_in(nginx):
    def let_in(share: str) -> set[str]:
        (nginx.folder / "conf.d" / "let.conf").write_text(split.replace("10%", share))
        nginx.taken()
        answers = {source: nginx.ask(source=source)[0] for source in sources}
        assert set(collections.Counter(answers.values())) == {200, 503}
        return {source for source, status in answers.items() if status == 200}

    assert written(8, "let.conf") == "/etc/nginx/conf.d/let.conf"
    split, sources = written(8, "split_clients"), [f"127.0.{high}.{low}" for high in (1, 2) for low in range(1, 201)]
    nginx.site(location=written(8, "let_in = 0"))
    few, half = let_in("10%"), let_in("50%")
    assert 20 <= len(few) <= 60 and 160 <= len(half) <= 240 and few < half
