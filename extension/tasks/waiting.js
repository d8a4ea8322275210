/** What could not be handed over yet: kept in this browser, shown in the popup, sent when the daemon is there. */

import { PASSING, Trouble } from "../lib/daemon.js";
import { MAX_WAITING, MAX_WAITING_BYTES, loadWaiting, saveWaiting } from "../lib/store.js";
import { say, whyNot } from "../lib/words.js";
import { passport } from "./passport.js";

/** @type {Promise<unknown>} */
let turn = Promise.resolve();

/** One after the other: two senders would send twice. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
function alone(work) {
  const next = turn.then(work, work);
  turn = next.catch(() => null);
  return next;
}

/**
 * @param {CaptureBody} body
 * @returns {Promise<boolean>} false: too much waits already
 */
export const keep = (body) =>
  alone(async () => {
    const waiting = await loadWaiting();
    const size = JSON.stringify(body).length;
    if (waiting.some((each) => JSON.stringify(each.body) === JSON.stringify(body))) return true;
    const total = waiting.reduce((sum, each) => sum + each.size, size);
    if (waiting.length >= MAX_WAITING || total > MAX_WAITING_BYTES) return false;
    await saveWaiting([...waiting, { id: crypto.randomUUID(), at: new Date().toISOString(), size, body }]);
    return true;
  });

/** @param {string} id */
export const drop = (id) => alone(async () => saveWaiting((await loadWaiting()).filter((each) => each.id !== id)));

/**
 * Send what waits, until the daemon is gone again. What it refuses for good is taken off and told.
 * @returns {Promise<{sent: number, refused: {name: string, reason: string}[], problem: string}>}
 */
export const sendAll = () =>
  alone(async () => {
    /** @type {{sent: number, refused: {name: string, reason: string}[], problem: string}} */
    const told = { sent: 0, refused: [], problem: "" };
    for (const each of await loadWaiting()) {
      try {
        const answer = /** @type {CaptureAnswer} */ (await passport.call("POST", "/api/v1/captures", each.body));
        if (answer.result === "added" || answer.result === "already-there") told.sent += 1;
        else told.refused.push({ name: each.body.name, reason: answer.reason ?? say(`result_${answer.result.replaceAll("-", "_")}`) });
      } catch (error) {
        const code = error instanceof Trouble ? error.code : "not-running";
        if (code !== "refused") return { ...told, problem: code };
        told.refused.push({ name: each.body.name, reason: whyNot(error) });
      }
      await saveWaiting((await loadWaiting()).filter((other) => other.id !== each.id));
    }
    return told;
  });

/** Whether a failure means "later". @param {unknown} error */
export const isPassing = (error) => !(error instanceof Trouble) || PASSING.has(error.code);
