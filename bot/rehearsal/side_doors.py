"""The addresses Slack hands out besides the Web API: response_url, file uploads and files."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.rehearsal import answers
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.stage import Stage
from bot.rehearsal.wire import hang_up

GONE = ("invalid_token", "expired_url", "used_url")


class SideDoors:
    """Answers `/hooks/<token>`, `/upload/<id>` and `/files/<id>/<name>`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def hook(self, request: Request) -> Response:
        """Take a post to a response_url; knobs and the ledger know it as the method `response_url`."""
        started_s, stage = time.monotonic(), self._stage
        fault = stage.knobs.fault_for("response_url")
        if stage.knobs.down or (fault is not None and fault.lose == "request"):
            return await hang_up(request)
        await asyncio.sleep(stage.knobs.latency_ms / 1000)
        code, body = "", None
        try:
            body = _parsed(await request.body(), request.headers.get("content-type", ""))
            if fault is not None and fault.lose is None and not fault.effect:
                raise Refusal(fault.error or "internal_error")
            answers.through_hook(stage, stage.handles.use_hook(request.path_params["token"]), body)
        except Refusal as refusal:
            code = refusal.code
        status = 200 if not code else 404 if code in GONE else 400
        if code and fault is not None and fault.status is not None:
            status = fault.status
        args = body if isinstance(body, dict) else {}
        stage.ledger.note(
            "to_slack", "response_url", started_s=started_s, ok=not code, error=code, status=status, args=args
        )
        if fault is not None and fault.lose == "answer":
            return await hang_up(request)
        return JSONResponse({"ok": False, "error": code}, status) if code else PlainTextResponse("ok")

    async def upload(self, request: Request) -> Response:
        """Take the bytes of a file that was announced; its size must be as announced."""
        if self._stage.knobs.down:
            return await hang_up(request)
        file = self._stage.ws.files.get(request.path_params["id"])
        body = await request.body()
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            body = await _first_file(request)
        if file is None or len(body) != file["size"]:
            return PlainTextResponse("not the file that was announced", 400)
        self._stage.uploads[file["id"]] = body
        return PlainTextResponse(f"OK - {len(body)}")

    async def file(self, request: Request) -> Response:
        """Hand an uploaded file out."""
        id_ = request.path_params["id"]
        body = self._stage.uploads.get(id_)
        if body is None:
            return PlainTextResponse("There is no such file here.", 404)
        # shown, never run: an uploaded page must not act as this one
        headers = {"content-security-policy": "sandbox", "x-content-type-options": "nosniff"}
        return Response(body, headers=headers, media_type=self._stage.ws.files[id_]["mimetype"])


def _parsed(raw: bytes, content_type: str) -> Any:
    if not content_type.lower().startswith("application/json"):
        raise Refusal("invalid_payload")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Refusal("invalid_payload") from None


async def _first_file(request: Request) -> bytes:
    form = await request.form()
    for value in form.values():
        if not isinstance(value, str):
            return await value.read()
    return b""
