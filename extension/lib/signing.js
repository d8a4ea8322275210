/** The cryptography of the protocol (README, "Protocol"): HMAC-SHA-256 over plain lines, in WebCrypto. */

const encoder = new TextEncoder();

/** @param {ArrayBuffer | Uint8Array} bytes */
export const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A number that was never used before: 16 bytes. */
export const nonce = () => hex(crypto.getRandomValues(new Uint8Array(16)));

/** @param {Uint8Array<ArrayBuffer>} bytes */
export const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

/**
 * @param {string} keyHex
 * @param {string} text
 */
export async function mac(keyHex, text) {
  const raw = Uint8Array.from(keyHex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return hex(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
}

/** Compare without telling by the time where they differ. @param {string} a @param {string} b */
export function equal(a, b) {
  let difference = a.length ^ b.length;
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) difference |= (a.charCodeAt(index) || 0) ^ (b.charCodeAt(index) || 0);
  return difference === 0;
}

/** What only the daemon that holds our key can say. @param {string} key @param {string} port @param {string} asked */
export const proof = (key, port, asked) => mac(key, `server|${port}|${asked}`);

/**
 * @param {{client: string, key: string}} connection
 * @param {{method: string, port: string, target: string, body: Uint8Array<ArrayBuffer>, time: number, nonce: string}} request
 * @returns {Promise<string>} the value of the Authorization header
 */
export async function authorization({ client, key }, { method, port, target, body, time, nonce: once }) {
  const signature = await mac(key, [method, port, target, await sha256(body), String(time), once].join("|"));
  return `Passport ${client}:${time}:${once}:${signature}`;
}
