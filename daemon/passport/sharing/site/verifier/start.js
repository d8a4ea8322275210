// Nothing is loaded until the visitor asks: then the standard's libraries, the contexts and the check, one after the other.
"use strict";
(() => {
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("button[data-check]"));
  const place = document.querySelector("[data-answers]");
  if (!button || !place) return;
  /** @param {string} address */
  const load = (address) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error("A part of the check could not be loaded."));
    document.head.append(script);
  });
  const check = async () => {
    button.disabled = true;
    place.textContent = "Checking…";
    try {
      for (const address of (button.dataset.check ?? "").split(" ")) await load(address);
      await /** @type {any} */ (globalThis).badgePassportCheck();
      button.hidden = true;
    } catch (error) {
      place.textContent = `The check could not be done here: ${error instanceof Error ? error.message : error}`;
      button.disabled = false;
    }
  };
  if (!globalThis.crypto?.subtle) {
    place.textContent = "This browser checks signatures only on pages that come over https.";
    return;
  }
  button.hidden = false;
  button.addEventListener("click", check);
})();
