/** The one daemon, with what surrounds it here. Nothing is remembered that a restart of the background would lose. */

import { Daemon } from "../lib/daemon.js";
import { loadConnection, saveConnection } from "../lib/store.js";

export const passport = new Daemon({
  fetch: (...all) => fetch(...all),
  now: () => Date.now(),
  load: loadConnection,
  save: saveConnection,
});
