/** The column of slides: which one is in front, moving by one, and what comes after. */

import { calm } from "../shared/device.js";

const FRONT = 0.6; // share of a slide that must be visible before it plays
const SHOWN = 0.5; // … and before it counts as shown,
const SHOWN_MS = 300; // … for this long

export class Deck {
  /**
   * Calls `front(slide | null)` when another slide comes to the front, `shown(slide)` once a slide was seen,
   * `changed()` when others stand around the one in front.
   */
  constructor(element, { front, shown, changed }) {
    this.element = element;
    this.tail = element.querySelector("[data-tail]");
    this.slides = [];
    this.index = -1;
    this.tell = { front, shown, changed };
    this.timers = new Map();
    this.observer = new IntersectionObserver((entries) => entries.forEach((entry) => this.seen(entry)), {
      root: element,
      threshold: [0, SHOWN, FRONT],
    });
    this.observer.observe(this.tail);
    // A turned phone or a resized window keeps its video in front.
    this.height = element.clientHeight;
    new ResizeObserver(() => {
      if (element.clientHeight === this.height) return;
      this.height = element.clientHeight;
      this.go(this.index, "instant");
    }).observe(element);
    element.addEventListener("touchstart", () => this.fence(), { passive: true });
    element.addEventListener("scrollend", () => this.fence());
  }

  /**
   * Let a swipe come to rest at a neighbour only: Chromium now and then lets a hard one run past
   * `scroll-snap-stop: always`.
   */
  fence(up = true) {
    const { scrollTop, clientHeight } = this.element;
    const here = Math.round(scrollTop / clientHeight); // the index comes a moment later
    [...this.slides.map((slide) => slide.element), this.tail].forEach((element, place) =>
      element.toggleAttribute("data-far", up && Math.abs(place - here) > 1),
    );
  }

  get current() {
    return this.slides[this.index] ?? null;
  }

  /** Slides after the one in front. */
  get ahead() {
    return this.slides.slice(this.index + 1);
  }

  has(video) {
    return this.slides.some((slide) => slide.item.video === video);
  }

  add(slide, at = this.slides.length) {
    const before = this.slides[at]?.element ?? this.tail;
    const waiting = this.index >= at && at === this.slides.length; // the viewer looks at what comes after the last
    if (slide.element.nextElementSibling !== before) this.element.insertBefore(slide.element, before);
    this.slides.splice(at, 0, slide);
    slide.element.inert = true;
    this.number();
    this.observer.observe(slide.element);
    this.tell.changed();
    if (waiting) this.go(at, "instant");
  }

  /** Take the slides out that come after the next one; they were never shown. */
  cut() {
    return this.drop((_, place) => place > this.index + 1);
  }

  /** Take out slides ahead for which `which(slide, place)` says so. */
  drop(which) {
    const gone = this.slides.filter((slide, place) => place > this.index && !slide.impressed && which(slide, place));
    this.slides = this.slides.filter((slide) => !gone.includes(slide));
    for (const slide of gone) {
      this.observer.unobserve(slide.element);
      slide.element.remove();
    }
    return gone;
  }

  number() {
    this.slides.forEach((slide, place) => {
      slide.element.setAttribute("aria-posinset", String(place + 1));
      slide.element.setAttribute("aria-setsize", "-1");
    });
  }

  seen(entry) {
    const slide = entry.target.slide ?? null;
    if (slide && !slide.impressed) this.wait(slide, entry.intersectionRatio >= SHOWN);
    if (entry.intersectionRatio < FRONT) return;
    const index = slide ? this.slides.indexOf(slide) : this.slides.length;
    if (index === this.index) return;
    this.index = index;
    const control = this.focused();
    for (const each of this.slides) each.element.inert = each !== slide;
    this.tail.inert = slide !== null;
    if (control) (entry.target.querySelector(control) ?? entry.target).focus({ preventScroll: true });
    this.tell.front(slide);
  }

  /** How to find the control that has the focus in another slide, so that the keyboard goes along. */
  focused() {
    const held = document.activeElement;
    if (!this.element.contains(held)) return "";
    const { act, part } = held.dataset;
    return act ? `[data-act="${act}"]` : part ? `[data-part="${part}"]` : "[data-slide]";
  }

  wait(slide, visible) {
    clearTimeout(this.timers.get(slide));
    this.timers.delete(slide);
    if (!visible) return;
    const timer = setTimeout(() => {
      this.timers.delete(slide);
      if (slide.impressed || document.hidden) return;
      slide.impressed = true;
      this.tell.shown(slide);
    }, SHOWN_MS);
    this.timers.set(slide, timer);
  }

  /** Bring the slide at `index` to the front; the one after the last is what comes next. */
  go(index, behavior = calm() ? "instant" : "smooth") {
    const target = (this.slides[index]?.element ?? (index >= this.slides.length ? this.tail : null));
    this.fence(false);
    if (target) this.element.scrollTo({ top: target.offsetTop, behavior });
  }

  step(by) {
    this.go(Math.min(Math.max(this.index + by, 0), this.slides.length));
  }
}
