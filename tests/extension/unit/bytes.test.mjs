import assert from "node:assert/strict";
import { test } from "node:test";
import zlib from "node:zlib";
import { inspect } from "../../../extension/detect/bytes.js";
import { ASSERTION, CREDENTIAL, book } from "./common.mjs";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
const chunk = (type, data) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  return Buffer.concat([head, Buffer.from(type), data, Buffer.alloc(4)]);
};
const png = (...chunks) => new Uint8Array(Buffer.concat([SIGNATURE, chunk("IHDR", Buffer.alloc(13)), ...chunks, chunk("IEND", Buffer.alloc(0))]));
const itxt = (keyword, text, packed = false) => chunk("iTXt", Buffer.concat([Buffer.from(`${keyword}\0${packed ? "\x01" : "\0"}\0\0\0`), packed ? zlib.deflateSync(text) : Buffer.from(text)]));
const probe = { url: "https://site.example/badge.png", name: "alt text" };
const look = (file) => inspect(file, book, probe);

test("iTXt with JSON", async () => {
  const [found] = await look(png(itxt("openbadges", JSON.stringify(ASSERTION))));
  assert.deepEqual(found.addresses, [ASSERTION.id]);
  assert.deepEqual(found.reading, { url: probe.url });
  assert.equal(found.name, "alt text");
});
test("iTXt of Open Badges 3.0, packed", async () => assert.equal((await look(png(itxt("openbadgecredential", JSON.stringify(CREDENTIAL), true))))[0].name, "Baker"));
test("tEXt with an address", async () => assert.deepEqual((await look(png(chunk("tEXt", Buffer.from("openbadges\0https://old.example/1.json")))))[0].addresses, ["https://old.example/1.json"]));
test("a statement behind the picture's data", async () => assert.equal((await look(png(chunk("IDAT", Buffer.alloc(100)), itxt("openbadges", JSON.stringify(ASSERTION))))).length, 1));
test("the file's bytes are what is sent, not the text in it", async () => assert.equal((await look(png(itxt("openbadgecredential", JSON.stringify(CREDENTIAL)))))[0].text, undefined));
test("accents survive", async () => assert.equal((await look(png(itxt("openbadgecredential", JSON.stringify({ ...CREDENTIAL, credentialSubject: { achievement: { name: "Käse 🧀" } } })))))[0].name, "Käse 🧀"));
test("SVG and JSON files", async () => {
  const bytes = (text) => new TextEncoder().encode(text);
  assert.equal((await look(bytes('<?xml version="1.0"?><svg xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="https://a.example/1"/></svg>'))).length, 1);
  assert.equal((await look(bytes(JSON.stringify(CREDENTIAL))))[0].name, "Baker");
});

const bomb = png(chunk("iTXt", Buffer.concat([Buffer.from("openbadges\0\x01\0\0\0"), zlib.deflateSync(Buffer.alloc(50_000_000))])));
const HOSTILE = {
  "an ordinary picture": png(itxt("Comment", "openbadges")),
  "a chunk that claims more than there is": new Uint8Array(Buffer.concat([SIGNATURE, Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.from("iTXtopenbadges")])),
  "a chunk cut short": png(itxt("openbadges", JSON.stringify(ASSERTION))).slice(0, 60),
  "packed data that is none": png(chunk("iTXt", Buffer.from("openbadges\0\x01\0\0\0nonsense"))),
  "iTXt without its separators": png(chunk("iTXt", Buffer.from("openbadges\0"))),
  "nothing": new Uint8Array(),
  "only the signature": new Uint8Array(SIGNATURE),
  "an address that is a script": png(chunk("tEXt", Buffer.from("openbadges\0javascript:alert(1)"))),
  "a page": new TextEncoder().encode("<!doctype html><p>openbadges</p>"),
  "a feed": new TextEncoder().encode('{"version":"https://jsonfeed.org/version/1.1","items":[]}'),
  "a thousand times nothing": png(...Array.from({ length: 6000 }, () => chunk("tEXt", Buffer.from("a\0b")))),
  "50 MB packed into 50 kB": bomb,
};
for (const [what, file] of Object.entries(HOSTILE)) test(`${what} is no badge`, async () => assert.deepEqual(await look(file), []));
