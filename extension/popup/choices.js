/** The pictures of a page, to choose the badge from by hand. */

import { say } from "../lib/words.js";
import { rosette } from "./rosette.js";

export class Choices {
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  /**
   * @param {HTMLElement} list
   * @param {(choice: Choice) => void} pick
   */
  constructor(list, pick) {
    this.list = list;
    this.pick = pick;
  }

  /** @param {Choice[]} choices */
  show(choices) {
    this.#buttons = new Map(choices.map((choice) => [choice.url, this.#button(choice)]));
    this.list.replaceChildren(...[...this.#buttons.values()].map(inItem));
  }

  /** Pictures come when the page has read them; those that it may not read keep their letter. @param {Record<string, string>} pictures */
  draw(pictures) {
    for (const [url, button] of this.#buttons) {
      const data = pictures[url];
      const place = button.firstElementChild;
      if (!place || !data?.startsWith("data:image/") || place.querySelector("img")) continue;
      const picture = document.createElement("img");
      picture.alt = "";
      picture.src = data;
      place.replaceChildren(picture);
    }
  }

  /** @param {Choice} choice */
  #button(choice) {
    const name = choice.name || fileName(choice.url);
    const button = document.createElement("button");
    button.className = "choice";
    const place = button.appendChild(document.createElement("span"));
    place.className = "picture";
    place.append(rosette(choice.url, name));
    const words = button.appendChild(document.createElement("span"));
    words.className = "name";
    words.dir = "auto";
    words.textContent = name || say("unnamed_picture");
    button.addEventListener("click", () => this.pick(choice));
    return button;
  }
}

/** @param {HTMLElement} element */
function inItem(element) {
  const item = document.createElement("li");
  item.append(element);
  return item;
}

/** @param {string} url @returns {string} */
function fileName(url) {
  if (!/^https?:/.test(url)) return "";
  const last = new URL(url).pathname.split("/").findLast(Boolean) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
