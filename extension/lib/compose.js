/** The composers of networks that take a post by an address, filled. Pure. */

/** @typedef {{name: string, issuer: string, address: string}} Shared */

/** @type {Record<string, (shared: Shared, text: string) => string>} */
const COMPOSERS = {
  linkedin: ({ address }) => `https://www.linkedin.com/sharing/share-offsite/?url=${encodeURIComponent(address)}`,
  x: ({ address }, text) => `https://x.com/intent/tweet?text=${encodeURIComponent(text)}&url=${encodeURIComponent(address)}`,
  facebook: ({ address }) => `https://www.facebook.com/sharer/sharer.php?u=${encodeURIComponent(address)}`,
};

export const NETWORKS = Object.keys(COMPOSERS);

/**
 * @param {string} network
 * @param {Shared} shared
 * @param {string} text what the post says, where the network takes it
 * @returns {string | null} null: no such network, or nothing to link to
 */
export function composer(network, shared, text) {
  if (!Object.hasOwn(COMPOSERS, network) || !/^https:\/\//.test(shared.address)) return null;
  return COMPOSERS[network]?.(shared, text) ?? null;
}
