// @ts-check
// What every script of the pages needs: the token, sending a form, telling what was done.

/** @type {Record<string, string>} the owner's language, where it is not English */
const texts = JSON.parse(document.getElementById("texts")?.textContent || "{}");

/**
 * Say something in the owner's language (see scripts/translations).
 * @param {string} text in English, with `%(name)s` for values
 * @param {Record<string, string | number>} [values]
 */
export function say(text, values = {}) {
  return (texts[text] ?? text).replace(/%\((\w+)\)s/g, (place, name) => String(values[name] ?? place));
}

/** @returns {string} the token that proves a request comes from this page */
export function token() {
  return document.querySelector('meta[name="csrf"]')?.getAttribute("content") ?? "";
}

/**
 * @typedef {{text: string, token: string, go: string}} Done what was done, and how to take it back
 */

/**
 * Send a form's values.
 * @param {string} address
 * @param {URLSearchParams | FormData} values
 * @returns {Promise<Done>}
 */
export async function send(address, values) {
  const response = await fetch(address, {
    method: "POST",
    body: values,
    headers: { Accept: "application/json", "X-CSRF-Token": token() },
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? answer.title ?? String(response.status));
  return answer;
}

/**
 * Fetch a part of a page.
 * @param {string} address
 * @param {string} part
 * @param {AbortSignal} [signal]
 */
export async function part(address, part, signal) {
  const response = await fetch(address, { headers: { Part: part }, signal });
  if (!response.ok) throw new Error(String(response.status));
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content;
}

let forgetting = 0;

/**
 * Say what was done, with a way back.
 * @param {string} text
 * @param {() => void} [undo]
 */
export function tell(text, undo) {
  const toasts = document.querySelector(".toasts");
  if (!toasts) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(words);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = say("Undo");
    button.addEventListener("click", () => {
      toast.remove();
      undo();
    });
    toast.append(button);
  }
  toasts.replaceChildren(toast);
  clearTimeout(forgetting);
  forgetting = window.setTimeout(() => toast.remove(), undo ? 12000 : 6000);
}

/** @param {unknown} error */
export function tellError(error) {
  tell(error instanceof Error ? error.message : String(error));
}

/** Take back the last change, or the one of a token. @param {string} [which] */
export async function undo(which = "") {
  try {
    const done = await send("/undo", new URLSearchParams({ token: which }));
    tell(done.text);
    document.dispatchEvent(new CustomEvent("passport:changed"));
  } catch (error) {
    tellError(error);
  }
}

/** @param {EventTarget | null} target whether keys typed there are meant as text */
export function typing(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type)))
  );
}
