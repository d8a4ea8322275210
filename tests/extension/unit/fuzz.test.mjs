// What pages and files give the extension, changed in a few places: nothing is thrown, and nothing takes long.
// The same inputs in every run; FUZZ_INPUTS for more of them (each of the readers gets so many).
import assert from "node:assert/strict";
import { test } from "node:test";
import zlib from "node:zlib";
import { inspect } from "../../../extension/detect/bytes.js";
import { resolve } from "../../../extension/detect/recipes.js";
import { findingOf, statementsIn } from "../../../extension/detect/statements.js";
import { clean, parse } from "../../../extension/detect/urls.js";
import { ASSERTION, CREDENTIAL, book } from "./common.mjs";

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 1500);
const LONGEST_MS = 1000;
const ODD = [null, true, -1, 1e308, "", "\u0000", "\ud800", "http://[", "https://x.example/%zz", "javascript:x", [], {}, [[]], { "@id": 1 }, { type: [] }, "x".repeat(3000)];
const WORDS = ["http://[", "%", "\0", "]]>", "<svg", "openbadges\0", "{", "[", '"', "\\ud800", "://", "#", "&", ".", "eyJ"].map((word) => Buffer.from(word));

/** A generator of numbers below a limit, the same each time (mulberry32). */
function chanceOf(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

function changedBytes(seed, chance) {
  let bytes = Buffer.from(seed);
  for (let times = 1 + chance(4); times > 0; times--) {
    const at = chance(bytes.length + 1);
    const put = [Buffer.from([chance(256)]), WORDS[chance(WORDS.length)], Buffer.alloc(0), bytes.subarray(at, at + chance(40))][chance(4)];
    bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + chance(6))]);
  }
  return new Uint8Array(bytes);
}

function changedTree(seed, chance) {
  const value = structuredClone(seed);
  for (let times = 1 + chance(3); times > 0; times--) {
    const places = [];
    const walk = (box) => Object.keys(box).forEach((key) => { places.push([box, key]); if (box[key] && typeof box[key] === "object") walk(box[key]); });
    walk(value);
    if (!places.length) break;
    const [box, key] = places[chance(places.length)];
    box[key] = structuredClone(ODD[chance(ODD.length)]);
  }
  return value;
}

const chunk = (type, data) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  return Buffer.concat([head, Buffer.from(type), data, Buffer.alloc(4)]);
};
const png = (data) => Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk("IHDR", Buffer.alloc(13)), chunk("iTXt", data), chunk("IEND", Buffer.alloc(0))]);
const JSON_TEXT = JSON.stringify(CREDENTIAL);
const FILES = [
  png(Buffer.from(`openbadges\0\0\0\0\0${JSON.stringify(ASSERTION)}`)),
  png(Buffer.concat([Buffer.from("openbadgecredential\0\x01\0\0\0"), zlib.deflateSync(JSON_TEXT)])),
  Buffer.from(`<svg xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="https://a.example/1"><![CDATA[${JSON_TEXT}]]></openbadges:assertion></svg>`),
  Buffer.from(JSON_TEXT),
  Buffer.from(`eyJhbGciOiJFZERTQSJ9.${Buffer.from(JSON_TEXT).toString("base64url")}.c2lnbmF0dXJl`),
];
const ADDRESSES = ["https://www.credly.com/badges/1/public_url", "https://a.example:8443/x?email=a@b.example&token=1#y", "openid-credential-offer://?credential_offer_uri=x", "https://[::1]/"];

/** Run a reader on so many changed inputs; whatever it throws fails the test and names the input. */
async function fuzz(seed, make, read) {
  const chance = chanceOf(seed);
  for (let count = 0; count < INPUTS; count++) {
    const input = make(chance);
    const began = process.cpuUsage();
    try {
      await read(input);
    } catch (error) {
      const shown = input instanceof Uint8Array ? Buffer.from(input).toString("base64") : JSON.stringify(input);
      assert.fail(`${error?.stack}\ninput: ${shown}`);
    }
    assert.ok(process.cpuUsage(began).user / 1000 < LONGEST_MS, "it takes too long");
  }
}

test("files", () => fuzz(1, (chance) => changedBytes(FILES[chance(FILES.length)], chance), (file) => inspect(file, book, { url: "https://x.example/1.png", name: "x" })));
test("statements", () =>
  fuzz(2, (chance) => changedTree([ASSERTION, CREDENTIAL][chance(2)], chance), (value) => {
    for (const each of statementsIn(JSON.stringify(value))) findingOf(each, book, "why_file");
  }));
test("texts", () => fuzz(3, (chance) => Buffer.from(changedBytes(FILES[3 + chance(2)], chance)).toString("utf8"), (text) => statementsIn(text).forEach((each) => findingOf(each, book, "why_file"))));
test("addresses", () =>
  fuzz(4, (chance) => Buffer.from(changedBytes(Buffer.from(ADDRESSES[chance(ADDRESSES.length)]), chance)).toString("utf8"), (text) => {
    clean(text, book.secrets);
    clean(text, book.secrets, "https://page.example/");
    parse(text);
    resolve(book, text);
    resolve(book, text, { page: true, pictures: [text] });
  }));
test("a reader that throws would be found", async () => {
  await assert.rejects(fuzz(5, (chance) => changedBytes(FILES[3], chance), (file) => JSON.parse(Buffer.from(file).toString())));
});
