/** The search box: a way to empty it, the last searches, and the slash key that leads to it. */

import { lasting } from "./shared/storage.js";

const form = document.querySelector("[data-finder]");
const input = form.querySelector("[data-query]");
const clear = form.querySelector("[data-clear]");
const recent = form.querySelector("[data-recent]");
const list = form.querySelector("[data-recent-list]");
const results = document.getElementById("results");

const KEY = "searches";
const KEPT = 6;
const SHORTEST = 2;

function remembered() {
  const kept = lasting.get(KEY, []);
  return Array.isArray(kept) ? kept.filter((query) => typeof query === "string").slice(0, KEPT) : [];
}

function remember(queries) {
  lasting.set(KEY, queries.slice(0, KEPT)); // a browser that keeps nothing is searched with all the same
}

/** What the visitor looked for is worth keeping once they went on with it. */
function keep() {
  const query = input.value.trim();
  if ([...query].length < SHORTEST) return;
  remember([query, ...remembered().filter((other) => other !== query)]);
}

function showRecent() {
  const queries = remembered();
  recent.hidden = Boolean(input.value) || !queries.length;
  if (recent.hidden) return;
  list.replaceChildren(
    ...queries.map((query) => {
      const row = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = query;
      row.append(button);
      return row;
    }),
  );
}

function ask(query) {
  input.value = query;
  clear.hidden = !query;
  recent.hidden = true;
  form.requestSubmit();
}

input.addEventListener("focus", showRecent);
input.addEventListener("input", () => {
  clear.hidden = !input.value;
  showRecent();
});
form.addEventListener("submit", () => {
  recent.hidden = true;
  keep();
});
form.addEventListener("focusout", (event) => {
  if (!form.contains(event.relatedTarget)) recent.hidden = true;
});
clear.addEventListener("click", () => {
  ask("");
  input.focus();
});
form.querySelector("[data-forget]").addEventListener("click", () => {
  remember([]);
  recent.hidden = true;
  input.focus();
});
list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  ask(button.textContent);
  input.focus();
  recent.hidden = true;
});

form.addEventListener("keydown", (event) => {
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  if (event.key === "Escape") {
    if (!recent.hidden) recent.hidden = true;
    else if (input.value) ask("");
    input.focus();
    recent.hidden = true;
  } else if (!recent.hidden && event.key === "ArrowDown") {
    event.preventDefault();
    buttons[Math.min(at + 1, buttons.length - 1)]?.focus();
  } else if (!recent.hidden && event.key === "ArrowUp" && at >= 0) {
    event.preventDefault();
    (at ? buttons[at - 1] : input).focus();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog[open]")) return;
  event.preventDefault();
  input.focus();
  input.select();
});

results.addEventListener("click", (event) => event.target.closest(".tile") && keep());

/** The chosen category stays in view where the row of them scrolls. */
function showShelf() {
  const row = results.querySelector("[data-shelves]");
  const chosen = row?.querySelector('[aria-current="true"]');
  if (chosen) row.scrollLeft = chosen.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;
}

document.body.addEventListener("htmx:beforeRequest", () => results.setAttribute("aria-busy", "true"));
document.body.addEventListener("htmx:afterSettle", () => {
  results.setAttribute("aria-busy", "false");
  showShelf();
});
showShelf();
