/** What is kept in the browser: the connection and what waits (on disk, never synced), the tabs' states (in memory). */

import { api } from "./browser.js";

/** At most so much waits for the daemon; more is refused with a sentence. */
export const MAX_WAITING = 20;
export const MAX_WAITING_BYTES = 8 << 20;

/** @returns {Promise<Connection | null>} */
export async function loadConnection() {
  const { connection } = await api.storage.local.get("connection");
  return /** @type {Connection | undefined} */ (connection) ?? null;
}

/** @param {Connection | null} connection */
export const saveConnection = (connection) => (connection ? api.storage.local.set({ connection }) : api.storage.local.remove("connection"));

/** @returns {Promise<Waiting[]>} */
export async function loadWaiting() {
  const { waiting } = await api.storage.local.get("waiting");
  return /** @type {Waiting[] | undefined} */ (waiting) ?? [];
}

/** @param {Waiting[]} waiting */
export const saveWaiting = (waiting) => api.storage.local.set({ waiting });

/** @param {number} tabId */
const tabKey = (tabId) => `tab:${tabId}`;
/** @param {number} tabId */
const picturesKey = (tabId) => `pictures:${tabId}`;

/** @param {number} tabId @returns {Promise<TabState | null>} */
export async function loadTab(tabId) {
  const all = await api.storage.session.get(tabKey(tabId));
  return /** @type {TabState | undefined} */ (all[tabKey(tabId)]) ?? null;
}

/** @param {TabState} state */
export const saveTab = (state) => api.storage.session.set({ [tabKey(state.tabId)]: state });

/** @param {number} tabId @returns {Promise<Record<string, string>>} address -> data: URL */
export async function loadPictures(tabId) {
  const all = await api.storage.session.get(picturesKey(tabId));
  return /** @type {Record<string, string> | undefined} */ (all[picturesKey(tabId)]) ?? {};
}

/** @param {number} tabId @param {Record<string, string>} pictures */
export const savePictures = (tabId, pictures) => api.storage.session.set({ [picturesKey(tabId)]: pictures });

/** @param {number} tabId */
export const forgetTab = (tabId) => api.storage.session.remove([tabKey(tabId), picturesKey(tabId)]);

/** @returns {Promise<TabState[]>} */
export async function allTabs() {
  const all = await api.storage.session.get(null);
  return Object.entries(all).filter(([key]) => key.startsWith("tab:")).map(([, state]) => /** @type {TabState} */ (state));
}
