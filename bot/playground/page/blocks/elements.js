/** What can be pressed or chosen in a message: buttons, overflow menus, selects; each asks first where it says so. */

import { overflow } from "/page/blocks/menu.js";
import { isSafe, unescaped } from "/page/blocks/mrkdwn.js";
import { plainText, textNodes } from "/page/blocks/text.js";
import { confirmed } from "/page/dialog.js";
import { el } from "/page/dom.js";
import { icon } from "/page/icons.js";

const STYLES = { primary: "is-primary", danger: "is-danger" };

/** The element for that part, or null for a kind that is not known. `act(value)` is called once it is truly used. */
export function element(part, context) {
  const draw = Object.hasOwn(ELEMENTS, part?.type ?? "") ? ELEMENTS[part.type] : null;
  return draw && draw(part, context);
}

const ELEMENTS = { button, overflow: more, static_select: select, users_select: people, multi_static_select: several };

function button(part, context) {
  const label = plainText(part.text);
  const shared = {
    class: `button ${STYLES[part.style] ?? ""}`.trim(),
    "aria-label": part.accessibility_label ? unescaped(part.accessibility_label) : null,
    title: part.accessibility_label ? unescaped(part.accessibility_label) : null,
    dir: "auto",
  };
  const words = el("span", { class: "button-words" }, label);
  if (part.url !== undefined) return opens(part, shared, words, context);
  return el("button", { ...shared, type: "button", on: { click: (event) => ask(part, context, event.currentTarget, part.value) } }, words);
}

/** A button with an address opens it, and tells the app so as Slack does. An address that no page may open is no link. */
function opens(part, shared, words, context) {
  const url = unescaped(String(part.url));
  if (!isSafe(url)) return el("span", { ...shared, class: `${shared.class} is-off` }, words);
  const link = { ...shared, href: url, target: "_blank", rel: "noopener noreferrer" };
  return el("a", { ...link, on: { click: () => context.act(part.value) } }, words, icon("out"));
}

/** Uses it, after a question where the part has one; busy until the app has answered. */
async function ask(part, context, shown, value) {
  if (shown.getAttribute("aria-busy") === "true") return false;
  if (part.confirm && !(await confirmed(question(part.confirm, context)))) return false;
  shown.setAttribute("aria-busy", "true");
  try {
    await context.act(value);
  } finally {
    shown.removeAttribute("aria-busy");
  }
  return true;
}

function question(confirm, context) {
  return {
    title: confirm.title ? plainText(confirm.title) : "Are you sure?",
    body: confirm.text ? textNodes(confirm.text, context.reader) : [],
    yes: confirm.confirm ? plainText(confirm.confirm) : "Yes",
    no: confirm.deny ? plainText(confirm.deny) : "Cancel",
    isDanger: confirm.style === "danger",
  };
}

function more(part, context) {
  const items = options(part).map((one) => ({
    label: plainText(one.text),
    url: one.url !== undefined && isSafe(unescaped(String(one.url))) ? unescaped(String(one.url)) : null,
    value: one.value ?? "",
  }));
  return overflow(items, (item, opener) => ask(part, context, opener, item.value));
}

function select(part, context) {
  return chooser(part, context, grouped(part, (one) => {
    const isFirst = part.initial_option?.value === one.value;
    return el("option", { value: one.value ?? "", selected: isFirst }, plainText(one.text));
  }), Boolean(part.initial_option));
}

function people(part, context) {
  const choices = context.reader.people.map((one) => el("option", { value: one.id, selected: part.initial_user === one.id }, one.name));
  return chooser(part, context, choices, Boolean(part.initial_user));
}

function chooser(part, context, choices, hasFirst) {
  const hint = part.placeholder ? plainText(part.placeholder) : "Choose…";
  let before = "";
  const shown = el(
    "select",
    { class: "select", "aria-label": hint, on: { change: async () => {
      if (await ask(part, context, shown, shown.value)) before = shown.value;
      else shown.value = before;
    } } },
    el("option", { value: "", disabled: true, selected: !hasFirst, hidden: true }, hint),
    choices,
  );
  before = shown.value;
  return shown;
}

function several(part, context) {
  const hint = part.placeholder ? plainText(part.placeholder) : "Choose…";
  const first = new Set((part.initial_options ?? []).map((one) => one.value));
  const boxes = [];
  const rows = grouped(part, (one) => {
    const box = el("input", { type: "checkbox", value: one.value ?? "", checked: first.has(one.value), on: { change: count } });
    boxes.push(box);
    return el("label", { class: "several-row" }, box, el("span", { dir: "auto" }, plainText(one.text)));
  });
  const told = el("span", {}, hint);
  const done = el("button", { class: "button is-primary", type: "button", on: { click: send } }, "Done");
  const shown = el("details", { class: "several" }, el("summary", { class: "select" }, told), el("fieldset", {}, el("legend", { class: "hidden" }, hint), rows, done));

  function chosen() {
    return boxes.filter((one) => one.checked).map((one) => one.value);
  }

  function count() {
    const all = chosen();
    const most = Number(part.max_selected_items);
    told.textContent = all.length === 0 ? hint : `${all.length} chosen`;
    for (const box of boxes) box.disabled = most > 0 && all.length >= most && !box.checked;
  }

  async function send() {
    if (await ask(part, context, done, chosen())) shown.open = false;
  }

  count();
  return shown;
}

/** The options, in their groups where there are some. */
function grouped(part, drawn) {
  if (!part.option_groups) return options(part).map(drawn);
  const name = part.type === "static_select" ? "optgroup" : "fieldset";
  return part.option_groups.map((group) => {
    const label = plainText(group.label);
    return name === "optgroup"
      ? el(name, { label }, options(group).map(drawn))
      : el(name, {}, el("legend", {}, label), options(group).map(drawn));
  });
}

function options(part) {
  return Array.isArray(part.options) ? part.options : [];
}
