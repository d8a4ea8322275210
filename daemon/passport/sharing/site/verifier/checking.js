// All questions about one statement, asked of its signed bytes alone. Nothing that was computed when the page was made
// is trusted: no hash, no verdict, only the statement itself and copies of the issuer's documents, which are named.

import { NotKnown, Refused, listed, objectOf, strictJson, textOf } from "./reading.js";
import { Copies, addressOf, answer } from "./owners.js";
import { checkPeriod } from "./dates.js";
import { checkProofs } from "./proofs.js";
import { checkAssertion, checkJwt, claimProblems, idOf, readJws } from "./signed.js";

/** @typedef {import("./owners.js").Answer} Answer */
/**
 * @typedef {object} Signed what the signed badge itself says
 * @property {string} name
 * @property {string} issuer
 * @property {string} issued as written
 * @property {string} expires as written
 * @property {string[]} recipients
 * @property {import("./owners.js").Copy[]} copies on which its words rest, where they are not in the signed text
 */
/** @typedef {{ form: Answer, signature: Answer, key: Answer, dates: Answer, securing: string, selfAsserted: boolean, signed: Signed | null }} Found */

/**
 * Check a statement.
 * @param {string} text the statement as it was taken out of the badge
 * @param {import("./owners.js").Copy[]} kept copies of the issuer's documents
 * @param {import("./proofs.js").Contexts} contexts
 * @param {Date} now
 * @returns {Promise<Found>}
 */
export async function check(text, kept, contexts, now) {
  try {
    const copies = new Copies(kept);
    if (/^\s*\uFEFF?\s*\{/.test(text)) return await checkDocument(strictJson(text), copies, contexts, now);
    if (text.includes("~")) throw new NotKnown("Badges that show only a part of what was signed (SD-JWT) cannot be checked in a page.");
    const jws = readJws(text), inner = objectOf(jws.payload.vc), credential = Object.keys(inner).length ? inner : jws.payload;
    const isCredential = "credentialSubject" in credential || /credential/i.test(JSON.stringify(credential.type ?? ""));
    return isCredential ? await checkEnveloped(jws, credential, copies, now) : await checkSigned(jws, copies, now);
  } catch (error) {
    if (error instanceof Refused) return onlyForm(answer("failed", error.message));
    if (error instanceof NotKnown) return onlyForm(answer("unknown", error.message));
    throw error;
  }
}

/** @param {Answer} form @returns {Found} */
function onlyForm(form) {
  const rest = answer(form.outcome === "failed" ? "failed" : "unknown", form.text);
  return { form, signature: rest, key: answer("unknown", "It was not looked at."), dates: answer("unknown", "They were not looked at."), securing: "none", selfAsserted: false, signed: null };
}

const READ = "Its text can be read in one way only.";

/** @param {Record<string, any>} document @param {Copies} copies @param {import("./proofs.js").Contexts} contexts @param {Date} now @returns {Promise<Found>} */
async function checkDocument(document, copies, contexts, now) {
  if (!("proof" in document)) throw new NotKnown("It carries no signature: what makes it good is that the issuer's site says the same.");
  const found = await checkProofs(document, idOf(document.issuer), copies, contexts, now);
  return {
    form: answer("passed", READ),
    signature: found.proof,
    key: found.ownership?.answer ?? answer("unknown", "No key was looked at."),
    dates: checkPeriod({ start: document.validFrom ?? document.issuanceDate, end: document.validUntil ?? document.expirationDate }, now),
    securing: found.suite,
    selfAsserted: found.ownership?.selfAsserted ?? false,
    signed: signedBy(document),
  };
}

/** @param {import("./signed.js").Jws} jws @param {Record<string, any>} credential @param {Copies} copies @param {Date} now @returns {Promise<Found>} */
async function checkEnveloped(jws, credential, copies, now) {
  const issuer = idOf(credential.issuer) || textOf(jws.payload.iss), { nbf, exp } = jws.payload;
  const found = await checkJwt(jws, issuer, copies, now);
  const [problem] = claimProblems(jws.payload, credential);
  const period = { start: credential.validFrom ?? credential.issuanceDate, end: credential.validUntil ?? credential.expirationDate, notBefore: nbf, expires: exp };
  return {
    form: problem ? answer("failed", problem) : answer("passed", READ),
    signature: found.signature,
    key: found.ownership?.answer ?? answer("unknown", "No key was looked at."),
    dates: checkPeriod(period, now),
    securing: "vc-jwt",
    selfAsserted: found.ownership?.selfAsserted ?? false,
    signed: signedBy(credential, nbf, exp),
  };
}

/** @param {import("./signed.js").Jws} jws @param {Copies} copies @param {Date} now @returns {Promise<Found>} */
async function checkSigned(jws, copies, now) {
  const badge = partOf(jws.payload.badge, copies), issuer = partOf(badge.value?.issuer, copies);
  const contexts = JSON.stringify(jws.payload["@context"] ?? ""), loose = !/v2/.test(contexts) && !("verification" in jws.payload);
  const profile = { profile: issuer.value ?? null, url: issuer.url, copy: issuer.copy, loose };
  const found = await checkAssertion(jws, profile, copies, now);
  const start = jws.payload.issuedOn ?? jws.payload.issued_on, end = jws.payload.expires;
  const rests = [badge.copy, issuer.copy].filter((copy) => copy !== undefined);
  return {
    form: answer("passed", READ),
    signature: found.signature,
    key: found.ownership?.answer ?? answer("unknown", "No key was looked at."),
    dates: checkPeriod({ start, end, loose }, now),
    securing: "jws",
    selfAsserted: false,
    signed: {
      name: wordOf(badge.value?.name), issuer: wordOf(issuer.value?.name) || issuer.url, issued: String(start ?? ""), expires: String(end ?? ""),
      recipients: [textOf(objectOf(jws.payload.recipient).identity)].filter(Boolean), copies: rests,
    },
  };
}

/**
 * @param {any} value the address of a part, or the part itself
 * @param {Copies} copies
 * @returns {{ url: string, value?: Record<string, any>, copy?: import("./owners.js").Copy | undefined }}
 */
function partOf(value, copies) {
  const one = Array.isArray(value) ? value[0] : value, url = idOf(one);
  if (!addressOf(url.split("#")[0] ?? "")) return { url: "", value: objectOf(one) };
  const read = copies.read(url);
  return read.value ? { url, value: read.value, copy: read.copy } : { url };
}

/** @param {Record<string, any>} credential @param {any} [nbf] @param {any} [exp] @returns {Signed} */
function signedBy(credential, nbf, exp) {
  const subject = objectOf(listed(credential.credentialSubject)[0]), achievement = objectOf(listed(subject.achievement)[0]);
  const named = listed(subject.identifier).map((one) => textOf(objectOf(one).identityHash));
  return {
    name: wordOf(achievement.name) || wordOf(credential.name),
    issuer: wordOf(objectOf(credential.issuer).name) || idOf(credential.issuer),
    issued: String(credential.validFrom ?? credential.issuanceDate ?? nbf ?? ""),
    expires: String(credential.validUntil ?? credential.expirationDate ?? exp ?? ""),
    recipients: [textOf(subject.id), ...named].filter(Boolean),
    copies: [],
  };
}

/** @param {any} value a text, or one with its language (JSON-LD) @returns {string} */
function wordOf(value) {
  const one = Array.isArray(value) ? value[0] : value;
  return textOf(one) || textOf(objectOf(one)["@value"]) || textOf(Object.values(objectOf(one)).find((text) => typeof text === "string"));
}
