/** Whose eyes, and the conversations that they have, with what they have not read. */

import { avatar } from "/page/chat/avatar.js";
import { clock } from "/page/blocks/dates.js";
import { el, fill } from "/page/dom.js";
import { icon, mark as sign } from "/page/icons.js";
import { now } from "/page/state/clock.js";
import { city, mark } from "/page/week/zones.js";

/** The four people; pressing one is to be them. */
export function eyes(root, store, sync) {
  const row = el("div", { class: "eyes-row", role: "radiogroup", "aria-labelledby": "eyes-title", on: { keydown: walk } });
  root.append(row);

  function walk(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const { people, as } = store.now;
    const next = people[(people.findIndex((one) => one.handle === as) + step + people.length) % people.length];
    sync.look(next.handle);
    row.querySelector(`[data-handle="${CSS.escape(next.handle)}"]`)?.focus();
  }

  function person(one, { as, people }) {
    const isMe = one.handle === as;
    return el(
      "button",
      { class: "eye", type: "button", role: "radio", "aria-checked": String(isMe), tabindex: isMe ? "0" : "-1", data: { handle: one.handle }, on: { click: () => sync.look(one.handle) } },
      avatar(people, one),
      el("span", { class: "eye-name" }, one.name.split(" ")[0]),
      el("span", { class: "eye-clock", title: `${city(one.zone)} time` }, clock(now(), one.zone), el("span", { class: "eye-mark" }, ` ${mark(one.zone, now())}`)),
    );
  }

  const draw = (state) => {
    const focused = row.contains(document.activeElement) ? document.activeElement.dataset.handle : null;
    fill(row, state.people.map((one) => person(one, state)));
    if (focused) row.querySelector(`[data-handle="${CSS.escape(focused)}"]`)?.focus();
  };
  store.watch(["people", "as", "minute"], draw);
}

/** The channel, the app, and the people one can write to. */
export function places(root, store, sync) {
  const list = el("ul", { class: "places-list" });
  root.append(list);

  function place(one, { place: chosen, people }) {
    const isHere = one.id === chosen;
    const drawn = { channel: () => icon("hash"), app: () => el("span", { class: "place-mark" }, sign()) }[one.kind];
    const partner = people.find((other) => other.handle === one.with || other.name === one.name);
    return el(
      "li",
      {},
      el(
        "button",
        { class: `place${one.unread > 0 ? " is-unread" : ""}`, type: "button", "aria-current": isHere ? "page" : null, data: { place: one.id, kind: one.kind }, on: { click: () => sync.enter(one.id) } },
        drawn ? drawn() : avatar(people, partner ?? { handle: "", name: one.name }),
        el("span", { class: "place-name", dir: "auto" }, one.name),
        one.kind === "app" && el("span", { class: "badge" }, "App"),
        one.unread > 0 && el("span", { class: "unread" }, String(one.unread), el("span", { class: "hidden" }, " unread")),
      ),
    );
  }

  store.watch(["places", "place", "people"], (state) => {
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.place : null;
    fill(list, state.places.map((one) => place(one, state)));
    if (focused) list.querySelector(`[data-place="${CSS.escape(focused)}"]`)?.focus();
  });
}
