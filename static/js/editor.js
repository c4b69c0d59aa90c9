/** The editor: titles, drag to reorder, focus point, listening, choosing a drawing or file. */

import { fillRange } from "./shared/range.js";
import { playSound } from "./shared/sound.js";
import { say } from "./shared/toasts.js";

const form = document.getElementById("editor");
const scenes = document.getElementById("scenes");
const chooser = document.getElementById("chooser");
const SPOKEN_SOON_MS = 4000;
const SPOKEN_MOST_MS = 180_000;

form.addEventListener("click", async (event) => {
  const title = event.target.closest("[data-title]");
  if (title) {
    const input = document.getElementById("title");
    input.value = title.dataset.title;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (event.target.closest("[data-chooser]")) {
    document.getElementById("chooser-body").replaceChildren(); // not the last scene's choices while the new ones come
    chooser.showModal();
  }
  if (event.target.closest("#hear-voice")) hearVoice(event.target.closest("#hear-voice"));
  const hear = event.target.closest("[data-hear]");
  if (hear) await hearScene(hear);
  const pad = event.target.closest("[data-focus-pad]");
  if (pad) setFocus(pad, event);
});

function hearVoice(button) {
  const address = document.getElementById("voice").selectedOptions[0]?.dataset.preview;
  if (address) playSound(address, button);
  else say(gettext("This choice has no sample."));
}

async function hearScene(button) {
  if (button.dataset.playing !== undefined) return playSound("", button);
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    const address = form.dataset.narration.replace("SCENE", button.dataset.hear);
    const asked = await answered(await fetch(address, { method: "POST", body: new FormData(form) }));
    const sound = await spoken((await asked.json()).address);
    playSound(URL.createObjectURL(await sound.blob()), button);
  } catch (error) {
    say(error.message || gettext("The narration cannot be spoken right now."), { level: "error" });
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

/** The answer, unless it is a refusal: its sentence is thrown. */
async function answered(answer) {
  if (answer.ok) return answer;
  throw new Error((answer.headers.get("Content-Type") ?? "").startsWith("text/plain") ? await answer.text() : "");
}

/** The sound at `address` once a worker has spoken it; whoever waits for long is told why. */
async function spoken(address) {
  const began = Date.now();
  let told = false;
  for (;;) {
    const answer = await answered(await fetch(address));
    if (answer.status !== 202) return answer;
    const waited = Date.now() - began;
    if (waited > SPOKEN_MOST_MS) throw new Error(gettext("This takes too long. Try again later."));
    if (waited > SPOKEN_SOON_MS && !told) {
      told = true;
      say(gettext("The voice is still busy; it speaks as soon as it can."));
    }
    await new Promise((go) => setTimeout(go, waited < SPOKEN_SOON_MS ? 250 : 1000));
  }
}

// --- drag to reorder: the list moves under the pointer, the new order is saved when it is let go --------------------
let dragged = null;

scenes.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || form.querySelector("fieldset:disabled")) return;
  event.preventDefault();
  dragged = grip.closest("[data-scene]");
  dragged.classList.add("dragged");
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const others = [...scenes.querySelectorAll("[data-scene]:not(.dragged)")];
  const next = others.find((row) => {
    const box = row.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  const list = dragged.parentElement;
  if (next ? dragged.nextElementSibling !== next : list.lastElementChild !== dragged) list.insertBefore(dragged, next ?? null);
});

function drop() {
  if (!dragged) return;
  dragged.classList.remove("dragged");
  dragged = null;
  const order = [...scenes.querySelectorAll("[data-scene]")].map((row) => row.dataset.scene).join(",");
  const field = scenes.querySelector('[name="order"]');
  if (field.value === order) return;
  field.value = order;
  htmx.ajax("POST", form.action, { source: form, values: { op: "" }, target: "#saved", swap: "innerHTML" });
}

document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", drop);

// --- focus point ------------------------------------------------------------------------------------------------
function setFocus(pad, event) {
  const box = pad.getBoundingClientRect();
  const clamp = (value) => Math.min(1, Math.max(0, value)).toFixed(3);
  const [x, y] = pad.parentElement.querySelectorAll('input[type="range"]');
  x.value = clamp((event.clientX - box.left) / box.width);
  y.value = clamp((event.clientY - box.top) / box.height);
  fillRange(x);
  fillRange(y);
  showFocus(pad);
  y.dispatchEvent(new Event("change", { bubbles: true }));
}

function showFocus(pad) {
  const [x, y] = pad.parentElement.querySelectorAll('input[type="range"]');
  const mark = pad.querySelector("i");
  mark.style.left = `${x.value * 100}%`;
  mark.style.top = `${y.value * 100}%`;
}

form.addEventListener("input", (event) => {
  const pad = event.target.closest(".scene-picture")?.querySelector("[data-focus-pad]");
  if (pad) showFocus(pad);
});

const showAllFocus = () => document.querySelectorAll("[data-focus-pad]").forEach(showFocus);

// --- choosing a drawing or a file -------------------------------------------------------------------------------
chooser.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-op]");
  if (!choice) return;
  htmx.ajax("POST", form.action, { source: form, values: { op: choice.dataset.op }, target: "#scenes", swap: "innerHTML" });
  chooser.close();
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  showAllFocus();
  scenes.querySelectorAll('input[type="range"]').forEach(fillRange);
  if (event.target.id === "scenes") {
    for (const field of ["new-line", "new-narration"]) document.getElementById(field).value = "";
  }
});
showAllFocus();
