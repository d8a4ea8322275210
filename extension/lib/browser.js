/** The browser's own API, by one name. Both browsers answer with promises under Manifest V3. */
export const api = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? globalThis.chrome);
