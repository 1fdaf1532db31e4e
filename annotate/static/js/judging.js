// The judging page. Without this file it is one plain form; with it, drafts, keys and marks.

import { clear, isAnswered, questionsOf, settleForms } from "./judging_answers.js";
import { Draft } from "./judging_draft.js";
import { Keys } from "./judging_keys.js";
import { Marks } from "./judging_marks.js";

const IDLE_MS = 60000;
const form = document.getElementById("judging");
const status = document.getElementById("save-status");
const spoken = document.getElementById("spoken");
const say = (words) => (spoken.textContent = words);
const show = (...parts) => status.replaceChildren(...parts);

const switches = { keys: document.getElementById("keys-on"), moveOn: document.getElementById("move-on") };
const draft = new Draft(form, { say, show });
const marks = new Marks(form, { say, changed: () => draft.changed() });
new Keys(form, { say, changed: touched, mark: () => marks.mark(), switches });

// Answers
function touched(set) {
  if (set) set.querySelector(".clear").hidden = !isAnswered(set);
  if (set?.dataset.kind === "line") drawLine(set);
  answering = true;
  draft.changed();
}

form.addEventListener("input", (event) => {
  const set = event.target.closest("fieldset.question");
  if (set) settleForms(set, event.target);
  touched(set);
});

// Enter in a field would save the whole page; saving is its own button and its own keys.
form.addEventListener("keydown", (event) => event.key === "Enter" && event.target.matches("input") && event.preventDefault());

for (const set of questionsOf(form)) {
  const button = set.querySelector(".clear");
  button.hidden = !isAnswered(set);
  button.addEventListener("click", () => {
    clear(set);
    set.querySelector("input, textarea").focus();
    touched(set);
  });
  if (set.dataset.kind === "line") prepareLine(set);
}

// A line is drawn for the pointer; the number beside it is the control.
function prepareLine(set) {
  const line = set.querySelector(".line");
  const number = set.querySelector(`[name="q.${set.dataset.slug}.point"]`);
  line.hidden = false;
  line.addEventListener("pointerdown", (event) => {
    const box = line.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const [low, high] = [Number(line.dataset.low), Number(line.dataset.high)];
    number.value = String(Number((low + share * (high - low)).toPrecision(4)));
    number.dispatchEvent(new Event("input", { bubbles: true }));
  });
  drawLine(set);
}

function drawLine(set) {
  const [line, place] = [set.querySelector(".line"), set.querySelector(".line-place")];
  const { value } = set.querySelector(`[name="q.${set.dataset.slug}.point"]`);
  place.hidden = value === "";
  const [low, high] = [Number(line.dataset.low), Number(line.dataset.high)];
  place.style.left = `${(100 * (Number(value) - low)) / (high - low)}%`;
}

// Keys: on unless switched off, remembered for this site.
function remember(name, box, byDefault) {
  const found = document.cookie.match(new RegExp(`(?:^|; )${name}=(0|1)`))?.[1];
  box.checked = found === undefined ? byDefault : found === "1";
  const apply = () => document.documentElement.classList.toggle("with-keys", switches.keys.checked);
  box.addEventListener("change", () => {
    document.cookie = `${name}=${box.checked ? 1 : 0}; path=/read/; max-age=31536000; samesite=lax`;
    apply();
  });
  apply();
}
remember("keys", switches.keys, true);
remember("move-on", switches.moveOn, false);
const keysButton = document.getElementById("keys-button");
keysButton.hidden = false;
keysButton.addEventListener("click", () => document.getElementById("keys").showModal());

// Time: only while the page is looked at, in two steps, before the first answer and after.
const before = (name) => Number(form.elements[name].value || 0);
const spent = { reading: before("reading_ms"), judging: before("judging_ms") };
let answering = spent.judging > 0;
let [last, active] = [performance.now(), performance.now()];
for (const kind of ["pointermove", "pointerdown", "keydown", "scroll", "focus"]) {
  addEventListener(kind, () => (active = performance.now()), { passive: true, capture: true });
}
function tick() {
  const now = performance.now();
  if (document.visibilityState === "visible" && now - active < IDLE_MS) spent[answering ? "judging" : "reading"] += now - last;
  last = now;
}
addEventListener("visibilitychange", tick);
setInterval(tick, 1000);

function measure() {
  tick();
  const wide = matchMedia("(min-width: 64rem)").matches;
  const said = {
    reading_ms: Math.round(spent.reading),
    judging_ms: Math.round(spent.judging),
    layout: wide ? "two-panes" : "one-column",
    pointer: matchMedia("(pointer: fine)").matches ? "fine" : matchMedia("(pointer: coarse)").matches ? "coarse" : "none",
    width_rem: Math.round(innerWidth / parseFloat(getComputedStyle(document.documentElement).fontSize)),
    scripts: 1,
    move_on: Number(switches.moveOn.checked),
    shortcuts: Number(switches.keys.checked),
  };
  for (const [name, value] of Object.entries(said)) form.elements[name].value = value;
}

// Saving: a draft still under way arrives first, so that it cannot come after the judgment.
form.addEventListener("submit", async (event) => {
  measure();
  draft.stop();
  if (!draft.under) return;
  event.preventDefault();
  await Promise.race([draft.under, new Promise((resolve) => setTimeout(resolve, 3000))]);
  draft.under = null;
  draft.stop();
  form.requestSubmit(event.submitter);
});

// One column: the bar shows where one is not, and each part keeps its place.
const jump = document.querySelector(".jump");
const [toQuestions, toText] = jump.children;
const pane = document.getElementById("questions");
const places = { text: 0, questions: null };
const inQuestions = () => pane.getBoundingClientRect().top < innerHeight / 2;
const turn = () => {
  toQuestions.classList.toggle("on", !inQuestions());
  toText.classList.toggle("on", inQuestions());
};
jump.classList.add("scripted");
turn();
addEventListener("scroll", turn, { passive: true });
toQuestions.addEventListener("click", (event) => {
  places.text = scrollY;
  if (places.questions === null) return;
  event.preventDefault();
  scrollTo(0, places.questions);
  pane.focus({ preventScroll: true });
});
toText.addEventListener("click", (event) => {
  places.questions = scrollY;
  event.preventDefault();
  scrollTo(0, places.text);
  document.getElementById("text").focus({ preventScroll: true });
});

performance.mark("judging-ready");
