/** The text of one's own in the Create form: how long it is, which language it is in, and what a chosen file says. */

import { Refusal } from "./shared/api.js";

const HANZI = /[\u3400-\u9fff]/g;
const HANZI_SHARE = 0.3; // of the letters; as the server tells languages apart

/** Listen to the text and the file of `form`; `choose(language)` is called for the language a new text is in. */
export function watchText(form, choose) {
  const fold = form.querySelector("#own-text");
  const area = fold.querySelector("textarea");
  const count = fold.querySelector("#text-count");
  const file = fold.querySelector("input[type=file]");
  const name = form.elements.text_name;
  const failure = fold.querySelector("[data-file-error]");

  function tell() {
    const letters = [...area.value.trim()].length;
    const most = Number(area.dataset.most);
    count.textContent = letters
      ? interpolate(gettext("%(letters)s of %(most)s characters"), {
          letters: letters.toLocaleString(),
          most: most.toLocaleString(),
        }, true)
      : "";
    count.classList.toggle("error", letters > most);
    form.classList.toggle("has-text", letters > 0);
  }

  function nameIt(text) {
    name.value = text;
    fold.querySelector("[data-file-name]").textContent = text;
    fold.querySelector("[data-file-kinds]").hidden = Boolean(text);
  }

  function languageOf(text) {
    const letters = text.match(/\p{L}/gu)?.length ?? 0;
    return (text.match(HANZI)?.length ?? 0) >= HANZI_SHARE * letters ? "zh" : "en";
  }

  area.addEventListener("input", tell);
  area.addEventListener("paste", () =>
    setTimeout(() => {
      if (area.value.trim()) choose(languageOf(area.value));
    }),
  );
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    failure.hidden = true;
    fold.setAttribute("aria-busy", "true");
    count.textContent = gettext("Reading…");
    try {
      const found = await read(file.dataset.read, chosen, form.elements.csrfmiddlewaretoken.value);
      area.value = found.text;
      nameIt(found.name);
      choose(found.language);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failure.textContent = error.message;
      failure.hidden = false;
    } finally {
      file.value = ""; // its words are in the form now, or it is not taken
      fold.removeAttribute("aria-busy");
      tell();
    }
  });
  tell();
}

async function read(address, chosen, token) {
  const body = new FormData();
  body.append("document", chosen);
  let response;
  try {
    response = await fetch(address, {
      method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": token, Accept: "application/json" },
    });
  } catch {
    throw new Refusal(0, "unreachable", gettext("The server cannot be reached."));
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  throw new Refusal(response.status, answer?.code ?? "broken", answer?.detail ?? gettext("That did not work. Try again."));
}
