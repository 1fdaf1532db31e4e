// What is kept on this device: drafts, what waits to be sent, and items taken along. One database, three shelves.

const SHELVES = { drafts: { keyPath: "assignment" }, outbox: { keyPath: "number", autoIncrement: true }, items: { keyPath: "assignment" } };
let opening;

function opened() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("dissensus", 1);
    asked.onupgradeneeded = () => Object.entries(SHELVES).forEach(([name, options]) => asked.result.createObjectStore(name, options));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

// Resolves when it is written down, not when it was asked for.
async function within(shelf, mode, act) {
  const base = await opened();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(shelf, mode, { durability: "strict" });
    const asked = act(transaction.objectStore(shelf));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export const put = (shelf, row) => within(shelf, "readwrite", (store) => store.put(row));
export const get = (shelf, key) => within(shelf, "readonly", (store) => store.get(key));
export const all = (shelf) => within(shelf, "readonly", (store) => store.getAll());
export const remove = (shelf, key) => within(shelf, "readwrite", (store) => store.delete(key));

export async function works() {
  try {
    await opened();
    return true;
  } catch {
    return false;
  }
}
