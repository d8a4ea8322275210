// Nothing is loaded until the visitor asks: then the standard's libraries, the contexts and the check, one after the other.
"use strict"; // no sentence
(() => {
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("button[data-check]"));
  const place = document.querySelector("[data-answers]");
  if (!button || !place) return;
  /** @param {string} address */
  const load = (address) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(button.dataset.part));
    document.head.append(script);
  });
  const check = async () => {
    button.disabled = true;
    place.textContent = button.dataset.checking ?? "";
    try {
      for (const address of (button.dataset.check ?? "").split(" ")) await load(address);
      await /** @type {any} */ (globalThis).badgePassportCheck();
      button.hidden = true;
    } catch (error) {
      place.textContent = `${button.dataset.failed} ${error instanceof Error ? error.message : error}`;
      button.disabled = false;
    }
  };
  if (!globalThis.crypto?.subtle) {
    place.textContent = button.dataset.open ?? "";
    return;
  }
  button.hidden = false;
  button.addEventListener("click", check);
})();
