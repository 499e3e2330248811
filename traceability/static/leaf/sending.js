// Slips on their way: in order, one sender at a time, again until each is answered. The house takes each in once.
import * as queue from "./queue.js";

const AT_ONCE = 20;

// What went wrong on the way, by name: offline, signIn, otherFirm, trouble.
export class Stopped extends Error {}

export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { headers: { Accept: "application/json", ...options.headers }, ...options, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(20_000) });
  } catch {
    throw new Stopped("offline");
  }
  if (answer.type === "opaqueredirect" || [400, 401, 403].includes(answer.status)) throw new Stopped("signIn");
  if (answer.status === 409) throw new Stopped("otherFirm");
  if (!answer.ok) throw new Stopped("trouble");
  return answer.json();
}

const post = (path, token, body) =>
  ask(path, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body) });

// Cards, scales, the clock and the token; a book when there is none, or it is another firm's, or nearly full.
export async function refresh(page) {
  const told = await ask(`${page}/cards`), { token, ...kept } = told;
  // The house told its time before the answer came: corrected by this, the phone's clock is never ahead of it.
  await queue.remember("house", { ...kept, ahead: Date.parse(told.now) - Date.now() });
  const book = await queue.recall("book");
  if (!book || book.firm !== told.firm || book.next > 9000) {
    if (book) await queue.remember(`book ${book.name}`, book); // its slips can still be looked at
    const made = await post(`${page}/book`, token, {});
    await queue.remember("book", { ...made, next: 1 });
  }
  return told;
}

const body = (one) => ({ no: one.no, plot: one.plot, scale: one.scale, gross: one.gross, tare: one.tare, leaf_grade: one.leaf_grade, certificate_no: one.certificate_no, at: one.at, confirmed: one.confirmed });

const STATES = { accepted: "booked", same: "booked", refused: "refused", settled: "settled", unreadable: "unreadable" };

async function sendThese(page, told, these) {
  const { answers } = await post(`${page}/slips`, told.token, { firm: told.firm, slips: these.map(body) });
  for (const [at, answer] of answers.entries()) {
    const { net_g, message = "", url = "" } = answer;
    await queue.change(these[at].seq, { state: STATES[answer.answer], booked_g: net_g, message, url });
  }
}

// All that wait, and those refused, to hear whether they were settled. A slip the house stumbles over is passed by.
async function sendAll(page) {
  const told = await refresh(page);
  const all = (await queue.slips()).filter((one) => ["waiting", "refused"].includes(one.state));
  const mine = all.filter((one) => one.firm === told.firm);
  let trouble = null;
  for (let at = 0; at < mine.length; at += AT_ONCE) {
    const these = mine.slice(at, at + AT_ONCE);
    try {
      await sendThese(page, told, these);
    } catch (error) {
      if (error.message !== "trouble") throw error;
      for (const one of these) await sendThese(page, told, [one]).catch((again) => { if (again.message !== "trouble") throw again; trouble = again; });
    }
  }
  if (mine.length < all.length) throw new Stopped("otherFirm");
  if (trouble) throw trouble;
  if (mine.length) await refresh(page); // what is left of the cards is another figure now
}

// Send; of two windows one does it. The name of what stopped it, or "".
export function send(page) {
  return navigator.locks.request("leaf-sending", async () => {
    try {
      await sendAll(page);
      return "";
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      return error.message;
    }
  });
}
