/** The conversation: messages come, change and go in place, and what one is reading stays where it is. */

import { api } from "/page/api.js";
import { near } from "/page/blocks/dates.js";
import { drawnMessage, follows } from "/page/chat/message.js";
import { plain } from "/page/blocks/mrkdwn.js";
import { el } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { calmly } from "/page/notices.js";
import { same } from "/page/state/store.js";
import { dayOf } from "/page/week/zones.js";

const NEAR_END = 80;
const TOLD = 400;

export function messages(root, store, sync) {
  const list = el("ol", { class: "messages", "aria-label": "Messages" });
  const welcome = el("div", { class: "welcome" });
  const inner = el("div", { class: "messages-inner" }, welcome, list);
  const newer = el("button", { class: "newer", type: "button", hidden: true, on: { click: toEnd } }, "New messages", icon("down"));
  const view = el("div", { class: "messages-view", tabindex: "0", role: "region", "aria-label": "Conversation", on: { scroll: scrolled, keydown: walk } }, inner);
  root.append(el("div", { class: "messages-frame" }, view, newer));

  let isAtEnd = true;
  let shownFor = "";
  let entries = new Map();

  new ResizeObserver(() => isAtEnd && toEnd()).observe(inner);
  new ResizeObserver(() => isAtEnd && toEnd()).observe(view);
  document.addEventListener("visibilitychange", markRead);

  function toEnd() {
    view.scrollTop = view.scrollHeight;
    newer.hidden = true;
  }

  function scrolled() {
    isAtEnd = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR_END;
    if (isAtEnd) {
      newer.hidden = true;
      markRead();
    }
  }

  /** Arrow keys go from message to message once the conversation has the focus. */
  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const focused = document.activeElement;
    if (step === undefined || !(focused === view || focused.classList.contains("message"))) return;
    const all = [...list.querySelectorAll(".message")];
    const place = all.indexOf(focused);
    const next = place === -1 ? all.at(-1) : all[place + step];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function context({ me, people, directory, place, as }, ts) {
    return {
      reader: { me, people, directory, zone: me.zone },
      act: (press) => calmly(() => api.press(as, place, { ts, ...press })),
    };
  }

  function draw(state) {
    if (!state.me || state.messages === null) {
      if (state.messages === null) list.replaceChildren();
      entries = new Map();
      shownFor = "";
      return;
    }
    const here = `${state.as} ${state.place} ${state.me.zone}`;
    const isOther = here !== shownFor;
    if (isOther) entries = new Map();
    const known = new Set(entries.keys());
    arrange(state);
    const fresh = state.messages.filter((one) => !known.has(one.ts));
    if (isOther) {
      shownFor = here;
      isAtEnd = true;
    } else if (fresh.length > 0) {
      told(fresh, state);
      newer.hidden = isAtEnd;
    }
    if (isAtEnd) toEnd();
    markRead();
  }

  /** Draws what is new or has changed, and leaves every other entry as it stands, focus and open menus too. */
  function arrange(state) {
    const wanted = [];
    const next = new Map();
    let before = null;
    let day = "";
    for (const message of state.messages) {
      const date = dayOf(state.me.zone, Date.parse(message.at));
      if (date !== day) wanted.push(divider(Date.parse(message.at), state.me.zone, entries.get(date), next, date));
      const isFirst = date !== day || !follows(message, before);
      const old = entries.get(message.ts);
      const node = old && old.isFirst === isFirst && same(old.message, message)
        ? old.node
        : drawnMessage(message, context(state, message.ts), isFirst);
      next.set(message.ts, { message, isFirst, node });
      wanted.push(node);
      [before, day] = [message, date];
    }
    entries = next;
    place(list, wanted);
  }

  function markRead() {
    const { as, place, places } = store.now;
    const unread = places.find((one) => one.id === place)?.unread ?? 0;
    if (unread > 0 && isAtEnd && document.visibilityState === "visible") api.read(as, place).then(() => sync.state(), () => {});
  }

  store.watch(["messages", "me", "people", "directory"], draw);
  store.watch(["places"], markRead);
  return { welcome, toEnd };
}

/** Puts the nodes in this order, touching only those that stand elsewhere. */
function place(list, wanted) {
  const kept = new Set(wanted);
  for (const one of [...list.children]) if (!kept.has(one)) swap(one, wanted);
  wanted.forEach((node, at) => {
    if (list.children[at] !== node) list.insertBefore(node, list.children[at] ?? null);
  });
}

/** An entry that is drawn anew takes over the focus of the one it replaces. */
function swap(old, wanted) {
  const focused = old.contains(document.activeElement);
  const heir = wanted.find((one) => one.dataset.ts && one.dataset.ts === old.dataset.ts);
  if (heir) old.replaceWith(heir);
  else old.remove();
  if (focused) heir?.focus({ preventScroll: true });
}

function divider(at, zone, old, next, date) {
  const words = near(at, zone) ?? new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "long", day: "numeric", month: "long" }).format(at);
  const node = old?.words === words ? old.node : el("li", { class: "day" }, el("span", {}, words[0].toUpperCase() + words.slice(1)));
  next.set(date, { words, node });
  return node;
}

/** What a screen reader says of messages that came while one is here; the oldest words go. */
function told(fresh, { me }) {
  const log = document.getElementById("told");
  for (const message of fresh) {
    if (message.by.handle === me.handle || message.isDeleted) continue;
    log.append(el("p", {}, `${message.by.name}: ${plain(message.text).slice(0, TOLD)}`));
  }
  while (log.children.length > 5) log.firstElementChild.remove();
}
