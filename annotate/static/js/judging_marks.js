// Marks: a passage of one text, with a tag and a note if there is one. The text itself is never rewritten.

import { MarkMode } from "./judging_mark_mode.js";
import { paint } from "./judging_paint.js";
import { pieces, placeOf, quoteOf, spanOfRange, textOf } from "./judging_places.js";
import { say, word } from "./judging_words.js";

const byId = (id) => document.getElementById(id);
const same = (one, other) => ["turn", "response", "start", "end"].every((name) => one[name] === other[name]);

export class Marks {
  constructor({ changed }) {
    this.changed = changed;
    this.marks = [];
    [this.list, this.floating, this.panel] = [byId("mark-list"), byId("mark-here"), byId("mark-panel")];
    document.querySelector(".marks").hidden = false;
    this.mode = new MarkMode({ mark: (range, back) => this.keepRange(range, back) });
    for (const button of [byId("mark-button"), this.floating]) {
      // The press must not take the selection away before the click has read it.
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", () => this.mark());
    }
    document.addEventListener("selectionchange", () => this.offer());
    this.panel.addEventListener("input", () => this.fromPanel());
    this.panel.addEventListener("keydown", (event) => this.inPanel(event));
    byId("mark-done").addEventListener("click", () => this.closePanel());
  }

  // The form of the step that is on the page holds the marks.
  attach(form) {
    this.box = form.elements.marks;
    this.read();
  }

  read() {
    this.marks = JSON.parse(this.box.value || "[]");
    this.draw();
  }

  selected() {
    const selection = getSelection();
    return selection.rangeCount && !selection.isCollapsed ? spanOfRange(selection.getRangeAt(0)) : null;
  }

  offer() {
    const found = this.selected();
    this.floating.hidden = !found?.span;
    if (!found?.span) return;
    const box = found.range.getBoundingClientRect();
    const pane = byId("text").getBoundingClientRect();
    // No inline style: the button stands in one of sixteen rows, near the end of the passage.
    this.floating.dataset.row = String(Math.min(15, Math.max(0, Math.round(((Math.min(box.bottom, innerHeight - 60) + 6) / innerHeight) * 16))));
    this.floating.dataset.side = box.left - pane.left < pane.width / 2 ? "start" : "end";
  }

  mark() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return this.mode.enter();
    const range = selection.getRangeAt(0);
    this.keepRange(range, document.activeElement);
  }

  keepRange(range, back) {
    const found = spanOfRange(range);
    if (!found) return say(word("chooseFirst"));
    if (!found.span) return say(word("choosePlain"));
    const mark = { ...placeOf(found.text), start: found.span[0], end: found.span[1] };
    const known = this.marks.find((other) => same(other, mark));
    if (!known) this.marks.push(mark);
    getSelection().removeAllRanges();
    this.keep();
    this.draw();
    say(word("marked"));
    this.openPanel(known ?? mark, back);
  }

  keep() {
    this.box.value = JSON.stringify(this.marks);
    this.changed();
  }

  draw() {
    byId("marks-none").hidden = this.marks.length > 0;
    this.list.replaceChildren(...this.marks.map((mark) => this.entry(mark)));
    paint("marks", this.marks);
  }

  entry(mark) {
    const item = document.createElement("li");
    const quote = Object.assign(document.createElement("q"), { className: "mark-quote", textContent: quoteOf(mark), dir: "auto" });
    const words = Object.assign(document.createElement("p"), { className: "mark-said", dir: "auto", textContent: [mark.tag, mark.memo && `“${mark.memo}”`].filter(Boolean).join(" · ") });
    const acts = Object.assign(document.createElement("p"), { className: "mark-acts" });
    acts.append(this.act("goTo", () => this.goTo(mark)), this.act("edit", (event) => this.openPanel(mark, event.currentTarget)), this.act("remove", () => this.remove(mark)));
    item.append(quote, ...(words.textContent ? [words] : []), acts);
    return item;
  }

  act(name, does) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: word(name) });
    button.addEventListener("click", does);
    return button;
  }

  goTo(mark) {
    const [first] = pieces(mark);
    (first?.block ?? textOf(mark)).scrollIntoView({ block: "center" });
    paint("mark-shown", [mark]);
    byId("text").focus({ preventScroll: true });
  }

  remove(mark) {
    this.marks = this.marks.filter((other) => other !== mark);
    if (this.open === mark) this.closePanel({ focus: false });
    this.keep();
    this.draw();
    byId("mark-button").focus();
    say(word("markRemoved"));
  }

  // The panel: a tag and a note, both optional. Escape keeps the bare mark.
  openPanel(mark, back) {
    [this.open, this.back] = [mark, back];
    byId("mark-panel-quote").textContent = quoteOf(mark);
    const offered = this.tags.find((box) => box.value === mark.tag);
    for (const box of this.tags) box.checked = box === offered;
    byId("mark-own").value = offered ? "" : (mark.tag ?? "");
    byId("mark-memo").value = mark.memo ?? "";
    this.panel.hidden = false;
    (offered ?? this.tags[0] ?? byId("mark-own")).focus({ preventScroll: true });
  }

  get tags() {
    return [...this.panel.querySelectorAll(".mark-tag input")];
  }

  fromPanel() {
    const own = byId("mark-own").value;
    if (document.activeElement === byId("mark-own") && own) for (const box of this.tags) box.checked = false;
    const tag = this.tags.find((box) => box.checked)?.value ?? own;
    const memo = byId("mark-memo").value;
    for (const [name, value] of [["tag", tag], ["memo", memo]]) {
      if (value.trim()) this.open[name] = value;
      else delete this.open[name];
    }
    this.keep();
    this.draw();
  }

  inPanel(event) {
    if (event.isComposing) return;
    const typing = event.target.matches("input:not([type=radio])");
    const digit = typing || event.ctrlKey || event.altKey || event.metaKey ? undefined : event.code.match(/^(?:Digit|Numpad)([1-9])$/)?.[1];
    const tag = digit && this.tags[digit - 1];
    if (event.key === "Escape" || event.key === "Enter") this.closePanel();
    else if (tag) {
      tag.checked = true;
      byId("mark-own").value = "";
      this.fromPanel();
      byId("mark-memo").focus({ preventScroll: true });
    } else return event.key === "?" || typing ? event.stopPropagation() : undefined;
    event.preventDefault();
    event.stopPropagation();
  }

  closePanel({ focus = true } = {}) {
    this.panel.hidden = true;
    this.open = null;
    if (!focus) return;
    const back = this.back?.isConnected && this.back !== document.body ? this.back : byId("mark-button");
    back.focus({ preventScroll: true });
  }
}
