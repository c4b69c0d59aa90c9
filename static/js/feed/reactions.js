/** Likes, follows and "not interested": shown at once, taken back when the server refuses. */

import { call } from "../shared/api.js";
import { moment } from "../shared/storage.js";

export class Reactions {
  constructor({ deck, pages, say, tell }) {
    this.deck = deck;
    this.pages = pages;
    this.say = say;
    this.tell = tell;
    this.chains = new Map(); // one call after another for the same thing
  }

  /** The body of a reaction; made once, so that a repetition keeps its id. */
  moment(slide) {
    return { ...moment(), ...slide.place() };
  }

  queued(key, act) {
    const before = this.chains.get(key) ?? Promise.resolve();
    const after = before.then(act, act);
    this.chains.set(key, after.catch(() => {}));
    return after;
  }

  async like(slide, on = !slide.item.liked) {
    const { item } = slide;
    if (item.liked === on) return;
    item.liked = on;
    item.likes += on ? 1 : -1;
    slide.showReactions();
    slide.act("like").classList.toggle("beat", on);
    const path = `videos/${item.video}/like/`;
    const body = on ? this.moment(slide) : undefined;
    try {
      const answer = await this.queued(path, () => call(on ? "PUT" : "DELETE", path, body, { keepalive: true }));
      if (item.liked === on) item.likes = answer.likes;
      if (on) this.pages.reacted();
    } catch (refusal) {
      if (item.liked === on) {
        item.liked = !on;
        item.likes -= on ? 1 : -1;
      }
      this.tell(refusal);
    }
    slide.showReactions();
  }

  async follow(slide) {
    const { item } = slide;
    const on = !item.following;
    this.following(item.creator_id, on);
    const path = `creators/${item.creator_id}/follow/`;
    const body = on ? { ...this.moment(slide), video: item.video } : undefined;
    try {
      await this.queued(path, () => call(on ? "PUT" : "DELETE", path, body, { keepalive: true }));
      if (on) this.pages.reacted();
    } catch (refusal) {
      this.following(item.creator_id, !on);
      this.tell(refusal);
    }
  }

  /** Every slide of that creator shows it. */
  following(creator, on) {
    for (const slide of this.deck.slides.filter((each) => each.item.creator_id === creator)) {
      slide.item.following = on;
      slide.showReactions();
    }
  }

  /** `scope`: "video" or "creator". Goes on to the next video at once; the message offers the way back. */
  async hide(slide, scope) {
    const { item } = slide;
    const path = `videos/${item.video}/not-interested/`;
    const body = { ...this.moment(slide), scope };
    const place = this.deck.index;
    if (scope === "creator") this.pages.layAside(this.deck.drop((other) => other.item.creator_id === item.creator_id));
    this.deck.step(1);
    try {
      await this.queued(path, () => call("PUT", path, body, { keepalive: true }));
    } catch (refusal) {
      this.tell(refusal);
      return;
    }
    this.pages.forget((other) => other.video !== item.video && (scope === "video" || other.creator_id !== item.creator_id));
    this.pages.reacted();
    const text =
      scope === "video"
        ? gettext("You will see fewer like this.")
        : interpolate(gettext("You will see nothing more from %s."), [item.creator]);
    this.say(text, { undo: () => this.unhide(slide, path, place) });
  }

  async unhide(slide, path, place) {
    try {
      await this.queued(path, () => call("DELETE", path));
    } catch (refusal) {
      this.tell(refusal);
      return;
    }
    this.deck.go(Math.max(this.deck.slides.indexOf(slide), 0) || place);
  }
}
