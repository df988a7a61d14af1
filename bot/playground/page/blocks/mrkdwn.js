/** Slack's markup as elements: what it marks is drawn, everything else stays the words it is. */

import { dated, exactly } from "/page/blocks/dates.js";
import { withEmoji } from "/page/blocks/emoji.js";
import { el } from "/page/dom.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const MARKS = { "*": ["strong", "strong"], _: ["em", "em"], "~": ["s", "strike"] };
const SAFE = /^(https?:\/\/|mailto:)/i;
const BARE = /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]}'"]/i;
const WORD = /[\p{L}\p{N}_]/u;
const QUOTE = /^(?:&gt;|>) ?/;

/** The three characters that Slack escapes, as they are meant. */
export function unescaped(words) {
  return words.replace(/&(?:amp|lt|gt);/g, (one) => ENTITIES[one]);
}

/** Words in which nothing is markup; emoji names are drawn unless they must not be. */
export function plain(words, { hasEmoji = true } = {}) {
  const read = unescaped(words);
  return hasEmoji ? withEmoji(read) : read;
}

/**
 * What these words look like, as a list of nodes. `reader` is `{me, people, zone}`: who reads, whom a mention may
 * name, and on which clocks; `isVerbatim` leaves bare addresses alone.
 */
export function mrkdwn(words, reader, { isVerbatim = false } = {}) {
  const drawn = [];
  const parts = words.split(/```([\s\S]+?)```/);
  for (const [place, part] of parts.entries()) {
    if (place % 2 === 1) drawn.push(el("pre", { tabindex: "0" }, unescaped(part.replace(/^\n|\n$/g, ""))));
    else drawn.push(...lines(trimmed(part, place > 0, place < parts.length - 1), { reader, isVerbatim, within: "" }));
  }
  return drawn;
}

/** A `pre` is a paragraph of its own: the line break beside it is not another. */
function trimmed(part, isAfter, isBefore) {
  const rest = isAfter ? part.replace(/^\n/, "") : part;
  return isBefore ? rest.replace(/\n$/, "") : rest;
}

function lines(words, how) {
  const drawn = [];
  let quoted = null;
  for (const [place, line] of words.split("\n").entries()) {
    if (QUOTE.test(line)) {
      const inner = inline(line.replace(QUOTE, ""), how);
      if (quoted) quoted.append(el("br"), ...inner);
      else drawn.push((quoted = el("blockquote", {}, inner)));
      continue;
    }
    if (place > 0 && quoted === null) drawn.push(el("br"));
    quoted = null;
    drawn.push(...inline(line, how));
  }
  return drawn;
}

function inline(words, how) {
  const drawn = [];
  let plainFrom = 0;
  let at = 0;
  const flush = () => {
    if (at > plainFrom) drawn.push(plain(words.slice(plainFrom, at)));
  };
  while (at < words.length) {
    const found = piece(words, at, how);
    if (found === null) {
      at += 1;
      continue;
    }
    flush();
    drawn.push(found.node);
    at = plainFrom = found.end;
  }
  flush();
  return drawn;
}

/** What begins at that place: its node and where it ends; null where only a character stands. */
function piece(words, at, how) {
  const char = words[at];
  if (char === "<") return token(words, at, how);
  if (char === "`") return code(words, at);
  if (char in MARKS) return marked(words, at, how);
  if (char === "h" && !how.isVerbatim && !WORD.test(words[at - 1] ?? " ")) return bare(words, at);
  return null;
}

function code(words, at) {
  const end = words.indexOf("`", at + 1);
  if (end <= at + 1) return null;
  return { node: el("code", {}, unescaped(words.slice(at + 1, end))), end: end + 1 };
}

/** Bold and the like: it opens before a word and closes behind one, both at a word's edge. */
function marked(words, at, how) {
  const char = words[at];
  if (how.within.includes(char) || WORD.test(words[at - 1] ?? " ") || /\s/.test(words[at + 1] ?? " ")) return null;
  for (let end = words.indexOf(char, at + 2); end !== -1; end = words.indexOf(char, end + 1)) {
    if (/\s/.test(words[end - 1]) || WORD.test(words[end + 1] ?? " ") || words[end + 1] === char) continue;
    const inner = inline(words.slice(at + 1, end), { ...how, within: how.within + char });
    const [name, style] = MARKS[char];
    return { node: el(name, { class: `m-${style}` }, inner), end: end + 1 };
  }
  return null;
}

function bare(words, at) {
  const found = BARE.exec(words.slice(at, at + 3000));
  return found && { node: link(unescaped(found[0]), unescaped(found[0])), end: at + found[0].length };
}

function token(words, at, how) {
  const end = words.indexOf(">", at);
  if (end === -1) return null;
  const inside = words.slice(at + 1, end);
  const node = inside.includes("<") ? null : named(inside, how);
  return node && { node, end: end + 1 };
}

/** What a token in angle brackets means; null for one that means nothing, which then stays as it was written. */
function named(inside, { reader }) {
  if (inside.startsWith("!date^")) return date(inside, reader);
  const [target, label = ""] = cut(inside);
  const shown = plain(label);
  if (target.startsWith("@")) return mention(target.slice(1), shown, reader);
  if (target.startsWith("#")) return el("span", { class: "mention" }, `#${shown || target.slice(1)}`);
  if (/^!(here|channel|everyone)$/.test(target)) return el("span", { class: "mention is-me" }, `@${target.slice(1)}`);
  if (target.startsWith("!subteam^")) return el("span", { class: "mention" }, shown || "@group");
  if (target.startsWith("!")) return shown ? el("span", {}, shown) : null;
  if (SAFE.test(target)) return link(unescaped(target), shown || unescaped(target).replace(/^mailto:/i, ""));
  return null;
}

function mention(id, label, reader) {
  const person = (reader.directory ?? reader.people).find((one) => one.id === id);
  const name = person?.name ?? (label.replace(/^@/, "") || id);
  return el("span", { class: `mention${id === reader.me?.id ? " is-me" : ""}` }, "@", el("bdi", {}, name));
}

function date(inside, reader) {
  const bar = inside.indexOf("|");
  const fallback = bar === -1 ? "" : plain(inside.slice(bar + 1));
  const [, unix = "", format = "", url = ""] = (bar === -1 ? inside : inside.slice(0, bar)).split("^");
  const found = dated(unix, unescaped(format), reader.zone);
  if (found === null) return el("span", {}, fallback || unescaped(`<${inside}>`));
  const zoned = exactly(found.at, reader.zone);
  const time = el("time", { datetime: new Date(found.at).toISOString(), title: zoned }, found.words);
  return SAFE.test(url) ? link(unescaped(url), time) : time;
}

function link(url, ...shown) {
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, shown);
}

function cut(inside) {
  const bar = inside.indexOf("|");
  return bar === -1 ? [inside] : [inside.slice(0, bar), inside.slice(bar + 1)];
}

/** Whether a button or an option may open that address. */
export function isSafe(url) {
  return SAFE.test(url);
}
