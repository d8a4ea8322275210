/** Pictures and files: what the recipes know by its address, and what only the bytes can tell. */

import { resolve } from "./recipes.js";
import { clean, isLocal, isWeb, parse } from "./urls.js";
import { fromSvg } from "./elements.js";

/** @typedef {import("./recipes.js").Book} Book */

/** What cannot carry a statement (Open Badges baking: PNG and SVG only). */
const NEVER = /\.(?:jpe?g|gif|webp|avif|ico|bmp|mp4|webm|css|js|mjs|html?|php|woff2?)$/i;
const FILES = /\.(?:json|jsonld|jws|jwt|vc)$/i;
const PICTURES = /\.(?:png|svg)$/i;
const SPEAKS = /badge|credential|assertion|award|certif|achiev|diploma|medal|abzeichen|insigni|merkki|märke/i;
const MIN_SIDE = 24;

/**
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {{findings: Finding[], probes: Probe[]}}
 */
export function fromPictures(page, book) {
  /** @type {Finding[]} */
  const findings = [];
  /** @type {Probe[]} */
  const probes = [];
  for (const picture of page.pictures) {
    if (picture.src.startsWith("data:")) findings.push(...fromData(picture, book));
    else {
      // a picture of the platform's own around which a link stands tells whose page the link leads to
      const led = picture.link ? resolve(book, picture.link, { page: true, pictures: [picture.src] }) : null;
      if (led?.documents.length) findings.push({ key: led.key, addresses: led.documents, name: picture.name, picture: picture.src, why: led.name });
      const match = resolve(book, picture.src);
      if (match?.documents.length) findings.push({ key: match.key, addresses: match.documents, name: picture.name, picture: picture.src, why: match.name });
      else if (!match) probes.push(...probe(picture.src, picture.name, page, sizeScore(picture)));
    }
  }
  return { findings, probes };
}

/**
 * Links to files: a picture or a statement behind a link, however it is named.
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {Probe[]}
 */
export function fromDownloads(page, book) {
  return page.links.flatMap((link) => {
    if (resolve(book, link.href)) return [];
    const path = parse(link.href)?.pathname ?? "";
    const typed = /^(application\/(ld\+)?json|image\/(png|svg\+xml))\b/i.test(link.type) && link.tag !== "frame";
    const named = FILES.test(path) || PICTURES.test(path) || link.download || /(^|[/_-])(download|baked?|openbadge|jsonld)([/_-]|$)/i.test(path);
    if (link.tag === "link" ? !(/\balternate\b/i.test(link.rel) && typed) : !(typed || (named && link.tag === "a"))) return [];
    return probe(link.href, link.text, page, link.download ? 2 : 0);
  });
}

/** @param {PagePicture} picture */
function sizeScore({ width, height, via }) {
  if (via === "meta") return 0;
  if (!width || !height) return 1;
  const ratio = width / height;
  return width >= 48 && ratio > 0.7 && ratio < 1.45 ? 2 : 0;
}

/**
 * @param {string} address
 * @param {string} name
 * @param {Snapshot} page
 * @param {number} score
 * @returns {Probe[]}
 */
function probe(address, name, page, score) {
  const url = parse(address, page.url);
  if (!isWeb(url) || (NEVER.test(url.pathname) && !url.search) || isElsewhereLocal(url, page.url)) return [];
  const extra = (SPEAKS.test(url.pathname) || SPEAKS.test(name) ? 3 : 0) + (PICTURES.test(url.pathname) || FILES.test(url.pathname) ? 1 : 0);
  return [{ url: url.href.replace(/#.*$/, ""), name, score: score + extra }];
}

/** A page of the world must not have us ask machines of the reader's network. @param {URL} url @param {string} page */
function isElsewhereLocal(url, page) {
  return isLocal(url.hostname) && url.origin !== parse(page)?.origin;
}

/** So many pictures are offered to be chosen by hand; a longer data: address is not. */
const MAX_CHOICES = 60;
const MAX_CHOICE_CHARS = 200_000;

/**
 * The pictures that the reader may choose from by hand: each once, the likeliest first.
 * @param {Snapshot[]} pages
 * @returns {Choice[]}
 */
export function choicesOf(pages) {
  /** @type {Map<string, Probe>} */
  const found = new Map();
  for (const page of pages) {
    for (const picture of page.pictures.filter((each) => !isTiny(each))) {
      for (const one of choice(picture, page)) if ((found.get(one.url)?.score ?? -1) < one.score) found.set(one.url, one);
    }
  }
  return [...found.values()].toSorted((a, b) => b.score - a.score).slice(0, MAX_CHOICES).map(({ url, name }) => ({ url, name }));
}

/** @param {PagePicture} picture @param {Snapshot} page @returns {Probe[]} */
function choice(picture, page) {
  if (!picture.src.startsWith("data:")) return probe(picture.src, picture.name, page, sizeScore(picture));
  return /^data:image\/(png|svg\+xml)/i.test(picture.src) && picture.src.length <= MAX_CHOICE_CHARS ? [{ url: picture.src, name: picture.name, score: sizeScore(picture) }] : [];
}

/** @param {PagePicture} picture */
export const isTiny = (picture) => picture.width > 0 && picture.height > 0 && Math.max(picture.width, picture.height) < MIN_SIDE;

/**
 * @param {PagePicture} picture
 * @param {Book} book
 * @returns {Finding[]}
 */
function fromData(picture, book) {
  if (!/^data:image\/svg\+xml/i.test(picture.src)) return [];
  const svg = textOfData(picture.src);
  return fromSvg(svg, book).map((finding) => ({ ...finding, name: finding.name || picture.name, picture: picture.src }));
}

/** @param {string} data @returns {string} */
export function textOfData(data) {
  const comma = data.indexOf(",");
  const body = data.slice(comma + 1);
  try {
    if (!/;base64$/i.test(data.slice(0, comma))) return decodeURIComponent(body);
    return new TextDecoder().decode(Uint8Array.from(atob(body), (char) => char.charCodeAt(0)));
  } catch {
    return "";
  }
}

/** @param {string} address @param {Book} book @returns {string} */
export const plain = (address, book) => clean(address, book.secrets) ?? "";
