/** What every page needs: theme, menu, toasts, sliders, sounds, dialogs. */

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

/** WebKit draws no filled part of a range by itself; the style sheet takes it from --fill. */
export function fillRange(input) {
  const share = (input.value - input.min) / (input.max - input.min);
  input.style.setProperty("--fill", `${share * 100}%`);
}

let sound = null;
let soundButton = null;

/** Play an address or a blob; the button shows that it plays, and a second press stops it. */
export function playSound(source, button) {
  const again = sound && soundButton === button;
  sound?.pause();
  soundButton?.removeAttribute("data-playing");
  sound = soundButton = null;
  if (again) return;
  sound = new Audio(source);
  soundButton = button;
  button.dataset.playing = "";
  sound.addEventListener("ended", () => stopSound(button));
  sound.addEventListener("error", () => {
    stopSound(button);
    toast(gettext("This sound cannot be played."), "error");
  });
  sound.play().catch(() => stopSound(button));
}

function stopSound(button) {
  button.removeAttribute("data-playing");
  if (soundButton === button) sound = soundButton = null;
}

/** A short message at the foot of the page. */
export function toast(text, level = "info") {
  const row = document.createElement("li");
  row.className = "toast";
  row.dataset.level = level;
  const words = document.createElement("span");
  words.className = "grow";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-button";
  close.dataset.dismiss = "";
  close.textContent = "×";
  close.setAttribute("aria-label", gettext("Dismiss"));
  row.append(words, close);
  document.getElementById("toasts").append(row);
  leaveLater(row);
}

function leaveLater(row) {
  if (row.dataset.level === "error") return;
  setTimeout(() => row.remove(), row.querySelector("form") ? 12000 : 6000);
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
  if (copy) navigator.clipboard.writeText(copy.dataset.copy).then(() => toast(gettext("Copied.")));
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

document.body.addEventListener("htmx:responseError", (event) => {
  const text = event.detail.xhr.responseText;
  toast(text && text.length < 300 && !text.includes("<") ? text : gettext("That did not work. Try again."), "error");
});
document.body.addEventListener("htmx:sendError", () => toast(gettext("The server cannot be reached."), "error"));

showTheme();
document.querySelectorAll('input[type="range"]').forEach(fillRange);
document.querySelectorAll(".toast").forEach(leaveLater);
document.querySelector("[data-focus]")?.focus();
