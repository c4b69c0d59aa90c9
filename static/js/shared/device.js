/** What the device and its user prefer. */

/** Nothing shall glide. */
export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** A finger points, not a mouse. */
export function touched() {
  return matchMedia("(pointer: coarse)").matches;
}
