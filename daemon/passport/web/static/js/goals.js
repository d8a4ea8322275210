// @ts-check
// A goal that was reached since one last looked: its stamp is pressed once, and the passport remembers that it was.

import { say, send, tell } from "./page.js";

/** @param {HTMLElement} goal */
async function celebrate(goal) {
  goal.classList.add("pressed");
  tell(say("You reached a goal: %(name)s", { name: goal.querySelector("h2")?.textContent ?? "" }));
  await send("/goals", new URLSearchParams({ do: "celebrated", key: goal.dataset["celebrate"] ?? "" }));
}

export function start() {
  for (const goal of document.querySelectorAll("[data-celebrate]")) {
    if (goal instanceof HTMLElement) celebrate(goal).catch(() => {}); // shown again next time
  }
}
