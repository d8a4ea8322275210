/** Elements that speak of a badge by their attributes, JSON in scripts, and inline SVG. */

import { atAddress, titleOf } from "./links.js";
import { findingOf, statementsIn } from "./statements.js";

/** @typedef {import("./recipes.js").Book} Book */

/**
 * Mahara's `img[data-assertion]`, Credly's `div[data-share-badge-id]`, `<blockcerts-verifier src>`, and whatever else
 * holds a statement in an attribute.
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {Finding[]}
 */
export function fromElements(page, book) {
  return page.elements.flatMap((element) => [
    ...embedded(element, book),
    ...verifier(element, book),
    ...Object.values(element.attributes).flatMap((value) => spoken(value, element, book)),
  ]);
}

/** @param {PageElement} element @param {Book} book @returns {Finding[]} */
function embedded({ attributes, name }, book) {
  const id = attributes["data-share-badge-id"];
  if (!id || !/^[0-9a-f-]{36}$/i.test(id)) return [];
  const host = (attributes["data-share-badge-host"] || "www.credly.com").replace(/^(https?:)?\/\//i, "").replace(/\/+$/, "");
  return atAddress(`https://${host}/badges/${id}`, book, "why_embed", name, "").filter((finding) => finding.key.startsWith("credly:"));
}

/** @param {PageElement} element @param {Book} book @returns {Finding[]} */
function verifier({ tag, attributes, name }, book) {
  const source = tag === "blockcerts-verifier" ? attributes["src"] : attributes["data-assertion-url"];
  return source ? atAddress(source, book, "why_embed", name, "") : [];
}

/** @param {string} value @param {PageElement} element @param {Book} book @returns {Finding[]} */
function spoken(value, element, book) {
  const found = statementsIn(value).map((statement) => findingOf(statement, book, "why_attribute"));
  return found.filter((finding) => finding !== null).map((finding) => ({
    ...finding,
    name: finding.name || element.name,
    ...(element.tag === "img" && element.attributes["src"] ? { picture: element.attributes["src"] } : {}),
  }));
}

/**
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {Finding[]}
 */
export function fromScripts(page, book) {
  return page.scripts
    .flatMap((script) => statementsIn(script))
    .map((statement) => findingOf(statement, book, "why_script"))
    .filter((finding) => finding !== null);
}

/**
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {Finding[]}
 */
export function fromDrawings(page, book) {
  return page.drawings.flatMap((drawing) =>
    fromSvg(drawing.text, book).map((finding) => ({ ...finding, name: finding.name || drawing.name })),
  );
}

/**
 * The statement in an SVG: an attribute `verify`, or the text of the element. Read as text: no markup is run here.
 * @param {string} svg
 * @param {Book} book
 * @returns {Finding[]} with the SVG itself as the text that is sent
 */
export function fromSvg(svg, book) {
  const element = /<([\w-]+:)?(assertion|credential)\b([^>]*?)(\/>|>([\s\S]*?)<\/(?:[\w-]+:)?\2\s*>)/.exec(svg);
  if (!element || !/openbadges|purl\.imsglobal\.org/.test(svg)) return [];
  const inside = unescape((element[5] ?? "").replace(/<!\[CDATA\[([\s\S]*?)\]\]>/, "$1")).trim();
  const pointer = unescape(/\bverify\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(element[3] ?? "")?.slice(1).find(Boolean) ?? "");
  const [statement] = statementsIn(inside || pointer);
  if (statement) return [findingOf(statement, book, "why_picture")].filter((finding) => finding !== null).map((finding) => ({ ...finding, text: svg }));
  return atAddress(pointer, book, "why_picture", "", "").map((finding) => ({ ...finding, text: svg }));
}

/** @param {string} text */
const unescape = (text) => text.replaceAll("&quot;", '"').replaceAll("&apos;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/**
 * Moodle's button for the badge's owner: a POST with the page's own session gives the baked file.
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {Finding[]}
 */
export function fromForms(page, book) {
  return page.forms.flatMap((form) => {
    const wanted = /[?&]bake=(1|true)\b/.test(form.action) || /^(1|true)$/.test(form.fields["bake"] ?? "");
    if (!wanted || form.method.toLowerCase() !== "post") return [];
    return atAddress(form.action, book, "why_download", titleOf(page), "")
      .filter((finding) => finding.key.startsWith("moodle:"))
      .map((finding) => ({ ...finding, reading: { url: form.action, method: /** @type {const} */ ("POST"), fields: form.fields } }));
  });
}
