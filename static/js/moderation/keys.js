/** Single keys of the desk; they rest while somebody types, in dialogs, and where they were switched off. */

import { typing } from "../shared/digits.js";
import { lasting } from "../shared/storage.js";

const OFF = "desk.keys.off";

export function keysOn() {
  return !lasting.get(OFF, false);
}

export function setKeysOn(on) {
  if (on) lasting.remove(OFF);
  else lasting.set(OFF, true);
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
