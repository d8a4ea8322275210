// The bytes that a Data Integrity proof covers. JSON-LD and RDFC-1.0 come from the standard's own libraries (jsonld,
// rdf-canonize), the contexts from the page, nothing from the network.

import { NotKnown, Refused, listed } from "./reading.js";

/** @typedef {Record<string, any>} ContextSet address to the value of `@context` document */

const SECONDS = 20;
const KEYWORDS_OF_VALUES = new Set(["@value", "@type", "@language", "@direction"]);

/**
 * Return canonical N-Quads of a document.
 * @param {Record<string, any>} document @param {ContextSet} contexts @param {string} hash SHA-256 or SHA-384
 * @returns {Promise<string>}
 */
export async function canonicalQuads(document, contexts, hash) {
  refuseDisguises(document, contexts);
  const jsonld = /** @type {any} */ (globalThis).jsonld;
  const documentLoader = async (/** @type {string} */ url) => {
    if (!Object.hasOwn(contexts, url)) throw new NotKnown(`The context ${url} is not known here, so the proof cannot be checked.`);
    return { contextUrl: null, documentUrl: url, document: structuredClone(contexts[url]) };
  };
  const options = { documentLoader, base: null, safe: true };
  try {
    const expanded = await jsonld.expand(document, options);
    const id = expanded[0]?.["@id"];
    if (id !== undefined && homes(id, expanded) > 1) {
      throw new NotKnown("Two of its objects have the credential's own id, so it may read otherwise than it was signed.");
    }
    const canonizeOptions = {
      algorithm: "RDFC-1.0", format: "application/n-quads", messageDigestAlgorithm: hash,
      maxWorkFactor: 2, signal: AbortSignal.timeout(SECONDS * 1000),
    };
    return await jsonld.canonize(expanded, { ...options, skipExpansion: true, canonizeOptions });
  } catch (error) {
    throw understood(error);
  }
}

/** @param {any} error @returns {Error} */
function understood(error) {
  for (let cause = error; cause; cause = cause.details?.cause ?? cause.cause) {
    if (cause instanceof NotKnown || cause instanceof Refused) return cause;
  }
  if (/iterations|abort|timeout|work/i.test(`${error?.name} ${error?.message}`)) return new NotKnown("It is too intricate to be checked here.");
  if (error?.name?.startsWith("jsonld.")) {
    const said = error.details?.event?.message ?? error.message;
    return new Refused(`The document is not JSON-LD that a proof covers whole: ${String(said).slice(0, 200)}`);
  }
  return error;
}

/**
 * Refuse what reads otherwise than it was signed: inline and unknown contexts, keywords and addresses as names.
 * @param {any} document @param {ContextSet} contexts
 */
function refuseDisguises(document, contexts) {
  const pending = [document];
  while (pending.length) {
    const one = pending.pop();
    if (Array.isArray(one)) pending.push(...one);
    else if (one !== null && typeof one === "object") {
      const names = Object.keys(one), isValue = "@value" in one && names.every((name) => KEYWORDS_OF_VALUES.has(name));
      for (const name of names) {
        if (name === "@context") checkContexts(one[name], contexts);
        else if (name.includes(":") || (name[0] === "@" && !isValue)) {
          throw new NotKnown(`It writes “${name.slice(0, 80)}” where a plain name belongs, so it may read otherwise than it was signed.`);
        }
      }
      pending.push(...Object.values(one));
    }
  }
}

/** @param {any} context @param {ContextSet} contexts */
function checkContexts(context, contexts) {
  const all = Array.isArray(context) ? context : [context];
  if (all.length > 12) throw new Refused("It names more contexts than any badge needs.");
  for (const url of all) {
    if (typeof url !== "string") throw new NotKnown("It brings definitions of its own (an inline @context), which could change what its words mean.");
    if (!Object.hasOwn(contexts, url)) throw new NotKnown(`The context ${url.slice(0, 200)} is not known here, so its proof cannot be checked.`);
  }
}

/** @param {string} id @param {any} expanded @returns {number} objects of the default graph that say something of it */
function homes(id, expanded) {
  if (Array.isArray(expanded)) return expanded.reduce((sum, item) => sum + homes(id, item), 0);
  if (expanded === null || typeof expanded !== "object") return 0;
  const speaks = expanded["@id"] === id && Object.keys(expanded).some((key) => key !== "@id" && key !== "@type");
  const inner = Object.entries(expanded).reduce((sum, [key, value]) => sum + (key === "@graph" ? 0 : homes(id, value)), 0);
  return inner + (speaks ? 1 : 0);
}

/** @param {any} value @returns {string} RFC 8785: names by their UTF-16 units, numbers and strings as ECMAScript writes them */
export function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/** @param {string} text @param {string} hash @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function digest(text, hash) {
  return new Uint8Array(await crypto.subtle.digest(hash, new TextEncoder().encode(text)));
}

/** @param {any} wanted @param {any} found */
export function startsAlike(wanted, found) {
  const all = listed(found);
  return listed(wanted).every((one, place) => canonicalJson(one) === canonicalJson(all[place] ?? null));
}
