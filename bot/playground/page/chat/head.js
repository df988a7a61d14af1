/** The head of a conversation, and the words with which an empty one begins. */

import { el, fill } from "/page/dom.js";
import { icon, mark } from "/page/icons.js";

const EXAMPLE = "/meet @alex 30m next week";
const KINDS = {
  channel: { about: "What Overlap offers you, only you see", welcome: "A channel with all four people. Ask Overlap for a time: only you will see what it offers." },
  app: { about: "Between you and Overlap", welcome: "Your direct messages with Overlap: bookings, answers and clashes are told here. You can also just write to it." },
  dm: { about: "Between the two of you", welcome: "Only the two of you see this." },
};

export function head(root, store) {
  const title = el("h2", { id: "chat-title", class: "chat-title" });
  const about = el("p", { class: "chat-about" });
  root.append(el("div", { class: "chat-head" }, title, about));
  store.watch(["places", "place"], ({ places, place }) => {
    const found = places.find((one) => one.id === place);
    if (!found) return;
    const sign = { channel: () => icon("hash"), app: () => el("span", { class: "place-mark" }, mark()) }[found.kind];
    fill(title, sign?.(), el("bdi", {}, found.name));
    about.textContent = KINDS[found.kind]?.about ?? "";
  });
}

/** Keeps the welcome at the top of the conversation true to where one is. */
export function welcome(root, store, propose) {
  store.watch(["places", "place", "me"], ({ places, place, me }) => {
    const found = places.find((one) => one.id === place);
    if (!found) return;
    const name = found.kind === "channel" ? `#${found.name}` : found.name;
    const example = (found.kind === "app" ? EXAMPLE.replace("/meet ", "") : EXAMPLE);
    fill(
      root,
      el("p", { class: "welcome-name" }, el("bdi", {}, name)),
      el("p", {}, KINDS[found.kind]?.welcome ?? ""),
      found.kind !== "dm" && el("p", {}, el("button", { class: "chip", type: "button", on: { click: () => propose(example) } }, example)),
      found.kind === "app" && me?.account && account(me),
    );
  });
}

/** What the connect page asks for, of an account that lives only as long as this demo. */
function account({ name, account: { url, user, password } }) {
  return el("details", { class: "account" }, el("summary", {}, `${name.split(" ")[0]}’s calendar account, for the page that connects it`),
    el("dl", { class: "facts" }, [["Server", url], ["User", user], ["Password", password]].map(([word, value]) => [el("dt", {}, word), el("dd", {}, el("code", {}, value))])));
}
