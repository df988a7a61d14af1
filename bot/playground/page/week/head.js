/** The head of the calendars: which week, how it is laid out, on whose clocks, whose events. */

import { avatar, hue } from "/page/chat/avatar.js";
import { el, fill } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { weekWords } from "/page/week/words.js";
import { city, dayOf, later, monday } from "/page/week/zones.js";
import { now } from "/page/state/clock.js";

const LAYOUTS = [["over", "Overlaid"], ["beside", "Side by side"]];
export const OWN = "own";

/** `does` is `{from(date), create()}`. */
export function head(root, store, does) {
  const title = el("h2", { id: "week-title", class: "week-title" });
  const step = (words, sign, days) => el("button", { class: "button is-round", type: "button", "aria-label": words, title: words, on: { click: () => does.from(later(store.now.from, days)) } }, icon(sign));
  const today = el("button", { class: "button", type: "button", on: { click: () => does.from(thisWeek(store.now)) } }, "Today");
  const layouts = LAYOUTS.map(([layout, words]) => el("button", { class: "segment", type: "button", data: { layout }, on: { click: () => pick(layout) } }, words));
  const zones = el("select", { class: "select", "aria-label": "On whose clocks", on: { change: () => zoned(zones.value) } });
  const people = el("div", { class: "week-people", role: "group", "aria-label": "Whose events are shown" });
  const offer = el("div", { class: "week-offer" });
  root.append(
    el("div", { class: "week-row" }, title, el("div", { class: "week-steps" }, today, step("The week before", "left", -7), step("The week after", "right", 7)),
      el("button", { class: "button is-primary week-new", type: "button", on: { click: does.create } }, icon("plus"), "New event")),
    el("div", { class: "week-row" }, el("div", { class: "segments", role: "group", "aria-label": "Layout" }, layouts), zones, people),
    offer,
  );

  function pick(layout) {
    store.set({ layout, zone: layout === "over" && store.now.zone === OWN ? "" : store.now.zone });
  }

  /** Everybody on their own clocks can only be read side by side. */
  function zoned(zone) {
    store.set({ zone, layout: zone === OWN ? "beside" : store.now.layout });
  }

  store.watch(["from"], ({ from }) => { fill(title, from ? titled(from) : "Calendars"); });
  store.watch(["layout"], ({ layout }) => { for (const one of layouts) one.setAttribute("aria-pressed", String(one.dataset.layout === layout)); });
  store.watch(["people", "me", "zone", "layout"], ({ people: all, me, zone }) => {
    if (!me) return;
    const others = all.filter((one) => one.zone !== me.zone);
    fill(zones,
      el("option", { value: "" }, `${city(me.zone)} (yours)`),
      others.map((one) => el("option", { value: one.zone }, `${city(one.zone)} (${one.name.split(" ")[0]})`)),
      el("option", { value: OWN }, "Each their own"));
    zones.value = zone;
  });
  store.watch(["people", "hidden"], ({ people: all, hidden }) => fill(people, all.map((one) => chip(one, all, hidden))));
  store.watch(["ghosts", "from", "me"], (state) => fill(offer, offered(state)));

  function chip(one, all, hidden) {
    const isShown = !hidden.includes(one.handle);
    return el("button", { class: "person-chip", type: "button", "aria-pressed": String(isShown), data: { hue: hue(all, one.handle), chip: one.handle }, on: { click: () => {
      store.set({ hidden: isShown ? [...hidden, one.handle] : hidden.filter((other) => other !== one.handle) });
      people.querySelector(`[data-chip="${CSS.escape(one.handle)}"]`)?.focus();
    } } }, el("span", { class: "person-dot", "aria-hidden": "true" }), one.name.split(" ")[0]);
  }

  /** Times on offer in another week are not simply out of sight. */
  function offered({ ghosts, from, me }) {
    if (!me || !from || ghosts.length === 0) return null;
    const weeks = ghosts.map((one) => monday(dayOf(me.zone, Date.parse(one.start))));
    if (weeks.includes(from)) return null;
    const words = `${ghosts.length} ${ghosts.length === 1 ? "time is" : "times are"} on offer in the week of ${weekWords(weeks[0], later(weeks[0], 6))}`;
    return el("button", { class: "offer-link", type: "button", on: { click: () => does.from(weeks[0]) } }, icon("calendar"), el("span", {}, words), el("strong", {}, "Show"));
  }
}

/** The week, its year apart: a small screen leaves it out. */
function titled(from) {
  const words = weekWords(from, later(from, 6));
  return [words.slice(0, -5), el("span", { class: "week-year" }, words.slice(-5))];
}

/** The Monday of this week, where the viewer is. */
export function thisWeek({ me }) {
  return monday(dayOf(me.zone, now()));
}

/** What stands above one person's week: who, where, and whether their calendars can be read. */
export function personHead(person, all, zone) {
  return [
    avatar(all, person),
    el("h3", {}, el("bdi", {}, person.name)),
    el("span", { class: "panel-zone" }, `${city(zone)} time`),
    !person.isUp && el("span", { class: "panel-down" }, icon("plug"), "server stopped, as last seen"),
  ];
}
