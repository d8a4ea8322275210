// @ts-check
// Everything works without script; with it, nothing loads anew.

import * as adding from "./adding.js";
import * as badge from "./badge.js";
import * as cv from "./cv.js";
import * as gallery from "./gallery.js";
import * as goals from "./goals.js";
import * as keys from "./keys.js";
import * as live from "./live.js";
import * as ordering from "./ordering.js";
import * as share from "./share.js";
import * as sheets from "./sheets.js";
import * as theme from "./theme.js";

for (const part of [theme, sheets, gallery, badge, cv, goals, keys, adding, ordering, share, live]) part.start();
