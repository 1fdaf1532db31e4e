// Wandering: marks as on the judging page, a few keys, and counted time. All of it works without, marks excepted.

import { countTime } from "./beats.js";
import { Marks } from "./judging_marks.js";
import { onKeys, press } from "./page_keys.js";

const form = document.getElementById("wander-marks");
const acts = { n: press('.wander-nav [data-key="n"]'), s: press('.wander-nav [data-key="s"]') };
if (form) {
  const save = document.getElementById("keep-marks");
  const changed = () => (save.hidden = form.elements.marks.value === "[]");
  const marks = new Marks({ changed });
  marks.attach(form);
  Object.assign(acts, {
    m: () => marks.mark(),
    l: () => {
      const link = document.getElementById("link");
      if (!link) return;
      link.open = true;
      document.getElementById("other").focus();
    },
  });
  changed();
}
onKeys(acts);
countTime();
