// The draft: on the device at once, on the server 400 ms after the last change, one at a time, until it has arrived.

import { fill, plain } from "./judging_answers.js";
import * as device from "./judging_device.js";
import { renewToken, tokenOnPage } from "./judging_outbox.js";
import { config } from "./judging_words.js";

const QUIET_MS = 400;
const WAITS_MS = [2000, 5000, 15000, 60000];
const blank = (said) => !Object.entries(said).some(([, value]) => (typeof value === "string" ? value.trim() : Object.keys(value).length || typeof value === "number"));

export class Draft {
  constructor(form, { status, hasDevice, restored }) {
    Object.assign(this, { form, status, hasDevice, restored });
    this.assignment = form.dataset.assignment;
    this.revision = Number(form.dataset.draftRevision);
    this.kept = JSON.stringify(plain(form));
    this.failures = 0;
    this.stopped = false;
    this.under = null;
    this.restoring = hasDevice;
    this.early = false;
    this.retry = () => this.failures && this.flush();
    this.hide = () => document.visibilityState === "hidden" && this.flush();
    addEventListener("online", this.retry);
    addEventListener("focus", this.retry);
    document.addEventListener("visibilitychange", this.hide);
  }

  // What this device still holds of an earlier visit goes back on the page, unless the server has something newer.
  async restore() {
    const row = this.hasDevice ? await device.get("drafts", this.assignment) : null;
    const early = this.early;
    this.restoring = false;
    if (early) this.write(false);
    if (!row || row.person !== config.person || row.step !== this.form.id || row.arrived || row.said === this.kept) return;
    const mine = JSON.parse(row.said);
    // Somebody was faster than the device: what they have just done and what was there stand side by side.
    if (early) return this.conflict({ error: "draft_conflict", revision: this.revision, answers: mine });
    if (row.revision < this.revision && !blank(JSON.parse(this.kept))) return this.conflict({ error: "draft_conflict", revision: this.revision, answers: JSON.parse(this.kept) }, mine);
    this.take(mine);
    this.changed();
  }

  take(said) {
    fill(this.form, said);
    this.restored();
  }

  get said() {
    return JSON.stringify(plain(this.form));
  }

  changed() {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.write(false);
    this.timer = setTimeout(() => this.flush(), QUIET_MS);
    this.status.set({ saving: true });
  }

  write(arrived) {
    // Until what an earlier visit left has been read, nothing may be written over it.
    if (this.restoring) this.early = true;
    if (!this.hasDevice || this.restoring) return;
    const row = { assignment: this.assignment, person: config.person, step: this.form.id, said: this.said, revision: this.revision, arrived };
    this.writing = device.put("drafts", row).catch(() => this.status.set({ noDevice: true }));
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    removeEventListener("online", this.retry);
    removeEventListener("focus", this.retry);
    document.removeEventListener("visibilitychange", this.hide);
    this.status.set({ saving: false, counts: { draft: 0 } });
  }

  flush() {
    clearTimeout(this.timer);
    if (this.stopped || this.under) return;
    if (this.said === this.kept) return this.arrived(this.kept, this.revision);
    this.under = this.send(this.said).finally(() => {
      this.under = null;
      if (!this.failures && !this.stopped && this.said !== this.kept) this.changed();
    });
  }

  async send(answers, again = true) {
    let response;
    try {
      response = await fetch(this.form.dataset.draftUrl, {
        method: "PUT",
        keepalive: answers.length < 60000,
        headers: { "Content-Type": "application/json", "X-CSRFToken": config.token ?? tokenOnPage() },
        body: `{"based_on":${this.revision},"revises":${JSON.stringify(this.form.elements.supersedes?.value || null)},"answers":${answers}}`,
      });
    } catch {
      return this.failed({ failing: true });
    }
    if (this.stopped) return;
    if (response.ok) return this.arrived(answers, (await response.json()).revision);
    if (response.status === 401 || response.status === 403) return again && (await renewToken()) ? this.send(answers, false) : this.failed({ signedOut: true });
    if (response.status === 409) return this.conflict(await response.json());
    if (response.status === 422) return this.status.set({ saving: false });
    return this.failed({ failing: true });
  }

  arrived(answers, revision) {
    this.failures = 0;
    [this.kept, this.revision] = [answers, revision];
    if (this.said === this.kept) this.write(true);
    this.status.set({ saving: false, failing: false, signedOut: false, counts: { draft: 0 } });
  }

  failed(why) {
    this.status.set({ ...why, counts: { draft: 1 } });
    this.timer = setTimeout(() => this.flush(), WAITS_MS[Math.min(this.failures, WAITS_MS.length - 1)]);
    this.failures += 1;
  }

  // A newer version exists. Nothing is chosen for the person: both stay until they say which goes on.
  conflict(found, mine = null) {
    clearTimeout(this.timer);
    if (found.error !== "draft_conflict") {
      this.stop();
      return this.status.set({ other: () => location.reload() });
    }
    const choice = document.getElementById("draft-choice");
    this.status.set({ saving: false, counts: { draft: 0 }, other: () => choice?.scrollIntoView({ block: "center" }) });
    if (!choice) return this.settle(found, mine);
    choice.hidden = false;
    document.getElementById("draft-mine").onclick = () => this.settle(found, mine);
    document.getElementById("draft-other").onclick = () => this.settle(found, found.answers);
  }

  settle(found, said) {
    const choice = document.getElementById("draft-choice");
    if (choice) choice.hidden = true;
    [this.revision, this.kept] = [found.revision, JSON.stringify(found.answers)];
    if (said) this.take(said);
    this.status.set({ other: null });
    this.changed();
  }
}
