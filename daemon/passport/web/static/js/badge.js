// @ts-check
// The badge page: stars and visibility are saved when chosen; notes when one leaves them.

/** @param {Event} event */
function save(event) {
  const field = event.target;
  if (!(field instanceof HTMLElement) || !field.closest("[data-save]")) return;
  /** @type {HTMLFormElement | null} */ (field.closest("form"))?.requestSubmit();
}

export function start() {
  document.addEventListener("change", save);
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!(button instanceof HTMLElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const from = document.getElementById(button.dataset.copy ?? "");
      navigator.clipboard.writeText(from?.textContent ?? "");
    });
  }
}
