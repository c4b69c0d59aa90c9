/**
 * Three video elements for the whole page: the one that plays, the next one filling up, and the one before.
 * A browser that let one of them sound keeps letting it, and memory stays the same however far somebody scrolls.
 */

const NEXT_AFTER_MS = 1500; // the next one starts to load when this one can play, or after this at the latest

export class Films {
  constructor() {
    this.pool = [];
    this.timer = null;
  }

  /** Take a video element that the server rendered into the pool, with its slide. */
  adopt(film, slide) {
    this.pool.push({ film, slide });
    slide.film = film;
  }

  /** Films for the slide at `index` of `slides` and its neighbours; returns the film of `index`. */
  place(slides, index) {
    const [before, now, next] = [slides[index - 1], slides[index], slides[index + 1]];
    const wanted = [now, next, before].filter(Boolean);
    const free = this.pool.filter((held) => !wanted.includes(held.slide));
    this.load(now, free, "auto");
    clearTimeout(this.timer);
    this.cancel?.();
    if (next && !next.film) this.later(now.film, () => this.load(next, free, "auto"));
    return now.film;
  }

  later(film, act) {
    const once = () => {
      this.cancel();
      act();
    };
    this.cancel = () => {
      clearTimeout(this.timer);
      film.removeEventListener("canplaythrough", once);
    };
    this.timer = setTimeout(once, film.readyState >= 4 ? 0 : NEXT_AFTER_MS);
    film.addEventListener("canplaythrough", once, { once: true });
  }

  load(slide, free, preload) {
    if (slide.film) return;
    let held = free.pop();
    if (held) this.empty(held);
    else {
      held = { film: document.createElement("video"), slide: null };
      this.pool.push(held);
    }
    held.slide = slide;
    slide.film = held.film;
    fill(held.film, slide.item, preload);
    slide.hold(held.film);
  }

  empty(held) {
    held.slide.release();
    held.film.pause();
    held.film.replaceChildren();
    held.film.removeAttribute("src");
    held.film.load();
  }
}

function fill(film, item, preload) {
  film.playsInline = true;
  film.disablePictureInPicture = true;
  film.preload = navigator.connection?.saveData ? "metadata" : preload;
  film.tabIndex = -1;
  if (item.captions_url) {
    const track = document.createElement("track");
    track.kind = "captions";
    track.srclang = item.language || "en";
    track.src = item.captions_url;
    film.append(track);
  }
  film.src = item.file_url;
}
