"""The Web API over HTTP: reads the call, checks it as Slack does, runs it, and answers or loses the answer."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from bot.rehearsal.calls import Call
from bot.rehearsal.catalog import Spec
from bot.rehearsal.knobs import Fault
from bot.rehearsal.methods import Method, all_methods
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.stage import Stage
from bot.rehearsal.things import Json
from bot.rehearsal.wire import hang_up

NO_SPEC = Spec(args={}, scopes=(), errors=frozenset(), rate_limit="")
TOKENLESS = ("api.test",)
# For these Slack's own page does not mark an argument as required although nothing works without it.
ALSO_REQUIRED = {
    "bookmarks.add": ("channel_id",),
    "bookmarks.edit": ("channel_id", "bookmark_id"),
    "bookmarks.remove": ("channel_id", "bookmark_id"),
    "bookmarks.list": ("channel_id",),
    "conversations.kick": ("user",),
    "pins.add": ("timestamp",),
    "pins.remove": ("timestamp",),
    "views.open": ("trigger_id",),
    "views.push": ("trigger_id",),
}


class WebApi:
    """Answers `/api/<method>`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._methods: dict[str, Method] = all_methods()

    async def answer(self, request: Request) -> Response:
        """Answer one call; every call is written into the ledger, lost ones too."""
        started_s, stage = time.monotonic(), self._stage
        method = request.path_params["method"]
        if stage.knobs.down:
            return await hang_up(request)
        args: Json = {}
        fault = stage.knobs.fault_for(method)
        await self._wait_half()
        if fault is not None and fault.lose == "request":
            stage.ledger.note("to_slack", method, started_s=started_s, ok=False, error="lost request", status=0)
            return await hang_up(request)
        body: Json | None = None
        try:
            args = await _args(request)
            token = _token(request, args)
            if fault is None or fault.effect or fault.lose == "answer":
                body = self._run(method, token, args)
        except Refusal as refusal:
            body = _refused(refusal)
            self._must_be_documented(method, refusal.code)
        await self._wait_half()
        if stage.knobs.down:
            fault = Fault(method, lose="answer")
        return await self._send(request, method, args, body, fault, started_s)

    async def _wait_half(self) -> None:
        if self._stage.knobs.latency_ms:
            await asyncio.sleep(self._stage.knobs.latency_ms / 2000)

    def _run(self, method: str, token: str, args: Json) -> Json:
        stage, app = self._stage, self._stage.ws.app
        spec, run = stage.catalog.get(method), self._methods.get(method)
        if spec is None or run is None:
            raise Refusal("unknown_method", req_method=method)
        if method not in TOKENLESS:
            _check_token(method, token, app.bot_token, app.app_token)
        call = Call(stage, method, spec, args, stage.url)
        if spec.scopes and not app.scopes.intersection(spec.scopes):
            raise call.missing(list(spec.scopes))
        # the SDK sends team_id with every call once Bolt knows the team, even where Slack's page does not list it
        if args.get("team_id") in (stage.ws.team_id, None) and "team_id" not in spec.args:
            args.pop("team_id", None)
        _check_args(method, spec, args)
        if stage.knobs.enforce_rates:
            wait_s = stage.rates.wait_s(method, spec.rate_limit, str(args.get("channel", "")))
            if wait_s:
                raise Refusal("ratelimited", retry_after=wait_s)
        return {"ok": True} | run(call)

    async def _send(
        self, request: Request, method: str, args: Json, body: Json | None, fault: Fault | None, started_s: float
    ) -> Response:
        done = body is not None and body["ok"]
        lost = fault is not None and fault.lose == "answer"
        shown = body if fault is None or lost else _faulty(fault)
        status, headers = 200, self._headers(method)
        if shown is not None and shown.get("error") == "ratelimited":
            status, headers["retry-after"] = 429, str(shown.pop("retry_after", 1))
        if fault is not None and fault.retry_after is not None:
            headers["retry-after"] = str(fault.retry_after)
        if fault is not None and fault.status is not None:
            status = fault.status
        error = "lost answer" if lost else str((shown or {}).get("error", "" if status == 200 else f"status {status}"))
        self._stage.ledger.note(
            "to_slack",
            method,
            started_s=started_s,
            ok=not error,
            error=error,
            status=0 if lost else status,
            args=args,
            answer=body if done else None,
            refusal=None if lost else shown,
        )
        if lost:
            return await hang_up(request)
        text = fault.body if fault is not None and fault.body is not None else json.dumps(shown)
        return Response(text, status, headers, "application/json; charset=utf-8")

    def _must_be_documented(self, method: str, code: str) -> None:
        spec = self._stage.catalog.get(method)
        if spec is not None and code not in spec.errors and method != "api.test":
            raise RuntimeError(f"Slack does not document {code} for {method}; the rehearsal must not answer it")

    def _headers(self, method: str) -> dict[str, str]:
        accepted = self._stage.catalog.get(method, NO_SPEC).scopes
        scopes = self._stage.ws.app.scopes
        return {"x-oauth-scopes": ",".join(sorted(scopes)), "x-accepted-oauth-scopes": ",".join(accepted)}


def _faulty(fault: Fault) -> Json:
    error = fault.error or ("ratelimited" if fault.status == 429 else "internal_error")
    shown: Json = {"ok": False, "error": error}
    if error == "ratelimited" and fault.status is None:
        shown["retry_after"] = 1
    return shown


def _refused(refusal: Refusal) -> Json:
    body: Json = {"ok": False, "error": refusal.code, **refusal.extra}
    if refusal.messages:
        body["response_metadata"] = {"messages": refusal.messages}
    return body


async def _args(request: Request) -> Json:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    raw = await request.body()
    args: Json = {key: value for key, value in request.query_params.items() if key != "token"}  # addresses get logged
    if not raw:
        return args
    if kind == "application/json":
        try:
            parsed: Any = json.loads(raw)
        except (ValueError, RecursionError):
            raise Refusal("invalid_json") from None
        if not isinstance(parsed, dict):
            raise Refusal("json_not_object")
        parsed.pop("token", None)  # a token in a JSON body does not count
        return args | {key: value for key, value in parsed.items() if value is not None}
    if kind == "application/x-www-form-urlencoded":
        try:
            return args | dict(parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=False))
        except UnicodeDecodeError:
            raise Refusal("invalid_form_data") from None
    if kind == "multipart/form-data":
        form = await request.form()
        return args | {key: value for key, value in form.items() if isinstance(value, str)}
    raise Refusal("invalid_post_type")


def _token(request: Request, args: Json) -> str:
    in_args = str(args.pop("token", ""))
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else in_args


def _check_token(method: str, token: str, bot_token: str, app_token: str) -> None:
    if not token:
        raise Refusal("not_authed")
    if token not in (bot_token, app_token):
        raise Refusal("invalid_auth")
    if (method == "apps.connections.open") != (token == app_token):
        raise Refusal("not_allowed_token_type")


def _check_args(method: str, spec: Spec, args: Json) -> None:
    unknown = sorted(set(args) - set(spec.args))
    if unknown and method != "api.test":
        raise Refusal("invalid_arguments", messages=[f"[ERROR] no such argument: {name}" for name in unknown])
    required = [name for name, needed in spec.args.items() if needed] + list(ALSO_REQUIRED.get(method, ()))
    missing = [name for name in required if args.get(name) is None or (args[name] == "" and name not in MAY_BE_EMPTY)]
    if method == "conversations.create" and "name" in missing:
        raise Refusal("invalid_name_required")
    if missing:
        words = [f"[ERROR] missing required field: {name}" for name in missing]
        raise Refusal(
            "missing_argument" if "missing_argument" in spec.own_errors else "invalid_arguments", messages=words
        )


MAY_BE_EMPTY = ("topic", "purpose")
