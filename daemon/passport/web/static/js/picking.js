// @ts-check
// The boxes that select badges; also those of badges that are far, of which only a place is there.

import { part } from "./page.js";

/** @type {WeakMap<Element, string[]>} the badges of a place, by id */
const badgesOf = new WeakMap();

/** @param {ParentNode} place @returns {HTMLInputElement[]} */
export const boxesIn = (place) =>
  [...place.querySelectorAll(".pick input")].flatMap((box) => (box instanceof HTMLInputElement ? [box] : []));

/** @returns {HTMLInputElement[]} all boxes that select a badge */
export const boxes = () => boxesIn(document);

/** @returns {HTMLInputElement[]} */
export const picked = () => boxes().filter((box) => box.checked);

/** What is selected in a sheet stays so when it goes. @param {Element} sheet @returns {HTMLElement} where the boxes are now */
export function keepPicked(sheet) {
  const all = boxesIn(sheet);
  badgesOf.set(
    sheet,
    all.map((box) => box.value),
  );
  const kept = document.createElement("div");
  kept.className = "kept";
  kept.hidden = true;
  kept.append(...all.filter((box) => box.checked).map((box) => box.parentElement ?? box));
  return kept;
}

/** Select in the sheets what was kept for them, wherever it is now. */
export function pickKept() {
  const kept = [...document.querySelectorAll(".kept")].flatMap(boxesIn);
  if (!kept.length) return;
  const shown = new Map(boxes().flatMap((box) => (box.closest(".kept") ? [] : [[box.value, box]])));
  for (const box of kept) {
    const twin = shown.get(box.value);
    if (twin && box.checked) twin.checked = true;
    if (twin || !box.checked) box.parentElement?.remove();
  }
}

/** Something changed: which badges a place has is asked for when it matters. @param {Element} place */
export const forget = (place) => badgesOf.delete(place);

/** Give each place a box for each of its badges, so that all can be selected. */
export async function layOut() {
  const places = [...document.querySelectorAll("#shown > .far")];
  const badges = await Promise.all(places.map(async (place) => badgesOf.get(place) ?? (await askFor(place))));
  places.forEach((place, number) => {
    const there = new Map(boxesIn(place).map((box) => [box.value, box.parentElement ?? box]));
    const boxed = (badges[number] ?? []).map((id) => there.get(id) ?? boxFor(id));
    if (place.matches(".far")) place.querySelector(".kept")?.replaceChildren(...boxed);
  });
}

/** @param {Element} place */
async function askFor(place) {
  const found = await part(place.getAttribute("data-at") ?? "/", "more");
  const ids = boxesIn(found).map((box) => box.value);
  badgesOf.set(place, ids);
  return ids;
}

/** @param {string} id of a badge */
function boxFor(id) {
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: "id", value: id });
  box.setAttribute("form", "picking");
  const label = document.createElement("label");
  label.className = "pick";
  label.append(box);
  return label;
}
