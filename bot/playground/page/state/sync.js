/** Fetches what the server says has changed: one request of a kind at a time, and the newest answer wins. */

import { api, Refused, Unreachable } from "/page/api.js";
import { heard } from "/page/state/clock.js";

const RETRY = 1500;
const TOPICS = {
  chat: ["state", "messages", "week"],
  week: ["week"],
  bot: ["state", "week"],
  story: ["state"],
  glass: ["glass"],
};

export class Sync {
  #store;
  #messages = new Map();
  #retry = null;
  #looking = "";

  constructor(store) {
    this.#store = store;
    this.state = once(() => this.#told(() => this.#state()));
    this.messages = once(() => this.#told(() => this.#shown()));
    this.week = once(() => this.#told(() => this.#week()));
    this.glass = once(() => this.#told(() => this.#glass()));
  }

  /** The server says that this subject is no longer as it was. */
  changed(topic) {
    for (const part of TOPICS[topic] ?? []) this[part]();
  }

  /** After a connection came back, nothing is taken to be as it was; a restarted demo counts from one again. */
  async everything() {
    this.#store.set({ exchanges: [], heardFrom: 0 });
    await this.state();
    await Promise.all([this.messages(), this.week(), this.glass()]);
  }

  /**
   * See it with this person's eyes: the same conversation, where they are in it too. Nothing changes before it is known
   * what they see: with new eyes on the old conversation one would ask for what is not theirs.
   */
  async look(as) {
    if (as === this.#store.now.as) return;
    this.#looking = as;
    await this.#told(async () => {
      const found = await api.state(as);
      if (this.#looking === as) this.#take(found, { as, kind: this.#kind(), messages: null });
    });
    await Promise.all([this.messages(), this.week()]);
  }

  async enter(place) {
    if (place === this.#store.now.place) return;
    this.#store.set({ place, messages: this.#messages.get(`${this.#store.now.as} ${place}`) ?? null });
    await this.messages();
  }

  #kind() {
    return this.#store.now.places.find((one) => one.id === this.#store.now.place)?.kind ?? "channel";
  }

  async #state() {
    const { as } = this.#store.now;
    const found = await api.state(as);
    if (as !== this.#store.now.as) return this.#again(this.state);
    this.#take(found, { as });
    return undefined;
  }

  /** What the server says one sees; `changes` come with it. */
  #take(found, changes) {
    heard(found.now);
    const { me, people, places, bot, servers, story, directory = people } = found;
    const before = { ...this.#store.now, ...changes };
    const place = here(places, before);
    const isSame = place === before.place && changes.as === this.#store.now.as;
    const messages = isSame ? before.messages : (this.#messages.get(`${changes.as} ${place}`) ?? null);
    this.#store.set({ ...changes, me, people, directory, places, bot, servers, story, place, messages });
  }

  async #shown() {
    const { as, place } = this.#store.now;
    if (!place) return undefined;
    const { messages } = await api.messages(as, place);
    this.#messages.set(`${as} ${place}`, messages);
    if (as !== this.#store.now.as || place !== this.#store.now.place) return this.#again(this.messages);
    this.#store.set({ messages });
    return undefined;
  }

  async #week() {
    const { as, from } = this.#store.now;
    if (!from) return undefined;
    const week = await api.week(as, from);
    if (as !== this.#store.now.as || from !== this.#store.now.from) return this.#again(this.week);
    this.#store.set({ week: withLastSeen(week, this.#store.now.week), ghosts: week.ghosts });
    return undefined;
  }

  async #glass() {
    const { isGlassOpen, heardFrom } = this.#store.now;
    if (!isGlassOpen) return;
    const { exchanges } = await api.glass(heardFrom);
    if (exchanges.length === 0) return;
    const all = [...this.#store.now.exchanges, ...exchanges].slice(-500);
    this.#store.set({ exchanges: all, heardFrom: exchanges.at(-1).n });
  }

  /** Once more when this is over. Not awaited: a task that waits for itself never ends, and no later one would begin. */
  #again(task) {
    task();
  }

  /** An answer is a connection; none is the loss of it, and a reason to try again soon. */
  async #told(task) {
    try {
      await task();
      this.#store.set({ connection: "up" });
    } catch (error) {
      if (error instanceof Refused && error.status === 404) this.#lost(error);
      else if (error instanceof Unreachable || error instanceof Refused) this.#later();
      else throw error;
    }
  }

  /** What the address named is not in this world: an old link, or a demo that was started anew. */
  #lost() {
    const { as, place, first } = this.#store.now;
    if (as === first && place === "") {
      this.#later();
      return;
    }
    this.#store.set({ as: first, place: "", messages: null });
    this.state().then(this.messages);
  }

  #later() {
    this.#store.set({ connection: "lost" });
    if (this.#retry !== null) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.everything();
    }, RETRY);
  }
}

/** The place to show: the chosen one if it is there, else one of the same kind, else the first. */
function here(places, { place, kind }) {
  const found = places.find((one) => one.id === place) ?? places.find((one) => one.kind === kind) ?? places[0];
  return found?.id ?? "";
}

/** A calendar whose server is down keeps the picture that we had of it, marked as such. */
function withLastSeen(week, before) {
  const earlier = before?.from === week.from ? before.people : [];
  const people = week.people.map((one) => {
    const last = earlier.find((other) => other.handle === one.handle);
    const isGone = !one.isUp && one.events.length === 0 && last !== undefined && last.events.length > 0;
    return isGone ? { ...one, events: last.events } : one;
  });
  return { ...week, people };
}

/** The task, never twice at once: who asks while it runs has it run once more. */
function once(task) {
  let running = null;
  let isWanted = false;
  async function run() {
    try {
      do {
        isWanted = false;
        await task();
      } while (isWanted);
    } finally {
      running = null;
    }
  }
  return () => {
    if (running) isWanted = true;
    else running = run();
    return running;
  };
}
