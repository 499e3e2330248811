// What the phone keeps: its book, the cards it carries, and every slip until it is answered. IndexedDB outlives the
// page; a slip has its number and its place in one transaction, so a killed browser leaves both or neither.
const NAME = "leaf", VERSION = 1, DAYS_KEPT = 3;

const done = (request) =>
  new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });

const ended = (transaction) =>
  new Promise((yes, no) => {
    transaction.oncomplete = () => yes();
    transaction.onerror = transaction.onabort = () => no(transaction.error);
  });

let opened;

export function open() {
  const asked = indexedDB.open(NAME, VERSION);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("kept");
    asked.result.createObjectStore("slips", { keyPath: "seq", autoIncrement: true });
  };
  return done(asked).then((database) => {
    opened = database;
    database.onversionchange = () => database.close();
  });
}

const begin = (stores, mode) => opened.transaction(stores, mode, { durability: "strict" });

export const recall = (name) => done(begin("kept", "readonly").objectStore("kept").get(name));

export function remember(name, value) {
  const transaction = begin("kept", "readwrite");
  transaction.objectStore("kept").put(value, name);
  return ended(transaction);
}

export const slips = () => done(begin("slips", "readonly").objectStore("slips").getAll());

// Give a slip the next number of the book and keep it; the slip, or null when there is no book or it is full.
export async function add(slip) {
  const transaction = begin(["kept", "slips"], "readwrite"), kept = transaction.objectStore("kept");
  const book = await done(kept.get("book"));
  if (!book || book.next > 9999) { transaction.abort(); return null; }
  const no = `${book.name}-${String(book.next).padStart(4, "0")}`;
  const made = { ...slip, no, firm: book.firm, state: "waiting" };
  kept.put({ ...book, next: book.next + 1 }, "book");
  transaction.objectStore("slips").add(made);
  await ended(transaction);
  return made;
}

// Change a slip by what was answered.
export async function change(seq, more) {
  const transaction = begin("slips", "readwrite"), store = transaction.objectStore("slips");
  const found = await done(store.get(seq));
  if (found) store.put({ ...found, ...more });
  await ended(transaction);
}

export function forget(seq) {
  const transaction = begin("slips", "readwrite");
  transaction.objectStore("slips").delete(seq);
  return ended(transaction);
}

// Slips that are booked or settled stay a few days for looking at; others stay.
export async function tidy(now) {
  for (const one of await slips()) {
    const over = now - Date.parse(one.at) > DAYS_KEPT * 86_400_000;
    if (over && ["booked", "settled"].includes(one.state)) await forget(one.seq);
  }
}
