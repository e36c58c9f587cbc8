// Building nodes. Data enters the page only as text nodes and plain attributes, never as markup.

const STATIC = "/page/static/";
const AS_PROPERTY = new Set([
  "value",
  "checked",
  "disabled",
  "hidden",
  "tabIndex",
  "type",
  "id",
  "title",
  "placeholder",
  "href",
  "target",
  "rel",
  "src",
  "alt",
  "name",
  "min",
  "max",
  "step",
  "rows",
  "download",
  "maxLength",
  "multiple",
  "open",
]);

/** Make an element: `h("p", {class: "note", on: {click}}, "text", node)`. Null children are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name === "class") node.className = value;
    else if (name === "on") for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "vars") for (const [key, v] of Object.entries(value)) node.style.setProperty(key, v);
    else if (AS_PROPERTY.has(name)) node[name] = value;
    else if (value !== false) node.setAttribute(name, value === true ? "" : String(value));
  }
  return fill(node, ...children);
}

/** Append children, flattening arrays; strings become text nodes. */
export function fill(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** Replace all children. */
export function refill(node, ...children) {
  node.replaceChildren();
  return fill(node, ...children);
}

const SVG = "http://www.w3.org/2000/svg";

function sprite(file, id, className) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${STATIC}${file}#${id}`);
  svg.append(use);
  return svg;
}

/** One line icon of icons.svg. */
export const icon = (id) => sprite("icons.svg", id, "icon");

/** One drawing of emoji.svg. */
export const drawing = (id) => sprite("emoji.svg", id, "drawn");

/** An icon-only button with a spoken name that is also its tooltip. */
export function iconButton(id, label, click, props = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", title: label, "aria-label": label, ...props, on: { click } },
    icon(id),
  );
}

/** The address if a link may go there (http, https, mailto, or this server), else null. */
export function safeUrl(address) {
  let url;
  try {
    url = new URL(address, location.origin);
  } catch {
    return null;
  }
  return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
}

/** A link that opens apart, or its plain text when the address is not one we follow. */
export function link(address, ...children) {
  const href = safeUrl(address);
  const inside = children.flat().length ? children : [address];
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...inside) : h("span", {}, ...inside);
}

const drawn = new WeakMap();

/** Make `parent` show `items` [{key, sig, build}] in order, rebuilding only the nodes whose `sig` changed. */
export function reconcile(parent, items) {
  const old = new Map([...parent.children].map((node) => [drawn.get(node)?.key, node]));
  let at = parent.firstElementChild;
  for (const { key, sig, build } of items) {
    let node = old.get(key);
    old.delete(key);
    if (!node || drawn.get(node).sig !== sig) {
      const fresh = build();
      drawn.set(fresh, { key, sig });
      if (node) {
        if (node === at) at = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  for (const node of old.values()) node.remove();
}

/** Show a short sentence in the corner for `limit_ms`; `action` is [label, run]. */
export function toast(text, action = null, limit_ms = 6000) {
  const box = document.getElementById("toasts");
  const close = () => node.remove();
  const node = h(
    "div",
    { class: "toast", role: "status" },
    h("span", {}, text),
    action &&
      h(
        "button",
        {
          type: "button",
          class: "toast-action",
          on: {
            click: () => {
              close();
              action[1]();
            },
          },
        },
        action[0],
      ),
    iconButton("close", "Dismiss", close),
  );
  box.append(node);
  setTimeout(close, limit_ms);
}
