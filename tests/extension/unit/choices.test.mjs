import assert from "node:assert/strict";
import { test } from "node:test";
import { choicesOf } from "../../../extension/detect/pictures.js";
import { page, picture } from "./common.mjs";

const urls = (pictures, parts = {}) => choicesOf([page({ pictures, ...parts })]).map((choice) => choice.url);
const SITE = "https://site.example";

test("each picture once, the likeliest first, with its name", () => {
  const pictures = [picture(`${SITE}/wide.png`, { width: 900, height: 90 }), picture(`${SITE}/badge.png#top`, { name: "Baker" }), picture(`${SITE}/badge.png`), picture(`${SITE}/x`)];
  assert.deepEqual(urls(pictures), [`${SITE}/badge.png`, `${SITE}/x`, `${SITE}/wide.png`]);
  assert.equal(choicesOf([page({ pictures })])[0].name, "Baker");
});
test("the frames' pictures too", () => assert.equal(choicesOf([page({ pictures: [picture(`${SITE}/a.png`)] }), page({ pictures: [picture(`${SITE}/b.svg`)] })]).length, 2));
for (const src of [`${SITE}/photo.jpg`, `${SITE}/anim.gif`, "javascript:alert(1)", "file:///etc/passwd", "data:image/gif;base64,R0", "data:text/html,x", "", "http://192.168.1.1/badge.png", "http://127.0.0.1:9/badge.png", `data:image/png;base64,${"A".repeat(300_000)}`]) {
  test(`never offered: ${src.slice(0, 40)}`, () => assert.deepEqual(urls([picture(src)]), []));
}
test("nor what is too small to be seen", () => assert.deepEqual(urls([picture(`${SITE}/a.png`, { width: 16, height: 16 })]), []));
test("drawn into the page: PNG and SVG can be badges", () => assert.equal(urls([picture("data:image/png;base64,iVBORw0="), picture("data:image/svg+xml,%3Csvg/%3E")]).length, 2));
test("a thousand of them are not all shown", () => assert.equal(urls(Array.from({ length: 1000 }, (_, index) => picture(`${SITE}/${index}.png`))).length, 60));
