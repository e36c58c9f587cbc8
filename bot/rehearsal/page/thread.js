// The right side: one thread, with its own composer.

import { composer } from "./composer.js";
import { h, iconButton, refill } from "./dom.js";
import { messageList } from "./messages.js";
import { channelName, feed, messagesOf, state } from "./store.js";

/** Build the thread panel in `box`; `close()` is called by its button and by Escape. */
export function threadPanel(box, close) {
  const where = h("div", { class: "quiet" });
  const scroller = h("div", { class: "scroller", role: "log", "aria-label": "Thread" });
  const foot = h("div", { class: "composer" });
  box.append(
    h(
      "header",
      { class: "panel-head" },
      h("div", {}, h("h2", {}, "Thread"), where),
      iconButton("close", "Close thread", close),
    ),
    scroller,
    foot,
  );
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close();
  });
  const list = messageList(scroller, { thread: true });
  const typing = composer(foot, () => ({ channel: state.current, thread: state.thread, name: "" }), {
    commands: false,
  });

  /** Draw from the state. */
  function draw() {
    box.hidden = !state.thread;
    if (!state.thread) return;
    refill(where, `#${channelName(state.current)}`);
    list.draw(
      state.current,
      `${state.current}/${state.thread}`,
      messagesOf(state.current, state.thread),
      feed(state.current).loaded,
    );
    const channel = state.channels.get(state.current);
    foot.hidden = !channel || channel.is_archived || !channel.is_member;
    typing.draw();
  }

  return { draw, focus: typing.focus };
}
