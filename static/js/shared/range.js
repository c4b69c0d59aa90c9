/** Sliders. */

/** WebKit draws no filled part of a range by itself; the style sheet takes it from --fill. */
export function fillRange(input) {
  const share = (input.value - input.min) / (input.max - input.min);
  input.style.setProperty("--fill", `${share * 100}%`);
}
