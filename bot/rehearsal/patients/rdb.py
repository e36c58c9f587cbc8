"""An RDB file made older than it is, so that a server which loads it says so in its log."""

from __future__ import annotations

import struct
from datetime import timedelta

from bot.rehearsal.patients.waiting import PatientError

# Redis rdb.c: an auxiliary field is 0xFA, its name and its value; a time of now is stored as 0xC2 and four bytes.
CTIME = b"\xfa\x05ctime\xc2"
SECONDS = struct.Struct("<i")
# Redis rdb.c: the file ends with its checksum, and eight zero bytes say that there is none to compare.
NO_CHECKSUM = bytes(8)


def older(dump: bytes, by: timedelta) -> bytes:
    """The same dump with its time of creation set back. Raises PatientError when it carries none."""
    at = dump.find(CTIME) + len(CTIME)
    if at < len(CTIME):
        raise PatientError("the dump does not say when it was made")
    (made,) = SECONDS.unpack_from(dump, at)
    aged = SECONDS.pack(made - int(by.total_seconds()))
    return dump[:at] + aged + dump[at + SECONDS.size : -len(NO_CHECKSUM)] + NO_CHECKSUM
