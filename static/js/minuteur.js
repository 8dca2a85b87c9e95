// Counts a hearing's time down between two polls. The page's clock is the server's: only time gone by is counted here.
(() => {
  "use strict";
  const departs = new WeakMap();
  const deux = (n) => String(n).padStart(2, "0");
  const dire = (secondes) => {
    const n = Math.abs(secondes);
    return `${Math.floor(n / 60)}\u00a0min\u00a0${deux(n % 60)}\u00a0s`;
  };
  const compter = () => {
    for (const cadre of document.querySelectorAll("[data-mp-minuteur]:not([data-mp-arret])")) {
      if (!departs.has(cadre)) departs.set(cadre, performance.now());
      const reste = Math.round(Number(cadre.dataset.mpMinuteur) - (performance.now() - departs.get(cadre)) / 1000);
      const lieu = cadre.querySelector("[data-mp-reste]");
      const phrase = reste < 0 ? `dépassé de ${dire(reste)}` : dire(reste);
      if (lieu && lieu.textContent !== phrase) lieu.textContent = phrase;
      const annonces = document.getElementById("annonces");
      if (annonces && (reste === 60 || reste === 0) && cadre.dataset.mpDit !== String(reste)) {
        cadre.dataset.mpDit = String(reste);
        annonces.textContent = reste ? "Il reste une minute." : "Le temps de l'audition est écoulé.";
      }
    }
  };
  setInterval(compter, 250);
  compter();
})();
