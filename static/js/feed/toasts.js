/** Short messages at the foot of the page, with a way back where there is one. */

const UNDO_MS = 5000;
const PLAIN_MS = 4000;

/** Show `text`; with `undo`, a button that calls it once. `link`: {href, text}. */
export function say(text, { level = "info", undo = null, link = null } = {}) {
  const row = document.createElement("li");
  row.className = "toast";
  row.dataset.level = level;
  const words = document.createElement("span");
  words.className = "grow";
  words.textContent = text;
  row.append(words);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "undo";
    button.textContent = gettext("Undo");
    button.addEventListener("click", () => {
      row.remove();
      undo();
    });
    row.append(button);
  }
  if (link) {
    const anchor = document.createElement("a");
    anchor.className = "undo";
    anchor.href = link.href;
    anchor.textContent = link.text;
    row.append(anchor);
  }
  const list = document.getElementById("toasts");
  while (list.children.length > 2) list.firstElementChild.remove();
  list.append(row);
  setTimeout(() => row.remove(), undo || link ? UNDO_MS : PLAIN_MS);
  return row;
}

/** What a refused call says to people; where an account is missing it leads to the sign-in. */
export function sayRefusal(refusal) {
  const root = document.querySelector("[data-feed]");
  const link =
    refusal.code === "not_authenticated"
      ? { href: `${root.dataset.login}?next=${encodeURIComponent(location.pathname)}`, text: gettext("Sign in") }
      : null;
  say(refusal.message, { level: "error", link });
}
