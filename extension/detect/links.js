/** The page's own address, its links and frames: against the recipes, and through validators. */

import { resolve } from "./recipes.js";
import { clean, isWeb, parse } from "./urls.js";

/** @typedef {import("./recipes.js").Book} Book */

const STATEMENT_TYPES = new Set(["application/vc+ld+json", "application/vc", "application/vc+jwt", "application/openbadge+json"]);

/**
 * The page one looks at.
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {{findings: Finding[], says: string}}
 */
export function fromPage(page, book) {
  const match = resolve(book, page.url, { page: true, pictures: page.pictures.map((picture) => picture.src) });
  if (!match) return { findings: [], says: "" };
  if (!match.documents.length) return { findings: [], says: match.says };
  return { findings: [{ key: match.key, addresses: match.documents, name: titleOf(page), picture: mainPicture(page), why: match.name }], says: "" };
}

/** @param {Snapshot} page @returns {string} */
export const titleOf = (page) => shortened(page.meta["og:title"] ?? "") || page.heading || (page.title.split(/ [|•–-] /, 1)[0] ?? "");

/** Credly's title says "NAME was issued by …". @param {string} title */
const shortened = (title) => title.replace(/ was issued by .*$/s, "");

/** The largest picture is most likely the badge's. @param {Snapshot} page @returns {string} */
export function mainPicture(page) {
  const shown = page.pictures.filter((picture) => picture.via === "img" && Math.min(picture.width, picture.height) >= 64);
  const [largest] = shown.toSorted((a, b) => b.width * b.height - a.width * a.height);
  return largest?.src ?? page.meta["og:image"] ?? "";
}

/**
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {Finding[]}
 */
export function fromLinks(page, book) {
  return page.links.flatMap((link) => {
    const match = resolve(book, link.href);
    if (!match?.documents.length) return [];
    const extra = link.tag === "a" && isDocument(link) ? [clean(link.href, book.secrets)] : [];
    return [{ key: match.key, addresses: unique([...match.documents, ...extra]), name: link.tag === "a" ? link.text : "", why: match.name }];
  });
}

/**
 * Links that lead through somebody else (“share”, “leaving this site”, “open in the app”, oEmbed) carry the badge's address
 * as a parameter. Only what a recipe knows counts: anything else may be any page.
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {Finding[]}
 */
export function fromDetours(page, book) {
  return page.links.flatMap((link) => {
    const url = /=https?(:|%3a)/i.test(link.href) ? parse(link.href) : null;
    const targets = url ? [...url.searchParams.values()].slice(0, 20).filter((value) => /^https?:\/\//i.test(value)) : [];
    return targets.flatMap((target) => {
      const match = resolve(book, target);
      return match?.documents.length ? [{ key: match.key, addresses: match.documents, name: "", why: match.name }] : [];
    });
  });
}

/** @param {PageLink} link */
const isDocument = (link) => /\.json$/.test(parse(link.href)?.pathname ?? "");

/** @param {(string | null)[]} values @returns {string[]} */
export const unique = (values) => [...new Set(values.filter((value) => value !== null && value !== ""))].map(String);

/**
 * `<link rel="alternate">` with the type of a credential.
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {Finding[]}
 */
export function fromAlternates(page, book) {
  return page.links
    .filter((link) => /\balternate\b/i.test(link.rel) && STATEMENT_TYPES.has(link.type.split(";", 1)[0]?.trim().toLowerCase() ?? ""))
    .flatMap((link) => atAddress(link.href, book, "why_alternate", titleOf(page), mainPicture(page)));
}

/**
 * Links to validators, and their own pages, carry the badge's address as a parameter, in the query or behind `#`.
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {Finding[]}
 */
export function fromValidators(page, book) {
  return [...page.links, { href: page.url }].flatMap((link) => {
    const url = parse(link.href);
    const validator = isWeb(url) ? book.validators.find(({ hosts }) => hosts.includes(url.hostname)) : undefined;
    if (!url || !validator) return [];
    const behind = new URLSearchParams(url.hash.replace(/^#[^?=&]*\?/, ""));
    const wanted = validator.parameters.map((name) => url.searchParams.get(name) ?? behind.get(name)).find((value) => value);
    return wanted ? atAddress(wanted, book, "why_validator", "", "") : [];
  });
}

/**
 * @param {string} text
 * @param {Book} book
 * @param {string} why
 * @param {string} name
 * @param {string} picture
 * @returns {Finding[]}
 */
export function atAddress(text, book, why, name, picture) {
  const address = clean(text, book.secrets);
  if (!address) return [];
  const match = resolve(book, address);
  if (match?.documents.length) return [{ key: match.key, addresses: match.documents, name, picture, why }];
  return [{ key: `at:${address}`, addresses: [address], name, picture, why }];
}

/**
 * Whether a wallet is offered a credential. That cannot be taken in: it is bound to the wallet's key.
 * @param {Snapshot} page
 * @param {Book} book
 */
export const hasOffer = (page, book) => page.links.some((link) => book.offers.some((offer) => offer.test(link.href)));
