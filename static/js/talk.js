/** The comments under a video: read, write, answer, delete. */

import { call } from "./feed/api.js";
import { uuid } from "./feed/memory.js";

const PAGE = 20;
const SURE_MS = 4000;
const moment = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]];

function ago(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? moment.format(Math.trunc(seconds / unit[1]), unit[0]) : gettext("just now");
}

export class Talk {
  constructor(root, { moment: where, tell }) {
    this.root = root;
    this.where = where;
    this.tell = tell;
    this.path = `videos/${root.dataset.video}/comments/`;
    this.parent = null;
    this.next = 0;
    this.pending = null; // the event id of a comment that may have arrived
    this.part("form")?.addEventListener("submit", (event) => this.send(event));
    this.part("text")?.addEventListener("input", () => (this.pending = null));
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button?.dataset.act === "answer") this.answer(button.closest("li"));
      if (button?.dataset.act === "unanswer") this.answer(null);
      if (button?.dataset.act === "delete") this.remove(button);
      if (button?.dataset.act === "older" || button?.dataset.act === "again") this.load();
    });
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  async load() {
    this.part("failed").hidden = true;
    try {
      const page = await call("GET", `${this.path}?limit=${PAGE}&offset=${this.next}`);
      const shown = new Set([...this.part("list").children].map((row) => row.dataset.comment));
      for (const comment of page.results) {
        // somebody wrote meanwhile, and what stood on this page moved to the next
        if (!shown.has(String(comment.id))) this.part("list").append(this.row(comment));
      }
      this.next += page.results.length;
      this.part("older").hidden = page.next === null;
      this.part("none").hidden = this.part("list").children.length > 0;
    } catch {
      this.part("failed").hidden = false;
    }
  }

  row(comment) {
    const row = this.part("comment").content.firstElementChild.cloneNode(true);
    const field = (name) => row.querySelector(`[data-field="${name}"]`);
    row.dataset.comment = comment.id;
    row.dataset.author = comment.author;
    field("initial").textContent = [...comment.author][0]?.toUpperCase() ?? "";
    field("author").textContent = comment.author;
    field("when").textContent = ago(comment.created);
    field("when").dateTime = comment.created;
    field("words").textContent = comment.deleted ? gettext("This comment was deleted.") : comment.text;
    field("words").classList.toggle("gone", comment.deleted);
    row.querySelector(".acts").hidden = comment.deleted;
    row.querySelector('[data-act="delete"]').hidden = !comment.deletable;
    row.querySelector('[data-act="report-comment"]').hidden = comment.mine;
    if (comment.replies?.length) field("replies").append(...comment.replies.map((reply) => this.row(reply)));
    return row;
  }

  answer(row) {
    this.parent = row?.dataset.comment ?? null;
    this.part("answering").hidden = !row;
    this.part("to").textContent = row ? interpolate(gettext("To %s"), [row.dataset.author]) : "";
    this.part("text").focus();
  }

  async send(event) {
    event.preventDefault();
    const text = this.part("text").value.trim();
    const button = event.target.querySelector("button:not([type])");
    if (!text || button.disabled) return this.part("text").focus();
    button.disabled = true;
    this.part("wrong").hidden = true;
    this.pending ??= uuid(); // sent again after a broken line it is the same comment
    try {
      const parent = this.parent && Number(this.parent);
      const comment = await call("POST", this.path, { text, parent, event_id: this.pending, ...this.where() });
      this.pending = null;
      this.put(comment);
      this.part("text").value = "";
      if (this.parent) this.answer(null);
    } catch (refusal) {
      if (refusal.code === "not_authenticated") return this.tell(refusal);
      this.part("wrong").textContent = refusal.message;
      this.part("wrong").hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  put(comment) {
    const row = this.row(comment);
    const over = this.parent && this.part("list").querySelector(`li[data-comment="${this.parent}"]`);
    const thread = over?.closest(".talk .talk") ?? over?.querySelector(".talk");
    if (thread) thread.append(row);
    else this.part("list").prepend(row);
    if (!thread) this.next += 1;
    this.part("none").hidden = true;
    this.count(1);
    row.scrollIntoView({ block: "nearest" });
  }

  count(change) {
    const shown = this.part("comments");
    shown.textContent = Math.max(0, Number(shown.textContent) + change);
  }

  async remove(button) {
    if (!button.dataset.asked) {
      const words = button.textContent;
      button.dataset.asked = "yes";
      button.textContent = button.dataset.sure;
      setTimeout(() => {
        button.textContent = words;
        delete button.dataset.asked;
      }, SURE_MS);
      return;
    }
    const row = button.closest("li");
    try {
      await call("DELETE", `comments/${row.dataset.comment}/`);
      this.count(-1);
      if (row.querySelector(".talk li")) {
        row.querySelector(".words").textContent = gettext("This comment was deleted.");
        row.querySelector(".words").classList.add("gone");
        row.querySelector(".acts").hidden = true;
      } else {
        const isHead = row.parentElement === this.part("list");
        row.remove();
        if (isHead) this.next -= 1;
        this.part("none").hidden = this.part("list").children.length > 0;
      }
    } catch (refusal) {
      this.tell(refusal);
    }
  }
}
