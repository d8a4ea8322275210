/** The popup only shows what the background knows of the tab, and says what its owner pressed. It may close at any time. */

import { api } from "../lib/browser.js";
import { loadConnection, loadPictures, loadTab, loadWaiting } from "../lib/store.js";
import { say, sayCount, translate } from "../lib/words.js";
import { isSettled } from "../lib/settled.js";
import { Choices } from "./choices.js";
import { Rows } from "./rows.js";
import { countOf, progressOf, stateOf } from "./states.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {{id: number, url: string, title: string}} */
let tab = { id: -1, url: "", title: "" };
/** @type {TabState | null} */
let state = null;

/** Whether a picture is being chosen by hand. */
let choosing = false;

const rows = new Rows(byId("list"), act, showSave);
const choices = new Choices(byId("choices"), (choice) => void pick(choice));

/** @param {Record<string, unknown>} message */
async function tell(message) {
  const answer = await api.runtime.sendMessage(message);
  if (!answer?.ok) byId("live").textContent = say(`${String(answer?.code ?? "failed").replaceAll("-", "_")}_sentence`);
  return answer;
}

/** @param {string} deed @param {Item} item @param {string} [network] */
function act(deed, item, network = "") {
  if (deed === "show") void tell({ do: "openPassport", address: `/badge/${item.entry?.id ?? ""}` });
  else if (deed === "allowSite") void allowSite(item);
  else if (network === "passport") void tell({ do: "openPassport", address: `/share/${item.entry?.id ?? ""}` });
  else void tell({ do: "share", network, id: item.entry?.id ?? "", name: item.entry?.name || item.name, issuer: item.issuer ?? "", address: tab.url });
}

/** The browser asks its owner; that needs this very click. @param {Item} item */
async function allowSite(item) {
  if (!(await api.permissions.request({ origins: [`${item.blocked}/*`] }))) return;
  await tell({ do: "save", tabId: tab.id, keys: [item.key] });
}

/** What the one button of each state does. @type {Record<string, () => unknown>} */
const DEEDS = {
  again: () => tell({ do: "look", tabId: tab.id, url: tab.url, title: tab.title, again: true }),
  allow: async () => (await api.permissions.request({ origins: ["http://127.0.0.1/*"] })) && DEEDS["again"]?.(),
  connect: async () => (await tell({ do: "openConnect" }))?.ok && window.close(),
  reload: async () => (await api.tabs.reload(tab.id), window.close()),
  open: () => tell({ do: "openPassport", address: "/" }),
  saveAddress: () => tell({ do: "saveAddress", tabId: tab.id, url: tab.url, name: tab.title }),
  choose: () => choose(),
};

/** Show the page's pictures to choose from. */
async function choose() {
  const answer = await tell({ do: "choices", tabId: tab.id });
  if (!answer?.ok) return;
  choosing = true;
  choices.show(answer.value);
  byId("no-choices").hidden = answer.value.length > 0;
  await show();
  byId("choosing-title").focus();
}

/** @param {Choice} choice */
async function pick({ url, name }) {
  choosing = false;
  await Promise.all([show(), tell({ do: "choose", tabId: tab.id, url: tab.url, title: tab.title, picture: url, name })]);
}

async function show() {
  const [known, pictures, waiting, connection] = await Promise.all([loadTab(tab.id), loadPictures(tab.id), loadWaiting(), loadConnection()]);
  state = known;
  const shown = stateOf(state);
  const listed = state !== null && state.items.length > 0 && (!shown || Boolean(shown.banner));
  showState(shown);
  byId("found").hidden = !listed || choosing;
  byId("choosing").hidden = !choosing;
  choices.draw(pictures);
  byId("open").hidden = !connection || shown?.deed === "open";
  if (state && listed) {
    const badges = state.items.filter((item) => item.result !== "no-badge").length;
    byId("heading").textContent = badges ? sayCount("found", badges) : say("nothing_title");
    rows.show(state.items, pictures);
    document.body.dataset["listed"] ??= String(Math.round(performance.now()));
    showText("more", [state.truncated ? say("truncated") : "", state.offer ? say("offer_besides") : "", state.problem ? "" : unseen()].filter(Boolean).join(" "));
    byId("choose").hidden = state.choices === 0;
  }
  showProgress();
  showWaiting(waiting.length);
  showSave();
  document.body.dataset["ready"] = state ? state.phase : "";
  document.body.dataset["settled"] = state && state.phase !== "looking" && isSettled(state) ? "yes" : "";
}

/** What looks like a badge and nobody could look at. */
const unseen = () => (state?.probing.unseen ? sayCount("unseen", state.probing.unseen) : "");

/** @param {string} id @param {string} text empty: not shown */
function showText(id, text) {
  byId(id).hidden = !text;
  byId(id).textContent = text;
}

/** @param {import("./states.js").Shown | null} shown */
function showState(shown) {
  byId("state").hidden = !shown || choosing;
  if (!shown) return;
  byId("state").classList.toggle("banner", Boolean(shown.banner));
  byId("title").textContent = say(shown.title);
  byId("sentence").textContent = say(shown.sentence);
  showText("hint", shown.title === "nothing_title" ? unseen() : "");
  showWay("act", shown);
  showWay("other", shown.second);
}

/** @param {string} id of a button @param {import("./states.js").Way} [way] what it does; without: no button */
function showWay(id, way) {
  byId(id).hidden = !way;
  byId(id).textContent = way ? say(way.button) : "";
  byId(id).dataset["deed"] = way?.deed ?? "";
}

function showProgress() {
  const { word, values, counted } = progressOf(state);
  const text = !word || choosing ? "" : counted ? sayCount(word, values[0] ?? 0) : say(word, ...values);
  if (byId("live").textContent !== text) byId("live").textContent = text;
}

/** @param {number} count */
function showWaiting(count) {
  byId("queue").hidden = count === 0;
  byId("queue-text").textContent = count ? sayCount("waiting", count) : "";
}

function showSave() {
  const button = /** @type {HTMLButtonElement} */ (byId("save"));
  const count = rows.ticks().length;
  const { busy } = countOf(state?.items ?? []);
  const listed = !byId("found").hidden;
  const left = state?.items.some((item) => item.state === "found" || item.result === "refused") ?? false;
  button.hidden = !listed || !(left || busy);
  button.disabled = count === 0 || busy > 0;
  button.textContent = busy ? say("saving") : count ? sayCount("save", count) : say("save_none");
  byId("foot").hidden = button.hidden && byId("queue").hidden;
  const choices = state?.items.filter((item) => item.state === "found").length ?? 0;
  byId("all").hidden = choices < 3;
  byId("all").textContent = say(count < choices ? "choose_all" : "choose_none");
}

async function start() {
  translate(document);
  const [active] = await api.tabs.query({ active: true, currentWindow: true });
  tab = { id: active?.id ?? -1, url: active?.url ?? "", title: active?.title ?? "" };
  api.storage.onChanged.addListener(() => void show());
  for (const id of ["act", "other"]) byId(id).addEventListener("click", () => void DEEDS[byId(id).dataset["deed"] ?? ""]?.());
  byId("choose").addEventListener("click", () => void choose());
  byId("back").addEventListener("click", () => ((choosing = false), void show()));
  byId("save").addEventListener("click", () => void tell({ do: "save", tabId: tab.id, keys: rows.ticks() }));
  byId("all").addEventListener("click", () => rows.tickAll(rows.ticks().length < (state?.items.filter((item) => item.state === "found").length ?? 0)));
  byId("queue-send").addEventListener("click", () => void tell({ do: "sendWaiting", tabId: tab.id }));
  byId("open").addEventListener("click", () => void tell({ do: "openPassport", address: "/" }));
  byId("options").addEventListener("click", () => void api.runtime.openOptionsPage());
  await show();
  await tell({ do: "look", tabId: tab.id, url: tab.url, title: tab.title });
}

void start();
