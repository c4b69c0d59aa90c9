/** What stands under a published video: like, follow, share, report, comments. */

import { call } from "./shared/api.js";
import { Comments } from "./shared/comments.js";
import { Report, share } from "./shared/share.js";
import { moment } from "./shared/storage.js";
import { say } from "./shared/toasts.js";
import { toggle } from "./shared/toggle.js";

const root = document.querySelector("[data-social]");
const { video, creator, login, title } = root.dataset;
const part = (name) => root.querySelector(`[data-part="${name}"]`);

/** Without an account the way leads to the sign-in. */
function leave(refusal) {
  if (refusal.code !== "not_authenticated") return false;
  location.assign(login);
  return true;
}

function tell(refusal) {
  if (!leave(refusal)) say(refusal.message, { level: "error" });
}

const reporting = new Report(part("report"), { say });
const comments = new Comments(document.getElementById("comments"), {
  moment,
  counted: (_, change) => {
    const shown = part("comments");
    shown.textContent = Math.max(0, Number(shown.textContent) + change);
  },
  report: (_, comment) => report(comment.id, gettext("A moderator will look at this comment.")),
  tell,
  taken: leave,
});

function report(comment, about) {
  reporting.open({ video, comment, about, moment: moment() });
}

const acts = {
  like: (button) =>
    toggle(button, `videos/${video}/like/`, { show: (answer) => (part("likes").textContent = answer.likes), tell }),
  follow: (button) => toggle(button, `creators/${creator}/follow/`, { show: () => {}, tell }),
  share: () => {
    const address = async () => (await call("POST", `videos/${video}/share/`, moment())).url;
    return share({ title, address, say, tell, show: say });
  },
  report: () => report(null, gettext("A moderator will look at this video.")),
};

root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  acts[button?.dataset.act]?.(button);
});
comments.load({ video });
