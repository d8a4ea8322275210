/** Whether a piece of JSON or a JWS is a badge, and what it calls itself. Nothing is verified here: the daemon does that. */

import { resolve } from "./recipes.js";
import { clean } from "./urls.js";

const MAX_DEPTH = 4;
const JWS = /^[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*$/;

/** @typedef {import("./recipes.js").Book} Book */
/** @typedef {{id: string, name: string, issuer: string, hosted: string}} Spoken `hosted`: where the real statement is; else the text itself is it. */

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** @param {unknown} value @returns {string} */
const text = (value) => (typeof value === "string" ? value.slice(0, 500) : "");
/** @param {unknown} value @returns {unknown[]} */
const list = (value) => (Array.isArray(value) ? value.slice(0, 50) : value === undefined || value === null ? [] : [value]);
/** @param {Record<string, unknown>} object @param {string[]} types */
const hasType = (object, ...types) => [...list(object["type"]), ...list(object["@type"])].some((type) => types.includes(text(type).replace(/^.*[:#/]/, "")));

/**
 * Find the statements in a text: JSON, a list or a presentation of several, a JWS.
 * @param {string} source
 * @returns {{text: string, spoken: Spoken}[]}
 */
export function statementsIn(source) {
  const trimmed = source.trim();
  if (JWS.test(trimmed)) return fromJws(trimmed);
  if (!trimmed.startsWith("{") && !trimmed.startsWith("[")) return [];
  try {
    return walk(JSON.parse(trimmed), 0, trimmed);
  } catch {
    return [];
  }
}

/**
 * @param {unknown} value
 * @param {number} depth
 * @param {string} [source] the bytes as they came, if they hold nothing else
 * @returns {{text: string, spoken: Spoken}[]}
 */
function walk(value, depth, source) {
  if (depth > MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.slice(0, 100).flatMap((each) => walk(each, depth + 1));
  if (typeof value === "string") return JWS.test(value) ? fromJws(value) : [];
  if (!isObject(value)) return [];
  const spoken = speak(value);
  if (spoken) return [{ text: source ?? JSON.stringify(value), spoken }];
  return ["verifiableCredential", "@graph", "credential", "vp"].flatMap((name) => walk(value[name], depth + 1));
}

/** @param {string} jws @returns {{text: string, spoken: Spoken}[]} */
function fromJws(jws) {
  try {
    const payload = (jws.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (char) => char.charCodeAt(0))));
    const spoken = isObject(claims) ? speak(isObject(claims["vc"]) ? claims["vc"] : claims) : null;
    return spoken ? [{ text: jws, spoken: { ...spoken, hosted: "" } }] : [];
  } catch {
    return [];
  }
}

/**
 * @param {Record<string, unknown>} json
 * @returns {Spoken | null} null: it is something else
 */
export function speak(json) {
  return asCredential(json) ?? asAssertion(json);
}

/** Open Badges 3.0. @param {Record<string, unknown>} json @returns {Spoken | null} */
function asCredential(json) {
  const subject = list(json["credentialSubject"]).find(isObject);
  const achievement = subject ? list(subject["achievement"]).find(isObject) : undefined;
  const named = hasType(json, "OpenBadgeCredential", "AchievementCredential");
  if (!named && !(achievement && hasType(json, "VerifiableCredential"))) return null;
  const issuer = json["issuer"];
  return {
    id: text(json["id"]),
    name: text(achievement?.["name"]) || text(json["name"]),
    issuer: isObject(issuer) ? text(issuer["name"]) : "",
    hosted: "",
  };
}

/** Open Badges 0.5 to 2.1. @param {Record<string, unknown>} json @returns {Spoken | null} */
function asAssertion(json) {
  const badge = json["badge"];
  const old = isObject(badge) || typeof badge === "string";
  if (!old || !("recipient" in json || "_location" in /** @type {object} */ (Object(badge)) || hasType(json, "Assertion"))) return null;
  const about = isObject(badge) ? badge : {};
  const issuer = about["issuer"];
  const hosted = hostedAt(json, about);
  return {
    id: text(json["id"]) || text(json["uid"]) || hosted,
    name: text(about["name"]),
    issuer: isObject(issuer) ? text(issuer["name"]) : "",
    hosted: hasOwnProof(json) ? "" : hosted,
  };
}

/** @param {Record<string, unknown>} json */
const hasOwnProof = (json) => "proof" in json || "signature" in json;

/**
 * @param {Record<string, unknown>} json
 * @param {Record<string, unknown>} badge
 * @returns {string}
 */
function hostedAt(json, badge) {
  const verify = [json["verify"], json["verification"]].find(isObject) ?? {};
  const places = [verify["url"], json["id"], json["@id"], badge["_location"]].map(text);
  return places.find((place) => /^https?:\/\//.test(place)) ?? "";
}

/**
 * Turn a statement into a finding.
 * @param {{text: string, spoken: Spoken}} statement
 * @param {Book} book
 * @param {string} why
 * @returns {Finding | null}
 */
export function findingOf({ text: source, spoken }, book, why) {
  const address = clean(spoken.hosted || spoken.id, book.secrets);
  const match = address ? resolve(book, address) : null;
  const addresses = match?.documents.length ? match.documents : address ? [address] : [];
  if (!spoken.hosted && source.length > MAX_TEXT) return null;
  return {
    key: match?.documents.length ? match.key : address ? `at:${address}` : `says:${spoken.id || fingerprint(source)}`,
    addresses,
    ...(spoken.hosted ? {} : { text: source }),
    ...(spoken.id ? { id: spoken.id } : {}),
    name: spoken.name,
    issuer: spoken.issuer,
    why,
  };
}

/** A statement larger than this is not a badge (the daemon's limit for a document). */
export const MAX_TEXT = 1 << 20;

/** Tells texts apart; nothing rests on it. FNV-1a. @param {string} source */
export function fingerprint(source) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < source.length; index += 1) hash = Math.imul(hash ^ source.charCodeAt(index), 0x01000193);
  return `${(hash >>> 0).toString(16)}-${source.length}`;
}
