/** Runs in the page: fetches files with the page's own session, so that what only the reader may see can be kept. */

/**
 * Self-contained, see collect.js. Bytes are handed on as they come, never drawn.
 * @param {{url: string, method?: string, fields?: Record<string, string>}[]} wanted
 * @param {{maxBytes: number, timeoutMs: number, only: "any" | "speaking" | "picture"}} limits
 *   speaking: only files in which the words of a statement occur; picture: only pictures that can be shown
 * @returns {Promise<{url: string, base64: string, type: string, problem: string}[]>}
 */
export async function read(wanted, limits) {
  const WORDS = ["openbadges", "openbadgecredential", "credentialSubject", "\"recipient\"", "eyJ"].map((word) => new TextEncoder().encode(word));

  /** @param {Uint8Array} bytes @param {Uint8Array} word */
  const contains = (bytes, word) => {
    for (let at = bytes.indexOf(word[0] ?? 0); at >= 0; at = bytes.indexOf(word[0] ?? 0, at + 1)) {
      if (word.every((byte, index) => bytes[at + index] === byte)) return true;
    }
    return false;
  };

  /** @param {Uint8Array} bytes @returns {string} the type of a picture, else "" */
  const pictureType = (bytes) => {
    const head = String.fromCharCode(...bytes.subarray(0, 256));
    if (head.startsWith("\x89PNG\r\n")) return "image/png";
    if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
    if (head.startsWith("GIF8")) return "image/gif";
    if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "image/webp";
    return /<svg[\s>]|<\?xml/.test(head) && contains(bytes.subarray(0, 4096), new TextEncoder().encode("<svg")) ? "image/svg+xml" : "";
  };

  /** @param {Uint8Array} bytes */
  const base64 = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(text);
  };

  /** @param {Response} response @returns {Promise<Uint8Array | null>} null: too large */
  const bytesOf = async (response) => {
    const reader = response.body?.getReader();
    if (!reader) return new Uint8Array();
    /** @type {Uint8Array[]} */
    const parts = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > limits.maxBytes) return (await reader.cancel(), null);
      parts.push(value);
    }
    const whole = new Uint8Array(size);
    parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
    return whole;
  };

  /** @param {{url: string, method?: string, fields?: Record<string, string>}} one */
  const ask = async ({ url, method, fields }) => {
    const data = url.startsWith("data:");
    const response = await fetch(url, {
      method: method ?? "GET",
      ...(fields ? { body: new URLSearchParams(fields) } : {}),
      credentials: "same-origin",
      cache: method === "POST" ? "no-store" : "force-cache",
      signal: AbortSignal.timeout(limits.timeoutMs),
      ...(data ? {} : { headers: { Accept: "image/png, image/svg+xml, application/vc+ld+json, application/ld+json, application/json, */*;q=0.1" } }),
    });
    return response.ok ? bytesOf(response) : `status ${response.status}`;
  };

  /** @param {{url: string, method?: string, fields?: Record<string, string>}} one */
  const readOne = async (one) => {
    try {
      const bytes = await ask(one);
      if (typeof bytes === "string") return { url: one.url, base64: "", type: "", problem: bytes };
      if (bytes === null) return { url: one.url, base64: "", type: "", problem: "too large" };
      const type = pictureType(bytes);
      const wantedNow = limits.only === "any" || (limits.only === "picture" ? type !== "" : WORDS.some((word) => contains(bytes, word)));
      return { url: one.url, base64: wantedNow ? base64(bytes) : "", type, problem: "" };
    } catch {
      return { url: one.url, base64: "", type: "", problem: "unreadable" };
    }
  };

  return Promise.all(wanted.map(readOne));
}
