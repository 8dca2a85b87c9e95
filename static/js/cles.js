// Access keys: a button that cannot work is not shown, and a key that fails is told on the page.
(() => {
  const boutons = document.querySelectorAll("[data-mp-cle]");
  const erreur = document.querySelector("[data-mp-cle-erreur]");
  if (!window.PublicKeyCredential) {
    boutons.forEach((bouton) => bouton.remove());
  }
  boutons.forEach((bouton) => bouton.addEventListener("click", () => { if (erreur) erreur.hidden = true; }));
  document.addEventListener("allauth.error", (evenement) => {
    evenement.preventDefault();
    if (erreur) {
      erreur.hidden = false;
      erreur.scrollIntoView({ block: "nearest" });
    }
  });
})();
