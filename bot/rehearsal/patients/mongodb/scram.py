"""The server's half of SCRAM-SHA-256 for one user, after RFC 5802 and RFC 7677."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import secrets

ITERATIONS = 4096  # the fewest that RFC 7677 allows and drivers accept; this guards nothing real
SALT = b"patient of a rehearsal"


class AuthenticationFailed(Exception):
    """A wrong user, a wrong password, or no conversation at all."""


class Conversation:
    """One client proving on one connection that it knows the password."""

    def __init__(self, user: str, password: str) -> None:
        self._user = user
        self._password = password
        self._bare = ""
        self._first = ""

    def first(self, payload: bytes) -> bytes:
        """Answers who the client says it is with salt, iterations and a nonce."""
        text = payload.decode()
        self._bare = text.split(",", 2)[2] if text.count(",") >= 2 else ""
        said = _fields(self._bare)
        if said.get("n", "").replace("=2C", ",").replace("=3D", "=") != self._user or not said.get("r"):
            raise AuthenticationFailed
        nonce = said["r"] + base64.b64encode(secrets.token_bytes(18)).decode()
        self._first = f"r={nonce},s={base64.b64encode(SALT).decode()},i={ITERATIONS}"
        return self._first.encode()

    def last(self, payload: bytes) -> bytes:
        """Checks the client's proof and answers with the server's own."""
        before_proof, _, proof = payload.decode().rpartition(",p=")
        if not self._first or _fields(before_proof).get("r") != _fields(self._first)["r"]:
            raise AuthenticationFailed
        salted = _salted(self._password)
        signed = f"{self._bare},{self._first},{before_proof}".encode()
        stored = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
        signature = _hmac(stored, signed)
        key = bytes(a ^ b for a, b in zip(base64.b64decode(proof), signature, strict=True))
        if not hmac.compare_digest(hashlib.sha256(key).digest(), stored):
            raise AuthenticationFailed
        return b"v=" + base64.b64encode(_hmac(_hmac(salted, b"Server Key"), signed))


@functools.lru_cache(maxsize=4)
def _salted(password: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, ITERATIONS)


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()


def _fields(text: str) -> dict[str, str]:
    return {part[0]: part[2:] for part in text.split(",") if part[1:2] == "="}
