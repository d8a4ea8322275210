/** What only the bytes can tell: read with the page's session, and what the page may not read, by the daemon. */

import { inspect } from "../detect/bytes.js";
import { extend, resolve } from "../detect/detect.js";
import { isLocal, parse } from "../detect/urls.js";
import { fromBase64, readAll } from "./page.js";
import { passport } from "./passport.js";
import { change } from "./tabs.js";

const BATCH = 8;
const PROBE_BYTES = 4 << 20;
/** So many pictures that the page may not read itself are left to the daemon to look at. */
const MAX_EXAMINED = 12;
const LIKELY = 3;

/** @typedef {import("../detect/recipes.js").Book} Book */
/** @typedef {{tabId: number, url: string}} Where the tab, and the address that it had when its page was looked at */

/** @param {Finding} finding @returns {Item} */
export const asItem = (finding) => ({ ...finding, state: "found" });

/**
 * Read the files of which only the bytes can tell. Which pictures are left to the daemon is told in one step with the last
 * that was read: at no moment all seems to be done while something is still looked at.
 * @param {Where} where
 * @param {Probe[]} probes
 * @param {Book} book
 */
export async function probeAll(where, probes, book) {
  /** @type {Probe[]} */
  const unread = [];
  for (let at = 0; at < probes.length; at += BATCH) {
    const batch = probes.slice(at, at + BATCH);
    const answers = await readAll(where.tabId, batch.map(({ url }) => ({ url })), { only: "speaking", maxBytes: PROBE_BYTES, timeoutMs: 8000 });
    const found = await Promise.all(batch.map((probe, index) => inspect(fromBase64(answers[index]?.base64 ?? ""), book, probe)));
    unread.push(...batch.filter((probe, index) => answers[index]?.problem === "unreadable" && probe.score >= LIKELY));
    const done = at + batch.length;
    const left = done < probes.length ? { examining: 0, unseen: 0 } : { examining: examinable(unread).length, unseen: unread.length - examinable(unread).length };
    const now = await addFindings(where, found.flat(), () => ({ done, total: probes.length, ...left }));
    if (now?.url !== where.url) return;
  }
  await examine(where, examinable(unread), book);
}

/** @param {Probe[]} unread */
const examinable = (unread) => unread.filter((probe) => probe.url.startsWith("https://") && !isLocal(parse(probe.url)?.hostname ?? "")).slice(0, MAX_EXAMINED);

/**
 * @param {Where} where
 * @param {Finding[]} found
 * @param {(probing: TabState["probing"]) => TabState["probing"]} probing
 */
const addFindings = ({ tabId, url }, found, probing) =>
  change(tabId, (state) => {
    if (state.url !== url) return state; // the tab went on to another page
    const items = new Map(state.items.map((item) => [item.key, item]));
    const all = extend(state.items, found).map((finding) => ({ ...asItem(finding), ...(items.get(finding.key) ?? {}), ...finding }));
    return { ...state, probing: probing(state.probing), items: all };
  });

/** @param {Where} where @param {Probe[]} wanted @param {Book} book */
async function examine(where, wanted, book) {
  if (!wanted.length) return;
  try {
    const answer = await passport.call("POST", "/api/v1/captures/examine", { addresses: wanted.map((probe) => probe.url) });
    const names = new Map(wanted.map((probe) => [probe.url, probe.name]));
    const found = /** @type {{address: string, badge: boolean, name: string, issuer: string, id: string}[]} */ (answer.items).filter((each) => each.badge);
    await addFindings(where, found.map((each) => ({
      key: resolve(book, each.id)?.key ?? `at:${each.id || each.address}`,
      addresses: [each.address],
      name: each.name || names.get(each.address) || "",
      issuer: each.issuer,
      picture: each.address,
      why: "why_picture",
    })), (probing) => ({ ...probing, examining: 0 }));
  } catch {
    // without the daemon these pictures stay unknown: that is said, and each can be chosen by hand
    await addFindings(where, [], (probing) => ({ ...probing, examining: 0, unseen: probing.unseen + wanted.length }));
  }
}
