// The line at the top that says where a replay is.

import { h, icon, refill } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { state } from "./store.js";

const CLOCK = /^(.*?\b([01]?\d|2[0-3]):([0-5]\d)(?::\d\d)?\s+[A-Z]{2,5})\b(.*)$/s;
const APART_MIN = 30;

/** Whether the line's time is another than the workspace's: of another zone, or of a clock of twelve hours. */
function isApart(hour, minute) {
  const now = state.clock.read();
  const apart = Math.abs(Number(hour) * 60 + Number(minute) - now.getUTCHours() * 60 - now.getUTCMinutes());
  return Math.min(apart, 1440 - apart) > APART_MIN;
}

/** The words of the line; a time that is not the workspace's own says whose it is. */
function wordsOf(words) {
  const [, clock, hour, minute, rest] = CLOCK.exec(words) ?? [];
  if (!clock || !isApart(hour, minute)) return withEmoji(words);
  const why = "As the source wrote it. The workspace's clock, at the bottom left, runs in UTC.";
  return [clock, " ", h("span", { class: "progress-whose", title: why }, "the source's own clock"), withEmoji(rest)];
}

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
    refill(text, wordsOf(words ?? ""));
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
