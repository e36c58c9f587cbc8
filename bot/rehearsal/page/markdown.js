// Plain Markdown, for the markdown block and for the preview of files: the common marks, no raw HTML.

import { h, link } from "./dom.js";
import { withEmoji } from "./emoji.js";

/** Draw Markdown text. What looks like HTML stays as the characters that were written, but for empty anchors: they are nothing to see. */
export function markdown(text) {
  return h(
    "div",
    { class: "mrkdwn markdown" },
    blocksOf(
      String(text ?? "")
        .replace(/\r\n?/g, "\n")
        .split("\n"),
    ),
  );
}

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;

function blocksOf(rows) {
  const out = [];
  let i = 0;
  while (i < rows.length) {
    const row = rows[i];
    if (!row.trim()) {
      i += 1;
      continue;
    }
    const take = [fence, heading, rule, quote, list, table, paragraph].map((read) => read(rows, i)).find(Boolean);
    out.push(take.node);
    i = take.next;
  }
  return out;
}

function fence(rows, i) {
  const open = FENCE.exec(rows[i]);
  if (!open) return null;
  let end = i + 1;
  while (end < rows.length && !rows[end].trim().startsWith(open[1])) end += 1;
  return { node: h("pre", {}, h("code", {}, rows.slice(i + 1, end).join("\n"))), next: end + 1 };
}

function heading(rows, i) {
  const found = HEADING.exec(rows[i]);
  // A heading inside a message must not outrank the page's own.
  return found && { node: h(`h${Math.min(6, found[1].length + 2)}`, {}, spans(found[2])), next: i + 1 };
}

const rule = (rows, i) => (RULE.test(rows[i]) ? { node: h("hr"), next: i + 1 } : null);

function quote(rows, i) {
  let end = i;
  while (end < rows.length && /^\s*>/.test(rows[end])) end += 1;
  return end > i
    ? { node: h("blockquote", {}, blocksOf(rows.slice(i, end).map((row) => row.replace(/^\s*>\s?/, "")))), next: end }
    : null;
}

function list(rows, i) {
  const first = ITEM.exec(rows[i]);
  if (!first) return null;
  const depth = first[1].length,
    items = [];
  let end = i;
  while (end < rows.length) {
    const found = ITEM.exec(rows[end]);
    if (found && found[1].length <= depth + 1) items.push([found[3]]);
    else if (rows[end].trim() && items.length && /^\s+/.test(rows[end]))
      items[items.length - 1].push(rows[end].slice(Math.min(depth + 2, rows[end].search(/\S/))));
    else break;
    end += 1;
  }
  return { node: h(/\d/.test(first[2]) ? "ol" : "ul", {}, items.map(item)), next: end };
}

function item([text, ...rest]) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  const box = task && h("input", { type: "checkbox", disabled: true, checked: task[1] !== " " });
  return h("li", { class: task ? "task" : "" }, box, spans(task ? task[2] : text), rest.length ? blocksOf(rest) : "");
}

const cells = (row) =>
  row
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

function table(rows, i) {
  if (!rows[i].includes("|") || !TABLE_RULE.test(rows[i + 1] ?? "")) return null;
  let end = i + 2;
  while (end < rows.length && rows[end].includes("|")) end += 1;
  const line = (tag) => (row) =>
    h(
      "tr",
      {},
      cells(row).map((cell) => h(tag, {}, spans(cell))),
    );
  return {
    node: h(
      "div",
      { class: "table-wrap" },
      h("table", {}, h("thead", {}, line("th")(rows[i])), h("tbody", {}, rows.slice(i + 2, end).map(line("td")))),
    ),
    next: end,
  };
}

function paragraph(rows, i) {
  let end = i + 1;
  while (
    end < rows.length &&
    rows[end].trim() &&
    ![FENCE, HEADING, RULE, ITEM, /^\s*>/].some((start) => start.test(rows[end]))
  )
    end += 1;
  return { node: h("p", {}, spans(rows.slice(i, end).join("\n"))), next: end };
}

const SPANS = [
  [/^\\([\\`*_{}[\]()#+\-.!|<>~])/, (m) => m[1]],
  [/^(`+)(.+?)\1(?!`)/s, (m) => h("code", {}, m[2].trim())],
  [/^\*\*(?=\S)(.+?)\*\*/s, (m) => h("strong", {}, spans(m[1]))],
  [/^__(?=\S)(.+?)__/s, (m) => h("strong", {}, spans(m[1]))],
  [/^\*(?=[^\s*])(.+?)\*/s, (m) => h("em", {}, spans(m[1]))],
  [/^_(?=[^\s_])(.+?)_(?!\w)/s, (m, before) => (/\w$/.test(before) ? null : h("em", {}, spans(m[1])))],
  [/^~~(?=\S)(.+?)~~/s, (m) => h("s", {}, spans(m[1]))],
  [/^!\[([^\]]*)\]\(([^)\s]+)[^)]*\)/, (m) => link(m[2], m[1] || m[2])],
  [/^\[([^\]]+)\]\(#[\w-]*\)/, (m) => h("span", {}, spans(m[1]))], // leads within the file, not within this page
  [/^\[([^\]]+)\]\(([^)\s]+)[^)]*\)/, (m) => link(m[2], spans(m[1]))],
  [/^<a\s+(?:id|name)="[^"<>]*"\s*>\s*<\/a>/i, () => document.createTextNode("")],
  [/^<(https?:\/\/[^>\s]+)>/, (m) => link(m[1])],
  [/^https?:\/\/[^\s<>]+[^\s<>.,;:!?)\]*_]/, (m, before) => (/\w$/.test(before) ? null : link(m[0]))],
];

function spans(text) {
  const out = [];
  let plain = "",
    at = 0;
  const flush = () => {
    if (plain) out.push(...withEmoji(plain));
    plain = "";
  };
  while (at < text.length) {
    const rest = text.slice(at);
    let hit = null;
    if (/^[\\`*_~![<h]/.test(rest)) {
      for (const [pattern, build] of SPANS) {
        const found = pattern.exec(rest),
          node = found && build(found, plain);
        if (node) {
          hit = { node, length: found[0].length };
          break;
        }
      }
    }
    if (hit) {
      flush();
      out.push(hit.node);
      at += hit.length;
    } else plain += text[at++];
  }
  flush();
  return out;
}
