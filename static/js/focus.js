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

  // « Tout cocher », in the head of a column of boxes: it follows them as they follow it.
  const boites = (tout) =>
    [...tout.closest("table").querySelectorAll(`tbody input[type=checkbox][name="${tout.dataset.mpTout}"]`)];
  const accorder = (tout) => {
    const siennes = boites(tout);
    const cochees = siennes.filter((boite) => boite.checked).length;
    tout.checked = cochees > 0 && cochees === siennes.length;
    tout.indeterminate = cochees > 0 && cochees < siennes.length;
    return cochees;
  };
  const accorderTous = () => document.querySelectorAll("[data-mp-tout]").forEach(accorder);
  document.addEventListener("change", ({ target }) => {
    const tout = target.closest?.("table")?.querySelector("[data-mp-tout]");
    if (!tout) return;
    if (target === tout) {
      for (const boite of boites(tout)) boite.checked = tout.checked;
      const annonces = document.getElementById("annonces");
      const cochees = accorder(tout);
      if (annonces) annonces.textContent = cochees ? `${cochees} cochés` : "Plus rien n'est coché";
    } else accorder(tout);
  });
  for (const moment of ["DOMContentLoaded", "pageshow"]) window.addEventListener(moment, accorderTous);

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
