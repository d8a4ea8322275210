/** What wakes the extension: messages of its own pages, the context menu, the browser's start. Nothing is remembered in
 * variables: both browsers put this script to sleep whenever they like. */

import { api } from "./lib/browser.js";
import { composer } from "./lib/compose.js";
import { Trouble } from "./lib/daemon.js";
import { clean } from "./detect/urls.js";
import { loadBook } from "./lib/recipes.js";
import { loadConnection, forgetTab } from "./lib/store.js";
import { say } from "./lib/words.js";
import { saveAddress } from "./tasks/chosen.js";
import { look, refresh } from "./tasks/look.js";
import { disconnect, pairByHand } from "./tasks/pairing.js";
import { passport } from "./tasks/passport.js";
import { listChoices } from "./tasks/pictures.js";
import { resume, save } from "./tasks/save.js";
import { drop, sendAll } from "./tasks/waiting.js";

/** @typedef {{do: string, tabId?: number, url?: string, title?: string, keys?: string[], id?: string, code?: string, again?: boolean, name?: string, issuer?: string, network?: string, address?: string, picture?: string}} Message */

/** @type {Record<string, (message: Message) => Promise<unknown>>} */
const DEEDS = {
  look: async ({ tabId = -1, url = "", title = "", again = false }) => {
    const sending = sendAll();
    await look(tabId, url, title, again);
    if ((await sending).sent) await refresh(tabId);
  },
  save: ({ tabId = -1, keys = [] }) => save(tabId, keys),
  saveAddress: ({ tabId = -1, url = "", name = "" }) => saveAddress(tabId, url, name),
  choices: ({ tabId = -1 }) => listChoices(tabId),
  choose: ({ tabId = -1, url = "", title = "", picture = "", name = "" }) => saveAddress(tabId, picture, name, { page: url, title, image: true }),
  pair: ({ code = "" }) => pairByHand(code),
  disconnect: () => disconnect(),
  test: () => passport.connect(),
  sendWaiting: async ({ tabId = -1 }) => {
    const told = await sendAll();
    await refresh(tabId);
    return told;
  },
  drop: ({ id = "" }) => drop(id),
  share: (message) => share(message),
  openPassport: ({ address = "/" }) => openPassport(address),
  openConnect: () => openConnect(),
};

api.runtime.onMessage.addListener((message, sender, answer) => {
  const deed = Object.hasOwn(DEEDS, message?.do) ? DEEDS[message.do] : undefined;
  // only our own pages may ask: content scripts and pages have no word here
  if (!deed || sender.id !== api.runtime.id || !sender.url?.startsWith(api.runtime.getURL(""))) return false;
  void resume();
  deed(message).then(
    (value) => answer({ ok: true, value: value ?? null }),
    (error) => answer({ ok: false, code: error instanceof Trouble ? error.code : "failed", detail: String(error?.message ?? error) }),
  );
  return true;
});

api.runtime.onInstalled.addListener(() => {
  api.contextMenus.removeAll(() => {
    api.contextMenus.create({ id: "save-image", title: say("menu_image"), contexts: ["image"] });
    api.contextMenus.create({ id: "save-link", title: say("menu_link"), contexts: ["link"] });
  });
});

api.contextMenus.onClicked.addListener((info, tab) => {
  const url = info.menuItemId === "save-image" ? info.srcUrl : info.linkUrl;
  if (!url || tab?.id === undefined) return;
  // before anything is awaited: afterwards Firefox no longer takes it for the reader's own wish
  void api.action.openPopup?.().catch(() => undefined);
  void saveAddress(tab.id, url, "", { page: tab.url ?? info.pageUrl ?? "", title: tab.title ?? "", image: info.menuItemId === "save-image" });
});

api.runtime.onStartup.addListener(() => void sendAll());
api.tabs.onRemoved.addListener((tabId) => void forgetTab(tabId));

/**
 * Open the network's own composer, filled: as the passport prepares it, else (it is down, or has nothing to link to) with
 * the page's address.
 * @param {Message} message
 */
async function share({ network = "", id = "", name = "", issuer = "", address = "" }) {
  const text = issuer ? say("share_text_issuer", name, issuer) : say("share_text", name);
  const { secrets } = await loadBook();
  const url = (await prepared(network, id)) ?? composer(network, { name, issuer, address: clean(address, secrets) ?? "" }, text);
  if (url) await api.tabs.create({ url });
}

/** @param {string} network @param {string} id @returns {Promise<string | null>} */
async function prepared(network, id) {
  if (!/^[a-z2-7]{16}$/.test(id)) return null;
  try {
    const post = await passport.call("POST", `/api/v1/badges/${id}/share`, { to: network });
    return post.link && String(post.composer).startsWith("https://") ? post.composer : null;
  } catch {
    return null;
  }
}

/** @param {string} path of the gallery */
async function openPassport(path) {
  const connection = await loadConnection();
  if (connection && path.startsWith("/")) await api.tabs.create({ url: connection.base + path });
}

/** Lead to the page on which the button connects. */
async function openConnect() {
  const { bases, trouble } = await passport.find();
  if (!bases[0]) throw new Trouble(trouble);
  await api.tabs.create({ url: `${bases[0]}/connect` });
}

void resume();
