/** The options: the connection and its test, a code to type, what waits, which sites may be read. */

import { api } from "../lib/browser.js";
import { loadConnection, loadWaiting } from "../lib/store.js";
import { say, translate } from "../lib/words.js";

const LOOPBACK = "http://127.0.0.1/*";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {Record<string, unknown>} message */
const tell = (message) => api.runtime.sendMessage(message);

/** @param {{ok: boolean, code?: string} | undefined} answer @param {string} good */
function report(answer, good) {
  byId("tested").textContent = answer?.ok ? say(good) : say(`${String(answer?.code ?? "failed").replaceAll("-", "_")}_sentence`);
}

async function show() {
  const [connection, waiting, allowed] = await Promise.all([loadConnection(), loadWaiting(), api.permissions.getAll()]);
  const since = connection ? new Date(connection.since).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" }) : "";
  byId("connection").textContent = connection ? say("options_connected", new URL(connection.base).host, since) : say("not_connected_sentence");
  byId("test").hidden = byId("disconnect").hidden = !connection;
  byId("connect").hidden = byId("by-hand").hidden = Boolean(connection);
  byId("nothing-waits").hidden = waiting.length > 0;
  byId("send").hidden = waiting.length === 0;
  byId("waiting").replaceChildren(...waiting.map((each) => row(each.body.name || each.body.page.address, "options_drop", () => tell({ do: "drop", id: each.id }))));
  const sites = (allowed.origins ?? []).filter((origin) => origin !== LOOPBACK);
  byId("sites").replaceChildren(...sites.map((origin) => row(origin, "options_withdraw", () => api.permissions.remove({ origins: [origin] }))));
}

/** @param {string} text @param {string} label @param {() => Promise<unknown>} deed */
function row(text, label, deed) {
  const item = document.createElement("li");
  const words = item.appendChild(document.createElement("span"));
  words.textContent = text;
  words.dir = "auto";
  const button = item.appendChild(document.createElement("button"));
  button.className = "button small";
  button.textContent = say(label);
  button.addEventListener("click", () => void deed().then(show));
  return item;
}

function start() {
  translate(document);
  document.title = say("options_title");
  byId("test").addEventListener("click", async () => report(await tell({ do: "test" }), "options_works"));
  byId("connect").addEventListener("click", async () => report(await tell({ do: "openConnect" }), "connect_sentence"));
  byId("disconnect").addEventListener("click", async () => (await tell({ do: "disconnect" }), report({ ok: true }, "options_disconnected"), show()));
  byId("send").addEventListener("click", async () => (await tell({ do: "sendWaiting" }), show()));
  byId("by-hand").addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = /** @type {HTMLInputElement} */ (byId("code"));
    report(await tell({ do: "pair", code: code.value.trim() }), "connected_sentence");
    code.value = "";
    await show();
  });
  api.storage.onChanged.addListener(() => void show());
  void show();
}

start();
