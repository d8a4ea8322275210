/** The button was pressed: read the page, list its badges, then look closer at what only the bytes can tell. */

import { detect, merge } from "../detect/detect.js";
import { choicesOf } from "../detect/pictures.js";
import { api } from "../lib/browser.js";
import { Trouble } from "../lib/daemon.js";
import { loadBook } from "../lib/recipes.js";
import { isSettled } from "../lib/settled.js";
import { loadTab } from "../lib/store.js";
import { snapshots } from "./page.js";
import { pairWith, passportOrigin, readCode } from "./pairing.js";
import { passport } from "./passport.js";
import { showPictures } from "./pictures.js";
import { asItem, probeAll } from "./probe.js";
import { begin, change, empty } from "./tabs.js";

/** A list is shown again for so long; after that the page is read anew. */
const FRESH_MS = 5 * 60_000;

/** Looks that run in this life of the script: the tab and the address that is looked at. @type {Map<number, string>} */
const running = new Map();

/** @typedef {import("../detect/recipes.js").Book} Book */

/**
 * @param {number} tabId
 * @param {string} url
 * @param {string} title
 * @param {boolean} [again] even if the list is fresh
 */
export async function look(tabId, url, title, again = false) {
  const before = await loadTab(tabId);
  const known = before?.url === url && (busy(before) || running.get(tabId) === url || (!again && isFresh(before)));
  if (known) return void (await refresh(tabId));
  running.set(tabId, url);
  try {
    await begin(empty(tabId, url, title, "looking"));
    if (passportOrigin(url)) await lookAtPassport(tabId, url);
    else await lookAtPage(tabId, url);
  } finally {
    if (running.get(tabId) === url) running.delete(tabId);
  }
}

/** @param {TabState} state */
const busy = (state) => state.items.some((item) => ["waiting", "reading", "checking"].includes(item.state));
/** A look that was cut short, by the browser or by another page, is not fresh. @param {TabState} state */
const isFresh = (state) => isSettled(state) && state.phase === "ready" && Date.now() - state.at < FRESH_MS;

/** @param {number} tabId @param {string} url */
async function lookAtPassport(tabId, url) {
  const base = String(passportOrigin(url));
  try {
    const code = (await isConnectedTo(base)) ? "" : await readCode(tabId);
    if (code) await pairWith(base, code);
    const ours = code ? "ours" : await passport.ping(base);
    if (ours === "ours") {
      await change(tabId, (state) => ({ ...state, phase: code ? "connected" : "gallery" }));
      return void (await refresh(tabId));
    }
  } catch (error) {
    const problem = error instanceof Trouble ? error.code : "no-permission";
    return void (await change(tabId, (state) => ({ ...state, phase: "gallery", problem })));
  }
  return void (await lookAtPage(tabId, url));
}

/** Pressed again on the page for connecting: one connection is enough. @param {string} base */
async function isConnectedTo(base) {
  try {
    return (await passport.connect()).base === base;
  } catch {
    return false;
  }
}

/** @param {number} tabId @param {string} url */
async function lookAtPage(tabId, url) {
  const [pages, book] = await Promise.all([snapshots(tabId).catch(() => []), loadBook()]);
  if (!pages[0]) return void (await change(tabId, (state) => ({ ...state, phase: "no-access" })));
  const found = together(pages, book);
  await change(tabId, (state) => ({
    ...state,
    title: pages[0]?.title || state.title,
    phase: "ready",
    items: found.findings.map(asItem),
    offer: found.offer,
    says: found.says,
    truncated: found.truncated,
    probing: { done: 0, total: found.probes.length, examining: 0, unseen: 0 },
    choices: choicesOf(pages).length,
  }));
  await Promise.all([refresh(tabId), probeAll({ tabId, url }, found.probes, book), showPictures(tabId)]);
  await Promise.all([refresh(tabId), showPictures(tabId)]);
}

/**
 * @param {Snapshot[]} pages
 * @param {Book} book
 * @returns {Detection}
 */
function together(pages, book) {
  const all = pages.map((page) => detect(page, book));
  return {
    findings: merge(all.flatMap((each) => each.findings)).slice(0, 200),
    probes: all.flatMap((each) => each.probes).slice(0, 200),
    offer: all.some((each) => each.offer),
    says: all[0]?.says ?? "",
    truncated: all.some((each) => each.truncated),
  };
}

/**
 * Ask the daemon what it holds already; and say why it cannot be asked.
 * @param {number} tabId
 */
export async function refresh(tabId) {
  const state = await loadTab(tabId);
  if (!state) return;
  try {
    const items = state.items.map(({ key, addresses, id }) => ({ key, names: [...addresses, ...(id ? [id] : [])] }));
    const answer = items.length ? await passport.call("POST", "/api/v1/captures/look", { items }) : await passport.connect().then(() => ({ items: [] }));
    const known = new Map(/** @type {{key: string, entry: KnownEntry | null}[]} */ (answer.items).map((each) => [each.key, each.entry]));
    await change(tabId, (now) => ({ ...now, problem: "", items: now.items.map((item) => arrived({ ...item, entry: item.entry ?? known.get(item.key) ?? null })) }));
  } catch (error) {
    const problem = await problemOf(error);
    await change(tabId, (now) => ({ ...now, problem }));
  }
}

/** What waited and is there now was sent meanwhile. @param {Item} item @returns {Item} */
const arrived = (item) => (item.result === "queued" && item.entry ? { ...item, result: "added" } : item);

/** Firefox lets its owner take the permission for this computer back. @param {unknown} error */
async function problemOf(error) {
  const code = error instanceof Trouble ? error.code : "not-running";
  if (code !== "not-running") return code;
  return (await api.permissions.contains({ origins: ["http://127.0.0.1/*"] })) ? code : "no-permission";
}
