/** A moderator names the policy that something goes by: one key. */

import { call } from "./api.js";
import { listenToDigits } from "./digits.js";

const KEYS = "1234567890";

/** The code of the chosen policy, or "" where the dialog was closed without one. */
export async function choosePolicy() {
  const dialog = document.getElementById("by-policy");
  const list = dialog.querySelector('[data-part="policies"]');
  if (!list.children.length) {
    const policies = await call("GET", "policies/");
    list.replaceChildren(...policies.map((policy, at) => row(dialog, policy, KEYS[at] ?? "")));
    listenToDigits(dialog);
    dialog.querySelector('[data-part="cancel"]').addEventListener("click", () => dialog.close(""));
  }
  dialog.returnValue = "";
  dialog.showModal();
  list.querySelector("button")?.focus();
  return new Promise((chosen) => dialog.addEventListener("close", () => chosen(dialog.returnValue), { once: true }));
}

function row(dialog, policy, key) {
  const made = dialog.querySelector('[data-part="policy"]').content.firstElementChild.cloneNode(true);
  const button = made.querySelector("button");
  button.title = policy.wording;
  if (key) button.dataset.key = key;
  button.querySelector("kbd").textContent = key;
  button.querySelector('[data-field="title"]').textContent = policy.title;
  button.addEventListener("click", () => dialog.close(policy.code));
  return made;
}
