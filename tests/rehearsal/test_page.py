"""The page in a real browser, against the real rehearsal server and a small app over Socket Mode."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.rehearsal import CommandSpec, Rehearsal
from tests.rehearsal.apps import APP_TOKEN, BOT_TOKEN, app_config

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'
COMMANDS = (
    CommandSpec("/incident", "Open, record and close an incident", "[open|note|close] …"),
    CommandSpec("/runbook", "Find the playbook that fits", "words…"),
)


def form(*, tells_at_once: bool = False) -> dict[str, Any]:
    title = {"type": "plain_text_input", "action_id": "text"}
    severity = {
        "type": "static_select",
        "action_id": "level",
        "options": [{"text": {"type": "plain_text", "text": f"sev{n}"}, "value": f"sev{n}"} for n in (1, 2, 3)],
    }
    return {
        "type": "modal",
        "callback_id": "open",
        "title": {"type": "plain_text", "text": "Open an incident"},
        "submit": {"type": "plain_text", "text": "Open"},
        "blocks": [
            {"type": "input", "block_id": "title", "label": {"type": "plain_text", "text": "Title"}, "element": title},
            {
                "type": "input",
                "block_id": "sev",
                "label": {"type": "plain_text", "text": "How bad"},
                "element": severity,
                "dispatch_action": tells_at_once,
            },
        ],
    }


@dataclass
class SmallApp:
    """An app that opens a form for `open`, answers other commands with their text, and keeps what it was sent."""

    web: AsyncWebClient
    socket: SocketModeClient
    heard: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    form: dict[str, Any] = field(default_factory=form)

    async def take(self, client: SocketModeClient, request: SocketModeRequest) -> None:
        self.heard.append(request.payload)
        payload: dict[str, Any] | None = None
        if request.type == "slash_commands" and request.payload["text"] == "open":
            await self.web.views_open(trigger_id=request.payload["trigger_id"], view=self.form)
        elif request.type == "slash_commands":
            payload = {"text": f"You typed: {request.payload['text']}"}
        elif request.payload["type"] == "view_submission" and self.answers:
            payload = self.answers.pop(0)
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id, payload=payload))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [payload for payload in self.heard if payload.get("type") == kind]


@dataclass
class Room:
    """One rehearsal with its page open."""

    rehearsal: Rehearsal
    page: Page
    app: SmallApp

    @property
    def typing(self) -> Any:
        return self.page.locator("#composer textarea")

    def message(self, text: str) -> Any:
        return self.page.locator("#messages .message", has_text=text)

    async def send(self, line: str) -> None:
        await self.typing.fill(line)
        await self.typing.press("Escape")
        await self.typing.press("Enter")

    async def become(self, name: str) -> None:
        await self.page.locator("#sidebar .me").click()
        await self.page.get_by_role("option", name=name).click()
        await expect(self.page.locator("#sidebar .me-name")).to_have_text(name)


def find_chromium(own: str) -> str | None:
    return own if Path(own).exists() else next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        path = find_chromium(playwright.chromium.executable_path)
        if path is None:
            reason = f"no Chromium here; looked for {', '.join(NAMES)} and Playwright's own"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
        running = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def room(browser: Browser) -> AsyncIterator[Room]:
    rehearsal = Rehearsal(app_config(commands=COMMANDS))
    await rehearsal.start()
    web = AsyncWebClient(token=BOT_TOKEN, base_url=rehearsal.api_url)
    link = AsyncWebClient(token=APP_TOKEN, base_url=rehearsal.api_url)
    socket = SocketModeClient(app_token=APP_TOKEN, web_client=link)
    app = SmallApp(web, socket)
    socket.socket_mode_request_listeners.append(app.take)
    await socket.connect()
    context = await browser.new_context(viewport={"width": 1200, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if is_wrong(said) else None)
    await page.goto(rehearsal.url)
    await expect(page.locator("#composer textarea")).to_be_visible()
    opened = Room(rehearsal, page, app)
    yield opened
    await context.close()
    await socket.close()
    await opened.rehearsal.stop()
    assert wrong == []


def is_wrong(said: ConsoleMessage) -> bool:
    """A server that is away is told by the browser itself; everything else is the page's fault."""
    return said.type == "error" and "ERR_CONNECTION_REFUSED" not in said.text


async def test_a_typed_message_appears_under_its_author(room: Room) -> None:
    await room.send("p99 of *orders* is 9 s")
    sent = room.message("p99 of orders is 9 s")
    await expect(sent.locator(".author")).to_have_text("Ada Okafor")
    await expect(sent.locator("strong")).to_have_text("orders")
    await expect(sent).not_to_have_class(re.compile("pending"))
    assert await room.typing.input_value() == ""


async def test_what_another_person_says_arrives_by_itself(room: Room) -> None:
    await room.rehearsal.person("ben").says("incidents", "db2 is the slow one")
    await expect(room.message("db2 is the slow one").locator(".author")).to_have_text("Ben Haddad")
    await room.rehearsal.person("ben").says("general", "lunch, @ada?")
    await expect(room.page.locator(".channel", has_text="general").locator(".count-badge")).to_have_text("1")


async def test_a_line_marks_where_the_unread_messages_begin(room: Room) -> None:
    await room.page.locator(".channel", has_text="incidents").click()
    for text in ("one", "two", "three"):
        await room.rehearsal.person("ben").says("general", text)
    general = room.page.locator(".channel", has_text="general")
    await expect(general.locator(".dot")).to_have_attribute("aria-label", "3 unread")
    await general.click()
    await expect(room.page.locator(".new-line + .message")).to_contain_text("one")
    await expect(general.locator(".dot")).to_have_count(0)


async def test_a_slash_offers_commands_and_then_their_verbs(room: Room) -> None:
    await room.typing.press_sequentially("/inc")
    rows = room.page.locator("#composer .complete-row")
    await expect(rows).to_have_count(1)
    await expect(rows.first).to_contain_text("Open, record and close an incident")
    await room.typing.press("Tab")
    assert await room.typing.input_value() == "/incident "
    await expect(rows).to_have_text(["/incident open", "/incident note", "/incident close"])
    await room.typing.press_sequentially("no")
    await room.typing.press("Tab")
    assert await room.typing.input_value() == "/incident note "


async def test_an_at_sign_offers_people(room: Room) -> None:
    await room.typing.press_sequentially("please look, @be")
    await room.typing.press("Enter")
    await room.typing.press("Enter")
    await expect(room.message("please look, @ben").locator(".mention")).to_have_text("@ben")


async def test_an_ephemeral_answer_is_seen_by_its_person_alone(room: Room) -> None:
    await room.send("/incident status")
    await expect(room.message("You typed: status").locator(".label")).to_contain_text("Only visible to you")
    await room.rehearsal.person("ada").says("incidents", "said to all")
    await room.become("Ben Haddad")
    await expect(room.message("said to all")).to_be_visible()
    await expect(room.message("You typed: status")).to_have_count(0)


async def test_a_command_that_nobody_takes_is_given_back(room: Room) -> None:
    await room.app.socket.close()
    await room.send("/incident note it began at 12:03")
    await expect(room.page.locator("#composer .note")).to_contain_text("dispatch_failed")
    assert await room.typing.input_value() == "/incident note it began at 12:03"


async def test_a_command_that_belongs_to_nobody_is_not_blamed_on_the_app(room: Room) -> None:
    await room.send("/pager now")
    note = room.page.locator("#composer .note")
    await expect(note).to_contain_text("Slackbot: this workspace does not know /pager.")
    await expect(note).not_to_contain_text("Muster")
    assert await room.typing.input_value() == "/pager now"


async def test_the_app_is_added_from_the_list_of_members(room: Room) -> None:
    members = room.page.get_by_role("button", name="7 members")
    await members.click()
    await room.page.get_by_role("button", name="Add people and apps").click()
    await room.page.get_by_role("option", name="Muster").click()
    await expect(room.page.get_by_role("button", name="8 members")).to_be_visible()
    assert room.rehearsal.workspace.bot.id in room.rehearsal.workspace.find_channel("incidents").members


async def test_a_member_in_the_list_shows_their_card(room: Room) -> None:
    await room.page.get_by_role("button", name="7 members").click()
    await room.page.get_by_role("dialog", name="Members").get_by_role("button", name="Ben Haddad").click()
    await expect(room.page.get_by_role("dialog", name="Ben Haddad")).to_contain_text("Europe/Berlin")


async def test_arrow_up_brings_the_last_line_back(room: Room) -> None:
    await room.send("first")
    await room.send("second")
    await expect(room.message("second")).to_be_visible()
    await room.typing.press("ArrowUp")
    await room.typing.press("ArrowUp")
    assert await room.typing.input_value() == "first"


async def test_a_pushpin_from_the_tools_counts_and_can_be_taken_back(room: Room) -> None:
    await room.rehearsal.person("ben").says("incidents", "deploy 4711 went out")
    sent = room.message("deploy 4711 went out")
    await sent.hover()
    await sent.get_by_role("button", name="React with pushpin").click()
    chip = sent.locator(".reaction[data-emoji=pushpin]")
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await expect(chip.locator(".count")).to_have_text("1")
    await chip.click()
    await expect(chip).to_have_count(0)


async def test_a_reply_goes_into_the_thread_and_is_counted_in_the_channel(room: Room) -> None:
    await room.rehearsal.person("ben").says("incidents", "which index is missing?")
    asked = room.message("which index is missing?")
    await asked.hover()
    await asked.get_by_role("button", name="Reply in thread").click()
    reply = room.page.locator("#thread textarea")
    await reply.fill("orders(customer_id)")
    await reply.press("Enter")
    await expect(room.page.locator("#thread .message", has_text="orders(customer_id)")).to_be_visible()
    await expect(asked.locator(".replies")).to_contain_text("1 reply")
    await expect(room.message("orders(customer_id)")).to_have_count(0)


async def test_a_command_typed_in_a_thread_is_given_back_and_not_posted(room: Room) -> None:
    await room.rehearsal.person("ben").says("incidents", "which index is missing?")
    asked = room.message("which index is missing?")
    await asked.hover()
    await asked.get_by_role("button", name="Reply in thread").click()
    reply = room.page.locator("#thread textarea")
    await reply.fill("/incident note it was 12:03")
    await reply.press("Enter")
    await expect(room.page.locator("#thread .note")).to_contain_text("/incident cannot be used in a thread")
    assert await reply.input_value() == "/incident note it was 12:03"
    assert len(room.rehearsal.workspace.find_channel("incidents").messages) == 1


async def test_a_channel_one_is_not_in_is_a_quiet_row_of_the_side(room: Room) -> None:
    await room.rehearsal.person("ben").creates_channel("payments")
    row = room.page.locator(".channel", has_text="payments")
    await expect(row).to_be_visible()
    looks = "(node) => [getComputedStyle(node).backgroundColor, node.parentElement.scrollWidth > node.clientWidth]"
    assert await row.evaluate(looks) == ["rgba(0, 0, 0, 0)", False]
    await row.click()
    await expect(room.page.get_by_role("button", name="Join channel")).to_be_visible()


async def test_a_form_shows_what_is_missing_then_what_the_app_refuses_then_goes(room: Room) -> None:
    room.app.answers = [{"response_action": "errors", "errors": {"title": "Say what customers see."}}]
    await room.send("/incident open")
    dialog = room.page.get_by_role("dialog", name="Open an incident")
    await dialog.get_by_role("button", name="Open", exact=True).click()
    await expect(dialog.locator(".input-error")).to_have_count(2)
    await dialog.get_by_label("Title").fill("checkout is failing")
    await expect(dialog.locator(".input-error")).to_have_count(1)
    await dialog.get_by_label("How bad").click()
    await room.page.get_by_role("option", name="sev2").click()
    await expect(dialog.locator(".input-error, [aria-invalid]")).to_have_count(0)
    await dialog.get_by_role("button", name="Open", exact=True).click()
    await expect(dialog.locator(".input-error")).to_have_text("Say what customers see.")
    assert await dialog.get_by_label("Title").input_value() == "checkout is failing"
    await dialog.get_by_role("button", name="Open", exact=True).click()
    await expect(dialog).to_have_count(0)
    values = room.app.of("view_submission")[-1]["view"]["state"]["values"]
    assert values["title"]["text"]["value"] == "checkout is failing"
    assert values["sev"]["level"]["selected_option"]["value"] == "sev2"


async def test_a_choice_that_tells_the_app_at_once_brings_what_was_typed(room: Room) -> None:
    room.app.form = form(tells_at_once=True)
    await room.send("/incident open")
    dialog = room.page.get_by_role("dialog", name="Open an incident")
    await dialog.get_by_label("Title").fill("search is slow")
    await dialog.get_by_label("How bad").click()
    await room.page.get_by_role("option", name="sev3").click()
    await expect(dialog.locator(".select-face")).to_have_text("sev3")
    (told,) = room.app.of("block_actions")
    assert told["actions"][0]["selected_option"]["value"] == "sev3"
    assert told["view"]["state"]["values"]["title"]["text"]["value"] == "search is slow"


async def test_a_form_is_still_open_after_loading_the_page_anew(room: Room) -> None:
    await room.send("/incident open")
    dialog = room.page.get_by_role("dialog", name="Open an incident")
    await expect(dialog).to_be_visible()
    await room.page.reload()
    await dialog.get_by_label("Title").fill("checkout is failing")
    await room.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_what_arrived_while_one_looked_on_is_not_new_after_loading_anew(room: Room) -> None:
    ada, channel = room.rehearsal.person("ada").user_id, room.rehearsal.workspace.find_channel("incidents")
    async with room.page.expect_response(lambda answer: '"reads"' in (answer.request.post_data or "")):
        await room.rehearsal.person("ben").says("incidents", "db2 is the slow one")
    assert channel.page_shape(ada)["unread"] == 0
    await room.page.reload()
    await expect(room.message("db2 is the slow one")).to_be_visible()
    await expect(room.page.locator(".new-line")).to_have_count(0)


async def test_escape_puts_a_form_away(room: Room) -> None:
    await room.send("/incident open")
    await expect(room.page.locator("dialog.modal")).to_be_visible()
    await room.page.keyboard.press("Escape")
    await expect(room.page.locator("dialog.modal")).to_have_count(0)
    assert await room.rehearsal.person("ada").open_view() is None


async def test_a_dangerous_button_asks_first_and_then_reaches_the_app(room: Room) -> None:
    words = {"title": "Close it?", "text": "No way back.", "confirm": "Close", "deny": "Keep"}
    confirm = {key: {"type": "plain_text", "text": text} for key, text in words.items()}
    text = {"type": "plain_text", "text": "Close incident"}
    button = {
        "type": "button",
        "action_id": "close",
        "value": "INC-1",
        "style": "danger",
        "text": text,
        "confirm": confirm,
    }
    await room.app.web.conversations_join(channel=room.rehearsal.workspace.find_channel("incidents").id)
    await post(room, [{"type": "actions", "elements": [button]}])
    await room.page.get_by_role("button", name="Close incident").click()
    await room.page.get_by_role("button", name="Keep").click()
    await room.page.get_by_role("button", name="Close incident").click()
    await room.page.get_by_role("button", name="Close", exact=True).click()
    await expect(room.page.locator(".busy")).to_have_count(0)
    assert [act["actions"][0]["value"] for act in room.app.of("block_actions")] == ["INC-1"]


async def post(room: Room, blocks: list[dict[str, Any]], text: str = "a card") -> None:
    channel = room.rehearsal.workspace.find_channel("incidents").id
    await room.app.web.conversations_join(channel=channel)
    await room.app.web.chat_postMessage(channel=channel, text=text, blocks=blocks)


async def test_hostile_words_are_shown_and_never_run(room: Room) -> None:
    await room.send(HOSTILE)
    await expect(room.message(HOSTILE)).to_have_count(1)
    option = {"text": {"type": "plain_text", "text": "<b>one</b>"}, "value": "<b>"}
    await post(
        room,
        [
            {"type": "header", "text": {"type": "plain_text", "text": HOSTILE}},
            {"type": "section", "text": {"type": "mrkdwn", "text": f"<javascript:alert(1)|press> *{HOSTILE}*"}},
            {"type": "context", "elements": [{"type": "plain_text", "text": HOSTILE}]},
            {"type": "actions", "elements": [{"type": "static_select", "action_id": "s", "options": [option]}]},
        ],
    )
    card = room.page.locator("#messages .blocks")
    await expect(card.locator(".header-block")).to_have_text(HOSTILE)
    await card.locator(".select").click()
    await expect(room.page.get_by_role("option")).to_contain_text("<b>one</b>")
    assert await room.page.locator("a[href^='javascript']").count() == 0
    assert await room.page.evaluate("window.pwned") is None


MRKDWN = {
    "*bold* _it_ ~gone~ `a*b*`": "<strong>bold</strong> <em>it</em> <s>gone</s> <code>a*b*</code>",
    ":red_circle: `a_1_b_-1` and x_y_ too": "<code>a_1_b_-1</code> and x_y_ too",
    "2*3*4 and snake_case_name": "<p>2*3*4 and snake_case_name</p>",
    "&amp;lt; is not &lt;": "<p>&amp;lt; is not &lt;</p>",
    "<https://a.example/?a=1&amp;b=2|here>": '<a href="https://a.example/?a=1&amp;b=2"',
    "<!date^1397601873^{date_num} {time}|then>": ">2014-04-15 22:44</time>",
    "<!here> look": '<span class="mention mine">@here</span> look',
    "&gt; said\nplain": "<blockquote>said</blockquote><p>plain</p>",
    "```\na &lt; *b*\n```": "<pre><code>a &lt; *b*</code></pre>",
    "<not a token> :nosuch:": "&lt;not a token&gt; :nosuch:",
}


async def test_mrkdwn_is_drawn_as_slack_draws_it(room: Room) -> None:
    draw = "async (text) => (await import('/page/static/mrkdwn.js')).mrkdwn(text).innerHTML"
    drawn = {text: await room.page.evaluate(draw, text) for text in MRKDWN}
    assert [text for text, shown in MRKDWN.items() if shown not in drawn[text]] == []


MARKDOWN = {
    '# <a id="inc-1"></a>INC-1: orders': "<h3>INC-1: orders</h3>",
    "see [INC-1](#inc-1)": "<p>see <span>INC-1</span></p>",
    '<a id="x"><b>no</b></a>': '<p>&lt;a id="x"&gt;&lt;b&gt;no&lt;/b&gt;&lt;/a&gt;</p>',
}


async def test_a_preview_hides_empty_anchors_and_shows_other_html_as_written(room: Room) -> None:
    draw = "async (text) => (await import('/page/static/markdown.js')).markdown(text).innerHTML"
    assert {text: await room.page.evaluate(draw, text) for text in MARKDOWN} == MARKDOWN


async def test_a_topic_is_plain_words_with_mentions_and_links(room: Room) -> None:
    await room.send("/topic *sev2*, ask @ben: https://status.example/a")
    topic = room.page.locator(".topic")
    await expect(topic).to_have_text("*sev2*, ask @ben: https://status.example/a")
    await expect(topic.locator("strong")).to_have_count(0)
    await expect(topic.locator(".mention")).to_have_text("@ben")
    await expect(topic.get_by_role("link")).to_have_attribute("href", "https://status.example/a")
    await expect(room.page.locator(".channel.on")).to_have_attribute("title", re.compile(r"\*sev2\*, ask @ben"))


async def test_the_view_follows_a_new_incident_channel_but_never_someone_typing(room: Room) -> None:
    title = room.page.locator(".channel-title")
    await room.rehearsal.person("ben").creates_channel("inc-1-checkout")
    await expect(title).to_have_text("inc-1-checkout")
    await room.page.locator(".channel", has_text="general").click()
    await room.typing.fill("I am in the middle of")
    await room.rehearsal.person("ben").creates_channel("inc-2-search")
    await expect(room.page.locator(".toast")).to_contain_text("#inc-2-search")
    await expect(title).to_have_text("general")


async def test_the_view_goes_from_a_place_where_nobody_said_anything_to_the_first_word_and_stays(room: Room) -> None:
    title = room.page.locator(".channel-title")
    await expect(title).to_have_text("incidents")
    await room.rehearsal.person("ben").says("engineering", "the calendar is empty")
    await expect(title).to_have_text("engineering")
    await expect(room.message("the calendar is empty")).to_be_visible()
    await room.rehearsal.person("ben").says("general", "lunch")
    await expect(room.page.locator(".channel.unread", has_text="general")).to_be_visible()
    await expect(title).to_have_text("engineering")


async def test_the_line_of_a_replay_draws_how_far_it_is(room: Room) -> None:
    room.rehearsal.clock.set(datetime(2030, 4, 15, 12, 45, tzinfo=UTC))
    room.rehearsal.progress("12:45 GMT · logs read over SSH · 14 of 62")
    await expect(room.page.locator("#progress .progress-text")).to_have_text(
        "12:45 GMT · logs read over SSH · 14 of 62"
    )
    await expect(room.page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "14")


async def test_a_time_of_the_source_that_the_workspace_does_not_share_says_so(room: Room) -> None:
    room.rehearsal.clock.set(datetime(2030, 4, 15, 13, 22, tzinfo=UTC))
    room.rehearsal.progress("01:22 GMT · the site is back · 3 of 9")
    whose = room.page.locator(".progress-whose")
    await expect(whose).to_have_text("the source's own clock")
    room.rehearsal.progress("13:22 GMT · the site is back · 4 of 9")
    await expect(room.page.locator("#progress")).to_contain_text("4 of 9")
    await expect(whose).to_have_count(0)


async def test_another_apps_own_commands_are_what_one_can_try(browser: Browser) -> None:
    commands = (
        CommandSpec("/page", "Wake whoever is on call", "database is down"),
        CommandSpec("/incident", "Other people's incidents", "[start|stop] …"),
    )
    rehearsal = Rehearsal(app_config(name="Pager", bot_user_name="pager", commands=commands))
    await rehearsal.start()
    page = await browser.new_page()
    await page.goto(rehearsal.url)
    examples = page.locator("#messages .example")
    await expect(examples.locator("code")).to_have_text(["/page database is down", "/incident [start|stop] …"])
    await examples.nth(1).click()
    await expect(page.locator("#composer textarea")).to_have_value("/incident ")
    await page.get_by_role("button", name="What can I try?").click()
    await expect(page.locator(".help-tips")).not_to_contain_text("timeline")
    await expect(page.locator(".help-tips")).to_contain_text("Bring Pager into a channel: /invite @pager")
    await page.close()
    await rehearsal.stop()


async def test_a_permalink_leads_to_its_message(room: Room) -> None:
    said = await room.rehearsal.person("ben").says("general", "the graph is here")
    channel = room.rehearsal.workspace.find_channel("general").id
    await room.page.goto(f"{room.rehearsal.url}/archives/{channel}/p{said['ts'].replace('.', '')}")
    await expect(room.message("the graph is here")).to_be_focused()


async def test_a_knob_turned_on_the_page_slows_and_breaks_calls(room: Room) -> None:
    await room.page.get_by_role("button", name="Knobs").click()
    await room.page.get_by_role("button", name="Break the next call").click()
    await expect(room.page.locator(".fault")).to_contain_text("chat.postMessage")
    assert [fault.method for fault in room.rehearsal.knobs.faults] == ["chat.postMessage"]


async def test_an_armed_fault_can_be_disarmed(room: Room) -> None:
    await room.page.get_by_role("button", name="Knobs").click()
    for _ in range(2):
        await room.page.get_by_role("button", name="Break the next call").click()
    await expect(room.page.locator(".fault")).to_have_count(2)
    await room.page.get_by_role("button", name="Disarm chat.postMessage").first.click()
    await expect(room.page.locator(".fault")).to_have_count(1)
    assert len(room.rehearsal.knobs.faults) == 1


async def test_a_call_in_the_record_opens_on_its_arguments_and_its_error(room: Room) -> None:
    await room.app.web.users_info(user=room.rehearsal.person("ben").user_id)
    with pytest.raises(SlackApiError):
        await room.app.web.chat_postMessage(channel="C0NOWHERE", text="x", blocks=[{"type": "divider"}])
    await room.page.get_by_role("button", name="Knobs").click()
    failed = room.page.locator(".call.failed", has_text="chat.postMessage")
    await failed.locator("summary").click()
    await expect(failed.locator("pre").first).to_contain_text('"type": "divider"')
    await expect(failed.locator("pre").nth(1)).to_contain_text('"error": "channel_not_found"')
    fine = room.page.locator(".call", has_text="users.info")
    await fine.locator("summary").click()
    await expect(fine.locator("pre")).to_contain_text(room.rehearsal.person("ben").user_id)
    assert BOT_TOKEN not in await room.page.locator(".ledger").inner_text()


async def test_the_page_comes_back_after_the_server_was_away(room: Room) -> None:
    port = int(room.rehearsal.url.rpartition(":")[2])
    await room.rehearsal.stop()
    await expect(room.page.locator("#offline")).to_be_visible()
    room.rehearsal = Rehearsal(app_config(commands=COMMANDS), port=port)
    await room.rehearsal.start()
    await expect(room.page.locator("#offline")).to_be_hidden()
    await room.rehearsal.person("ben").says("incidents", "we are back")
    await expect(room.message("we are back")).to_be_visible()


async def test_nothing_sticks_out_on_a_phone_and_the_channels_are_in_a_drawer(room: Room) -> None:
    await room.send("a_very_long_word_" * 30)
    await room.page.set_viewport_size({"width": 375, "height": 700})
    assert await room.page.evaluate("document.documentElement.scrollWidth") <= 375
    await expect(room.page.locator("#sidebar")).to_be_hidden()
    await room.page.get_by_role("button", name="Channels").click()
    await room.page.locator(".channel", has_text="general").click()
    await expect(room.page.locator("#sidebar")).to_be_hidden()
    await expect(room.page.locator(".channel-title")).to_have_text("general")
