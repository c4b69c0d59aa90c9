/** The drawer of comments. On a wide page it stays beside the video and goes along with the one in front. */

import { Comments } from "../shared/comments.js";

const wide = matchMedia("(min-width: 780px)");

export class Drawer {
  constructor({ dialogs, reactions, tell }) {
    this.box = document.querySelector("[data-comments]");
    this.comments = new Comments(this.box, {
      moment: (slide) => reactions.moment(slide),
      counted: (slide, change) => this.counted(slide, change),
      report: (slide, comment) => dialogs.report(slide, comment),
      tell,
    });
    this.box.addEventListener("click", (event) => {
      const beside = event.target === this.box; // beside the sheet
      if (beside || event.target.closest('[data-act="close"]')) this.box.close();
    });
    this.box.addEventListener("close", () => this.closed());
    this.box.addEventListener("keydown", (event) => this.keyed(event));
  }

  keyed(event) {
    // only a modal dialog closes by itself at Escape
    if (event.key === "Escape" && this.box.open) this.box.close();
    if (event.key === "Enter" && event.target.matches("textarea") && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  }

  toggle(slide) {
    if (this.box.open) this.box.close();
    else this.open(slide);
  }

  open(slide) {
    this.opener = document.activeElement;
    if (wide.matches) this.box.show();
    else this.box.showModal();
    document.body.classList.add("with-drawer");
    this.load(slide);
  }

  closed() {
    document.body.classList.remove("with-drawer");
    if (this.opener?.isConnected && !this.opener.closest("[inert]")) this.opener.focus();
  }

  /** Another video came to the front while the drawer is open. */
  follow(slide) {
    if (!this.box.open) return;
    if (slide) this.load(slide);
    else this.box.close();
  }

  load(slide) {
    this.slide = slide;
    this.showCount();
    return this.comments.load(slide);
  }

  counted(slide, change) {
    slide.item.comments = Math.max(slide.item.comments + change, 0);
    slide.showReactions();
    this.showCount();
  }

  showCount() {
    this.comments.part("count").textContent = this.slide.item.comments ? String(this.slide.item.comments) : "";
  }
}
