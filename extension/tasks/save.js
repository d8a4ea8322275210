/** The job: one badge after the other from the page into the passport. It goes on when the popup closes, and when this
 * script was put to sleep in between: what is to be done stands in the tab's state, not here. */

import { Trouble } from "../lib/daemon.js";
import { allTabs, loadPictures, loadTab } from "../lib/store.js";
import { api } from "../lib/browser.js";
import { clean, parse } from "../detect/urls.js";
import { loadBook } from "../lib/recipes.js";
import { whyNot } from "../lib/words.js";
import { readAll, toBase64 } from "./page.js";
import { passport } from "./passport.js";
import { showKept } from "./pictures.js";
import { change, changeItem } from "./tabs.js";
import { isPassing, keep } from "./waiting.js";

const AT_ONCE = 2;
const MAX_TITLE = 300;

/** Tabs whose jobs run in this life of the script. @type {Set<number>} */
const running = new Set();

/**
 * @param {number} tabId
 * @param {string[]} keys of the items that were ticked
 */
export async function save(tabId, keys) {
  await change(tabId, (state) => ({
    ...state,
    items: state.items.map((item) => (keys.includes(item.key) ? { ...item, state: "waiting", result: undefined, reason: undefined, blocked: undefined } : item)),
  }));
  await run(tabId);
}

/** Go on with jobs that were cut short. */
export async function resume() {
  for (const state of await allTabs()) {
    if (running.has(state.tabId) || !state.items.some((item) => item.state !== "found" && item.state !== "done")) continue;
    await change(state.tabId, (now) => ({
      ...now,
      items: now.items.map((item) => (item.state === "reading" || item.state === "checking" ? { ...item, state: "waiting" } : item)),
    }));
    void run(state.tabId);
  }
}

/** @param {number} tabId */
async function run(tabId) {
  if (running.has(tabId)) return;
  running.add(tabId);
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, () => worker(tabId)));
    await showKept(tabId, (await loadTab(tabId))?.items ?? [], await loadPictures(tabId));
  } finally {
    running.delete(tabId);
  }
}

/** @param {number} tabId */
async function worker(tabId) {
  for (;;) {
    const item = await take(tabId);
    if (!item) return;
    await changeItem(tabId, item.key, { state: "done", ...(await saveOne(tabId, item)) });
  }
}

/** Take the next one that waits; two workers never take the same. @param {number} tabId @returns {Promise<Item | null>} */
async function take(tabId) {
  /** @type {Item | null} */
  let taken = null;
  await change(tabId, (state) => {
    taken = state.items.find((item) => item.state === "waiting") ?? null;
    const key = taken?.key;
    return key === undefined ? state : { ...state, items: state.items.map((item) => (item.key === key ? { ...item, state: "reading" } : item)) };
  });
  return taken;
}

/**
 * @param {number} tabId
 * @param {Item} item
 * @returns {Promise<Partial<Item>>}
 */
async function saveOne(tabId, item) {
  const state = await loadTab(tabId);
  const file = await fileOf(tabId, item);
  const body = await bodyOf(item, file, state?.url ?? "", state?.title ?? "");
  await changeItem(tabId, item.key, { state: "checking" });
  try {
    const answer = /** @type {CaptureAnswer} */ (await passport.call("POST", "/api/v1/captures", body));
    return { result: answer.result, reason: answer.reason ?? "", entry: answer.entry, ...blockedBy(answer, item, file) };
  } catch (error) {
    return failed(error, body);
  }
}

/**
 * @param {unknown} error
 * @param {CaptureBody} body
 * @returns {Promise<Partial<Item>>}
 */
async function failed(error, body) {
  const lost = error instanceof Trouble && (error.code === "not-connected" || error.code === "revoked");
  if (!isPassing(error) && !lost) return { result: "refused", reason: whyNot(error) };
  return (await keep(body)) ? { result: "queued", reason: "" } : { result: "refused", reason: api.i18n.getMessage("too_much_waits") };
}

/**
 * The bytes, with the page's own session where there is a way; else what the page says in text; else nothing: the daemon
 * fetches.
 * @param {number} tabId
 * @param {Item} item
 * @returns {Promise<string>} Base64, empty when there are none
 */
async function fileOf(tabId, item) {
  if (item.reading) {
    const [answer] = await readAll(tabId, [item.reading], { only: "any" });
    const base64 = answer?.base64 || (await readByPermission(item.reading));
    if (base64) return base64;
  }
  return item.text ? toBase64(new TextEncoder().encode(item.text)) : "";
}

/** If the owner allowed this site in the options, the browser may read what the page may not. @param {Reading} reading */
async function readByPermission({ url, method }) {
  const origin = parse(url)?.origin;
  if (!origin?.startsWith("https://") || method === "POST" || !(await api.permissions.contains({ origins: [`${origin}/*`] }))) return "";
  try {
    const response = await fetch(url, { credentials: "include", cache: "force-cache", signal: AbortSignal.timeout(15_000) });
    return response.ok ? toBase64(new Uint8Array(await response.arrayBuffer())) : "";
  } catch {
    return "";
  }
}

/**
 * @param {Item} item
 * @param {string} file
 * @param {string} url
 * @param {string} title
 * @returns {Promise<CaptureBody>}
 */
async function bodyOf(item, file, url, title) {
  const { secrets } = await loadBook();
  const addresses = item.addresses.map((address) => clean(address, secrets) ?? "").filter(Boolean);
  return { page: { address: clean(url, secrets) ?? "", title: title.slice(0, MAX_TITLE) }, name: item.name.slice(0, MAX_TITLE), addresses, ...(file ? { file } : {}) };
}

/**
 * When neither page nor daemon could read it, the owner may allow the browser to.
 * @param {CaptureAnswer} answer
 * @param {Item} item
 * @param {string} file
 */
function blockedBy({ result }, item, file) {
  const url = parse(item.reading?.url ?? item.picture ?? item.addresses[0]);
  const picture = item.why === "why_picture" || (item.why === "why_chosen" && item.picture);
  const helps = !file && url?.protocol === "https:" && (result === "refused" || result === "no-badge") && picture;
  return helps ? { blocked: url?.origin } : {};
}
