import assert from "node:assert/strict";
import { test } from "node:test";
import { clean, isLocal } from "../../../extension/detect/urls.js";
import { book, readJson } from "./common.mjs";

const KEPT = [
  ["https://site.example/a?b=1&obversion=2", "https://site.example/a?b=1&obversion=2"],
  ["https://SITE.example:443/a/../b", "https://site.example/b"],
  ["https://site.example/a?x=%7B%22q%22%7D&y", "https://site.example/a?x=%7B%22q%22%7D&y"],
  ["/a.json", "https://base.example/a.json"],
];
const { clean: STRIPPED } = readJson(import.meta.dirname, "../addresses.json");
const NONE = ["", "javascript:alert(1)", "data:image/png;base64,AA", "file:///etc/passwd", "chrome://settings", "blob:https://a/b", "https://", "http:///", "mailto:a@b.c", "ftp://a.b/c", `https://a.example/${"x".repeat(5000)}`];

for (const [before, after] of KEPT) test(`an address is kept as it is: ${before}`, () => assert.equal(clean(before, book.secrets, "https://base.example/x/"), after));
for (const [before, after] of STRIPPED) test(`what says who asks is cut: ${before}`, () => assert.equal(clean(before, book.secrets), after));
for (const text of NONE) test(`no address that anybody could fetch: ${text.slice(0, 40)}`, () => assert.equal(clean(text, book.secrets), null));

const LOCAL = ["localhost", "printer", "nas.local", "router.lan", "a.internal", "x.home.arpa", "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "172.31.255.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "[::1]", "[fd00::1]", "[fe80::1]", "[::ffff:7f00:1]"];
const WORLD = ["site.example", "8.8.8.8", "172.32.0.1", "100.128.0.1", "192.169.0.1", "[2001:4860:4860::8888]", "localhost.example"];
for (const host of LOCAL) test(`${host} is the reader's own network`, () => assert.equal(isLocal(host), true));
for (const host of WORLD) test(`${host} is the world`, () => assert.equal(isLocal(host), false));
for (const form of ["https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://①②⑦.0.0.1/"]) test(`${form} does not hide`, () => assert.equal(isLocal(new URL(form).hostname), true));
