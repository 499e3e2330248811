// Opens the page without signal: what the phone last loaded of it, and nothing else. Network first; the kept copy is a
// fallback. Slips are no business of this worker, they lie in the database of the page.
const VERSION = new URL(self.location).searchParams.get("v"), CACHE = `leaf-${VERSION}`;
const PAGE = "/desk/leaf/quick", PATIENCE = 4000;
const ASSETS = ["leaf/page.js", "leaf/queue.js", "leaf/sending.js", "leaf/slip.js", "leaf/weights.js", "leaf/leaf.css", "staff.css", "desk.css", "desk.js"].map((name) => `/static/${name}`);

const keepable = (answer) => answer.ok && answer.type === "basic" && !answer.redirected;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE), page = await fetch(PAGE);
    await cache.addAll(ASSETS);
    if (keepable(page)) await cache.put(PAGE, page);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("leaf-") && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

const inTime = (request) => Promise.race([fetch(request), new Promise((_, no) => { setTimeout(() => no(new Error("no signal")), PATIENCE); })]);

async function fetched(request, key, keep = true) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await inTime(request);
    if (keep && keepable(answer)) await cache.put(key, answer.clone());
    if (answer.status < 500) return answer;
  } catch { /* no signal: what is kept has to do */ }
  return (await cache.match(key)) || Response.error();
}

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === PAGE) event.respondWith(fetched(request, PAGE, !url.search));
  else if (ASSETS.includes(url.pathname)) event.respondWith(fetched(request, url.pathname));
});
