/** A card plays its video without sound while the pointer or the focus rests on it. */

import { calm } from "./device.js";

const WAIT_MS = 250;

function prepare(tile) {
  if (tile.dataset.prepared) return;
  tile.dataset.prepared = "yes";
  let timer = 0;
  let video = null;
  const start = () => {
    if (calm() || !tile.dataset.preview || timer || video) return;
    timer = setTimeout(() => {
      timer = 0;
      video = document.createElement("video");
      Object.assign(video, { src: tile.dataset.preview, muted: true, loop: true, playsInline: true, tabIndex: -1 });
      video.setAttribute("aria-hidden", "true");
      video.addEventListener("playing", () => video?.classList.add("on"));
      tile.querySelector(".tile-frame").insertBefore(video, tile.querySelector(".corner"));
      video.play().catch(() => {});
    }, WAIT_MS);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    video?.remove();
    video = null;
  };
  tile.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && start());
  tile.addEventListener("pointerleave", stop);
  tile.addEventListener("focusin", start);
  tile.addEventListener("focusout", stop);
}

function prepareAll() {
  document.querySelectorAll("[data-preview]").forEach(prepare);
}

prepareAll();
document.body.addEventListener("htmx:afterSettle", prepareAll); // tiles that a filter or a search brought
