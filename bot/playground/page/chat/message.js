/** One message as its reader sees it. */

import { clock, exactly } from "/page/blocks/dates.js";
import { mrkdwn } from "/page/blocks/mrkdwn.js";
import { render } from "/page/blocks/render.js";
import { avatar } from "/page/chat/avatar.js";
import { el } from "/page/dom.js";
import { icon } from "/page/icons.js";

const TOGETHER = 5 * 60_000;

/** Whether it stands under the name of the one before: the same person, shortly after. */
export function follows(message, before) {
  if (!before || before.by.name !== message.by.name || before.isDeleted || before.onlyForYou || message.onlyForYou) return false;
  if (isCard(before) || isCard(message)) return false;
  return Date.parse(message.at) - Date.parse(before.at) < TOGETHER;
}

/** A message of several parts stands for itself. */
function isCard(message) {
  return message.blocks?.length > 0;
}

/** The list's entry. `context` is what blocks/render.js takes; `isFirst` shows who speaks. */
export function drawnMessage(message, context, isFirst) {
  const { people } = context.reader;
  const name = el("bdi", {}, message.by.name);
  return el(
    "li",
    { class: classes(message, isFirst), tabindex: "-1", data: { ts: message.ts } },
    isFirst ? avatar(people, message.by) : el("span", { class: "message-aside", "aria-hidden": "true" }, when(message, context)),
    el(
      "div",
      { class: "message-body" },
      message.onlyForYou && !message.isDeleted && el("p", { class: "message-private" }, icon("eye"), "Only visible to you"),
      el(
        "div",
        { class: isFirst ? "message-head" : "hidden" },
        el("strong", { class: "message-by" }, name),
        message.by.isBot && el("span", { class: "badge" }, "App"),
        when(message, context),
        isCard(message) && edited(message),
      ),
      el("div", { class: "message-said" }, said(message, context)),
    ),
  );
}

function classes(message, isFirst) {
  return ["message", isFirst && "is-first", message.onlyForYou && "is-private", message.isDeleted && "is-deleted"].filter(Boolean).join(" ");
}

function when(message, { reader }) {
  const at = Date.parse(message.at);
  return el("time", { class: "message-time", datetime: message.at, title: exactly(at, reader.zone) }, clock(at, reader.zone));
}

function said(message, context) {
  if (message.isDeleted) return el("p", { class: "gone" }, "This message was deleted.");
  if (isCard(message)) return render(message.blocks, context);
  return el("div", { class: "b-text", dir: "auto" }, mrkdwn(message.text, context.reader), message.edits > 0 && " ", edited(message));
}

function edited({ edits }) {
  return edits > 0 && el("span", { class: "edited", title: `Edited ${edits} ${edits === 1 ? "time" : "times"}` }, "(edited)");
}
