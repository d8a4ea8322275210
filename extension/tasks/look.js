/** The button was pressed: read the page, list its badges, then look closer at what only the bytes can tell. */

import { inspect } from "../detect/bytes.js";
import { detect, extend, merge, resolve } from "../detect/detect.js";
import { isLocal, parse } from "../detect/urls.js";
import { api } from "../lib/browser.js";
import { Trouble } from "../lib/daemon.js";
import { loadBook } from "../lib/recipes.js";
import { loadPictures, loadTab, savePictures } from "../lib/store.js";
import { fromBase64, readAll, snapshots, toBase64 } from "./page.js";
import { pairWith, passportOrigin, readCode } from "./pairing.js";
import { passport } from "./passport.js";
import { begin, change, empty } from "./tabs.js";

/** A list is shown again for so long; after that the page is read anew. */
const FRESH_MS = 5 * 60_000;
const BATCH = 8;
const PROBE_BYTES = 4 << 20;
const MAX_PICTURE_CHARS = 400_000;
const MAX_PICTURES_CHARS = 5_000_000;
/** So many pictures that the page may not read itself are left to the daemon to look at. */
const MAX_EXAMINED = 12;
const LIKELY = 3;

/** @typedef {import("../detect/recipes.js").Book} Book */

/**
 * @param {number} tabId
 * @param {string} url
 * @param {string} title
 * @param {boolean} [again] even if the list is fresh
 */
export async function look(tabId, url, title, again = false) {
  const before = await loadTab(tabId);
  if (before && before.url === url && (busy(before) || (!again && isFresh(before)))) return void (await refresh(tabId));
  await begin(empty(tabId, url, title, "looking"));
  if (passportOrigin(url)) await lookAtPassport(tabId, url);
  else await lookAtPage(tabId);
}

/** @param {TabState} state */
const busy = (state) => state.items.some((item) => ["waiting", "reading", "checking"].includes(item.state));
/** @param {TabState} state */
const isFresh = (state) => state.phase === "ready" && Date.now() - state.at < FRESH_MS;

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
  return void (await lookAtPage(tabId));
}

/** Pressed again on the page for connecting: one connection is enough. @param {string} base */
async function isConnectedTo(base) {
  try {
    return (await passport.connect()).base === base;
  } catch {
    return false;
  }
}

/** @param {number} tabId */
async function lookAtPage(tabId) {
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
    probing: { done: 0, total: found.probes.length },
  }));
  await Promise.all([refresh(tabId), probeAll(tabId, found.probes, book), showPictures(tabId)]);
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

/** @param {Finding} finding @returns {Item} */
const asItem = (finding) => ({ ...finding, state: "found" });

/**
 * Read the files of which only the bytes can tell; what the page may not read and looks like a badge, the daemon looks at.
 * @param {number} tabId
 * @param {Probe[]} probes
 * @param {Book} book
 */
async function probeAll(tabId, probes, book) {
  /** @type {Probe[]} */
  const unread = [];
  for (let at = 0; at < probes.length; at += BATCH) {
    const batch = probes.slice(at, at + BATCH);
    const answers = await readAll(tabId, batch.map(({ url }) => ({ url })), { only: "speaking", maxBytes: PROBE_BYTES, timeoutMs: 8000 });
    const found = await Promise.all(batch.map((probe, index) => inspect(fromBase64(answers[index]?.base64 ?? ""), book, probe)));
    unread.push(...batch.filter((probe, index) => answers[index]?.problem === "unreadable" && probe.score >= LIKELY));
    await addFindings(tabId, found.flat(), { done: at + batch.length, total: probes.length });
  }
  await examine(tabId, unread.slice(0, MAX_EXAMINED), book);
}

/** @param {number} tabId @param {Finding[]} found @param {{done: number, total: number}} probing */
const addFindings = (tabId, found, probing) =>
  change(tabId, (state) => {
    const items = new Map(state.items.map((item) => [item.key, item]));
    return { ...state, probing, items: extend(state.items, found).map((finding) => ({ ...asItem(finding), ...(items.get(finding.key) ?? {}), ...finding })) };
  });

/** @param {number} tabId @param {Probe[]} probes @param {Book} book */
async function examine(tabId, probes, book) {
  const wanted = probes.filter((probe) => probe.url.startsWith("https://") && !isLocal(parse(probe.url)?.hostname ?? ""));
  if (!wanted.length) return;
  try {
    const answer = await passport.call("POST", "/api/v1/captures/examine", { addresses: wanted.map((probe) => probe.url) });
    const names = new Map(wanted.map((probe) => [probe.url, probe.name]));
    const found = /** @type {{address: string, badge: boolean, name: string, issuer: string, id: string}[]} */ (answer.items).filter((each) => each.badge);
    const state = await loadTab(tabId);
    await addFindings(tabId, found.map((each) => ({
      key: resolve(book, each.id)?.key ?? `at:${each.id || each.address}`,
      addresses: [each.address],
      name: each.name || names.get(each.address) || "",
      issuer: each.issuer,
      picture: each.address,
      why: "why_picture",
    })), state?.probing ?? { done: 0, total: 0 });
  } catch {
    // without the daemon these pictures stay unknown; “Choose a picture” is still there
  }
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

/**
 * Pictures for the list, from the page's own session; never loaded by us from elsewhere.
 * @param {number} tabId
 */
async function showPictures(tabId) {
  const state = await loadTab(tabId);
  if (!state) return;
  const shown = await loadPictures(tabId);
  const wanted = [...new Set(state.items.map((item) => item.picture ?? "").filter((url) => url && !Object.hasOwn(shown, url)))].slice(0, 60);
  for (let at = 0; at < wanted.length; at += BATCH) {
    const answers = await readAll(tabId, wanted.slice(at, at + BATCH).map((url) => ({ url })), { only: "picture", maxBytes: MAX_PICTURE_CHARS * 0.75, timeoutMs: 5000 });
    for (const answer of answers) if (answer.type.startsWith("image/") && answer.base64) shown[answer.url] = `data:${answer.type};base64,${answer.base64}`;
    if (JSON.stringify(shown).length > MAX_PICTURES_CHARS) break;
    await savePictures(tabId, shown);
  }
  await showKept(tabId, state.items, shown);
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
