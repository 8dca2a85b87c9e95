// The live board says that it lost the network, and since when; it catches up by itself. Works without this file.
(() => {
  "use strict";
  const bandeau = document.getElementById("reseau");
  if (!bandeau) return;
  const depuis = bandeau.querySelector("[data-mp-depuis]");
  const annonces = document.getElementById("annonces");
  const sonde = (evenement) => (evenement.detail?.pathInfo?.requestPath || "").split("?")[0].endsWith("/direct/");
  let dernier = new Date();

  const perdre = (evenement) => {
    if (!bandeau.hidden || (evenement.type !== "offline" && !sonde(evenement))) return;
    depuis.textContent = dernier.toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    bandeau.hidden = false;
  };
  const retrouver = (evenement) => {
    if (!sonde(evenement) || !evenement.detail.successful) return;
    dernier = new Date();
    if (bandeau.hidden) return;
    bandeau.hidden = true;
    if (annonces) annonces.textContent = "Connexion retrouvée, la page est à jour.";
  };

  for (const nom of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(nom, perdre);
  document.addEventListener("htmx:afterRequest", retrouver);
  window.addEventListener("offline", perdre);
})();
