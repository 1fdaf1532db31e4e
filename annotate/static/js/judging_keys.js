// Single keys, for whoever wants them: each does what a control on the page does. Digits are physical keys.

import { clear, questionsOf, settleForms } from "./judging_answers.js";
import { config, say, word } from "./judging_words.js";

const TYPING = "textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]";

export class Keys {
  constructor({ does }) {
    this.does = does;
    [this.sets, this.current, this.pending] = [[], null, null];
    document.addEventListener("focusin", (event) => this.stand(event.target.closest?.("fieldset.question")));
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  attach(form) {
    this.form = form;
    this.sets = questionsOf(form);
    this.stand(this.sets[0]);
  }

  stand(set) {
    if (!set || set === this.current || !this.sets.includes(set)) return;
    this.current?.classList.remove("current");
    this.current = set;
    set.classList.add("current");
    this.pending = null;
  }

  go(set, { focus = true } = {}) {
    if (!set) return;
    this.stand(set);
    if (!focus) return;
    // Where words or numbers are written, keys would be typed: stand on the question; Enter goes in.
    const written = set.dataset.kind === "open" || set.dataset.kind === "line";
    const control = written ? set : (set.querySelector("input:checked") ?? set.querySelector(".points input"));
    if (written) set.tabIndex = -1;
    control.focus({ preventScroll: true });
    set.scrollIntoView({ block: "nearest" });
  }

  step(by) {
    this.go(this.sets[this.sets.indexOf(this.current) + by]);
  }

  pressed(event) {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest?.(TYPING);
    if (event.key === "Enter" && this.entered(event, typing)) return event.preventDefault();
    if (event.key === "Escape") return typing && this.current ? this.go(this.current) : (this.pending = null);
    // Also without single keys: it is what the clear button stands for, so that it need not be a stop for Tab.
    if (!typing && ["Delete", "Backspace"].includes(event.key) && this.current?.contains(event.target)) return this.act("clear", event);
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "?") return this.act("list", event);
    if (!config.settings.shortcuts) return;
    const digit = event.shiftKey ? undefined : event.code.match(/^(?:Digit|Numpad)([0-9])$/)?.[1];
    if (digit !== undefined) {
      if (!this.current) return;
      event.preventDefault();
      return this.digit(Number(digit));
    }
    const name = Object.keys(config.settings.keys).find((key) => config.settings.keys[key] === event.key.toLowerCase());
    if (name) this.act(name, event);
  }

  // True where Enter was ours: save with Ctrl (or Shift outside a field), go into a question, save on the last.
  entered(event, typing) {
    if (event.ctrlKey || event.metaKey || (event.shiftKey && !typing)) return this.does.save();
    if (!this.current || event.target !== this.current) {
      const last = this.current && this.current === this.sets.at(-1) && this.current.contains(event.target);
      return last && config.settings.enter_saves && !typing ? this.does.save() : false;
    }
    this.current.querySelector("textarea, input[type=number]").focus();
    return true;
  }

  act(name, event) {
    const own = { next: () => this.step(1), previous: () => this.step(-1), range: () => this.way("range"), both: () => this.way("both"), none: () => this.way("none"), clear: () => this.cleared(), describe: () => this.described(), across: () => this.across() };
    const act = own[name] ?? this.does[name];
    if (!act || (own[name] && !this.current && name !== "across")) return;
    event.preventDefault();
    act();
  }

  digit(number) {
    if (this.pending) return this.intoPanel(number);
    const rows = [...this.current.querySelectorAll(".points input")].filter((row) => row.value !== "");
    const row = number === 0 ? rows.find((found) => found.dataset.alone !== undefined) : rows[number - 1];
    if (!row || (number !== 0 && row.dataset.alone !== undefined)) return;
    row.checked = row.type === "checkbox" ? !row.checked : true;
    this.touched(row);
    say(word("choiceSpoken", { question: this.current.dataset.title ?? word("settledQuestion"), answer: row.closest("label").querySelector("span").textContent }));
    if (config.settings.move_on && row.type === "radio") this.step(1);
  }

  way(form) {
    const way = this.current.querySelector(`.way input[value="${form}"]`);
    if (!way) return;
    way.checked = way.type === "checkbox" ? !way.checked : true;
    this.touched(way);
    if (!way.checked) return;
    if (this.current.dataset.kind === "line" && form !== "none") return this.panel(form).querySelector("input").focus();
    this.pending = { form, digits: [] };
    say(form === "none" ? word("notThisWhy") : word("twoDigits", { way: way.closest("label").querySelector("span").textContent }));
  }

  panel(form) {
    return this.current.querySelector(`.panel.${form}`);
  }

  intoPanel(number) {
    const { form, digits } = this.pending;
    const panel = this.panel(form);
    if (form === "none") return this.reason(panel, number);
    const ends = [...panel.querySelectorAll(".pair select")];
    if (number < 1 || number >= ends[0].options.length) return;
    digits.push(number);
    if (digits.length === 2) digits.sort((a, b) => a - b);
    digits.forEach((digit, place) => (ends[place].selectedIndex = digit));
    this.touched(ends[0]);
    if (digits.length < 2) return;
    this.pending = null;
    const [low, high] = ends.map((end) => end.selectedOptions[0].textContent);
    say(word(form === "range" ? "rangeSpoken" : "bothSpoken", { low, high }));
    if (config.settings.move_on) this.step(1);
  }

  reason(panel, number) {
    const reason = panel.querySelectorAll("input[type=radio]")[number - 1];
    if (!reason) return;
    reason.checked = true;
    this.pending = null;
    this.touched(reason);
    say(reason.closest("label").querySelector("span").textContent);
    if (reason.value === "depends") panel.querySelector(".on-what input").focus();
    else if (config.settings.move_on) this.step(1);
  }

  cleared() {
    clear(this.current);
    this.pending = null;
    this.does.touched(this.current, null);
    say(word("cleared"));
  }

  described() {
    const about = this.current.querySelector("details.about");
    if (about) about.open = !about.open;
  }

  across() {
    const text = document.getElementById("text");
    if (document.activeElement !== text) return text.focus({ preventScroll: innerWidth >= 1024 });
    if (this.current) return this.go(this.current);
    document.getElementById("first-words")?.focus();
  }

  touched(control) {
    settleForms(this.current, control);
    this.does.touched(this.current, control, true);
  }
}
