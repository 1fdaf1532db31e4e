// The queue: w wanders, h looks back. Enter carries on when nothing else has the focus.

import { onKeys, press } from "./page_keys.js";

onKeys({
  w: press('.or-else [data-key="w"]'),
  h: press('[data-key="h"]'),
  Enter: (event) => (event.target === document.body ? document.getElementById("carry-on")?.click() : event.target.click()),
});
