// The draft on the server: sent 400 ms after the last change, one at a time, until it has arrived.

import { plain } from "./judging_answers.js";

const QUIET_MS = 400;
const WAITS_MS = [2000, 5000, 15000, 60000];

export class Draft {
  constructor(form, { say, show }) {
    Object.assign(this, { form, say, show });
    this.revision = Number(form.dataset.draftRevision);
    this.kept = JSON.stringify(plain(form));
    this.failures = 0;
    this.stopped = false;
    this.under = null;
    if (form.dataset.inDraft === "1") show("All saved");
    addEventListener("online", () => this.again());
    addEventListener("focus", () => this.again());
    addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
  }

  get waiting() {
    return JSON.stringify(plain(this.form)) !== this.kept;
  }

  changed() {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), QUIET_MS);
    if (!this.failures) this.show("Saving…");
  }

  again() {
    if (this.failures) this.flush();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  flush() {
    clearTimeout(this.timer);
    if (this.stopped || this.under) return;
    if (!this.waiting) return this.failures ? undefined : this.show("All saved");
    this.under = this.send(JSON.stringify(plain(this.form))).finally(() => {
      this.under = null;
      if (!this.failures && !this.stopped && this.waiting) this.changed();
    });
  }

  async send(answers) {
    let response;
    try {
      response = await fetch(this.form.dataset.draftUrl, {
        method: "PUT",
        keepalive: answers.length < 60000,
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value },
        body: `{"based_on":${this.revision},"revises":${JSON.stringify(this.form.elements.supersedes?.value || null)},"answers":${answers}}`,
      });
    } catch {
      return this.failed();
    }
    if (response.ok) return this.arrived(answers, (await response.json()).revision);
    if (response.status === 401 || response.status === 403) return this.signedOut(response.status);
    if (response.status === 409) return this.conflict(await response.json());
    if (response.status === 422) return this.show("Too long to keep while you write. Saving it still works.");
    return this.failed();
  }

  arrived(answers, revision) {
    if (this.failures) this.say("All saved");
    this.failures = 0;
    this.kept = answers;
    this.revision = revision;
    this.show("All saved");
  }

  failed() {
    if (!this.failures) this.say("Not saved yet. Retrying.");
    this.show("Not saved yet. Retrying.");
    this.timer = setTimeout(() => this.flush(), WAITS_MS[Math.min(this.failures, WAITS_MS.length - 1)]);
    this.failures += 1;
  }

  // A new sign-in makes a new token; the page itself carries it.
  async signedOut(status) {
    const before = this.form.elements.csrfmiddlewaretoken.value;
    const page = await fetch(location.pathname, { redirect: "manual" }).then((answer) => answer.ok && answer.text(), () => "");
    const token = page && new DOMParser().parseFromString(page, "text/html").querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (status === 403 && token && token !== before && this.failures < 3) {
      this.form.elements.csrfmiddlewaretoken.value = token;
      this.failures += 1;
      this.timer = setTimeout(() => this.flush(), 0);
      return;
    }
    if (token) this.form.elements.csrfmiddlewaretoken.value = token;
    const link = Object.assign(document.createElement("a"), { href: this.form.dataset.signIn, textContent: "Sign in again", target: "_blank" });
    this.show(link, " and come back to this page. What you wrote stays on it.");
    if (!this.failures) this.say("You are signed out. Sign in again; what you wrote stays on this page.");
    this.failures += 1;
  }

  conflict(found) {
    this.stop();
    if (found.error !== "draft_conflict") {
      const words = "This item was saved in another window. Saving here shows you both.";
      this.say(words);
      return this.show(words);
    }
    const choice = document.getElementById("draft-choice");
    choice.hidden = false;
    this.show("Changed in another window. Both versions are kept.");
    this.say("Changed in another window. Both versions are kept.");
    document.getElementById("draft-mine").onclick = () => {
      choice.hidden = true;
      this.stopped = false;
      this.revision = found.revision;
      this.flush();
    };
    document.getElementById("draft-other").onclick = () => location.reload();
  }
}
