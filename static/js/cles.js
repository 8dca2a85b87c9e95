// Access keys: a button that cannot work is not shown, and a key that fails is told on the page.
(() => {
  const boutons = document.querySelectorAll("[data-mp-cle]");
  const erreur = document.querySelector("[data-mp-cle-erreur]");
  const phrase = document.querySelector("[data-mp-cle-phrase]");
  if (!window.PublicKeyCredential) {
    boutons.forEach((bouton) => bouton.remove());
  }
  boutons.forEach((bouton) => bouton.addEventListener("click", () => erreur?.replaceChildren()));
  document.addEventListener("allauth.error", (evenement) => {
    evenement.preventDefault();
    erreur?.replaceChildren(phrase.content.cloneNode(true));
    erreur?.scrollIntoView({ block: "nearest" });
  });
})();
