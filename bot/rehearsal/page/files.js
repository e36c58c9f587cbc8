// Files under a message: a card to download or open, and a look inside text and Markdown.

import { ActError, loadFile } from "./api.js";
import { h, icon, link, refill, safeUrl } from "./dom.js";
import { markdown } from "./markdown.js";
import { sizeOf } from "./when.js";

const MOST_LINES = 400;

const kindOf = (file) => {
  const name = (file.name ?? file.title ?? "").toLowerCase(),
    type = file.mimetype ?? "";
  if (/\.(md|markdown)$/.test(name) || type === "text/markdown" || file.filetype === "markdown") return "markdown";
  if (/\.html?$/.test(name) || type === "text/html") return "html";
  if (type.startsWith("image/")) return "image";
  return type.startsWith("text/") || /\.(txt|log|json|ya?ml|toml|csv|sql|conf)$/.test(name) ? "text" : "other";
};

const WORDS = { markdown: "Markdown", html: "HTML page", image: "Image", text: "Text", other: "File" };

/** Draw the cards of a message's files. */
export const fileCards = (files) => files.length > 0 && h("div", { class: "files" }, files.map(card));

/** The file on this server, whatever host name the file's address carries. */
function addressOf(file) {
  const given = safeUrl(file.url_private_download ?? file.url_private ?? file.permalink ?? "");
  return given && location.origin + new URL(given).pathname + new URL(given).search;
}

function card(file) {
  const kind = kindOf(file),
    address = addressOf(file);
  const inside = h("div", { class: "file-inside", hidden: true });
  const canLook = kind === "markdown" || kind === "text";
  const look =
    canLook &&
    h(
      "button",
      {
        type: "button",
        class: "text-button",
        "aria-expanded": "false",
        on: { click: () => toggle(look, inside, kind, address) },
      },
      "Preview",
    );
  return h(
    "div",
    { class: "file" },
    h(
      "div",
      { class: "file-head" },
      h("span", { class: `file-mark ${kind}` }, icon("file")),
      h(
        "div",
        { class: "file-words" },
        h("div", { class: "file-name" }, file.title || file.name),
        h("div", { class: "quiet" }, [WORDS[kind], sizeOf(file.size)].filter(Boolean).join(" · ")),
      ),
      look,
      kind === "html" && address && link(address, "Open"),
      address &&
        h(
          "a",
          {
            class: "icon-button",
            href: address,
            download: file.name ?? "",
            title: "Download",
            "aria-label": `Download ${file.name ?? "file"}`,
          },
          icon("download"),
        ),
    ),
    kind === "image" && address && h("img", { src: address, alt: file.title ?? file.name, loading: "lazy" }),
    inside,
  );
}

async function toggle(button, inside, kind, address) {
  inside.hidden = !inside.hidden;
  button.textContent = inside.hidden ? "Preview" : "Hide";
  button.setAttribute("aria-expanded", String(!inside.hidden));
  if (inside.hidden || inside.childElementCount) return;
  try {
    const text = await loadFile(address);
    const rows = text.split("\n");
    const shown = rows.slice(0, MOST_LINES).join("\n");
    refill(
      inside,
      kind === "markdown" ? markdown(shown) : h("pre", {}, h("code", {}, shown)),
      rows.length > MOST_LINES && h("p", { class: "quiet" }, `${rows.length - MOST_LINES} more lines in the file.`),
    );
  } catch (problem) {
    if (!(problem instanceof ActError)) throw problem;
    refill(inside, h("p", { class: "quiet" }, problem.message));
  }
}
