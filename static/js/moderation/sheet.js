/** One case as it lies on the desk: its player, its moments, its veils. */

const STEP_SECONDS = 1;
const SLOW = 0.5;

export class Sheet {
  constructor(root) {
    this.root = root;
    this.id = Number(root.dataset.sheet);
    this.moment = null; // second that the decision names
    this.video = root.querySelector("video");
    this.pending = null;
    root.addEventListener("click", (event) => {
      const at = event.target.closest("[data-seek]");
      if (at) this.seek(Number(at.dataset.seek));
    });
    this.video?.addEventListener("loadedmetadata", () => {
      if (this.is("half_speed")) this.video.playbackRate = SLOW;
      if (this.pending !== null) this.video.currentTime = this.pending;
      this.pending = null;
    });
    if (this.video && this.is("mute")) this.video.muted = true;
  }

  get revision() {
    return this.root.dataset.revision;
  }

  get policy() {
    return this.root.dataset.policy;
  }

  get isOpen() {
    return this.root.dataset.state === "open";
  }

  get isComment() {
    return this.root.hasAttribute("data-comment");
  }

  get title() {
    return this.root.querySelector("h2").textContent.trim();
  }

  /** Numbers of the cases that may be decided together with this one. */
  get alike() {
    const all = this.root.querySelector("[data-part=all-alike]");
    if (!all?.checked) return [];
    return [...this.root.querySelectorAll("[data-alike]")].map((row) => Number(row.dataset.alike));
  }

  toggleAlike() {
    const all = this.root.querySelector("[data-part=all-alike]");
    if (all) all.click();
  }

  is(way) {
    return this.root.hasAttribute(`data-way-${way}`);
  }

  // --- looking ------------------------------------------------------------------------------------------------------
  get isVeiled() {
    return Boolean(this.root.querySelector("[data-part=warning]:not([hidden])"));
  }

  /** The warning goes first, then the veil lifts and falls. */
  look() {
    if (this.isVeiled) {
      this.root.querySelector("[data-part=warning]").hidden = true;
      this.root.querySelector("[data-part=body]").hidden = false;
      this.root.querySelector("[data-seek]")?.focus();
    } else {
      this.root.toggleAttribute("data-looking");
    }
  }

  // --- playing ------------------------------------------------------------------------------------------------------
  toggle() {
    if (!this.video || this.isVeiled) return;
    if (this.video.paused) this.video.play().catch(() => {});
    else this.video.pause();
  }

  seek(seconds) {
    if (!this.video) return;
    if (this.video.readyState > 0) this.video.currentTime = seconds;
    else {
      this.pending = seconds;
      this.video.preload = "auto";
      this.video.load();
    }
  }

  step(direction) {
    if (this.video) this.seek(Math.max(0, this.video.currentTime + direction * STEP_SECONDS));
  }

  /** To the marked moment before or after where the player stands. */
  jump(direction) {
    const marks = [...this.root.querySelectorAll("[data-mark]")];
    const now = this.pending ?? this.video?.currentTime ?? 0;
    const off = (mark) => (Number(mark.dataset.seek) - now) * direction;
    const next = marks.filter((mark) => off(mark) > 0.05).sort((a, b) => off(a) - off(b))[0];
    next?.focus();
    if (next) this.seek(Number(next.dataset.seek));
  }

  /** The decision names the second where the player stands, or no longer. */
  markMoment() {
    if (!this.video) return null;
    const now = Math.round((this.pending ?? this.video.currentTime) * 10) / 10;
    this.moment = this.moment === now ? null : now;
    return this.moment;
  }
}
