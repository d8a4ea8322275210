// @ts-check
// The CV's sheet follows what is typed; of the ways to choose badges only the chosen one is shown.

const WAIT_MS = 600;

/** @param {HTMLFormElement} form */
function showChosen(form) {
  for (const select of form.querySelectorAll("[data-choice]")) {
    if (!(select instanceof HTMLSelectElement)) continue;
    for (const field of form.querySelectorAll(`[data-for^="${select.dataset.choice}:"]`)) {
      if (field instanceof HTMLElement) field.hidden = field.dataset.for !== `${select.dataset.choice}:${select.value}`;
    }
  }
}

export function start() {
  const form = document.querySelector("form[data-cv]");
  if (!(form instanceof HTMLFormElement)) return;
  const button = form.querySelector("[data-preview]");
  let waiting = 0;
  const changed = () => {
    showChosen(form);
    clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      if (button instanceof HTMLButtonElement) form.requestSubmit(button);
    }, WAIT_MS);
  };
  form.addEventListener("input", changed);
  showChosen(form);
}
