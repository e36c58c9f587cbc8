// Where a person types: history, completion, what is running, and what went wrong with the words given back.

import { send } from "./acts.js";
import { h, icon, iconButton, refill } from "./dom.js";
import { chooseEmoji } from "./popover.js";
import { changed, state } from "./store.js";
import { suggestions } from "./suggest.js";
import { span } from "./when.js";

const MOST_HISTORY = 50;
const SHOW_RUNNING_AFTER_MS = 250;
const REDRAW_RUNNING_MS = 120;

const drafts = new Map();
const history = new Map();

/** Make a composer in `box`. `target()` gives {channel, thread, name} to type to. */
export function composer(box, target, { commands = true } = {}) {
  const note = h("div", { class: "note", role: "alert", hidden: true });
  const running = h("div", { class: "running", role: "status" });
  const area = h("textarea", {
    rows: 1,
    class: "typing",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    role: "combobox",
    on: { input: typed, keydown: key, click: () => offer.suggest(), blur: () => setTimeout(offer.hide, 150) },
  });
  const offer = suggestions(area, { commands, taken: size });
  const go = iconButton("send", "Send", submit, { class: "icon-button send", disabled: true });
  const tools = [
    commands && iconButton("slash", "Type a command", () => insert("/", true)),
    iconButton("at", "Mention someone", () => insert("@")),
    iconButton("smile", "Emoji", (e) => chooseEmoji(e.currentTarget, (name) => insert(`:${name}: `), "left"), {
      "aria-haspopup": "dialog",
    }),
  ];
  box.append(
    offer.list,
    note,
    h(
      "div",
      { class: "composer-box" },
      area,
      h(
        "div",
        { class: "composer-foot" },
        tools,
        h(
          "span",
          { class: "keys", "aria-hidden": "true" },
          h("kbd", {}, "Enter"),
          " sends, ",
          h("kbd", {}, "Shift Enter"),
          " new line",
        ),
        go,
      ),
    ),
    running,
  );

  let where = "",
    recall = -1,
    timer = 0;
  const keyOf = ({ channel, thread }) => `${state.me?.id}/${channel}/${thread ?? ""}`;

  /** Follow the target: its draft, its name, what runs there. */
  function draw() {
    const to = target();
    if (keyOf(to) !== where) {
      where = keyOf(to);
      area.value = drafts.get(where) ?? "";
      offer.hide();
      size();
    }
    const label = to.thread ? "Reply in thread" : `Message ${to.name}`;
    area.placeholder = label;
    area.setAttribute("aria-label", label);
    const said = state.notes.get(where);
    note.hidden = !said;
    if (said && note.dataset.said !== said) {
      note.dataset.said = said;
      refill(
        note,
        icon("alert"),
        h("span", {}, said),
        iconButton("close", "Dismiss", () => tell(where, "")),
      );
    }
    drawRunning(to);
  }

  function drawRunning(to) {
    const runs = to.thread
      ? []
      : (state.running.get(to.channel) ?? []).filter((run) => performance.now() - run.from_ms > SHOW_RUNNING_AFTER_MS);
    refill(
      running,
      runs
        .slice(-1)
        .map((run) => [
          h("span", { class: "spinner", "aria-hidden": "true" }),
          h("code", {}, run.line.length > 60 ? `${run.line.slice(0, 60)}…` : run.line),
          h("span", { class: "quiet" }, span(performance.now() - run.from_ms)),
        ]),
    );
    clearTimeout(timer);
    if (!to.thread && state.running.get(to.channel)?.length)
      timer = setTimeout(() => drawRunning(target()), REDRAW_RUNNING_MS);
  }

  function tell(key, sentence) {
    if (sentence) state.notes.set(key, sentence);
    else state.notes.delete(key);
    delete note.dataset.said;
    changed();
  }

  function size() {
    area.style.setProperty("height", "auto");
    area.style.setProperty("height", `${Math.min(area.scrollHeight, 220)}px`);
    go.disabled = !area.value.trim();
    drafts.set(where, area.value);
  }

  function typed() {
    recall = -1;
    size();
    if (state.notes.has(where)) tell(where, "");
    offer.suggest();
  }

  function insert(text, atStart = false) {
    if (atStart) {
      if (!area.value.startsWith(text)) area.value = text + area.value;
    } else area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.focus();
    if (atStart) area.setSelectionRange(area.value.length, area.value.length);
    typed();
  }

  function key(event) {
    if (event.isComposing) return;
    if (offer.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && (!area.value || recall >= 0)) back(event, 1);
    else if (event.key === "ArrowDown" && recall >= 0) back(event, -1);
  }

  function back(event, step) {
    const lines = history.get(state.me.id) ?? [];
    const to = Math.max(-1, Math.min(lines.length - 1, recall + step));
    event.preventDefault();
    if (to === recall) return;
    recall = to;
    area.value = recall < 0 ? "" : lines[recall];
    area.setSelectionRange(area.value.length, area.value.length);
    size();
  }

  async function submit() {
    const line = area.value.trim(),
      to = target(),
      key = where;
    if (!line) return;
    history.set(
      state.me.id,
      [line, ...(history.get(state.me.id) ?? []).filter((old) => old !== line)].slice(0, MOST_HISTORY),
    );
    area.value = "";
    recall = -1;
    offer.hide();
    size();
    tell(key, "");
    const problem = await send(to.channel, line, to.thread);
    if (!problem) return;
    if (!drafts.get(key)) drafts.set(key, line);
    if (key === where && !area.value) {
      area.value = line;
      size();
    }
    tell(key, problem);
  }

  return {
    draw,
    focus: () => area.focus(),
    isEmpty: () => !area.value.trim(),
    write: (line) => {
      area.value = line;
      area.focus();
      area.setSelectionRange(line.length, line.length);
      typed();
    },
  };
}
