/** A message's Block Kit as elements. What cannot be drawn shows itself as a warning, and never as nothing. */

import { element } from "/page/blocks/elements.js";
import { plain } from "/page/blocks/mrkdwn.js";
import { plainText, textNodes, Undrawable } from "/page/blocks/text.js";
import { el } from "/page/dom.js";
import { icon } from "/page/icons.js";

const LONGEST_RAW = 4000;

/**
 * The blocks from top to bottom. `context` is `{reader, act}`: who reads (see mrkdwn.js), and what is done with
 * `{blockId, actionId, value}` when an element is used.
 */
export function render(blocks, context) {
  return Array.isArray(blocks) ? blocks.map((block) => drawn(block, context)) : [warning("list of blocks", blocks)];
}

function drawn(block, context) {
  const draw = BLOCKS[block?.type];
  if (!Object.hasOwn(BLOCKS, block?.type ?? "")) return warning(block?.type, block);
  try {
    return draw(block, context);
  } catch (error) {
    return warning(error instanceof Undrawable ? error.message : block.type, block);
  }
}

const BLOCKS = {
  header: (block) => el("h3", { class: "b-header", dir: "auto" }, plainText(block.text)),
  section,
  context: (block, context) =>
    el("div", { class: "b-context" }, list(block.elements).map((one) => small(one, context.reader))),
  actions: (block, context) =>
    el("div", { class: "b-actions" }, list(block.elements).map((one) => used(one, block, context))),
  divider: () => el("hr", { class: "b-divider" }),
  image: (block) => picture(block, block.title ? plainText(block.title) : ""),
};

function section(block, context) {
  const { text, fields, accessory } = block;
  if (!text && !fields) throw new Undrawable("section without text");
  return el(
    "div",
    { class: `b-section${accessory ? " has-accessory" : ""}` },
    el(
      "div",
      { class: "b-words" },
      text && paragraph(text, context.reader),
      fields && el("div", { class: "b-fields" }, list(fields).map((one) => paragraph(one, context.reader))),
    ),
    accessory && el("div", { class: "b-accessory" }, used(accessory, block, context)),
  );
}

/** An element that can be used, or a picture; unknown ones warn where they would stand. */
function used(part, block, context) {
  if (part?.type === "image") return picture(part, "");
  const act = (value) => context.act({ blockId: block.block_id ?? "", actionId: part.action_id ?? "", value });
  try {
    return element(part, { ...context, act }) ?? warning(part?.type, part);
  } catch (error) {
    return warning(error instanceof Undrawable ? error.message : part?.type, part);
  }
}

function small(part, reader) {
  if (part?.type === "image") return picture(part, "");
  return el("span", { dir: "auto" }, textNodes(part, reader));
}

function paragraph(text, reader) {
  return el("div", { class: "b-text", dir: "auto" }, textNodes(text, reader));
}

/** Nothing is fetched from elsewhere: the frame says what the picture shows. */
function picture({ alt_text: alt }, title) {
  const words = typeof alt === "string" ? plain(alt) : "";
  return el(
    "figure",
    { class: "b-image" },
    title && el("figcaption", { dir: "auto" }, title),
    el("div", { class: "b-frame", role: "img", "aria-label": words || "A picture without a description" },
      icon("picture"), el("span", { dir: "auto" }, words || "A picture without a description")),
  );
}

function list(parts) {
  if (!Array.isArray(parts)) throw new Undrawable("elements that are no list");
  return parts;
}

/** The box for what this page does not draw: it names the kind, and holds what was sent. */
function warning(kind, part) {
  const name = typeof kind === "string" && kind !== "" ? kind.slice(0, 60) : "unknown";
  const raw = JSON.stringify(part, null, 2) ?? String(part);
  return el(
    "details",
    { class: "b-unknown" },
    el("summary", {}, icon("warn"), el("span", {}, "This page cannot draw: ", el("code", {}, name))),
    el("pre", { tabindex: "0" }, raw.length > LONGEST_RAW ? `${raw.slice(0, LONGEST_RAW)}…` : raw),
  );
}
