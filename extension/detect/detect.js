/** All detectors over one snapshot, cheap ones first; what several of them find is one badge. */

import { fromDrawings, fromElements, fromForms, fromScripts } from "./elements.js";
import { fromAlternates, fromDetours, fromLinks, fromPage, fromValidators, hasOffer, titleOf, unique } from "./links.js";
import { fromDownloads, fromPictures, isTiny } from "./pictures.js";
import { resolve } from "./recipes.js";
import { parse } from "./urls.js";

/** @typedef {import("./recipes.js").Book} Book */

/** More than this on one page is an attack or a catalogue: the rest is left out, and that is said. */
export const MAX_FINDINGS = 200;
export const MAX_PROBES = 200;
const MAX_ADDRESSES = 6;
const MAX_NAME = 200;

/**
 * @param {Snapshot} page
 * @param {Book} book
 * @returns {Detection}
 */
export function detect(page, book) {
  const sized = { ...page, pictures: page.pictures.filter((picture) => !isTiny(picture)) };
  const here = fromPage(page, book);
  const pictures = fromPictures(sized, book);
  const all = [
    ...here.findings,
    ...fromAlternates(page, book),
    ...fromForms(page, book),
    ...fromLinks(page, book),
    ...fromValidators(page, book),
    ...fromDetours(page, book),
    ...fromElements(page, book),
    ...fromScripts(page, book),
    ...pictures.findings,
    ...fromDrawings(page, book),
  ];
  const findings = merge(all);
  const probes = distinct([...pictures.probes, ...fromDownloads(page, book)], findings, page);
  return {
    findings: findings.slice(0, MAX_FINDINGS),
    probes: probes.slice(0, MAX_PROBES),
    offer: hasOffer(page, book),
    says: here.says,
    truncated: page.truncated || findings.length > MAX_FINDINGS || probes.length > MAX_PROBES,
  };
}

/**
 * @param {Finding[]} findings
 * @returns {Finding[]} each key once, in the order of the first
 */
export function merge(findings) {
  /** @type {Map<string, Finding>} */
  const found = new Map();
  /** @type {Map<string, string>} */
  const byAddress = new Map();
  for (const finding of findings) {
    const known = [finding.key, ...finding.addresses.map((address) => byAddress.get(address) ?? "")].find((key) => found.has(key));
    const merged = known === undefined ? finding : together(/** @type {Finding} */ (found.get(known)), finding);
    found.set(merged.key, { ...merged, name: merged.name.trim().slice(0, MAX_NAME), addresses: unique(merged.addresses).slice(0, MAX_ADDRESSES) });
    for (const address of merged.addresses) byAddress.set(address, merged.key);
  }
  return [...found.values()];
}

/**
 * @param {Finding} first
 * @param {Finding} second
 * @returns {Finding}
 */
function together(first, second) {
  return {
    ...second,
    ...first,
    addresses: [...first.addresses, ...second.addresses],
    name: first.name.trim() || second.name,
    ...pick("issuer", first, second),
    ...pick("picture", first, second),
    ...pick("id", first, second),
  };
}

/** @param {"issuer" | "picture" | "id"} field @param {Finding} first @param {Finding} second */
function pick(field, first, second) {
  const value = first[field] || second[field];
  return value ? { [field]: value } : {};
}

/**
 * What is worth a look at its bytes: each address once, not what was found already, not what lies below the page of a
 * badge that was found (its PDF, its summary), the likeliest first.
 * @param {Probe[]} probes
 * @param {Finding[]} findings
 * @param {Snapshot} page
 * @returns {Probe[]}
 */
function distinct(probes, findings, page) {
  const known = new Set(findings.flatMap((finding) => finding.addresses));
  const here = parse(page.url);
  const below = here && findings.some((finding) => finding.name === titleOf(page)) ? `${here.origin}${here.pathname.replace(/\/$/, "")}/` : null;
  /** @type {Map<string, Probe>} */
  const best = new Map();
  for (const probe of probes) {
    if (known.has(probe.url) || (below && probe.url.startsWith(below))) continue;
    const before = best.get(probe.url);
    if (!before || before.score < probe.score) best.set(probe.url, { ...probe, name: probe.name || before?.name || "" });
  }
  return [...best.values()].toSorted((a, b) => b.score - a.score);
}

/**
 * Put what the bytes of a probe said among the findings.
 * @param {Finding[]} findings
 * @param {Finding[]} more
 */
export const extend = (findings, more) => merge([...findings, ...more]).slice(0, MAX_FINDINGS);

export { resolve };
