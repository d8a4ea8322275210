// @ts-check
// What changes is shown at once. The stream is closed while the page is hidden: a browser opens only six to a host.

import { tell } from "./page.js";

let source = /** @type {EventSource | null} */ (null);
let missed = false;

/** @param {MessageEvent} event */
async function added(event) {
  const { subject } = JSON.parse(event.data);
  document.dispatchEvent(new CustomEvent("passport:added", { detail: subject }));
  const shown = document.getElementById("shown");
  const plain = new URL(location.href).searchParams;
  plain.delete("done");
  if (!document.getElementById("results")) {
    if (document.querySelector("[data-empty]")) openGallery();
    return;
  }
  if ([...plain.keys()].some((name) => name !== "view") || shown?.matches(".timeline")) return refresh();
  await putFirst(shown, subject.slice("badge:".length));
}

/** A new badge slides in, and its stamp is pressed once. @param {HTMLElement | null} shown @param {string} id */
async function putFirst(shown, id) {
  const response = await fetch(`/card/${encodeURIComponent(id)}${location.search}`);
  if (!response.ok || !shown) return refresh();
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  const card = template.content.querySelector("li");
  if (!card || shown.querySelector(`[data-id="${CSS.escape(id)}"]`)) return;
  tell(card.querySelector(".title")?.textContent?.trim() ?? "");
  if (shown.childElementCount > 1 || document.getElementById("more")) return refresh(); // each sheet has whole rows
  card.classList.add("arrived");
  shown.querySelector("ul")?.prepend(card);
  around();
}

let leaving = false;
let opening = 0;

/** The first badge is there: the empty passport becomes a gallery, unless the page is being left anyway. */
function openGallery() {
  clearTimeout(opening);
  opening = window.setTimeout(() => leaving || location.reload(), 300);
}

let reckoning = 0;

/** Show the new counts, and leave the cards alone. */
function around() {
  clearTimeout(reckoning);
  reckoning = window.setTimeout(async () => {
    const response = await fetch(location.href);
    if (!response.ok) return;
    const anew = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const place of ["#summary", "#results > .tools", ".cover nav"]) {
      const parts = anew.querySelectorAll(place);
      document.querySelectorAll(place).forEach((old, number) => {
        const part = parts[number];
        if (part && !old.contains(document.activeElement)) old.replaceWith(part);
      });
    }
  }, 400);
}

let waiting = 0;

/** Several changes at once are one. */
function refresh() {
  clearTimeout(waiting);
  waiting = window.setTimeout(() => document.dispatchEvent(new CustomEvent("passport:changed")), 150);
}

/** A notice changes the counts alone. @param {MessageEvent} event */
function changed(event) {
  if (JSON.parse(event.data).subject.startsWith("notice:")) around();
  else refresh();
}

function open() {
  if (source || document.hidden) return;
  source = new EventSource("/events");
  source.addEventListener("hello", () => {
    if (missed) refresh();
    missed = false;
  });
  source.addEventListener("added", added);
  source.addEventListener("changed", changed);
  for (const name of ["purged", "reindexed", "resync"]) source.addEventListener(name, refresh);
}

function close() {
  source?.close();
  source = null;
  missed = true;
}

export function start() {
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  document.addEventListener("submit", (event) => (leaving = !event.defaultPrevented));
  window.addEventListener("pageshow", open);
  open();
}
