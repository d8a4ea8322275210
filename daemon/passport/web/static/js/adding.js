// @ts-check
// Dropping files anywhere on a page, and pasting an address or a file.

import { token, tellError, typing } from "./page.js";

const veil = (/** @type {boolean} */ on) => document.body.classList.toggle("dropping", on);

/** @param {DataTransfer | null} data whether there is something to take */
const carries = (data) => Boolean(data && (data.types.includes("Files") || data.types.includes("text/uri-list")));

/**
 * Send what was dropped to the same place as the form of the page for adding badges.
 * @param {File[]} files
 * @param {string} addresses
 */
async function take(files, addresses) {
  const form = new FormData();
  form.append("csrf", token());
  form.append("addresses", addresses);
  for (const file of files) form.append("files", file, file.name);
  try {
    const response = await fetch("/add", {
      method: "POST",
      body: form,
      headers: { "X-CSRF-Token": token(), Accept: "application/json" },
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail ?? answer.title);
    location.assign(answer.go);
  } catch (error) {
    tellError(error);
  }
}

/** @param {DragEvent} event */
function drop(event) {
  veil(false);
  if (!carries(event.dataTransfer)) return;
  event.preventDefault();
  const files = [...(event.dataTransfer?.files ?? [])];
  take(files, files.length ? "" : (event.dataTransfer?.getData("text/uri-list") ?? ""));
}

/** @param {ClipboardEvent} event */
function paste(event) {
  if (typing(event.target)) return;
  const files = [...(event.clipboardData?.files ?? [])];
  const text = event.clipboardData?.getData("text/plain").trim() ?? "";
  if (!files.length && !/^https?:\/\/\S+$/.test(text)) return;
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
  document.addEventListener("paste", paste);
}
