/** What the page knows at this moment, and who wants to hear when a part of it changes. */

export class Store {
  #state;
  #listeners = [];

  constructor(first) {
    this.#state = Object.freeze({ ...first });
  }

  get now() {
    return this.#state;
  }

  /** Takes these values; tells only of those that differ. */
  set(values) {
    const changed = Object.keys(values).filter((key) => !same(values[key], this.#state[key]));
    if (changed.length === 0) return;
    this.#state = Object.freeze({ ...this.#state, ...values });
    for (const { keys, listener } of [...this.#listeners]) {
      if (keys.some((key) => changed.includes(key))) listener(this.#state);
    }
  }

  /** Calls the listener now, and again whenever one of these keys has changed. */
  watch(keys, listener) {
    this.#listeners.push({ keys, listener });
    listener(this.#state);
  }
}

/** Whether two answers of the server say the same. */
export function same(one, other) {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
