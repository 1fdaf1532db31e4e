// Items on this device: the one being read and the two after it, or as many as somebody takes along.

import * as device from "./judging_device.js";
import { tokenOnPage } from "./judging_outbox.js";
import { config } from "./judging_words.js";

const shelf = () => caches.open(`reading-${config.person}`);
const canOpenPages = () => "serviceWorker" in navigator && "caches" in globalThis;

export async function prepareWorker() {
  if (!canOpenPages()) return;
  // What another person left on this machine is not for this one.
  for (const name of await caches.keys()) if (name.startsWith("reading-") && name !== `reading-${config.person}`) await caches.delete(name);
  if (!(await navigator.serviceWorker.getRegistration("/read/"))) await navigator.serviceWorker.register(config.worker, { scope: "/read/" });
}

// Fetch what is not here yet. `along`: thirty items, held for a day.
export async function fetchAhead({ along = false } = {}) {
  const known = (await device.all("items")).filter((item) => item.person === config.person && item.study === config.study);
  const body = new URLSearchParams({ along: along ? "1" : "", have: known.map((item) => item.assignment).join(" ") });
  const headers = { Accept: "application/json", "X-CSRFToken": config.token ?? tokenOnPage() };
  const answer = await fetch(config.ahead, { method: "POST", body, headers });
  if (!answer.ok) return null;
  const { held, items } = await answer.json();
  const policy = answer.headers.get("Content-Security-Policy") ?? "default-src 'none'";
  for (const item of items) await keep(item, policy);
  for (const item of known) if (!held.includes(item.assignment)) await device.remove("items", item.assignment);
  if (canOpenPages()) await keepAround();
  return held.length;
}

async function keep({ page, ...item }, policy) {
  await device.put("items", { ...item, person: config.person, study: config.study });
  if (!canOpenPages()) return;
  const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy };
  await (await shelf()).put(item.url, new Response(page, { headers }));
}

// The queue, and what the pages are drawn and moved with.
async function keepAround() {
  const cache = await shelf();
  const files = [...document.querySelectorAll('link[rel="stylesheet"], link[rel="icon"], script[src]')].map((one) => one.href || one.src);
  for (const address of files) if (!(await cache.match(address))) await cache.add(address).catch(() => null);
  if (!(await cache.match(config.queue))) await cache.add(config.queue).catch(() => null);
}

export const kept = (assignment) => device.get("items", assignment);

// What to read after this one when there is no network: the next one here that is not judged yet.
export async function nextHere(outbox, assignment) {
  const done = new Set((await outbox.mine()).filter((row) => row.kind === "judgment" || row.kind === "skip").map((row) => row.assignment));
  const items = (await device.all("items")).filter((item) => item.person === config.person && item.study === config.study);
  const open = items.filter((item) => !done.has(item.assignment) && item.assignment !== assignment);
  return open.sort((one, other) => one.position - other.position)[0]?.url ?? null;
}
