/** The playground's page: makes its parts and joins them; every part then looks after itself. */

import { banner } from "/page/banner.js";
import { composer } from "/page/chat/composer.js";
import { head, welcome } from "/page/chat/head.js";
import { messages } from "/page/chat/messages.js";
import { eyes, places } from "/page/chat/places.js";
import { glass } from "/page/glass.js";
import { asked, remember } from "/page/state/address.js";
import { now } from "/page/state/clock.js";
import { kept } from "/page/state/kept.js";
import { Store } from "/page/state/store.js";
import { Sync } from "/page/state/sync.js";
import { story } from "/page/story.js";
import { listen } from "/page/stream.js";
import { tabs } from "/page/tabs.js";
import { week } from "/page/week/week.js";
import { works } from "/page/works.js";

const FIRST = "ana";
const TABS = ["chat", "week", "story"];
const part = (id) => document.getElementById(id);

const address = asked();
const shown = { layout: "over", zone: "", hidden: [], from: "", ...kept("week", {}) };
const store = new Store({
  first: FIRST,
  as: /^[a-z][a-z0-9._-]{0,40}$/.test(address.as) ? address.as : FIRST,
  place: address.place,
  kind: "channel",
  tab: TABS.includes(address.tab) ? address.tab : "chat",
  me: null, people: [], directory: [], places: [], bot: { isUp: true }, servers: [], story: [],
  messages: null,
  week: null, ghosts: [], ...shown,
  isGlassOpen: false, exchanges: [], heardFrom: 0,
  connection: "up",
  minute: 0,
});
const sync = new Sync(store);

const showGlass = (isGlassOpen) => {
  store.set({ isGlassOpen });
  if (isGlassOpen) sync.glass();
  else part("glass-door").focus();
};

tabs(part("tabs"), store);
banner(part("banner"), store);
eyes(part("eyes"), store, sync);
places(part("places"), store, sync);
head(part("chat"), store);
const conversation = messages(part("chat"), store, sync);
const box = composer(part("chat"), store, { sent: conversation.toEnd });
const propose = (words) => {
  store.set({ tab: "chat" });
  box.propose(words);
};
welcome(conversation.welcome, store, propose);
week(part("week"), store, sync);
story(part("story"), store, propose);
works(part("works"), store, sync, { openGlass: () => showGlass(!store.now.isGlassOpen) });
glass(part("glass"), store, { close: () => showGlass(false) });

store.watch(["as", "place", "tab"], (state) => state.place && remember(state));
setInterval(() => store.set({ minute: Math.floor(now() / 60_000) }), 5_000);
addEventListener("hashchange", () => {
  const { as, place } = asked();
  if (as) sync.look(as).then(() => place && sync.enter(place));
});

let isFirst = true;
listen({
  changed: (topic) => sync.changed(topic),
  connected(isUp) {
    if (!isUp) store.set({ connection: "lost" });
    else if (!isFirst) sync.everything();
    else isFirst = false;
  },
});
sync.everything();
