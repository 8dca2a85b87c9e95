// Focus after an exchange, and characters left in a text. Everything works without this file.
(() => {
  "use strict";

  // The server names the element that takes the focus: HX-Trigger: {"mp:focus": "#id"} (screens R8).
  document.addEventListener("mp:focus", (evenement) => {
    const cible = document.querySelector(evenement.detail.value || evenement.detail);
    if (!cible) return;
    if (!cible.matches("a, button, input, select, textarea, summary")) cible.setAttribute("tabindex", "-1");
    cible.focus();
  });

  // A page that comes back with errors, or with the answer to a gesture, gives the focus to its alert.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-mp-erreurs]")?.focus();
  });

  // A table wider than the screen scrolls: the keyboard must reach it.
  const ouvrirLesTables = () => {
    for (const cadre of document.querySelectorAll(".fr-table__container")) {
      if (cadre.scrollWidth <= cadre.clientWidth) {
        if (cadre.dataset.mpDefile) for (const nom of ["tabindex", "role", "aria-label"]) cadre.removeAttribute(nom);
        continue;
      }
      cadre.dataset.mpDefile = "1";
      cadre.setAttribute("tabindex", "0");
      cadre.setAttribute("role", "region");
      cadre.setAttribute("aria-label", `Tableau : ${cadre.querySelector("caption")?.textContent.trim() || "sans titre"}`);
    }
  };
  for (const moment of ["load", "resize"]) window.addEventListener(moment, ouvrirLesTables);
  document.addEventListener("htmx:afterSettle", ouvrirLesTables);

  // A page made to be kept on paper.
  document.addEventListener("click", (evenement) => {
    if (evenement.target.closest?.("[data-mp-imprimer]")) window.print();
  });

  // Characters left, beside a text that has a limit; said aloud at 50 and at 0 only.
  document.addEventListener("input", (evenement) => {
    const champ = evenement.target;
    if (!champ.matches?.("textarea[maxlength]")) return;
    const reste = champ.maxLength - champ.value.length;
    const compte = document.getElementById(`${champ.id}_compte`);
    if (compte) compte.textContent = reste > 1 ? `Encore ${reste} caractères` : `Encore ${reste} caractère`;
    const annonces = document.getElementById("annonces");
    if (annonces && (reste === 50 || reste === 0)) annonces.textContent = `Encore ${reste} caractères`;
  });
})();
