import assert from "node:assert/strict";
import { test } from "node:test";
import { resolve } from "../../../extension/detect/recipes.js";
import { hasOffer, fromValidators } from "../../../extension/detect/links.js";
import { book, link, page, readJson, recipes } from "./common.mjs";

const ID = "5a1f3c9e-7c41-4f0e-9a6b-3d2c1b0a9f88";
const CREDLY = `https://api.credly.com/v1/obi/v2/badge_assertions/${ID}`;
// the daemon's tests read the same table: tests/intake/test_intake_recipes.py
const { leads: LEADS, nowhere: NOWHERE, says: SAYS, offers: OFFERS, no_offers: NO_OFFERS, validators: VALIDATORS } = readJson(import.meta.dirname, "../addresses.json");

for (const [address, document] of LEADS) test(`${address} leads to its statement`, () => assert.ok(resolve(book, address)?.documents.includes(document), JSON.stringify(resolve(book, address))));
for (const address of NOWHERE) test(`${address} is not taken for a badge`, () => assert.equal(resolve(book, address)?.documents.length ?? 0, 0));

for (const [address, word] of SAYS) test(`${address} is said to be: ${word}`, () => assert.equal(resolve(book, address, { page: true })?.says, word));
for (const href of OFFERS) test(`${href} is an offer to a wallet`, () => assert.equal(hasOffer(page({ links: [link(href)] }), book), true));
for (const href of NO_OFFERS) test(`${href} is no offer`, () => assert.equal(hasOffer(page({ links: [link(href)] }), book), false));
for (const [href, badge] of VALIDATORS) {
  test(`${href} carries the address of a badge`, () => assert.deepEqual(fromValidators(page({ links: [link(href)] }), book)[0]?.addresses, [badge]));
  test(`${href} does so as a page too`, () => assert.deepEqual(fromValidators(page({ url: href }), book)[0]?.addresses, [badge]));
}

test("a white label is known by its pictures, and only on its own page", () => {
  const pictures = ["https://api.accredible.com/v1/frontend/credential_opengraph_seo_image/1"];
  const address = `https://credentials.school.example/${ID}`;
  assert.deepEqual(resolve(book, address, { page: true, pictures })?.documents[0], `https://api.accredible.com/v1/obi/badge_assertions/${ID}`);
  assert.equal(resolve(book, address, { page: true, pictures: ["https://evil.example/?https://api.accredible.com/v1/frontend/"] }), null);
  assert.equal(resolve(book, address), null);
});

test("an address of the page cannot put other parts into the template", () => {
  const match = resolve(book, `https://www.credly.com/badges/${ID}/{api}{origin}$&`);
  assert.deepEqual(match?.documents, [CREDLY]);
});

test("what a document leads to leads to itself, so that the daemon can read the same recipes", () => {
  for (const [address, document] of LEADS) assert.equal(resolve(book, document)?.key, resolve(book, address)?.key, document);
});

test("every recipe says what it was read in, and how sure that is", () => {
  for (const recipe of recipes.recipes) {
    assert.ok(recipe.evidence.length > 0 && recipe.evidence.every((each) => each.length > 5), recipe.id);
    assert.ok(["certain", "likely", "guess"].includes(recipe.confidence), recipe.id);
    for (const rule of recipe.rules) {
      assert.ok(rule.path.startsWith("^"), `${recipe.id}: a path is anchored`);
      assert.ok(Boolean(rule.documents) !== Boolean(rule.says), `${recipe.id}: documents or a word`);
      assert.ok(!/\(\?<|\\d|\\w|\(\?:[^)]*\+\)\+/.test(rule.path), `${recipe.id}: only what both languages read alike`);
    }
  }
});

test("ids of recipes are unique, and those for any host stand last", () => {
  const ids = recipes.recipes.map((recipe) => recipe.id);
  assert.equal(new Set(ids).size, ids.length);
  const any = recipes.recipes.map((recipe) => Array.isArray(recipe.hosts) && recipe.hosts.includes("*"));
  assert.deepEqual(any, any.toSorted((a, b) => Number(a) - Number(b)));
});
