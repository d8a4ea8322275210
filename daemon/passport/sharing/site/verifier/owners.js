// Whose key is it? A signature proves only that some key made it. A key is the issuer's when it is the issuer (did:key,
// did:jwk), or when the issuer's own document lists it: of that the page has the copy that the owner kept.

import { NotKnown, Refused, fromBase64url, fromUtf8, listed, objectOf, strictJson, textOf } from "./reading.js";
import { keyOf, sameKey } from "./keys.js";

/** @typedef {{ url: string, time: string, text: string }} Copy what an address answered, and when */
/**
 * @typedef {object} Key
 * @property {string} id
 * @property {string} outcome passed: the key is there; failed: it is no key to be used; unknown: not known here
 * @property {string} [why] a part of a sentence
 * @property {import("./keys.js").PublicKey} [key]
 * @property {string | null} [controller]
 * @property {string} [origin] did:key, did:jwk, did:web, https, profile or header
 * @property {string} [listedBy]
 * @property {string} [algorithm]
 * @property {Copy} [copy] on which it rests
 */
/** @typedef {{ outcome: string, text: string, copies: Copy[] }} Answer */
/** @typedef {{ key: Key, answer: Answer, selfAsserted?: boolean }} Ownership */

const RELATIONSHIPS = ["authentication", "keyAgreement", "capabilityInvocation", "capabilityDelegation"];

/** @param {string} outcome @param {string} text @param {(Copy | undefined)[]} [copies] @returns {Answer} */
export function answer(outcome, text, copies = []) {
  return { outcome, text, copies: copies.filter((copy) => copy !== undefined) };
}

/** @param {string} url */
export function withoutFragment(url) {
  return url.split("#")[0] ?? "";
}

/** @param {string} text @returns {URL | null} an http(s) address in a form that no reader takes for another */
export function addressOf(text) {
  if (!/^https?:\/\/[^\s/?#@\\%]+(\/[^\s\\]*)?([?#][^\s\\]*)?$/i.test(text)) return null;
  return URL.canParse(text) ? new URL(text) : null;
}

/** @param {string} one @param {string} other */
export function sameOrigin(one, other) {
  const first = addressOf(one), second = addressOf(other);
  return first !== null && second !== null && first.hostname === second.hostname && first.port === second.port;
}

/** @param {any} one @param {any} other */
export function sameAddress(one, other) {
  if (one === other) return true;
  const first = addressOf(textOf(one)), second = addressOf(textOf(other));
  return first !== null && second !== null && sameOrigin(one, other) && first.pathname + first.search === second.pathname + second.search;
}

/** @param {string} did @returns {string | null} where the document of a did:web is (did:web Method, 3.2) */
export function didWebUrl(did) {
  const parts = did.replace(/^did:web:/, "").split(":");
  if (!did.startsWith("did:web:") || !parts.every(Boolean) || /[/?]/.test(did)) return null;
  const host = decodeURIComponent(parts[0] ?? ""), path = parts.slice(1).join("/") || ".well-known";
  const url = `https://${host}/${path}/did.json`;
  return /[/@]/.test(host) || addressOf(url) === null ? null : url;
}

/** The copies that came with the page. */
export class Copies {
  /** @param {Copy[]} copies */
  constructor(copies) {
    this.byUrl = new Map(copies.map((copy) => [copy.url, copy]));
  }

  /**
   * Return what an address answered.
   * @param {string} url
   * @returns {{ copy?: Copy, value?: Record<string, any>, why?: string }}
   */
  read(url) {
    const copy = this.byUrl.get(withoutFragment(url));
    if (!copy) return { why: `what ${shown(url)} answers is not kept with this page` };
    if (/^\s*-----BEGIN/.test(copy.text)) return { copy, value: { id: copy.url, publicKeyPem: copy.text } };
    try {
      const value = strictJson(copy.text);
      return Object.keys(objectOf(value)).length ? { copy, value } : { why: `${shown(url)} answered no JSON object` };
    } catch (error) {
      return { why: `${shown(url)} answered something that is no clear JSON` };
    }
  }
}

/** @param {string} text */
function shown(text) {
  return text.length <= 100 ? text : text.slice(0, 99) + "…";
}

/** @param {string} id @param {string} outcome @param {string} why @returns {Key} */
function missing(id, outcome, why) {
  return { id, outcome, why };
}

/**
 * Return the key that a name stands for.
 * @param {string} method @param {string} issuer @param {Copies} copies @param {Date} now
 * @returns {Promise<Key>}
 */
export async function resolveKey(method, issuer, copies, now) {
  const name = method.startsWith("#") ? issuer + method : method;
  const [base, fragment] = [withoutFragment(name), name.split("#")[1] ?? ""];
  if (name.startsWith("did:key:")) {
    const value = base.slice("did:key:".length);
    if (fragment && fragment !== value) return missing(name, "failed", "a did:key has one key, and its name names another");
    return readKey(name, { publicKeyMultibase: value }, { controller: base, origin: "did:key", listedBy: base });
  }
  if (name.startsWith("did:jwk:")) {
    if (fragment && fragment !== "0") return missing(name, "failed", "a did:jwk has one key, and its name names another");
    try {
      const jwk = strictJson(fromUtf8(fromBase64url(base.slice("did:jwk:".length))));
      return readKey(name, objectOf(jwk), { controller: base, origin: "did:jwk", listedBy: base });
    } catch {
      return missing(name, "failed", "the did:jwk cannot be read");
    }
  }
  const place = placeOf(base, copies);
  if (!place) return missing(name, "unknown", `${shown(name)} names no key that can be looked up here`);
  if (!place.value) return missing(name, place.wrong ? "failed" : "unknown", place.why ?? "");
  const all = keysIn(place.value, base);
  let matching = all.filter((one) => one.id === name);
  if (!matching.length && !fragment && all.length === 1 && all[0]?.forAssertion) matching = all;
  const [first] = matching;
  if (!first) return missing(name, "failed", `${place.url} was served, but held no key of that name`);
  if (matching.some((one) => JSON.stringify(one.description) !== JSON.stringify(first.description))) {
    return missing(name, "failed", `${place.url} holds two keys of that name`);
  }
  if (!first.forAssertion) return missing(name, "failed", "the key is published, but not for making statements (assertionMethod)");
  return fromPlace(name, first, place, now);
}

/**
 * @param {string} base a DID or URL @param {Copies} copies
 * @returns {{ base: string, url: string, origin: string, value?: Record<string, any>, copy?: Copy, why?: string, wrong?: boolean } | null}
 */
function placeOf(base, copies) {
  const isDid = base.startsWith("did:web:");
  const url = isDid ? didWebUrl(base) : addressOf(base) ? base : null;
  if (url === null) return null;
  const read = copies.read(url), place = { base, url, origin: isDid ? "did:web" : "https", ...read };
  if (isDid && read.value && read.value.id !== base) {
    return { base, url, origin: "did:web", why: `the document at ${url} is not that of ${shown(base)}`, wrong: true };
  }
  return place;
}

/** @typedef {{ description: Record<string, any>, id: string, forAssertion: boolean, whole: boolean }} Listed */

/** @param {Record<string, any>} document @param {string} base @returns {Listed[]} the keys of a controller document, profile or JWK Set */
function keysIn(document, base) {
  /** @type {Listed[]} */
  const found = [];
  if (["kty", "publicKeyMultibase", "publicKeyPem", "publicKeyJwk"].some((name) => name in document)) {
    found.push({ description: document, id: absolute(document.id ?? document.kid ?? base, base), forAssertion: true, whole: true });
  }
  const allowed = new Set(listed(document.assertionMethod).map((item) => nameOf(item, base)));
  const bound = "assertionMethod" in document || RELATIONSHIPS.some((name) => name in document);
  for (const member of ["verificationMethod", "publicKey", "keys", "assertionMethod"]) {
    const strict = bound || member === "verificationMethod";
    for (const item of listed(document[member]).slice(0, 64)) {
      if (item !== null && typeof item === "object") {
        const id = nameOf(item, base);
        found.push({ description: item, id, forAssertion: allowed.has(id) || !strict, whole: false });
      }
    }
  }
  return found;
}

/** @param {any} item @param {string} base */
function nameOf(item, base) {
  return absolute(typeof item === "object" && item !== null ? item.id || item.kid : item, base);
}

/** @param {any} name @param {string} base @returns {string} */
function absolute(name, base) {
  if (typeof name !== "string" || !name) return base;
  return name.startsWith("#") ? base + name : name.includes(":") ? name : `${base}#${name}`;
}

/** @param {string} name @param {Listed} found @param {NonNullable<ReturnType<typeof placeOf>>} place @param {Date} now @returns {Promise<Key>} */
async function fromPlace(name, found, place, now) {
  const controller = found.description.controller || found.description.owner || (found.whole ? null : place.value?.id);
  for (const [member, why] of [["revoked", "the key was revoked by its owner"], ["expires", "the key is past the date until which its owner used it"]]) {
    const date = found.description[member ?? ""];
    if (typeof date === "string" && !(Date.parse(date) > now.getTime())) return missing(name, "failed", why ?? "");
  }
  return readKey(name, found.description, {
    controller: typeof controller === "string" ? controller : null, origin: place.origin, listedBy: place.base, copy: place.copy,
  });
}

/**
 * @param {string} id @param {Record<string, any>} description
 * @param {{ controller: string | null, origin: string, listedBy: string, copy?: Copy | undefined }} where
 * @returns {Promise<Key>}
 */
export async function readKey(id, description, where) {
  try {
    const algorithm = textOf(objectOf(description.publicKeyJwk).alg) || textOf(description.alg);
    const { copy, ...rest } = where;
    return { id, outcome: "passed", key: await keyOf(description), algorithm, ...rest, ...(copy ? { copy } : {}) };
  } catch (error) {
    if (error instanceof NotKnown) return missing(id, "unknown", error.message);
    if (error instanceof Refused) return missing(id, "failed", error.message);
    throw error;
  }
}

/** @param {string} issuer @param {Copies} copies @param {Date} now @returns {Promise<Key[]>} what the issuer publishes for statements */
export async function keysOf(issuer, copies, now) {
  if (/^did:(key|jwk):/.test(issuer)) return [await resolveKey(issuer, issuer, copies, now)];
  const place = placeOf(withoutFragment(issuer), copies);
  if (!place) return [missing(issuer, "unknown", `${shown(issuer) || "the issuer"} is no address that publishes keys`)];
  if (!place.value) return [missing(issuer, place.wrong ? "failed" : "unknown", place.why ?? "")];
  const found = keysIn(place.value, place.base).filter((one) => one.forAssertion);
  const keys = await Promise.all(found.map((one) => fromPlace(one.id, one, place, now)));
  return keys.length ? keys : [missing(issuer, "unknown", `${shown(issuer)} publishes no key`)];
}

/**
 * Return the key of a name, and whether it is the issuer's.
 * @param {string} method @param {string} issuer @param {Copies} copies @param {Date} now
 * @returns {Promise<Ownership>}
 */
export async function issuersKey(method, issuer, copies, now) {
  const key = await resolveKey(method, issuer, copies, now);
  if (key.outcome === "passed") return owned(key, issuer, copies, now);
  return { key, answer: answer(key.outcome, `The key that is to prove it cannot be had: ${key.why}.`) };
}

/**
 * @param {Key} key @param {string} issuer @param {Copies} copies @param {Date} now
 * @returns {Promise<Ownership>}
 */
export async function owned(key, issuer, copies, now) {
  if (!key.controller || key.controller === issuer) {
    if (key.listedBy === issuer || key.listedBy === withoutFragment(issuer)) return itsOwn(key, issuer);
    if (key.origin === "https" && sameOrigin(key.listedBy ?? "", issuer)) return itsOwn(key, issuer);
  }
  const own = await keysOf(issuer, copies, now);
  for (const one of own) {
    if ((!one.controller || one.controller === issuer) && sameKey(one.key, key.key)) return itsOwn({ ...key, ...one, algorithm: key.algorithm || one.algorithm || "" }, issuer);
  }
  if (own.some((one) => one.key)) {
    return { key, answer: answer("failed", "The key that signed it is not among those of the issuer: somebody else made it in the issuer's name.") };
  }
  const spoken = own.every((one) => one.outcome !== "passed" && one.why?.includes("publishes no key")); // no sentence
  if (!["did:key", "did:jwk", "header"].includes(key.origin ?? "") && spoken) {
    return { key, answer: answer("failed", `The key belongs to ${key.controller || key.listedBy}, not to the issuer ${issuer}.`) };
  }
  return { key, answer: answer("unknown", "It is intact, but nothing here shows that the key is the issuer's.") };
}

/** @param {Key} key @param {string} issuer @returns {Ownership} */
function itsOwn(key, issuer) {
  if (key.origin === "did:key" || key.origin === "did:jwk") {
    const text = "The key is the issuer itself: what it signed is intact, and its name is its own claim.";
    return { key, answer: answer("passed", text), selfAsserted: true };
  }
  return { key, answer: answer("passed", `The key was published by the issuer itself (${shown(issuer)}).`, [key.copy]) };
}
