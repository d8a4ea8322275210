// @ts-check
// The badge page: stars and visibility are saved when chosen; notes when one leaves them. Copying, wherever it is offered.

import { tellError } from "./page.js";

/** @param {Event} event */
function save(event) {
  const field = event.target;
  if (!(field instanceof HTMLElement) || !field.closest("[data-save]")) return;
  /** @type {HTMLFormElement | null} */ (field.closest("form"))?.requestSubmit();
}

/** @param {Event} event */
function copy(event) {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!(button instanceof HTMLElement)) return;
  const from = document.getElementById(button.dataset.copy ?? "");
  const text = from instanceof HTMLTextAreaElement ? from.value : (from?.textContent ?? "");
  navigator.clipboard.writeText(text).then(() => {
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1600);
  }, tellError);
}

export function start() {
  document.addEventListener("change", save);
  document.addEventListener("click", copy);
  for (const button of document.querySelectorAll("[data-copy]")) if (button instanceof HTMLElement) button.hidden = false;
}
