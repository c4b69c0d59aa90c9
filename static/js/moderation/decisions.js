/** Decisions as they are sent, the same one only once, and the way back of every one of them. */

import { call, Refusal } from "../shared/api.js";
import { sitting, uuid } from "../shared/storage.js";

const UNDO_MOST = 20;

export class Decisions {
  constructor() {
    this.sent = null; // what was sent last and not answered: sent again it keeps its key
  }

  key(what) {
    const text = JSON.stringify(what);
    if (this.sent?.text !== text) this.sent = { text, key: uuid() };
    return this.sent.key;
  }

  /** Decide one case, or several alike; what may be undone: {case, batch, count}. */
  async send(sheet, actions, alike) {
    const key = this.key([sheet.id, actions, alike]);
    const done = alike.length
      ? await this.together([sheet.id, ...alike], actions, key)
      : await this.alone(sheet, actions, key);
    this.sent = null;
    this.remember(done);
    return done;
  }

  async alone(sheet, actions, key) {
    await call("POST", `cases/${sheet.id}/decisions/`, { actions, key, revision: sheet.revision });
    return { case: sheet.id, batch: null, count: 1 };
  }

  async together(cases, actions, key) {
    if (actions.length > 1) {
      throw new Refusal(400, "decision_invalid", gettext("Several cases take one action together; send one."));
    }
    const answer = await call("POST", "cases/bulk/", { cases, ...actions[0], key });
    const refused = answer.results.filter((row) => row.state === "refused");
    if (refused.length === answer.results.length) throw new Refusal(409, refused[0].code, refused[0].detail);
    return { case: cases[0], batch: answer.batch, count: answer.results.length - refused.length };
  }

  // --- the way back -------------------------------------------------------------------------------------------------
  remember(done) {
    sitting.set("undo", [...this.stack(), done].slice(-UNDO_MOST));
  }

  stack() {
    return sitting.get("undo", []);
  }

  /** Take the last decision back, or `which`; what was taken back, `null` where there is nothing. */
  async undo(which = null) {
    const stack = this.stack();
    const last = which ?? stack.at(-1);
    if (!last) return null;
    const key = this.key(["undo", last]);
    if (last.batch) await call("POST", "cases/bulk/undo/", { batch: last.batch, key });
    else await call("POST", `cases/${last.case}/undo/`, { key });
    this.sent = null;
    const same = (row) => row.case === last.case && row.batch === last.batch;
    const place = stack.findLastIndex(same);
    sitting.set("undo", stack.filter((_, at) => at !== place));
    return last;
  }
}
