/**
 * One view of one video, measured by the media's own clock: only what was played in the foreground counts.
 * A jump is not watching: a quarter counts when playback runs over its mark, a second when playback runs through it.
 */

const SKIP_SHARE = 0.3;
const SKIP_MS = 3000;
const WORTH_MS = 250; // less than this is not worth another event
const SECONDS_MAX = 90;

export class View {
  /** `emit(type, values)` sends an event of this slot; `settings()` tells {muted, captions} as they are now. */
  constructor({ film, duration, emit, settings }) {
    this.film = film;
    this.duration = duration;
    this.emit = emit;
    this.settings = settings;
    this.watched = 0; // ms
    this.told = 0; // ms, in the last event with watch_ms
    this.seconds = new Array(Math.min(Math.ceil(duration), SECONDS_MAX)).fill(0);
    this.second = -1;
    this.last = film.currentTime === 0 ? 0 : null; // the media clock at the last look; it stands still in a pause
    this.quarter = 0;
    this.counts = { pauses: 0, seeks: 0, loops: 0 };
    this.hidden = 0;
    this.hiddenSince = null;
    this.played = this.completed = this.over = false;
    this.listening = new AbortController();
    const on = (name, act) => film.addEventListener(name, act, { signal: this.listening.signal });
    on("playing", () => this.started());
    on("timeupdate", () => this.look());
    on("pause", () => this.look());
    on("seeking", () => (this.last = null));
    on("seeked", () => (this.last = film.currentTime));
  }

  started() {
    this.last ??= this.film.currentTime;
    if (this.played) return;
    this.played = true;
    this.emit("play", { watch_ms: 0, detail: this.settings() });
  }

  look() {
    const now = this.film.currentTime;
    if (this.last !== null && now > this.last && !this.film.seeking) this.ran(this.last, now);
    this.last = this.film.seeking ? null : now;
  }

  /** Playback ran from `from` to `to` seconds without a jump. */
  ran(from, to) {
    this.watched += (to - from) * 1000;
    for (let second = Math.floor(from); second < to && second < this.seconds.length; second += 1) {
      if (second !== this.second) this.seconds[second] += 1;
      this.second = second;
    }
    for (let quarter = this.quarter + 1; quarter <= 3; quarter += 1) {
      const mark = (quarter * this.duration) / 4;
      if (from < mark && mark <= to) this.reached(quarter);
    }
  }

  reached(quarter) {
    this.quarter = quarter;
    this.tell("progress");
  }

  /** The end was played; the caller starts the next round. */
  ended() {
    this.look();
    this.last = null;
    this.second = -1;
    if (!this.completed) {
      this.completed = true;
      this.quarter = 4;
      this.tell("complete");
    }
    this.counts.loops += 1;
  }

  paused() {
    this.counts.pauses += 1;
  }

  sought() {
    this.look();
    this.last = null;
    this.second = -1;
    this.counts.seeks += 1;
  }

  /** The tab went to the background or came back. */
  tab(hidden) {
    if (hidden) {
      this.hiddenSince ??= performance.now();
      this.look();
      if (this.watched - this.told > WORTH_MS) this.tell("progress");
    } else if (this.hiddenSince !== null) {
      this.hidden += performance.now() - this.hiddenSince;
      this.hiddenSince = null;
    }
  }

  /** The viewer went on: the last word on this view. */
  leave() {
    if (this.over) return;
    this.look();
    this.over = true;
    this.listening.abort();
    const early = this.watched < SKIP_MS || this.watched < this.duration * 1000 * SKIP_SHARE;
    if (!this.completed && early) this.tell("skip");
    else if (this.watched - this.told > WORTH_MS) this.tell("progress");
  }

  tell(type) {
    this.told = this.watched;
    const hidden = this.hidden + (this.hiddenSince === null ? 0 : performance.now() - this.hiddenSince);
    this.emit(type, {
      watch_ms: Math.round(this.watched),
      detail: {
        ...this.settings(),
        ...this.counts,
        // jumping back plays a video more than once too: never fewer rounds than its length was watched
        loops: Math.max(this.counts.loops, Math.floor(this.watched / 1000 / this.duration)),
        seconds: [...this.seconds],
        hidden_ms: Math.round(hidden),
        ...(this.quarter ? { quartile: this.quarter } : {}),
      },
    });
  }
}
