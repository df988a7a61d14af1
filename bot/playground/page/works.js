/** The works behind the page: a switch for the bot and for each calendar server, and the door under the glass. */

import { api } from "/page/api.js";
import { el, fill } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { calmly } from "/page/notices.js";

/** What the servers are called that are not the demo's own. */
const ELSEWHERE = { google: "Google", microsoft: "Microsoft" };

export function works(root, store, sync, { openGlass }) {
  const switches = el("div", { class: "switches" });
  const glass = el("button", { id: "glass-door", class: "button is-quiet glass-door", type: "button", "aria-expanded": "false", "aria-controls": "glass", on: { click: openGlass } }, icon("glass"), "Under the glass");
  root.append(el("h2", { id: "works-title", class: "caption" }, "Behind the scenes"), switches, glass);
  const underWay = new Map();

  function toggle(id, { name, about, isUp, isStarting = false, turn }) {
    const wanted = underWay.get(id);
    const isBusy = wanted !== undefined || isStarting;
    const state = isBusy ? ((wanted ?? true) ? "starting…" : "stopping…") : isUp ? about.up : about.down;
    return el(
      "button",
      { class: "switch", type: "button", role: "switch", "aria-checked": String(isBusy ? (wanted ?? true) : isUp), "aria-busy": isBusy ? "true" : null, data: { switch: id }, on: { click: () => isBusy || flip(id, !isUp, turn) } },
      el("span", { class: "switch-track", "aria-hidden": "true" }, el("span", { class: "switch-knob" })),
      el("span", { class: "switch-words" }, el("span", { class: "switch-name" }, name), el("span", { class: "switch-state" }, state)),
    );
  }

  async function flip(id, isUp, turn) {
    underWay.set(id, isUp);
    draw(store.now);
    await calmly(() => turn(isUp));
    underWay.delete(id);
    await sync.state();
    draw(store.now);
    sync.week();
  }

  function draw({ bot, servers, people }) {
    const focused = switches.contains(document.activeElement) ? document.activeElement.dataset.switch : null;
    const names = (handles) => handles.map((handle) => people.find((one) => one.handle === handle)?.name.split(" ")[0] ?? handle).join(", ");
    fill(
      switches,
      toggle("bot", { ...bot, name: "Overlap, the bot", about: { up: "running", down: "killed (kill -9)" }, turn: api.bot }),
      servers.map((one) => toggle(`server ${one.name}`, {
        ...one,
        name: ELSEWHERE[one.name] ? `${ELSEWHERE[one.name]}, of ${names(one.people)}` : `Calendars of ${names(one.people)}`,
        about: { up: "server running", down: "server stopped" },
        turn: (isUp) => api.server(one.name, isUp),
      })),
    );
    if (focused) switches.querySelector(`[data-switch="${CSS.escape(focused)}"]`)?.focus();
  }

  store.watch(["bot", "servers", "people"], draw);
  store.watch(["isGlassOpen"], ({ isGlassOpen }) => glass.setAttribute("aria-expanded", String(isGlassOpen)));
}
