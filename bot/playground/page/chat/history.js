/** What each person has typed in this tab, for the arrow-up key. */

import { keep, kept } from "/page/state/kept.js";

const MOST = 50;
const LONGEST = 2000;

export class History {
  #as;
  #lines;
  #at;
  #draft = "";

  constructor(as) {
    this.#as = as;
    this.#lines = kept(`typed ${as}`, []);
    this.#at = this.#lines.length;
  }

  add(line) {
    if (line.length <= LONGEST && this.#lines.at(-1) !== line) this.#lines = [...this.#lines, line].slice(-MOST);
    this.#at = this.#lines.length;
    keep(`typed ${this.#as}`, this.#lines);
  }

  /** The line before, or null when there is none; what was being typed is kept for the way back. */
  earlier(current) {
    if (this.#at === 0) return null;
    if (this.#at === this.#lines.length) this.#draft = current;
    this.#at -= 1;
    return this.#lines[this.#at];
  }

  later() {
    if (this.#at === this.#lines.length) return null;
    this.#at += 1;
    return this.#lines[this.#at] ?? this.#draft;
  }
}
