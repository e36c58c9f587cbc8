// The knobs: make this workspace slow, broken or down, and read the record of every call.

import { ActError, loadKnobs, loadLedger, setKnobs } from "./api.js";
import { fill, h, iconButton, refill, toast } from "./dom.js";

const READ_EVERY_MS = 1200;
const MOST_ROWS = 200;
const METHODS = [
  "chat.postMessage",
  "chat.update",
  "chat.postEphemeral",
  "conversations.create",
  "conversations.invite",
  "conversations.setTopic",
  "pins.add",
  "bookmarks.add",
  "views.open",
  "views.update",
  "files.getUploadURLExternal",
  "files.completeUploadExternal",
  "users.info",
  "auth.test",
];
const FAULTS = [
  ["fatal_error", "fatal_error: it may have worked"],
  ["internal_error", "internal_error"],
  ["ratelimited", "ratelimited: 429, retry after 2 s"],
  ["lost answer", "the answer is lost: done, but nobody is told"],
  ["lost request", "the request is lost"],
];

/** JSON arguments arrive as strings from most SDKs; they read better as what they are. */
function parsed(name, value) {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** What opens under a call: when and how it went, its arguments, and of a failed one the answer. */
function insideOf(entry) {
  const code = (value) => h("pre", {}, h("code", {}, JSON.stringify(value, parsed, 2)));
  const retry = entry.retry ? `, attempt ${entry.retry + 1}` : "";
  return [
    h("p", { class: "quiet" }, `Call ${entry.n}, ${entry.at.slice(11, 23)} UTC, status ${entry.status}${retry}`),
    code(entry.args),
    entry.refusal && [h("p", { class: "quiet" }, "Answered"), code(entry.refusal)],
  ];
}

/** Build the drawer in `box`. */
export function knobsDrawer(box, close) {
  const shown = h("output", { class: "knob-value" });
  const latency = h("input", {
    type: "range",
    min: 0,
    max: 3000,
    step: 50,
    "aria-label": "Latency of every Web API call, in milliseconds",
    on: {
      input: () => {
        shown.textContent = `${latency.value} ms`;
      },
      change: () => turn({ latency_ms: Number(latency.value) }),
    },
  });
  const down = h("input", { type: "checkbox", on: { change: () => turn({ down: down.checked }) } });
  const method = h(
    "select",
    { class: "field", "aria-label": "Method" },
    METHODS.map((name) => h("option", { value: name }, name)),
  );
  const fault = h(
    "select",
    { class: "field", "aria-label": "What goes wrong" },
    FAULTS.map(([value, words]) => h("option", { value }, words)),
  );
  const waiting = h("div", { class: "waiting" });
  const ledger = h("div", { class: "ledger", role: "log", "aria-label": "Calls, newest first" });
  box.append(
    h(
      "header",
      { class: "panel-head" },
      h("div", {}, h("h2", {}, "Knobs"), h("div", { class: "quiet" }, "How Slack treats the app")),
      iconButton("close", "Close knobs", close),
    ),
    h(
      "div",
      { class: "knobs-body" },
      h("label", { class: "knob" }, h("span", { class: "knob-name" }, "Latency of each call", shown), latency),
      h(
        "label",
        { class: "switch knob" },
        down,
        h("span", { class: "switch-track", "aria-hidden": "true" }),
        "Slack is down",
      ),
      h(
        "div",
        { class: "knob" },
        h("span", { class: "knob-name" }, "Fail the next call of"),
        method,
        fault,
        h("button", { type: "button", class: "button", on: { click: breakNext } }, "Break the next call"),
        waiting,
      ),
      h("h3", {}, "Ledger"),
      ledger,
    ),
  );
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close();
  });
  let since = 0,
    timer = 0,
    armed = "";

  async function turn(change) {
    try {
      show(await setKnobs(change));
    } catch (problem) {
      complain(problem);
    }
  }

  function complain(problem) {
    if (!(problem instanceof ActError)) throw problem;
    toast(problem.message);
  }

  /** Change the armed faults as they are now: one that was used up meanwhile must not come back. */
  async function rearm(change) {
    try {
      show(await setKnobs({ faults: change((await loadKnobs()).faults ?? []) }));
    } catch (problem) {
      complain(problem);
    }
  }

  function disarm(fault) {
    const same = (other) => JSON.stringify(other) === JSON.stringify(fault);
    rearm((armed) => {
      const at = armed.findIndex(same);
      return armed.filter((_, i) => i !== at);
    });
  }

  function breakNext() {
    const one = { method: method.value, times: 1 };
    if (fault.value.startsWith("lost")) one.lose = fault.value.slice(5);
    else one.error = fault.value;
    if (fault.value === "ratelimited") Object.assign(one, { status: 429, retry_after: 2 });
    rearm((armed) => [...armed, one]);
  }

  function show(knobs) {
    if (!knobs) return;
    latency.value = knobs.latency_ms ?? 0;
    shown.textContent = `${latency.value} ms`;
    down.checked = Boolean(knobs.down);
    const now = JSON.stringify(knobs.faults ?? []);
    if (now === armed) return; // drawn anew, a button would lose the focus
    armed = now;
    refill(
      waiting,
      (knobs.faults ?? []).map((f) =>
        h(
          "div",
          { class: "fault" },
          h("code", {}, f.method),
          h("span", {}, f.lose ? `${f.lose} lost` : f.error || f.status),
          h("span", { class: "quiet" }, f.times > 1 ? `× ${f.times}` : "once"),
          iconButton("close", `Disarm ${f.method}`, () => disarm(f)),
        ),
      ),
    );
  }

  function row(entry) {
    const toApp = entry.direction === "to_app";
    const inside = h("div", { class: "call-inside" });
    const open = () => inside.childElementCount || fill(inside, insideOf(entry));
    return h(
      "details",
      { class: entry.ok ? "call" : "call failed", on: { toggle: open } },
      h(
        "summary",
        {},
        h(
          "span",
          { class: "call-way", role: "img", "aria-label": toApp ? "to the app" : "to Slack" },
          toApp ? "→" : "←",
        ),
        h("span", { class: "call-name" }, entry.name),
        h("span", { class: "call-error" }, entry.ok ? "" : entry.error || entry.status),
        h("span", { class: "call-ms" }, `${entry.ms < 10 ? entry.ms.toFixed(1) : Math.round(entry.ms)} ms`),
      ),
      inside,
    );
  }

  async function read() {
    try {
      const body = await loadLedger(since);
      const rows = body.calls;
      for (const entry of rows) {
        since = Math.max(since, entry.n);
        ledger.prepend(row(entry));
      }
      while (ledger.childElementCount > MOST_ROWS) ledger.lastElementChild.remove();
      if (!ledger.childElementCount) fill(ledger, h("p", { class: "quiet" }, "No call yet."));
      else if (rows.length) ledger.querySelector("p")?.remove();
      show(await loadKnobs());
    } catch (problem) {
      if (!(problem instanceof ActError)) throw problem;
    }
    if (!box.hidden) timer = setTimeout(read, READ_EVERY_MS);
  }

  return {
    toggle: (open) => {
      box.hidden = !open;
      clearTimeout(timer);
      if (open) {
        read();
        latency.focus();
      }
    },
  };
}
