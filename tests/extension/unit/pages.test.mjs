import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { detect } from "../../../extension/detect/detect.js";
import { PAGES, book, readJson } from "./common.mjs";

const names = fs.readdirSync(PAGES).filter((name) => fs.existsSync(path.join(PAGES, name, "snapshot.json")));

test("there are saved pages of many platforms", () => assert.ok(new Set(names.map((name) => readJson(PAGES, name, "expected.json").platform)).size >= 12));

/** A finding is a wanted badge when it has one of its addresses, its text, or the file that the page hands out. */
const isIt = (finding, badge) => finding.addresses.some((address) => badge.any.includes(address)) || (finding.text !== undefined && badge.any.includes("inline")) || badge.any.includes(finding.reading?.url);

for (const name of names) {
  test(`${name}: every badge found, none invented`, () => {
    const wanted = readJson(PAGES, name, "expected.json");
    const found = detect(readJson(PAGES, name, "snapshot.json"), book);
    const left = [...found.findings];
    for (const badge of wanted.badges) {
      const index = left.findIndex((finding) => isIt(finding, badge));
      // what only the bytes can tell is looked at: tests/browser reads them
      if (index < 0) assert.ok(wanted.bytes && found.probes.some((probe) => badge.any.includes(probe.url)), `missed ${badge.name ?? badge.any[0]}`);
      else left.splice(index, 1);
    }
    assert.deepEqual(left, [], "invented");
    assert.equal(found.offer, wanted.offers, "wallet offer");
    for (const secret of wanted.secret ?? []) assert.ok(!JSON.stringify(found.findings.map((finding) => finding.addresses)).includes(secret), `an address holds ${secret}`);
  });
}
