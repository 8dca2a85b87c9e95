// Keeps the offline attendance pages and their static files on this phone, and nothing else: its scope is their folder.
"use strict";

const PAGES = "mp-hors-ligne-pages"; // emptied at the sign-out (brouillon.js)
const STATIQUES = "mp-hors-ligne-statiques";
const PAGE = /\/hors-ligne\/\d+\/$/;
const EMPREINTE = /\.[0-9a-f]{12}\.\w+$/; // a file whose name says its content never changes
const PATIENCE = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (evenement) => evenement.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (evenement) => {
  const { request } = evenement;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/static/")) evenement.respondWith(statique(request, pathname));
  else if (request.mode === "navigate" && PAGE.test(pathname)) evenement.respondWith(page(request, pathname));
});

// The network first: the page as it now is; the copy where no answer comes, or none soon enough.
async function page(request, chemin) {
  const pages = await caches.open(PAGES);
  const gardee = await pages.match(chemin, { ignoreVary: true });
  const reseau = fetch(request).then(async (reponse) => {
    if (reponse.status === 200) await pages.put(chemin, reponse.clone());
    if (reponse.status === 403 || reponse.status === 404) await pages.delete(chemin);
    return reponse;
  });
  if (!gardee) return reseau;
  const tard = new Promise((suite) => setTimeout(suite, PATIENCE, gardee));
  const reponse = await Promise.race([reseau.catch(() => gardee), tard]);
  return reponse.status >= 500 ? gardee : reponse;
}

async function statique(request, chemin) {
  const statiques = await caches.open(STATIQUES);
  const gardee = await statiques.match(chemin, { ignoreVary: true });
  if (gardee && EMPREINTE.test(chemin)) return gardee;
  try {
    const reponse = await fetch(request);
    if (reponse.status === 200) await statiques.put(chemin, reponse.clone());
    return reponse;
  } catch (panne) {
    if (gardee) return gardee;
    throw panne;
  }
}
