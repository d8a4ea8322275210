// Compact JWS: OB 3.0 credentials as JWT (OB 3.0, 8.2) and signed badges of OB 1.0 to 2.1 (OB 2.0, SignedBadge).

import { Refused, fromBase64url, fromUtf8, listed, objectOf, strictJson, textOf } from "./reading.js";
import { algorithmsOf, holds, keyOf } from "./keys.js";
import { answer, issuersKey, keysOf, owned, readKey, resolveKey, sameAddress, sameOrigin } from "./owners.js";
import { instantOf } from "./dates.js";

const KNOWN = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

/**
 * @typedef {object} Jws
 * @property {Record<string, any>} header what the sender claims, never a reason to trust
 * @property {Record<string, any>} payload
 * @property {Uint8Array<ArrayBuffer>} input the bytes that were signed
 * @property {Uint8Array<ArrayBuffer>} signature
 */

/** @param {string} text @returns {Jws} */
export function readJws(text) {
  const parts = text.trim().replace(/^\uFEFF/, "").split(".");
  if (parts.length !== 3) throw new Refused("The signed text has not the three parts that it should have.");
  const [header, payload] = parts.slice(0, 2).map((part) => strictJson(fromUtf8(fromBase64url(part))));
  if (objectOf(header) !== header || objectOf(payload) !== payload) throw new Refused("The signed text holds no object.");
  return { header, payload, input: new TextEncoder().encode(`${parts[0]}.${parts[1]}`), signature: fromBase64url(parts[2]) };
}

/** @param {Jws} jws */
export function headerProblem(jws) {
  const algorithm = textOf(jws.header.alg);
  if (!algorithm || algorithm.toLowerCase() === "none") return answer("failed", "It says of itself that it is not signed, so anyone could have made it.");
  if (algorithm.toUpperCase().startsWith("HS")) return answer("failed", "It is signed with a shared secret; whoever can check it can also forge it.");
  if ("crit" in jws.header || (jws.header.b64 ?? true) !== true) return answer("failed", "The signature demands that its reader understands something unusual (crit).");
  if ("zip" in jws.header) return answer("failed", "What was signed is compressed, which no standard for badges allows.");
  if (!KNOWN.includes(algorithm)) return answer("unknown", `The algorithm “${algorithm.slice(0, 20)}” of the signature is not known here.`);
  return null;
}

/** @param {Jws} jws @param {import("./owners.js").Key} key */
export async function checkSignature(jws, key) {
  if (!key.key) return answer("unknown", "Whether the signature holds cannot be told without the key.");
  const claimed = textOf(jws.header.alg);
  const allowed = algorithmsOf(key.key).filter((one) => !KNOWN.includes(key.algorithm ?? "") || one === key.algorithm);
  if (!allowed.includes(claimed)) return answer("failed", `The signature claims to be ${claimed}, for which the issuer's key is not made.`);
  try {
    if (!(await holds(key.key, jws.signature, jws.input, claimed))) {
      return answer("failed", "The signature does not belong to this text and key: it was changed, or forged.");
    }
  } catch (error) {
    if (error instanceof Refused) return answer("failed", error.message);
    return answer("unknown", error instanceof Error ? error.message : "This browser cannot check the signature.");
  }
  return answer("passed", `The issuer's digital signature (${claimed}) covers every word of it.`);
}

/**
 * Whether the issuer signed a JWT.
 * @param {Jws} jws @param {string} issuer @param {import("./owners.js").Copies} copies @param {Date} now
 */
export async function checkJwt(jws, issuer, copies, now) {
  const problem = headerProblem(jws);
  if (problem) return { signature: problem };
  const candidates = await candidatesOf(jws, issuer, copies, now);
  for (const one of candidates) {
    const signature = await checkSignature(jws, one.key);
    if (signature.outcome === "passed") return { signature, ownership: one };
  }
  const first = candidates.find((one) => one.key.key) ?? candidates[0];
  return first ? { signature: await checkSignature(jws, first.key), ownership: first } : { signature: answer("unknown", "It names no key.") };
}

/**
 * @param {Jws} jws @param {string} issuer @param {import("./owners.js").Copies} copies @param {Date} now
 * @returns {Promise<import("./owners.js").Ownership[]>}
 */
async function candidatesOf(jws, issuer, copies, now) {
  const { kid, jwk } = jws.header;
  if (typeof kid === "string" && kid) return [await issuersKey(kid.includes(":") ? kid : `#${kid.replace(/^#/, "")}`, issuer, copies, now)];
  if (Object.keys(objectOf(jwk)).length) {
    try {
      return [await owned({ id: "", outcome: "passed", key: await keyOf(jwk), origin: "header" }, issuer, copies, now)];
    } catch (error) {
      const why = error instanceof Error ? error.message : "";
      return [{ key: { id: "", outcome: "failed" }, answer: answer("failed", `The key in its header cannot be used: ${why}.`) }];
    }
  }
  const keys = await keysOf(issuer, copies, now);
  return Promise.all(keys.map(async (key) => (key.key ? owned(key, issuer, copies, now) : { key, answer: answer(key.outcome, `It names no key, and the issuer's keys cannot be had: ${key.why}.`) })));
}

/** @param {Record<string, any>} claims @param {Record<string, any>} credential @returns {string[]} where the envelope says something else */
export function claimProblems(claims, credential) {
  const subject = listed(credential.credentialSubject).map((one) => idOf(one));
  const pairs = [["iss", idOf(credential.issuer)], ["jti", textOf(credential.id)], ["sub", subject.length === 1 ? subject[0] : ""]];
  const found = pairs.filter(([claim, inside]) => {
    const outside = claims[claim ?? ""];
    return outside !== undefined && outside !== null && (typeof outside !== "string" || (inside && inside !== outside));
  }).map(([claim]) => `The signed envelope and the badge within name different things (${claim}).`);
  for (const [claim, names] of /** @type {[string, string[]][]} */ ([["nbf", ["validFrom", "issuanceDate"]], ["exp", ["validUntil", "expirationDate"]]])) {
    const seconds = claims[claim], written = names.map((name) => credential[name]).find((value) => typeof value === "string");
    if (seconds === undefined || seconds === null) continue;
    if (typeof seconds !== "number") found.push(`The claim ${claim} is no number of seconds.`);
    const inside = written ? instantOf(written) : null;
    if (inside && (seconds * 1000 < inside.earliest - 60_000 || seconds * 1000 > inside.latest + 60_000)) {
      found.push(`The signed envelope and the badge within name different dates (${claim}).`);
    }
  }
  return found;
}

/** @param {any} value @returns {string} */
export function idOf(value) {
  return textOf(value) || textOf(objectOf(value).id);
}

/**
 * Whether the issuer's key made the JWS of an assertion; the profile names the key, and the key names the profile.
 * @param {Jws} jws @param {{ profile: Record<string, any> | null, url: string, copy?: import("./owners.js").Copy | undefined, loose: boolean }} issuer
 * @param {import("./owners.js").Copies} copies @param {Date} now
 */
export async function checkAssertion(jws, issuer, copies, now) {
  const problem = headerProblem(jws);
  if (problem) return { signature: problem };
  const ring = listed(issuer.profile?.publicKey), names = ring.map(idOf).filter(Boolean);
  const name = namedKey(jws.payload) || (names.length === 1 ? names[0] : "");
  if (!name) return { signature: answer("unknown", "It does not say which key signed it, and the issuer's profile names none.") };
  const held = ring.find((one) => sameAddress(objectOf(one).id, name) && Object.keys(one).length > 1);
  const key = held && issuer.url
    ? await readKey(name, held, { controller: textOf(held.owner) || textOf(held.controller) || null, origin: "profile", listedBy: issuer.url, copy: issuer.copy })
    : await resolveKey(name, issuer.url, copies, now);
  if (!key.key) return { signature: answer("unknown", "Whether the signature holds cannot be told without the key."), ownership: { key, answer: answer(key.outcome, `The key that is to prove it cannot be had: ${key.why}.`) } };
  return { signature: await checkSignature(jws, key), ownership: { key, answer: belongs(name, key, names, issuer) } };
}

/** @param {Record<string, any>} assertion @returns {string} */
function namedKey(assertion) {
  for (const member of ["verification", "verify"]) {
    const item = objectOf(listed(assertion[member])[0]), name = idOf(item.creator || item.url);
    if (name) return name;
  }
  return "";
}

/** @param {string} name @param {import("./owners.js").Key} key @param {string[]} names @param {Parameters<typeof checkAssertion>[1]} issuer */
function belongs(name, key, names, issuer) {
  if (!issuer.profile || !issuer.url) return answer("unknown", "Whose key signed it is not known here, because the issuer's profile is not kept with this page.");
  const copies = [issuer.copy, key.copy];
  if (names.some((listedName) => sameAddress(name, listedName))) {
    if (key.controller && !sameAddress(key.controller, issuer.url)) return answer("failed", "The key that signed it belongs to somebody else than the issuer.");
    return answer("passed", "The key that signed it is listed by the issuer's own profile.", copies);
  }
  if (issuer.loose && !names.length && sameOrigin(name, issuer.url)) return answer("passed", "The key that signed it is served by the issuer's own site.", copies);
  return answer("failed", "The key that signed it is not one of the issuer's: its profile does not list it.", copies);
}
