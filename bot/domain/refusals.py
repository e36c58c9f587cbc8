"""What Slack's error codes mean for a person, and what they can do about it.

The codes are those of Slack's method reference; `already_…` codes are successes and never get here.
"""

from __future__ import annotations

_WORDS = {
    "missing_scope": "The app lacks the scope {needed}. Add it at the app's OAuth & Permissions page and reinstall.",
    "restricted_action": "A workspace setting forbids this to apps. An admin can allow it.",
    "channel_not_found": "I cannot see that channel. Invite the app into it, or correct MUSTER_ANNOUNCE_CHANNEL.",
    "not_in_channel": "I am not in that channel. Invite the app into it.",
    "is_archived": "The channel is archived. Unarchive it, then try again.",
    "user_not_found": "That person is not in this workspace (any more). Name somebody else, as in /incident lead @ada.",
    "name_taken": "The channel's name and its next five variants are taken.",
    "invalid_auth": "The bot token is not valid. Set SLACK_BOT_TOKEN again.",
    "not_authed": "The bot token is missing. Set SLACK_BOT_TOKEN.",
    "account_inactive": "The bot's account was switched off. Reinstall the app.",
    "token_revoked": "The bot token was revoked. Reinstall the app and set SLACK_BOT_TOKEN again.",
    "token_expired": "The bot token has expired. Set SLACK_BOT_TOKEN again.",
    "too_many_bookmarks": "The channel has as many bookmarks as Slack allows.",
    "too_many_pins": "The channel has as many pins as Slack allows.",
    "invalid_link": "Slack takes only public http or https links here. Set MUSTER_URL.",
}


def explain(code: str, needed: str = "") -> str:
    """Return a sentence for a person; an unknown code is named as it is."""
    words = _WORDS.get(code, f"Slack refused with `{code}`.")
    return words.format(needed=f"`{needed}`" if needed else "it names")
