import assert from "node:assert/strict";
import { test } from "node:test";
import { fromSvg } from "../../../extension/detect/elements.js";
import { findingOf, statementsIn } from "../../../extension/detect/statements.js";
import { ASSERTION, CREDENTIAL, book } from "./common.mjs";

const jws = (claims) => `${btoa('{"alg":"RS256"}').replaceAll("=", "")}.${btoa(JSON.stringify(claims)).replaceAll("=", "")}.c2lnbmF0dXJl`;
const of = (value) => statementsIn(typeof value === "string" ? value : JSON.stringify(value)).map((each) => findingOf(each, book, "why_file"));

test("Open Badges 3.0: the text itself is the badge", () => {
  const [found] = of(CREDENTIAL);
  assert.equal(found.name, "Baker");
  assert.equal(found.issuer, "Guild");
  assert.deepEqual(JSON.parse(found.text), CREDENTIAL);
  assert.deepEqual(found.addresses, ["https://site.example/credentials/1"]);
});
test("the text is handed on byte for byte", () => {
  const text = `  ${JSON.stringify(CREDENTIAL, null, 3)}\n`;
  assert.equal(of(text)[0].text, text.trim());
});
test("Open Badges 2.0, hosted: the address is the badge", () => {
  const [found] = of(ASSERTION);
  assert.equal(found.text, undefined);
  assert.deepEqual(found.addresses, ["https://site.example/a/1.json"]);
});
test("Open Badges 1.0: verify.url", () => assert.deepEqual(of({ uid: "1", recipient: { identity: "x" }, badge: { name: "Old" }, verify: { type: "hosted", url: "https://old.example/1" } })[0].addresses, ["https://old.example/1"]));
test("Open Badges 0.5", () => assert.equal(of({ recipient: "sha256$00", salt: "s", badge: { version: "0.5.0", name: "Oldest", image: "/i.png", criteria: "/c", issuer: { origin: "https://o.example", name: "O" } } })[0].name, "Oldest"));
test("Mahara's composite names the address only inside", () => assert.deepEqual(of({ badge: { name: "Weaver", _location: "https://site.example/x" } })[0].addresses, ["https://site.example/x"]));
test("a JWS is one", () => assert.equal(of(jws(ASSERTION))[0].text, jws(ASSERTION)));
test("a VC-JWT is one", () => assert.equal(of(jws({ iss: "did:key:z", vc: CREDENTIAL }))[0].name, "Baker"));
test("Blockcerts carry their own proof", () => assert.ok(of({ ...ASSERTION, id: "urn:uuid:1", signature: { type: ["MerkleProof2017"] } })[0].text));
test("a presentation gives each of its credentials", () => assert.equal(of({ type: "VerifiablePresentation", verifiableCredential: [CREDENTIAL, jws({ ...CREDENTIAL })] }).length, 2));
test("an address that a recipe knows has the recipe's key", () => assert.equal(of({ ...ASSERTION, id: "https://api.badgr.io/public/assertions/Zx9Qw3ErTyUiOpAsDfGhJk" })[0].key, "badgr:Zx9Qw3ErTyUiOpAsDfGhJk"));

const NOT = {
  "a class of badges": { "@context": "https://w3id.org/openbadges/v2", type: "BadgeClass", id: "https://site.example/b", name: "x", issuer: "https://site.example/i" },
  "an issuer": { "@context": "https://w3id.org/openbadges/v2", type: "Issuer", id: "https://site.example/i", name: "x" },
  "schema.org's own kind of credential": { "@context": "https://schema.org", "@type": "EducationalOccupationalCredential", name: "x", credentialCategory: "badge" },
  "another verifiable credential": { type: ["VerifiableCredential", "DriversLicense"], credentialSubject: { name: "x" } },
  "a shop's badge": { badge: "new", price: 3 },
  "a number": 3, "nothing": null, "text": "hello", "an empty list": [],
};
for (const [what, value] of Object.entries(NOT)) test(`${what} is no badge`, () => assert.deepEqual(of(value), []));
for (const text of ["{", "[", "", "{}", "eyJ.eyJ.x", "aaaaaaaa.bbbbbbbb.cccc", `${"[".repeat(5000)}${"]".repeat(5000)}`, '{"__proto__":{"badge":{},"recipient":1}}']) test(`what is no JSON, or nonsense, is nothing: ${text.slice(0, 30)}`, () => assert.deepEqual(of(text), []));
test("a huge statement is not carried", () => assert.deepEqual(of({ ...CREDENTIAL, filler: "x".repeat(2_000_000) }), [null]));
test("a javascript: address is none", () => assert.deepEqual(of({ ...ASSERTION, id: "javascript:alert(1)", verify: { url: "javascript:alert(1)" } })[0].addresses, []));

const svg = (inside) => `<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org">${inside}</svg>`;
test("SVG of Open Badges 2.0: verify", () => assert.deepEqual(fromSvg(svg('<openbadges:assertion verify="https://a.example/1?x=1&amp;y=2"/>'), book)[0].addresses, ["https://a.example/1?x=1&y=2"]));
test("SVG of Open Badges 3.0: CDATA", () => assert.equal(fromSvg(svg(`<openbadges:credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><![CDATA[${JSON.stringify(CREDENTIAL)}]]></openbadges:credential>`), book)[0].name, "Baker"));
test("SVG with a JWS in verify", () => assert.equal(fromSvg(svg(`<openbadges:assertion verify="${jws(ASSERTION)}"></openbadges:assertion>`), book).length, 1));
test("SVG with another prefix", () => assert.equal(fromSvg('<svg xmlns="http://www.w3.org/2000/svg" xmlns:ob="http://openbadges.org"><ob:assertion verify="https://a.example/1"/></svg>', book).length, 1));
for (const other of ["<path d='M0 0'/>", "<assertion/>", '<openbadges:assertion verify="javascript:alert(1)"/>', "<title>openbadges</title>"]) test(`SVG without a statement: ${other}`, () => assert.deepEqual(fromSvg(svg(other), book), []));
