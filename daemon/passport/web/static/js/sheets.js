// @ts-check
// A long gallery lies there in sheets. What is far from what is seen is only a place of the same height, with the names
// of its badges for the browser's search; it is asked for again before it is seen. So a tab with ten thousand badges
// needs little more than one with a hundred.

import { part, tellError } from "./page.js";
import { forget, keepPicked, picked, pickKept } from "./picking.js";

/** How far a sheet is from what is seen when it is taken away. */
const NEAR = "200% 0px";
/** Who rushes past a sheet does not make the browser load it. */
const STAYS_MS = 80;

/** @type {Map<Element, Promise<boolean>>} what is being asked for */
const coming = new Map();
/** @type {Set<HTMLElement>} what came near and is put back if it is still near in a moment */
const near = new Set();
/** @type {Map<string, Element>} a rosette stands on many cards: as long as it is kept here it is loaded and drawn once */
const rosettes = new Map();
const MOST_ROSETTES = 256;
let waiting = 0;
/** @type {HTMLElement | null} what is far and whole, for the keyboard is there */
let held = null;

/** @returns {HTMLElement[]} all sheets and places */
export const sheets = () =>
  [...document.querySelectorAll("#shown > .sheet")].flatMap((sheet) => (sheet instanceof HTMLElement ? [sheet] : []));

/** Leave only a place. @param {HTMLElement} sheet @param {number} height in px */
function leave(sheet, height) {
  if (sheet.matches(".far") || !height) return;
  if (sheet.contains(document.activeElement)) {
    held = sheet;
    return;
  }
  const names = [...sheet.querySelectorAll(".title, .by, .year")].map((text) => text.textContent?.trim());
  const link = document.createElement("a");
  Object.assign(link, { href: sheet.dataset.at ?? "/", textContent: sheet.dataset.name ?? "" });
  const words = document.createElement("div");
  Object.assign(words, { className: "names", textContent: names.join("\n") });
  words.setAttribute("hidden", "until-found");
  const kept = keepPicked(sheet);
  keepRosettes(sheet);
  letPicturesGo(sheet);
  sheet.dataset.many = String(sheet.querySelectorAll("li").length);
  sheet.classList.add("far");
  sheet.style.height = `${height}px`;
  sheet.replaceChildren(link, words, kept);
}

/** @param {Element} sheet */
function keepRosettes(sheet) {
  for (const picture of sheet.querySelectorAll("img.rosette")) {
    const address = picture.getAttribute("src") ?? "";
    rosettes.delete(address);
    rosettes.set(address, picture);
    picture.remove(); // what keeps one of them would keep its whole sheet
  }
  for (const oldest of rosettes.keys()) if (rosettes.size > MOST_ROSETTES) rosettes.delete(oldest);
}

/** What a picture holds is given back at once, and not with the next collection of garbage. @param {Element} sheet */
function letPicturesGo(sheet) {
  for (const picture of sheet.querySelectorAll("img")) {
    picture.removeAttribute("srcset");
    picture.removeAttribute("src");
  }
}

/** Put a sheet back. @param {HTMLElement} sheet @returns {Promise<boolean>} whether it is whole */
export function bring(sheet) {
  if (!sheet.matches(".far")) return Promise.resolve(true);
  const asked = coming.get(sheet) ?? ask(sheet).finally(() => coming.delete(sheet));
  coming.set(sheet, asked);
  return asked;
}

/** @param {HTMLElement} sheet */
async function ask(sheet) {
  try {
    const found = await part(sheet.dataset.at ?? "/", "more");
    const whole = found.querySelector(".sheet");
    if (!whole || !sheet.isConnected) return false;
    const kept = sheet.querySelector(".kept");
    const focused = sheet.contains(document.activeElement);
    fillIn(sheet, whole);
    if (kept?.childElementCount) sheet.append(kept);
    pickKept();
    const links = [...sheet.querySelectorAll("a.open")];
    const link = sheet.dataset.from === "below" ? links[links.length - 1] : links[0];
    if (focused && link instanceof HTMLElement) link.focus({ preventScroll: true });
    return true;
  } catch (error) {
    tellError(error);
    return false;
  }
}

/** @param {HTMLElement} sheet @param {Element} whole what has been asked for */
function fillIn(sheet, whole) {
  sheet.replaceChildren(...whole.childNodes);
  sheet.classList.remove("far");
  sheet.style.height = "";
}

/**
 * The same look has been asked for anew: its other sheets stay where they are, those that are whole with what is there
 * now. (A timeline begins again: where its sheets end depends on its years.)
 * @param {DocumentFragment} found
 * @param {AbortSignal} signal
 * @returns {Promise<(() => void) | null>} what puts them into it, at once
 */
export async function othersAnew(found, signal) {
  const [shown, more, [first, ...others]] = [found.querySelector("#shown"), found.querySelector("#more"), sheets()];
  const address = shown?.querySelector(".sheet")?.getAttribute("data-at");
  if (!shown || !(more instanceof HTMLAnchorElement) || address !== first?.dataset.at || shown.matches(".timeline")) return null;
  const next = new URL(more.getAttribute("href") ?? "/", location.href);
  const [size, total] = [Number(next.searchParams.get("offset")), Number(shown.parentElement?.dataset.total)];
  const kept = others.slice(0, Math.ceil(total / size) - 1);
  // What is selected may lie in another sheet now, or in none: then all are asked for.
  const whole = picked().length ? kept : kept.filter((sheet) => !sheet.matches(".far"));
  const anew = await Promise.all(whole.map((sheet) => part(sheet.dataset.at ?? "/", "more", signal)));
  return () => {
    whole.forEach((sheet, number) => {
      const came = anew[number]?.querySelector(".sheet");
      if (came) fillIn(sheet, came);
      watching.unobserve(sheet); // and observed anew: what is far goes again
    });
    kept.forEach(forget);
    shown.append(...kept);
    next.searchParams.set("offset", String(size * (kept.length + 1)));
    if (size * (kept.length + 1) < total) more.href = next.pathname + next.search;
    else more.closest(".sentinel")?.remove();
  };
}

function bringNear() {
  waiting = 0;
  for (const sheet of near) if (sheet.isConnected) bring(sheet);
  near.clear();
}

/** @param {IntersectionObserverEntry[]} seen */
function moved(seen) {
  for (const { isIntersecting, target, boundingClientRect } of seen) {
    const sheet = /** @type {HTMLElement} */ (target);
    if (isIntersecting) near.add(sheet);
    else {
      near.delete(sheet);
      if (sheet.isConnected) leave(sheet, boundingClientRect.height);
    }
  }
  if (near.size && !waiting) waiting = window.setTimeout(bringNear, STAYS_MS);
}

const watching = new IntersectionObserver(moved, { rootMargin: NEAR });

/** Watch all sheets; those that are watched already stay so. */
export function watch() {
  for (const sheet of sheets()) watching.observe(sheet);
}

let wide = window.innerWidth;

/** In a window of another width rows hold more or fewer: the places grow and shrink as the sheets do. */
function resized() {
  const whole = sheets().filter((sheet) => !sheet.matches(".far"));
  const many = whole.reduce((sum, sheet) => sum + sheet.querySelectorAll("li").length, 0);
  if (wide === window.innerWidth || !many) return;
  wide = window.innerWidth;
  const each = whole.reduce((sum, sheet) => sum + sheet.getBoundingClientRect().height, 0) / many;
  for (const place of sheets()) if (place.matches(".far")) place.style.height = `${each * Number(place.dataset.many)}px`;
}

/** Who comes to a place by keyboard, or by the browser's search, finds the sheet there. @param {Event} event */
function reached(event) {
  const { target } = event;
  if (!(target instanceof Element)) return;
  const place = target.closest("#shown > .far");
  if (place instanceof HTMLElement) {
    const before = event instanceof FocusEvent && event.relatedTarget instanceof Node ? event.relatedTarget : place;
    const below = place.compareDocumentPosition(before) & Node.DOCUMENT_POSITION_FOLLOWING;
    place.dataset.from = below ? "below" : "above";
    bring(place);
  }
}

/** The keyboard has left what is far: look at it once more. */
function letGo() {
  if (!held) return;
  watching.unobserve(held);
  watching.observe(held);
  held = null;
}

export function start() {
  let resizing = 0;
  window.addEventListener("resize", () => {
    clearTimeout(resizing);
    resizing = window.setTimeout(resized, 150);
  });
  document.addEventListener("focusin", reached);
  document.addEventListener("focusout", letGo);
  document.addEventListener("beforematch", reached);
}
