/** Everybody's calendars: one week over another, or each beside the others. */

import { el, fill } from "/page/dom.js";
import { icon, mark } from "/page/icons.js";
import { keep } from "/page/state/kept.js";
import { now } from "/page/state/clock.js";
import { create, move, open, remove } from "/page/week/dialogs.js";
import { follow } from "/page/week/drag.js";
import { head, OWN, personHead, thisWeek } from "/page/week/head.js";
import { Panel } from "/page/week/panel.js";
import { city, instant } from "/page/week/zones.js";

const HALF = 30 * 60_000;
const TICK = 15_000;
const EVERYONE = "everyone";

export function week(root, store, sync) {
  const top = el("div", { class: "week-head" });
  const down = el("div", { class: "week-down", role: "status" });
  const panels = el("div", { class: "panels" });
  root.append(top, down, panels, legend());
  const shown = new Map();
  let isDragging = false;

  head(top, store, {
    from: (from) => { store.set({ from }); sync.week(); },
    create: () => make(null, soon(), soon() + HALF),
  });

  const does = {
    open: (found) => open(found, zoneOf(found.person)).then(sync.week),
    remove: (found) => remove(found).then(sync.week),
    scrolled: level,
    pressed: (panel, event) => follow(panel, event, pointer),
  };
  const pointer = {
    create: (panel, start, end) => make(panel, start, end),
    async move(found, start, button) {
      button.classList.add("is-pending");
      await move(found, start);
      button.classList.remove("is-pending");
      sync.week();
    },
    busy(is) {
      isDragging = is;
      document.body.classList.toggle("is-dragging", is);
      if (!is) draw(store.now);
    },
  };

  function make(panel, start, end) {
    const { people } = store.now.week ?? {};
    if (!people?.length) return;
    create({ people, person: panel?.model.owner ?? store.now.as, zone: panel?.model.zone ?? zoneOf(null), start, end }).then(sync.week);
  }

  /** The next half hour of this day, or nine o'clock on the first day of another week. */
  function soon() {
    const { from, me } = store.now;
    return from === thisWeek({ me }) ? Math.ceil(now() / HALF) * HALF : instant(zoneOf(null), from, 9 * 60);
  }

  function zoneOf(person) {
    const { zone, me } = store.now;
    return zone === OWN ? (person ?? me).zone : zone || me.zone;
  }

  function level(moved) {
    for (const one of shown.values()) if (one !== moved && Math.abs(one.scroll.scrollTop - moved.scroll.scrollTop) > 1) one.scroll.scrollTop = moved.scroll.scrollTop;
  }

  function draw(state) {
    if (!state.me || !state.from || isDragging) return;
    const people = (state.week?.from === state.from ? state.week.people : state.people.map((one) => ({ ...one, calendars: [], events: [], isUp: true })));
    const visible = people.filter((one) => !state.hidden.includes(one.handle));
    const isBeside = state.layout === "beside";
    panels.dataset.layout = state.layout;
    const wanted = isBeside ? visible.map((one) => [one.handle, one]) : [[EVERYONE, null]];
    const keys = wanted.map(([key]) => key);
    for (const key of [...shown.keys()]) if (!keys.includes(key)) shown.delete(key);
    for (const key of keys) if (!shown.has(key)) shown.set(key, new Panel(does));
    const roots = keys.map((key) => shown.get(key).root);
    if (roots.length !== panels.children.length || roots.some((one, at) => panels.children[at] !== one)) fill(panels, roots);
    for (const [key, person] of wanted) shown.get(key).draw(model(state, people, visible, person));
    tellDown(people);
  }

  function model(state, people, visible, person) {
    const zone = zoneOf(person);
    const whose = person ? person.name : "Everyone";
    const ghosts = person === null || person.handle === state.as ? state.ghosts : [];
    return {
      zone, layout: state.layout, from: state.from, all: people, owner: person?.handle, ghosts,
      people: person ? [person] : visible,
      title: `${whose}, ${city(zone)} time`,
      head: person && personHead(person, people, zone),
    };
  }

  function tellDown(people) {
    const names = people.filter((one) => !one.isUp).map((one) => one.name.split(" ")[0]);
    fill(down, names.length > 0 && [icon("plug"), el("span", {}, `The calendar server of ${names.join(", ")} is stopped: these events are as they were last seen.`)]);
    down.hidden = names.length === 0;
  }

  store.watch(["me", "from"], (state) => { if (state.me && !state.from) store.set({ from: thisWeek(state) }); });
  store.watch(["week", "ghosts", "from", "layout", "zone", "hidden", "people", "as", "me", "tab"], draw);
  store.watch(["layout", "zone", "hidden", "from"], ({ layout, zone, hidden, from }) => keep("week", { layout, zone, hidden, from }));
  setInterval(() => { for (const one of shown.values()) one.tick(); }, TICK);
}

function legend() {
  const one = (kind, words, ...inner) => el("li", {}, el("span", { class: `swatch ${kind}`, "aria-hidden": "true" }, inner), words);
  return el("ul", { class: "legend", "aria-label": "What the looks mean" },
    one("is-work", "Work"), one("is-personal", "Personal"), one("is-elsewhere", "Google or Microsoft"), one("is-ours", "Booked by Overlap", mark()), one("is-offered", "On offer"),
    one("is-tentative", "Tentative"), one("is-declined", "Declined"), one("is-free", "Free"));
}
