// Paused: p goes on.

import { onKeys, press } from "./page_keys.js";

onKeys({ p: press("#go-on") });
