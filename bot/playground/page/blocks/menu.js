/** The three dots: a menu that the keyboard can walk through (w3.org/WAI/ARIA/apg/patterns/menu-button). */

import { el, shape } from "/page/dom.js";
import { icon } from "/page/icons.js";

/** A button that opens these `{label, url, value}`; `choose(item, button)` is called with the one that is taken. */
export function overflow(items, choose) {
  const rows = items.map((item) => entry(item));
  const menu = el("div", { class: "menu", role: "menu", popover: "auto", "aria-label": "More actions", on: { keydown: walk, toggle: told } }, rows);
  const button = el(
    "button",
    { class: "button is-round", type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "More actions", title: "More actions", on: { click: toggled } },
    icon("dots"),
  );

  function entry(item) {
    const shared = { class: "menu-row", role: "menuitem", tabindex: "-1", dir: "auto" };
    const taken = () => {
      menu.hidePopover();
      button.focus();
      choose(item, button);
    };
    return item.url
      ? el("a", { ...shared, href: item.url, target: "_blank", rel: "noopener noreferrer", on: { click: taken } }, item.label)
      : el("button", { ...shared, type: "button", on: { click: taken } }, item.label);
  }

  function told(event) {
    button.setAttribute("aria-expanded", String(event.newState === "open"));
  }

  function toggled() {
    menu.togglePopover();
    if (!menu.matches(":popover-open")) return;
    const at = button.getBoundingClientRect();
    const isLow = at.bottom + menu.offsetHeight + 8 > innerHeight;
    shape(menu, {
      left: `${Math.max(8, Math.min(at.left, innerWidth - menu.offsetWidth - 8))}px`,
      top: `${isLow ? at.top - menu.offsetHeight - 4 : at.bottom + 4}px`,
    });
    rows[0]?.focus();
  }

  function walk(event) {
    const place = rows.indexOf(document.activeElement);
    const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    rows[(next + rows.length) % rows.length]?.focus();
  }

  return el("span", { class: "overflow" }, button, menu);
}
