/** The Create form: examples, voices of the chosen language, estimate, and the look of the preview. */

import { watchText } from "./create-text.js";
import { secondsText } from "./shared/time.js";

const form = document.getElementById("brief");
const topic = document.getElementById("id_topic");
const seconds = document.getElementById("id_seconds");
const estimate = document.getElementById("estimate");
const preview = document.getElementById("preview");

function chosen(name) {
  return form.querySelector(`[name="${name}"]:checked`);
}

function showTimes() {
  const length = Number(seconds.value);
  document.getElementById("seconds-out").textContent = secondsText(length);
  const about = (ratio) => Math.max(1, Math.round(length * Number(ratio)));
  estimate.textContent = estimate.dataset.text
    .replace("{draft}", about(form.dataset.draftRatio))
    .replace("{full}", about(form.dataset.fullRatio));
}

function showVoices() {
  const language = chosen("language")?.value;
  for (const group of form.querySelectorAll("[data-voices]")) {
    const shown = group.dataset.voices === language;
    group.hidden = !shown;
    for (const input of group.querySelectorAll("input")) input.disabled = !shown;
    if (shown && !group.querySelector("input:checked")) group.querySelector("input").checked = true;
  }
}

/** Color the phone with the chosen palette, or with the one the topic suggests. */
function showColors() {
  const phone = preview.querySelector(".phone");
  if (!phone) return;
  const picked = chosen("palette")?.dataset.colors ?? phone.dataset.colors;
  const [base, one, two, three, ink, marker, onMarker] = picked.split(" ");
  phone.querySelector(".base").setAttribute("fill", base);
  [base, one, two, three].forEach((color, i) => {
    for (const stop of phone.querySelectorAll(`.blob${i}`)) stop.setAttribute("stop-color", color);
  });
  const screen = phone.querySelector(".screen");
  screen.style.setProperty("--screen-ink", ink);
  screen.style.setProperty("--screen-marker", marker);
  screen.style.setProperty("--screen-on-marker", onMarker);
  phone.dataset.aspect = chosen("aspect")?.value ?? "9:16";
  phone.dataset.captions = chosen("caption_style")?.value || "pill";
}

function chooseLanguage(code) {
  const radio = form.querySelector(`[name="language"][value="${code}"]`);
  if (!radio || radio.checked) return;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

form.addEventListener("change", (event) => {
  if (event.target.name === "language") {
    showVoices();
    topic.dispatchEvent(new Event("input", { bubbles: true }));
    htmx.trigger(topic, "language");
  }
  showColors();
});
form.addEventListener("input", showTimes);
form.addEventListener("click", (event) => {
  const example = event.target.closest("[data-example]");
  if (example) {
    topic.value = example.dataset.example;
    topic.focus();
    htmx.trigger(topic, "input");
  }
  const longer = event.target.closest("[data-seconds]");
  if (longer) {
    seconds.value = longer.dataset.seconds;
    showTimes();
    form.querySelector("button[name=action]").focus();
  }
  const other = event.target.closest("button[data-language]");
  if (other) {
    chooseLanguage(other.dataset.language);
    form.querySelector("button[name=action]").focus();
  }
  const more = event.target.closest("[data-more]");
  if (more) {
    const open = form.classList.toggle("all-voices");
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? gettext("Fewer voices") : gettext("More voices");
  }
});
form.addEventListener("submit", () => {
  // Only after the browser has read the pressed button's value.
  setTimeout(() => form.querySelectorAll("button[name=action]").forEach((button) => (button.disabled = true)));
});
window.addEventListener("pageshow", () => {
  form.querySelectorAll("button[name=action]").forEach((button) => (button.disabled = false));
});
document.body.addEventListener("htmx:afterSettle", showColors);

watchText(form, chooseLanguage);
if (chosen("voice")?.closest(".more")) form.querySelector("[data-more]").click();
showVoices();
showTimes();
showColors();
