// Looking back: arrows move along the rows, Enter opens one as any link, u revises.

import { onKeys, press } from "./page_keys.js";

const links = [...document.querySelectorAll("#history a")];
const move = (step) => {
  const at = links.indexOf(document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
};
const acts = { u: press("#revise") };
if (links.length) Object.assign(acts, { ArrowDown: () => move(1), ArrowUp: () => move(-1) });
onKeys(acts);
