// The page for leaf, receipt after receipt: cards to pick, weights, the slip, and what waits on this phone.
import * as queue from "./queue.js";
import { send } from "./sending.js";
import { reference, symbol } from "./slip.js";
import { grams, kg, withUnit } from "./weights.js";

const at = (id) => document.getElementById(id);
const form = at("quick");
const words = JSON.parse(form.dataset.words), page = form.dataset.page;
const OFFERED = 8, EVERY_S = 30;
let house = null, found = null;

const fill = (text, ...values) => values.reduce((all, value) => all.replace("{}", value), text);
const make = (tag, text = "", more = {}) => Object.assign(document.createElement(tag), { textContent: text }, more);
const field = (name) => form.elements[name];

// --- cards --------------------------------------------------------------------------------------------------

// A household's name is carried with its first character only: whoever types the whole of it means that.
const named = (card, word) => !/^[\x20-\x7e]/.test(word) && card.grower[0] === word[0] && word.length <= 4;
const fits = (card, wanted) => {
  const text = `${card.no} ${card.place} ${card.grower}`.toLowerCase();
  return wanted.every((word) => text.includes(word) || named(card, word));
};

function offered() {
  const wanted = at("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const cards = wanted.length ? house.cards.filter((one) => fits(one, wanted)) : house.cards;
  const known = new Set(cards.map((one) => one.no)), exact = (one) => one.no.toLowerCase() === wanted[0];
  const all = [...cards, ...(found || []).filter((one) => !known.has(one.no))];
  return [...all.filter(exact), ...all.filter((one) => !exact(one))].slice(0, OFFERED);
}

const leftOf = (card, waiting) => Math.max(0, card.left_g - (waiting.get(card.no) || 0));

async function waitingByCard() {
  const sums = new Map();
  for (const one of await queue.slips()) if (one.state === "waiting") sums.set(one.plot, (sums.get(one.plot) || 0) + one.net_g);
  return sums;
}

// `anew`: nothing stays picked.
async function showCards(anew = false) {
  if (!house) return;
  const waiting = await waitingByCard(), cards = offered(), keep = anew ? "" : picked();
  at("picks").replaceChildren(...cards.map((card) => pick(card, card.no === keep, leftOf(card, waiting))));
  if (!cards.length && at("find").value) at("picks").append(make("p", words.nothing, { className: "soft" }));
}

function pick(card, checked, left_g) {
  const label = make("label", "", { className: "pick" }), text = make("span");
  const input = make("input", "", { type: "radio", name: "plot", value: card.no, checked });
  input.dataset.certificate = card.certificate;
  text.append(make("b", card.no), ` ${card.place} `, make("span", `${card.grower} · ${fill(words.left, kg(left_g))}`, { className: "soft" }));
  label.append(input, text);
  return label;
}

const picked = () => form.querySelector("input[name=plot]:checked")?.value || "";
const cardNo = () => at("card").value.trim() || picked();

function chosen(input) {
  at("card").value = "";
  if (input.dataset.certificate) field("certificate_no").value = input.dataset.certificate;
}

async function findMore() {
  found = null;
  const asked = at("find").value.trim();
  if (asked && navigator.onLine) {
    try {
      const answer = await fetch(`${page}/find?q=${encodeURIComponent(asked)}`, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.ok && at("find").value.trim() === asked) found = (await answer.json()).cards;
    } catch { /* no signal: the cards on the phone have to do */ }
  }
}

async function readPhoto(file) {
  let text = "";
  if (file && "BarcodeDetector" in window) {
    const symbols = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(file)).catch(() => []);
    text = symbols[0]?.rawValue || "";
  }
  if (!text) { at("photo-form").submit(); return; } // the house reads it, where there is signal
  at("card").value = text.trim().replace(/\/+$/, "").split("/").pop().slice(0, 40);
  at("photo").value = "";
  field("gross").focus();
}

// --- weights ------------------------------------------------------------------------------------------------

const weight = (name) => withUnit(field(name).value, field("unit").value);
const tare = () => (field("tare").value.trim() ? grams(weight("tare")) : 0);
const net = () => { const g = grams(weight("gross")), t = tare(); return g !== null && t !== null && g > t ? g - t : null; };
const showNet = () => { at("net").textContent = net() === null ? "" : fill(words.netIs, kg(net())); };

let typing = field("gross"), fresh = true; // the first key replaces what stood there
function press(key) {
  const stood = fresh && key !== "back" ? "" : typing.value;
  typing.value = key === "back" ? stood.slice(0, -1) : key === "." && !stood ? "0." : stood + key;
  typing.dispatchEvent(new Event("input", { bubbles: true }));
}

// --- saving -------------------------------------------------------------------------------------------------

function wrong(name, text) {
  const place = at(`${name}-error`), input = name === "plot" ? at("card") : field(name);
  place.textContent = text; place.hidden = !text;
  if (input?.setAttribute) { if (text) { input.setAttribute("aria-invalid", "true"); input.setAttribute("aria-describedby", place.id); } else input.removeAttribute("aria-invalid"); }
  return text ? input : null;
}

// The first field that cannot be as it is, each with its words; null when all can.
function check() {
  const g = grams(weight("gross")), t = tare();
  const wrongs = [
    wrong("plot", cardNo() ? "" : words.pickCard),
    wrong("gross", g ? "" : words.badWeight),
    wrong("tare", t === null ? words.badWeight : g && t >= g ? words.badNet : ""),
    wrong("certificate_no", field("certificate_no").value.trim() ? "" : words.noCertificate),
  ];
  const open = ["leaf_grade", "scale"].map(field).find((one) => !one.value);
  at("confirm-error").textContent = words.pickOne; at("confirm-error").hidden = !open;
  return wrongs.find(Boolean) || open || null;
}

// What is asked once more before it is kept: a weight that is large, or above what the card has left.
async function doubt(no, net_g) {
  const card = [...house.cards, ...(found || [])].find((one) => one.no === no);
  const left = card && leftOf(card, await waitingByCard());
  if (card && net_g > left) return fill(words.over, kg(left));
  return net_g > Number(form.dataset.large) ? fill(words.large, kg(net_g)) : "";
}

async function save(event) {
  if (!house) return; // nothing is carried yet: the plain form does
  event.preventDefault();
  const bad = check();
  if (bad) { bad.focus(); return; }
  const no = cardNo(), net_g = net(), asked = await doubt(no, net_g);
  at("confirm-error").textContent = asked; at("confirm-error").hidden = !asked; at("confirm").hidden = !asked;
  if (asked && !field("confirmed").checked) { field("confirmed").focus(); return; }
  at("save").disabled = true;
  try { await keep(no, net_g); } finally { at("save").disabled = false; }
}

async function keep(no, net_g) {
  const card = [...house.cards, ...(found || [])].find((one) => one.no === no);
  const slip = {
    plot: no, place: card?.place || "", grower: card?.grower || "", scale: scaleNo(), gross: weight("gross"), tare: weight("tare") || "0",
    gross_g: grams(weight("gross")), tare_g: tare(), net_g, leaf_grade: field("leaf_grade").value,
    certificate_no: field("certificate_no").value.trim(), at: new Date(Date.now() + house.ahead).toISOString(), confirmed: field("confirmed").checked,
  };
  const kept = await queue.add(slip).catch(() => undefined);
  if (!kept) { say(kept === null ? words.noBook : words.keepFailed, true); return; }
  await queue.remember("last", { scale: field("scale").value, leaf_grade: slip.leaf_grade, unit: field("unit").value, tare: field("tare").value });
  await showSlip(kept);
  next();
  await showKept();
  sendNow();
}

const scaleNo = () => field("scale").selectedOptions[0].textContent.trim();

// Ready for the next one: what repeats stays.
function next() {
  for (const name of ["gross", "certificate_no"]) field(name).value = "";
  at("card").value = ""; at("find").value = ""; found = null;
  field("confirmed").checked = false; at("confirm").hidden = at("confirm-error").hidden = true;
  showNet(); showCards(true);
  at("slip").scrollIntoView({ block: "start" });
  if (matchMedia("(pointer: fine)").matches) at("find").focus({ preventScroll: true }); else at("slip").focus({ preventScroll: true });
}

// --- the slip and the list ----------------------------------------------------------------------------------

const language = document.documentElement.lang === "en" ? "en-GB" : "zh-CN";
const when = (moment) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Shanghai" }).format(new Date(moment));

async function showSlip(slip) {
  const title = make("h2", `${words.no} `, { id: "slip-title", className: "first" }), facts = make("dl", "", { className: "facts" }), paper = make("div", "", { className: "paper" });
  title.append(make("span", slip.no, { className: "nowrap" }));
  const line = (name, value) => { const told = make("dd"); told.append(value); facts.append(make("dt", name), told); };
  line(words.card, `${slip.plot} ${slip.place}`);
  if (slip.grower) line(words.grower, slip.grower);
  const big = make("b", `${kg(slip.net_g)} `, { className: "big" }); big.append(make("small", words.kg)); line(words.net, big);
  line(words.weighed, `${kg(slip.gross_g)} − ${kg(slip.tare_g)} ${words.kg}`);
  line(words.time, when(slip.at));
  paper.append(facts);
  const drawing = await draw(slip);
  if (drawing) paper.append(drawing);
  const tools = make("div", "", { className: "actions" });
  tools.append(make("button", words.print, { type: "button", className: "second small", onclick: () => print() }));
  at("slip").replaceChildren(title, paper, state(slip), tools);
  at("slip").dataset.no = slip.no;
  at("slip").hidden = false;
}

function state(slip) {
  const kind = { waiting: "attention", refused: "stop", unreadable: "stop", settled: "quiet" }[slip.state] || "";
  const line = make("p", "", { className: "state" });
  line.append(make("span", words[slip.state], { className: `tag ${kind}` }));
  return line;
}

async function draw(slip) {
  const book = await queue.recall("book"), name = slip.no.slice(0, slip.no.lastIndexOf("-"));
  const kept = book?.name === name ? book : await queue.recall(`book ${name}`);
  if (!kept?.symbols) return null;
  const [side, path] = symbol(kept.symbols, `${slip.no.slice(-4)}/${await reference(slip.no, kept.key)}`);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), figure = make("figure");
  const put = (d, name) => { const one = document.createElementNS(svg.namespaceURI, "path"); one.setAttribute("d", d); one.setAttribute("class", name); svg.append(one); };
  svg.setAttribute("viewBox", `0 0 ${side} ${side}`); svg.setAttribute("role", "img"); svg.setAttribute("aria-label", words.scan);
  put(`M0 0h${side}v${side}H0z`, "light"); put(path, "dark");
  figure.append(svg, make("figcaption", words.scan));
  return figure;
}

async function showKept() {
  const all = (await queue.slips()).reverse();
  at("kept").hidden = !all.length;
  at("kept-list").replaceChildren(...all.map(row));
  const shown = all.find((one) => one.no === at("slip").dataset.no);
  if (shown) at("slip").querySelector(".state")?.replaceWith(state(shown));
}

function row(slip) {
  const item = make("li"), text = make("span", "", { className: "grow" });
  text.append(make("b", slip.no, { className: "nowrap" }), ` ${slip.plot} · ${kg(slip.net_g)} ${words.kg}`);
  item.append(text, state(slip).firstChild, make("button", words.again, { type: "button", className: "plain", onclick: () => showSlip(slip).then(() => at("slip").scrollIntoView()) }));
  if (slip.message) item.append(make("p", slip.message, { className: "why" }));
  if (slip.state === "refused") item.append(make("a", words.settle, { href: slip.url }));
  if (slip.state === "unreadable") item.append(make("button", words.forget, { type: "button", className: "plain", onclick: () => queue.forget(slip.seq).then(showKept) }));
  return item;
}

// --- sending ------------------------------------------------------------------------------------------------

function say(text, bad = false) {
  at("sending").hidden = false; at("sending").classList.toggle("wrong", bad); at("sending-text").textContent = text;
}

async function sendNow() {
  const stopped = await send(page);
  house = (await queue.recall("house")) || house;
  const waiting = (await queue.slips()).filter((one) => one.state === "waiting").length;
  const told = [waiting ? fill(words.queued, waiting) : words.none, ...(stopped ? [words[stopped]] : [])];
  if (!waiting && stopped === "offline") told.shift();
  say(told.join(" · "), Boolean(stopped));
  at("sign-in").hidden = stopped !== "signIn"; at("send-now").hidden = !waiting;
  if (!(await queue.recall("book"))) say(`${words[stopped] || ""} ${words.noBook}`, true);
  await showKept(); await showCards();
}

// --- to begin with ------------------------------------------------------------------------------------------

async function restore() {
  const last = await queue.recall("last");
  if (!last) return;
  for (const name of ["scale", "leaf_grade"]) if ([...field(name).options].some((one) => one.value === last[name])) field(name).value = last[name];
  if (last.unit) field("unit").value = last.unit;
  if (last.tare) field("tare").value = last.tare;
}

function listen() {
  form.addEventListener("submit", save);
  form.addEventListener("input", showNet);
  at("picks").addEventListener("change", (event) => { chosen(event.target); if (matchMedia("(pointer: coarse)").matches) field("gross").focus(); });
  at("find").addEventListener("input", async () => { await showCards(true); await findMore(); await showCards(); });
  at("find-form").addEventListener("submit", async (event) => {
    if (!house) return;
    event.preventDefault();
    await showCards(true);
    const first = form.querySelector("input[name=plot]");
    if (first && at("find").value.trim()) { first.checked = true; chosen(first); field("gross").focus(); }
  });
  at("photo").addEventListener("change", () => readPhoto(at("photo").files[0]));
  form.addEventListener("keydown", (event) => {
    const order = [...form.querySelectorAll("#card, #gross, #tare, #certificate_no, select, #confirmed, #save")].filter((one) => one.offsetParent), place = order.indexOf(event.target);
    if (event.key !== "Enter" || event.isComposing || place < 0 || event.target.id === "save") return;
    event.preventDefault();
    const open = order.slice(place + 1).find((one) => one.id === "save" || !one.value || one.id === "confirmed") || at("save");
    if (open.id === "save") form.requestSubmit(); else open.focus();
  });
  at("send-now").addEventListener("click", sendNow);
  for (const name of ["online", "focus"]) addEventListener(name, sendNow);
  addEventListener("offline", sendNow);
  setInterval(() => { if (!document.hidden) sendNow(); }, EVERY_S * 1000);
}

function pad() {
  for (const name of ["gross", "tare"]) {
    field(name).addEventListener("focus", () => { typing = field(name); fresh = true; typing.select(); });
    field(name).addEventListener("input", () => { fresh = false; });
  }
  at("pad").addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the caret
  at("pad").addEventListener("click", (event) => { const key = event.target.closest("button")?.dataset.key; if (key) press(key); });
  if (!matchMedia("(pointer: coarse)").matches) return;
  at("pad").hidden = false;
  for (const name of ["gross", "tare"]) field(name).inputMode = "none";
}

async function begin() {
  await queue.open();
  document.documentElement.classList.add("scripted");
  await queue.tidy(Date.now());
  house = await queue.recall("house");
  listen(); pad();
  await restore(); showNet(); await showKept();
  if (house) await showCards();
  if (matchMedia("(pointer: fine)").matches && !location.hash) at("find").focus({ preventScroll: true });
  navigator.serviceWorker.register(`${form.dataset.worker}?v=${form.dataset.version}`, { scope: page }).catch(() => {});
  navigator.storage?.persist?.().catch(() => {});
  await sendNow();
}

// Without these (plain HTTP, an old browser) the page stays the plain form it is.
if (window.isSecureContext && "indexedDB" in window && "locks" in navigator && "serviceWorker" in navigator) begin();
