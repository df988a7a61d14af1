/** Where one types: people after an @, commands after a slash, earlier lines with arrow-up, and Enter sends. */

import { api, Refused } from "/page/api.js";
import { Completion, fitting } from "/page/chat/completion.js";
import { History } from "/page/chat/history.js";
import { el, fill } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { keep, kept } from "/page/state/kept.js";

const LONGEST = 12_000;
const NEARLY = 11_000;

export function composer(root, store, { sent }) {
  const box = el("textarea", {
    id: "words", class: "composer-box", rows: "1", dir: "auto", autocomplete: "off", spellcheck: "true",
    "aria-label": "Message", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": "completion", "aria-describedby": "composer-note",
    on: { input: typed, keydown: pressed, paste: pasted, blur: () => completion.close(), click: suggest },
  });
  const completion = new Completion(box, () => store.now.people, complete);
  const send = el("button", { class: "button is-primary is-round composer-send", type: "submit", "aria-label": "Send", title: "Send" }, icon("send"));
  const note = el("p", { id: "composer-note", class: "composer-note", role: "status" });
  const form = el("form", { class: "composer", on: { submit } }, completion.list, el("div", { class: "composer-frame" }, box, send), note);
  root.append(form);

  let history = new History(store.now.as);
  let isSending = false;
  let here = "";

  function typed() {
    grow();
    suggest();
    keep(here, box.value);
    const { length } = box.value;
    send.disabled = box.value.trim() === "" || length > LONGEST;
    if (length > LONGEST) say(`${length.toLocaleString("en")} characters: a message takes ${LONGEST.toLocaleString("en")} at most. Shorten it to send it.`, true);
    else if (length > NEARLY) say(`${length.toLocaleString("en")} of ${LONGEST.toLocaleString("en")} characters.`);
    else say("");
  }

  function grow() {
    box.style.setProperty("height", "auto");
    box.style.setProperty("height", `${box.scrollHeight}px`);
  }

  function suggest() {
    const isPlain = box.selectionStart === box.selectionEnd;
    const kind = store.now.places.find((one) => one.id === store.now.place)?.kind;
    completion.offer(isPlain ? fitting(box.value, box.selectionStart, { ...store.now, kind }) : null);
  }

  function complete(from, words) {
    const after = box.value.slice(box.selectionStart);
    write(box.value.slice(0, from) + words + after, from + words.length);
  }

  function write(words, caret = words.length) {
    box.value = words;
    box.setSelectionRange(caret, caret);
    typed();
  }

  function pressed(event) {
    if (event.isComposing) return;
    if (completion.takes(event.key)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "ArrowUp" && !box.value.slice(0, box.selectionStart).includes("\n")) {
      recall(event, history.earlier(box.value));
    } else if (event.key === "ArrowDown" && !box.value.slice(box.selectionEnd).includes("\n")) {
      recall(event, history.later());
    }
  }

  function recall(event, line) {
    if (line === null) return;
    event.preventDefault();
    write(line);
    completion.close();
  }

  /** What is far too long never enters the box, where ten million characters would stop the page. */
  function pasted(event) {
    const words = event.clipboardData?.getData("text/plain") ?? "";
    const room = LONGEST - (box.value.length - (box.selectionEnd - box.selectionStart));
    if (words.length <= room) return;
    event.preventDefault();
    const part = words.slice(0, Math.max(0, room)).replace(/[\ud800-\udbff]$/, "");
    const [before, after] = [box.value.slice(0, box.selectionStart), box.value.slice(box.selectionEnd)];
    write(before + part + after, before.length + part.length);
    say(`That was ${words.length.toLocaleString("en")} characters, and a message takes ${LONGEST.toLocaleString("en")}: only its beginning is here.`, true);
  }

  async function submit(event) {
    event.preventDefault();
    const text = box.value;
    const { as, place } = store.now;
    if (isSending || text.trim() === "" || text.length > LONGEST) return;
    isSending = true;
    form.setAttribute("aria-busy", "true");
    try {
      const { ack } = await api.type(as, place, text);
      history.add(text);
      if (box.value === text) write("");
      sent();
      say(ack ? `Overlap acknowledged it in ${seconds(ack.seconds)}.` : "");
    } catch (error) {
      say(error instanceof Refused ? error.message : "The playground does not answer, so nothing was sent. Your words are still here.", true);
    } finally {
      isSending = false;
      form.removeAttribute("aria-busy");
    }
  }

  function say(words, isWrong = false) {
    note.classList.toggle("is-wrong", isWrong);
    const hint = el("span", { class: "composer-hint" }, el("kbd", {}, "/meet"), " finds a time · ", el("kbd", {}, "@"), " names people · ", el("kbd", {}, "↑"), " earlier lines");
    fill(note, words || hint);
  }

  store.watch(["as", "place", "places"], ({ as, place, places }) => {
    const name = `draft ${as} ${place}`;
    const found = places.find((one) => one.id === place);
    box.setAttribute("placeholder", found ? `Message ${found.kind === "channel" ? "#" : ""}${found.name}` : "Message");
    if (name === here) return;
    here = name;
    history = new History(as);
    write(kept(name, ""));
    completion.close();
  });

  return {
    /** Puts words into the box, for who wants to try them. */
    propose(words) {
      write(words);
      completion.close();
      box.focus();
    },
  };
}

function seconds(number) {
  return number < 1 ? `${Math.max(1, Math.round(number * 1000))} ms` : `${number.toFixed(1)} s`;
}
