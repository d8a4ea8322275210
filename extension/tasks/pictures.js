/** Pictures for the popup, as bytes: from the page's own session, or from the passport. */

import { choicesOf } from "../detect/pictures.js";
import { loadPictures, loadTab, savePictures } from "../lib/store.js";
import { readAll, snapshots, toBase64 } from "./page.js";
import { passport } from "./passport.js";

const BATCH = 8;
const MAX_PICTURES = 60;
const MAX_PICTURE_CHARS = 400_000;
const MAX_PICTURES_CHARS = 5_000_000;

/**
 * Pictures for the list, from the page's own session; never loaded by us from elsewhere.
 * @param {number} tabId
 */
export async function showPictures(tabId) {
  const state = await loadTab(tabId);
  if (!state) return;
  await showKept(tabId, state.items, await load(tabId, state.items.map((item) => item.picture ?? "")));
}

/**
 * What the reader may choose from by hand, the likeliest first; their pictures follow as they are read.
 * @param {number} tabId
 * @returns {Promise<Choice[]>}
 */
export async function listChoices(tabId) {
  const choices = choicesOf(await snapshots(tabId));
  void load(tabId, choices.map((choice) => choice.url));
  return choices;
}

/**
 * @param {number} tabId
 * @param {string[]} addresses
 * @returns {Promise<Record<string, string>>} all that are known of this tab
 */
async function load(tabId, addresses) {
  const shown = await loadPictures(tabId);
  const wanted = [...new Set(addresses.filter((url) => url && !Object.hasOwn(shown, url)))].slice(0, MAX_PICTURES);
  for (let at = 0; at < wanted.length; at += BATCH) {
    const answers = await readAll(tabId, wanted.slice(at, at + BATCH).map((url) => ({ url })), { only: "picture", maxBytes: MAX_PICTURE_CHARS * 0.75, timeoutMs: 5000 });
    for (const answer of answers) if (answer.type.startsWith("image/") && answer.base64) shown[answer.url] = `data:${answer.type};base64,${answer.base64}`;
    if (JSON.stringify(shown).length > MAX_PICTURES_CHARS) break;
    await savePictures(tabId, shown);
  }
  return shown;
}

/**
 * What is in the passport already has its picture there.
 * @param {number} tabId
 * @param {Item[]} items
 * @param {Record<string, string>} shown
 */
export async function showKept(tabId, items, shown) {
  for (const { entry, picture } of items) {
    if (!entry || (picture && shown[picture]) || shown[entry.id] || JSON.stringify(shown).length > MAX_PICTURES_CHARS) continue;
    try {
      const file = await passport.file(`/api/v1/badges/${entry.id}/file`);
      const type = file[0] === 0x89 ? "image/png" : new TextDecoder().decode(file.subarray(0, 512)).includes("<svg") ? "image/svg+xml" : "";
      if (type && file.length < MAX_PICTURE_CHARS * 0.75) shown[entry.id] = `data:${type};base64,${toBase64(file)}`;
    } catch {
      return;
    }
  }
  await savePictures(tabId, shown);
}
