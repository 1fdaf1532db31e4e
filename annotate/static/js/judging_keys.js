// Single keys, for whoever wants them: each does what a control on the page does. Digits are physical keys.

import { clear, questionsOf, settleForms } from "./judging_answers.js";

const TYPING = "textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]";

export class Keys {
  constructor(form, { say, changed, mark, switches }) {
    Object.assign(this, { form, say, changed, mark, switches });
    this.sets = questionsOf(form);
    this.pending = null;
    this.go(this.sets[0], { focus: false });
    form.addEventListener("focusin", (event) => this.stand(event.target.closest("fieldset.question")));
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  stand(set) {
    if (!set || set === this.current) return;
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
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || (event.shiftKey && !typing))) {
      event.preventDefault();
      return this.form.requestSubmit(document.getElementById("save"));
    }
    if (event.key === "Enter" && event.target === this.current) {
      event.preventDefault();
      return this.current.querySelector("textarea, input[type=number]").focus();
    }
    if (event.key === "Escape") return typing ? this.go(this.current) : (this.pending = null);
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!this.switches.keys.checked && event.key !== "?") return;
    const digit = event.shiftKey ? null : event.code.match(/^(?:Digit|Numpad)([0-9])$/)?.[1];
    if (digit !== null && digit !== undefined) {
      event.preventDefault();
      return this.digit(Number(digit));
    }
    const action = this.actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  actions = {
    j: () => this.step(1),
    k: () => this.step(-1),
    r: () => this.way("range"),
    b: () => this.way("both"),
    x: () => this.way("none"),
    c: () => this.cleared(),
    d: () => this.described(),
    m: () => this.mark(),
    w: () => document.getElementById("rationale").focus(),
    t: () => this.across(),
    "?": () => document.getElementById("keys").showModal(),
  };

  digit(number) {
    if (this.pending) return this.intoPanel(number);
    const rows = [...this.current.querySelectorAll(".points input")].filter((row) => row.value !== "");
    const row = number === 0 ? rows.find((found) => found.dataset.alone !== undefined) : rows[number - 1];
    if (!row || (number !== 0 && row.dataset.alone !== undefined)) return;
    row.checked = row.type === "checkbox" ? !row.checked : true;
    this.touched(row);
    this.say(`${this.current.dataset.title ?? "How settled"}: ${row.closest("label").querySelector("span").textContent}`);
    if (this.switches.moveOn.checked && row.type === "radio") this.step(1);
  }

  way(form) {
    const way = this.current.querySelector(`.way input[value="${form}"]`);
    if (!way) return;
    way.checked = way.type === "checkbox" ? !way.checked : true;
    this.touched(way);
    if (!way.checked) return;
    if (this.current.dataset.kind === "line" && form !== "none") return this.panel(form).querySelector("input").focus();
    this.pending = { form, digits: [] };
    this.say(form === "none" ? "Not this. Why? 1 to 4." : `${way.nextSibling.textContent.trim()}. Two digits.`);
  }

  panel(form) {
    return this.current.querySelector(`.panel.${form}`);
  }

  intoPanel(number) {
    const { form, digits } = this.pending;
    const panel = this.panel(form);
    if (form === "none") {
      const reason = panel.querySelectorAll("input[type=radio]")[number - 1];
      if (!reason) return;
      reason.checked = true;
      this.pending = null;
      this.touched(reason);
      this.say(reason.closest("label").querySelector("span").textContent);
      if (reason.value === "depends") panel.querySelector(".on-what input").focus();
      return;
    }
    const ends = [...panel.querySelectorAll(".pair select")];
    if (number < 1 || number >= ends[0].options.length) return;
    digits.push(number);
    if (digits.length === 2) digits.sort((a, b) => a - b);
    digits.forEach((digit, place) => (ends[place].selectedIndex = digit));
    this.touched(ends[0]);
    if (digits.length < 2) return;
    this.pending = null;
    this.say(ends.map((end) => end.selectedOptions[0].textContent).join(form === "range" ? " to " : " and "));
    if (this.switches.moveOn.checked) this.step(1);
  }

  cleared() {
    clear(this.current);
    this.pending = null;
    this.changed(this.current);
    this.say("Cleared");
  }

  described() {
    const about = this.current.querySelector("details.about");
    if (about) about.open = !about.open;
  }

  across() {
    const text = document.getElementById("text");
    if (document.activeElement === text) return this.go(this.current);
    text.focus();
  }

  touched(control) {
    settleForms(this.current, control);
    this.changed(this.current);
  }
}

