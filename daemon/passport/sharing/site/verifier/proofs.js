// Data Integrity: which proofs a credential carries, whose they are, and whether they hold (VC Data Integrity 1.0, 4;
// EdDSA and ECDSA Cryptosuites 1.0).

import { NotKnown, Refused, fromBase58, listed, objectOf, textOf } from "./reading.js";
import { canonicalJson, canonicalQuads, digest, startsAlike } from "./canonical.js";
import { holds } from "./keys.js";
import { answer, issuersKey } from "./owners.js";
import { instantOf } from "./dates.js";

/** @typedef {{ sets: import("./canonical.js").ContextSet[] }} Contexts the usual set first, older copies after it */
/** @typedef {{ suite: string, proof: import("./owners.js").Answer, ownership?: import("./owners.js").Ownership, changed?: boolean }} Checked */

const MOST = 16;
/** @type {Record<string, { keys: string[], form: "rdfc" | "jcs" }>} */
const SUITES = {
  "eddsa-rdfc-2022": { keys: ["Ed25519"], form: "rdfc" },
  Ed25519Signature2020: { keys: ["Ed25519"], form: "rdfc" },
  "eddsa-jcs-2022": { keys: ["Ed25519"], form: "jcs" },
  "ecdsa-rdfc-2019": { keys: ["P-256", "P-384"], form: "rdfc" },
  "ecdsa-jcs-2019": { keys: ["P-256", "P-384"], form: "jcs" },
};

/** @param {Record<string, any>} proof */
function suiteOf(proof) {
  return textOf(proof.type === "DataIntegrityProof" ? proof.cryptosuite || proof.type : proof.type || proof.cryptosuite);
}

/**
 * Whether the issuer's proof holds over a credential.
 * @param {Record<string, any>} document @param {string} issuer
 * @param {import("./owners.js").Copies} copies @param {Contexts} contexts @param {Date} now
 * @returns {Promise<Checked>}
 */
export async function checkProofs(document, issuer, copies, contexts, now) {
  const proofs = listed(document.proof);
  if (!proofs.length) return { suite: "none", proof: answer("failed", "It carries no proof, so anyone could have written it.") };
  if (proofs.length > MOST || !proofs.every((one) => Object.keys(objectOf(one)).length)) {
    return { suite: "none", proof: answer("failed", "Its proofs are not as the standard asks.") };
  }
  const { proof: _, ...unsigned } = document;
  const checked = await Promise.all(proofs.map((one) => checkProof(one, proofs, unsigned, issuer, copies, contexts, now)));
  return theOneThatSpeaks(checked);
}

/** @param {Checked[]} checked @returns {Checked} */
function theOneThatSpeaks(checked) {
  const good = checked.find((one) => one.proof.outcome === "passed" && one.ownership?.answer.outcome === "passed");
  const broken = checked.filter((one) => one.proof.outcome === "failed");
  const telling = checked.find((one) => one.proof.outcome === "passed") ?? checked[0];
  const found = broken.find((one) => one.changed) ?? good ?? broken[0] ?? telling;
  if (!found) throw new Error("no proof"); // no sentence
  return found;
}

/**
 * @param {Record<string, any>} proof @param {Record<string, any>[]} proofs @param {Record<string, any>} unsigned
 * @param {string} issuer @param {import("./owners.js").Copies} copies @param {Contexts} contexts @param {Date} now
 * @returns {Promise<Checked>}
 */
async function checkProof(proof, proofs, unsigned, issuer, copies, contexts, now) {
  const suite = suiteOf(proof);
  const problem = formProblem(proof, now);
  if (problem) return { suite, proof: problem };
  if (!Object.hasOwn(SUITES, suite)) {
    return { suite, proof: answer("unknown", `Proofs of the kind “${suite.slice(0, 60)}” cannot be checked in a page; that says nothing against it.`) };
  }
  const previous = previousOf(proof, proofs);
  if (!previous) return { suite, proof: answer("failed", "Its proof builds on another proof that is not there."), changed: true };
  const ownership = await issuersKey(methodOf(proof), issuer, copies, now);
  if (!ownership.key.key) return { suite, proof: answer("unknown", "Whether its proof holds cannot be told without the key."), ownership };
  const document = previous.length ? { ...unsigned, proof: previous } : unsigned;
  const found = await cryptography(suite, proof, document, ownership.key.key, contexts);
  return { suite, proof: found, ownership, changed: found.outcome === "failed" };
}

/** @param {Record<string, any>} proof @param {Date} now */
function formProblem(proof, now) {
  if (proof.proofPurpose !== "assertionMethod") return answer("failed", "Its proof was not made for stating something (proofPurpose).");
  if (!methodOf(proof)) return answer("failed", "Its proof does not say which key made it.");
  if (typeof proof.proofValue !== "string" && typeof proof.jws !== "string") return answer("failed", "Its proof has no value.");
  for (const name of ["created", "expires"]) {
    if (name in proof && (typeof proof[name] !== "string" || !instantOf(proof[name]))) {
      return answer("failed", "Its proof names a date that does not exist.");
    }
  }
  const expires = "expires" in proof ? instantOf(proof.expires) : null;
  if (expires && now.getTime() > expires.latest) return answer("failed", "Its proof was made to hold only for a time, and that time is over.");
  return null;
}

/** @param {Record<string, any>} proof */
function methodOf(proof) {
  return textOf(objectOf(proof.verificationMethod).id) || textOf(proof.verificationMethod);
}

/** @param {Record<string, any>} proof @param {Record<string, any>[]} proofs */
function previousOf(proof, proofs) {
  const found = [];
  for (const name of listed(proof.previousProof)) {
    const [one, more] = proofs.filter((other) => other !== proof && other.id === name);
    if (typeof name !== "string" || !one || more) return null;
    found.push(one);
  }
  return found;
}

/**
 * @param {string} suite @param {Record<string, any>} proof @param {Record<string, any>} document
 * @param {import("./keys.js").PublicKey} key @param {Contexts} contexts
 */
async function cryptography(suite, proof, document, key, contexts) {
  const how = SUITES[suite];
  try {
    if (!how?.keys.includes(key.kind)) throw new Refused(`Its proof is made with ${how?.keys.join(" or ")}, and the key is ${key.kind}.`);
    const used = JSON.stringify(document["@context"] ?? null);
    for (const [place, set] of contexts.sets.entries()) {
      if (place && !Object.keys(set).some((url) => set[url] !== contexts.sets[0]?.[url] && used.includes(url))) continue;
      if (await fits(how.form, proof, document, key, set)) {
        return answer("passed", `The issuer's proof (${suite}) covers every word of it.`);
      }
      if (how.form === "jcs") break;
    }
    return answer("failed", "Its proof does not fit what it says: it was changed after signing, or another key made the proof.");
  } catch (error) {
    if (error instanceof NotKnown) return answer("unknown", error.message);
    if (error instanceof Refused) return answer("failed", error.message);
    throw error;
  }
}

/**
 * @param {"rdfc" | "jcs"} form @param {Record<string, any>} proof @param {Record<string, any>} document
 * @param {import("./keys.js").PublicKey} key @param {import("./canonical.js").ContextSet} contexts
 */
async function fits(form, proof, document, key, contexts) {
  const hash = key.kind === "P-384" ? "SHA-384" : "SHA-256";
  const { proofValue, ...options } = proof;
  if (typeof proofValue !== "string" || proofValue[0] !== "z") throw new Refused("The value of its proof is not written in base58.");
  const signature = fromBase58(proofValue.slice(1));
  let parts;
  if (form === "jcs") {
    if ("@context" in proof && !startsAlike(proof["@context"], document["@context"])) {
      throw new Refused("Its @context does not begin with the one that was signed.");
    }
    const covered = "@context" in proof ? { ...document, "@context": proof["@context"] } : document;
    parts = [canonicalJson(options), canonicalJson(covered)];
  } else {
    const said = { ...options, "@context": document["@context"] };
    parts = [await canonicalQuads(said, contexts, hash), await canonicalQuads(document, contexts, hash)];
  }
  const [first, second] = await Promise.all(parts.map((part) => digest(part, hash)));
  return holds(key, signature, Uint8Array.from([...(first ?? []), ...(second ?? [])]));
}
