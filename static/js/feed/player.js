/** Playing the video in front: sound and captions as remembered, the bar, loops, and what to do when it fails. */

import { calm } from "../shared/device.js";
import { lasting } from "../shared/storage.js";
import { clock } from "../shared/time.js";
import { View } from "./view.js";

const STEP_SECONDS = 3;
const BUSY_AFTER_MS = 400; // a shorter wait needs no sign

export class Player {
  /** `emit(slide, type, values)` sends an event of the slide's slot. */
  constructor(emit) {
    this.emit = emit;
    this.slide = null;
    this.view = null;
    this.stopped = false; // by the viewer
    this.muted = lasting.get("muted", false);
    this.forced = false; // muted by the browser, until somebody touches the page
    const touched = (event) => this.touched(event);
    addEventListener("pointerup", touched, true);
    addEventListener("keydown", touched, true);
    document.addEventListener("visibilitychange", () => this.tab());
    addEventListener("online", () => this.slide && !this.slide.part("broken").hidden && this.reload());
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", (event) => event.persisted && this.front(this.slide));
    const draw = () => {
      if (this.slide && !this.dragging) this.drawBar();
      requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
  }

  get film() {
    return this.slide?.film ?? null;
  }

  /** Another slide is in front, or none. */
  front(slide) {
    this.leave();
    this.film?.pause();
    this.slide = slide;
    this.stopped = false;
    if (!slide) return;
    const { film } = this;
    this.listening = new AbortController();
    const on = (name, act) => film.addEventListener(name, act, { signal: this.listening.signal });
    this.view = new View({
      film,
      duration: slide.item.duration_seconds,
      emit: (type, values) => this.emit(slide, type, values),
      settings: () => ({ muted: film.muted, captions: this.captions && Boolean(slide.item.captions_url) }),
    });
    on("ended", () => this.again());
    on("waiting", () => this.busy(true));
    on("playing", () => this.playing());
    on("error", () => this.broke());
    on("pause", () => this.showPlay());
    if (document.hidden) this.view.tab(true);
    this.watchCaptions();
    this.showSound();
    if (film.error) this.broke();
    else if (film.currentTime > 0) film.currentTime = 0;
    this.start();
  }

  leave() {
    this.listening?.abort();
    clearTimeout(this.waiting);
    this.view?.leave();
    this.view = null;
  }

  async start() {
    const { film, slide } = this;
    if (document.hidden) return; // coming back starts it
    film.muted = this.muted || this.forced;
    if (film.readyState < 3) this.busy(true);
    try {
      await film.play();
    } catch (refusal) {
      if (slide !== this.slide) return;
      if (refusal.name !== "NotAllowedError") return; // a newer move stopped it, or "error" says more
      if (film.muted) {
        this.stopped = true; // not even silently: the viewer starts it
        this.showPlay();
        return;
      }
      this.forced = true;
      this.showSound();
      this.start();
    }
  }

  playing() {
    this.busy(false);
    this.slide.element.classList.add("on");
    this.slide.show({ broken: false });
    this.showPlay();
  }

  busy(on) {
    clearTimeout(this.waiting);
    const { slide } = this;
    if (on) this.waiting = setTimeout(() => slide.show({ busy: true }), BUSY_AFTER_MS);
    else slide.show({ busy: false });
  }

  broke() {
    this.busy(false);
    this.slide.show({ broken: true, paused: false });
  }

  reload() {
    const { film } = this;
    this.slide.show({ broken: false });
    film.load();
    this.start();
  }

  again() {
    this.view.ended();
    this.film.currentTime = 0;
    this.start();
  }

  toggle() {
    if (!this.film) return;
    if (this.film.paused) {
      this.stopped = false;
      this.start();
    } else {
      this.stopped = true;
      this.view.paused();
      this.film.pause();
    }
  }

  tab() {
    if (!this.view) return;
    this.view.tab(document.hidden);
    if (document.hidden) this.film.pause();
    else if (!this.stopped) this.start();
  }

  // --- place in the video ---------------------------------------------------------------------------------------
  seekTo(seconds) {
    if (!this.film || !Number.isFinite(this.film.duration)) return;
    this.view.sought();
    this.film.currentTime = Math.min(Math.max(seconds, 0), this.film.duration - 0.05);
    this.drawBar();
  }

  seekBy(direction) {
    if (this.film) this.seekTo(this.film.currentTime + direction * STEP_SECONDS);
  }

  drawBar() {
    const { film, slide } = this;
    const length = film?.duration || slide.item.duration_seconds;
    const now = film?.currentTime ?? 0;
    const bar = slide.part("seek");
    const share = Math.min(now / length, 1);
    if (document.activeElement !== bar || !this.dragging) bar.value = String(Math.round(share * 1000));
    bar.style.setProperty("--fill", `${(share * 100).toFixed(2)}%`);
    const text = `${clock(now)} / ${clock(length)}`;
    if (bar.getAttribute("aria-valuetext") !== text) bar.setAttribute("aria-valuetext", text);
  }

  // --- sound and captions ---------------------------------------------------------------------------------------
  touched(event) {
    if (!this.forced || event.target.closest?.('[data-act="mute"]')) return;
    this.forced = false;
    if (!this.film) return;
    this.film.muted = this.muted;
    if (this.film.paused && !this.stopped) this.start();
    this.showSound();
    this.woken = performance.now(); // this touch was for the sound, not for a pause
  }

  mute() {
    this.muted = this.forced ? false : !this.muted;
    this.forced = false;
    lasting.set("muted", this.muted);
    if (this.film) this.film.muted = this.muted;
    this.showSound();
  }

  /** Which memory of captions counts: our own films carry theirs in the picture, so there they start switched off. */
  get captionsKey() {
    return this.slide?.item.ai_generated ? "captions.made" : "captions.sent";
  }

  get captions() {
    return lasting.get(this.captionsKey, this.captionsKey === "captions.sent");
  }

  toggleCaptions() {
    if (!this.slide?.item.captions_url) return;
    lasting.set(this.captionsKey, !this.captions);
    this.watchCaptions();
  }

  watchCaptions() {
    const { slide, film } = this;
    const on = this.captions && Boolean(slide.item.captions_url);
    slide.act("captions").setAttribute("aria-pressed", String(on));
    const track = film.textTracks[0];
    const line = slide.part("caption");
    if (track) track.mode = on ? "hidden" : "disabled"; // we draw the words ourselves, where nothing covers them
    const show = () => {
      const cue = track?.activeCues?.[0];
      line.hidden = !on || !cue;
      line.textContent = cue ? cue.getCueAsHTML().textContent : "";
    };
    if (track) track.oncuechange = show;
    show();
  }

  // --- what the buttons show ------------------------------------------------------------------------------------
  showSound() {
    if (!this.slide) return;
    const silent = this.muted || this.forced;
    const button = this.slide.part("mute");
    button.toggleAttribute("data-active", silent);
    button.setAttribute("aria-label", silent ? gettext("Sound on") : gettext("Mute"));
    this.slide.show({ pill: this.forced && !this.muted });
  }

  showPlay() {
    if (!this.slide) return;
    const paused = this.stopped && this.film.paused;
    const button = this.slide.part("play");
    button.toggleAttribute("data-active", paused);
    button.setAttribute("aria-label", paused ? gettext("Play") : gettext("Pause"));
    this.slide.show({ paused });
  }

  /** A heart where somebody tapped twice. */
  burst(x, y) {
    if (calm()) return;
    const heart = this.slide.act("like").querySelector("svg").cloneNode(true);
    heart.classList.add("burst");
    const box = this.slide.part("picture").getBoundingClientRect();
    heart.style.left = `${x - box.left}px`;
    heart.style.top = `${y - box.top}px`;
    heart.style.rotate = `${Math.random() * 30 - 15}deg`;
    heart.addEventListener("animationend", () => heart.remove());
    this.slide.part("picture").append(heart);
  }
}
