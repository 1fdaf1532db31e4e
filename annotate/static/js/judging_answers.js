// The form's answers in the plain form that drafts and programs share. Half-filled panels are kept half-filled.

export const questionsOf = (form) => [...form.querySelectorAll("fieldset.question")];

const field = (set, part) => set.querySelector(`[name="q.${set.dataset.slug}.${part}"]`);

const number = (text) => (text === "" ? undefined : Number.isFinite(Number(text)) ? Number(text) : text);

export function plain(form) {
  const answers = { ratings: {}, marks: JSON.parse(form.elements.marks.value || "[]") };
  for (const set of questionsOf(form)) {
    const answer = set.dataset.kind === "settled" ? undefined : answerOf(set);
    if (answer) answers.ratings[set.dataset.slug] = answer;
  }
  const settled = form.querySelector('[name="settled"]:checked')?.value;
  if (settled) answers.settled = Number(settled);
  if (form.elements.rationale.value.trim()) answers.rationale = form.elements.rationale.value;
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
