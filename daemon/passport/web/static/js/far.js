// @ts-check
// What is far from what is seen keeps its box, its name and its link alone, and is whole again before it is seen. So a
// tab with ten thousand badges needs little more than one with a hundred, and the keyboard, a selection, a screen reader
// and the browser's own search in the page still find every badge.

/** Beyond what a browser prepares ahead (`content-visibility`): there a card keeps its size, whatever it holds. */
const NEAR = "250% 0px";
/** Who rushes past a badge does not make the browser load its picture. */
const STAYS_MS = 100;
const able = CSS.supports("content-visibility", "auto");

/** @type {WeakMap<Element, string>} what stood in a card when it was whole */
const whole = new WeakMap();
/** @type {Set<HTMLElement>} what came near and will be whole if it is still near in a moment */
const coming = new Set();
let waiting = 0;

/** @param {HTMLElement} card @param {number} height in px: it stays as high as it is, should it be seen too soon */
function thin(card, height) {
  const [box, title] = [card.querySelector(".pick"), card.querySelector(".title")];
  if (!box || !title || card.matches(".far") || card.contains(document.activeElement)) return;
  if (!whole.has(card)) whole.set(card, card.innerHTML);
  card.classList.add("far");
  card.style.minHeight = `${height}px`;
  card.replaceChildren(box, title);
}

/** @param {HTMLElement} card */
function restore(card) {
  if (!card.matches(".far")) return;
  const focused = card.contains(document.activeElement) ? document.activeElement : null;
  const template = document.createElement("template");
  template.innerHTML = whole.get(card) ?? "";
  for (const part of [".pick", ".title"]) {
    const kept = card.querySelector(part);
    if (kept) template.content.querySelector(part)?.replaceWith(kept);
  }
  card.replaceChildren(template.content);
  card.classList.remove("far");
  card.style.minHeight = "";
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
}

function restoreComing() {
  waiting = 0;
  for (const card of coming) restore(card);
  coming.clear();
}

/** @param {IntersectionObserverEntry[]} seen */
function moved(seen) {
  for (const { isIntersecting, target, boundingClientRect } of seen) {
    const card = /** @type {HTMLElement} */ (target);
    if (isIntersecting) coming.add(card);
    else {
      coming.delete(card);
      if (card.isConnected) thin(card, boundingClientRect.height);
    }
  }
  if (coming.size && !waiting) waiting = window.setTimeout(restoreComing, STAYS_MS);
}

const watching = new IntersectionObserver(moved, { rootMargin: NEAR });

/** Watch cards and lines; those that are watched already stay so. @param {Iterable<Element>} cards */
export function watch(cards) {
  if (able) for (const card of cards) watching.observe(card);
}

/** @returns {NodeListOf<HTMLElement>} */
const shown = () => document.querySelectorAll("#shown li");

export function start() {
  window.addEventListener("beforeprint", () => shown().forEach(restore)); // on paper everything is near
  window.addEventListener("afterprint", () => {
    watching.disconnect();
    watch(shown());
  });
}
