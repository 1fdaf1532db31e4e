// What waits to be sent: written down here first, sent in order, let go of only when the server names its hash.

import * as device from "./judging_device.js";
import { config } from "./judging_words.js";

const WAITS_MS = [2000, 5000, 15000, 60000];
const PATIENCE_MS = 20000;

export class Outbox {
  constructor(status) {
    this.status = status;
    this.failures = 0;
    this.waiters = new Map();
  }

  begin() {
    for (const kind of ["online", "focus", "pageshow"]) addEventListener(kind, () => this.flush());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.flush());
    return this.count().then(() => this.flush());
  }

  // In the order in which they were written down.
  async mine() {
    const rows = await device.all("outbox");
    return rows.filter((row) => row.person === config.person);
  }

  async add(entry) {
    const number = await device.put("outbox", { ...entry, person: config.person, at: Date.now() });
    await this.count();
    return number;
  }

  async count() {
    const rows = await this.mine();
    const stuck = rows.find((row) => row.stuck);
    this.status.set({ counts: { outbox: rows.filter((row) => !row.stuck).length }, stuck: stuck ? () => resend(stuck) : null });
    return rows.length;
  }

  // Send, and wait for this entry's answer for so long; null when it has not come by then.
  async deliver(number, milliseconds) {
    const answer = new Promise((resolve) => this.waiters.set(number, resolve));
    this.flush();
    const late = new Promise((resolve) => setTimeout(resolve, milliseconds, null));
    const found = await Promise.race([answer, late]);
    this.waiters.delete(number);
    return found;
  }

  flush() {
    clearTimeout(this.timer);
    this.going ??= this.alone(() => this.drain()).finally(() => {
      this.going = null;
    });
    return this.going;
  }

  // One window at a time sends; where there are no locks, the keys keep a second sending harmless.
  alone(does) {
    return navigator.locks ? navigator.locks.request("dissensus-outbox", does) : does();
  }

  async drain() {
    let rows;
    while ((rows = (await this.mine()).filter((row) => !row.stuck)).length) {
      const went = await this.send(rows[0]).catch(() => null);
      if (went === null || went === "signed out") return this.failed(went);
      this.failures = 0;
      this.status.set({ failing: false, signedOut: false });
      await this.count();
    }
    this.status.set({ failing: false });
    await this.count();
  }

  failed(why) {
    this.status.set(why ? { signedOut: true } : { failing: true });
    for (const [number, tell] of this.waiters) {
      this.waiters.delete(number);
      tell(null);
    }
    this.timer = setTimeout(() => this.flush(), WAITS_MS[Math.min(this.failures, WAITS_MS.length - 1)]);
    this.failures += 1;
  }

  async send(row, again = true) {
    const answer = await post(row.url, row.body);
    if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") {
      return again && (await renewToken()) ? this.send(row, false) : "signed out";
    }
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return null;
    const said = await answer.json();
    if (answer.ok) {
      if (!(await matches(row.body, said.received))) return null;
      await device.remove("outbox", row.number);
      await letGo(row);
    } else {
      await device.put("outbox", { ...row, stuck: answer.status });
    }
    this.waiters.get(row.number)?.({ status: answer.status, ...said });
    return "gone";
  }
}

function post(url, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8", "X-CSRFToken": config.token ?? tokenOnPage() };
  return fetch(url, { method: "POST", body, headers, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
}

export const tokenOnPage = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

// Signed out, or only an old token? Asking tells; another person's session is as good as none.
export async function renewToken() {
  const answer = await fetch(config.signedIn, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return false;
  const { person, token } = await answer.json();
  if (person !== config.person) return false;
  config.token = token;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  return true;
}

async function matches(body, received) {
  if (!globalThis.crypto?.subtle) return true;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("") === received;
}

// A judgment that has arrived needs its draft and its copy of the page no more.
async function letGo(row) {
  if (row.kind !== "judgment" && row.kind !== "skip") return;
  await device.remove("drafts", row.assignment);
  const item = await device.get("items", row.assignment);
  await device.remove("items", row.assignment);
  if (item && globalThis.caches) await caches.open(`reading-${config.person}`).then((cache) => cache.delete(item.url));
}

// What the server could not take as it is, sent as a page of its own: it says why, and shows both versions.
export function resend(row) {
  const form = Object.assign(document.createElement("form"), { method: "post", action: row.url, hidden: true });
  const fields = [["csrfmiddlewaretoken", config.token ?? tokenOnPage()], ...new URLSearchParams(row.body)];
  for (const [name, value] of fields) {
    const field = Object.assign(document.createElement("textarea"), { name });
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}
