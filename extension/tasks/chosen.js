/** What the reader chose by hand: a picture or a link by the context menu, or the address of the page itself. */

import { resolve } from "../detect/recipes.js";
import { clean, parse } from "../detect/urls.js";
import { loadBook } from "../lib/recipes.js";
import { loadTab } from "../lib/store.js";
import { save } from "./save.js";
import { begin, change, empty } from "./tabs.js";

/**
 * @param {number} tabId
 * @param {string} url
 * @param {string} name
 * @param {{page?: string, title?: string, image?: boolean}} [where] for the context menu, which knows the tab
 */
export async function saveAddress(tabId, url, name, where = {}) {
  const book = await loadBook();
  const item = chosen(url, name || where.title || "", book, where.image ?? false);
  if (!item) return;
  const state = await loadTab(tabId);
  if (!state || (where.page && state.url !== where.page)) await begin(empty(tabId, where.page ?? url, where.title ?? "", "ready"));
  await change(tabId, (now) => ({ ...now, phase: "ready", at: Date.now(), items: [item, ...now.items.filter((other) => other.key !== item.key)] }));
  await save(tabId, [item.key]);
}

/**
 * @param {string} url
 * @param {string} name
 * @param {import("../detect/recipes.js").Book} book
 * @param {boolean} image
 * @returns {Item | null}
 */
function chosen(url, name, book, image) {
  const data = url.startsWith("data:image/") && url.length < 2_000_000;
  const address = data ? null : clean(url, book.secrets);
  if (!data && !address) return null;
  const match = address ? resolve(book, address, { page: true }) : null;
  const addresses = match?.documents.length ? match.documents : address ? [address] : [];
  return {
    key: match?.documents.length ? match.key : `chosen:${address ?? url.slice(0, 200)}`,
    addresses,
    reading: { url },
    name: name || lastPart(address ?? ""),
    ...(image ? { picture: url } : {}),
    why: "why_chosen",
    state: "found",
  };
}

/** @param {string} address */
const lastPart = (address) => parse(address)?.pathname.split("/").findLast(Boolean) ?? "";
