// @ts-check
// The gallery: search as one types, filters without loading anew, more cards when the end comes near.

import { part, say, tell, tellError, send, undo } from "./page.js";
import { boxes, layOut, picked, pickKept } from "./picking.js";
import { othersAnew, watch } from "./sheets.js";

let asking = new AbortController();

const results = () => document.getElementById("results");

/**
 * Show another look of the gallery.
 * @param {string} address
 * @param {"push" | "replace" | "none"} history what becomes of the address bar
 */
export async function look(address, history = "push") {
  asking.abort();
  asking = new AbortController();
  try {
    const found = await part(address, "results", asking.signal);
    const open = document.querySelector("details.filters")?.hasAttribute("open");
    const putOthers = history === "none" ? await othersAnew(found, asking.signal) : null;
    const again = whereFocused();
    const summary = found.querySelector("#results")?.getAttribute("data-summary");
    const wanted = new Set(picked().map((box) => box.value));
    putOthers?.();
    results()?.replaceWith(...found.childNodes);
    const gone = pickAgain(wanted);
    if (gone) tell(say("No longer selected, as they are not shown here: %(number)s", { number: gone }));
    if (open) document.querySelector("details.filters")?.setAttribute("open", "");
    if (summary) setText("summary", summary);
    again?.()?.focus({ preventScroll: true });
    if (history === "push") window.history.pushState(null, "", address);
    if (history === "replace") window.history.replaceState(null, "", address);
    prepare();
  } catch (error) {
    if (!(error instanceof DOMException)) tellError(error);
  }
}

/** @param {string} id @param {string} text */
function setText(id, text) {
  const element = document.getElementById(id);
  if (element) element.textContent = text;
}

/** @returns {(() => HTMLAnchorElement | undefined) | null} what finds the link again: of the same badge, or of the same name */
function whereFocused() {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLAnchorElement) || !results()?.contains(focused)) return null;
  const badge = (/** @type {Element} */ link) => link.closest("[data-id]")?.getAttribute("data-id");
  const [id, text] = [badge(focused), focused.textContent];
  return () => [...(results()?.querySelectorAll("a") ?? [])].find((link) => (id ? badge(link) === id : link.textContent === text));
}

/** Select again what was selected; return of how many that cannot be. @param {Set<string>} wanted ids of badges */
function pickAgain(wanted) {
  const all = boxes();
  for (const box of all) if (wanted.has(box.value)) box.checked = true;
  for (const box of all) wanted.delete(box.value);
  pickKept();
  return wanted.size;
}

/** Watch the end of what is shown, the sheets, and the boxes that select. */
function prepare() {
  const more = document.getElementById("more");
  if (more) nearing.observe(more);
  watch();
  countPicked();
}

const nearing = new IntersectionObserver(
  (seen) => {
    for (const entry of seen) {
      if (entry.isIntersecting && entry.target instanceof HTMLAnchorElement) showMore(entry.target);
    }
  },
  { rootMargin: "1200px" },
);

/** @param {HTMLAnchorElement} link */
async function showMore(link) {
  nearing.unobserve(link);
  try {
    const found = await part(link.href, "more");
    if (!link.isConnected) return;
    const sentinel = found.querySelector(".sentinel");
    document.getElementById("shown")?.append(...found.querySelectorAll(".sheet"));
    link.closest(".sentinel")?.remove();
    if (sentinel) results()?.append(sentinel);
    prepare();
  } catch (error) {
    tellError(error);
  }
}

function countPicked() {
  setText("picked-count", String(picked().length));
  for (const button of document.querySelectorAll("[data-unpick], [data-pick-all]")) {
    if (button instanceof HTMLElement) button.hidden = false;
  }
}

export async function pickAll() {
  await layOut().catch(tellError);
  for (const box of boxes()) box.checked = true;
  countPicked();
}

export function unpick() {
  for (const box of picked()) box.checked = false;
  pickKept();
  countPicked();
}

/** The address of what the search field and the filters say. */
function searched() {
  const form = document.querySelector("form.search");
  if (!(form instanceof HTMLFormElement)) return location.href;
  const here = new URL(location.href);
  const words = /** @type {HTMLInputElement} */ (document.getElementById("q")).value;
  if (words) here.searchParams.set("q", words);
  else here.searchParams.delete("q");
  here.searchParams.delete("offset");
  here.searchParams.delete("done");
  return here.pathname + here.search;
}

let waiting = 0;

function search() {
  clearTimeout(waiting);
  waiting = window.setTimeout(() => look(searched(), "replace"), 90);
}

/** @param {SubmitEvent} event */
async function decide(event) {
  const button = event.submitter;
  if (!(button instanceof HTMLButtonElement) || button.dataset.plain !== undefined) return;
  event.preventDefault();
  const values = new URLSearchParams();
  for (const [name, value] of new FormData(/** @type {HTMLFormElement} */ (event.target), button)) {
    values.append(name, String(value));
  }
  try {
    const done = await send("/badges/decide", values);
    tell(done.text, done.token ? () => undo(done.token) : undefined);
    unpick();
    await look(location.pathname + location.search, "none");
  } catch (error) {
    tellError(error);
  }
}

/** @param {MouseEvent} event */
function follow(event) {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.id === "more") {
    event.preventDefault();
    showMore(link);
  } else if (link.matches("#results .tools a, #results .facets a, #results .none-found a")) {
    event.preventDefault();
    const field = document.getElementById("q");
    const words = new URL(link.href).searchParams.get("q") ?? "";
    if (field instanceof HTMLInputElement && field.value !== words) field.value = words;
    look(link.pathname + link.search);
  }
}

let range = /** @type {HTMLInputElement | null} */ (null);

/** Select all badges between two, with the shift key. @param {MouseEvent} event */
async function pick(event) {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || !box.matches(".pick input")) return;
  const from = range;
  range = box;
  if (event.shiftKey && from) {
    await layOut().catch(tellError);
    const all = boxes();
    const [first = 0, last = 0] = [from, box].map((end) => all.findIndex(({ value }) => value === end.value)).sort((a, b) => a - b);
    for (const one of all.slice(first, last + 1)) one.checked = box.checked;
    pickKept();
  }
  countPicked();
}

export function start() {
  const field = document.getElementById("q");
  if (!results() || !(field instanceof HTMLInputElement)) return;
  field.addEventListener("input", search);
  document.querySelector("form.search")?.addEventListener("submit", (event) => {
    event.preventDefault();
    look(searched());
  });
  document.addEventListener("click", follow);
  document.addEventListener("click", pick);
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement && event.target.id === "sort") {
      const here = new URL(location.href);
      here.searchParams.set("sort", event.target.value);
      here.searchParams.delete("offset");
      look(here.pathname + here.search);
    }
  });
  document.getElementById("picking")?.addEventListener("submit", decide);
  document.querySelector("[data-pick-all]")?.addEventListener("click", pickAll);
  document.querySelector("[data-unpick]")?.addEventListener("click", unpick);
  document.addEventListener("passport:changed", () => look(location.pathname + location.search, "none"));
  window.addEventListener("popstate", () => {
    field.value = new URL(location.href).searchParams.get("q") ?? "";
    look(location.pathname + location.search, "none");
  });
  prepare();
}
