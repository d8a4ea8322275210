import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { NETWORKS, composer } from "../../../extension/lib/compose.js";
import { EXTENSION, readJson } from "./common.mjs";

const manifest = readJson(EXTENSION, "manifest.json");
const sources = fs.readdirSync(EXTENSION, { recursive: true }).map(String).filter((name) => /\.(js|html)$/.test(name));
const text = (name) => fs.readFileSync(path.join(EXTENSION, name), "utf8");

test("it may do what the README explains, and no more", () => {
  assert.deepEqual(manifest.permissions, ["activeTab", "scripting", "storage", "contextMenus"]);
  assert.deepEqual(manifest.host_permissions, ["http://127.0.0.1/*"]);
  assert.deepEqual(manifest.optional_host_permissions, ["https://*/*"]);
  for (const name of ["content_scripts", "externally_connectable", "web_accessible_resources", "optional_permissions", "key", "update_url"]) assert.equal(manifest[name], undefined, name);
  for (const permission of [...manifest.permissions, ...manifest.host_permissions, ...manifest.optional_host_permissions]) assert.ok(text("README.md").includes(permission), `README: ${permission}`);
});
test("its own pages run nothing but the package, and load no pictures from elsewhere", () => {
  const policy = manifest.content_security_policy.extension_pages;
  for (const part of ["default-src 'none'", "script-src 'self'", "img-src 'self' data:", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]) assert.ok(policy.includes(part), part);
  assert.ok(!/unsafe|\*(?!;| |$)/.test(policy.replace("http://127.0.0.1:*", "")), policy);
});
test("nothing in it runs text as code or writes text as markup", () => {
  for (const name of sources) assert.ok(!/\beval\(|new Function\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write|onMessageExternal|onConnectExternal|storage\.sync|toDataURL|getImageData|drawImage/.test(text(name)), name);
});
test("it speaks with this computer only", () => {
  for (const name of sources.filter((each) => !each.endsWith(".html"))) {
    const addresses = text(name).replaceAll(/\/\*[\s\S]*?\*\/|\/\/ .*/g, "").match(/https?:\/\/[^\s"'`)]*/g) ?? [];
    for (const address of addresses) {
      const known = /^http:\/\/127\.0\.0\.1|^https?:\/\/$|^https:\/\/\*|^http:\/\/www\.w3\.org\/2000\/svg|^https:\/\/(www\.linkedin\.com\/sharing|x\.com\/intent|www\.facebook\.com\/sharer|www\.credly\.com$)/;
      assert.ok(known.test(address) || /^https?:?[|?:\\/]/.test(address) && !/[a-z]\.[a-z]/.test(address), `${name}: ${address}`);
    }
  }
});
test("files are short", () => {
  for (const name of sources) assert.ok(text(name).split("\n").length <= 250, name);
});

const languages = fs.readdirSync(path.join(EXTENSION, "_locales"));
const english = readJson(EXTENSION, "_locales/en/messages.json");
const forms = (language) => new Intl.PluralRules(language).resolvedOptions().pluralCategories;
test("there is more than one language, one of them from right to left", () => assert.ok(languages.length >= 3 && languages.includes("ar")));
for (const language of languages) {
  const messages = readJson(EXTENSION, "_locales", language, "messages.json");
  test(`${language} is complete`, () => {
    for (const name of Object.keys(english)) assert.ok(messages[name]?.message, name);
    const counted = Object.keys(english).filter((name) => name.endsWith("_other")).map((name) => name.slice(0, -6));
    for (const name of counted) for (const form of forms(language)) assert.ok(messages[`${name}_${form}`] || form === "zero", `${name}_${form}`);
  });
  test(`${language} has the same places for values`, () => {
    for (const [name, { placeholders = {} }] of Object.entries(english)) {
      if (/_(one|two|zero)$/.test(name)) continue;
      assert.deepEqual(Object.keys(messages[name].placeholders ?? {}).toSorted(), Object.keys(placeholders).toSorted(), name);
    }
  });
}
test("every word that the code says is there", () => {
  const said = sources.flatMap((name) => [...text(name).matchAll(/(?:\bsay|getMessage)\("([a-zA-Z_]+)"|data-say(?:-label)?="([a-z_]+)"|__MSG_(\w+)__/g)].map((match) => match[1] ?? match[2] ?? match[3]));
  for (const name of said) assert.ok(english[name], name);
  const counted = sources.flatMap((name) => [...text(name).matchAll(/sayCount\("([a-z_]+)"/g)].map((match) => match[1]));
  for (const name of counted) assert.ok(english[`${name}_other`], name);
});

const shared = { name: "Käse & <b>", issuer: "Gilde", address: "https://site.example/b?x=1&y=2#z" };
test("composers are filled, and everything is encoded", () => {
  assert.deepEqual(NETWORKS, ["linkedin", "x", "facebook"]);
  for (const network of NETWORKS) {
    const url = new URL(composer(network, shared, "I earned “Käse & <b>”"));
    assert.equal(url.searchParams.get("url") ?? url.searchParams.get("u"), shared.address);
  }
  assert.equal(new URL(composer("x", shared, "a & b")).searchParams.get("text"), "a & b");
});
for (const address of ["javascript:alert(1)", "http://site.example/", "", "data:text/html,x"]) test(`${address} is never shared`, () => assert.equal(composer("x", { ...shared, address }, ""), null));
for (const network of ["", "__proto__", "constructor", "myspace"]) test(`there is no network ${network}`, () => assert.equal(composer(network, shared, ""), null));
