/** Single keys of the desk; they rest while somebody types, in dialogs, and where they were switched off. */

import { lasting } from "../shared/storage.js";

const OFF = "desk.keys.off";

export function keysOn() {
  return !lasting.get(OFF, false);
}

export function setKeysOn(on) {
  if (on) lasting.remove(OFF);
  else lasting.set(OFF, true);
}

function typing(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

/** `table`: key → function; capitals are told apart only where the table has them. */
export function listenToKeys(table) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (typing(event.target) || document.querySelector("dialog[open]") || event.target.closest("details.menu[open]")) return;
    const { target } = event;
    if ((event.key === " " || event.key === "Enter") && target.closest("button, a, summary, label, video")) return;
    if (event.key.startsWith("Arrow") && target.closest("video")) return;
    if (!keysOn() && event.key !== "?") return;
    const key = Object.hasOwn(table, event.key) ? event.key : event.key.toLowerCase();
    if (!Object.hasOwn(table, key)) return;
    event.preventDefault();
    table[key]();
  });
}

/** In an open dialog: digits press the button that carries them. */
export function listenToDigits(dialog) {
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const button = [...dialog.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
