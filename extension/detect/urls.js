/** Addresses as pages write them, made fit to be asked and kept. */

export const MAX_ADDRESS = 4096;

/**
 * @param {string | null | undefined} text
 * @param {string} [base]
 * @returns {URL | null}
 */
export function parse(text, base) {
  if (!text || text.length > MAX_ADDRESS) return null;
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/** @param {URL | null} url @returns {url is URL} */
export const isWeb = (url) => url !== null && (url.protocol === "https:" || url.protocol === "http:") && url.hostname !== "";

/**
 * Take out of an address what says who asks: user and password, the recipient's address, tokens.
 * The query is cut as text: it is never written anew, because servers compare it as it is.
 * @param {string} text
 * @param {RegExp[]} secrets what names of parameters look like that are left out
 * @param {string} [base]
 * @returns {string | null} null: no address that anybody could fetch
 */
export function clean(text, secrets, base) {
  const url = parse(text, base);
  if (!isWeb(url)) return null;
  const kept = url.search
    .slice(1)
    .split("&")
    .filter((part) => part !== "" && !secrets.some((secret) => secret.test(nameOf(part))));
  return `${url.protocol}//${url.host}${url.pathname}${kept.length ? `?${kept.join("&")}` : ""}`;
}

/** @param {string} part @returns {string} */
function nameOf(part) {
  const name = part.split("=", 1)[0] ?? "";
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    return name;
  }
}

/**
 * Compile what `recipes.json` says of private parameters.
 * @param {string[]} patterns
 * @returns {RegExp[]}
 */
export const compileSecrets = (patterns) => patterns.map((pattern) => new RegExp(pattern, "i"));

/**
 * Whether a name leads into the reader's own network. A page must not make the extension look there; the daemon
 * refuses such addresses by itself, after it resolved the name.
 * @param {string} hostname as `URL.hostname` gives it: lower case, IPv4 in four decimal parts
 */
export function isLocal(hostname) {
  if (hostname.startsWith("[")) return !/^\[2[0-9a-f]{3}:/.test(hostname);
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(hostname)?.slice(1).map(Number);
  if (!parts) return !hostname.includes(".") || /\.(local|localhost|internal|home\.arpa|lan)\.?$/.test(hostname);
  const [a = 0, b = 0] = parts;
  return a === 0 || a === 10 || a === 127 || a >= 224 || (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
}
