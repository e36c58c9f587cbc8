// rich_text blocks: structured text, so nothing in it is parsed.

import { h, link } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { channel, person } from "./mrkdwn.js";
import { dateOf, dateTokens, fullTime } from "./when.js";

/** Draw one rich_text block. */
export function richText(block) {
  return h("div", { class: "mrkdwn rich" }, gathered(block.elements).map(part));
}

/** Lists that follow each other with different indents belong together; keep them as they come. */
const gathered = (elements) => elements.filter((element) => element && DRAW[element.type]);

const part = (element) => DRAW[element.type](element);

const DRAW = {
  rich_text_section: (e) => h("p", {}, e.elements.map(leaf)),
  rich_text_preformatted: (e) => h("pre", {}, h("code", {}, e.elements.map(bareText))),
  rich_text_quote: (e) => h("blockquote", {}, e.elements.map(leaf)),
  rich_text_list: (e) => {
    const list = h(
      e.style === "ordered" ? "ol" : "ul",
      { class: `depth-${Math.min(4, e.indent ?? 0)}` },
      e.elements.map((item) => h("li", {}, item.elements.map(leaf))),
    );
    if (e.offset) list.setAttribute("start", e.offset + 1);
    return list;
  },
};

const bareText = (e) => e.text ?? e.url ?? "";

const LEAF = {
  text: (e) => withEmoji(e.text, false),
  link: (e) => link(e.url, e.text || e.url),
  user: (e) => person(e.user_id),
  channel: (e) => channel(e.channel_id),
  emoji: (e) => emoji(e.name),
  broadcast: (e) => h("span", { class: "mention mine" }, `@${e.range}`),
  usergroup: () => h("span", { class: "mention" }, "@group"),
  date: (e) =>
    h(
      "time",
      { title: fullTime(dateOf(e.timestamp)) },
      dateTokens(dateOf(e.timestamp), e.format ?? "{date_num} {time}"),
    ),
  color: (e) => h("code", {}, e.value),
};

const STYLES = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
];

function leaf(element) {
  const draw = LEAF[element.type];
  if (!draw) return "";
  return STYLES.reduce((inside, [style, tag]) => (element.style?.[style] ? h(tag, {}, inside) : inside), draw(element));
}
