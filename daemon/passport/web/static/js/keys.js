// @ts-check
// The keyboard: / to search, arrows from badge to badge, x to select, z to undo, ? for help, g and a letter to go.

import { typing, undo } from "./page.js";
import { pickAll, unpick } from "./gallery.js";
import { picked } from "./picking.js";
import { bring, sheets } from "./sheets.js";

const PLACES = { g: "/", i: "/inbox", a: "/add", s: "/settings", t: "/trash", p: "/profile" };

let going = false;

/** @returns {HTMLAnchorElement[]} */
const badges = () => [...document.querySelectorAll("a.open")].filter((link) => link instanceof HTMLAnchorElement);

/** Go to the next badge in a direction, by where it is seen. @param {string} key */
async function move(key) {
  if (key === "Home" || key === "End") return toTheEnd(key === "Home");
  const all = badges();
  const here = all.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
  if (here < 0) return focusOn(all[0]);
  const rtl = document.documentElement.dir === "rtl";
  const step = key === "ArrowDown" || key === (rtl ? "ArrowLeft" : "ArrowRight") ? 1 : -1;
  const link = key === "ArrowLeft" || key === "ArrowRight" ? all[here + step] : above(all, here, step);
  const sheet = document.activeElement?.closest(".sheet");
  const beside = step > 0 ? sheet?.nextElementSibling : sheet?.previousElementSibling;
  if (beside instanceof HTMLElement && beside.matches(".far") && !(link && sheet?.contains(link))) {
    if (await bring(beside)) await move(key);
  } else focusOn(link);
}

/** @param {boolean} first the first badge, else the last */
async function toTheEnd(first) {
  const all = sheets();
  const sheet = first ? all[0] : all[all.length - 1];
  if (sheet && !(await bring(sheet))) return;
  const links = badges();
  focusOn(first ? links[0] : links[links.length - 1]);
}

/** @param {Element} link where its card is */
const box = (link) => (link.closest("li") ?? link).getBoundingClientRect();

/**
 * The badge above or below: the nearest one of the next row.
 * @param {HTMLAnchorElement[]} all
 * @param {number} here
 * @param {1 | -1} step
 */
function above(all, here, step) {
  const from = box(/** @type {Element} */ (document.activeElement));
  let best = /** @type {HTMLAnchorElement | null} */ (null);
  for (let place = here + step; place >= 0 && place < all.length; place += step) {
    const link = /** @type {HTMLAnchorElement} */ (all[place]);
    const to = box(link);
    if (Math.abs(to.top - from.top) < 8) continue;
    if (best && Math.abs(to.top - box(best).top) > 8) break;
    if (!best || Math.abs(to.left - from.left) < Math.abs(box(best).left - from.left)) best = link;
  }
  return best;
}

/** @param {HTMLAnchorElement | null | undefined} link */
function focusOn(link) {
  if (!link) return;
  link.focus({ preventScroll: true });
  (link.closest("li") ?? link).scrollIntoView({ block: "nearest" });
}

function help() {
  const dialog = document.getElementById("help");
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

/** @param {KeyboardEvent} event @returns {boolean} whether the key did something */
function press(event) {
  if (going) {
    going = false;
    const place = PLACES[/** @type {keyof typeof PLACES} */ (event.key)];
    if (place) location.assign(place);
    return Boolean(place);
  }
  switch (event.key) {
    case "/": {
      const field = document.getElementById("q");
      if (field instanceof HTMLInputElement) field.select();
      else location.assign("/");
      return true;
    }
    case "?":
      help();
      return true;
    case "g":
      going = true;
      window.setTimeout(() => (going = false), 1200);
      return true;
    case "z":
      undo();
      return true;
    case "x": {
      const box = document.activeElement?.closest("li")?.querySelector(".pick input");
      if (box instanceof HTMLInputElement) box.click();
      return Boolean(box);
    }
    case "a":
      if (!picked().length) return false;
      pickAll();
      return true;
    case "Escape":
      if (!picked().length) return false;
      unpick();
      return true;
    case "ArrowLeft":
    case "ArrowRight":
    case "ArrowUp":
    case "ArrowDown":
    case "Home":
    case "End":
      if (!badges().length || (event.key.length < 5 && !document.activeElement?.matches("a.open"))) return false;
      if (!document.activeElement?.matches("a.open, body, main, input[type=checkbox]")) return false;
      move(event.key);
      return true;
    default:
      return false;
  }
}

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const field = event.target;
    if (typing(field)) {
      if (!(field instanceof HTMLInputElement) || field.id !== "q") return;
      if (event.key === "ArrowDown") focusOn(badges()[0]);
      else if (event.key === "Escape" && field.value) {
        field.value = "";
        field.dispatchEvent(new Event("input"));
      } else return;
      event.preventDefault();
    } else if (press(event)) event.preventDefault();
  });
  const button = document.querySelector("[data-help]");
  if (button instanceof HTMLElement) {
    button.hidden = false;
    button.addEventListener("click", help);
  }
}
