/** What is done in the page of a tab: read it once, fetch its files with its session. */

import { textOfData } from "../detect/pictures.js";
import { api } from "../lib/browser.js";
import { collect } from "../page/collect.js";
import { read } from "../page/read.js";

/** @typedef {{url: string, base64: string, type: string, problem: string}} Answer */

const MAX_FRAMES = 20;
/** The largest file that is handed to the passport: its own limit for a picture. */
export const MAX_FILE_BYTES = 10 << 20;

/**
 * Take the snapshots of a tab: the page itself first, then its frames of the same site.
 * @param {number} tabId
 * @returns {Promise<Snapshot[]>} empty: the browser does not let us look here
 */
export async function snapshots(tabId) {
  const frames = await api.scripting.executeScript({ target: { tabId, allFrames: true }, func: collect });
  const results = frames.toSorted((a, b) => a.frameId - b.frameId).slice(0, MAX_FRAMES);
  return results.map((frame) => /** @type {Snapshot | null | undefined} */ (frame.result)).filter((page) => page !== null && page !== undefined);
}

/**
 * Fetch files as the page would.
 * @param {number} tabId
 * @param {Reading[]} wanted
 * @param {{only: "any" | "speaking" | "picture", maxBytes?: number, timeoutMs?: number}} how
 * @returns {Promise<Answer[]>} in the same order
 */
export async function readAll(tabId, wanted, { only, maxBytes = MAX_FILE_BYTES, timeoutMs = 15_000 }) {
  const data = wanted.map((one) => (one.url.startsWith("data:") ? fromData(one.url) : null));
  const remote = wanted.filter((_, index) => data[index] === null);
  const answers = remote.length ? await inPage(tabId, remote, { only, maxBytes, timeoutMs }) : [];
  return data.map((answer) => answer ?? answers.shift() ?? { url: "", base64: "", type: "", problem: "unreadable" });
}

/**
 * @param {number} tabId
 * @param {Reading[]} wanted
 * @param {{only: "any" | "speaking" | "picture", maxBytes: number, timeoutMs: number}} limits
 * @returns {Promise<Answer[]>}
 */
async function inPage(tabId, wanted, limits) {
  try {
    const [frame] = await api.scripting.executeScript({ target: { tabId }, func: read, args: [wanted.map(plain), limits] });
    return /** @type {Answer[] | undefined} */ (frame?.result) ?? wanted.map(unread);
  } catch {
    return wanted.map(unread);
  }
}

/** Arguments of a script must be JSON: no `undefined`. @param {Reading} one */
const plain = (one) => JSON.parse(JSON.stringify(one));

/** @param {Reading} one @returns {Answer} */
const unread = (one) => ({ url: one.url, base64: "", type: "", problem: "unreadable" });

/** @param {string} url @returns {Answer} */
function fromData(url) {
  const type = /^data:([a-z+/.-]+)/i.exec(url)?.[1]?.toLowerCase() ?? "";
  const base64 = /;base64,/i.test(url.slice(0, 100)) ? url.slice(url.indexOf(",") + 1) : toBase64(new TextEncoder().encode(textOfData(url)));
  return { url, base64, type, problem: "" };
}

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** @param {string} base64 @returns {Uint8Array<ArrayBuffer>} */
export const fromBase64 = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
