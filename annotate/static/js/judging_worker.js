// Pages and files of reading, from the network; where it does not answer, as they were kept by the page itself.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const isFile = ["style", "script", "image"].includes(request.destination);
  if (request.method !== "GET" || (request.mode !== "navigate" && !isFile)) return;
  event.respondWith(fetch(request).catch(() => kept(request)));
});

async function kept(request) {
  const found = await caches.match(request, { ignoreVary: true });
  return found ?? Response.error();
}
