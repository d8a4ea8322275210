// @ts-check
// “Connect a browser”: the code is renewed while the page is looked at, and who connects is shown at once.

import { token } from "./page.js";

const place = document.getElementById("pair");

async function renew() {
  if (document.hidden || !place) return;
  const response = await fetch("/api/v1/codes", { method: "POST", headers: { "X-CSRF-Token": token() } });
  if (!response.ok) return;
  const { code, typed } = await response.json();
  place.querySelector('meta[name="passport-pairing"]')?.setAttribute("content", code);
  const shown = document.getElementById("typed");
  if (shown) shown.textContent = typed;
}

/** @param {MessageEvent} event */
function changed(event) {
  const { id, connected } = JSON.parse(event.data);
  location.assign(connected ? `/connect?connected=${encodeURIComponent(id)}` : "/connect");
}

if (place) {
  setInterval(renew, Number(place.dataset["codeLife"]) * 1000);
  let hiddenAt = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Date.now() - hiddenAt > 60_000) renew();
  });
  const source = new EventSource("/events");
  source.addEventListener("client", changed);
  window.addEventListener("pagehide", () => source.close());
}
