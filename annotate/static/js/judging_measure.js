// How the judgment came about: active time in two steps, and the instrument as it is on the screen. Nothing finer.

import { config } from "./judging_words.js";

const IDLE_MS = 60000;
const SITTING_GAP_MS = 30 * 60000;

export class Measure {
  constructor(form) {
    this.form = form;
    this.place = `spent-${form.dataset.assignment}`;
    this.spent = { reading: 0, judging: 0, ...stored(sessionStorage, this.place) };
    this.answering = this.spent.judging > 0;
    [this.byKey, this.byHand, this.described] = [0, 0, 0];
    this.last = this.active = performance.now();
    for (const kind of ["pointermove", "pointerdown", "keydown", "scroll", "focus"]) {
      addEventListener(kind, () => (this.active = performance.now()), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => this.tick());
    setInterval(() => this.tick(), 1000);
    this.sitting = sat();
  }

  attach(form) {
    this.form = form;
  }

  tick() {
    const now = performance.now();
    if (document.visibilityState === "visible" && now - this.active < IDLE_MS) this.spent[this.answering ? "judging" : "reading"] += now - this.last;
    this.last = now;
    store(sessionStorage, this.place, this.spent);
  }

  write({ offline }) {
    this.tick();
    const wide = innerWidth / parseFloat(getComputedStyle(document.documentElement).fontSize);
    const { size, face, column, spacing, theme, move_on, shortcuts } = config.settings;
    const given = this.byKey + this.byHand;
    const said = {
      reading_ms: Math.round(this.spent.reading),
      judging_ms: Math.round(this.spent.judging),
      layout: matchMedia("(min-width: 64rem)").matches ? "two-panes" : "one-column",
      viewport: wide < 40 ? "narrow" : wide < 64 ? "medium" : "wide",
      pointer: matchMedia("(pointer: fine)").matches ? "fine" : matchMedia("(pointer: coarse)").matches ? "coarse" : "none",
      width_rem: Math.round(wide),
      by_key: given ? Math.round((100 * this.byKey) / given) : "",
      described: this.described,
      sitting_item: this.sitting.items,
      sitting_minutes: Math.round((Date.now() - this.sitting.since) / 60000),
      scripts: 1,
      move_on: Number(move_on),
      shortcuts: Number(shortcuts),
      offline: Number(offline),
      reader: JSON.stringify({ size, face, column, spacing, theme }),
    };
    for (const [name, value] of Object.entries(said)) if (this.form.elements[name]) this.form.elements[name].value = value;
  }

  finished() {
    try {
      sessionStorage.removeItem(this.place);
    } catch {}
    store(localStorage, "sitting", { ...this.sitting, items: this.sitting.items + 1, last: Date.now() });
  }
}

// One stretch of work on this device: it ends after half an hour away.
function sat() {
  const known = stored(localStorage, "sitting");
  const fresh = !known.last || known.person !== config.person || Date.now() - known.last > SITTING_GAP_MS;
  return fresh ? { person: config.person, since: Date.now(), items: 1, last: Date.now() } : known;
}

function stored(shelf, name) {
  try {
    return JSON.parse(shelf.getItem(name)) ?? {};
  } catch {
    return {};
  }
}

function store(shelf, name, value) {
  try {
    shelf.setItem(name, JSON.stringify(value));
  } catch {}
}
