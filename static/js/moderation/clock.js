/** The claim's clock: how long the case is still held, counted on this side so that no clock needs to be right. */

import { clock } from "../shared/time.js";

const WARN_SECONDS = 60;

export class ClaimClock {
  /** `box` shows it; `ended()` is called once when the time is over. */
  constructor(box, ended) {
    this.box = box;
    this.ended = ended;
    this.until = 0;
    setInterval(() => this.tick(), 1000);
  }

  start(seconds) {
    this.until = performance.now() + seconds * 1000;
    this.whole = seconds;
    this.tick();
  }

  stop() {
    this.until = 0;
    this.box.hidden = true;
  }

  get left() {
    return this.until ? Math.max(0, (this.until - performance.now()) / 1000) : 0;
  }

  get isHalfGone() {
    return this.until > 0 && this.left < this.whole / 2;
  }

  tick() {
    if (!this.until) return;
    const { left } = this;
    this.box.hidden = false;
    this.box.classList.toggle("warn", left < WARN_SECONDS);
    this.box.querySelector("[data-part=left]").textContent = clock(Math.floor(left));
    if (left > 0) return;
    this.stop();
    this.ended();
  }
}
