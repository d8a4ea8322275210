/** The state of a tab, changed by one writer at a time and kept in memory of the browser, not of this script. */

import { api } from "../lib/browser.js";
import { NOT_PROBED } from "../lib/settled.js";
import { loadTab, saveTab } from "../lib/store.js";

/** @type {Map<number, Promise<unknown>>} */
const turns = new Map();

/**
 * Change a tab's state; changes of one tab follow each other.
 * @param {number} tabId
 * @param {(state: TabState) => TabState} change
 * @returns {Promise<TabState | null>} null: the tab is not known (any more)
 */
export function change(tabId, change) {
  const next = (turns.get(tabId) ?? Promise.resolve()).then(async () => {
    const state = await loadTab(tabId);
    if (!state) return null;
    const changed = change(state);
    await saveTab(changed);
    await count(changed);
    return changed;
  });
  turns.set(tabId, next.catch(() => null));
  return next;
}

/** @param {TabState} state */
export async function begin(state) {
  await (turns.get(state.tabId) ?? Promise.resolve());
  await saveTab(state);
  await count(state);
}

/**
 * @param {number} tabId
 * @param {string} key
 * @param {Partial<Item>} news
 */
export const changeItem = (tabId, key, news) =>
  change(tabId, (state) => ({ ...state, items: state.items.map((item) => (item.key === key ? { ...item, ...news } : item)) }));

/** @param {number} tabId @param {string} url @param {string} title @param {string} phase @returns {TabState} */
export const empty = (tabId, url, title, phase) => ({
  tabId, url, title, phase, problem: "", items: [], probing: NOT_PROBED, choices: 0, offer: false, says: "", truncated: false, at: Date.now(),
});

/** The count on the icon, on the tab whose owner pressed the button. @param {TabState} state */
async function count({ tabId, items, problem }) {
  const lost = problem === "not-connected" || problem === "revoked";
  const text = lost ? "!" : items.length ? String(Math.min(items.length, 999)) : "";
  try {
    await api.action.setBadgeText({ tabId, text });
    await api.action.setBadgeBackgroundColor({ tabId, color: lost ? "#8a5a00" : "#7a1f35" });
    await api.action.setBadgeTextColor?.({ tabId, color: "#ffffff" });
  } catch {
    // the tab was closed meanwhile
  }
}
