"""The newest backups of a place: a folder, or any storage that fsspec knows. Nothing is ever written there."""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

import fsspec.core  # type: ignore[import-untyped]

from bot.domain.inventory import System
from bot.probes.values import moment, number

MOST_FILES = 1000  # the newest, of however many there are
MOST_FOLDERS = 50  # of which the sizes are added up, the last by name: names of dumps carry dates
FOLDER_DEPTH = 3  # of a dump: folder, database, collection
PASSED_OVER = ("lost+found",)
# What the file systems call the time of the last change: local and SFTP, S3, Azure, Google, FTP, memory.
CHANGED = ("mtime", "LastModified", "last_modified", "updated", "modify", "created")


class Place:
    """Where the backups of a system lie."""

    def __init__(self, system: System) -> None:
        """Open it. Raises ImportError, naming the package, for a storage whose package is missing."""
        self._pattern = str(system.options.get("pattern") or "*")
        url = str(system.options.get("url") or "")
        self._files, root = fsspec.core.url_to_fs(url, skip_instance_cache=True)
        self._root = str(root).rstrip("/")
        self._is_folder = bool(self._files.isdir(self._root))

    def newest(self) -> list[dict[str, Any]]:
        """The newest backups, newest first, those without a time last. A folder is one backup, with all in it.

        Raises OSError where there is nothing, or nothing that may be read.
        """
        found = [self._told(one) for one in self._fitting()]
        folders = heapq.nlargest(MOST_FOLDERS, (one for one in found if one["folder"]), key=lambda one: one["name"])
        files = [one for one in found if not one["folder"]] + [self._with_contents(one) for one in folders]
        return heapq.nlargest(MOST_FILES, files, key=_when)

    def start(self, name: str, most_bytes: int) -> bytes:
        """The first bytes of a file."""
        found: bytes = self._files.cat_file(self._full(name), start=0, end=most_bytes)
        return found

    def inside(self, folder: str) -> list[dict[str, Any]]:
        """The files in a backup that is a folder."""
        entries = self._walk(self._full(folder), FOLDER_DEPTH)
        return [self._told(one) for one in entries if one["type"] != "directory"]

    def _fitting(self) -> Iterator[Mapping[str, Any]]:
        if not self._is_folder:
            yield self._files.info(self._root)  # the address of a single file
            return
        for one in self._walk(self._root, 1):
            name = self._relative(one)
            if fnmatchcase(name, self._pattern) and not name.startswith(".") and name not in PASSED_OVER:
                yield one

    def _walk(self, folder: str, depth: int) -> Iterator[Mapping[str, Any]]:
        """Files and folders in a folder. Raises OSError when it may not be read; in it, such are passed over."""
        for one in self._files.ls(folder, detail=True):
            if str(one["name"]).rstrip("/") == folder or one["type"] not in ("file", "directory"):
                continue  # a folder's own mark in object storage; a pipe, which has no end; a link to one of the others
            yield one
            if one["type"] == "directory" and depth > 1:
                with contextlib.suppress(OSError):
                    yield from self._walk(str(one["name"]).rstrip("/"), depth - 1)

    def _with_contents(self, folder: dict[str, Any]) -> dict[str, Any]:
        inside: list[dict[str, Any]] = []
        with contextlib.suppress(OSError):
            inside = self.inside(folder["name"])
        sizes = [number(one["size"]) for one in inside]
        return folder | {
            "size": sum(size for size in sizes if size is not None) if inside and None not in sizes else None,
            "modified": max((one["modified"] for one in inside if one["modified"]), default=None),
        }

    def _told(self, info: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "name": self._relative(info),
            "size": info.get("size"),
            "modified": _changed(info),
            "folder": info["type"] == "directory",
        }

    def _relative(self, info: Mapping[str, Any]) -> str:
        name = str(info["name"]).rstrip("/")
        return name.removeprefix(f"{self._root}/") if self._is_folder else PurePosixPath(name).name

    def _full(self, name: str) -> str:
        return f"{self._root}/{name}" if self._is_folder else self._root


def _when(one: Mapping[str, Any]) -> float:
    return one["modified"].timestamp() if one["modified"] else float("-inf")


def _changed(info: Mapping[str, Any]) -> datetime | None:
    told = next((info[key] for key in CHANGED if info.get(key)), None)
    seconds = number(told)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC)
        if isinstance(told, str) and told[:14].isdigit():  # FTP, RFC 3659
            return datetime.strptime(told[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return moment(told)
