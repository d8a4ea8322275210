/** The words of the reader's language. */

import { api } from "./browser.js";
import { Trouble } from "./daemon.js";

/**
 * @param {string} name
 * @param {...(string | number)} values
 */
export const say = (name, ...values) => api.i18n.getMessage(name, values.map(String)) || name;

/**
 * A sentence with a number in it, in the form that the language wants.
 * @param {string} name messages NAME_one, NAME_other and whatever else the language has
 * @param {number} count
 */
export function sayCount(name, count) {
  const language = api.i18n.getMessage("language") || "en";
  const form = new Intl.PluralRules(language).select(count);
  const number = new Intl.NumberFormat(language).format(count);
  return api.i18n.getMessage(`${name}_${form}`, [number]) || say(`${name}_other`, number);
}

/** Why something was not done: what the passport said, else our own words. @param {unknown} error */
export function whyNot(error) {
  if (!(error instanceof Trouble)) return say("failed_sentence");
  return error.message === error.code ? say(`${error.code.replaceAll("-", "_")}_sentence`) : error.message;
}

/** Put the words into a page: `data-say` for its text, `data-say-title` for a title. @param {Document} page */
export function translate(page) {
  page.documentElement.lang = api.i18n.getMessage("language") || "en";
  page.documentElement.dir = api.i18n.getMessage("direction") || "ltr";
  for (const element of page.querySelectorAll("[data-say]")) element.textContent = say(element.getAttribute("data-say") ?? "");
  for (const element of page.querySelectorAll("[data-say-label]")) element.setAttribute("aria-label", say(element.getAttribute("data-say-label") ?? ""));
}
