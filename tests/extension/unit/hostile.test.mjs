import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_FINDINGS, MAX_PROBES, detect, merge } from "../../../extension/detect/detect.js";
import { compile } from "../../../extension/detect/recipes.js";
import { ASSERTION, book, link, page, picture, recipes } from "./common.mjs";

const id = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

test("a thousand candidates: some are taken, and it is said that there are more", () => {
  const found = detect(page({ links: Array.from({ length: 1000 }, (_, n) => link(`https://www.credly.com/badges/${id(n)}`)) }), book);
  assert.equal(found.findings.length, MAX_FINDINGS);
  assert.equal(found.truncated, true);
});
test("five thousand pictures: the likeliest are looked at", () => {
  const pictures = [...Array.from({ length: 5000 }, (_, n) => picture(`https://site.example/p/${n}`)), picture("https://site.example/badges/real.png", { name: "My badge" })];
  const found = detect(page({ pictures }), book);
  assert.equal(found.probes.length, MAX_PROBES);
  assert.equal(found.probes[0].url, "https://site.example/badges/real.png");
});
test("what it costs grows with the page, not faster", () => {
  const busy = (size) => page({ pictures: Array.from({ length: size }, (_, n) => picture(`https://site.example/p/${n}.png`)), links: Array.from({ length: 4 * size }, (_, n) => link(`https://site.example/l/${n}?a=b`)) });
  const cost = (size) => Math.min(...Array.from({ length: 7 }, () => { const it = busy(size), before = process.cpuUsage(); detect(it, compile(recipes)); return process.cpuUsage(before).user; }));
  cost(500);
  const [small, large] = [cost(125), cost(1000)];
  assert.ok(large < 40 * small, `${small} µs of work for 125 pictures, ${large} µs for 8 times as many`);
});
test("machines of the reader's network are not looked at", () => {
  const hosts = ["http://192.168.1.1/badge.png", "http://localhost/badge.png", "http://127.0.0.1:22343/badges/x.png", "http://printer/badge.png", "http://[fd00::1]/badge.png", "http://169.254.169.254/badge.png"];
  const found = detect(page({ pictures: hosts.map((src) => picture(src)), links: hosts.map((href) => link(href, { download: true })) }), book);
  assert.deepEqual(found.probes, []);
});
test("but a page of that network may name its own files", () => {
  const found = detect(page({ url: "http://192.168.1.1/me", pictures: [picture("http://192.168.1.1/badge.png")] }), book);
  assert.equal(found.probes.length, 1);
});
test("names are text of a bounded length", () => {
  const name = `<img src=x onerror=alert(1)>${"A".repeat(100_000)}`;
  const [found] = detect(page({ links: [link(`https://www.credly.com/badges/${id(1)}`, { text: name })] }), book).findings;
  assert.ok(found.name.startsWith("<img src=x") && found.name.length === 200);
});
test("keys named like parts of objects are ordinary keys", () => {
  const findings = ["__proto__", "constructor", "toString"].map((key) => ({ key, addresses: [], name: key, why: "why_file" }));
  assert.deepEqual(merge(findings).map((finding) => finding.key), ["__proto__", "constructor", "toString"]);
});
test("one badge in many places is one badge", () => {
  const address = `https://www.credly.com/badges/${id(1)}`;
  const found = detect(page({ url: `${address}/public_url`, links: [link(address), link(`${address}/linked_in_profile`)], elements: [{ tag: "div", name: "", attributes: { "data-share-badge-id": id(1), "data-share-badge-host": "https://www.credly.com" } }] }), book);
  assert.equal(found.findings.length, 1);
});
test("an embed of another site is not Credly's", () => {
  const attributes = { "data-share-badge-id": id(1), "data-share-badge-host": "https://evil.example" };
  assert.deepEqual(detect(page({ elements: [{ tag: "div", name: "", attributes }] }), book).findings, []);
});
test("a form that is not Moodle's is never sent", () => {
  const form = { action: "https://bank.example/transfer?bake=1", method: "post", fields: { amount: "1000" } };
  assert.deepEqual(detect(page({ forms: [form] }), book).findings, []);
});
test("a GET form is no download", () => {
  const hash = "0".repeat(40);
  assert.deepEqual(detect(page({ forms: [{ action: `https://m.example/badges/badge.php?hash=${hash}&bake=1`, method: "get", fields: {} }] }), book).findings, []);
});
test("deep and broken JSON in a thousand attributes is survived", () => {
  const elements = Array.from({ length: 300 }, () => ({ tag: "div", name: "", attributes: { "data-badge": `{"badge":${"[".repeat(2000)}` } }));
  assert.deepEqual(detect(page({ elements, scripts: ["{", "null", "[1,2]", '"x"'] }), book).findings, []);
});
test("many statements in one script are bounded", () => {
  const many = Array.from({ length: 3000 }, (_, n) => ({ ...ASSERTION, id: `https://site.example/a/${n}.json` }));
  assert.ok(detect(page({ scripts: [JSON.stringify(many)] }), book).findings.length <= MAX_FINDINGS);
});
test("addresses of one badge are bounded", () => {
  const links = Array.from({ length: 50 }, (_, n) => link(`https://api.badgr.io/public/assertions/Zx9Qw3ErTyUiOpAsDfGhJk.json?x=${n}`));
  assert.ok(detect(page({ links }), book).findings[0].addresses.length <= 6);
});
