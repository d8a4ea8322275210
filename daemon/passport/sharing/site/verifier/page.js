// What the visitor sees of the check: one row for each question, in words; built with text alone, never with markup.

import { say } from "./speech.js";
import { check } from "./checking.js";
import { answer } from "./owners.js";
import { dayOf, instantOf } from "./dates.js";

/** @typedef {{ statement?: string, from?: string, copies: import("./owners.js").Copy[], status?: string, hosted?: string }} Carried */

const WORDS = /** @type {Record<string, string>} */ ({ passed: say("holds"), failed: say("does not hold"), unknown: say("not checked here") });
const MARKS = /** @type {Record<string, string>} */ ({ passed: "✓", failed: "✕", unknown: "○" });

/** Check the badge that this page shows, and say what was found. */
export async function run() {
  const place = document.querySelector("[data-answers]");
  if (!place) return;
  const { found, shown, carried } = await asked();
  const rows = [
    row(say("What was signed"), found.form), row(say("Signature"), found.signature), row(say("The issuer's key"), found.key),
    row(say("In force"), found.dates), row(say("What this page shows"), shown),
    row(say("Not withdrawn"), answer("unknown", "Whether the issuer has withdrawn it since can only be asked of the issuer, and this page asks nobody."), carried),
    row(say("To whom"), recipient(found)),
  ];
  const table = element("table", "", "checks"), body = element("tbody", "");
  body.append(...rows);
  table.append(body);
  const [tone, words] = summary(found, shown);
  place.replaceChildren(element("p", say(words), ["found", `tone-${tone}`].join(" ")), table);
  place.setAttribute("data-found", tone);
}

/** Ask all questions, of what the page carries and of what it shows. */
async function asked() {
  /** @type {Carried} */
  const carried = JSON.parse(document.getElementById("statement")?.textContent ?? "{}");
  const text = carried.statement ?? (await (await fetch(carried.from ?? "")).text());
  const contexts = /** @type {any} */ (globalThis).badgePassportContexts;
  const found = await check(text, carried.copies, { sets: contexts }, new Date());
  return { found, shown: compare(found.signed), carried };
}

/** @param {import("./checking.js").Found} found @param {import("./owners.js").Answer} shown @returns {[string, string]} */
function summary(found, shown) {
  const all = [found.form, found.signature, found.key, shown];
  if (all.some((one) => one.outcome === "failed")) return ["invalid", "Do not rely on this page: what it shows is not what the issuer signed."];
  if ([...all, found.dates].some((one) => one.outcome === "unknown")) return ["unconfirmed", "It could not be checked whole in this browser; the list says what is missing."];
  if (found.dates.outcome === "failed") return ["expired", "The issuer signed this, but it is not in force now."];
  const whose = found.selfAsserted ? " " + say("The issuer's name is its own claim.") : "";
  const copies = [...found.key.copies, ...shown.copies];
  return ["verified", say(copies.length ? "The issuer signed what this page shows, by the copies that the owner kept." : "The issuer signed what this page shows.") + whose];
}

/**
 * Whether the page shows what was signed.
 * @param {import("./checking.js").Signed | null} signed
 */
function compare(signed) {
  if (!signed) return answer("unknown", "What was signed could not be read.");
  const wrong = [];
  for (const [what, said] of [["name", signed.name], ["issuer", signed.issuer]]) {
    const shown = plain(document.querySelector(`[data-shown="${what}"]`)?.textContent ?? "");
    if (said && shown !== plain(said)) wrong.push(say(what === "name" ? `the page shows the name “${shown}”, and what was signed says “${plain(said)}”` : `the page shows the issuer “${shown}”, and what was signed says “${plain(said)}”`));
    if (!said && (shown || what === "name")) return answer("unknown", what === "name" ? "The name stands in a document of the issuer that is not kept with this page." : "The issuer's name stands in a document of the issuer that is not kept with this page.", signed.copies);
  }
  for (const [what, said] of [["issued", signed.issued], ["expires", signed.expires]]) {
    const shown = document.querySelector(`[data-shown="${what}"]`)?.getAttribute("datetime") ?? "", days = daysOf(said ?? "");
    if (shown ? !days.includes(shown) : what === "expires" && days.length) {
      const here = shown || say("no date"), there = said || say("none");
      wrong.push(say(what === "issued" ? `the page shows ${here} as the day of issue, and what was signed says ${there}` : `the page shows ${here} as its last day, and what was signed says ${there}`));
    }
  }
  if (wrong.length) return answer("failed", `They differ: ${wrong.join("; ")}.`);
  return answer("passed", "Name, issuer and dates on this page are those that were signed.", signed.copies);
}

/** @param {string} written @returns {string[]} the day as written, and that in universal time */
function daysOf(written) {
  const instant = instantOf(written);
  return instant ? [written.slice(0, 10), new Date(instant.at).toISOString().slice(0, 10)] : [];
}

/** @param {string} text */
function plain(text) {
  return text.normalize("NFC").replace(/[\s\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
}

/** @param {import("./checking.js").Found} found */
function recipient(found) {
  const shown = plain(document.querySelector('[data-shown="recipient"]')?.textContent ?? "");
  const named = found.signed?.recipients.map((one) => (one.length > 60 ? one.slice(0, 59) + "…" : one)).join(", ");
  const said = say(named ? `What was signed names its recipient as ${named}.` : "What was signed names nobody.");
  return answer("unknown", shown ? said + " " + say(`That this is ${shown} is the word of the owner of this page.`) : said);
}

/** @param {string} name @param {import("./owners.js").Answer} said @param {Carried} [carried] */
function row(name, said, carried) {
  const line = element("tr", "", `outcome-${said.outcome}`), head = element("th", name), cell = element("td", say(said.text));
  head.setAttribute("scope", "row");
  const word = element("td", `${WORDS[said.outcome]}`), mark = element("span", MARKS[said.outcome] ?? "", "sign");
  mark.setAttribute("aria-hidden", "true");
  word.prepend(mark, " ");
  for (const copy of unique(said.copies)) cell.append(copied(copy));
  if (carried?.status) cell.append(asOwnerSaw(carried.status, carried.hosted));
  line.append(head, word, cell);
  return line;
}

/** @param {import("./owners.js").Copy[]} copies */
function unique(copies) {
  return [...new Map(copies.map((copy) => [copy.url, copy])).values()];
}

/** @param {import("./owners.js").Copy} copy */
function copied(copy) {
  const line = element("span", "", "copy"), at = instantOf(copy.time);
  const day = at ? dayOf(at.at) : say("an unknown day");
  line.append(say(`By the copy that the owner kept on ${day}. Open it to compare:`), " ", link(copy.url, copy.url.replace(/^https?:\/\//, "")));
  return line;
}

/** @param {string} time @param {string | undefined} address */
function asOwnerSaw(time, address) {
  const line = element("span", "", "copy"), at = instantOf(time);
  const day = at ? dayOf(at.at) : say("an unknown day");
  line.append(say(`The owner's passport last asked on ${day}.`), " ");
  if (address) line.append(link(address, say("Ask the issuer again")), ".");
  return line;
}

/** @param {string} address @param {string} text */
function link(address, text) {
  if (!/^https?:\/\//.test(address)) return element("span", text);
  const made = /** @type {HTMLAnchorElement} */ (element("a", text));
  made.href = address;
  made.rel = "noopener noreferrer nofollow ugc"; // no sentence
  return made;
}

/** @param {string} name @param {string} [text] @param {string} [className] */
function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}
