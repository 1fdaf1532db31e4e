// Marks: a passage of one text, kept as code points of the text as stored. The text itself is never rewritten.

const points = (text) => [...text].length;
const units = (text, place) => [...text].slice(0, place).join("").length;

export class Marks {
  constructor(form, { say, changed }) {
    Object.assign(this, { form, say, changed });
    this.box = form.elements.marks;
    this.marks = JSON.parse(this.box.value || "[]");
    this.list = document.getElementById("mark-list");
    this.floating = document.getElementById("mark-here");
    document.querySelector(".marks").hidden = false;
    for (const button of [document.getElementById("mark-button"), this.floating]) {
      // The press must not take the selection away before the click has read it.
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", () => this.mark());
    }
    document.addEventListener("selectionchange", () => this.offer());
    this.draw();
  }

  selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const text = [...document.querySelectorAll(".text-pane .reading")].find((found) => range.intersectsNode(found) && within(range, found));
    if (!text) return null;
    return { text, range, span: text.dataset.source === undefined ? spanIn(text, range) : spanOf(text, range) };
  }

  offer() {
    const found = this.selected();
    this.floating.hidden = !found?.span;
    if (!found?.span) return;
    const box = found.range.getBoundingClientRect();
    this.floating.style.top = `${box.bottom + scrollY + 6}px`;
    this.floating.style.left = `${Math.min(box.left + scrollX, innerWidth - 90)}px`;
  }

  mark() {
    const found = this.selected();
    if (!found) return this.say("Choose a passage in one of the texts first.");
    if (!found.span) return this.say("This passage cannot be told apart here. Choose a few words of one paragraph.");
    const { turn, response } = found.text.dataset;
    const place = response === undefined ? { turn: Number(turn) } : { response };
    const mark = { ...place, start: found.span[0], end: found.span[1] };
    if (!this.marks.some((other) => same(other, mark))) this.marks.push(mark);
    getSelection().removeAllRanges();
    this.keep();
    this.draw();
    this.say("Marked. It is listed under the text.");
  }

  keep() {
    this.box.value = JSON.stringify(this.marks);
    this.changed();
  }

  draw() {
    const entry = document.getElementById("mark-entry");
    document.getElementById("marks-none").hidden = this.marks.length > 0;
    this.list.replaceChildren(...this.marks.map((mark) => this.entry(mark, entry.content.firstElementChild.cloneNode(true))));
    if (!CSS.highlights) return;
    CSS.highlights.set("marks", new Highlight(...this.marks.flatMap(rangesOf)));
  }

  entry(mark, item) {
    const [tag, memo] = [item.querySelector(".mark-tag"), item.querySelector(".mark-memo")];
    item.querySelector(".mark-quote").textContent = quoteOf(mark);
    tag.value = mark.tag ?? "";
    memo.value = mark.memo ?? "";
    for (const [name, box] of [["tag", tag], ["memo", memo]]) {
      box.addEventListener("input", () => {
        if (box.value) mark[name] = box.value;
        else delete mark[name];
        this.keep();
      });
    }
    item.querySelector(".mark-show").addEventListener("click", () => show(mark));
    item.querySelector(".mark-remove").addEventListener("click", () => {
      this.marks = this.marks.filter((other) => other !== mark);
      this.keep();
      this.draw();
      document.getElementById("mark-button").focus();
      this.say("Mark removed");
    });
    return item;
  }
}

const same = (one, other) => ["turn", "response", "start", "end"].every((name) => one[name] === other[name]);

const textOf = (mark) =>
  document.querySelector(mark.response === undefined ? `[data-turn="${mark.turn}"]` : `[data-response="${CSS.escape(mark.response)}"]`);

const paragraphsOf = (text) => [...text.querySelectorAll("p[data-start]")];

// A selection may end just outside the text, as a triple click does; it counts while it lies in one text.
function within(range, text) {
  const others = [...document.querySelectorAll(".text-pane .reading")].filter((other) => other !== text && range.intersectsNode(other));
  return others.every((other) => !textBetween(range, other));
}

function textBetween(range, node) {
  const part = document.createRange();
  part.selectNodeContents(node);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
  return part.toString().trim();
}

function spanIn(text, range) {
  let [first, last] = [null, null];
  for (const paragraph of paragraphsOf(text)) {
    if (!range.intersectsNode(paragraph)) continue;
    const start = Number(paragraph.dataset.start);
    const from = paragraph.contains(range.startContainer) ? before(paragraph, range.startContainer, range.startOffset) : "";
    const to = paragraph.contains(range.endContainer) ? before(paragraph, range.endContainer, range.endOffset) : paragraph.textContent;
    const words = to.slice(from.length);
    if (!words.trim()) continue;
    first ??= start + points(from) + points(words) - points(words.trimStart());
    last = start + points(from) + points(words.trimEnd());
  }
  return first === null ? null : [first, last];
}

function before(paragraph, container, offset) {
  const part = document.createRange();
  part.setStart(paragraph, 0);
  part.setEnd(container, offset);
  return part.toString();
}

// Where formatting hides the text as written: the words themselves, if they stand there exactly once.
function spanOf(text, range) {
  const [words, source] = [range.toString().trim(), text.dataset.source];
  const place = words ? source.indexOf(words) : -1;
  if (place < 0 || source.indexOf(words, place + 1) >= 0) return null;
  const start = points(source.slice(0, place));
  return [start, start + points(words)];
}

function pieces(mark) {
  const text = textOf(mark);
  if (!text || text.dataset.source !== undefined) return [];
  return paragraphsOf(text).flatMap((paragraph) => {
    const [start, length] = [Number(paragraph.dataset.start), points(paragraph.textContent)];
    const [from, to] = [Math.max(mark.start - start, 0), Math.min(mark.end - start, length)];
    return from < to ? [{ paragraph, from, to }] : [];
  });
}

function quoteOf(mark) {
  const source = textOf(mark)?.dataset.source;
  if (source !== undefined) return [...source].slice(mark.start, mark.end).join("");
  return pieces(mark)
    .map(({ paragraph, from, to }) => [...paragraph.textContent].slice(from, to).join(""))
    .join(" … ");
}

function rangesOf(mark) {
  return pieces(mark).map(({ paragraph, from, to }) => {
    const [node, range] = [paragraph.firstChild, document.createRange()];
    range.setStart(node, units(node.data, from));
    range.setEnd(node, units(node.data, to));
    return range;
  });
}

function show(mark) {
  const [first] = pieces(mark);
  (first?.paragraph ?? textOf(mark)).scrollIntoView({ block: "center" });
  CSS.highlights?.set("mark-shown", new Highlight(...rangesOf(mark)));
  document.getElementById("text").focus({ preventScroll: true });
}
