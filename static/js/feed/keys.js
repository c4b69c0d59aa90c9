/** The keyboard of the feed; it works wherever the focus is, except while typing, in menus and in modal dialogs. */

const SCROLLING = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", " "]);

function busyElsewhere({ target, key }) {
  if (target.closest("input:not([type=range]), textarea, select, [contenteditable], dialog:modal, details[open]")) return true;
  return target.matches(".drawer-body") && SCROLLING.has(key);
}

export function listenToKeys({ deck, player, act }) {
  const keys = {
    ArrowDown: () => deck.step(1),
    ArrowUp: () => deck.step(-1),
    PageDown: () => deck.step(1),
    PageUp: () => deck.step(-1),
    Home: () => deck.go(0),
    j: () => deck.step(1),
    k: () => deck.step(-1),
    ArrowLeft: () => player.seekBy(-1),
    ArrowRight: () => player.seekBy(1),
    " ": () => player.toggle(),
    m: () => player.mute(),
    c: () => player.toggleCaptions(),
    l: () => act("like"),
    "?": () => act("keys"),
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || busyElsewhere(event)) return;
    // Space presses the button or opens the menu that has the focus.
    if (event.key === " " && event.target.closest("button, summary")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!Object.hasOwn(keys, key) || (event.repeat && !key.startsWith("Arrow"))) return;
    event.preventDefault();
    keys[key]();
  });
  for (const button of document.querySelectorAll("[aria-keyshortcuts]")) nameKey(button);
}

const SIGNS = { ArrowUp: "↑", ArrowDown: "↓" };

/** The tooltip tells the key. */
export function nameKey(button) {
  const key = button.getAttribute("aria-keyshortcuts");
  const label = button.getAttribute("aria-label") ?? button.querySelector(".visually-hidden").textContent;
  button.title = `${label} (${key === "Space" ? gettext("Space") : (SIGNS[key] ?? key)})`;
}
