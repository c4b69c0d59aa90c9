/** In a dialog a digit presses the button that carries it. */

export function typing(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

export function listenToDigits(dialog) {
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const button = [...dialog.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
    if (!button) return;
    event.preventDefault();
    event.stopPropagation(); // the page behind has keys of its own
    button.click();
  });
}
