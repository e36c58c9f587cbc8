// Completion of what is being typed: commands and their verbs, people, channels, emoji. Pure but for the drawing of rows.

import { h } from "./dom.js";
import { emoji, emojiNames } from "./emoji.js";
import { wordsOf } from "./mrkdwn.js";
import { personNode } from "./people.js";
import { isDirect, state } from "./store.js";

const MOST = 8;

const fits = (word, ...names) => {
  const wanted = word.toLowerCase();
  const found = names.map((name) => (name ?? "").toLowerCase());
  return found.some((n) => n.startsWith(wanted)) ? 2 : found.some((n) => n.includes(wanted)) ? 1 : 0;
};
const best = (rows, most = MOST) =>
  rows
    .filter((r) => r.fit)
    .sort((a, b) => b.fit - a.fit)
    .slice(0, most);

/** The verbs a usage hint offers: "[open|status|close] …" or "open | status". */
function verbsOf(hint) {
  const found = /^\W*((?:[a-z][a-z-]*)(?:\s*[|/,]\s*[a-z][a-z-]*)+)/.exec(hint ?? "");
  return found ? found[1].split(/\s*[|/,]\s*/) : [];
}

/** What could go at the caret: {rows: [{text, node, hint}], from, hint} or null. `text` replaces from `from` to the caret. */
export function completions(line, caret, { commands = true } = {}) {
  const before = line.slice(0, caret);
  if (commands && line.startsWith("/")) {
    const found = commandRows(before);
    if (found) return found;
  }
  const word = /(^|[\s(])([@#:])([\w.+-]*)$/.exec(before);
  if (!word) return null;
  const [, , mark, part] = word;
  const from = caret - part.length - 1;
  if (mark === "@") return rowsOrNull(from, personRows(part));
  if (mark === "#") return rowsOrNull(from, channelRows(part));
  return part.length > 1
    ? rowsOrNull(
        from,
        emojiNames(part, MOST).map((name) => ({
          text: `:${name}: `,
          node: h("span", { class: "emoji-row" }, emoji(name), `:${name}:`),
        })),
      )
    : null;
}

const rowsOrNull = (from, rows) => (rows.length ? { rows, from } : null);

function commandRows(before) {
  const all = [...state.app.commands, ...state.builtIn];
  const [name, ...rest] = before.split(" ");
  if (!rest.length) {
    const rows = best(
      all.map((c) => ({
        fit: fits(name.slice(1), c.command.slice(1)),
        text: `${c.command} `,
        node: h("span", {}, h("b", {}, c.command), c.usage_hint && h("span", { class: "usage" }, ` ${c.usage_hint}`)),
        hint: c.description,
      })),
    );
    return rowsOrNull(0, rows);
  }
  const command = all.find((c) => c.command === name);
  if (!command) return null;
  const verbs = verbsOf(command.usage_hint);
  const rows =
    rest.length === 1
      ? best(
          verbs.map((verb) => ({
            fit: rest[0] === verb ? 0 : fits(rest[0], verb) === 2 ? 2 : 0,
            text: `${verb} `,
            node: h("span", {}, h("span", { class: "quiet" }, `${name} `), h("b", {}, verb)),
          })),
          verbs.length,
        )
      : [];
  if (/(^|\s)[@#:][\w.+-]*$/.test(before)) return null;
  return {
    rows,
    from: before.length - (rest[0] ?? "").length,
    hint: `${command.command} ${command.usage_hint}`.trim(),
    soft: true,
  };
}

function personRows(part) {
  const people = [...state.people.values()].filter((p) => !p.deleted);
  const rows = people.map((p) => ({
    fit: fits(part, p.name, p.real_name),
    text: `@${p.name} `,
    node: personNode(p),
    hint: `@${p.name}`,
  }));
  const all = ["here", "channel"].map((word) => ({
    fit: part ? fits(part, word) : 0,
    text: `@${word} `,
    node: h("b", {}, `@${word}`),
    hint: "everyone in this channel",
  }));
  return best([...rows, ...all]);
}

const channelRows = (part) =>
  best(
    [...state.channels.values()]
      .filter((c) => !isDirect(c) && !c.is_archived)
      .map((c) => ({
        fit: fits(part, c.name),
        text: `#${c.name} `,
        node: h("b", {}, `#${c.name}`),
        hint: wordsOf(c.topic || c.purpose),
      })),
  );
