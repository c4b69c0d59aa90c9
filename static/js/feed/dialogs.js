/** The sheets: more, why this video, report, the link, the keys. Each stands for the slide it was opened at. */

import { call } from "../shared/api.js";
import { Report, copy, share } from "../shared/share.js";

function sheet(id) {
  return document.getElementById(id);
}

function part(dialog, name) {
  return dialog.querySelector(`[data-part="${name}"]`);
}

export class Dialogs {
  constructor({ pages, reactions, say, tell }) {
    this.pages = pages;
    this.reactions = reactions;
    this.speak = { say, tell };
    this.slide = null;
    this.reporting = new Report(sheet("report"), { say });
    for (const dialog of document.querySelectorAll("dialog.sheet")) {
      dialog.addEventListener("click", (event) => this.pressed(dialog, event));
    }
  }

  pressed(dialog, event) {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act && event.target !== dialog) return;
    const { slide } = this;
    dialog.close();
    if (act === "hide-video") this.reactions.hide(slide, "video");
    if (act === "hide-creator") this.reactions.hide(slide, "creator");
    if (act === "report") this.report(slide);
    if (act === "copy") copy(this.link(slide));
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

  /** `comment`: {id, author} when a comment is meant. */
  report(slide, comment = null) {
    this.reporting.open({
      video: slide.video,
      comment: comment?.id ?? null,
      about: comment
        ? interpolate(gettext("The comment by %s"), [comment.author])
        : interpolate(gettext("“%(title)s” by %(creator)s"), slide.item, true),
      moment: this.reactions.moment(slide),
    });
  }

  // --- sharing ----------------------------------------------------------------------------------------------------
  share(slide) {
    return share({ title: slide.item.title, ...this.link(slide) });
  }

  link(slide) {
    return { address: () => this.address(slide), show: (url) => this.showLink(url), ...this.speak };
  }

  async address(slide) {
    const body = this.reactions.moment(slide);
    slide.link ??= (await call("POST", `videos/${slide.video}/share/`, body)).url;
    return slide.link;
  }

  showLink(url) {
    const dialog = sheet("link");
    const field = part(dialog, "address");
    field.value = url;
    dialog.showModal();
    field.select();
  }
}
