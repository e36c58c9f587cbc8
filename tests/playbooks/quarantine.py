"""Run in a network of its own: a database on one machine, a client on another, and a firewall's commands between them.

On stdin, as JSON: the lines that `cut` and those that `undo`, and how many connections are opened `afresh` and held at
once. It prints what a client sees before, between and after.
"""

import json
import socket
import subprocess
import sys

HERE, THERE, PORT = "10.9.0.1", "10.9.0.2", 27017
CUT_S = 0.4  # long enough for an answer over a wire within one machine
PATIENT_S = 10.0  # what was sent while cut is sent again after ever longer pauses
CLIENT = """
import socket, sys
standing = socket.create_connection(("10.9.0.1", 27017), 2)
for line in sys.stdin:
    wait, afresh = line.split()
    seen, held = [], [standing]
    for fresh in range(int(afresh) + 1):
        try:
            if fresh:
                held.append(socket.create_connection(("10.9.0.1", 27017), float(wait)))
            held[-1].settimeout(float(wait))
            held[-1].sendall(b"x")
            seen.append(held[-1].recv(1) == b"x")
        except OSError:
            seen.append(False)
    print(*("answered" if one else "silent" for one in seen), flush=True)
"""
WAITING = 'echo ready; read go; exec "$@"'
ECHO = f"""
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while got := self.request.recv(64):
            self.request.sendall(got)
socketserver.ThreadingTCPServer.allow_reuse_address = True
server = socketserver.ThreadingTCPServer(("0.0.0.0", {PORT}), Echo)
print("ready", flush=True)
server.serve_forever()
"""


def main() -> None:
    """Join two machines by a wire, and tell what the commands do to those who talk over it."""
    given = json.load(sys.stdin)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        subprocess.Popen([sys.executable, "-c", ECHO], **pipes) as server,
        subprocess.Popen(["unshare", "-n", "sh", "-c", WAITING, "sh", sys.executable, "-c", CLIENT], **pipes) as client,
    ):
        try:
            server.stdout.readline()
            client.stdout.readline()
            for line in (
                f"ip link add here type veth peer name there netns {client.pid}",
                f"ip addr add {HERE}/24 dev here",
                "ip link set here up",
                "ip link set lo up",
                f"nsenter -t {client.pid} -n ip addr add {THERE}/24 dev there",
                f"nsenter -t {client.pid} -n ip link set there up",
            ):
                subprocess.run(line.split(), check=True)
            client.stdin.write("go\n")
            afresh = given["afresh"]
            seen = {"before": ask(client, PATIENT_S, afresh)}
            run(given["cut"])
            seen |= {"cut": ask(client, CUT_S, afresh), "itself": itself()}
            run(given["undo"])
            sys.stdout.write(json.dumps(seen | {"undone": ask(client, PATIENT_S, afresh), "left": rules()}) + "\n")
        finally:
            client.kill()
            server.kill()


def run(lines: list[str]) -> None:
    for line in lines:
        subprocess.run(["sh", "-c", line.removeprefix("sudo ")], check=True)


def ask(client: subprocess.Popen[str], wait_s: float, afresh: int) -> str:
    """What a connection that stands gets for an answer within that time, and what each fresh one."""
    client.stdin.write(f"{wait_s} {afresh}\n")
    client.stdin.flush()
    return client.stdout.readline().strip()


def itself() -> str:
    with socket.create_connection(("127.0.0.1", PORT), 2) as wire:
        wire.sendall(b"x")
        return "answered" if wire.recv(1) == b"x" else "silent"


def rules() -> str:
    nft = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True).stdout
    old = subprocess.run(["iptables", "-S"], capture_output=True, text=True, check=True).stdout
    return "".join(line for line in (nft + old).splitlines() if "quarantine" in line or line.startswith("-A"))


if __name__ == "__main__":
    main()
