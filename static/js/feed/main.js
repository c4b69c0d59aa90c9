/** The feed's page: joins the deck, the player, what the viewer does, and the events that tell of it. */

import * as toasts from "../shared/toasts.js";
import { Deck } from "./deck.js";
import { Dialogs } from "./dialogs.js";
import { Drawer } from "./drawer.js";
import { Films } from "./films.js";
import { listenToBar, listenToTaps, listenToWheel } from "./gestures.js";
import { listenToKeys, nameKey } from "./keys.js";
import { Outbox } from "./outbox.js";
import { Pages } from "./pages.js";
import { Player } from "./player.js";
import { Reactions } from "./reactions.js";

const root = document.querySelector("[data-feed]");
const page = JSON.parse(document.getElementById("feed-page").textContent);
const announcer = document.querySelector("[data-announce]");

const outbox = new Outbox();
const emit = (slide, type, values = {}) => outbox.add({ type, video: slide.item.video, ...slide.place(), ...values });
const films = new Films();
const player = new Player(emit);
const deck = new Deck(root.querySelector("[data-deck]"), {
  front,
  shown: (slide) => emit(slide, "impression"),
  changed: () => deck.current && films.place(deck.slides, deck.index),
});
const pages = new Pages(deck, { tail: showTail, told: () => outbox.flush() });
const reactions = new Reactions({ deck, pages, say, tell });
const dialogs = new Dialogs({ pages, reactions, say, tell });
const drawer = new Drawer({ dialogs, reactions, tell });

const acts = {
  like: (slide) => reactions.like(slide),
  follow: (slide) => reactions.follow(slide),
  comments: (slide) => drawer.toggle(slide),
  share: (slide) => dialogs.share(slide),
  more: (slide) => dialogs.more(slide),
  why: (slide) => dialogs.why(slide),
  keys: () => dialogs.keys(),
  play: () => player.toggle(),
  mute: () => player.mute(),
  unmute: () => {}, // the touch itself has done it
  captions: () => player.toggleCaptions(),
  reload: () => player.reload(),
  next: () => deck.step(1),
  again: () => pages.again(),
};

/** Messages lie on the picture here: they go soon. */
function say(text, options = {}) {
  return toasts.say(text, { brief: true, ...options });
}

/** What a refused call says to people; where an account is missing it leads to the sign-in. */
function tell(refusal) {
  const link =
    refusal.code === "not_authenticated"
      ? { href: `${root.dataset.login}?next=${encodeURIComponent(location.pathname)}`, text: gettext("Sign in") }
      : null;
  say(refusal.message, { level: "error", link });
}

function act(name) {
  if (deck.current || name === "again" || name === "keys") acts[name](deck.current);
}

/** Another slide is in front, or what comes after the last. */
function front(slide) {
  if (slide) {
    films.place(deck.slides, deck.index);
    slide.element.querySelectorAll("[aria-keyshortcuts]").forEach(nameKey);
  }
  player.front(slide);
  drawer.follow(slide);
  pages.moved();
  root.querySelector('[data-step="-1"]').disabled = deck.index <= 0;
  root.querySelector('[data-step="1"]').disabled = !slide;
  announcer.textContent = slide
    ? interpolate(gettext("%(title)s, by %(creator)s"), slide.item, true)
    : (deck.tail.querySelector("[data-when]:not([hidden]) h2")?.textContent ?? "");
}

function showTail(state, detail = "") {
  deck.tail.dataset.tail = state;
  deck.element.setAttribute("aria-busy", String(state === "loading"));
  for (const part of deck.tail.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  deck.tail.querySelector('[data-part="trouble"]').textContent = detail;
}

deck.element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) act(button.dataset.act);
});
root.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) deck.step(Number(step.dataset.step));
});
listenToTaps(deck, player, () => deck.current && reactions.like(deck.current, true));
listenToWheel(deck);
listenToBar(deck, player);
listenToKeys({ deck, player, act });
new MutationObserver((changes) => {
  for (const { target } of changes) if (target.hasAttribute("aria-keyshortcuts")) nameKey(target);
}).observe(deck.element, { subtree: true, attributeFilter: ["aria-label"] });

pages.begin(page, deck.element.querySelector("[data-slide]"));
const first = deck.slides[0];
if (first?.element.querySelector("video")) films.adopt(first.element.querySelector("video"), first);
document.body.dataset.ready = "";
