/**
 * Pages of the feed: asked for before they are needed, and asked again after a reaction, so that what comes next
 * follows it. A served slide that was never shown is laid aside and used only when the server has nothing more.
 */

import { call } from "../shared/api.js";
import { session, sitting } from "../shared/storage.js";
import { Slide } from "./slide.js";

const PAGE = 6;
const AHEAD_MIN = 2;
const KEPT_MS = 25 * 60_000; // an unseen slot is offered again by the server after half an hour
const KEPT_MAX = 12;

export class Pages {
  /**
   * `tail(state, detail)` shows what comes after the last slide: loading, end, offline, error. `told()` sends what the
   * viewer did, which the next page is to know.
   */
  constructor(deck, { tail, told }) {
    this.deck = deck;
    this.tail = tail;
    this.told = told;
    this.aside = []; // {item, requestId}
    this.round = 0; // a reaction starts a new one; answers of an older round come too late
    this.busy = false;
    this.ended = false;
    this.personalized = true;
    addEventListener("online", () => this.more());
    addEventListener("pagehide", () => this.keep());
    addEventListener("pageshow", (event) => event.persisted && sitting.remove("aside"));
  }

  /** The page that came with the document; its first slide is already there as `element`. */
  begin(page, element) {
    this.personalized = page.personalized;
    const kept = this.kept();
    page.items.forEach((item, place) => this.append(item, page.request_id, place === 0 ? element : null));
    this.aside.push(...kept);
    this.ended = !page.items.length;
    if (this.ended) this.fromAside();
    this.deck.go(0, "instant"); // the browser would keep in view what it showed first
  }

  append(item, requestId, element = null) {
    if (!this.deck.has(item.video)) this.deck.add(new Slide(item, requestId, element));
  }

  /** Called whenever another slide comes to the front. */
  moved() {
    if (this.deck.ahead.length <= AHEAD_MIN && !this.ended) this.more();
  }

  /** The viewer reacted: what comes after the next video is decided anew. */
  reacted() {
    this.round += 1;
    this.ended = false;
    this.layAside(this.deck.cut());
    this.more();
  }

  layAside(slides) {
    this.aside.push(...slides.map(({ item, requestId }) => ({ item, requestId })));
  }

  /** Take out what must not come any more: one video, or everything of a creator. */
  forget(keep) {
    this.aside = this.aside.filter(({ item }) => keep(item));
  }

  async more() {
    if (this.busy) return;
    this.busy = true;
    const { round } = this;
    if (!this.deck.ahead.length) this.tail("loading");
    try {
      await this.told();
      const page = await call("GET", `feed/?limit=${PAGE}&session=${session}`);
      this.personalized = page.personalized;
      if (round === this.round) this.came(page);
      else this.aside.push(...page.items.map((item) => ({ item, requestId: page.request_id })));
    } catch (refusal) {
      this.failed(refusal);
    }
    this.busy = false;
    if (round !== this.round) await this.more();
  }

  came(page) {
    const before = this.deck.slides.length;
    for (const item of page.items) this.append(item, page.request_id);
    this.aside = this.aside.filter(({ item }) => !this.deck.has(item.video));
    if (this.deck.slides.length === before) this.fromAside();
    this.ended = this.deck.slides.length === before;
    this.tail(this.ended ? "end" : "loading");
  }

  fromAside() {
    for (const { item, requestId } of this.aside.splice(0)) this.append(item, requestId);
  }

  failed(refusal) {
    if (refusal.status === 0 && !navigator.onLine) this.tail("offline");
    else this.tail("error", refusal.message);
  }

  /** Somebody asked to look once more. */
  again() {
    this.ended = false;
    return this.more();
  }

  // --- across documents: a reload or the way back loses nothing ----------------------------------------------------
  keep() {
    const unseen = this.deck.slides.filter((slide) => !slide.impressed);
    this.layAside(unseen);
    sitting.set("aside", { at: Date.now(), language: document.documentElement.lang, rows: this.aside.slice(0, KEPT_MAX) });
    this.aside = this.aside.slice(0, this.aside.length - unseen.length);
  }

  kept() {
    const kept = sitting.get("aside");
    sitting.remove("aside");
    if (!kept || Date.now() - kept.at > KEPT_MS) return [];
    // the reason is a sentence in the language of that page
    const same = kept.language === document.documentElement.lang;
    return kept.rows.map((row) => (same ? row : { ...row, item: { ...row.item, reason: "" } }));
  }
}
