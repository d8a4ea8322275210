import assert from "node:assert/strict";
import { test } from "node:test";
import { isSettled } from "../../../extension/lib/settled.js";
import { countOf, progressOf, stateOf, wordOf } from "../../../extension/popup/states.js";
import { EXTENSION, readJson } from "./common.mjs";

const english = readJson(EXTENSION, "_locales/en/messages.json");
const probing = (parts = {}) => ({ done: 0, total: 0, examining: 0, unseen: 0, ...parts });
const state = (parts) => ({ tabId: 1, url: "https://site.example/", title: "", phase: "ready", problem: "", items: [], probing: probing(), choices: 0, offer: false, says: "", truncated: false, at: 0, ...parts });
const item = (parts = {}) => ({ key: "k", addresses: [], name: "n", why: "why_file", state: "found", ...parts });

const PROBLEMS = ["not-running", "other-program", "not-mine", "too-slow", "busy", "clock", "daemon-too-old", "extension-too-old", "no-permission", "not-connected", "revoked", "wrong-code", "too-many-tries", "something-new"];
for (const problem of PROBLEMS) {
  test(`${problem}: one sentence and one button`, () => {
    const shown = stateOf(state({ problem }));
    for (const name of [shown.title, shown.sentence, shown.button]) assert.ok(english[name], name);
  });
}
for (const parts of [{ phase: "no-access" }, { phase: "no-access", url: "chrome://settings" }, { phase: "gallery" }, { phase: "connected" }, {}, { choices: 3 }, { offer: true }, { says: "certificate" }, { says: "download" }, { says: "claim" }, { says: "class" }]) {
  test(`state ${JSON.stringify(parts)} has its words`, () => {
    const shown = stateOf(state(parts));
    for (const name of [shown.title, shown.sentence, shown.button, shown.second?.button ?? "name"]) assert.ok(english[name], name);
  });
}
test("while the daemon is down the list stays, under a banner", () => assert.equal(stateOf(state({ problem: "not-running", items: [item()] })).banner, true));
test("not connected: there is nothing to choose yet", () => assert.equal(stateOf(state({ problem: "not-connected", items: [item()] })).deed, "connect"));
test("with a list and no problem there is only the list", () => assert.equal(stateOf(state({ items: [item()] })), null));
for (const open of [{ done: 1, total: 4 }, { done: 4, total: 4, examining: 1 }, { examining: 12 }, { done: 3, total: 4, examining: 2, unseen: 1 }]) {
  test(`nothing is said before all was looked at: ${JSON.stringify(open)}`, () => {
    const now = state({ probing: probing(open), choices: 2, says: "certificate" });
    assert.equal(isSettled(now), false);
    assert.equal(stateOf(now), null);
    assert.ok(["probing", "examining"].includes(progressOf(now).word));
  });
}
test("when all was looked at it is said, with both ways out", () => {
  const shown = stateOf(state({ probing: probing({ done: 4, total: 4, unseen: 2 }), choices: 2 }));
  assert.deepEqual([shown.deed, shown.second.deed], ["choose", "saveAddress"]);
  assert.equal(stateOf(state({ choices: 0 })).second, undefined, "where there is no picture none can be chosen");
  assert.equal(stateOf(state({})).deed, "saveAddress");
});
test("an address for claiming is not offered to be kept", () => assert.equal(stateOf(state({ says: "claim" })).deed, "again"));
test("what is going on is said in the order of its weight", () => {
  const words = [null, state({ phase: "looking" }), state({ probing: probing({ done: 1, total: 2 }) }), state({ probing: probing({ examining: 3 }) }), state({ probing: probing({ examining: 3 }), items: [item({ state: "reading" })] }), state({ items: [item({ state: "done", result: "added" })] }), state({ items: [item({ state: "done", result: "queued" })] }), state({ items: [item()] }), state({ phase: "no-access" })];
  assert.deepEqual(words.map((each) => progressOf(each).word), ["looking", "looking", "probing", "examining", "saving_progress", "saving_done", "", "", ""]);
});
test("before anything is known nothing is claimed", () => assert.equal(stateOf(null), null));
test("a wallet offer beside badges is no state of its own", () => assert.equal(stateOf(state({ offer: true, items: [item()] })), null));

for (const result of ["added", "already-there", "no-badge", "refused", "queued"]) test(`result ${result} has a word`, () => assert.ok(english[wordOf(item({ state: "done", result })).word]));
test("only what the daemon says is shown as verified", () => {
  assert.equal(wordOf(item()).tone, "");
  assert.equal(wordOf(item({ state: "done", result: "added", entry: { id: "x", name: "n", verdict: "invalid" } })).tone, "invalid");
  assert.equal(wordOf(item({ state: "done", result: "refused", entry: null })).verdict, "");
});
test("progress counts", () => assert.deepEqual(countOf([item(), item({ state: "waiting" }), item({ state: "done", result: "added" })]), { busy: 1, done: 1, all: 2 }));
