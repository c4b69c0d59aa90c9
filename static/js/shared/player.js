/** Keyboard of the player: space, arrows, M, C, F; works wherever the focus is, except while typing. */

const figure = document.querySelector("[data-player]");
const video = figure?.querySelector("video");
const STEP_SECONDS = 3;

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog[open]");
}

function toggleCaptions() {
  const track = video.textTracks[0];
  if (track) track.mode = track.mode === "showing" ? "hidden" : "showing";
}

const keys = {
  " ": () => (video.paused ? video.play() : video.pause()),
  k: () => (video.paused ? video.play() : video.pause()),
  ArrowLeft: () => (video.currentTime = Math.max(0, video.currentTime - STEP_SECONDS)),
  ArrowRight: () => (video.currentTime = Math.min(video.duration, video.currentTime + STEP_SECONDS)),
  ArrowUp: () => (video.volume = Math.min(1, video.volume + 0.1)),
  ArrowDown: () => (video.volume = Math.max(0, video.volume - 0.1)),
  m: () => (video.muted = !video.muted),
  c: toggleCaptions,
  f: () => (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen()),
};

if (video) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    // Space and arrows keep their meaning on buttons, links and for scrolling unless the player has the focus.
    const special = event.key === " " || event.key.startsWith("Arrow");
    if (special && (event.target.closest("button, a, summary") || (event.key === "ArrowUp" || event.key === "ArrowDown") && event.target !== video)) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }, true);
}
