/** The sheets: more, why this video, report, the link, the keys. Each stands for the slide it was opened at. */

import { call } from "./api.js";
import { say, sayRefusal } from "./toasts.js";

function sheet(id) {
  return document.getElementById(id);
}

function part(dialog, name) {
  return dialog.querySelector(`[data-part="${name}"]`);
}

export class Dialogs {
  constructor({ pages, reactions }) {
    this.pages = pages;
    this.reactions = reactions;
    this.slide = null;
    this.comment = null;
    for (const dialog of document.querySelectorAll("dialog.sheet")) {
      dialog.addEventListener("click", (event) => this.pressed(dialog, event));
    }
    part(sheet("report"), "form").addEventListener("submit", (event) => this.send(event));
  }

  pressed(dialog, event) {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act && event.target !== dialog) return;
    const { slide } = this;
    dialog.close();
    if (act === "hide-video") this.reactions.hide(slide, "video");
    if (act === "hide-creator") this.reactions.hide(slide, "creator");
    if (act === "report") this.report(slide);
    if (act === "copy") this.copy(slide);
    if (act === "keys") this.keys();
  }

  more(slide) {
    this.slide = slide;
    const dialog = sheet("more");
    part(dialog, "page").href = slide.item.page_url;
    const own = String(slide.item.creator_id) === document.querySelector("[data-feed]").dataset.user;
    dialog.querySelector('[data-act="hide-creator"]').hidden = own;
    dialog.showModal();
  }

  why(slide) {
    this.slide = slide;
    const dialog = sheet("why");
    part(dialog, "reason").textContent = slide.item.reason || gettext("The reason was told on an earlier page.");
    part(dialog, "learned").hidden = !this.pages.personalized;
    part(dialog, "unlearned").hidden = this.pages.personalized;
    dialog.showModal();
  }

  keys() {
    sheet("keys").showModal();
  }

  // --- report -----------------------------------------------------------------------------------------------------
  /** `comment`: {id, author} when a comment is meant. */
  report(slide, comment = null) {
    this.slide = slide;
    this.comment = comment;
    const dialog = sheet("report");
    part(dialog, "form").reset();
    part(dialog, "wrong").hidden = true;
    part(dialog, "about").textContent = comment
      ? interpolate(gettext("The comment by %s"), [comment.author])
      : interpolate(gettext("“%(title)s” by %(creator)s"), slide.item, true);
    dialog.showModal();
  }

  async send(event) {
    event.preventDefault();
    const dialog = sheet("report");
    const form = event.target;
    const wrong = part(dialog, "wrong");
    const reason = form.elements.reason.value;
    if (!reason) {
      wrong.textContent = gettext("Choose what is wrong.");
      wrong.hidden = false;
      return;
    }
    const button = form.querySelector("button.primary");
    button.disabled = true;
    const body = { ...this.reactions.moment(this.slide), reason, text: form.elements.text.value };
    if (this.comment) body.comment = this.comment.id;
    try {
      await call("POST", `videos/${this.slide.item.video}/report/`, body);
      dialog.close();
      say(gettext("Thank you. A moderator will look at it."));
    } catch (refusal) {
      wrong.textContent = refusal.message;
      wrong.hidden = false;
    }
    button.disabled = false;
  }

  // --- sharing ----------------------------------------------------------------------------------------------------
  async address(slide) {
    const body = this.reactions.moment(slide);
    slide.link ??= (await call("POST", `videos/${slide.item.video}/share/`, body)).url;
    return slide.link;
  }

  /** The system's own sheet where there is one for touch, else the clipboard. */
  async share(slide) {
    if (!navigator.share || !matchMedia("(pointer: coarse)").matches) return this.copy(slide);
    try {
      const url = await this.address(slide);
      await navigator.share({ title: slide.item.title, url });
    } catch (refusal) {
      if (refusal.name === "AbortError") return; // thought better of it
      if (refusal.status === undefined) this.copy(slide);
      else sayRefusal(refusal);
    }
  }

  async copy(slide) {
    try {
      const url = await this.address(slide);
      try {
        await navigator.clipboard.writeText(url);
        say(gettext("The link is copied."));
      } catch {
        this.showLink(url); // the browser keeps the clipboard shut: here it is to take by hand
      }
    } catch (refusal) {
      sayRefusal(refusal);
    }
  }

  showLink(url) {
    const dialog = sheet("link");
    const field = part(dialog, "address");
    field.value = url;
    dialog.showModal();
    field.select();
  }
}
