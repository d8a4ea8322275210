// @ts-check
// Putting the badges of a collection in order by dragging; the buttons do the same by keyboard.

import { send, tell, tellError, undo } from "./page.js";

let dragged = /** @type {HTMLElement | null} */ (null);

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const cardOf = (target) => (target instanceof Element ? target.closest("[data-order] > li") : null);

/** @param {DragEvent} event */
function over(event) {
  const card = cardOf(event.target);
  if (!dragged || !card) return;
  event.preventDefault();
  event.stopPropagation();
  if (card === dragged) return;
  const after = dragged.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING;
  card[after ? "after" : "before"](dragged);
}

async function dropped() {
  const card = dragged;
  const list = card?.parentElement;
  dragged = null;
  if (!card || !(list instanceof HTMLElement)) return;
  const place = String([...list.children].indexOf(card));
  try {
    const done = await send(list.dataset.order ?? "", new URLSearchParams({ do: "place", id: card.dataset.id ?? "", place }));
    tell(done.text, () => undo(done.token).then(() => location.reload()));
  } catch (error) {
    tellError(error);
  }
}

export function start() {
  for (const card of document.querySelectorAll("[data-order] > li")) card.setAttribute("draggable", "true");
  document.addEventListener("dragstart", (event) => (dragged = cardOf(event.target)));
  document.addEventListener("dragover", over, true);
  document.addEventListener("dragend", dropped);
}
