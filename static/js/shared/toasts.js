/** Short messages at the foot of the page, with a way back where there is one. */

const STAY_MS = { plain: 6000, way: 12_000 };
const BRIEF_MS = { plain: 4000, way: 5000 };
const BRIEF_MOST = 3;

/**
 * Show `text`; with `undo`, a button that calls it once. `link`: {href, text}. A mistake (`level: "error"`) stays until
 * it is dismissed. `brief` is for a page whose picture the message lies on: it goes by itself, and soon.
 */
export function say(text, { level = "info", undo = null, link = null, brief = false } = {}) {
  const row = document.createElement("li");
  row.className = "toast";
  row.dataset.level = level;
  const words = document.createElement("span");
  words.className = "grow";
  words.textContent = text;
  row.append(words);
  if (undo) {
    const back = button("undo", gettext("Undo"));
    back.addEventListener("click", () => {
      row.remove();
      undo();
    });
    row.append(back);
  }
  if (link) {
    const anchor = document.createElement("a");
    anchor.className = "undo";
    anchor.href = link.href;
    anchor.textContent = link.text;
    row.append(anchor);
  }
  const list = document.getElementById("toasts");
  if (brief) {
    while (list.children.length >= BRIEF_MOST) list.firstElementChild.remove();
  } else {
    const close = button("icon-button", "×");
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", gettext("Dismiss"));
    row.append(close);
  }
  list.append(row);
  leaveLater(row, brief);
  return row;
}

function button(name, text) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = name;
  made.textContent = text;
  return made;
}

/** Take a message away in time; one that offers a way back stays longer. */
export function leaveLater(row, brief = false) {
  if (row.dataset.level === "error" && !brief) return;
  const times = brief ? BRIEF_MS : STAY_MS;
  setTimeout(() => row.remove(), row.querySelector("form, .undo") ? times.way : times.plain);
}
