"""files.getUploadURLExternal, files.completeUploadExternal, files.info."""

from __future__ import annotations

import mimetypes
import re

from bot.rehearsal import messages
from bot.rehearsal.calls import Call, wrong
from bot.rehearsal.messages import Content
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Json

MAX_FILE_BYTES = 50_000_000  # Slack takes a gigabyte; a rehearsal keeps files in memory
CHANNEL_ID = re.compile(r"^[CGDZ][A-Z0-9]{8,}$")


def get_upload_url(call: Call) -> Json:
    """Answer files.getUploadURLExternal: where to send the bytes, and how many."""
    name = call.text("filename")
    length = call.number("length", 0, most=2**40, code="invalid_arguments")
    if length > MAX_FILE_BYTES:
        raise Refusal("file_upload_size_restricted")
    if not name or "/" in name or "\\" in name:
        raise wrong("filename", "must be a file name")
    id_ = call.ws.new_id("F")
    call.ws.files[id_] = {
        "id": id_,
        "name": name,
        "title": name,
        "size": length,
        "mimetype": mimetypes.guess_type(name)[0] or "application/octet-stream",
        "filetype": name.rpartition(".")[2],
        "user": call.bot,
        "created": call.ws.now_s(),
        "url_private": f"{call.stage.url}/files/{id_}/{name}",
        "permalink": f"{call.stage.url}/files/{id_}/{name}",
        "channels": [],
        "shared": False,
    }
    return {"upload_url": f"{call.stage.url}/upload/{id_}", "file_id": id_}


def complete_upload(call: Call) -> Json:
    """Answer files.completeUploadExternal: the files become visible, in a message if a channel is named."""
    wanted = call.parsed("files", list, "invalid_arguments")
    if not wanted:
        raise wrong("files", "must have at least one file")
    found = [_uploaded(call, item) for item in wanted]
    channel_id = call.text("channel_id")
    if call.text("channels"):
        raise wrong("channels", "the rehearsal shares with one channel_id")
    if channel_id:
        _share(call, channel_id, found)
    return {"files": found}


def _uploaded(call: Call, item: object) -> Json:
    if not isinstance(item, dict) or item.get("id") not in call.stage.uploads:
        raise Refusal("file_not_found")  # never uploaded: without bytes there is no file
    file = call.ws.files[item["id"]]
    file["title"] = str(item.get("title") or file["name"])
    return file


def _share(call: Call, channel_id: str, found: list[Json]) -> None:
    if not CHANNEL_ID.match(channel_id):
        raise Refusal("invalid_channel")
    channel = call.ws.channels.get(channel_id)
    if channel is None or not call.ws.can_see(call.bot, channel):
        raise Refusal("channel_not_found")
    if call.bot not in channel.members:
        raise Refusal("not_in_channel")
    if channel.is_archived:
        raise Refusal("posting_to_channel_denied")
    for file in found:
        file["channels"].append(channel.id)
        file["shared"] = True
    content = Content(text=call.text("initial_comment"), blocks=call.parsed("blocks", list, "invalid_blocks"))
    thread_ts = call.text("thread_ts")
    if thread_ts and not messages.can_be_replied_to(channel, thread_ts):
        raise wrong("thread_ts", "no such thread")
    message = messages.post(
        call.ws, channel, call.stage.app_author(), content, thread_ts=thread_ts, files=[dict(f) for f in found]
    )
    call.stage.note_post("message", message)


def info(call: Call) -> Json:
    """Answer files.info."""
    file = call.ws.files.get(call.text("file"))
    if file is None or file["id"] not in call.stage.uploads:
        raise Refusal("file_not_found")
    if file["channels"] and not any(call.bot in call.ws.channels[c].members for c in file["channels"]):
        raise Refusal("not_visible")
    return {"file": file, "comments": [], "response_metadata": {"next_cursor": ""}}


METHODS = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": info,
}
