/** What stands under a video, and a creator's page: like, follow, share, report, comments. */

import { call } from "./feed/api.js";
import { session, uuid } from "./feed/memory.js";
import { toast } from "./site.js";
import { Talk } from "./talk.js";

const root = document.querySelector("[data-social]");
const { video, creator } = root.dataset;
const part = (name) => root.querySelector(`[data-part="${name}"]`);

function tell(refusal) {
  if (refusal.code === "not_authenticated") location.assign(root.dataset.login);
  else toast(refusal.message, "error");
}

/** Press at once, take it back if the server refuses; presses that come meanwhile wait for the answer. */
async function toggle(button, path, show) {
  if (button.dataset.busy) return;
  const before = button.getAttribute("aria-pressed") === "true";
  button.dataset.busy = "yes";
  button.setAttribute("aria-pressed", String(!before));
  try {
    show(await call(before ? "DELETE" : "PUT", path, before ? undefined : { ...moment(), event_id: uuid() }));
  } catch (refusal) {
    button.setAttribute("aria-pressed", String(before));
    tell(refusal);
  } finally {
    delete button.dataset.busy;
  }
}

/** The sitting of this tab, the same as the feed's. */
const moment = () => ({ session });

async function pass(address, title) {
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    await navigator.share({ title, url: address }).catch(() => {}); // closed without choosing
    return;
  }
  try {
    await navigator.clipboard.writeText(address);
    toast(gettext("The link is copied."));
  } catch {
    toast(address); // a browser that keeps its clipboard shut
  }
}

const acts = {
  like: (button) =>
    toggle(button, `videos/${video}/like/`, (answer) => (part("likes").textContent = answer.likes)),
  follow: (button) =>
    toggle(button, `creators/${creator}/follow/`, (answer) => {
      button.classList.toggle("primary", !answer.following && !video);
      if (part("followers")) part("followers").textContent = answer.followers;
    }),
  share: async () => pass((await call("POST", `videos/${video}/share/`, moment())).url, root.dataset.title),
  "share-page": () => pass(location.origin + location.pathname, document.title),
  report: () => openReport(null),
  "report-comment": (button) => openReport(button.closest("li").dataset.comment),
};

let reported = null;

function openReport(comment) {
  reported = comment;
  part("about").textContent = comment
    ? gettext("A moderator will look at this comment.")
    : gettext("A moderator will look at this video.");
  part("report-wrong").hidden = true;
  part("report").showModal();
}

part("report-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const body = { reason: form.get("reason"), text: form.get("text"), comment: reported && Number(reported), ...moment() };
  try {
    await call("POST", `videos/${video}/report/`, body);
    event.target.reset();
    part("report").close();
    toast(gettext("Thank you. A moderator will look at it."));
  } catch (refusal) {
    part("report-wrong").textContent = refusal.message;
    part("report-wrong").hidden = false;
  }
});

const talk = video ? new Talk(root, { moment, tell }) : null;

root.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-act]");
  const act = acts[button?.dataset.act];
  if (!act) return;
  try {
    await act(button);
  } catch (refusal) {
    tell(refusal);
  }
});
talk?.load();
