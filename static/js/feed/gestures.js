/** Hands on the stage: a tap pauses, two tap likes, the wheel moves by one, and the bar seeks. */

import { Wheel, pixels } from "./wheel.js";

const DOUBLE_MS = 260;
const WOKEN_MS = 450;

export function listenToTaps(deck, player, like) {
  let pending = null;
  let last = -Infinity;
  deck.element.addEventListener("click", (event) => {
    if (!event.target.closest('[data-part="picture"]')) return;
    if (performance.now() - (player.woken ?? -Infinity) < WOKEN_MS) return;
    const now = performance.now();
    const twice = now - last < DOUBLE_MS;
    last = now;
    clearTimeout(pending);
    if (twice) {
      like();
      player.burst(event.clientX, event.clientY);
    } else {
      pending = setTimeout(() => player.toggle(), DOUBLE_MS);
    }
  });
}

export function listenToWheel(deck) {
  const wheel = new Wheel();
  deck.element.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey) return; // zooming
      event.preventDefault();
      const by = wheel.turn(pixels(event), event.timeStamp);
      if (by) deck.step(by);
    },
    { passive: false },
  );
}

export function listenToBar(deck, player) {
  const bar = (event) => event.target.closest('[data-part="seek"]');
  const length = () => player.film?.duration || player.slide.item.duration_seconds;
  deck.element.addEventListener("pointerdown", (event) => {
    if (!bar(event)) return;
    player.dragging = true;
    deck.element.classList.add("dragging");
  });
  for (const name of ["pointerup", "pointercancel"]) {
    addEventListener(name, () => {
      player.dragging = false;
      deck.element.classList.remove("dragging");
    });
  }
  deck.element.addEventListener("input", (event) => {
    const input = bar(event);
    if (input) player.seekTo((input.value / 1000) * length());
  });
}
