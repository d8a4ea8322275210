// @ts-check
// Dropping files anywhere on a page, and pasting an address or a file.

import { part, token, tellError, typing } from "./page.js";

const veil = (/** @type {boolean} */ on) => document.body.classList.toggle("dropping", on);

/** @param {DataTransfer | null} data whether there is something to take */
const carries = (data) => Boolean(data && !ours && (data.types.includes("Files") || data.types.includes("text/uri-list")));

let ours = false;

const BATCH_BYTES = 8 << 20;

/** Files in heaps that are not too large for one request. @param {File[]} files */
function* heaps(files) {
  let heap = /** @type {File[]} */ ([]);
  let bytes = 0;
  for (const file of files) {
    if (heap.length && bytes + file.size > BATCH_BYTES) {
      yield heap;
      heap = [];
      bytes = 0;
    }
    heap.push(file);
    bytes += file.size;
  }
  if (heap.length) yield heap;
}

/**
 * Send what was dropped to the same place as the form of the page for adding badges.
 * @param {File[]} files
 * @param {string} addresses
 */
async function take(files, addresses) {
  try {
    let run = addresses ? await hand([], addresses, "") : "";
    for (const heap of heaps(files)) run = await hand(heap, "", run);
    if (run) location.assign(`/add/${run}`);
  } catch (error) {
    tellError(error);
  }
}

/** @param {File[]} files @param {string} addresses @param {string} run @returns {Promise<string>} the run they went into */
async function hand(files, addresses, run) {
  const form = new FormData();
  form.append("run", run);
  form.append("addresses", addresses);
  for (const file of files) form.append("files", file, file.name);
  const response = await fetch("/add", {
    method: "POST",
    body: form,
    headers: { "X-CSRF-Token": token(), Accept: "application/json" },
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? answer.title);
  return answer.run;
}

/** Show how far an import is, until it is done. */
async function follow() {
  const shown = document.querySelector("[data-running]");
  if (!shown) return;
  const found = await part(location.pathname, "run");
  shown.replaceWith(...found.children);
  window.setTimeout(follow, 400);
}

/** @param {DragEvent} event */
function drop(event) {
  veil(false);
  if (!carries(event.dataTransfer)) return;
  event.preventDefault();
  const files = [...(event.dataTransfer?.files ?? [])];
  take(files, files.length ? "" : (event.dataTransfer?.getData("text/uri-list") ?? ""));
}

/** An address, a JSON object, or a JWT: what the page for adding badges takes. */
const BADGE = /^(https?:\/\/\S+|\{[^]*\}|ey[\w-]{10,}\.[\w-]+\.[\w-]*\S*)$/;

/** @param {ClipboardEvent} event */
function paste(event) {
  if (typing(event.target)) return;
  const files = [...(event.clipboardData?.files ?? [])];
  const text = event.clipboardData?.getData("text/plain").trim() ?? "";
  if (!files.length && !BADGE.test(text)) return;
  event.preventDefault();
  take(files, files.length ? "" : text);
}

export function start() {
  document.addEventListener("dragover", (event) => {
    if (!carries(event.dataTransfer)) return;
    event.preventDefault();
    veil(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || veil(false));
  document.addEventListener("drop", drop);
  document.addEventListener("dragstart", () => (ours = true));
  document.addEventListener("dragend", () => (ours = false));
  document.addEventListener("paste", paste);
  window.setTimeout(follow, 300);
}
