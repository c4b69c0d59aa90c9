/** The desk: one case after another, decided by single keys, every decision with a way back. */

import { call } from "../shared/api.js";
import { listenToDigits } from "../shared/digits.js";
import { clock as clockText, spanText } from "../shared/time.js";
import { say } from "../shared/toasts.js";
import { ClaimClock } from "./clock.js";
import { Decisions } from "./decisions.js";
import { keysOn, listenToKeys, setKeysOn } from "./keys.js";
import { Sheet } from "./sheet.js";
import { Sheets } from "./sheets.js";

const LOOK_AGAIN_MS = 5000;
const NEEDS_POLICY = new Set(["reject", "age_limit", "blur"]);

const DONE = {
  approve: () => gettext("Approved."),
  reject: () => gettext("Rejected."),
  age_limit: () => gettext("Adults only now."),
  blur: () => gettext("Behind a warning now."),
  escalate: () => gettext("Escalated."),
  skip: () => gettext("Skipped."),
};

// what the server says in one language is told in the page's
const REFUSED = {
  case_claimed: () => gettext("Another moderator holds this case."),
  case_state_conflict: () => gettext("This case was decided or changed meanwhile."),
  undo_impossible: () => gettext("This cannot be taken back any more: something else was built on it."),
  not_your_decision: () => gettext("Only who decided or a senior moderator takes a decision back."),
};

function reason(refusal) {
  return REFUSED[refusal.code]?.() ?? refusal.message;
}

class Desk {
  constructor(root) {
    this.root = root;
    const ready = (id) => (root.dataset.ahead = String(id));
    this.sheets = new Sheets({ takeUrl: root.dataset.take, caseUrl: root.dataset.caseUrl, ready });
    this.decisions = new Decisions();
    this.clock = new ClaimClock(this.part("clock"), () => this.claimEnded());
    this.sheet = null;
    this.mine = false;
    this.busy = false;
    this.collected = []; // actions put aside to be sent with the next
    this.toldOfBreak = false;
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  /** Do one thing at a time; what goes wrong is told, and never leaves the desk stuck. */
  async doing(work) {
    if (this.busy) return;
    this.busy = true;
    this.root.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (refusal) {
      await this.refused(refusal);
    }
    this.busy = false;
    this.root.removeAttribute("aria-busy");
  }

  async refused(refusal) {
    say(reason(refusal), { level: "error" });
    if (["case_claimed", "case_state_conflict", "not_found"].includes(refusal.code)) {
      if (this.sheet) this.sheets.forget(this.sheet.id);
      try {
        await this.next();
      } catch (again) {
        say(reason(again), { level: "error" });
      }
    }
  }

  // --- cases come and go --------------------------------------------------------------------------------------------
  start() {
    const here = this.part("sheet").querySelector("[data-sheet]");
    this.doing(async () => {
      if (!here) return this.next();
      this.lay(new Sheet(here));
      if (this.sheet.isOpen) await this.claim();
      return null;
    });
  }

  async next() {
    const began = performance.now();
    const { policy, language, order } = this.root.dataset;
    const taken = await this.sheets.take({ policy, language, order });
    if (taken.breakDue) this.offerBreak(taken);
    if (!taken.id) return this.none();
    this.show(taken.html);
    this.root.dataset.switched = String(Math.round(performance.now() - began));
    this.held(taken.claimLeft);
    this.sheets.forget(taken.id);
    this.sheets.ahead(taken.following);
    return null;
  }

  none() {
    this.lay(null);
    this.part("sheet").replaceChildren();
    this.part("empty").hidden = false;
    this.part("actions").classList.add("idle");
    clearTimeout(this.again);
    this.again = setTimeout(() => {
      if (!this.sheet) this.doing(() => this.next());
    }, LOOK_AGAIN_MS);
  }

  show(html) {
    const box = this.part("sheet");
    box.innerHTML = html;
    this.lay(new Sheet(box.querySelector("[data-sheet]")));
    history.replaceState(null, "", this.sheets.address(this.sheet.id) + location.search);
    scrollTo({ top: 0, behavior: "instant" });
    box.focus({ preventScroll: true });
    this.part("said").textContent = this.sheet.title;
  }

  lay(sheet) {
    this.sheet = sheet;
    this.mine = false;
    this.collected = [];
    this.clock.stop();
    this.part("held").hidden = true;
    this.part("empty").hidden = true;
    this.part("actions").classList.remove("idle");
    this.tellState();
  }

  held(seconds) {
    this.mine = true;
    this.root.dataset.mine = String(this.sheet.id);
    this.part("held").hidden = true;
    this.clock.start(seconds);
  }

  async claim() {
    const { sheet } = this;
    try {
      await call("POST", `cases/${sheet.id}/claim/`);
      this.held(Number(this.root.dataset.claimSeconds));
    } catch (refusal) {
      if (refusal.code !== "case_claimed") throw refusal;
      this.part("held").textContent = reason(refusal);
      this.part("held").hidden = false;
    }
  }

  claimEnded() {
    this.mine = false;
    delete this.root.dataset.mine;
    this.part("held").textContent = gettext("Your time with this case is over. The next key takes it again if it is free.");
    this.part("held").hidden = false;
  }

  /** Whoever goes on working keeps the case. */
  async stayed() {
    if (!this.sheet?.isOpen) return;
    if (!this.mine || this.clock.isHalfGone) await this.claim();
  }

  async release() {
    const { sheet } = this;
    if (!sheet || !this.mine) return;
    this.mine = false;
    delete this.root.dataset.mine;
    this.clock.stop();
    await call("POST", `cases/${sheet.id}/release/`, {}, { keepalive: true }).catch(() => {});
  }

  offerBreak({ exposure, budget }) {
    if (this.toldOfBreak) return;
    this.toldOfBreak = true;
    document.querySelector("[data-part=break-words]").textContent = interpolate(
      gettext("You have met severe material for %s within the hour; %s is enough."),
      [spanText(exposure), spanText(budget)],
    );
    document.getElementById("break").showModal();
  }

  // --- deciding -----------------------------------------------------------------------------------------------------
  /** One action with one key; a rejection asks for its policy first. */
  act(action, { aside = false } = {}) {
    if (!this.sheet || this.busy) return;
    if (!this.sheet.isOpen) {
      say(gettext("This case is decided. U takes the last decision back."));
      return;
    }
    if (action === "reject") this.choose(action);
    else if (aside) this.collect(action);
    else this.decide([...this.collected, this.asked(action)]);
  }

  asked(action, policy = this.sheet.policy, note = "") {
    return {
      action,
      policy: NEEDS_POLICY.has(action) ? policy : "",
      seconds: NEEDS_POLICY.has(action) ? this.sheet.moment : null,
      note,
    };
  }

  collect(action) {
    const without = this.collected.filter((one) => one.action !== action);
    this.collected = without.length < this.collected.length ? without : [...without, this.asked(action)];
    this.tellState();
  }

  sendCollected() {
    if (this.collected.length && !this.busy) this.decide(this.collected);
  }

  choose(action) {
    const dialog = document.getElementById("choose");
    const list = dialog.querySelector("[data-part=choices-shown]");
    const choices = this.sheet.root.querySelector("template[data-part=choices]");
    list.replaceChildren(choices.content.cloneNode(true));
    dialog.dataset.action = action;
    document.getElementById("why").value = "";
    dialog.showModal();
    list.querySelector("button")?.focus();
  }

  chosen(policy) {
    const dialog = document.getElementById("choose");
    const note = document.getElementById("why").value.trim();
    dialog.close();
    this.decide([...this.collected, this.asked(dialog.dataset.action, policy, note)]);
  }

  decide(actions) {
    const { sheet } = this;
    const unique = [...new Map(actions.map((one) => [one.action, one])).values()];
    this.doing(async () => {
      if (!this.mine) await this.claim();
      if (!this.mine) return;
      const done = await this.decisions.send(sheet, unique, sheet.alike);
      this.sheets.forget(sheet.id);
      this.mine = false;
      delete this.root.dataset.mine;
      say(this.words(unique, done, sheet), { undo: () => this.undo(done), brief: true });
      await this.next();
    });
  }

  words(actions, done, sheet) {
    const what = actions.map((one) => DONE[one.action]()).join(" ");
    if (done.count > 1) return interpolate(ngettext("%s (%s case)", "%s (%s cases)", done.count), [what, done.count]);
    return `${what} ${sheet.title.slice(0, 40)}`;
  }

  undo(which = null) {
    this.doing(async () => {
      const back = await this.decisions.undo(which);
      if (!back) {
        say(gettext("There is nothing to undo."), { brief: true });
        return;
      }
      await this.release();
      this.show(await this.sheets.get(back.case, { fresh: true }));
      if (this.sheet.isOpen) await this.claim();
      say(gettext("Taken back."), { brief: true });
    });
  }

  // --- beside -------------------------------------------------------------------------------------------------------
  tellState() {
    const { sheet } = this;
    const told = {
      moment: sheet?.moment != null ? interpolate(gettext("at %s"), [clockText(sheet.moment)]) : "",
      collected: this.collected.map((one) => DONE[one.action]()).join(" + "),
      together: sheet?.alike.length
        ? interpolate(ngettext("with %s other case", "with %s other cases", sheet.alike.length), [sheet.alike.length])
        : "",
    };
    for (const [name, text] of Object.entries(told)) {
      this.part(name).textContent = text;
      this.part(name).hidden = !text;
    }
  }

  async keepNote(text) {
    const { sheet } = this;
    const note = await call("POST", `cases/${sheet.id}/notes/`, { text });
    const row = document.createElement("li");
    const words = document.createElement("span");
    words.className = "grow";
    words.textContent = note.text;
    const who = document.createElement("span");
    who.className = "muted";
    who.textContent = note.author;
    row.append(words, who);
    sheet.root.querySelector("[data-part=note-list]").append(row);
    say(gettext("The note is kept."), { brief: true });
  }

  /** A senior moderator lets this decision measure others. */
  golden() {
    const { sheet } = this;
    this.doing(async () => {
      await call("POST", `cases/${sheet.id}/golden/`);
      say(gettext("Others will meet this case now and then without knowing its answer."));
    });
  }

  async setWay(way, value) {
    await call("PATCH", "moderation/me/", { [way]: value === "" ? null : value === "on" });
    for (const id of [...this.sheets.kept.keys()]) this.sheets.forget(id);
    if (!this.sheet) return;
    const { mine } = this;
    const { left } = this.clock;
    const html = await this.sheets.get(this.sheet.id, { fresh: true });
    this.show(html);
    if (mine) this.held(left);
  }
}

const root = document.getElementById("desk");
const desk = new Desk(root);
const open = (id) => document.getElementById(id).showModal();

const acts = {
  approve: () => desk.act("approve"),
  reject: () => desk.act("reject"),
  age_limit: () => desk.act("age_limit"),
  blur: () => desk.act("blur"),
  escalate: () => desk.act("escalate"),
  skip: () => desk.act("skip"),
  undo: () => desk.undo(),
  note: () => desk.sheet && open("note"),
  ways: () => open("ways"),
  help: () => open("help"),
  look: () => desk.sheet?.look(),
  golden: () => desk.golden(),
};

listenToKeys({
  a: acts.approve,
  r: acts.reject,
  g: acts.age_limit,
  b: acts.blur,
  G: () => desk.act("age_limit", { aside: true }),
  B: () => desk.act("blur", { aside: true }),
  Enter: () => desk.sendCollected(),
  e: acts.escalate,
  s: acts.skip,
  u: acts.undo,
  n: acts.note,
  o: acts.ways,
  "?": acts.help,
  l: acts.look,
  d: () => {
    desk.sheet?.toggleAlike();
    desk.tellState();
  },
  t: () => {
    desk.sheet?.markMoment();
    desk.tellState();
  },
  q: () => desk.release().then(() => location.assign(root.dataset.queue)),
  " ": () => desk.sheet?.toggle(),
  "[": () => desk.sheet?.jump(-1),
  "]": () => desk.sheet?.jump(1),
  ArrowLeft: () => desk.sheet?.step(-1),
  ArrowRight: () => desk.sheet?.step(1),
});
listenToDigits(document.getElementById("choose"));

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]");
  if (act) acts[act.dataset.act]?.();
  const choice = event.target.closest("[data-choose]");
  if (choice) desk.chosen(choice.dataset.choose);
  const link = event.target.closest("a[href]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && link.target !== "_blank") desk.release();
});
root.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches("[data-part=all-alike]")) desk.tellState();
  if (target.matches("[data-part=keys-on]")) setKeysOn(target.checked);
  if (target.matches("[data-way]")) desk.doing(() => desk.setWay(target.dataset.way, target.value));
});
root.querySelector("[data-part=keys-on]").checked = keysOn();

const form = root.querySelector("[data-part=note-form]");
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = document.getElementById("note-text");
  const text = field.value.trim();
  if (!text) return;
  document.getElementById("note").close();
  field.value = "";
  desk.doing(() => desk.keepNote(text));
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

for (const name of ["keydown", "pointerdown"]) {
  document.addEventListener(name, () => {
    if (!desk.busy && desk.clock.isHalfGone) desk.stayed().catch(() => {});
  });
}

desk.start();
