/** The recipes that come with the extension, read once for each life of the background. */

import { compile } from "../detect/recipes.js";
import { api } from "./browser.js";

/** @returns {Promise<import("../detect/recipes.js").Book>} */
export async function loadBook() {
  const response = await fetch(api.runtime.getURL("recipes.json"));
  return compile(await response.json());
}
