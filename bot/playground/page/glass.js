/** Under the glass: every request between Slack and the bot, what was answered, and how long an ack took. */

import { clock } from "/page/blocks/dates.js";
import { el, fill, shape } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { wall } from "/page/week/zones.js";

const PATIENCE = 3;
const LONGEST = 60_000;
const FROM = { slack: ["Slack", "Overlap"], bot: ["Overlap", "Slack"] };

export function glass(root, store, { close }) {
  const list = el("ul", { class: "glass-list", role: "listbox", "aria-label": "Requests, newest first", tabindex: "0", on: { keydown: walk } });
  const detail = el("div", { class: "glass-detail", tabindex: "0", role: "region", "aria-label": "The request in full" });
  const shut = el("button", { class: "button is-round is-quiet", type: "button", "aria-label": "Close", on: { click: close } }, icon("close"));
  root.append(
    el("div", { class: "glass-head" }, el("h2", { id: "glass-title", class: "caption" }, "Under the glass"),
      el("p", { class: "glass-about" }, "What Slack and Overlap really say to each other. Slack waits three seconds for an ack; signatures and tokens are hidden."), shut),
    el("div", { class: "glass-body" }, list, detail),
  );
  let chosen = null;
  let drawnFor = null;
  const rows = new Map();

  function row(one) {
    const [from, to] = FROM[one.from] ?? [one.from, ""];
    return el(
      "li",
      { id: `exchange-${one.n}`, class: `exchange is-${one.from}${one.status >= 400 || one.status === 0 ? " is-bad" : ""}`, role: "option", data: { n: String(one.n) }, on: { click: () => choose(one.n) } },
      el("span", { class: "exchange-at" }, time(one.at, store.now.me?.zone)),
      el("span", { class: "exchange-way" }, el("span", { class: "hidden" }, `${from} to `), el("span", { "aria-hidden": "true" }, "→ "), to),
      el("span", { class: "exchange-path" }, one.path),
      el("span", { class: "exchange-status" }, one.status ? String(one.status) : "no answer"),
      el("span", { class: "exchange-took" }, one.isAck && meter(one.seconds), `${one.isAck ? "ack " : ""}${took(one.seconds)}`),
    );
  }

  function choose(n) {
    chosen = n;
    draw(store.now);
    document.getElementById(`exchange-${n}`)?.scrollIntoView({ block: "nearest" });
  }

  function walk(event) {
    const all = [...list.children];
    const place = all.findIndex((one) => one.dataset.n === String(chosen));
    const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined || !all[next]) return;
    event.preventDefault();
    choose(Number(all[next].dataset.n));
  }

  function draw({ exchanges, isGlassOpen }) {
    if (!isGlassOpen) return;
    const known = new Set(exchanges.map((one) => one.n));
    for (const n of rows.keys()) if (!known.has(n)) rows.delete(n);
    for (const one of exchanges) if (!rows.has(one.n)) rows.set(one.n, row(one));
    if (!known.has(chosen)) chosen = exchanges.at(-1)?.n ?? null;
    for (const [n, one] of rows) one.setAttribute("aria-selected", String(n === chosen));
    list.replaceChildren(...[...exchanges].reverse().map((one) => rows.get(one.n)));
    if (chosen !== null) list.setAttribute("aria-activedescendant", `exchange-${chosen}`);
    show(exchanges.find((one) => one.n === chosen));
  }

  function show(one) {
    if (one === undefined) {
      drawnFor = null;
      fill(detail, el("p", { class: "glass-empty" }, "Nothing has passed yet. Type something to Overlap."));
    } else if (drawnFor !== one) {
      drawnFor = one;
      fill(detail, part("Request", `${one.method} ${one.path}`, one.request?.headers, one.request?.body), part("Answer", one.status ? `${one.status}, after ${took(one.seconds)}` : "none", null, one.response));
      detail.scrollTop = 0;
    }
  }

  store.watch(["exchanges", "isGlassOpen"], draw);
  store.watch(["isGlassOpen"], ({ isGlassOpen }) => {
    root.hidden = !isGlassOpen;
    document.getElementById("app").dataset.glass = isGlassOpen ? "open" : "closed";
  });
}

function part(title, line, headers, body) {
  const names = Object.entries(headers ?? {});
  return el("section", { class: "exchange-part" }, el("h3", {}, title, el("span", { class: "exchange-line" }, line)),
    names.length > 0 && el("dl", { class: "exchange-headers" }, names.map(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))])),
    el("pre", { class: "exchange-body" }, written(body)));
}

/** How much of three seconds an ack took. */
function meter(seconds) {
  return el("span", { class: "ack-meter", "aria-hidden": "true" }, shape(el("span", { class: `ack-fill${seconds > PATIENCE ? " is-late" : ""}` }), { width: `${Math.max(3, Math.min(100, (seconds / PATIENCE) * 100))}%` }));
}

function written(body) {
  if (body === null || body === undefined || body === "") return "(empty)";
  const words = typeof body === "string" ? pretty(body) : JSON.stringify(body, null, 2);
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}

function pretty(words) {
  try {
    return JSON.stringify(JSON.parse(words), null, 2);
  } catch {
    return words;
  }
}

function took(seconds) {
  return seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`;
}

/** To the millisecond, on the clocks of whoever looks first. */
function time(at, zone) {
  const when = Date.parse(at);
  if (Number.isNaN(when)) return "";
  const { second } = wall(zone ?? "UTC", when);
  return `${clock(when, zone ?? "UTC")}:${String(second).padStart(2, "0")}.${String(when % 1000).padStart(3, "0")}`;
}
