import assert from "node:assert/strict";
import { test } from "node:test";
import { countOf, stateOf, wordOf } from "../../../extension/popup/states.js";
import { EXTENSION, readJson } from "./common.mjs";

const english = readJson(EXTENSION, "_locales/en/messages.json");
const state = (parts) => ({ tabId: 1, url: "https://site.example/", title: "", phase: "ready", problem: "", items: [], probing: { done: 0, total: 0 }, offer: false, says: "", truncated: false, at: 0, ...parts });
const item = (parts = {}) => ({ key: "k", addresses: [], name: "n", why: "why_file", state: "found", ...parts });

const PROBLEMS = ["not-running", "other-program", "not-mine", "too-slow", "busy", "clock", "daemon-too-old", "extension-too-old", "no-permission", "not-connected", "revoked", "wrong-code", "too-many-tries", "something-new"];
for (const problem of PROBLEMS) {
  test(`${problem}: one sentence and one button`, () => {
    const shown = stateOf(state({ problem }));
    for (const name of [shown.title, shown.sentence, shown.button]) assert.ok(english[name], name);
  });
}
for (const parts of [{ phase: "no-access" }, { phase: "no-access", url: "chrome://settings" }, { phase: "gallery" }, { phase: "connected" }, {}, { offer: true }, { says: "certificate" }, { says: "download" }, { says: "claim" }, { says: "class" }]) {
  test(`state ${JSON.stringify(parts)} has its words`, () => {
    const shown = stateOf(state(parts));
    for (const name of [shown.title, shown.sentence, shown.button, shown.hint ?? "name"]) assert.ok(english[name], name);
  });
}
test("while the daemon is down the list stays, under a banner", () => assert.equal(stateOf(state({ problem: "not-running", items: [item()] })).banner, true));
test("not connected: there is nothing to choose yet", () => assert.equal(stateOf(state({ problem: "not-connected", items: [item()] })).deed, "connect"));
test("with a list and no problem there is only the list", () => assert.equal(stateOf(state({ items: [item()] })), null));
test("nothing is said before all was looked at", () => assert.equal(stateOf(state({ probing: { done: 1, total: 4 } })), null));
test("before anything is known nothing is claimed", () => assert.equal(stateOf(null), null));
test("a wallet offer beside badges is no state of its own", () => assert.equal(stateOf(state({ offer: true, items: [item()] })), null));

for (const result of ["added", "already-there", "no-badge", "refused", "queued"]) test(`result ${result} has a word`, () => assert.ok(english[wordOf(item({ state: "done", result })).word]));
test("only what the daemon says is shown as verified", () => {
  assert.equal(wordOf(item()).tone, "");
  assert.equal(wordOf(item({ state: "done", result: "added", entry: { id: "x", name: "n", verdict: "invalid" } })).tone, "invalid");
  assert.equal(wordOf(item({ state: "done", result: "refused", entry: null })).verdict, "");
});
test("progress counts", () => assert.deepEqual(countOf([item(), item({ state: "waiting" }), item({ state: "done", result: "added" })]), { busy: 1, done: 1, all: 2 }));
