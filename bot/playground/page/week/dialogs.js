/** What can be done to a calendar behind the bot's back: put an event, move it, delete it; asked for in dialogs. */

import { api } from "/page/api.js";
import { asked } from "/page/dialog.js";
import { el } from "/page/dom.js";
import { calmly } from "/page/notices.js";
import { clock } from "/page/blocks/dates.js";
import { marks, stretchWords } from "/page/week/words.js";
import { city, dayOf, instant, later } from "/page/week/zones.js";

const TITLE = 300;

/** Asks for a new event's title, whose it is and when, and puts it. */
export async function create({ people, person, zone, start, end }) {
  const whose = el("select", { name: "person" }, people.map((one) => el("option", { value: one.handle, selected: one.handle === person }, one.name)));
  const calendar = el("select", { name: "calendar" });
  const theirs = () => {
    const { calendars } = people.find((one) => one.handle === whose.value) ?? people[0];
    calendar.replaceChildren(...calendars.map((one) => el("option", { value: one.id }, one.name)));
  };
  whose.addEventListener("change", theirs);
  theirs();
  const values = await asked({
    title: "New event",
    yes: "Put it in the calendar",
    body: [
      el("p", { class: "dialog-about" }, "Straight into the calendar, as any calendar app would: Overlap only finds out by reading it."),
      field("Title", el("input", { name: "title", value: "Customer visit", maxlength: TITLE, required: true, autocomplete: "off", dir: "auto", autofocus: true })),
      el("div", { class: "fields" },
        field("Whose", whose),
        field("Calendar", calendar)),
      when(zone, start, end),
    ],
    check: (filled) => (filled.title.trim() === "" ? "Give it a title." : ""),
  });
  if (values === null) return;
  const begins = at(zone, values.date, values.from);
  let ends = at(zone, values.date, values.to);
  if (ends <= begins) ends = at(zone, later(values.date, 1), values.to); // past midnight
  await calmly(() => api.put({ person: values.person, calendar: values.calendar, title: values.title.trim(), start: iso(begins), end: iso(ends) }));
}

/** Shows an event, and moves, declines or deletes it. */
export async function open({ person, event }, zone) {
  const values = await asked({
    title: event.title || "(no title)",
    yes: event.allDay ? null : "Move it",
    no: "Close",
    extra: [{ label: "Delete", name: "delete", isDanger: true }, !event.isDeclined && { label: "Decline", name: "decline" }].filter(Boolean),
    body: [facts(person, event, zone), !event.allDay && moving(event, zone)],
    check: (filled) => (at(zone, filled.date, filled.from) === Date.parse(event.start) ? "Choose another time first, then move it." : ""),
  });
  if (values?.does === "delete") await remove({ person, event });
  else if (values?.does === "decline") await calmly(() => api.decline({ person: person.handle, calendar: event.calendar, uid: event.uid }));
  else if (values !== null) await move({ person, event }, at(zone, values.date, values.from));
}

/** Asks once more, then deletes. */
export async function remove({ person, event }) {
  const name = person.name.split(" ")[0];
  const title = event.title || "(no title)";
  const values = await asked({
    title: event.isSeries ? `Delete “${title}” on this day?` : `Delete “${title}”?`,
    body: el("p", {}, `It goes from ${name}’s own calendar at once, behind Overlap’s back.`),
    yes: event.isSeries ? "Delete this one" : "Delete",
    no: "Keep",
    isDanger: true,
    extra: event.isSeries ? [{ label: "Delete the whole series", name: "series", isDanger: true }] : [],
  });
  if (values === null) return;
  const instance = event.isSeries && values.does === "yes" ? event.instance : null;
  await calmly(() => api.remove({ person: person.handle, calendar: event.calendar, uid: event.uid, instance }));
}

/** Moves it there; of a series only this one. */
export function move({ person, event }, start) {
  return calmly(() => api.move({ person: person.handle, calendar: event.calendar, uid: event.uid, instance: event.instance, start: iso(start) }));
}

function facts(person, event, zone) {
  const calendar = person.calendars.find((one) => one.id === event.calendar)?.name ?? event.calendar;
  const isElsewhere = person.zone !== zone && !event.allDay;
  const told = marks(event);
  return el("dl", { class: "facts" },
    el("dt", {}, "When"), el("dd", {}, `${stretchWords(event, zone)}${event.allDay ? "" : ` (${city(zone)} time)`}`),
    isElsewhere && [el("dt", {}, `For ${person.name.split(" ")[0]}`), el("dd", {}, `${stretchWords(event, person.zone)} (${city(person.zone)} time)`)],
    el("dt", {}, "Calendar"), el("dd", {}, el("bdi", {}, person.name), `, ${calendar}`),
    event.place && [el("dt", {}, "Where"), el("dd", { dir: "auto" }, event.place)],
    told.length > 0 && [el("dt", {}, "Is"), el("dd", {}, told.join(", "))]);
}

function moving(event, zone) {
  const start = Date.parse(event.start);
  return el("fieldset", { class: "fields" }, el("legend", {}, event.isSeries ? "Move this one of the series" : "Move to"),
    field("Date", el("input", { type: "date", name: "date", value: dayOf(zone, start), required: true })),
    field(`Starts (${city(zone)})`, el("input", { type: "time", name: "from", value: clock(start, zone), step: 300, required: true })));
}

function when(zone, start, end) {
  return el("div", { class: "fields" },
    field("Date", el("input", { type: "date", name: "date", value: dayOf(zone, start), required: true })),
    field(`From (${city(zone)})`, el("input", { type: "time", name: "from", value: clock(start, zone), step: 300, required: true })),
    field("To", el("input", { type: "time", name: "to", value: clock(end, zone), step: 300, required: true })));
}

function field(words, input) {
  return el("label", { class: "field" }, el("span", {}, words), input);
}

function at(zone, date, time) {
  const [hours, minutes] = time.split(":").map(Number);
  return instant(zone, date, hours * 60 + minutes);
}

function iso(at_) {
  return new Date(at_).toISOString().replace(".000Z", "Z");
}
