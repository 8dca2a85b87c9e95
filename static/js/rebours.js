// Keeps the server's countdown up to date. The page's clock is the server's: only time gone by is counted here.
(() => {
  "use strict";
  const compter = (n, mot) => `${n}\u00a0${mot}${n > 1 ? "s" : ""}`;
  const ANNONCES = [60, 15, 5, 1];  // minutes left, said aloud

  for (const cadre of document.querySelectorAll("[data-mp-rebours]")) {
    const reste = Number(cadre.dataset.mpRebours);  // seconds left when the server wrote the page
    const depart = performance.now();
    let derniere = Infinity;
    const dire = () => {
      const secondes = Math.floor(reste - (performance.now() - depart) / 1000);
      if (secondes >= 72 * 3600) return;
      const minutes = Math.floor(secondes / 60);
      let phrase = "Les dépôts sont clos.";
      if (secondes > 0 && minutes < 1) phrase = "Encore moins d'une minute.";
      else if (secondes > 0) {
        const parts = [];
        if (minutes >= 60) parts.push(compter(Math.floor(minutes / 60), "heure"));
        if (minutes % 60) parts.push(compter(minutes % 60, "minute"));
        phrase = `Encore ${parts.join(" et ")}.`;
      }
      if (cadre.textContent !== phrase) cadre.textContent = phrase;
      const annonces = document.getElementById("annonces");
      if (annonces && ANNONCES.some((seuil) => minutes < seuil && derniere >= seuil)) annonces.textContent = phrase;
      derniere = minutes;
      if (secondes <= 0) clearInterval(rythme);
    };
    const rythme = setInterval(dire, 1000);
    derniere = Math.floor(reste / 60);
    dire();
  }
})();
