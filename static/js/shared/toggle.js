/** Buttons that are pressed or not, and that the server has to agree with. */

import { call } from "./api.js";
import { moment } from "./storage.js";

/**
 * Press at once, take it back if the server refuses; presses that come meanwhile wait for the answer. `show(answer)`
 * shows what the server made of it, `tell(refusal)` says why not.
 */
export async function toggle(button, path, { show, tell }) {
  if (button.dataset.busy) return;
  const before = button.getAttribute("aria-pressed") === "true";
  button.dataset.busy = "yes";
  button.setAttribute("aria-pressed", String(!before));
  try {
    show(await call(before ? "DELETE" : "PUT", path, before ? undefined : moment()));
  } catch (refusal) {
    button.setAttribute("aria-pressed", String(before));
    tell(refusal);
  } finally {
    delete button.dataset.busy;
  }
}
