// The judging page. Without this file it is one plain form after another; with it, nothing written can be lost.

import { fetchAhead, kept, nextHere, prepareWorker } from "./judging_ahead.js";
import { countTime } from "./beats.js";
import { clear, isAnswered, questionsOf, settleForms, unfinished } from "./judging_answers.js";
import * as device from "./judging_device.js";
import { Draft } from "./judging_draft.js";
import { Keys } from "./judging_keys.js";
import { drawLine, prepareLine } from "./judging_line.js";
import { Marks } from "./judging_marks.js";
import { Measure } from "./judging_measure.js";
import { Outbox, resend } from "./judging_outbox.js";
import { preparePanes } from "./judging_panes.js";
import { applyReader, prepareReader } from "./judging_reader.js";
import { Status } from "./judging_status.js";
import { Undo } from "./judging_undo.js";
import { config, freshKey, say, word } from "./judging_words.js";

const ANSWER_MS = 6000;
const AFTER_READY_MS = 1200;
const byId = (id) => document.getElementById(id);
const status = new Status();
let [form, draft, undo, keys, marks, measure, leaving] = [];
let hasDevice = "indexedDB" in globalThis;
const outbox = new Outbox(status);

countTime();

// One step ----------------------------------------------------------------------------------------

function begin(found) {
  draft?.stop();
  form = found;
  draft = new Draft(form, { status, hasDevice, restored: redraw });
  undo = new Undo(form);
  measure.attach(form);
  marks.attach(form);
  keys.attach(form);
  form.addEventListener("input", (event) => touched(event.target.closest("fieldset.question"), event.target));
  // Enter in a field would save the whole page; saving is its own button and its own keys.
  form.addEventListener("keydown", (event) => event.key === "Enter" && event.target.matches("input") && !event.ctrlKey && !event.metaKey && event.preventDefault());
  form.addEventListener("submit", (event) => submitted(event));
  form.addEventListener("toggle", (event) => event.target.matches(".about") && event.target.open && (measure.described += 1), true);
  for (const set of questionsOf(form)) prepare(set);
  applyReader();
}

function prepare(set) {
  const button = set.querySelector(".clear");
  button.hidden = !isAnswered(set);
  button.tabIndex = -1;
  button.setAttribute("aria-keyshortcuts", "Delete");
  button.addEventListener("click", () => {
    clear(set);
    set.querySelector("input, textarea").focus();
    touched(set, null);
  });
  if (set.dataset.kind === "line") prepareLine(set);
}

// control: what changed; null for a question that was cleared. By a shortcut, the forms are settled already.
function touched(set, control, byKey = false) {
  if (set && control && !byKey) settleForms(set, control);
  if (set) {
    set.querySelector(".clear").hidden = !isAnswered(set);
    if (set.dataset.kind === "line") drawLine(set);
    measure.answering = true;
    measure[byKey ? "byKey" : "byHand"] += 1;
  }
  changed(control?.matches("textarea, input:not([type=radio], [type=checkbox])") ? control : null);
}

function changed(place = null) {
  undo.changed(place);
  draft.changed();
}

function redraw() {
  for (const set of questionsOf(form)) {
    set.querySelector(".clear").hidden = !isAnswered(set);
    if (set.dataset.kind === "line") drawLine(set);
  }
  for (const words of form.querySelectorAll(".aside-words textarea")) if (words.value) words.closest("details").open = true;
  marks.read();
  undo.start();
}

function takeBack() {
  const before = undo.past.length;
  if (!undo.back()) return say(word("nothingToTakeBack"));
  const rest = undo.past.slice(0, before - 1);
  redraw();
  undo.past = rest;
  draft.changed();
  say(word("takenBack"));
}

// Going on ----------------------------------------------------------------------------------------

async function submitted(event) {
  if (leaving) return event.preventDefault();
  const skips = event.submitter?.formAction?.endsWith("/skip/") ?? false;
  const half = !skips && form.id === "judging" && unfinished(form);
  if (half) {
    event.preventDefault();
    return needs(half);
  }
  measure.write({ offline: !navigator.onLine });
  if (!hasDevice) return draft.stop();
  event.preventDefault();
  leaving = true;
  // A draft still under way arrives first, so that it cannot come after the judgment.
  clearTimeout(draft.timer);
  await Promise.race([draft.under, new Promise((resolve) => setTimeout(resolve, 3000))]);
  let number;
  try {
    number = await outbox.add(entryOf(skips));
  } catch {
    // The device refused: the page is sent as a plain form.
    [hasDevice, leaving] = [false, false];
    status.set({ noDevice: true });
    return form.requestSubmit(event.submitter);
  }
  draft.stop();
  const answer = await outbox.deliver(number, ANSWER_MS);
  if (answer?.status >= 400) return native(number);
  if (form.id === "judging" || skips) return goOn(answer);
  await questionsFor(number, answer);
}

function entryOf(skips) {
  const assignment = form.dataset.assignment;
  if (skips) return { kind: "skip", assignment, url: form.querySelector("[formaction]").getAttribute("formaction"), body: packed() };
  const kind = form.id === "first" ? "first" : "judgment";
  const first = { key: freshKey(), offline: Number(!navigator.onLine) };
  return { kind, assignment, url: form.getAttribute("action"), body: packed(kind === "first" ? first : {}) };
}

function needs({ set, needs: why }) {
  const known = set.querySelector(":scope > .field-error");
  const words = known ?? Object.assign(document.createElement("p"), { className: "field-error", id: `${set.id}-problem` });
  words.textContent = word(why);
  if (!known) set.querySelector("legend").after(words);
  set.setAttribute("aria-describedby", words.id);
  set.scrollIntoView({ block: "center" });
  (set.querySelector(".panel select, .panel input") ?? set).focus({ preventScroll: true });
  say(`${word("needsLook")} ${word(why)}`);
}

const packed = (extra = {}) => {
  const said = new URLSearchParams(new FormData(form));
  said.delete("csrfmiddlewaretoken");
  for (const [name, value] of Object.entries(extra)) said.set(name, value);
  return String(said);
};

// The first reading is written down by now: with the server, or on this device where there is no network.
async function questionsFor(number, answer = null) {
  const found = answer?.questions || (await kept(form.dataset.assignment))?.questions;
  if (found) return showQuestions(found);
  say((byId("first-help").textContent = word("questionsAway")));
  while (!answer) answer = await outbox.deliver(number, 60000);
  if (answer.questions) await showQuestions(answer.questions);
  else if (answer.status >= 400) await native(number);
  else location.reload();
}

async function showQuestions(html) {
  const said = form.elements.marks.value;
  byId("step").innerHTML = html;
  const next = byId("judging");
  // Marks of the first step go on into the second.
  if (JSON.parse(next.elements.marks.value || "[]").length === 0) next.elements.marks.value = said;
  if (config.token) next.elements.csrfmiddlewaretoken.value = config.token;
  begin(next);
  leaving = false;
  byId("questions-title").focus({ preventScroll: innerWidth >= 1024 });
  performance.mark("questions-shown");
  await draft.restore();
}

async function goOn(answer) {
  measure.finished();
  if (answer) return location.assign(answer.next);
  location.assign((await nextHere(outbox, form.dataset.assignment)) ?? config.queue);
}

// The server wants to say something about it: let it, with a page of its own.
async function native(number) {
  const row = (await outbox.mine()).find((one) => one.number === number);
  if (row) resend(row);
}

// Beginning ---------------------------------------------------------------------------------------

async function forgetSettled() {
  // A page that shows both versions, or asks for another look, has taken the entry over.
  for (const one of document.querySelectorAll("[data-settles]")) {
    const settle = async () => {
      for (const row of await outbox.mine()) if (new URLSearchParams(row.body).get("key") === one.dataset.settles && row.stuck) await device.remove("outbox", row.number);
      await outbox.count();
    };
    if (one.tagName === "FORM") one.addEventListener("submit", settle);
    else await settle();
  }
}

// Everything on the page works at once; what this device still holds comes back a moment later.
async function start() {
  const found = byId("judging") ?? byId("first");
  if (found) read(found);
  performance.mark("judging-ready");
  if (!(hasDevice = hasDevice && (await device.works()))) {
    if (draft) draft.hasDevice = draft.restoring = false;
    return status.set({ noDevice: true });
  }
  await forgetSettled();
  if (found) await recover(found);
  const along = byId("take-along");
  if (along) prepareAlong(along);
  status.draw();
  outbox.begin();
  if (!found) return;
  setTimeout(goAhead, AFTER_READY_MS);
  addEventListener("online", goAhead);
}

function read(found) {
  measure = new Measure(found);
  marks = new Marks({ changed: () => changed() });
  keys = new Keys({
    does: {
      touched,
      save: () => (form.requestSubmit(form.querySelector(".primary")), true),
      mark: () => marks.mark(),
      why: () => byId("rationale")?.focus(),
      undo: takeBack,
      list: () => byId("keys").showModal(),
      pause: () => byId("pause").click(),
      before: () => history.back(),
      after: () => nextHere(outbox, form.dataset.assignment).then((next) => next && location.assign(next)),
    },
  });
  prepareReader(outbox);
  preparePanes(found.dataset.assignment);
  begin(found);
}

async function recover(found) {
  await draft.restore();
  // The first reading may be written down already, while the server has not heard of it.
  if (form !== found || leaving) return;
  const waiting = found.id === "first" && (await outbox.mine()).find((row) => row.kind === "first" && row.assignment === found.dataset.assignment);
  // Somebody may have gone on meanwhile: what they see is not drawn again under their hands.
  if (waiting && form === found && !leaving) await questionsFor(waiting.number);
}

async function goAhead() {
  if (!navigator.onLine) return;
  try {
    await prepareWorker();
    await fetchAhead();
    performance.mark("ahead-here");
  } catch {
    // Without a network there is nothing to fetch; the next page, or the network's return, tries again.
  }
}

function prepareAlong(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const told = byId("take-along-told");
    told.textContent = word("takingAlong");
    await prepareWorker();
    const n = await fetchAhead({ along: true }).catch(() => null);
    told.textContent = n === null ? word("notTakenAlong") : word("takenAlong", { n });
  });
}

start();
