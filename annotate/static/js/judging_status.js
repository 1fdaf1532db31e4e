// One line that says where the work is, in six states, and speaks only where something changed for the person.

import { config, word } from "./judging_words.js";

const shown = document.getElementById("save-status");
const spoken = document.getElementById("save-spoken");

export class Status {
  constructor() {
    this.signedOut = this.noDevice = this.saving = this.failing = false;
    this.other = this.stuck = null;
    this.counts = {};
    this.said = "saved";
  }

  // counts: how many pieces of work wait, by who keeps them.
  set(changes) {
    Object.assign(this.counts, changes.counts ?? {});
    delete changes.counts;
    Object.assign(this, changes);
    this.draw();
  }

  get waiting() {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  get state() {
    if (this.other) return "twoWindows";
    if (this.signedOut) return "signedOut";
    if (this.noDevice) return "noDevice";
    if (this.stuck) return "stuck";
    if (this.waiting && this.failing) return "kept";
    return this.waiting || this.saving ? "saving" : "saved";
  }

  draw() {
    const { state } = this;
    if (!shown) return;
    shown.dataset.state = state;
    shown.replaceChildren(...this.parts(state));
    const aloud = ["twoWindows", "signedOut", "noDevice", "stuck", "kept"].includes(state) || (state === "saved" && !["saved", "saving"].includes(this.said));
    if (aloud && state !== this.said) spoken.textContent = shown.textContent;
    if (aloud || state === "saved") this.said = state;
  }

  parts(state) {
    if (state === "kept") return [word("kept", { n: this.waiting })];
    if (state === "signedOut") return [link(`${config.signIn}?next=${encodeURIComponent(location.pathname)}`, word("signedOut")), ` ${word("signedOutRest")}`];
    if (state === "twoWindows" || state === "stuck") return [`${word(state)} `, this.look(this.other ?? this.stuck)];
    return [word(state)];
  }

  look(does) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "as-link", textContent: word("look") });
    button.addEventListener("click", does);
    return button;
  }
}

const link = (href, textContent) => Object.assign(document.createElement("a"), { href, textContent });
