"""/postmortem in a channel that is no incident's, and without an incident's name."""

from __future__ import annotations

import pytest

from tests.conftest import Stage


async def test_it_names_the_newest_incidents_with_a_draft_and_how_to_get_one(stage: Stage):
    nobody = await stage.say("ada", "/postmortem")
    assert "No incident is recorded yet. Open one with `/incident open sev2 checkout is failing`." in nobody
    first = await stage.opened("/incident open sev2 checkout is failing")
    answer = await stage.say("ada", "/postmortem sign")
    assert (
        "No incident has a draft yet; `/postmortem INC-1` makes one. The newest: INC-1 (checkout is failing)." in answer
    )
    await stage.say("ada", "/incident close now", first.channel_id)
    await stage.settled()
    await stage.opened("/incident open sev3 search is slow")
    for word in ("", "sign", "edit", "review @ben", "share #general"):
        answer = await stage.say("ada", f"/postmortem {word}".strip())
        like = " ".join(filter(None, ("/postmortem", word.split(" ")[0], "INC-1")))
        hint = f"Name the incident: `{like}`. The newest with a draft: INC-1 (checkout is failing)."
        assert f"This channel is no incident's.\n{hint}" in answer
        assert "/incident open" not in answer


@pytest.mark.parametrize("line", ["/postmortem INC-7", "/postmortem sign 7"])
async def test_an_incident_that_is_not_there_is_said_so(stage: Stage, line: str):
    assert "I know no incident `INC-7`.\nList them with `/incident list`." in await stage.say("ada", line)
