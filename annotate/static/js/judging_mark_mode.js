// Marking by keys: sentences by arrows, words with Ctrl, Shift extends, Enter marks, Escape leaves.

import { show } from "./judging_paint.js";
import { parts, rangeIn } from "./judging_places.js";
import { say, word } from "./judging_words.js";

export class MarkMode {
  constructor({ mark }) {
    this.mark = mark;
    this.on = false;
    this.last = null;
    document.addEventListener("keydown", (event) => this.pressed(event), true);
  }

  enter() {
    this.back = document.activeElement;
    this.sentences = parts("sentence");
    if (!this.sentences.length) return;
    this.on = true;
    // The response is what is judged: its first sentence comes first; the turns before it are upwards.
    const start = this.last ?? Math.max(0, this.sentences.findIndex(({ text }) => text.dataset.response !== undefined));
    [this.granularity, this.from, this.to] = ["sentence", start, start];
    document.documentElement.classList.add("mark-mode");
    document.getElementById("text").focus({ preventScroll: true });
    this.show(word("markMode"));
  }

  get list() {
    return this.granularity === "sentence" ? this.sentences : this.words;
  }

  // The stretch stood on: within one text.
  get stretch() {
    const [low, high] = [Math.min(this.from, this.to), Math.max(this.from, this.to)];
    return this.list.slice(low, high + 1).filter(({ text }) => text === this.list[this.to].text);
  }

  show(lead = "") {
    const stretch = this.stretch;
    show("mark-cursor", stretch);
    const range = rangeIn(this.list[this.to]);
    const box = range.getBoundingClientRect();
    const pane = document.getElementById("text");
    const [top, bottom] = [80, Math.min(innerHeight, pane.getBoundingClientRect().bottom) - 80];
    if (box.top < top || box.bottom > bottom) this.list[this.to].block.scrollIntoView({ block: "center" });
    const words = stretch.map((piece) => rangeIn(piece).toString()).join(" ");
    const within = this.list.filter(({ text }) => text === this.list[this.to].text);
    const place = { n: within.indexOf(this.list[this.to]) + 1, all: within.length, words };
    say(`${lead} ${this.granularity === "sentence" ? word("sentence", place) : words}`.trim());
  }

  move(granularity, by, extends_) {
    if (granularity !== this.granularity) this.change(granularity, by);
    const to = Math.min(Math.max(this.to + by, 0), this.list.length - 1);
    if (extends_ && this.list[to].text !== this.list[this.from].text) return;
    this.to = to;
    if (!extends_) this.from = to;
    this.show();
  }

  // From a sentence to its first or last word, or from a word to its sentence.
  change(granularity, by) {
    const { block, from } = this.list[this.to];
    this.granularity = granularity;
    this.words ??= parts("word");
    const within = (one) => one.block === block && (granularity === "word" ? one.from >= from : one.from <= from && one.to > from);
    const found = this.list.findIndex(within);
    this.from = this.to = Math.max(0, granularity === "word" && by > 0 ? found - 1 : found);
  }

  pressed(event) {
    if (!this.on || event.isComposing) return;
    const arrows = { ArrowDown: ["sentence", 1], ArrowUp: ["sentence", -1], ArrowRight: ["word", 1], ArrowLeft: ["word", -1] };
    const arrow = arrows[event.key];
    if (arrow) this.move(...arrow, event.shiftKey);
    else if (event.key === "Enter") this.done();
    else if (event.key === "Escape") this.leave(word("markLeft"));
    else if (event.key === "Tab" || event.key.length > 1) return event.key === "Tab" ? this.leave() : undefined;
    event.preventDefault();
    event.stopPropagation();
  }

  done() {
    const stretch = this.stretch;
    const [first, last] = [rangeIn(stretch[0]), rangeIn(stretch.at(-1))];
    const range = document.createRange();
    range.setStart(first.startContainer, first.startOffset);
    range.setEnd(last.endContainer, last.endOffset);
    this.last = this.granularity === "sentence" ? this.to : null;
    this.leave("", { focus: false });
    this.mark(range, this.back);
  }

  leave(words = "", { focus = true } = {}) {
    this.on = false;
    this.words = undefined;
    show("mark-cursor", []);
    document.documentElement.classList.remove("mark-mode");
    if (words) say(words);
    if (focus && this.back?.isConnected) this.back.focus({ preventScroll: true });
  }
}
