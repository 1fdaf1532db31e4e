// How the text looks, and the keys: applied at once, kept on the account, and here until it gets there.

import { tokenOnPage } from "./judging_outbox.js";
import { config, word } from "./judging_words.js";

const LOOKS = { size: "3", face: "serif", column: "narrow", spacing: "usual", theme: "device" };
const byId = (id) => document.getElementById(id);

export function prepareReader(outbox) {
  for (const [button, dialog] of [["reader-button", "reader"], ["keys-button", "keys"]]) {
    byId(button).addEventListener("click", (event) => {
      event.preventDefault();
      byId(dialog).showModal();
    });
  }
  for (const form of document.querySelectorAll(".reader-form, .keys-form")) {
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => changed(form, event.target, outbox));
  }
  apply();
}

function changed(form, control, outbox) {
  if (control.name.startsWith("key_") && !rebind(form, control)) return;
  if (control.type === "checkbox") config.settings[control.name] = control.checked;
  else if (control.name in LOOKS) config.settings[control.name] = control.value;
  apply();
  keep(form, outbox);
}

// Clashing keys are refused where they are set, and the old one stays.
function rebind(form, control) {
  const [name, key] = [control.name.slice(4), control.value.toLowerCase()];
  const taken = [...form.querySelectorAll(".key")].find((other) => other !== control && other.value.toLowerCase() === key);
  const problem = form.querySelector(".key-problem");
  if (!key || /[\d\s?]/.test(key) || taken) {
    problem.textContent = taken ? word("keyTaken", { key, words: taken.closest("tr").querySelector("th").textContent }) : word("keyReserved");
    control.value = config.settings.keys[name];
    control.setAttribute("aria-invalid", "true");
    control.select();
    return false;
  }
  problem.textContent = "";
  control.removeAttribute("aria-invalid");
  control.value = config.settings.keys[name] = key;
  return true;
}

async function keep(form, outbox) {
  const said = new URLSearchParams(new FormData(form));
  const headers = { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8", "X-CSRFToken": config.token ?? tokenOnPage() };
  const answer = await fetch(config.settingsUrl, { method: "POST", body: said, headers, keepalive: true }).catch(() => null);
  if (!answer || answer.status >= 500) await outbox?.add({ kind: "settings", url: config.settingsUrl, body: String(said) });
}

function apply() {
  const root = document.documentElement;
  for (const [name, usual] of Object.entries(LOOKS)) {
    const value = config.settings[name];
    if (value === usual) delete root.dataset[name];
    else root.dataset[name] = value;
  }
  root.classList.toggle("with-keys", config.settings.shortcuts);
  for (const cap of document.querySelectorAll(".cap[data-key]")) cap.textContent = config.settings.keys[cap.dataset.key];
}

export const applyReader = apply;
