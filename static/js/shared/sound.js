/** One sound at a time, whichever button started it. */

import { say } from "./toasts.js";

let sound = null;
let soundButton = null;

/** Play an address or a blob; the button shows that it plays, and a second press stops it. */
export function playSound(source, button) {
  const again = sound && soundButton === button;
  sound?.pause();
  soundButton?.removeAttribute("data-playing");
  sound = soundButton = null;
  if (again) return;
  sound = new Audio(source);
  soundButton = button;
  button.dataset.playing = "";
  sound.addEventListener("ended", () => stopSound(button));
  sound.addEventListener("error", () => {
    stopSound(button);
    say(gettext("This sound cannot be played."), { level: "error" });
  });
  sound.play().catch(() => stopSound(button));
}

function stopSound(button) {
  button.removeAttribute("data-playing");
  if (soundButton === button) sound = soundButton = null;
}
