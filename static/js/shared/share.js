/** Passing a page's address on, and telling a moderator about it. */

import { call } from "./api.js";
import { touched } from "./device.js";

/**
 * The system's own sheet where there is one for touch, else the clipboard. `address()` gives the URL, at once or later;
 * `say(text)` and `tell(refusal)` speak to the viewer, and `show(url)` gives the address to be taken by hand.
 */
export async function share({ title, address, ...ways }) {
  if (!navigator.share || !touched()) return copy({ address, ...ways });
  try {
    await navigator.share({ title, url: await address() });
  } catch (refusal) {
    if (refusal.name === "AbortError") return; // thought better of it
    if (refusal.status === undefined) await copy({ address, ...ways });
    else ways.tell(refusal);
  }
}

/** Put the address into the clipboard. */
export async function copy({ address, say, tell, show }) {
  let url;
  try {
    url = await address();
  } catch (refusal) {
    tell(refusal);
    return;
  }
  try {
    await navigator.clipboard.writeText(url);
    say(gettext("The link is copied."));
  } catch {
    show(url); // the browser keeps the clipboard shut
  }
}

/** The sheet in which a viewer says what is wrong with a video or a comment. */
export class Report {
  /** `say(text)` thanks. */
  constructor(dialog, { say }) {
    this.dialog = dialog;
    this.say = say;
    this.part("form").addEventListener("submit", (event) => this.send(event));
  }

  part(name) {
    return this.dialog.querySelector(`[data-part="${name}"]`);
  }

  /** `about` says in words what is meant; `moment` goes along to the server, `comment` is an id or null. */
  open({ video, comment = null, about, moment }) {
    this.meant = { video, comment, moment };
    this.part("form").reset();
    this.part("wrong").hidden = true;
    this.part("about").textContent = about;
    this.dialog.showModal();
  }

  async send(event) {
    event.preventDefault();
    const { elements } = event.target;
    if (!elements.reason.value) return this.complain(gettext("Choose what is wrong."));
    const button = event.target.querySelector("button.primary");
    const { video, comment, moment } = this.meant;
    const body = { ...moment, reason: elements.reason.value, text: elements.text.value };
    if (comment !== null) body.comment = comment;
    button.disabled = true;
    try {
      await call("POST", `videos/${video}/report/`, body);
      this.dialog.close();
      this.say(gettext("Thank you. A moderator will look at it."));
    } catch (refusal) {
      this.complain(refusal.message);
    }
    button.disabled = false;
  }

  complain(text) {
    this.part("wrong").textContent = text;
    this.part("wrong").hidden = false;
  }
}
