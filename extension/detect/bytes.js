/** What the bytes of a file say: a PNG's or SVG's statement, JSON, a JWS. Only enough to know that it is a badge. */

import { fromSvg } from "./elements.js";
import { atAddress } from "./links.js";
import { findingOf, statementsIn } from "./statements.js";

/** @typedef {import("./recipes.js").Book} Book */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const KEYWORDS = new Set(["openbadges", "openbadgecredential"]);
const MAX_CHUNKS = 4096;
/** Of a statement after it was inflated (security: iTXt bombs). */
const MAX_STATEMENT = 1 << 20;

/**
 * @param {Uint8Array<ArrayBuffer>} file
 * @param {Book} book
 * @param {{url: string, name: string}} probe
 * @returns {Promise<Finding[]>}
 */
export async function inspect(file, book, probe) {
  const png = SIGNATURE.every((byte, index) => file[index] === byte);
  const found = png ? await fromPng(file, book) : fromText(file, book);
  return found.map(({ text: _text, ...finding }) => ({
    ...finding,
    name: finding.name || probe.name,
    reading: { url: probe.url },
    ...(png || isSvg(file) ? { picture: probe.url } : {}),
  }));
}

/** @param {Uint8Array} file */
const isSvg = (file) => new TextDecoder().decode(file.subarray(0, 512)).trimStart().startsWith("<");

/** @param {Uint8Array} file @param {Book} book @returns {Finding[]} */
function fromText(file, book) {
  const source = new TextDecoder().decode(file);
  if (source.trimStart().startsWith("<")) return fromSvg(source, book);
  return statementsIn(source).map((statement) => findingOf(statement, book, "why_file")).filter((finding) => finding !== null);
}

/**
 * @param {Uint8Array<ArrayBuffer>} file
 * @param {Book} book
 * @returns {Promise<Finding[]>}
 */
async function fromPng(file, book) {
  for (const { type, data } of chunks(file)) {
    const statement = await statementOf(type, data);
    if (statement === null) continue;
    const found = statementsIn(statement).map((each) => findingOf(each, book, "why_picture")).filter((finding) => finding !== null);
    return found.length ? found : atAddress(statement.trim(), book, "why_picture", "", "");
  }
  return [];
}

/** @param {Uint8Array<ArrayBuffer>} file */
function* chunks(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = SIGNATURE.length;
  for (let count = 0; count < MAX_CHUNKS && at + 12 <= file.byteLength; count += 1) {
    const length = view.getUint32(at);
    if (at + 12 + length > file.byteLength) return;
    yield { type: latin1(file.subarray(at + 4, at + 8)), data: file.subarray(at + 8, at + 8 + length) };
    at += 12 + length;
  }
}

/**
 * @param {string} type
 * @param {Uint8Array<ArrayBuffer>} data
 * @returns {Promise<string | null>}
 */
async function statementOf(type, data) {
  const end = data.indexOf(0);
  if (!["tEXt", "zTXt", "iTXt"].includes(type) || end < 1 || !KEYWORDS.has(latin1(data.subarray(0, end)))) return null;
  const rest = data.subarray(end + 1);
  if (type === "tEXt") return latin1(rest);
  if (type === "zTXt") return await inflate(rest.subarray(1));
  const language = rest.indexOf(0, 2);
  const translated = rest.indexOf(0, language + 1);
  if (language < 0 || translated < 0) return null;
  const body = rest.subarray(translated + 1);
  return rest[0] === 1 ? await inflate(body) : new TextDecoder().decode(body);
}

/** @param {Uint8Array} bytes */
const latin1 = (bytes) => new TextDecoder("latin1").decode(bytes);

/** @param {Uint8Array<ArrayBuffer>} packed @returns {Promise<string | null>} */
async function inflate(packed) {
  try {
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value, { stream: true });
      if (text.length > MAX_STATEMENT) return (await reader.cancel(), null);
    }
  } catch {
    return null;
  }
}
