// The language of the page. The check speaks English; what the visitor sees of it is translated when it is shown, sentence
// by sentence: in a text with places (`%(1)s`) stands what was filled in, which may be a sentence of ours again.

const MOST_PARTS = 4;
/** @type {Map<string, { english: RegExp, own: string }[]>} */
const shapes = new Map();

/**
 * Return an English text in the language of the page; what is not known stays as it is.
 * @param {string} text @param {number} [depth]
 * @returns {string}
 */
export function say(text, depth = 0) {
  if (depth > MOST_PARTS || text.length > 4000) return text;
  for (const { english, own } of known()) {
    const found = english.exec(text);
    if (found) return own.replace(/%\((\d+)\)s|%%/g, (_, number) => (number ? say(found[number] ?? "", depth + 1) : "%"));
  }
  return text;
}

/** Return the texts of the page, as expressions; made once. */
function known() {
  const texts = /** @type {[string, string][]} */ (/** @type {any} */ (globalThis).badgePassportTexts ?? []);
  const made = shapes.get("all") ?? texts.map(([english, own]) => ({ english: shape(english), own }));
  shapes.set("all", made);
  return made;
}

/** @param {string} english */
function shape(english) {
  const parts = english.split(/%\(\d+\)s/).map((part) => part.replace(/%%/g, "%").replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return new RegExp(`^${parts.join("(.+?)")}$`, "su");
}

/** The language of the page, for dates. */
export function language() {
  return globalThis.document?.documentElement.lang || "en-GB";
}
