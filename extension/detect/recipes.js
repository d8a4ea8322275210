/** What `recipes.json` says of an address: which badge it is, and where its statement can be fetched. */

import { compileSecrets, isWeb, parse } from "./urls.js";

/**
 * @typedef {{path: RegExp, query: [string, RegExp][], rule: RecipeRule}} Rule
 * @typedef {{id: string, family: string, name: string, api: (host: string) => string | null, any: boolean, rules: Rule[]}} Compiled
 * @typedef {{recipes: Compiled[], secrets: RegExp[], validators: {hosts: string[], parameters: string[]}[], offers: RegExp[], known: Map<string, Match | null>}} Book
 * @typedef {{key: string, name: string, documents: string[], says: string}} Match
 */

/**
 * @param {RecipeBook} book
 * @returns {Book}
 */
export function compile(book) {
  return {
    recipes: book.recipes.map((recipe) => ({
      id: recipe.id,
      family: recipe.family ?? recipe.id,
      name: recipe.name,
      any: Array.isArray(recipe.hosts) && recipe.hosts.includes("*"),
      api: (host) => apiOf(recipe.hosts, host),
      rules: recipe.rules.map((rule) => ({
        path: new RegExp(rule.path),
        query: Object.entries(rule.query ?? {}).map(([name, pattern]) => [name, new RegExp(pattern)]),
        rule,
      })),
    })),
    secrets: compileSecrets(book.private.parameters),
    validators: book.validators,
    offers: book.offers.map((offer) => new RegExp(offer.pattern, "i")),
    known: new Map(),
  };
}

/**
 * @param {string[] | Record<string, string>} hosts
 * @param {string} host
 * @returns {string | null} the value of {api}; null: the recipe is not for this host
 */
function apiOf(hosts, host) {
  if (!Array.isArray(hosts)) return Object.hasOwn(hosts, host) ? (hosts[host] ?? null) : null;
  return hosts.some((wanted) => fits(wanted, host)) ? host : null;
}

/** @param {string} wanted @param {string} host */
const fits = (wanted, host) => wanted === "*" || wanted === host || (wanted.startsWith("*.") && host.endsWith(wanted.slice(1)));

/**
 * @param {Book} book
 * @param {string} address
 * @param {{page?: boolean, pictures?: string[]}} [where] page: it is the page that is looked at, with these pictures
 * @returns {Match | null}
 */
export function resolve(book, address, where = {}) {
  if (where.page) return search(book, address, where);
  const known = book.known.get(address);
  if (known !== undefined) return known;
  const match = search(book, address, where);
  if (book.known.size < MAX_KNOWN) book.known.set(address, match);
  return match;
}

/** Several detectors ask for one address; a page has thousands. */
const MAX_KNOWN = 10_000;

/**
 * @param {Book} book
 * @param {string} address
 * @param {{page?: boolean, pictures?: string[]}} where
 * @returns {Match | null}
 */
function search(book, address, where) {
  const url = parse(address);
  if (!isWeb(url)) return null;
  for (const recipe of book.recipes) {
    const api = recipe.api(url.host) ?? recipe.api(url.hostname);
    if (api === null) continue;
    for (const compiled of recipe.rules) {
      const values = applies(compiled, url, where);
      if (values) return matched(recipe, compiled.rule, { ...values, api, origin: url.origin, host: url.host, path: url.pathname });
    }
  }
  return null;
}

/**
 * @param {Rule} compiled
 * @param {URL} url
 * @param {{page?: boolean, pictures?: string[]}} where
 * @returns {Record<string, string> | null}
 */
function applies({ path, query, rule }, url, where) {
  if (rule.links === false && !where.page) return null;
  const wanted = rule.when?.picture;
  if (wanted !== undefined && !where.pictures?.some((picture) => picture.startsWith(wanted))) return null;
  const groups = path.exec(url.pathname);
  if (!groups) return null;
  /** @type {Record<string, string>} */
  const values = {};
  groups.slice(1).forEach((group, index) => (values[String(index + 1)] = group ?? ""));
  for (const [name, pattern] of query) {
    const value = url.searchParams.get(name);
    if (value === null || !pattern.test(value)) return null;
    values[name] = value;
  }
  return values;
}

/**
 * @param {Compiled} recipe
 * @param {RecipeRule} rule
 * @param {Record<string, string>} values
 * @returns {Match}
 */
function matched(recipe, rule, values) {
  const fill = (/** @type {string} */ template) => template.replaceAll(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
  const documents = (rule.documents ?? []).map((document) => fill(typeof document === "string" ? document : document.url));
  return {
    key: `${recipe.family}:${rule.same ? fill(rule.same) : (documents[0] ?? values["path"])}`,
    name: recipe.name,
    documents,
    says: rule.says ?? "",
  };
}
