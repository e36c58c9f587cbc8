// A list of messages that stays at its end while someone reads there, and stays put while they read above.

import { h, reconcile } from "./dom.js";
import { isSystem, messageNode, systemLine } from "./message.js";
import { feed, state } from "./store.js";
import { dateOf, dayName, isoDay } from "./when.js";

const GROUP_S = 300;
const NEAR_END_PX = 60;

const continues = (before, m) =>
  before &&
  !isSystem(before) &&
  !isSystem(m) &&
  before.user === m.user &&
  !m.ephemeral &&
  !before.ephemeral &&
  !m.pinned &&
  (before.username ?? "") === (m.username ?? "") &&
  (m.pending || Number(m.ts) - Number(before.ts) < GROUP_S);

/** Make a list inside `scroller`. `empty(channel)` draws what to show before the first message; `jump` is the button for the end. */
export function messageList(scroller, { empty, jump, openThread, thread = false }) {
  const list = h("div", { class: "list" });
  scroller.append(list);
  let atEnd = true,
    shown = "",
    count = 0,
    missed = 0;

  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
  };
  scroller.addEventListener("scroll", () => {
    atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
    if (atEnd) missed = 0;
    offer();
  });
  new ResizeObserver(() => {
    if (atEnd) toEnd();
  }).observe(list);
  new ResizeObserver(() => {
    if (atEnd) toEnd();
  }).observe(scroller);
  jump?.addEventListener("click", () => {
    toEnd();
    atEnd = true;
    missed = 0;
    offer();
  });
  list.addEventListener("keydown", walk);

  function offer() {
    if (!jump) return;
    jump.hidden = atEnd;
    jump.querySelector("span").textContent = missed ? `${missed} new` : "Newest";
  }

  function items(channel, messages) {
    const out = [],
      names = `${state.people.size}/${state.channels.size}/${state.me?.id}`;
    let day = "",
      before = null;
    const firstNew = thread ? "" : feed(channel).firstNew;
    for (const m of messages) {
      const date = m.pending ? null : dateOf(m.ts);
      if (!thread && date && isoDay(date) !== day) {
        day = isoDay(date);
        out.push({
          key: `day-${day}`,
          sig: day,
          build: () => h("div", { class: "day", role: "separator" }, h("span", {}, dayName(date))),
        });
        before = null;
      }
      if (firstNew && m.ts === firstNew) {
        out.push({
          key: "new",
          sig: "new",
          build: () => h("div", { class: "new-line", role: "separator" }, h("span", {}, "New")),
        });
        before = null;
      }
      const continued = Boolean(continues(before, m));
      out.push({
        key: m.ts,
        sig: `${JSON.stringify(m)}|${continued}|${names}`,
        build: () => (isSystem(m) ? systemLine(m) : messageNode(m, { continued, openThread })),
      });
      before = m;
      if (thread && messages.length > 1 && m === messages[0]) {
        const text = messages.length === 2 ? "1 reply" : `${messages.length - 1} replies`;
        out.push({
          key: "replies",
          sig: text,
          build: () => h("div", { class: "thread-line", role: "separator" }, h("span", {}, text)),
        });
        before = null;
      }
    }
    return out;
  }

  /** Draw the messages of a channel (or thread). A change of `id` starts at the end. */
  function draw(channel, id, messages, loaded) {
    const changed = id !== shown;
    if (changed) {
      list.replaceChildren();
      shown = id;
      count = messages.length;
      missed = 0;
      atEnd = true;
    }
    const drawn = items(channel, messages);
    const opening =
      empty && loaded
        ? [
            {
              key: "empty",
              sig: `${id}/${messages.length === 0}/${state.channels.get(channel)?.purpose}`,
              build: () => empty(channel, messages.length === 0),
            },
          ]
        : [];
    reconcile(list, [...opening, ...drawn]);
    const last = messages[messages.length - 1];
    const asked = last?.pending || last?.user === state.me.id || state.running.get(channel)?.length;
    if (messages.length > count && asked) atEnd = true;
    else if (!atEnd && messages.length > count) missed += messages.length - count;
    count = messages.length;
    if (atEnd) toEnd();
    offer();
    const stops = list.querySelectorAll(".message");
    if (!list.querySelector(".message[tabindex='0']") && stops.length) stops[stops.length - 1].tabIndex = 0;
  }

  function walk(event) {
    if (!["ArrowUp", "ArrowDown"].includes(event.key) || !event.target.matches(".message")) return;
    const stops = [...list.querySelectorAll(".message")];
    const next = stops[stops.indexOf(event.target) + (event.key === "ArrowUp" ? -1 : 1)];
    if (!next) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  /** Bring one message into view and let it glow; false if it is not there. */
  function goTo(ts) {
    const node = list.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    if (!node) return false;
    atEnd = false;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("glow");
    requestAnimationFrame(() => node.classList.add("glow"));
    node.focus({ preventScroll: true });
    return true;
  }

  return { draw, goTo, focusLast: () => list.querySelector(".message[tabindex='0']")?.focus() };
}
