/** One video a gesture of the wheel or the touch pad, however long its inertia runs on. */

const GAP_MS = 160; // silence that ends a gesture
const LEAST = 24; // px that count as meant
const AGAIN_MS = 550; // within one stream of events, the next gesture is believed only after this
const PUSH = 1.35; // … and when it is this much stronger than what came before

export class Wheel {
  constructor() {
    this.at = -Infinity;
    this.fired = -Infinity;
    this.sum = 0;
    this.strength = 0;
  }

  /** −1, 0 or 1: whether to go back, stay or go on after an event of `delta` px at `time` ms. */
  turn(delta, time) {
    const fresh = time - this.at > GAP_MS;
    const turned = Math.sign(delta) !== Math.sign(this.sum) && this.sum !== 0;
    const strength = Math.abs(delta);
    const pushed = time - this.fired > AGAIN_MS && strength >= LEAST && strength > this.strength * PUSH;
    const notched = time - this.fired > AGAIN_MS && strength >= 100 && strength === this.strength;
    if (fresh || pushed || notched || (turned && time - this.fired > AGAIN_MS)) this.sum = 0;
    this.at = time;
    this.strength = strength;
    if (Math.abs(this.sum) >= LEAST) return 0; // this gesture has moved already
    this.sum += delta;
    if (Math.abs(this.sum) < LEAST) return 0;
    this.fired = time;
    return Math.sign(this.sum);
  }
}

/** Pixels of a wheel event, whatever unit the browser gives. */
export function pixels(event) {
  return event.deltaY * [1, 30, innerHeight][event.deltaMode];
}
