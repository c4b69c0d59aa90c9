/** A creator's page: follow, and pass the page on. */

import { share } from "./shared/share.js";
import { say } from "./shared/toasts.js";
import { toggle } from "./shared/toggle.js";

const root = document.querySelector("[data-social]");
const { creator, login } = root.dataset;

function tell(refusal) {
  if (refusal.code === "not_authenticated") location.assign(login);
  else say(refusal.message, { level: "error" });
}

function follow(button) {
  const show = (answer) => {
    button.classList.toggle("primary", !answer.following);
    root.querySelector('[data-part="followers"]').textContent = answer.followers;
  };
  return toggle(button, `creators/${creator}/follow/`, { show, tell });
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button?.dataset.act === "follow") follow(button);
  if (button?.dataset.act === "share-page") {
    share({ title: document.title, address: () => location.origin + location.pathname, say, tell, show: say });
  }
});
