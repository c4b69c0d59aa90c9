/** The comments on a video: read, write, answer, delete one's own. The feed's drawer and the video's page both hold them. */

import { call } from "./api.js";
import { choosePolicy } from "./policies.js";
import { uuid } from "./storage.js";
import { initial } from "./text.js";
import { ago } from "./time.js";
import { say } from "./toasts.js";

const PAGE = 20;
const TEXT_MAX = 500;
const NEAR_END = 60;
const SURE_MS = 4000;

export class Comments {
  /**
   * `box` holds the parts and the template of a comment. What the comments are on comes with `load(subject)`, of which
   * only `subject.video`, an id, matters here. `moment(subject)` is what the server wants to know of a new comment;
   * `counted(subject, change)` hears of one more or less, `report(subject, comment)` of one to be reported, and
   * `tell(refusal)` of what went wrong elsewhere than at the form. `taken(refusal)` may take over what the form would
   * say, by returning true.
   */
  constructor(box, { moment, counted, report, tell, taken = () => false }) {
    this.box = box;
    this.with = { moment, counted, report, tell, taken };
    this.subject = null;
    this.parent = null; // the comment that is being answered
    this.next = 0;
    this.round = 0; // answers for an earlier subject come too late
    this.draft = null;
    box.addEventListener("click", (event) => this.pressed(event));
    this.part("form")?.addEventListener("submit", (event) => this.send(event));
    this.part("text")?.addEventListener("input", () => this.measure());
  }

  part(name) {
    return this.box.querySelector(`[data-part="${name}"]`);
  }

  rows() {
    return [...this.part("list").querySelectorAll("[data-comment]")];
  }

  // --- reading ------------------------------------------------------------------------------------------------------
  async load(subject) {
    this.subject = subject;
    this.next = 0;
    this.round += 1;
    this.answer(null);
    this.part("list").replaceChildren();
    await this.older();
  }

  async older() {
    const { subject, round } = this;
    this.show({ waiting: this.next === 0 });
    try {
      const page = await call("GET", `videos/${subject.video}/comments/?limit=${PAGE}&offset=${this.next}`);
      if (round !== this.round) return;
      this.next += page.results.length;
      // somebody wrote meanwhile, and what stood on this page moved to the next
      const shown = new Set(this.rows().map((row) => row.comment.id));
      const fresh = page.results.filter((comment) => !shown.has(comment.id));
      this.part("list").append(...fresh.map((comment) => this.row(comment)));
      this.show({ none: !this.part("list").children.length, older: page.next !== null });
    } catch (refusal) {
      if (round !== this.round) return;
      this.show({ failed: true });
      const trouble = this.part("trouble");
      if (trouble) trouble.textContent = refusal.message;
    }
  }

  /** Switch on what belongs to the list's state, and the rest off. */
  show(states) {
    (this.part("body") ?? this.box).setAttribute("aria-busy", String(Boolean(states.waiting)));
    for (const name of ["waiting", "none", "failed", "older"]) {
      const element = this.part(name);
      if (element) element.hidden = !states[name];
    }
  }

  row(comment) {
    const row = this.part("comment").content.firstElementChild.cloneNode(true);
    const field = (name) => row.querySelector(`[data-field="${name}"]`);
    const act = (name) => row.querySelector(`[data-act="${name}"]`);
    row.comment = comment;
    field("initial").textContent = initial(comment.author) || "–";
    field("author").textContent = comment.author;
    field("when").textContent = ago(comment.created);
    field("when").dateTime = comment.created;
    field("words").textContent = comment.deleted ? gettext("This comment was deleted.") : comment.text;
    field("words").classList.toggle("gone", comment.deleted);
    if (comment.deleted) field("acts").remove();
    else {
      act("delete").hidden = !comment.deletable;
      if (comment.by_policy) act("delete").textContent = act("delete").dataset.byPolicy;
      act("report-comment").hidden = comment.mine;
    }
    field("replies").append(...(comment.replies ?? []).map((reply) => this.row(reply)));
    return row;
  }

  pressed(event) {
    const button = event.target.closest("[data-act]");
    const row = event.target.closest("[data-comment]");
    const act = button?.dataset.act;
    if (act === "older" || act === "again") this.older();
    if (act === "answer") this.answer(row);
    if (act === "unanswer") this.answer(null);
    if (act === "answer" || act === "unanswer") this.part("text")?.focus();
    if (act === "report-comment") this.with.report(this.subject, row.comment);
    if (act === "delete" && row.comment.by_policy) this.takeDown(row);
    else if (act === "delete") this.remove(row, button);
  }

  // --- writing ------------------------------------------------------------------------------------------------------
  answer(row) {
    this.parent = row?.comment ?? null;
    if (!this.part("form")) return;
    this.part("answering").hidden = !row;
    if (row) this.part("to").textContent = interpolate(gettext("Answer to %s"), [row.comment.author]);
  }

  measure() {
    const left = TEXT_MAX - this.part("text").value.length;
    this.part("left").hidden = left > NEAR_END;
    this.part("left").textContent = interpolate(ngettext("%s character left", "%s characters left", left), [left]);
    this.part("wrong").hidden = true;
  }

  async send(event) {
    event.preventDefault();
    const field = this.part("text");
    const text = field.value.trim();
    if (!text || this.sending) return field.focus();
    this.sending = true;
    const { subject, parent } = this;
    // the same words sent again after a failure keep their id
    const again = this.draft?.text === text && this.draft.subject === subject;
    if (!again) this.draft = { text, subject, moment: this.with.moment(subject) };
    const body = { text, ...this.draft.moment, ...(parent ? { parent: parent.id } : {}) };
    try {
      const comment = await call("POST", `videos/${subject.video}/comments/`, body);
      this.draft = null;
      field.value = "";
      this.measure();
      this.with.counted(subject, 1);
      if (subject === this.subject) this.place(comment, parent);
    } catch (refusal) {
      if (!this.with.taken(refusal)) {
        this.part("wrong").textContent = refusal.message;
        this.part("wrong").hidden = false;
      }
    }
    this.sending = false;
  }

  /** An answer to an answer stands in the same thread, under the comment that began it. */
  place(comment, parent) {
    const row = this.row(comment);
    const over = parent && this.rows().find((each) => each.comment.id === parent.id);
    const head = over && [...this.part("list").children].find((each) => each.contains(over));
    if (head) head.querySelector('[data-field="replies"]').append(row);
    else this.part("list").prepend(row);
    if (!head) this.next += 1;
    this.answer(null);
    this.show({ older: !this.part("older").hidden });
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
    const { subject } = this;
    try {
      await call("DELETE", `comments/${row.comment.id}/`);
    } catch (refusal) {
      this.with.tell(refusal);
      return;
    }
    this.gone(row, subject);
  }

  /** A moderator's: a policy first, then a decision with its reasons, and a way back. */
  async takeDown(row) {
    const { subject } = this;
    try {
      const policy = await choosePolicy();
      if (!policy) return;
      const answer = await call("DELETE", `comments/${row.comment.id}/?policy=${policy}&key=${uuid()}`);
      this.gone(row, subject);
      say(gettext("Taken down. Its author is told why."), { undo: () => this.putBack(answer.case, subject) });
    } catch (refusal) {
      this.with.tell(refusal);
    }
  }

  async putBack(number, subject) {
    try {
      await call("POST", `cases/${number}/undo/`, { key: uuid() });
      this.with.counted(subject, 1);
      if (subject === this.subject) await this.load(subject);
    } catch (refusal) {
      this.with.tell(refusal);
    }
  }

  gone(row, subject) {
    this.with.counted(subject, -1);
    const replies = [...row.querySelectorAll("[data-comment]")].map((each) => each.comment);
    if (replies.length) {
      row.replaceWith(this.row({ ...row.comment, deleted: true, author: "", replies }));
    } else {
      if (row.parentElement === this.part("list")) this.next -= 1;
      row.remove();
    }
    this.show({ none: !this.part("list").children.length, older: !this.part("older").hidden });
  }
}
