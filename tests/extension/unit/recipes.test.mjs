import assert from "node:assert/strict";
import { test } from "node:test";
import { resolve } from "../../../extension/detect/recipes.js";
import { book, recipes } from "./common.mjs";

const ID = "5a1f3c9e-7c41-4f0e-9a6b-3d2c1b0a9f88";
const HASH = "0123456789abcdef0123456789abcdef01234567";
const BADGR = "Zx9Qw3ErTyUiOpAsDfGhJk";
const CREDLY = `https://api.credly.com/v1/obi/v2/badge_assertions/${ID}`;

const LEADS = [
  [`https://www.credly.com/badges/${ID}`, CREDLY],
  [`https://www.credly.com/badges/${ID}/linked_in_profile`, CREDLY],
  [`https://www.credly.com/badges/${ID}?source=linked_in_profile`, CREDLY],
  [`https://www.credly.com/earner/earned/badge/${ID}`, CREDLY],
  [`https://www.youracclaim.com/badges/${ID}/public_url`, CREDLY],
  [`https://www.credly.com/embedded_badge/${ID}`, CREDLY],
  [`https://badgr.com/public/assertions/${BADGR}?identity__email=a%40b.c`, `https://api.badgr.io/public/assertions/${BADGR}.json?v=2_0`],
  [`https://eu.badgr.com/public/assertions/${BADGR}`, `https://api.eu.badgr.io/public/assertions/${BADGR}.json?v=2_0`],
  [`https://badges.parchment.com/public/assertions/${BADGR}`, `https://api.badges.parchment.com/public/assertions/${BADGR}.json?v=2_0`],
  [`https://api.badgr.io/public/assertions/${BADGR}/image`, `https://api.badgr.io/public/assertions/${BADGR}.json?v=2_0`],
  [`https://www.edubadges.nl/public/assertions/${BADGR}`, `https://api.edubadges.nl/public/assertions/${BADGR}.json`],
  [`https://openbadges.education/public/assertions/${BADGR}`, `https://api.openbadges.education/public/assertions/${BADGR}.json`],
  [`https://badges.school.example/public/assertions/${BADGR}`, `https://badges.school.example/public/assertions/${BADGR}.json`],
  [`https://openbadgefactory.com/v1/assertion/${HASH}.html`, `https://openbadgefactory.com/v1/assertion/${HASH}`],
  [`https://factory.cancred.example/obv3/credentials/${HASH}.html`, `https://factory.cancred.example/obv3/credentials/${HASH}.json`],
  ["https://openbadgepassport.com/app/badge/info/77/full/embed", "https://openbadgepassport.com/obpv1/badge/verify/77"],
  [`https://www.credential.net/${ID}#acc.AbCd`, `https://api.accredible.com/v1/obi/badge_assertions/${ID}`],
  [`https://edu.google.accredible.com/${ID}`, `https://api.accredible.com/v1/obi/badge_assertions/${ID}`],
  [`https://learn.example/openlearn/badges/badge.php?hash=${HASH}`, `https://learn.example/openlearn/badges/assertion.php?b=${HASH}&obversion=2`],
  [`https://learn.example/badges/json/assertion.php?b=${HASH}&obversion=v2p0`, `https://learn.example/badges/assertion.php?b=${HASH}&obversion=2`],
  ["https://wiki.example/w/api.php?action=openbadges&type=assertion&obl_badge_id=3&obl_receiver=7&format=json", "https://wiki.example/w/api.php?action=openbadges&type=assertion&obl_badge_id=3&obl_receiver=7&format=json"],
  ["https://club.example/blog/evidence/?bg=1&eid=2&uid=3", "https://club.example/blog/assertion/?bg=1&eid=2&uid=3"],
  ["https://verifierplus.org/credentials/6f1d", "https://verifierplus.org/api/credentials/6f1d"],
  ["https://credentials.certdirectory.io/credentials/CD-1X", "https://credentials.certdirectory.io/credentials/CD-1X/ob3"],
  ["https://badges.fedoraproject.org/assertions/riddle-me-this/0123456789abcdef0123", "https://badges.fedoraproject.org/assertions/riddle-me-this/0123456789abcdef0123"],
];
const NOWHERE = [
  "https://www.credly.com/", "https://www.credly.com/users/someone", "https://www.credly.com/badges/not-a-uuid", `https://evil.example/badges/${ID}`, `https://www.credly.com.evil.example/badges/${ID}`,
  `https://evilcredential.net/${ID}`, "https://badgr.com/public/assertions/", "https://forum.example/badges/badge.php?id=3", "https://learn.example/badges/badge.php?hash=12", `https://learn.example/badges/badge.php?hash=${HASH}zz`,
  `https://shop.example/${ID}`, "https://wiki.example/w/api.php?action=openbadges&type=badge&obl_badge_id=3", "https://club.example/evidence/?bg=1&eid=2", "javascript:alert(1)", `ftp://www.credly.com/badges/${ID}`, "https://site.example/public/assertions/short",
];

for (const [address, document] of LEADS) test(`${address} leads to its statement`, () => assert.ok(resolve(book, address)?.documents.includes(document), JSON.stringify(resolve(book, address))));
for (const address of NOWHERE) test(`${address} is not taken for a badge`, () => assert.equal(resolve(book, address)?.documents.length ?? 0, 0));

test("a white label is known by its pictures, and only on its own page", () => {
  const pictures = ["https://api.accredible.com/v1/frontend/credential_opengraph_seo_image/1"];
  const address = `https://credentials.school.example/${ID}`;
  assert.deepEqual(resolve(book, address, { page: true, pictures })?.documents[0], `https://api.accredible.com/v1/obi/badge_assertions/${ID}`);
  assert.equal(resolve(book, address, { page: true, pictures: ["https://evil.example/?https://api.accredible.com/v1/frontend/"] }), null);
  assert.equal(resolve(book, address, { pictures }), null);
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
