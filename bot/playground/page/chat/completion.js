/** What could come next while one types: people after an @, commands after a slash (a listbox, by WAI-ARIA's pattern). */

import { avatar } from "/page/chat/avatar.js";
import { el, fill } from "/page/dom.js";

const PERSON = /(?:^|[\s(])@([\p{L}\p{N}._-]*)$/u;
const US = "overlap";
const COMMANDS = [
  { words: "/meet @", shown: "/meet @someone 30m next week", says: "Find a time with somebody" },
  { words: "/meet status", shown: "/meet status", says: "How your calendars stand" },
  { words: "/meet connect", shown: "/meet connect", says: "Connect a calendar" },
  { words: "/meet help", shown: "/meet help", says: "How to ask" },
];

/** What fits before the caret: `{from, options: [{words, …}]}`, or null for nothing. */
export function fitting(words, caret, { directory, as, kind }) {
  const before = words.slice(0, caret);
  if (before.startsWith("/") && !before.includes(" ")) {
    const options = COMMANDS.filter((one) => one.words.startsWith(before));
    return options.length > 0 ? { from: 0, options } : null;
  }
  if (before === "/meet ") return { from: 0, options: COMMANDS };
  const found = PERSON.exec(before);
  if (!found) return null;
  const start = found[1].toLowerCase();
  const isToBot = before.startsWith("/") || kind === "app";
  const options = directory
    .filter((one) => one.handle !== as && !one.isDeactivated && !(isToBot && one.handle === US))
    .filter((one) => (one.handle.startsWith(start) || one.name.toLowerCase().split(" ").some((part) => part.startsWith(start))))
    .map((one) => ({ words: `@${one.handle} `, person: one, shown: one.name, says: `@${one.handle}` }));
  const isDone = options.length === 1 && options[0].person.handle === start && start !== "";
  return options.length > 0 && !isDone ? { from: caret - found[1].length - 1, options } : null;
}

/** The list above the box; the box stays focused and tells which option is meant by `aria-activedescendant`. */
export class Completion {
  #box;
  #people;
  #taken;
  #found = null;
  #at = 0;

  constructor(box, people, taken) {
    this.#box = box;
    this.#people = people;
    this.#taken = taken;
    this.list = el("ul", { id: "completion", class: "completion", role: "listbox", "aria-label": "Suggestions", hidden: true });
  }

  get isOpen() {
    return this.#found !== null;
  }

  offer(found) {
    this.#found = found;
    this.#at = 0;
    this.#draw();
  }

  close() {
    this.offer(null);
  }

  /** Whether the key was meant for the list. */
  takes(key) {
    if (!this.isOpen) return false;
    const { length } = this.#found.options;
    if (key === "ArrowDown" || key === "ArrowUp") {
      this.#at = (this.#at + (key === "ArrowDown" ? 1 : length - 1)) % length;
      this.#draw();
    } else if (key === "Enter" || key === "Tab") {
      this.#take(this.#at);
    } else if (key === "Escape") {
      this.close();
    } else {
      return false;
    }
    return true;
  }

  #take(at) {
    const { from, options } = this.#found;
    this.close();
    this.#taken(from, options[at].words);
  }

  #draw() {
    const options = this.#found?.options ?? [];
    fill(this.list, options.map((one, at) => el(
      "li",
      { id: `completion-${at}`, class: "completion-row", role: "option", "aria-selected": String(at === this.#at), on: { mousedown: (event) => event.preventDefault(), click: () => this.#take(at) } },
      one.person && avatar(this.#people(), one.person),
      el("span", { class: one.person ? "completion-name" : "completion-line" }, one.shown),
      el("span", { class: "completion-says" }, one.says),
      one.person?.isBot && el("span", { class: "badge" }, "App"),
    )));
    this.list.hidden = options.length === 0;
    if (options.length > 0) this.#box.setAttribute("aria-activedescendant", `completion-${this.#at}`);
    else this.#box.removeAttribute("aria-activedescendant");
    this.list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }
}
