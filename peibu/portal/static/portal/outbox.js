// Scans that could not be sent yet, and what the phone keeps for when there is no network (IndexedDB). A scan is a code,
// a ticket and two stop-watches; no name and no place is kept. Why it is enough: ADR 0023.
const LIFE = crypto.randomUUID?.() ?? String(Math.random()); // performance.now() of another page life means nothing here
const GIVEN_UP = 24 * 3600 * 1000;

let opening = null;
function open() {
  opening ??= new Promise((done, failed) => {
    const request = indexedDB.open("peibu-phone", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("scans", { keyPath: "key" });
      request.result.createObjectStore("kept");
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  return opening;
}

async function store(name, mode, act) {
  const database = await open();
  return new Promise((done, failed) => {
    const transaction = database.transaction(name, mode);
    const request = act(transaction.objectStore(name));
    transaction.oncomplete = () => done(request.result);
    transaction.onerror = () => failed(transaction.error);
  });
}

export const keep = (name, value) => store("kept", "readwrite", (rows) => rows.put(value, name));
export const kept = (name) => store("kept", "readonly", (rows) => rows.get(name));
export const waiting = () => store("scans", "readonly", (rows) => rows.getAll());
const drop = (key) => store("scans", "readwrite", (rows) => rows.delete(key));

export function forget() {
  return store("kept", "readwrite", (rows) => rows.clear());
}

// The moment of the scan, by both clocks of the phone: one runs steadily, one shows a date and can be set.
export async function scanned(code) {
  const moment = { mono: performance.now(), wall: Date.now(), life: LIFE };
  const today = await kept("today").catch(() => null);
  return { key: `${moment.wall}-${code}`, code, owner: today?.owner ?? "", ticket: today?.ticket ?? "", ticketWall: today?.wall ?? 0, ...moment };
}

const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

// Sends one scan. Answers what the server said; null = no network; outcome "later" = the server had no answer for this
// scan, which says nothing of the others: send it again later.
export async function send(scan, address, place = null) {
  const body = new URLSearchParams({
    code: scan.code,
    ticket: scan.ticket,
    since_scan: scan.life === LIFE ? Math.round(performance.now() - scan.mono) : "",
    since_scan_set: Date.now() - scan.wall,
    since_ticket: Date.now() - scan.ticketWall,
    ...(place ?? {}),
  });
  let answer = null;
  try {
    answer = await fetch(address, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": token(), Accept: "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(15000),
    });
  } catch {
    return null;
  }
  if (answer.type === "opaqueredirect" || answer.status === 403) return { outcome: "signed-out" };
  return answer.status >= 500 ? { outcome: "later" } : answer.json().catch(() => ({ outcome: "later" }));
}

export const hold = (scan) => store("scans", "readwrite", (rows) => rows.put(scan));

let flushing = null;

// Sends everything that waits, of the account that is signed in, and tells what became of each as soon as it is known: one
// scan that fails takes no other's answer with it.
export function flush(address, owner, tell) {
  flushing ??= (async () => {
    for (const scan of await waiting()) {
      if (Date.now() - scan.wall > GIVEN_UP) {
        await drop(scan.key).catch(() => {});
        continue;
      }
      if (scan.owner !== owner) continue; // nobody's scan is sent for whoever signs in next
      const answer = await send(scan, address);
      if (answer === null || answer.outcome === "signed-out") break;
      if (answer.outcome === "later") continue;
      tell(answer);
      await drop(scan.key).catch(() => {}); // sent once more, it is answered as a repeat
    }
  })().finally(() => {
    flushing = null;
  });
  return flushing;
}
