/** Files by drop or dialog, each sent by itself with its own progress line. */

import { say } from "./shared/toasts.js";

const form = document.getElementById("upload");
const zone = form.querySelector("[data-drop]");
const input = document.getElementById("id_file");
const files = document.getElementById("files");

function line(file) {
  files.querySelector("[data-none]")?.remove();
  const row = document.createElement("li");
  const box = document.createElement("div");
  box.className = "grow";
  const name = document.createElement("p");
  name.className = "strong ellipsis";
  name.textContent = file.name;
  const words = document.createElement("p");
  words.className = "muted small number";
  const bar = document.createElement("progress");
  bar.className = "thin";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  box.append(name, words, bar);
  row.append(box);
  files.prepend(row);
  return { row, words, bar };
}

function kindOf(file) {
  if (file.type.startsWith("image/")) return "image";
  if (file.type.startsWith("audio/")) return "audio";
  return form.elements.kind.value === "audio" ? "audio" : "clip";
}

function send(file) {
  const { row, words, bar } = line(file);
  const body = new FormData();
  body.append("kind", kindOf(file));
  body.append("file", file);
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = event.loaded / event.total;
    words.textContent = interpolate(gettext("Sending, %s %%"), [Math.round(bar.value * 100)]);
  });
  request.addEventListener("load", () => {
    if (request.status === 201) {
      row.outerHTML = request.responseText.trim();
      htmx.process(files);
      return;
    }
    fail(row, words, bar, told(request) ? request.responseText : gettext("The file was not taken. Try again."));
  });
  request.addEventListener("error", () => fail(row, words, bar, gettext("The connection broke. Try again.")));
  request.send(body);
  return new Promise((done) => request.addEventListener("loadend", done));
}

// a refusal in words, whatever its status
function told(request) {
  return (request.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
}

function fail(row, words, bar, text) {
  bar.remove();
  words.className = "error";
  words.textContent = text;
  say(text, { level: "error" });
}

async function sendAll(list) {
  for (const file of list) await send(file);
}

input.addEventListener("change", () => sendAll([...input.files]).then(() => (input.value = "")));
for (const name of ["dragenter", "dragover"]) {
  zone.addEventListener(name, (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  sendAll([...event.dataTransfer.files]);
});
