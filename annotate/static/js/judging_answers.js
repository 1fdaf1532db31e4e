// The form's answers in the plain form that drafts and programs share. Half-filled panels are kept half-filled.

export const BESIDES = ["what_if", "question", "gap"];

export const questionsOf = (form) => [...form.querySelectorAll("fieldset.question")];

const field = (set, part) => set.querySelector(`[name="q.${set.dataset.slug}.${part}"]`);

const number = (text) => (text === "" ? undefined : Number.isFinite(Number(text)) ? Number(text) : text);

export function plain(form) {
  const answers = { ratings: {}, marks: JSON.parse(form.elements.marks.value || "[]") };
  if (form.id === "first") return { marks: answers.marks, first: form.elements.first.value };
  for (const set of questionsOf(form)) {
    const answer = set.dataset.kind === "settled" ? undefined : answerOf(set);
    if (answer) answers.ratings[set.dataset.slug] = answer;
  }
  const settled = form.querySelector('[name="settled"]:checked')?.value;
  if (settled) answers.settled = Number(settled);
  for (const name of ["rationale", ...BESIDES]) if (form.elements[name].value.trim()) answers[name] = form.elements[name].value;
  return answers;
}

// Left out: what is empty, so that the same page always gives the same draft.
function only(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ""));
}

export function answerOf(set) {
  const value = (part) => field(set, part)?.value ?? "";
  const form = chosen(set);
  if (form === "range") return only({ form, low: number(value("low")), high: number(value("high")), point: number(value("best")) });
  if (form === "both") return only({ form, both_a: number(value("both_a")), both_b: number(value("both_b")), text: value("both_text") });
  if (form === "none") {
    const reason = set.querySelector(`[name="q.${set.dataset.slug}.reason"]:checked`)?.value;
    return only({ form, reason, text: value("reason_text") || value("text") });
  }
  if (set.dataset.kind === "open") return value("text").trim() ? { form: "point", text: value("text") } : undefined;
  if (set.dataset.kind === "choices") return labelsOf(set);
  const place = number(set.dataset.kind === "line" ? value("point") : (form ?? ""));
  return place === undefined ? undefined : { form: "point", point: place };
}

export function chosen(set) {
  const name = set.dataset.kind === "settled" ? "settled" : `q.${set.dataset.slug}`;
  return set.querySelector(`[name="${name}"]:checked`)?.value;
}

function labelsOf(set) {
  const ticked = [...set.querySelectorAll(`[name="q.${set.dataset.slug}.labels"]:checked`)].map((box) => box.value);
  if (!ticked.length) return undefined;
  return { form: "point", labels: ticked.filter((value) => value !== "none").map(Number) };
}

// The other way: what was said, back into the fields.
export function fill(form, said) {
  form.elements.marks.value = JSON.stringify(said.marks ?? []);
  if (form.id === "first") return void (form.elements.first.value = said.first ?? "");
  for (const set of questionsOf(form)) {
    clear(set);
    const answer = set.dataset.kind === "settled" ? said.settled && { form: "point", point: said.settled } : said.ratings?.[set.dataset.slug];
    if (answer) fillOne(set, answer);
  }
  for (const name of ["rationale", ...BESIDES]) form.elements[name].value = said[name] ?? "";
}

function fillOne(set, answer) {
  const slug = `q.${set.dataset.slug}`;
  const tick = (name, value) => {
    const found = set.querySelector(`[name="${name}"][value="${CSS.escape(String(value))}"]`);
    if (found) found.checked = true;
  };
  const write = (part, value) => value !== undefined && field(set, part) && (field(set, part).value = String(value));
  if (answer.form !== "point") {
    tick(slug, answer.form);
    for (const [part, value] of [["low", answer.low], ["high", answer.high], ["both_a", answer.both_a], ["both_b", answer.both_b]]) write(part, value);
    if (answer.form === "range") write("best", answer.point);
    if (answer.form === "both") write("both_text", answer.text);
    if (answer.form === "none") write("reason_text", answer.text);
    if (answer.reason) tick(`${slug}.reason`, answer.reason);
  } else if (answer.labels) {
    for (const label of answer.labels.length ? answer.labels : ["none"]) tick(`${slug}.labels`, label);
  } else if (set.dataset.kind === "open") write("text", answer.text);
  else if (set.dataset.kind === "line") {
    write("point", answer.point);
    tick(slug, "point");
  } else tick(set.dataset.kind === "settled" ? "settled" : slug, answer.point);
}

// Clear a question, or only its panels; an untouched question stays untouched.
export function clear(set, within = set) {
  for (const control of within.querySelectorAll("input, select, textarea")) {
    if (control.type === "radio" || control.type === "checkbox") control.checked = false;
    else control.value = "";
  }
}

export function isAnswered(set) {
  return set.dataset.kind === "settled" ? Boolean(chosen(set)) : answerOf(set) !== undefined || Boolean(chosen(set));
}

// The first question with half an answer, and what it still needs; a page that says nothing is whole.
export function unfinished(form) {
  for (const set of questionsOf(form)) {
    if (set.dataset.kind === "settled") continue;
    const answer = answerOf(set);
    if (answer?.form === "range" && !(answer.low < answer.high)) return { set, needs: "needsBothEnds" };
    if (answer?.form === "both" && (answer.both_a === undefined || answer.both_b === undefined || answer.both_a === answer.both_b)) return { set, needs: "needsBothPlaces" };
    if (answer?.form === "none" && !answer.reason) return { set, needs: "needsReason" };
  }
  return null;
}

// One kind of answer at a time: choosing another empties the panels that no longer count.
export function settleForms(set, changed) {
  const slug = `q.${set.dataset.slug}`;
  const isWay = changed.name === slug;
  if (changed.name === `${slug}.labels` && changed.checked) {
    for (const box of set.querySelectorAll(`[name="${slug}.labels"]:checked`)) {
      if (box !== changed && (changed.dataset.alone !== undefined || box.dataset.alone !== undefined)) box.checked = false;
    }
  }
  const panel = changed.closest(".panel");
  if (panel) tickWayOf(set, panel);
  if (isWay || changed.name === `${slug}.labels` || changed.name === `${slug}.text` || changed.name === `${slug}.point`) {
    if (!isWay && changed.type !== "checkbox" && changed.value === "") return;
    if (!isWay) untick(set, slug, changed);
    const form = chosen(set);
    for (const other of set.querySelectorAll(".panel")) if (!other.classList.contains(form)) clear(set, other);
    if (isWay && changed.checked && ["none", "range", "both"].includes(changed.value)) emptyPlaces(set, slug);
  }
}

function tickWayOf(set, panel) {
  for (const way of set.querySelectorAll(".way input")) if (panel.classList.contains(way.value)) way.checked = true;
}

function untick(set, slug, changed) {
  for (const way of set.querySelectorAll(`.way [name="${slug}"]`)) way.checked = changed.name.endsWith(".point") && way.value === "point";
}

function emptyPlaces(set, slug) {
  // Words stay: nothing typed goes away by itself.
  const place = set.querySelector(`[name="${slug}.point"]`);
  if (place) place.value = "";
  for (const box of set.querySelectorAll(`[name="${slug}.labels"]`)) box.checked = false;
}
