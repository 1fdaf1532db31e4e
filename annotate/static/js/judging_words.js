// What the page was told: whose it is, their settings, and the words to use in their language.

const given = document.getElementById("config");
export const config = given ? JSON.parse(given.textContent) : { words: {}, settings: { keys: {} } };

export function word(name, values = {}) {
  return config.words[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

const spoken = document.getElementById("spoken");
export const say = (words) => (spoken.textContent = words);

export const freshKey = () =>
  crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));
