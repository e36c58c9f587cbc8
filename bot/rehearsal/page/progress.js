// The line at the top that says where a replay is.

import { h, icon, refill } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { state } from "./store.js";

/** Build the line in `box`. */
export function progressLine(box) {
  const text = h("span", { class: "progress-text", role: "status" });
  const count = h("span", { class: "progress-count" });
  const fill = h("div", { class: "progress-fill" });
  const track = h(
    "div",
    { class: "progress-track", role: "progressbar", "aria-label": "Replay", "aria-valuemin": 0 },
    fill,
  );
  box.append(h("div", { class: "progress-row" }, icon("clock"), text, count), track);
  let before = "";

  /** Draw from the state. A text such as "… 14 of 62" counts when no numbers are given. */
  return () => {
    const { text: words, done, of } = state.progress;
    const now = JSON.stringify(state.progress);
    if (now === before) return;
    before = now;
    box.hidden = !words;
    const read = /(?:^|\D)(\d+)\s*(?:of|\/)\s*(\d+)\D*$/.exec(words ?? "");
    const [at, all] = Number.isFinite(of) && of > 0 ? [done, of] : read ? [Number(read[1]), Number(read[2])] : [0, 0];
    refill(text, withEmoji(words ?? ""));
    refill(count, all && !read ? `${at} of ${all}` : "");
    track.hidden = !all;
    if (all) {
      fill.style.setProperty("--part", String(Math.min(1, at / all)));
      track.setAttribute("aria-valuemax", all);
      track.setAttribute("aria-valuenow", at);
    }
    box.classList.toggle("finished", Boolean(all) && at >= all);
  };
}
