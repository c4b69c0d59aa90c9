/** One slot of the feed: its article, filled from what the server said about the video. */

import { initial } from "../shared/text.js";

const locale = document.documentElement.lang;
const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const root = document.querySelector("[data-feed]");

function count(number) {
  return compact.format(number);
}

export class Slide {
  /** `element` is the article the server rendered; without it one is made from the template. */
  constructor(item, requestId, element = null) {
    this.item = item;
    this.requestId = requestId;
    this.film = null;
    this.impressed = false; // its impression was told
    this.element = element ?? template();
    this.element.slide = this;
    this.fill();
  }

  /** The video's id. */
  get video() {
    return this.item.video;
  }

  part(name) {
    return this.element.querySelector(`[data-part="${name}"]`);
  }

  act(name) {
    return this.element.querySelector(`[data-act="${name}"]`);
  }

  fill() {
    const { item } = this;
    this.element.dataset.aspect = item.aspect;
    this.element.setAttribute("aria-labelledby", `film-${item.video}`);
    this.part("heading").id = `film-${item.video}`;
    for (const name of ["cover", "blur"]) {
      const image = this.part(name);
      if (item.cover_url && image.getAttribute("src") !== item.cover_url) image.src = item.cover_url;
      image.hidden = !item.cover_url;
    }
    const title = this.part("title");
    title.textContent = item.title;
    title.href = item.page_url;
    for (const part of [title, this.part("tags")]) {
      if (item.language) part.lang = item.language === "zh" ? "zh-Hans" : item.language;
    }
    this.part("name").textContent = item.creator;
    this.part("initial").textContent = initial(item.creator);
    if (root.dataset.creator) this.part("creator").href = root.dataset.creator.replace("/0/", `/${item.creator_id}/`);
    this.part("follow").hidden = String(item.creator_id) === root.dataset.user;
    this.part("ai").hidden = !item.ai_generated;
    this.act("captions").hidden = !item.captions_url;
    this.part("tags").replaceChildren(...item.hashtags.flatMap((tag) => [hashtag(tag), " "]));
    this.part("tags").hidden = !item.hashtags.length;
    this.showReactions();
  }

  /** Likes, comments and following as they are now. */
  showReactions() {
    const { item } = this;
    this.part("likes").textContent = count(item.likes);
    this.part("comments").textContent = count(item.comments);
    this.act("like").setAttribute("aria-pressed", String(item.liked));
    this.act("follow").setAttribute("aria-pressed", String(item.following));
  }

  /** Where a reaction happened, as the server wants to know it. */
  place() {
    return { request_id: this.requestId, position: this.item.position };
  }

  hold(film) {
    this.part("cover").after(film);
  }

  release() {
    this.film?.remove();
    this.film = null;
    this.show({ busy: false, paused: false });
    this.part("caption").hidden = true;
  }

  /** Switch parts on and off: busy, paused, broken, pill. */
  show(parts) {
    for (const [name, on] of Object.entries(parts)) this.part(name).hidden = !on;
  }
}

function template() {
  return document.getElementById("slide-template").content.firstElementChild.cloneNode(true);
}

function hashtag(tag) {
  const link = document.createElement("a");
  if (root.dataset.discover) link.href = `${root.dataset.discover}?q=${encodeURIComponent(tag)}`;
  link.textContent = `#${tag}`;
  return link;
}
