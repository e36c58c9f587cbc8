"""What each Web API method takes, needs and may answer, as docs.slack.dev had it on 2026-05-25."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

# Slack documents these once, for every method.
COMMON_ERRORS = frozenset(
    {
        "not_authed",
        "invalid_auth",
        "not_allowed_token_type",
        "missing_scope",
        "unknown_method",
        "invalid_arguments",
        "missing_argument",
        "invalid_json",
        "json_not_object",
        "invalid_post_type",
        "invalid_form_data",
        "ratelimited",
        "fatal_error",
        "internal_error",
        "service_unavailable",
    }
)
# Met in Slack's other pages for these families, missing from the methods' own lists.
FAMILY_ERRORS = {
    "chat.postMessage": frozenset({"msg_too_long"}),
}


@dataclass(frozen=True)
class Spec:
    """One method: its arguments (True: required), the scopes of which one is enough, its errors, its tier."""

    args: dict[str, bool]
    scopes: tuple[str, ...]
    errors: frozenset[str]
    rate_limit: str
    own_errors: frozenset[str] = frozenset()


def load() -> dict[str, Spec]:
    """Return method name -> Spec for every method served."""
    raw = json.loads((Path(__file__).parent / "slack_methods.json").read_text(encoding="utf-8"))
    return {
        name: Spec(
            args=row["args"],
            scopes=tuple(row["bot_scopes"]),
            errors=frozenset(row["errors"]) | COMMON_ERRORS | FAMILY_ERRORS.get(name, frozenset()),
            rate_limit=row["rate_limit"],
            own_errors=frozenset(row["errors"]),
        )
        for name, row in raw.items()
    }
