/** The list: one row for each badge, changed in place so that focus and ticks stay where they are. */

import { NETWORKS } from "../lib/compose.js";
import { say } from "../lib/words.js";
import { rosette } from "./rosette.js";
import { wordOf } from "./states.js";

/** @typedef {{item: HTMLLIElement, box: HTMLInputElement, picture: HTMLElement, name: HTMLElement, from: HTMLElement, result: HTMLElement, deeds: HTMLElement, touched: boolean}} Row */
/** @typedef {(deed: string, item: Item, network?: string) => void} Act */

export class Rows {
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} list
   * @param {Act} act
   * @param {() => void} ticked
   */
  constructor(list, act, ticked) {
    this.list = list;
    this.act = act;
    this.ticked = ticked;
  }

  /**
   * @param {Item[]} items
   * @param {Record<string, string>} pictures
   */
  show(items, pictures) {
    const keys = new Set(items.map((item) => item.key));
    for (const [key, row] of this.#rows) if (!keys.has(key)) (row.item.remove(), this.#rows.delete(key));
    for (const item of items) this.#fill(this.#rowOf(item.key), item, pictures);
  }

  /** @returns {string[]} keys of what is ticked and can be saved */
  ticks() {
    return [...this.#rows].filter(([, row]) => row.box.checked && !row.box.disabled).map(([key]) => key);
  }

  /** @param {boolean} on */
  tickAll(on) {
    for (const row of this.#rows.values()) if (!row.box.disabled) ((row.box.checked = on), (row.touched = true));
    this.ticked();
  }

  /** @param {string} key @returns {Row} */
  #rowOf(key) {
    const known = this.#rows.get(key);
    if (known) return known;
    const item = document.createElement("li");
    const label = item.appendChild(document.createElement("label"));
    const box = label.appendChild(document.createElement("input"));
    box.type = "checkbox";
    const picture = label.appendChild(part("span", "picture"));
    const words = label.appendChild(part("span", "words"));
    const row = { item, box, picture, name: words.appendChild(part("b", "")), from: words.appendChild(part("div", "from")), result: words.appendChild(part("div", "result")), deeds: item.appendChild(part("div", "deeds")), touched: false };
    row.name.dir = "auto";
    box.addEventListener("change", () => ((row.touched = true), this.ticked()));
    this.#rows.set(key, row);
    this.list.append(item);
    return row;
  }

  /** @param {Row} row @param {Item} item @param {Record<string, string>} pictures */
  #fill(row, item, pictures) {
    setText(row.name, item.name || item.entry?.name || say("unnamed"));
    setText(row.from, [item.issuer, why(item.why)].filter(Boolean).join(" · "));
    drawPicture(row.picture, item, pictures[item.picture ?? ""] ?? pictures[item.entry?.id ?? ""]);
    const { tone, word, verdict } = wordOf(item);
    const text = [word ? say(word) : "", verdict ? say(`verdict_${verdict.replaceAll("-", "_")}`) : "", item.state === "done" && item.result !== "no-badge" ? item.reason : ""].filter(Boolean).join(" · ");
    showResult(row.result, tone, text);
    const settled = item.state === "done" && item.result !== "refused";
    row.box.disabled = item.state !== "found" && !(item.state === "done" && item.result === "refused");
    if (!row.touched) row.box.checked = item.state === "found" && !item.entry;
    row.box.hidden = settled;
    row.item.classList.toggle("settled", settled);
    this.#showDeeds(row.deeds, item);
  }

  /** @param {HTMLElement} deeds @param {Item} item */
  #showDeeds(deeds, item) {
    const wanted = item.entry ? "entry" : item.blocked ? `allow ${item.blocked}` : "";
    if (deeds.dataset["for"] === wanted) return;
    deeds.dataset["for"] = wanted;
    deeds.replaceChildren();
    if (item.entry) deeds.append(this.#deed("show", item), this.#sharing(deeds, item));
    else if (item.blocked) deeds.append(this.#deed("allowSite", item, new URL(item.blocked).host));
  }

  /** @param {string} deed @param {Item} item @param {string} [value] */
  #deed(deed, item, value = "") {
    const button = part("button", "button small");
    button.textContent = say(`deed_${deed}`, value);
    button.addEventListener("click", () => this.act(deed, item));
    return button;
  }

  /** @param {HTMLElement} deeds @param {Item} item */
  #sharing(deeds, item) {
    const button = part("button", "button small");
    button.textContent = say("deed_share");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!open));
      if (open) return deeds.querySelectorAll(".network").forEach((each) => each.remove());
      deeds.append(this.#network("passport", item), ...NETWORKS.map((network) => this.#network(network, item)));
      return undefined;
    });
    return button;
  }

  /** @param {string} network @param {Item} item */
  #network(network, item) {
    const button = part("button", "button small network");
    button.textContent = say(`network_${network}`);
    button.addEventListener("click", () => this.act("share", item, network));
    return button;
  }
}

/** @param {string} tag @param {string} name */
function part(tag, name) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  return element;
}

/** @param {HTMLElement} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Recipes give names of platforms, detectors names of messages. @param {string} why */
const why = (why) => (why.startsWith("why_") ? say(why) : why);

/** @param {HTMLElement} place @param {Item} item @param {string | undefined} data */
function drawPicture(place, item, data) {
  if (!place.firstChild) place.append(rosette(item.issuer || item.why, item.name || item.entry?.name || ""));
  const shown = place.querySelector("img");
  if (!data || !data.startsWith("data:image/") || shown?.src === data) return;
  const picture = shown ?? place.appendChild(document.createElement("img"));
  place.classList.add("shown");
  picture.alt = "";
  picture.src = data;
}

/** @param {HTMLElement} place @param {string} tone @param {string} text */
function showResult(place, tone, text) {
  if (place.dataset["text"] === text && place.className === `result ${tone}`) return;
  place.className = `result ${tone}`;
  place.dataset["text"] = text;
  place.replaceChildren();
  if (!text) return;
  const mark = part("span", "mark");
  mark.setAttribute("aria-hidden", "true");
  const words = part("span", "");
  words.textContent = text;
  place.append(mark, words);
}
