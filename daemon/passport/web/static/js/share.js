// @ts-check
// The composer: previews follow what is typed; the system's share sheet; the outbox follows its posts.

import { part, tellError, token } from "./page.js";

const WAIT_MS = 250;
const OUTBOX_MS = 1500;

let waiting = 0;
let asking = /** @type {AbortController | null} */ (null);

/** @param {HTMLFormElement} form */
async function preview(form) {
  asking?.abort();
  asking = new AbortController();
  const values = new URLSearchParams();
  for (const [name, value] of new FormData(form)) values.append(name, String(value));
  try {
    const response = await fetch(form.dataset.previews ?? "", {
      method: "POST",
      body: values,
      headers: { "X-CSRF-Token": token() },
      signal: asking.signal,
    });
    const place = document.getElementById("previews");
    if (!response.ok || !place) return;
    const focus = document.activeElement instanceof HTMLInputElement && place.contains(document.activeElement);
    if (focus) return; // never take away what is being filled in
    place.innerHTML = await response.text();
    showCopies(place);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) tellError(error);
  }
}

/** The link in the text follows the choice. @param {HTMLFormElement} form @param {HTMLInputElement} chosen */
function follow(form, chosen) {
  const text = form.querySelector("textarea");
  if (!text) return;
  const links = [...form.querySelectorAll("[data-link]")].map((one) => one.getAttribute("data-link") ?? "");
  const before = links.find((link) => link && text.value.includes(link));
  const now = chosen.dataset.link ?? "";
  if (before) text.value = text.value.replace(before, now).replace(/ {2,}/g, " ").trimEnd();
  else if (now) text.value = `${text.value.trimEnd()} ${now}`.trimStart();
}

/** @param {ParentNode} place */
function showCopies(place) {
  for (const button of place.querySelectorAll("[data-copy]")) if (button instanceof HTMLElement) button.hidden = false;
}

/** @param {HTMLFormElement} form @param {HTMLElement} button */
function offerSheet(form, button) {
  if (typeof navigator.share !== "function") return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const values = new FormData(form);
    const kind = String(values.get("picture"));
    /** @type {ShareData} */
    const data = { text: String(values.get("text")) };
    try {
      if (kind !== "none") {
        const picture = await (await fetch(`${location.pathname}/picture/${kind}`)).blob();
        const files = [new File([picture], "badge.png", { type: picture.type })];
        if (navigator.canShare?.({ files })) data.files = files;
      }
      await navigator.share(data);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) tellError(error);
    }
  });
}

/** @param {HTMLFormElement} form */
function compose(form) {
  const later = () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => preview(form), WAIT_MS);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement)) return;
    if (field.name === "link") follow(form, field);
    if (field.name === "picture") form.querySelector(".share-picture")?.setAttribute("data-kind", field.value);
    later();
  });
  const button = form.querySelector("[data-web-share]");
  if (button instanceof HTMLElement) offerSheet(form, button);
}

/** While something goes out, the list shows how it went. @param {HTMLElement} list */
function watch(list) {
  if (!list.querySelector("[data-busy]")) return;
  setTimeout(async () => {
    try {
      if (!document.hidden && !list.contains(document.activeElement)) {
        list.replaceChildren(await part(location.pathname, "outbox"));
      }
    } catch {
      return; // the daemon is gone; the page stays as it is
    }
    watch(list);
  }, OUTBOX_MS);
}

export function start() {
  const form = document.getElementById("share");
  if (form instanceof HTMLFormElement) compose(form);
  const list = document.getElementById("outbox");
  if (list) watch(list);
}
