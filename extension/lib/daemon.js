/** Speaking with the daemon of this computer: find it, let it prove itself, sign each request. */

import { authorization, equal, nonce, proof } from "./signing.js";

export const FIRST_PORT = 22343;
export const PORTS = 10;
/** The version of the API that this extension speaks. */
export const API = 1;
const NAME = "badge-passport";
const PING_MS = 1500;
const CALL_MS = 90_000;

/** Why the daemon cannot be used now; `code` names a state of the popup. */
export class Trouble extends Error {
  /** @param {string} code @param {string} [detail] */
  constructor(code, detail = "") {
    super(detail || code);
    this.code = code;
  }
}

/** Codes that say "later": nothing is wrong with what was to be sent. */
export const PASSING = new Set(["not-running", "other-program", "not-mine", "too-slow", "busy", "no-permission"]);

/**
 * @typedef {object} Surroundings
 * @property {typeof fetch} fetch
 * @property {() => number} now milliseconds
 * @property {() => Promise<Connection | null>} load
 * @property {(connection: Connection | null) => Promise<void>} save
 */

export class Daemon {
  /** @param {Surroundings} surroundings */
  constructor(surroundings) {
    this.around = surroundings;
  }

  /**
   * Say who listens at an address.
   * @param {string} base
   * @returns {Promise<"ours" | "older" | "newer" | "other" | "nobody">}
   */
  async ping(base) {
    try {
      const response = await this.#fetch(`${base}/api/v1/ping`, { signal: AbortSignal.timeout(PING_MS) });
      const body = await response.json();
      if (body?.name !== NAME || typeof body.api !== "number") return "other";
      return body.api === API ? "ours" : body.api < API ? "older" : "newer";
    } catch (error) {
      return error instanceof SyntaxError ? "other" : "nobody";
    }
  }

  /**
   * Look at the ports where the daemon may be.
   * @returns {Promise<{bases: string[], trouble: string}>} all that answer as ours; else what was met
   */
  async find() {
    const bases = Array.from({ length: PORTS }, (_, index) => `http://127.0.0.1:${FIRST_PORT + index}`);
    const answers = await Promise.all(bases.map((base) => this.ping(base)));
    const ours = bases.filter((_, index) => answers[index] === "ours");
    const trouble = answers.includes("older") ? "daemon-too-old" : answers.includes("newer") ? "extension-too-old" : answers[0] === "other" ? "other-program" : "not-running";
    return { bases: ours, trouble: ours.length ? "" : trouble };
  }

  /**
   * Swap a code for a key.
   * @param {string} base
   * @param {{code: string, label: string, browser: string}} body
   * @returns {Promise<Connection>}
   */
  async pair(base, body) {
    const headers = { "Content-Type": "application/json" };
    const response = await this.#ask(`${base}/api/v1/pair`, { method: "POST", headers, body: JSON.stringify(body) });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Trouble(response.status === 429 ? "too-many-tries" : "wrong-code", answer.detail);
    if (!/^[0-9a-f]{16}$/.test(answer.client) || !/^[0-9a-f]{64}$/.test(answer.key)) throw new Trouble("other-program");
    const connection = { base, client: answer.client, key: answer.key, since: new Date(this.around.now()).toISOString() };
    await this.around.save(connection);
    return connection;
  }

  /**
   * Be sure to speak with our own daemon, wherever it listens now. Asked before every request: a daemon that ended makes
   * room for whoever takes its port a moment later.
   * @returns {Promise<Connection>}
   */
  async connect() {
    const connection = await this.around.load();
    if (!connection) throw new Trouble("not-connected");
    const first = await this.#hello(connection, connection.base);
    if (first === "yes") return this.#trust(connection, connection.base);
    return this.#elsewhere(connection, first);
  }

  /** @param {Connection} connection @param {string} first what the usual address said */
  async #elsewhere(connection, first) {
    const { bases, trouble } = await this.find();
    for (const base of bases.filter((each) => each !== connection.base)) {
      if ((await this.#hello(connection, base)) === "yes") return this.#trust(connection, base);
    }
    // what others say is no word about ours: each user of this computer may have a passport
    throw new Trouble(first === "unknown" ? "revoked" : first === "wrong" ? "not-mine" : bases.length ? "not-running" : trouble);
  }

  /** @param {Connection} connection @param {string} base */
  async #trust(connection, base) {
    if (base === connection.base) return connection;
    const moved = { ...connection, base };
    await this.around.save(moved);
    return moved;
  }

  /**
   * @param {Connection} connection
   * @param {string} base
   * @returns {Promise<"yes" | "wrong" | "unknown" | "nobody">}
   */
  async #hello(connection, base) {
    const once = nonce();
    try {
      const response = await this.#fetch(`${base}/api/v1/hello?client=${connection.client}&nonce=${once}`, { signal: AbortSignal.timeout(PING_MS) });
      const body = await response.json();
      if (response.status === 404 && body.code === "unknown-client") return "unknown";
      return equal(String(body.proof ?? ""), await proof(connection.key, new URL(base).port, once)) ? "yes" : "wrong";
    } catch (error) {
      return error instanceof SyntaxError ? "wrong" : "nobody";
    }
  }

  /**
   * @param {string} method
   * @param {string} target path and query
   * @param {unknown} [json]
   * @returns {Promise<any>} the answer's JSON, null for an empty one
   */
  async call(method, target, json) {
    return this.#answer(await this.#signed(method, target, json));
  }

  /** @param {string} method @param {string} target @param {unknown} [json] */
  async #signed(method, target, json) {
    const connection = await this.connect();
    const body = new TextEncoder().encode(json === undefined ? "" : JSON.stringify(json));
    const request = { method, port: new URL(connection.base).port, target, body, time: this.around.now(), nonce: nonce() };
    const headers = { Authorization: await authorization(connection, request), ...(json === undefined ? {} : { "Content-Type": "application/json" }) };
    return this.#ask(connection.base + target, { method, headers, ...(json === undefined ? {} : { body }) });
  }

  /**
   * Get a file of the passport.
   * @param {string} target
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async file(target) {
    const response = await this.#signed("GET", target);
    if (!response.ok) throw new Trouble("refused");
    return new Uint8Array(await response.arrayBuffer());
  }

  /** @param {Response} response */
  async #answer(response) {
    const body = response.status === 204 ? null : await response.json().catch(() => null);
    if (response.ok) return body;
    if (response.status === 401 && body?.code === "unknown-client") throw new Trouble("revoked", body.detail);
    if (response.status === 401) throw new Trouble(body?.code === "old-request" ? "clock" : "not-mine", body?.detail);
    if (response.status === 429 || response.status >= 500) throw new Trouble("busy", body?.detail);
    throw new Trouble("refused", body?.detail);
  }

  /** @param {string} url @param {RequestInit} options */
  async #ask(url, options) {
    try {
      return await this.#fetch(url, { signal: AbortSignal.timeout(CALL_MS), ...options });
    } catch (error) {
      throw new Trouble(error instanceof DOMException && error.name === "TimeoutError" ? "too-slow" : "not-running");
    }
  }

  /**
   * Cookies of the gallery are never sent, redirects never followed.
   * @param {string} url
   * @param {RequestInit} options
   */
  #fetch(url, options) {
    const send = this.around.fetch;
    return send(url, { ...options, credentials: "omit", redirect: "error", cache: "no-store", referrerPolicy: "no-referrer" });
  }
}
