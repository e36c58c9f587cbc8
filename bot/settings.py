"""The environment, read once into one frozen value. Nobody else reads it."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.errors import UserError

SLACK_API_URL = "https://slack.com/api/"
HERE = Path(__file__).resolve().parent.parent
_INSTALLED = HERE / "bot" / "playbooks"  # where a wheel puts them, so that no folder of that name lies among packages
PLAYBOOKS = _INSTALLED if _INSTALLED.is_dir() else HERE / "playbooks"
INVENTORY = "inventory.yaml"  # in the working folder
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set, by the name of its environment variable in lower case.

    docs/running.md says what each is for; a test keeps the two equal.
    """

    slack_bot_token: str = ""
    slack_app_token: str = ""
    slack_signing_secret: str = ""
    slack_api_url: str = SLACK_API_URL
    database_url: str = "sqlite:///muster.db"
    host: str = "127.0.0.1"
    port: int = 3000
    muster_url: str = ""
    muster_timezone: str = "UTC"
    muster_announce_channel: str = "incidents"
    muster_on_call: str = ""
    muster_playbooks: tuple[Path, ...] = (PLAYBOOKS,)
    muster_inventory: Path | None = None
    muster_executor_id: str = ""
    muster_wording_url: str = ""
    muster_wording_model: str = ""
    muster_wording_key: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The team's own time zone."""
        return ZoneInfo(self.muster_timezone)

    @property
    def pages_url(self) -> str:
        """Where people reach the pages, without a slash at the end."""
        return (self.muster_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def socket_mode(self) -> bool:
        """Slack reaches us through a socket that we open, so no public address is needed."""
        return bool(self.slack_app_token)

    @property
    def pages_are_local(self) -> bool:
        """Only this machine can reach the pages."""
        return self.host in LOOPBACK

    def credential(self, name: str) -> str:
        """Return the password or key that the inventory names by its environment variable.

        Raises UserError when it is not set, and for the names of our own settings: the inventory says where a
        password is sent, and the bot's own secrets are sent nowhere.
        """
        if name.lower() in self.__dataclass_fields__:
            raise UserError(f"{name} is one of Muster's own settings.", hint="Give the password a name of its own.")
        value = os.environ.get(name, "").strip("\r\n")
        if not value:
            raise UserError(f"{name} is not set.", hint="The inventory names it: set it where the bot runs.")
        return value


def read(environ: Mapping[str, str] | None = None, *, needs_slack: bool = False) -> Settings:
    """Return the settings of the environment. An empty variable counts as absent.

    Raises UserError naming everything that is missing or malformed, all at once. With `needs_slack`, the bot
    token is needed, and an app token (Socket Mode) or a signing secret (HTTP).
    """
    given = {key: value.strip() for key, value in (os.environ if environ is None else environ).items() if value.strip()}
    known = {name.upper(): given[name.upper()] for name in Settings.__dataclass_fields__ if name.upper() in given}
    wrong = [says for name, value in known.items() if (says := _fault(name, value))]
    if "MUSTER_WORDING_URL" in known and "MUSTER_WORDING_MODEL" not in known:
        wrong.append("MUSTER_WORDING_MODEL is missing: which of the models at MUSTER_WORDING_URL words the summary.")
    if needs_slack:
        wrong += _lacking(known)
    if wrong:
        raise UserError("These settings need a look:\n" + "\n".join(f"- {says}" for says in wrong), hint=HINT)
    values: dict[str, object] = {name.lower(): value for name, value in known.items()}
    values |= {"port": int(known.get("PORT", 3000))}
    if "MUSTER_PLAYBOOKS" in known:
        values["muster_playbooks"] = tuple(Path(one).expanduser() for one in _several(known["MUSTER_PLAYBOOKS"]))
    inventory = known.get("MUSTER_INVENTORY", INVENTORY)
    values["muster_inventory"] = Path(inventory).expanduser() if _is_file(inventory) else None
    if "SLACK_API_URL" in known:
        values["slack_api_url"] = known["SLACK_API_URL"].rstrip("/") + "/"
    values.setdefault("muster_executor_id", given.get("DYNO", "") or socket.gethostname())
    return Settings(**values)  # type: ignore[arg-type]


MAX_REPEATED_CHARS = 60
HINT = "docs/running.md says what each is for and where to find it."


def _lacking(known: Mapping[str, str]) -> list[str]:
    wrong = []
    if "SLACK_BOT_TOKEN" not in known:
        wrong.append("SLACK_BOT_TOKEN is missing: the bot token (xoxb-…) of your Slack app, under OAuth & Permissions.")
    if "SLACK_APP_TOKEN" not in known and "SLACK_SIGNING_SECRET" not in known:
        wrong.append(
            "SLACK_APP_TOKEN (xapp-…, for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP) is missing: set one of them."
        )
    return wrong


def _fault(name: str, value: str) -> str:
    """What is wrong with one variable, or "". A secret's value is never repeated."""
    said = value if len(value) <= MAX_REPEATED_CHARS else f"{value[:MAX_REPEATED_CHARS]}…"
    check = {
        "SLACK_BOT_TOKEN": (value.startswith("xoxb-"), "must begin with xoxb-"),
        "SLACK_APP_TOKEN": (value.startswith("xapp-"), "must begin with xapp-"),
        "SLACK_SIGNING_SECRET": (len(value) >= 16, "must have at least 16 characters"),
        "SLACK_API_URL": (_is_url(value), f"must be an http or https address, not `{said}`"),
        "DATABASE_URL": (_is_database(value), "must be sqlite:///file.db or postgresql://user:password@host/name"),
        "PORT": (_is_port(value), f"must be a number up to 65535, not `{said}`"),
        "MUSTER_URL": (_is_url(value), f"must be an http or https address, not `{said}`"),
        "MUSTER_TIMEZONE": (_is_zone(value), f"must be a name such as Europe/Helsinki, not `{said}`"),
        "MUSTER_ANNOUNCE_CHANNEL": (
            re.fullmatch(r"#?[a-z0-9_-]{1,80}|C[A-Z0-9]{8,}|none", value) is not None,
            f"must be a channel's name or id, or `none`, not `{said}`",
        ),
        "MUSTER_ON_CALL": (
            re.fullmatch(r"[SUW][A-Z0-9]{8,}", value) is not None,
            f"must be the id of a user group (S…) or of a person (U…), not `{said}`",
        ),
        "MUSTER_PLAYBOOKS": _folders(value),
        "MUSTER_INVENTORY": (_is_file(value), f"must be a file; `{said}` is none"),
        "MUSTER_EXECUTOR_ID": (
            re.fullmatch(r"[A-Za-z0-9_.:-]{1,64}", value) is not None,
            "must be 1 to 64 of A-Z a-z 0-9 _ . : -",
        ),
        "MUSTER_WORDING_URL": (_is_url(value), f"must be an http or https address, not `{said}`"),
    }.get(name)
    return f"{name} {check[1]}." if check and not check[0] else ""


def _is_url(value: str) -> bool:
    return re.fullmatch(r"https?://[^\s/]+(/\S*)?", value) is not None


def _is_database(value: str) -> bool:
    try:
        url = sa.make_url(value)
        return url.drivername == "sqlite" or url.get_backend_name() in ("postgresql", "postgres")
    except (sa.exc.ArgumentError, ValueError):  # ValueError: a port that is no number
        return False


def _is_port(value: str) -> bool:
    return re.fullmatch(r"[0-9]{1,5}", value) is not None and int(value) < 65536


def _several(value: str) -> list[str]:
    """What stands in a variable that is separated as PATH is, each once."""
    return list(dict.fromkeys(filter(None, (one.strip() for one in value.split(os.pathsep)))))


def _folders(value: str) -> tuple[bool, str]:
    """Whether every one of several is a folder, and what to say of the first that is none."""
    no_folder = next((one for one in _several(value) if not _is_folder(one)), "" if _several(value) else value)
    said = no_folder if len(no_folder) <= MAX_REPEATED_CHARS else f"{no_folder[:MAX_REPEATED_CHARS]}…"
    return not no_folder, f"must be a folder, or several with `{os.pathsep}` between them; `{said}` is none"


def _is_folder(value: str) -> bool:
    try:
        return Path(value).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):  # a name too long, the home of nobody, a NUL
        return False


def _is_file(value: str) -> bool:
    try:
        return Path(value).expanduser().is_file()
    except (OSError, RuntimeError, ValueError):
        return False


def _is_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        return False
    return True
