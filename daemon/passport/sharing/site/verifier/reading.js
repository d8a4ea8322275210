// What a statement is written in: strict JSON, base58, base64url. What two readers could take for two different things
// is refused, as the passport does (RFC 7493, 2; RFC 7515, 2; RFC 4648, 3.5).

/** What speaks against a badge: it is refused. */
export class Refused extends Error {}
/** What this page cannot check, and what says nothing against a badge. */
export class NotKnown extends Error {}

const MAX_DEPTH = 64;
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/**
 * Return the value of a JSON text; names that stand twice and deep nesting are refused.
 * @param {string} text
 * @returns {any}
 */
export function strictJson(text) {
  const plain = text.replace(/^\uFEFF/, "");
  let value;
  try {
    value = JSON.parse(plain);
  } catch {
    throw new Refused("It is no JSON.");
  }
  refuseTwice(plain);
  return value;
}

/** @param {string} text JSON that can be parsed */
function refuseTwice(text) {
  /** @type {(Set<string> | null)[]} */
  const open = [];
  let name = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") {
      open.push(token === "{" ? new Set() : null);
      if (open.length > MAX_DEPTH) throw new Refused("It is nested too deeply.");
      name = token === "{";
    } else if (token === "}" || token === "]") {
      open.pop();
      name = false;
    } else if (token === ",") {
      name = open.at(-1) instanceof Set;
    } else if (name && token[0] === '"') {
      const names = open.at(-1), key = JSON.parse(token);
      if (names?.has(key)) throw new Refused(`The name “${key.slice(0, 60)}” stands twice in one object.`);
      names?.add(key);
      name = false;
    }
  }
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/**
 * @param {string} text base58btc
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase58(text) {
  if (text.length > 8192) throw new Refused("A base58 value is too long.");
  let value = 0n;
  for (const character of text) {
    const digit = BASE58.indexOf(character);
    if (digit < 0) throw new Refused("A value holds a character that base58 does not have.");
    value = value * 58n + BigInt(digit);
  }
  const zeros = text.length - text.replace(/^1+/, "").length;
  return Uint8Array.from([...new Array(zeros).fill(0), ...(value ? fromNumber(value) : [])]);
}

/**
 * @param {bigint} value
 * @param {number} [size] in bytes
 * @returns {Uint8Array<ArrayBuffer>} big end first
 */
export function fromNumber(value, size = 0) {
  let digits = value.toString(16);
  digits = digits.padStart(Math.max(size * 2, digits.length + (digits.length % 2)), "0");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {Uint8Array} bytes */
export function toNumber(bytes) {
  return BigInt("0x" + (Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") || "0"));
}

/**
 * @param {unknown} text base64url without padding, in its one spelling
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase64url(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new Refused("A value is no base64url.");
  }
  const bytes = fromBase64(text.replace(/-/g, "+").replace(/_/g, "/"));
  if (toBase64url(bytes) !== text) throw new Refused("A value is not in the one form of base64url that is allowed.");
  return bytes;
}

/** @param {string} text */
export function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new Refused("A value is no base64.");
  }
}

/** @param {Uint8Array} bytes */
export function toBase64url(bytes) {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function fromUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused("A text is not UTF-8.");
  }
}

/**
 * The value as an object; otherwise an empty one.
 * @param {any} value
 * @returns {Record<string, any>}
 */
export function objectOf(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

/** @param {any} value @returns {any[]} */
export function listed(value) {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/** @param {any} value @returns {string} */
export function textOf(value) {
  return typeof value === "string" ? value : "";
}
