"""The postmortem's page as a place to work: forms that need no script, and what they hand back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.domain import access
from bot.domain.incident import Incident
from bot.domain.postmortem.values import Part
from bot.domain.postmortem.written import State
from bot.domain.roles import Person
from bot.services import incidents, timeline
from bot.services.desk import Desk
from bot.services.postmortem import drafting, living, reviews
from bot.store import people
from bot.web.access import COOKIE
from tests.web import sale
from tests.web.house import SECRET, TEAM, House
from tests.web.test_access import HOSTED

HERE = {"Sec-Fetch-Site": "same-origin"}
SCRIPT = HERE | {"HX-Request": "true"}
PAGE = "/incidents/1/postmortem"


@pytest.fixture
def house(house: House) -> House:
    """An outage that is over, with its draft."""
    sale.begin(house)
    sale.go_on(house)
    sale.end(house)
    return house


def found(desk: Desk) -> Incident:
    return incidents.find(desk, number=1)


def write(house: House, part: Part, text: str, by: str = sale.BEN) -> None:
    """Somebody else writes a section over."""

    def job(desk: Desk) -> None:
        past = living.history(desk, found(desk), part)
        living.write(desk, found(desk), part, text, by=by, revision=past[0].revision if past else 0)

    house.do(job)


def section(page: str, part: str) -> str:
    """One section out of a page."""
    held = re.search(rf'<section class="part[^"]*" id="{part}".*?</section>', page, re.DOTALL)
    assert held
    return held[0]


async def test_the_page_shows_every_section_with_its_evidence_its_questions_and_its_state(
    house: House, browser: httpx.AsyncClient
) -> None:
    house.do(lambda desk: reviews.ask(desk, found(desk), [sale.ADA, sale.BEN], by=sale.ADA))
    house.do(lambda desk: reviews.sign(desk, found(desk), by=sale.ADA))
    write(house, Part.IMPACT, "Shoppers saw **errors** [E1](#e1).")
    page = (await browser.get(PAGE)).text
    for part in Part:
        assert f'id="{part.value}"' in page
    impact, badly = section(page, "impact"), section(page, "badly")
    assert '<strong>errors</strong> <sup class="refs"><a href="#e1">1</a></sup>' in impact
    assert 'Written by <span dir="auto">Ben Okri</span>' in impact
    assert "1 revision<" in impact
    assert 'title="12:31 ' in section(page, "playbooks")
    assert "To ask" in badly
    assert "in review</span>" in page
    assert "the text has changed since" in page
    assert "A reminder goes out" in page
    anchors = set(re.findall(r' id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors


async def test_the_record_is_not_written_over(house: House, browser: httpx.AsyncClient) -> None:
    page = (await browser.get(PAGE)).text
    for part in Part:
        assert (f"{PAGE}/{part.value}/edit" in page) is (part not in (Part.TIMES, Part.TIMELINE))
    for part in ("times", "timeline"):
        answer = await browser.post(f"{PAGE}/{part}/write", data={"text": "x", "revision": "0"}, headers=HERE)
        assert answer.status_code == 409
        assert "is the record" in answer.text


async def test_a_section_is_edited_previewed_saved_and_shown_without_a_script(
    house: House, browser: httpx.AsyncClient
) -> None:
    begun = await browser.post(f"{PAGE}/impact/edit", headers=HERE)
    assert (begun.status_code, begun.headers["location"]) == (303, f"{PAGE}?edit=impact#impact")
    editor = section((await browser.get(f"{PAGE}?edit=impact")).text, "impact")
    assert "Impact, as Markdown" in editor
    assert "Yours until 12:41 UTC" in editor
    typed = {"text": "About *one in three* orders.", "revision": "0"}
    seen = await browser.post(f"{PAGE}/impact/preview", data=typed, headers=HERE)
    assert "<em>one in three</em>" in section(seen.text, "impact")
    assert "About *one in three* orders.</textarea>" in seen.text
    saved = await browser.post(f"{PAGE}/impact/write", data=typed, headers=HERE)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{PAGE}#impact")
    shown = section((await browser.get(f"{PAGE}?edit=impact")).text, "impact")
    assert "<em>one in three</em>" in shown
    assert 'Written by <span dir="auto">Cleo Marsh' in shown
    assert '<textarea id="text-' not in shown
    assert house.do(lambda desk: living.locks(desk, found(desk))) == {}


async def test_a_section_that_somebody_holds_says_who_and_until_when(house: House, browser: httpx.AsyncClient) -> None:
    house.do(lambda desk: living.take(desk, found(desk), Part.IMPACT, by=sale.BEN))
    impact = section((await browser.get(PAGE)).text, "impact")
    assert '<span dir="auto">Ben Okri</span> is writing, until 12:41 UTC' in impact
    assert 'id="edit-impact"' not in impact
    refused = await browser.post(f"{PAGE}/impact/edit", headers=HERE)
    assert refused.status_code == 409
    assert "Ben Okri is writing “Impact”" in refused.text


async def test_cancel_lets_go_and_keeps_the_text(house: House, browser: httpx.AsyncClient) -> None:
    await browser.post(f"{PAGE}/impact/edit", headers=HERE)
    assert house.do(lambda desk: living.locks(desk, found(desk)))
    await browser.post(f"{PAGE}/impact/leave", headers=HERE)
    assert house.do(lambda desk: living.locks(desk, found(desk))) == {}
    assert house.do(lambda desk: living.document(desk, found(desk)).written) == {}


async def test_a_clash_gives_back_what_was_typed_beside_what_stands_now(
    house: House, browser: httpx.AsyncClient
) -> None:
    await browser.post(f"{PAGE}/impact/edit", headers=HERE)
    house.at("12:50")  # the lock has run out
    write(house, Part.IMPACT, "What Ben wrote.")
    typed = {"text": "What I <typed> & meant.", "revision": "0"}
    clash = await browser.post(f"{PAGE}/impact/write", data=typed, headers=HERE)
    assert clash.status_code == 409
    impact = section(clash.text, "impact")
    assert "What I &lt;typed&gt; &amp; meant.</textarea>" in impact
    assert "What Ben wrote.</pre>" in impact
    assert "Ben Okri changed “Impact” while you wrote." in impact
    again = {"text": "Both.", "revision": re.search(r'name="revision" value="(\d+)"', impact)[1]}  # type: ignore[index]
    assert (await browser.post(f"{PAGE}/impact/write", data=again, headers=HERE)).status_code == 303
    assert house.do(lambda desk: living.document(desk, found(desk)).written[Part.IMPACT].text) == "Both."


async def test_typing_holds_the_section_and_a_late_request_does_not_take_it_again(
    house: House, browser: httpx.AsyncClient
) -> None:
    await browser.post(f"{PAGE}/impact/edit", headers=HERE)
    house.at("12:37")
    renewed = await browser.post(f"{PAGE}/impact/renew", data={"revision": "0"}, headers=SCRIPT)
    assert renewed.text.strip() == '<span data-until="2014-03-13T12:47:00+00:00">Yours until 12:47 UTC</span>.'
    await browser.post(f"{PAGE}/impact/write", data={"text": "Done.", "revision": "0"}, headers=HERE)
    late = await browser.post(f"{PAGE}/impact/renew", data={"revision": "0"}, headers=SCRIPT)
    assert "Another text stands there by now" in late.text
    assert house.do(lambda desk: living.locks(desk, found(desk))) == {}


async def test_the_end_of_a_lock_is_told_in_the_story_s_time_and_counted_in_the_machine_s(house: House) -> None:
    house.deps = replace(house.deps, wall=lambda: house.now + timedelta(hours=2))
    house.at("12:40")
    cleo, ben = ({COOKIE: house.own(user)} for user in (sale.CLEO, sale.BEN))
    told = '<span data-until="2014-03-13T14:50:00+00:00">Yours until 12:50 UTC</span>'
    async with house.browser(cookies=cleo) as hers, house.browser(cookies=ben) as his:
        edited = await hers.post(f"{PAGE}/impact/edit", headers=HERE, follow_redirects=True)
        assert told in edited.text
        renewed = await hers.post(f"{PAGE}/impact/renew", data={"revision": "0"}, headers=SCRIPT)
        assert told in renewed.text
        assert "is writing, until 12:50 UTC" in (await his.get(PAGE)).text
        assert "until 12:50 UTC" in (await his.post(f"{PAGE}/impact/edit", headers=HERE)).text


@pytest.mark.parametrize(
    ("text", "says"), [("", "There are no words in that"), (" \n", "no words"), ("x" * 20_001, "20,001 characters")]
)
async def test_a_text_that_cannot_be_kept_is_handed_back(
    house: House, browser: httpx.AsyncClient, text: str, says: str
) -> None:
    answer = await browser.post(f"{PAGE}/impact/write", data={"text": text, "revision": "0"}, headers=HERE)
    assert answer.status_code == 422
    assert says in answer.text
    assert f"{text}</textarea>" in answer.text


async def test_a_preview_shows_what_will_be_kept(house: House, browser: httpx.AsyncClient) -> None:
    secret = "xoxb-" + "1234567890-abcdefghijkl"
    seen = await browser.post(f"{PAGE}/impact/preview", data={"text": f"It was {secret}"}, headers=SCRIPT)
    assert "It was [redacted:" in seen.text
    for headers in (HERE, SCRIPT):
        long = await browser.post(f"{PAGE}/impact/preview", data={"text": "x" * 20_001}, headers=headers)
        assert "20,001 characters" in long.text


async def test_secrets_in_what_people_type_are_cut_out(house: House, browser: httpx.AsyncClient) -> None:
    secret = "xoxb-" + "1234567890-abcdefghijkl"
    typed = {"text": f"The token was {secret}.", "revision": "0"}
    await browser.post(f"{PAGE}/impact/write", data=typed, headers=HERE)
    await browser.post(f"{PAGE}/impact/comment", data={"text": f"Was it {secret}?"}, headers=HERE)
    page = (await browser.get(PAGE)).text
    assert secret not in page
    assert page.count("[redacted:") == 2


async def test_comments_are_added_settled_and_handed_back(house: House, browser: httpx.AsyncClient) -> None:
    added = await browser.post(f"{PAGE}/timeline/comment", data={"text": "When was that?"}, headers=HERE)
    assert added.headers["location"] == f"{PAGE}#timeline"
    shown = section((await browser.get(PAGE)).text, "timeline")
    assert "When was that?" in shown
    number = re.search(r'name="comment" value="([^"]+)"', shown)
    assert number
    await browser.post(f"{PAGE}/timeline/settle", data={"comment": number[1]}, headers=HERE)
    assert "1 settled" in section((await browser.get(PAGE)).text, "timeline")
    long = await browser.post(f"{PAGE}/impact/comment", data={"text": "y" * 2001}, headers=HERE)
    assert (long.status_code, f"{'y' * 2001}</textarea>" in long.text) == (422, True)


async def test_what_the_record_says_anew_is_offered_and_taken_or_left(house: House, browser: httpx.AsyncClient) -> None:
    write(house, Part.DECISIONS, "We decided a lot.")
    for text in ("fail over by hand", "tell the shops"):
        house.do(lambda desk, text=text: timeline.note(desk, found(desk), text, by=sale.ADA, tags=(sale.Tag.DECISION,)))
    house.do(lambda desk: drafting.draft(desk, found(desk).id))
    decisions = section((await browser.get(PAGE)).text, "decisions")
    assert "The record says something new here" in decisions
    first, second = (
        {re.search(rf"{text}.*?name=\"digest\" value=\"(\w+)\"", decisions, re.DOTALL)[1] for text in (words,)}.pop()  # type: ignore[index]
        for words in ("fail over by hand", "tell the shops")
    )
    await browser.post(f"{PAGE}/decisions/offer", data={"digest": first, "answer": "take"}, headers=HERE)
    await browser.post(f"{PAGE}/decisions/offer", data={"digest": second, "answer": "leave"}, headers=HERE)
    decisions = section((await browser.get(PAGE)).text, "decisions")
    assert "The record says something new here" not in decisions
    assert "fail over by hand" in decisions
    assert "tell the shops" not in decisions
    gone = await browser.post(f"{PAGE}/decisions/offer", data={"digest": first, "answer": "take"}, headers=HERE)
    assert (gone.status_code, "not offered any more" in gone.text) == (409, True)


async def test_what_the_record_says_while_one_writes_is_offered_afterwards(
    house: House, browser: httpx.AsyncClient
) -> None:
    await browser.post(f"{PAGE}/decisions/edit", headers=HERE)
    editor = section((await browser.get(f"{PAGE}?edit=decisions")).text, "decisions")
    base = re.search(r'name="base" value="(\d+)"', editor)
    assert base
    drafted = house.do(lambda desk: living.text_of(desk, found(desk), Part.DECISIONS))
    house.do(lambda desk: timeline.note(desk, found(desk), "fail over by hand", by=sale.ADA, tags=(sale.Tag.DECISION,)))
    house.do(lambda desk: drafting.draft(desk, found(desk).id))
    sent = {"revision": "0", "base": base[1]}
    await browser.post(f"{PAGE}/decisions/write", data=sent | {"text": drafted}, headers=HERE)
    assert house.do(lambda desk: living.document(desk, found(desk)).written) == {}
    await browser.post(f"{PAGE}/decisions/write", data=sent | {"text": "We decided a lot."}, headers=HERE)
    decisions = section((await browser.get(PAGE)).text, "decisions")
    assert "The record says something new here" in decisions
    assert "fail over by hand" in decisions


async def test_the_history_shows_who_changed_what_and_brings_back(house: House, browser: httpx.AsyncClient) -> None:
    write(house, Part.IMPACT, "One line.\n\nAnother line.")
    write(house, Part.IMPACT, "One line.\n\nA third line.", by=sale.ADA)
    past = (await browser.get(f"{PAGE}/impact/history")).text
    assert re.findall(r">Revision (\d)<", past) == ["2", "1"]
    assert "Another line.</del>" in past
    assert "A third line.</ins>" in past
    back = await browser.post(f"{PAGE}/impact/restore", data={"revision": "1"}, headers=HERE)
    assert back.headers["location"] == f"{PAGE}#impact"
    assert "Another line." in section((await browser.get(PAGE)).text, "impact")
    assert "brought back revision 1" in (await browser.get(f"{PAGE}/impact/history")).text
    await browser.post(f"{PAGE}/impact/restore", data={"revision": "0"}, headers=HERE)
    assert "As drafted" in section((await browser.get(PAGE)).text, "impact")
    assert (await browser.get(f"{PAGE}/nothing/history")).status_code == 404


async def test_people_are_asked_sign_and_ask_for_changes(house: House, browser: httpx.AsyncClient) -> None:
    asked = await browser.post(f"{PAGE}/review/ask", data={"user": sale.BEN}, headers=HERE)
    assert asked.headers["location"] == f"{PAGE}#review"
    nobody = await browser.post(f"{PAGE}/review/ask", data={"user": "U0NOBODY"}, headers=HERE)
    assert (nobody.status_code, "Nobody was chosen" in nobody.text) == (422, True)
    empty = await browser.post(f"{PAGE}/review/changes", data={"text": ""}, headers=HERE)
    assert (empty.status_code, "There are no words in that" in empty.text) == (422, True)
    await browser.post(f"{PAGE}/review/changes", data={"text": "Say how it was noticed."}, headers=HERE)
    assert "asks for changes" in (await browser.get(PAGE)).text
    await browser.post(f"{PAGE}/review/sign", data={"text": "Now it does."}, headers=HERE)
    signed = house.do(lambda desk: living.document(desk, found(desk)))
    assert (signed.state, [one.by for one in signed.signed]) == (State.IN_REVIEW, [sale.CLEO])


ELSEWHERE: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:3000"},
    {"Origin": "null"},
    {"Origin": "http://evil.test"},
    {"Origin": "http://127.0.0.1:3001"},
    {"Origin": "http://["},
    {"Origin": "http://evil.test", "HX-Request": "true"},
]


async def test_a_form_from_elsewhere_does_nothing(house: House, browser: httpx.AsyncClient) -> None:
    for at in ("impact/edit", "impact/write", "impact/preview", "impact/renew", "impact/comment", "review/sign"):
        for headers in ELSEWHERE:
            answer = await browser.post(f"{PAGE}/{at}", data={"text": "x", "revision": "0"}, headers=headers)
            assert (answer.status_code, at, headers) == (403, at, headers)
            assert "did not come from a page of mine" in answer.text
    document = house.do(lambda desk: living.document(desk, found(desk)))
    assert (document.written, document.signed) == ({}, ())
    assert house.do(lambda desk: (living.locks(desk, found(desk)), reviews.comments(desk, found(desk)))) == ({}, ())


async def test_a_browser_that_says_only_its_origin_is_believed(house: House, browser: httpx.AsyncClient) -> None:
    answer = await browser.post(f"{PAGE}/impact/edit", headers={"Origin": "http://127.0.0.1:3000"})
    assert answer.status_code == 303


async def test_a_page_with_forms_lets_the_browser_say_that_they_are_ours(
    house: House, browser: httpx.AsyncClient
) -> None:
    for path in (PAGE, f"{PAGE}/impact/history"):
        assert (await browser.get(path)).headers["referrer-policy"] == "same-origin"


async def test_a_link_for_everybody_reads_and_a_personal_one_writes(make_house: Any) -> None:
    house: House = make_house(**HOSTED)
    house.meet()
    sale.begin(house)
    sale.end(house)
    own = access.personal(SECRET, TEAM, sale.BEN, house.now.date())
    everybody = access.opener(SECRET, TEAM, house.now.date())
    async with house.browser("muster.test") as browser:
        page = await browser.get(PAGE, headers={"Cookie": f"muster_pages={everybody}"})
        assert "<form" not in page.text
        assert "/postmortem edit" in page.text
        sent = {"data": {"text": "x", "revision": "0"}, "headers": HERE | {"Cookie": f"muster_pages={everybody}"}}
        refused = await browser.post(f"{PAGE}/impact/write", **sent)
        assert (refused.status_code, "/postmortem edit" in refused.text) == (403, True)
        sent["headers"] = {"Origin": "https://muster.test", "Cookie": f"muster_pages={own}"}
        assert (await browser.post(f"{PAGE}/impact/write", **sent)).status_code == 303
        assert house.do(lambda desk: living.document(desk, found(desk)).written[Part.IMPACT].by) == sale.BEN
        sent["headers"] = {"Origin": "https://muster.test"}
        assert (await browser.post(f"{PAGE}/impact/write", **sent)).status_code == 403


async def test_somebody_who_left_the_workspace_writes_no_more(make_house: Any) -> None:
    house: House = make_house(**HOSTED)
    house.meet()
    sale.begin(house)
    sale.end(house)
    gone = Person(user_id=sale.BEN, name="Ben Okri", gone=True)
    house.do(lambda desk: people.remember(desk.session, TEAM, gone, desk.now))
    own = {"Cookie": f"muster_pages={access.personal(SECRET, TEAM, sale.BEN, house.now.date())}"}
    async with house.browser("muster.test") as browser:
        answer = await browser.post(f"{PAGE}/impact/edit", headers=HERE | own)
        assert (answer.status_code, "Ben Okri has left this workspace" in answer.text) == (409, True)


async def test_more_than_a_person_types_is_refused(house: House, browser: httpx.AsyncClient) -> None:
    big = await browser.post(f"{PAGE}/impact/write", data={"text": "x" * 300_000}, headers=HERE)
    assert (big.status_code, "more than I take at once" in big.text) == (413, True)
    many = await browser.post(f"{PAGE}/impact/write", content="a=1&" * 60, headers=HERE | FORM)
    assert many.status_code == 413
    other = await browser.post(f"{PAGE}/impact/write", json={"text": "x"}, headers=HERE)
    assert (other.status_code, "no form of mine" in other.text) == (415, True)
    odd = await browser.post(
        f"{PAGE}/impact/write", content=b"text=\xff%ff%00&revision=x&revision", headers=HERE | FORM
    )
    assert odd.status_code == 303


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_an_address_that_no_button_has_is_not_there(house: House, browser: httpx.AsyncClient) -> None:
    for at in ("impact/burn", "nothing/edit", "review/edit", "impact/sign"):
        assert (await browser.post(f"{PAGE}/{at}", headers=HERE)).status_code == 404
    assert (await browser.post("/incidents/7/postmortem/impact/edit", headers=HERE)).status_code == 404
    assert (await browser.get(f"{PAGE}/impact/edit")).status_code == 405


async def test_with_a_script_the_answer_is_the_parts_that_changed(house: House, browser: httpx.AsyncClient) -> None:
    editor = await browser.post(f"{PAGE}/impact/edit", headers=SCRIPT)
    assert editor.status_code == 200
    assert "<html" not in editor.text
    assert 'name="text"' in editor.text
    typed = {"text": "Half of all orders.", "revision": "0"}
    seen = await browser.post(f"{PAGE}/impact/preview", data=typed, headers=SCRIPT)
    assert "<section" not in seen.text
    saved = await browser.post(f"{PAGE}/impact/write", data=typed, headers=SCRIPT)
    assert re.findall(r'<section class="[^"]+" id="(\w+)"', saved.text) == ["impact", "review"]
    assert "Saved." in saved.text
    assert (await browser.post(f"{PAGE}/impact/write", data=typed, headers=SCRIPT)).status_code == 200


def parts_of(page: str) -> list[str]:
    """What is to be put in the place of what a browser has."""
    return re.findall(r'<(?:section|header|figure) class="[^"]+" id="(\w+)"[^>]*hx-swap-oob="true"', page)


async def test_a_new_draft_comes_with_its_picture(house: House, browser: httpx.AsyncClient) -> None:
    seen = re.findall(r'name="seen" value="([^"]+)"', (await browser.get(PAGE)).text)
    house.do(lambda desk: drafting.draft(desk, found(desk).id))
    news = await browser.get(f"{PAGE}/changed", params={"seen": seen})
    assert {"head", "course"} <= set(parts_of(news.text))
    assert "Postmortem, draft 2 of" in news.text and "The course of INC-1" in news.text


async def test_a_browser_gets_only_what_changed_since_it_looked(house: House, browser: httpx.AsyncClient) -> None:
    seen = re.findall(r'name="seen" value="([^"]+)"', (await browser.get(PAGE)).text)
    assert len(seen) == len(Part) + 4  # head, picture and review, and the pulse of the whole
    assert (await browser.get(f"{PAGE}/changed", params={"seen": seen})).status_code == 204
    write(house, Part.IMPACT, "Half of all orders.")
    news = await browser.get(f"{PAGE}/changed", params={"seen": seen})
    assert parts_of(news.text) == ["impact", "head", "review"]
    writing = [one if not one.startswith("impact:") else "impact:writing" for one in seen]
    news = await browser.get(f"{PAGE}/changed", params={"seen": writing})
    assert parts_of(news.text) == ["head", "review"]
    pulse = re.search(r'value="(pulse:\w+)"', news.text)
    assert pulse
    assert (await browser.get(f"{PAGE}/changed", params={"seen": [pulse[1]]})).status_code == 204
    house.at("12:40").do(lambda desk: living.take(desk, found(desk), Part.CAUSES, by=sale.BEN))
    assert "Ben Okri</span> is writing" in (await browser.get(f"{PAGE}/changed", params={"seen": [pulse[1]]})).text
