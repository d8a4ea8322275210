/** What the tests share: the extension's folder, its recipes, and an empty page to put things into. */

import fs from "node:fs";
import path from "node:path";
import { compile } from "../../../extension/detect/recipes.js";

export const EXTENSION = path.resolve(import.meta.dirname, "../../../extension");
export const PAGES = path.resolve(import.meta.dirname, "../../pages");
export const readJson = (...parts) => JSON.parse(fs.readFileSync(path.join(...parts), "utf8"));
export const recipes = readJson(EXTENSION, "recipes.json");
export const book = compile(recipes);

export const page = (parts = {}) => ({
  url: "https://site.example/people/1", title: "", heading: "", links: [], pictures: [], elements: [], forms: [], scripts: [], drawings: [], meta: {}, truncated: false, ...parts,
});
export const link = (href, parts = {}) => ({ href, rel: "", type: "", text: "", download: false, tag: "a", ...parts });
export const picture = (src, parts = {}) => ({ src, name: "", width: 90, height: 90, via: "img", link: "", ...parts });

export const CREDENTIAL = {
  "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
  id: "https://site.example/credentials/1", type: ["VerifiableCredential", "OpenBadgeCredential"], issuer: { id: "did:key:z6Mk", name: "Guild" },
  credentialSubject: { type: ["AchievementSubject"], achievement: { id: "urn:uuid:1", type: ["Achievement"], name: "Baker" } },
};
export const ASSERTION = {
  "@context": "https://w3id.org/openbadges/v2", type: "Assertion", id: "https://site.example/a/1.json", recipient: { type: "email", hashed: true, identity: "sha256$00" },
  badge: "https://site.example/b/1.json", verification: { type: "HostedBadge" }, issuedOn: "2026-01-01T00:00:00Z",
};
