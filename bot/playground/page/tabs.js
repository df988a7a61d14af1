/** On a small screen one part at a time: chat, calendars, things to try. On a wide one all are there, and no tabs. */

import { el } from "/page/dom.js";
import { icon } from "/page/icons.js";

const PARTS = [["chat", "chat", "Chat"], ["week", "calendar", "Calendars"], ["story", "list", "Try"]];

export function tabs(root, store) {
  const app = document.getElementById("app");
  const count = el("span", { class: "unread", hidden: true });
  const buttons = PARTS.map(([tab, sign, words]) => el(
    "button",
    { class: "tab", type: "button", data: { tab }, on: { click: () => store.set({ tab }) } },
    icon(sign), el("span", {}, words), tab === "chat" && count,
  ));
  root.append(...buttons);
  store.watch(["tab"], ({ tab }) => {
    app.dataset.tab = tab;
    for (const one of buttons) {
      if (one.dataset.tab === tab) one.setAttribute("aria-current", "page");
      else one.removeAttribute("aria-current");
    }
  });
  store.watch(["places"], ({ places }) => {
    const unread = places.reduce((sum, one) => sum + one.unread, 0);
    count.textContent = String(unread);
    count.hidden = unread === 0;
    document.title = `${unread > 0 ? `(${unread}) ` : ""}Overlap · playground`;
  });
}
