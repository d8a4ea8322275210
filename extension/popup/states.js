/** Which state the popup is in: one sentence and one button for each. Pure; the words are messages' names. */

import { isSettled } from "../lib/settled.js";

/**
 * @typedef {object} Shown
 * @property {string} title
 * @property {string} sentence
 * @property {string} button
 * @property {string} deed what the button does
 * @property {Way} [second] another way, less likely
 * @property {boolean} [banner] the list stands below it
 */

/** @typedef {{button: string, deed: string}} Way */

const SAVE_ADDRESS = { button: "save_address", deed: "saveAddress" };

/** The daemon cannot be used now. @type {Record<string, {button: string, deed: string, stop?: boolean}>} */
const PROBLEMS = {
  "not-running": { button: "try_again", deed: "again" },
  "other-program": { button: "try_again", deed: "again" },
  "not-mine": { button: "try_again", deed: "again" },
  "too-slow": { button: "try_again", deed: "again" },
  busy: { button: "try_again", deed: "again" },
  clock: { button: "try_again", deed: "again" },
  "daemon-too-old": { button: "try_again", deed: "again" },
  "extension-too-old": { button: "try_again", deed: "again" },
  "no-permission": { button: "allow", deed: "allow" },
  "not-connected": { button: "connect", deed: "connect", stop: true },
  revoked: { button: "connect", deed: "connect", stop: true },
  "wrong-code": { button: "new_code", deed: "reload", stop: true },
  "too-many-tries": { button: "try_again", deed: "again", stop: true },
};

/**
 * @param {TabState | null} state null: nothing is known yet
 * @returns {Shown | null} null: only the list
 */
export function stateOf(state) {
  if (!state || state.phase === "looking") return null;
  if (state.phase === "connected") return shown("connected", "open_passport", "open");
  const problem = problemOf(state);
  if (problem && (PROBLEMS[problem]?.stop || state.phase !== "ready" || state.items.length === 0)) return ofProblem(problem, false);
  if (state.phase === "gallery") return shown("gallery", "open_passport", "open");
  if (state.phase === "no-access") return /^https?:/.test(state.url) ? shown("no_access", "save_address", "saveAddress") : shown("no_access_at_all", "open_passport", "open");
  if (state.items.length) return problem ? ofProblem(problem, true) : null;
  return nothing(state);
}

/** @param {TabState} state */
const problemOf = ({ problem }) => (problem && !Object.hasOwn(PROBLEMS, problem) ? "not-running" : problem);

/** @param {string} problem @param {boolean} banner @returns {Shown} */
function ofProblem(problem, banner) {
  const { button, deed } = PROBLEMS[problem] ?? { button: "try_again", deed: "again" };
  const name = problem.replaceAll("-", "_");
  return { title: `${name}_title`, sentence: banner && name === "not_running" ? "not_running_list" : `${name}_sentence`, button, deed, banner };
}

/** @param {TabState} state @returns {Shown | null} */
function nothing(state) {
  if (!isSettled(state)) return null;
  if (state.offer) return shown("offer", "save_address", "saveAddress");
  if (state.says === "claim") return shown("claim", "look_again", "again");
  if (["certificate", "download", "class"].includes(state.says)) return shown(state.says, "save_address", "saveAddress");
  if (state.choices === 0) return shown("nothing", "save_address", "saveAddress");
  return { ...shown("nothing", "choose_picture", "choose"), second: SAVE_ADDRESS };
}

/** @param {string} name @param {string} button @param {string} deed @returns {Shown} */
const shown = (name, button, deed) => ({ title: `${name}_title`, sentence: `${name}_sentence`, button, deed });

/**
 * What a row says of itself.
 * @param {Item} item
 * @returns {{tone: string, word: string, verdict: string}} messages' names; empty: nothing
 */
export function wordOf({ state, result, entry }) {
  if (state === "waiting" || state === "reading" || state === "checking") return { tone: "busy", word: `item_${state}`, verdict: "" };
  const verdict = entry ? entry.verdict : "";
  if (state === "done") return { tone: verdict && result !== "refused" ? verdict : (result ?? ""), word: `result_${(result ?? "refused").replaceAll("-", "_")}`, verdict };
  return entry ? { tone: verdict, word: "result_already_there", verdict } : { tone: "", word: "", verdict: "" };
}

/** @param {Item[]} items */
export function countOf(items) {
  const busy = items.filter((item) => ["waiting", "reading", "checking"].includes(item.state)).length;
  const done = items.filter((item) => item.state === "done").length;
  return { busy, done, all: busy + done };
}

/**
 * What is going on, for the line that is read out.
 * @param {TabState | null} state
 * @returns {{word: string, values: number[], counted?: boolean}} a message's name; empty: nothing that the rows do not say
 */
export function progressOf(state) {
  const { busy, done, all } = countOf(state?.items ?? []);
  if (busy) return { word: "saving_progress", values: [done, all] };
  if (!state || state.phase === "looking") return { word: "looking", values: [] };
  if (state.phase === "ready" && !isSettled(state)) {
    const { done: read, total, examining } = state.probing;
    return examining ? { word: "examining", values: [examining], counted: true } : { word: "probing", values: [read, total] };
  }
  const told = (state?.items ?? []).every((item) => item.state !== "done" || item.result === "queued" || item.result === "no-badge");
  return all && !told ? { word: "saving_done", values: [all], counted: true } : { word: "", values: [] };
}
