// Take back the last change of this item, and the one before. What was typed in one go is one change.

import { fill, plain } from "./judging_answers.js";

const ONE_GO_MS = 1200;

export class Undo {
  constructor(form) {
    this.form = form;
    this.past = [];
    this.now = JSON.stringify(plain(form));
    [this.place, this.at] = [null, 0];
  }

  // place: the field that changed; typing on in the same one soon after is the same change.
  changed(place) {
    const now = JSON.stringify(plain(this.form));
    if (now === this.now) return;
    const same = place && place === this.place && performance.now() - this.at < ONE_GO_MS;
    if (!same) this.past.push(this.now);
    [this.now, this.place, this.at] = [now, place, performance.now()];
  }

  back() {
    if (!this.past.length) return false;
    this.now = this.past.pop();
    this.place = null;
    fill(this.form, JSON.parse(this.now));
    return true;
  }

  // The page was filled from elsewhere: that is where it starts now.
  start() {
    [this.past, this.now] = [[], JSON.stringify(plain(this.form))];
  }
}
