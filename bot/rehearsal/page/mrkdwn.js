// Slack's mrkdwn, drawn as nodes. The three entities are decoded once, at the leaves, after all marks were found.

import { fill, h, link, safeUrl } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { dateOf, dateTokens, fullTime } from "./when.js";
import { channelName, personName, state } from "./store.js";

/** `&amp;lt;` becomes `&lt;`, as Slack shows it: one pass, never two. */
const unescape = (text) => text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);

/** What a person typed, made safe to be sent as mrkdwn. */
export const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** Draw `text` into a block of paragraphs, quotes, lists and fences. */
export function mrkdwn(text) {
  const box = h("div", { class: "mrkdwn" });
  String(text ?? "")
    .split(/```\n?([\s\S]*?)\n?```/)
    .forEach((part, i) => {
      if (i % 2) box.append(h("pre", {}, h("code", {}, unescape(part))));
      else lines(box, i ? part.replace(/^\n/, "") : part);
    });
  return box;
}

/** Draw `text` as one run of inline nodes; line breaks stay. */
export const inline = (text) => inlineNodes(String(text ?? ""));

/** Draw a topic or purpose: mentions, links and emoji, but no marks, as Slack shows them. */
export const unmarked = (text) => inlineNodes(String(text ?? ""), true, false);

/** A topic or purpose as words alone, for tooltips. */
export const wordsOf = (text) => h("span", {}, unmarked(text)).textContent;

/** Draw plain_text: emoji only, nothing else means anything. */
export const plainText = (object) => withEmoji(String(object?.text ?? ""), object?.emoji !== false);

/** A text object of Block Kit, drawn by its type. */
export const textObject = (object) =>
  object?.type === "mrkdwn" ? mrkdwn(object.text) : h("div", { class: "plain" }, plainText(object));

function lines(box, text) {
  const whole = text.split(/^(?:&gt;|>){3}\s?/m);
  const rows = whole[0].split("\n");
  let run = [];
  const flush = () => {
    while (run.length && run[run.length - 1] === "") run.pop();
    if (run.length) box.append(h("p", {}, inlineNodes(run.join("\n"))));
    run = [];
  };
  for (let i = 0; i < rows.length; i++) {
    const quote = /^(?:&gt;|>)\s?(.*)$/.exec(rows[i]);
    const item = /^(\s*)([•◦▪-]|\d{1,3}\.)\s+(.*)$/.exec(rows[i]);
    if (quote) {
      flush();
      const quoted = [quote[1]];
      for (let next; (next = /^(?:&gt;|>)\s?(.*)$/.exec(rows[i + 1] ?? "")); i++) quoted.push(next[1]);
      box.append(h("blockquote", {}, inlineNodes(quoted.join("\n"))));
    } else if (item) {
      flush();
      const depth = Math.min(4, Math.floor(item[1].length / 2));
      box.append(
        h(
          "div",
          { class: `line-item depth-${depth}` },
          h("span", { class: "bullet" }, item[2] === "-" ? "–" : item[2]),
          h("div", {}, inlineNodes(item[3])),
        ),
      );
    } else {
      run.push(rows[i]);
    }
  }
  flush();
  if (whole.length > 1)
    box.append(h("blockquote", {}, inlineNodes(text.slice(whole[0].length).replace(/^(?:&gt;|>){3}\s?/, ""))));
}

const MARKS = { "*": "strong", _: "em", "~": "s" };
const BEFORE = /[\s([{"'*_~\-–—/:>;,.]|^$/;
const AFTER = /[\s)\]}"'*_~\-–—/:<&;,.!?…]|^$/;
const TOKEN = /<((?:[@#!]|https?:|mailto:|tel:|\/)[^<>\n]*)>/y;
const BARE = /https?:\/\/[^\s<>|"]+[^\s<>|"'.,;:!?)\]}*_~]/y;

function inlineNodes(text, bare = true, marks = true) {
  const out = [];
  let plain = "";
  const flush = () => {
    if (plain) out.push(...withEmoji(unescape(plain)));
    plain = "";
  };
  for (let i = 0; i < text.length;) {
    const found =
      (marks && code(text, i)) || token(text, i) || (marks && marked(text, i)) || (bare && url(text, i));
    if (found) {
      flush();
      out.push(...found.nodes);
      i = found.end;
    } else {
      plain += text[i++];
    }
  }
  flush();
  return out;
}

function code(text, i) {
  if (text[i] !== "`") return null;
  const end = text.indexOf("`", i + 1);
  const inside = text.slice(i + 1, end);
  if (end < 0 || !inside.trim() || inside.includes("\n")) return null;
  return { nodes: [h("code", {}, unescape(inside))], end: end + 1 };
}

function marked(text, i) {
  const tag = MARKS[text[i]];
  if (!tag || !BEFORE.test(text[i - 1] ?? "") || !/\S/.test(text[i + 1] ?? "") || text[i + 1] === text[i]) return null;
  for (let end = text.indexOf(text[i], i + 1); end > 0; end = text.indexOf(text[i], end + 1)) {
    const inside = text.slice(i + 1, end);
    if (inside.includes("\n")) return null;
    if (/\S$/.test(inside) && AFTER.test(text[end + 1] ?? ""))
      return { nodes: [h(tag, {}, inlineNodes(inside))], end: end + 1 };
  }
  return null;
}

function url(text, i) {
  if (text[i] !== "h" || /\w/.test(text[i - 1] ?? "")) return null;
  BARE.lastIndex = i;
  const found = BARE.exec(text)?.[0];
  return found ? { nodes: [link(unescape(found))], end: i + found.length } : null;
}

function token(text, i) {
  if (text[i] !== "<") return null;
  TOKEN.lastIndex = i;
  const found = TOKEN.exec(text);
  return found && { nodes: [mention(found[1])], end: i + found[0].length };
}

function mention(body) {
  const bar = body.indexOf("|");
  const what = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : unescape(body.slice(bar + 1));
  if (what.startsWith("@")) return person(what.slice(1), label);
  if (what.startsWith("#")) return channel(what.slice(1), label);
  if (what.startsWith("!")) return special(what.slice(1), label);
  const address = unescape(what);
  const inside = bar < 0 ? [address.replace(/^mailto:/, "")] : inlineNodes(body.slice(bar + 1), false);
  return safeUrl(address) ? fill(link(address, ...inside)) : h("span", {}, `<${unescape(body)}>`);
}

/** A mention of a person as a chip; mine stands out. */
export function person(id, label = "") {
  const mine = id === state.me?.id;
  return h("span", { class: mine ? "mention mine" : "mention", data: { person: id } }, `@${personName(id, label)}`);
}

/** A mention of a channel that can be followed. */
export function channel(id, label = "") {
  return h("a", { class: "mention", href: `#/${id}` }, `#${channelName(id, label)}`);
}

function special(what, label) {
  const date = /^date\^(\d+(?:\.\d+)?)\^([^^]*)(?:\^(.*))?$/.exec(what);
  if (date) {
    const at = dateOf(date[1]);
    const node = h(
      "time",
      { title: `${fullTime(at)}`, datetime: at.toISOString() },
      dateTokens(at, unescape(date[2])) || label,
    );
    return date[3] && safeUrl(date[3]) ? link(date[3], node) : node;
  }
  if (["here", "channel", "everyone"].includes(what)) return h("span", { class: "mention mine" }, `@${what}`);
  if (what.startsWith("subteam^")) return h("span", { class: "mention" }, label || "@group");
  return h("span", {}, label || `<!${what}>`);
}
