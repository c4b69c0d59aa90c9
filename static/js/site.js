/** What every page needs: theme, menu, messages, sliders, sounds, dialogs. */

import { fillRange } from "./shared/range.js";
import { playSound } from "./shared/sound.js";
import { leaveLater, say } from "./shared/toasts.js";

const root = document.documentElement;

function setTheme(value) {
  if (value) root.dataset.theme = value;
  else delete root.dataset.theme;
  document.cookie = `theme=${value}; path=/; max-age=${value ? 31536000 : 0}; samesite=lax`;
  showTheme();
}

function showTheme() {
  const now = root.dataset.theme ?? "";
  for (const button of document.querySelectorAll("[data-theme-value]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeValue === now));
  }
}

document.addEventListener("click", (event) => {
  const target = event.target;
  const theme = target.closest("[data-theme-value]");
  if (theme) setTheme(theme.dataset.themeValue);
  target.closest("[data-dismiss]")?.closest(".toast")?.remove();
  const play = target.closest("[data-play]");
  if (play) playSound(play.dataset.play, play);
  const opener = target.closest("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
  if (target.closest("[data-close-dialog]") || target.matches("dialog")) target.closest("dialog")?.close();
  const copy = target.closest("[data-copy]");
  if (copy) navigator.clipboard.writeText(copy.dataset.copy).then(() => say(gettext("Copied.")));
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("input", (event) => {
  if (event.target.matches('input[type="range"]')) fillRange(event.target);
});

const FAILURES_MOST = 5; // in a row, of a part that asks by itself

/** Whether the failed request is one of a part that asks by itself and says when it gives up: nobody is told of each. */
function countFailure(part) {
  if (!part?.dataset?.givesUp) return false;
  const failures = Number(part.dataset.failures ?? 0) + 1;
  part.dataset.failures = String(failures);
  if (failures < FAILURES_MOST) return true;
  const still = part.cloneNode(true); // htmx asks no more for a part that has left the page
  for (const name of still.getAttributeNames()) if (name.startsWith("hx-")) still.removeAttribute(name);
  const told = document.createElement("p");
  told.textContent = part.dataset.givesUp;
  still.replaceChildren(...still.querySelectorAll("h2"), told);
  part.replaceWith(still);
  return true;
}

document.body.addEventListener("htmx:responseError", (event) => {
  if (countFailure(event.detail.elt)) return;
  const text = event.detail.xhr.responseText;
  const told = text && text.length < 300 && !text.includes("<");
  say(told ? text : gettext("That did not work. Try again."), { level: "error" });
});
document.body.addEventListener("htmx:sendError", (event) => {
  if (!countFailure(event.detail.elt)) say(gettext("The server cannot be reached."), { level: "error" });
});

showTheme();
document.querySelectorAll('input[type="range"]').forEach(fillRange);
document.querySelectorAll(".toast").forEach((row) => leaveLater(row));
document.querySelector("[data-focus]")?.focus();
