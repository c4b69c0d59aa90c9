/**
 * Events on their way to the server. Each has an id made here, waits in memory and in the browser's storage until the
 * server has answered for it, and is sent again with the same id after a failure: the server counts an id once.
 */

import { Refusal, call, leave } from "../shared/api.js";
import { lasting, session, uuid } from "../shared/storage.js";

const EVERY_MS = 5000;
const FULL = 20;
const BATCH_MAX = 50; // with the seconds of long videos still far below the 64 kB a keepalive request may hold
const PAUSE_MAX_MS = 60_000;
const KEY = "events.";

export class Outbox {
  constructor() {
    this.waiting = []; // {session, event}, oldest first
    this.busy = false;
    this.failures = 0;
    this.notBefore = 0;
    this.size = BATCH_MAX;
    this.adopt();
    setInterval(() => this.flush(), EVERY_MS);
    addEventListener("online", () => this.retry());
    addEventListener("pagehide", () => this.part());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.part();
    });
  }

  /** Take over what this or an earlier sitting could not send. A sitting that still runs may send it too: same ids. */
  adopt() {
    const known = new Set();
    for (const key of lasting.keys(KEY)) {
      for (const row of lasting.get(key, [])) {
        if (row?.event?.id && !known.has(row.event.id)) this.waiting.push(row);
        known.add(row?.event?.id);
      }
      if (key !== KEY + session) lasting.remove(key);
    }
    this.keep();
  }

  add(event) {
    this.waiting.push({ session, event: { id: uuid(), client_time: new Date().toISOString(), ...event } });
    this.keep();
    if (this.waiting.length >= FULL) this.flush();
  }

  keep() {
    if (this.waiting.length) lasting.set(KEY + session, this.waiting);
    else lasting.remove(KEY + session);
  }

  retry() {
    this.notBefore = 0;
    return this.flush();
  }

  batch() {
    const of = this.waiting[0].session;
    return this.waiting.filter((row) => row.session === of).slice(0, this.size);
  }

  async flush() {
    if (this.busy || !this.waiting.length || Date.now() < this.notBefore) return;
    this.busy = true;
    const batch = this.batch();
    try {
      const answer = await call("POST", "events/", payload(batch), { keepalive: true });
      if (answer.rejected.length) console.debug("events rejected", answer.rejected);
      this.done(batch);
      this.size = BATCH_MAX;
      this.failures = 0;
    } catch (refusal) {
      this.refused(batch, refusal);
    }
    this.busy = false;
    if (this.waiting.length >= FULL || this.size < BATCH_MAX) await this.flush();
  }

  done(batch) {
    const gone = new Set(batch);
    this.waiting = this.waiting.filter((row) => !gone.has(row));
    this.keep();
  }

  /** A batch refused as a whole is halved until the one at fault is alone; only that one is given up. */
  refused(batch, refusal) {
    if (refusal instanceof Refusal && [400, 413, 422].includes(refusal.status)) {
      if (batch.length > 1) this.size = Math.ceil(batch.length / 2);
      else this.done(batch);
      return;
    }
    this.failures += 1;
    const pause = Math.min(PAUSE_MAX_MS, 1000 * 2 ** this.failures);
    this.notBefore = Date.now() + Math.max(pause, 1000 * (refusal.waitSeconds ?? 0));
    this.size = BATCH_MAX;
  }

  /** The page goes: hand everything to the browser, and keep it too, for no answer will be heard. */
  part() {
    if (!this.waiting.length) return;
    const batch = this.batch();
    leave("events/", payload(batch));
    this.keep();
  }
}

function payload(batch) {
  return { session: batch[0].session, sent: new Date().toISOString(), events: batch.map((row) => row.event) };
}
