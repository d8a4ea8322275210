/** Connecting this browser: the button was pressed on the passport's own page, or a code was typed. */

import { api } from "../lib/browser.js";
import { Trouble } from "../lib/daemon.js";
import { passport } from "./passport.js";

const PAGE = /^http:\/\/127\.0\.0\.1:(\d{1,5})\//;

/** @param {string} url @returns {string | null} the origin of a page that may be the passport's */
export const passportOrigin = (url) => (PAGE.test(url) ? new URL(url).origin : null);

/**
 * Read the single-use code from the page that its owner is looking at.
 * @param {number} tabId
 * @returns {Promise<string>} empty: the page has none
 */
export async function readCode(tabId) {
  const [answer] = await api.scripting.executeScript({
    target: { tabId },
    func: () => Document.prototype.querySelector.call(document, 'meta[name="passport-pairing"]')?.getAttribute("content") ?? "",
  });
  return /^[A-Za-z0-9_-]{16,64}$/.test(String(answer?.result)) ? String(answer?.result) : "";
}

/**
 * @param {string} base
 * @param {string} code
 */
export const pairWith = (base, code) => passport.pair(base, { code, label: label(), browser: browserName() });

/**
 * A typed code does not say where the passport listens: ask each that answers.
 * @param {string} code
 */
export async function pairByHand(code) {
  const { bases, trouble } = await passport.find();
  /** @type {unknown} */
  let last = new Trouble(trouble || "not-running");
  for (const base of bases) {
    try {
      return await pairWith(base, code);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** Forget the connection on both sides, as far as the other can be reached. */
export async function disconnect() {
  try {
    await passport.call("DELETE", "/api/v1/clients/self");
  } catch {
    // it is forgotten here in any case; the passport's page shows what is still connected there
  }
  await passport.around.save(null);
}

function browserName() {
  const agent = navigator.userAgent;
  return /firefox/i.test(agent) ? "Firefox" : /edg\//i.test(agent) ? "Edge" : "Chromium";
}

function label() {
  const agent = navigator.userAgent;
  const system = /windows/i.test(agent) ? "Windows" : /mac os/i.test(agent) ? "macOS" : /cros/i.test(agent) ? "ChromeOS" : "Linux";
  return `${browserName()} on ${system}`;
}
