// What one can try here, each as a line to put into the composer.

import { h, icon } from "./dom.js";
import { emoji } from "./emoji.js";
import { hang } from "./popover.js";
import { personName, state } from "./store.js";

// The app that this workspace comes with. Its verbs are worth more than its three commands.
const MUSTER = "Muster";
const TRY = [
  ["/incident open sev2 checkout is failing", "opens a channel with a card, a bookmark and the people"],
  ["/incident note 10 min ago errors began after the deploy", "writes into the timeline, with its own time"],
  ["/runbook primary not responding", "finds the playbook that fits"],
  ["/incident help", "lists everything the bot understands"],
];
const MOST = 5;
const PLACEHOLDER = /[[\]<>{}|…]|\.\.\./;

const isMuster = () => state.app.name === MUSTER;

/** What to try: [line shown, what it does, line written]. A usage hint with placeholders is shown, not written. */
function examples() {
  const served = new Set(state.app.commands.map((c) => c.command));
  const own = isMuster() ? TRY.filter(([line]) => served.has(line.split(" ")[0])) : [];
  if (own.length) return own.map(([line, what]) => [line, what, line]);
  return state.app.commands.slice(0, MOST).map((c) => {
    const line = `${c.command} ${c.usage_hint ?? ""}`.trim();
    return [line, c.description, PLACEHOLDER.test(line) ? `${c.command} ` : line];
  });
}

/** Whether the app has anything to try. */
export const hasExamples = () => state.app.commands.length > 0;

/** A list of example lines; a press writes one into the composer. */
export function exampleList(write) {
  return h(
    "div",
    { class: "examples" },
    examples().map(([line, what, written]) =>
      h(
        "button",
        { type: "button", class: "example", on: { click: () => write(written) } },
        h("code", {}, line),
        h("span", { class: "quiet" }, what),
      ),
    ),
  );
}

/** Show the help, hung on `anchor`. */
export function showHelp(anchor, write) {
  const close = hang(
    anchor,
    h(
      "div",
      { class: "help" },
      h("h2", {}, "What to try"),
      !hasExamples() && h("p", { class: "quiet" }, `${state.app.name || "The app"} has no commands.`),
      exampleList((line) => {
        close();
        write(line);
      }),
      h(
        "ul",
        { class: "help-tips" },
        isMuster() &&
          tip(
            emoji("pushpin"),
            "React with a pushpin: in an incident's channel the message becomes an entry of its timeline, with its own time.",
          ),
        tip(icon("plus"), `Bring ${state.app.name || "the app"} into a channel: /invite @${personName(state.app.bot_user_id)}`),
        tip(icon("reply"), "Reply in a thread from the tools that appear on a message."),
        tip(icon("people"), "Act as someone else at the top left. Each person sees only what is theirs."),
        tip(icon("knobs"), "Make Slack slow or broken with the knobs, and see how the app bears it."),
      ),
      h(
        "p",
        { class: "quiet keys-help" },
        h("kbd", {}, "↑"),
        " last line  ",
        h("kbd", {}, "Tab"),
        " complete  ",
        h("kbd", {}, "Alt ↑↓"),
        " next channel  ",
        h("kbd", {}, "Esc"),
        " close",
      ),
    ),
    { label: "Help", className: "help-popover" },
  );
}

const tip = (mark, text) => h("li", {}, h("span", { class: "tip-mark" }, mark), h("span", {}, text));
