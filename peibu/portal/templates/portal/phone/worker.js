// Answers for the trainee's pages while there is no network. Version {{ version }}: any changed file makes a new worker.
const CACHE = "peibu-phone-{{ version }}";
const SHELL = "{% url 'trainee-offline' %}";
const FILES = [{% for file in files %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const PATIENCE = 10000;

const fill = async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll([SHELL, ...FILES].map((path) => new Request(path, { cache: "reload" })));
};

const clean = async () => {
  for (const name of await caches.keys()) if (name.startsWith("peibu-phone-") && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
};

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(clean()));

// Another language chosen, or signed out: the page without network is fetched again, or thrown away.
self.addEventListener("message", (event) => {
  if (event.data === "refresh") event.waitUntil(caches.open(CACHE).then((cache) => cache.add(SHELL)).catch(() => {}));
});

async function page(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return (await caches.match(SHELL)) ?? Response.error();
  }
}

async function file(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request, { ignoreSearch: true })) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return; // what writes never passes here
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(url.pathname)) event.respondWith(file(request));
});
