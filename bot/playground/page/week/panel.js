/** One week on paper: days, the row for whole days, hours, events, offered times and the line of now. */

import { clock } from "/page/blocks/dates.js";
import { hue } from "/page/chat/avatar.js";
import { el, fill, shape } from "/page/dom.js";
import { now } from "/page/state/clock.js";
import { Axis } from "/page/week/axis.js";
import { inAllDayRow, inColumn, keyOf } from "/page/week/event.js";
import { walked } from "/page/week/keys.js";
import { inLanes } from "/page/week/lanes.js";
import { dateWords } from "/page/week/words.js";
import { dayOf, mark } from "/page/week/zones.js";

const MORNING = 7.25 * 60;
const SCALES = { over: 0.82, beside: 0.58 };

export class Panel {
  /** `does` is `{open(found), remove(found), scrolled(panel), pressed(panel, event)}`. */
  constructor(does) {
    this.does = does;
    this.found = new Map();
    this.head = el("div", { class: "panel-head" });
    this.gridHead = el("div", { class: "grid-head" });
    this.hours = el("div", { class: "hours", "aria-hidden": "true" });
    this.columns = [];
    this.gridBody = el("div", { class: "grid-body" });
    this.scroll = el("div", { class: "grid-scroll", role: "region", tabindex: "0", on: {
      scroll: () => does.scrolled(this),
      click: (event) => this.#clicked(event),
      keydown: (event) => this.#keyed(event),
      pointerdown: (event) => does.pressed(this, event),
    } }, this.gridHead, this.gridBody);
    this.root = el("section", { class: "panel" }, this.head, this.scroll);
  }

  #shownFrom = "";

  /** `{zone, from, people, all, ghosts, title, head, layout}`: whose events, on which clocks; `all` fixes the colours. */
  draw(model) {
    this.model = model;
    this.axis = new Axis(model.zone, model.from);
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    this.found.clear();
    this.scroll.setAttribute("aria-label", `${model.title}: arrow keys go from event to event`);
    this.scale = SCALES[model.layout];
    shape(this.root, { "--minutes": this.axis.minutes, "--px": `${this.scale}px` });
    fill(this.head, model.head);
    this.head.hidden = !model.head;
    this.#drawHead();
    this.#drawBody();
    this.#keepTab(focused);
    if (this.#shownFrom !== model.from && this.scroll.clientHeight > 0) this.#toBeginning();
  }

  #drawHead() {
    const today = dayOf(this.model.zone, now());
    const days = this.axis.days.map((one) => {
      const words = dateWords(one.date);
      const length = one.minutes === 1440 ? null : el("span", { class: "day-length" }, `${one.minutes / 60} h`);
      return el("div", { class: `day-head${one.date === today ? " is-today" : ""}`, data: { date: one.date } }, el("span", { class: "day-name" }, words.weekday), el("span", { class: "day-number" }, words.number), length);
    });
    const row = el("div", { class: "all-day", role: "group", "aria-label": "Whole days" }, this.#wholeDays());
    fill(this.gridHead, el("div", { class: "corner", title: this.model.zone }, this.#marks()), days,
      el("div", { class: "all-day-name" }, "all day"), row);
  }

  /** CET; in a week in which the clocks are set, CEST/CET. */
  #marks() {
    const { zone } = this.model;
    return [...new Set([mark(zone, this.axis.start), mark(zone, this.axis.end - 1)])].join("/");
  }

  #wholeDays() {
    const dates = this.axis.days.map((one) => one.date);
    const shown = [];
    for (const { person, event } of this.#events()) {
      if (!event.allDay || event.last < dates[0] || event.first > dates[6]) continue;
      const from = dates.findIndex((one) => one >= event.first);
      const to = dates.findLastIndex((one) => one <= event.last);
      shown.push(inAllDayRow({ person, event, hue: hue(this.model.all, person.handle), zone: this.model.zone, from, to }));
      this.found.set(keyOf(person, event, from), { person, event });
    }
    return shown;
  }

  #drawBody() {
    const parts = this.axis.days.map(() => []);
    for (const [order, { person, event }] of this.#events().entries()) {
      if (event.allDay) continue;
      for (const part of this.axis.parts(Date.parse(event.start), Date.parse(event.end))) {
        parts[part.day].push({ ...part, order, person, event });
        this.found.set(keyOf(person, event, part.day), { person, event });
      }
    }
    fill(this.hours, this.axis.hours().map((one) => shape(el("span", { class: `hour${one.isAgain ? " is-again" : ""}` }, el("span", {}, `${String(one.hour).padStart(2, "0")}:00`)), { "--from": one.at })));
    this.columns = this.axis.days.map((day, place) => this.#column(day, parts[place]));
    fill(this.gridBody, this.hours, this.columns);
    this.tick();
  }

  #column(day, parts) {
    const { zone, all, ghosts } = this.model;
    const lines = this.axis.hours().map((one) => shape(el("span", { class: "line" }), { "--from": one.at }));
    const gaps = this.axis.missing(day).map((one) => shape(el("span", { class: "missing", title: one.isSkipped ? "The clocks jump over this hour" : "This hour comes twice on another day only" }), { "--from": one.from, "--to": one.to }));
    const offered = ghosts.flatMap((ghost) => this.axis.parts(Date.parse(ghost.start), Date.parse(ghost.end)).filter((part) => this.axis.days[part.day] === day).map((part) => ({ ...part, ghost, order: Infinity })));
    const shown = inLanes([...parts, ...offered]).map((part) => (part.ghost ? this.#ghost(part) : inColumn({ ...part, part, zone, scale: this.scale, hue: hue(all, part.person.handle) })));
    const words = `${dateWords(day.date).long}, ${parts.length} ${parts.length === 1 ? "event" : "events"}`;
    const isWeekend = [0, 6].includes(new Date(`${day.date}T12:00Z`).getUTCDay());
    return el("div", { class: `column${isWeekend ? " is-weekend" : ""}`, role: "group", "aria-label": words, data: { date: day.date } }, lines, gaps, shown);
  }

  #ghost({ ghost, from, to, lane, lanes, span }) {
    const words = `Offered: ${clock(Date.parse(ghost.start), this.model.zone)}–${clock(Date.parse(ghost.end), this.model.zone)}`;
    const shown = el("div", { class: "ghost", role: "img", "aria-label": words, data: { start: ghost.start } }, el("span", { "aria-hidden": "true" }, "Offered"));
    return shape(shown, { "--from": from, "--to": to, "--lane": lane, "--lanes": lanes, "--span": span });
  }

  /** Where now is, by the server's clock. */
  tick() {
    for (const one of this.gridBody.querySelectorAll(".now")) one.remove();
    const at = now();
    const place = this.axis.days.findIndex((one) => one.start <= at && at < one.end);
    if (place === -1) return;
    const from = this.axis.place(this.axis.days[place], at);
    this.columns[place].append(shape(el("div", { class: "now", role: "img", "aria-label": `Now: ${clock(at, this.model.zone)}` }), { "--from": from }));
  }

  #events() {
    return this.model.people.flatMap((person) => person.events.map((event) => ({ person, event })));
  }

  /** Of all events one is reached by Tab; from it the arrow keys lead to the others. */
  #keepTab(focused) {
    const all = [...this.root.querySelectorAll(".event")];
    const first = all.find((one) => one.dataset.key === focused) ?? all[0];
    first?.setAttribute("tabindex", "0");
    if (focused !== undefined) (first ?? this.scroll).focus({ preventScroll: true });
  }

  #clicked(event) {
    const found = this.found.get(event.target.closest(".event")?.dataset.key);
    if (found) this.does.open(found);
  }

  #keyed(event) {
    const shown = event.target.closest(".event");
    if ((event.key === "Delete" || event.key === "Backspace") && shown) {
      event.preventDefault();
      this.does.remove(this.found.get(shown.dataset.key));
    } else if (walked(this, shown, event.key)) {
      event.preventDefault();
    }
  }

  /** A new week begins on its first day, or today; the first one shown begins in the morning. */
  #toBeginning() {
    if (this.#shownFrom === "") this.scroll.scrollTop = MORNING * this.scale;
    this.#shownFrom = this.model.from;
    const today = this.gridHead.querySelector(".is-today");
    this.scroll.scrollLeft = today ? Math.max(0, today.offsetLeft - this.hours.offsetWidth) : 0;
  }
}
