// Block Kit layout blocks, drawn as nodes. Interactive parts are in elements.js, rich_text in richtext.js.

import { fill, h, safeUrl } from "./dom.js";
import { drawElement } from "./elements.js";
import { markdown } from "./markdown.js";
import { plainText, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** Draw blocks in order. `env` takes what people press and choose; see elements.js. */
export function drawBlocks(blocks, env) {
  return h(
    "div",
    { class: "blocks" },
    blocks.map((block) => drawBlock(block, env)),
  );
}

function drawBlock(block, env) {
  const draw = DRAW[block.type];
  const inside = draw
    ? draw(block, env)
    : h("div", { class: "unsupported" }, `A ${block.type} block is not drawn here.`);
  inside.classList.add("block");
  return inside;
}

const DRAW = {
  section: (block, env) =>
    h(
      "div",
      { class: "section" },
      h(
        "div",
        { class: "section-body" },
        block.text && textObject(block.text),
        block.fields &&
          h(
            "div",
            { class: "fields" },
            block.fields.map((field) => h("div", { class: "field-cell" }, textObject(field))),
          ),
      ),
      block.accessory &&
        h(
          "div",
          { class: "accessory" },
          block.accessory.type === "image" ? picture(block.accessory) : drawElement(block.accessory, block, env),
        ),
    ),
  header: (block) => h("h3", { class: "header-block" }, plainText(block.text)),
  divider: () => h("hr"),
  context: (block) =>
    h(
      "div",
      { class: "context" },
      block.elements.map((e) => (e.type === "image" ? picture(e) : textObject(e))),
    ),
  actions: (block, env) =>
    h(
      "div",
      { class: "actions" },
      block.elements.map((e) => drawElement(e, block, env)),
    ),
  input: inputBlock,
  rich_text: (block) => richText(block),
  image: (block) => h("figure", {}, block.title && h("figcaption", {}, plainText(block.title)), picture(block)),
  markdown: (block) => markdown(block.text),
  table: (block) =>
    h(
      "div",
      { class: "table-wrap" },
      h(
        "table",
        {},
        h(
          "tbody",
          {},
          block.rows.map((row) =>
            h(
              "tr",
              {},
              row.map((cell) => h("td", {}, cell.type === "rich_text" ? richText(cell) : cell.text)),
            ),
          ),
        ),
      ),
    ),
};

/** An image by address. Where the page's rules forbid outside pictures, its description stands in. */
function picture(element) {
  const own = safeUrl(element.image_url ?? element.slack_file?.url ?? "");
  const words = h("span", { class: "picture-words" }, element.alt_text || "image");
  if (!own) return words;
  const image = h("img", {
    src: own,
    alt: element.alt_text ?? "",
    loading: "lazy",
    on: { error: () => image.replaceWith(words) },
  });
  return image;
}

function inputBlock(block, env) {
  const problem = env.errors?.[block.block_id];
  const control = drawElement(block.element, block, env);
  const field = control.matches?.("input, textarea, select, button")
    ? control
    : (control.querySelector("input, textarea, button") ?? control);
  const id = `in-${env.prefix ?? "m"}-${block.block_id}`;
  field.id = id;
  field.removeAttribute("aria-label");
  if (problem) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${id}-error`);
  }
  return fill(
    h("div", { class: problem ? "input-block invalid" : "input-block", data: { block: block.block_id } }),
    h("label", { for: id }, plainText(block.label), block.optional && h("span", { class: "optional" }, "optional")),
    control,
    problem && h("p", { class: "input-error", id: `${id}-error`, role: "alert" }, problem),
    block.hint && h("p", { class: "hint" }, plainText(block.hint)),
  );
}
