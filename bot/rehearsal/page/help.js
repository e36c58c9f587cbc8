// What one can try here, each as a line to put into the composer.

import { h, icon } from "./dom.js";
import { emoji } from "./emoji.js";
import { hang } from "./popover.js";
import { state } from "./store.js";

const TRY = [
  ["/incident open sev2 checkout is failing", "opens a channel with a card, a bookmark and the people"],
  ["/incident note 10 min ago errors began after the deploy", "writes into the timeline, with its own time"],
  ["/runbook primary not responding", "finds the playbook that fits"],
  ["/incident help", "lists everything the bot understands"],
];

/** Commands to show: our own examples when the app serves them, else what it says of itself. */
function examples() {
  const served = new Set(state.app.commands.map((c) => c.command));
  const known = TRY.filter(([line]) => served.has(line.split(" ")[0]));
  return known.length ? known : state.app.commands.slice(0, 5).map((c) => [c.command, c.description]);
}

/** A list of example lines; a press writes one into the composer. */
export function exampleList(write) {
  return h(
    "div",
    { class: "examples" },
    examples().map(([line, what]) =>
      h(
        "button",
        { type: "button", class: "example", on: { click: () => write(line) } },
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
      exampleList((line) => {
        close();
        write(line);
      }),
      h(
        "ul",
        { class: "help-tips" },
        tip(
          emoji("pushpin"),
          "React with a pushpin: in an incident's channel the message becomes an entry of its timeline, with its own time.",
        ),
        tip(icon("reply"), "Reply in a thread from the tools that appear on a message."),
        tip(icon("people"), "Act as someone else at the top left. Each person sees only what is theirs."),
        tip(icon("knobs"), "Make Slack slow or broken with the knobs, and see how the bot bears it."),
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
