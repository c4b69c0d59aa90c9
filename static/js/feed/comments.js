/** The drawer of comments: read, write, answer, delete one's own. On a wide page it stays beside the video. */

import { call } from "./api.js";
import { sayRefusal } from "./toasts.js";

const PAGE = 20;
const TEXT_MAX = 500;
const NEAR_END = 60;
const SURE_MS = 4000;
const wide = matchMedia("(min-width: 780px)");
const moment = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });

/** "3 min ago" */
function ago(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  for (const [unit, length] of [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= length) return moment.format(Math.trunc(seconds / length), unit);
  }
  return gettext("just now");
}

export class Comments {
  constructor({ dialogs, reactions }) {
    this.dialogs = dialogs;
    this.reactions = reactions;
    this.box = document.querySelector("[data-comments]");
    this.slide = null;
    this.parent = null;
    this.next = 0;
    this.round = 0;
    this.box.addEventListener("click", (event) => this.pressed(event));
    this.box.addEventListener("close", () => this.closed());
    // only a modal dialog closes by itself at Escape
    this.box.addEventListener("keydown", (event) => event.key === "Escape" && this.box.open && this.box.close());
    const form = this.part("form");
    form?.addEventListener("submit", (event) => this.submit(event));
    this.part("text")?.addEventListener("input", () => this.measure());
    this.part("text")?.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
  }

  part(name) {
    return this.box.querySelector(`[data-part="${name}"]`);
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

  async load(slide) {
    this.slide = slide;
    this.next = 0;
    this.round += 1;
    this.answer(null);
    this.part("list").replaceChildren();
    this.showCount();
    await this.older();
  }

  async older() {
    const { slide, round } = this;
    this.state({ waiting: this.next === 0 });
    try {
      const page = await call("GET", `videos/${slide.item.video}/comments/?limit=${PAGE}&offset=${this.next}`);
      if (round !== this.round) return;
      this.next += page.results.length;
      this.part("list").append(...page.results.map((comment) => this.row(comment)));
      this.state({ none: !this.part("list").children.length, older: page.next !== null });
    } catch (refusal) {
      if (round !== this.round) return;
      this.state({ failed: true });
      this.part("trouble").textContent = refusal.message;
    }
  }

  state({ waiting = false, none = false, failed = false, older = false }) {
    this.part("body").setAttribute("aria-busy", String(waiting));
    for (const [name, on] of Object.entries({ waiting, none, failed, older })) this.part(name).hidden = !on;
  }

  row(comment) {
    const row = document.getElementById("comment-template").content.firstElementChild.cloneNode(true);
    const part = (name) => row.querySelector(`[data-part="${name}"]`);
    row.comment = comment;
    part("initial").textContent = [...comment.author][0]?.toUpperCase() ?? "–";
    part("author").textContent = comment.author;
    part("when").textContent = ago(comment.created);
    part("when").dateTime = comment.created;
    part("words").textContent = comment.deleted ? gettext("This comment was deleted.") : comment.text;
    part("words").classList.toggle("muted", comment.deleted);
    const act = (name) => row.querySelector(`[data-act="${name}"]`);
    if (comment.deleted) part("words").nextElementSibling.remove();
    else {
      act("delete").hidden = !(comment.deletable ?? comment.mine);
      act("report").hidden = comment.mine;
    }
    part("replies").append(...(comment.replies ?? []).map((reply) => this.row(reply)));
    return row;
  }

  pressed(event) {
    if (event.target === this.box) this.box.close(); // beside the sheet
    const button = event.target.closest("[data-act]");
    const row = event.target.closest("[data-comment]");
    const act = button?.dataset.act;
    if (act === "close") this.box.close();
    if (act === "older" || act === "again") this.older();
    if (act === "answer") this.answer(row);
    if (act === "unanswer") this.answer(null);
    if (act === "report") this.dialogs.report(this.slide, row.comment);
    if (act === "delete") this.remove(row, button);
  }

  // --- writing ------------------------------------------------------------------------------------------------------
  answer(row) {
    this.parent = row?.comment ?? null;
    if (!this.part("form")) return;
    this.part("answering").hidden = !row;
    if (!row) return;
    this.part("to").textContent = interpolate(gettext("Answer to %s"), [row.comment.author]);
    this.part("text").focus();
  }

  measure() {
    const left = TEXT_MAX - this.part("text").value.length;
    this.part("left").hidden = left > NEAR_END;
    this.part("left").textContent = interpolate(ngettext("%s character left", "%s characters left", left), [left]);
    this.part("wrong").hidden = true;
  }

  async submit(event) {
    event.preventDefault();
    const field = this.part("text");
    const text = field.value.trim();
    if (!text || this.sending) return;
    this.sending = true;
    const { slide, parent } = this;
    // the same words sent again after a failure keep their id
    this.draft = this.draft?.text === text && this.draft.slide === slide ? this.draft : { text, slide, ...this.reactions.moment(slide) };
    const { slide: _, ...body } = this.draft;
    try {
      const comment = await call("POST", `videos/${slide.item.video}/comments/`, { ...body, ...(parent ? { parent: parent.id } : {}) });
      this.draft = null;
      field.value = "";
      this.measure();
      slide.item.comments += 1;
      slide.showReactions();
      if (slide === this.slide) this.place(comment, parent);
    } catch (refusal) {
      this.part("wrong").textContent = refusal.message;
      this.part("wrong").hidden = false;
    }
    this.sending = false;
  }

  place(comment, parent) {
    const row = this.row(comment);
    const thread = parent && [...this.box.querySelectorAll("[data-comment]")].find((each) => each.comment.id === parent.id);
    const list = thread?.closest(".drawer-body > .talk > li")?.querySelector('[data-part="replies"]') ?? this.part("list");
    if (parent) list.append(row);
    else list.prepend(row);
    this.next += parent ? 0 : 1;
    this.answer(null);
    this.showCount();
    this.state({ older: !this.part("older").hidden });
    row.classList.add("fresh");
    row.scrollIntoView({ block: "nearest" });
  }

  /** The first press asks, the second deletes. */
  async remove(row, button) {
    if (!button.hasAttribute("data-asked")) {
      const words = button.textContent;
      button.textContent = button.dataset.sure;
      button.setAttribute("data-asked", "");
      setTimeout(() => {
        button.textContent = words;
        button.removeAttribute("data-asked");
      }, SURE_MS);
      return;
    }
    const { slide } = this;
    try {
      await call("DELETE", `comments/${row.comment.id}/`);
    } catch (refusal) {
      sayRefusal(refusal);
      return;
    }
    slide.item.comments = Math.max(slide.item.comments - 1, 0);
    slide.showReactions();
    this.showCount();
    if (row.querySelector("[data-comment]")) {
      row.replaceWith(this.row({ ...row.comment, deleted: true, author: "", replies: [...row.querySelectorAll("[data-comment]")].map((each) => each.comment) }));
    } else {
      row.remove();
    }
    this.state({ none: !this.part("list").children.length, older: !this.part("older").hidden });
  }

  showCount() {
    this.part("count").textContent = this.slide.item.comments ? String(this.slide.item.comments) : "";
  }
}
