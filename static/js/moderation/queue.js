/** The list: a key to start, claims counting down. */

import { clock } from "../shared/time.js";

const began = performance.now();

function tick() {
  const gone = (performance.now() - began) / 1000;
  for (const row of document.querySelectorAll("[data-claim-left]")) {
    const left = Number(row.dataset.claimLeft) - gone;
    row.textContent = clock(Math.max(0, left));
    if (left <= 0) row.closest(".holder")?.remove();
  }
}

/** From one case to the next. */
function move(step) {
  const links = [...document.querySelectorAll(".case-link")];
  const at = links.indexOf(document.activeElement);
  links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
}

const keys = {
  w: () => document.querySelector("[data-start]").click(),
  j: () => move(1),
  k: () => move(-1),
  f: () => document.getElementById("f-state").focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, dialog[open], details.menu[open]")) return;
  const act = keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
setInterval(tick, 1000);
