// Verification: the digest of a file is drawn here, so that the file stays on this machine. Without this file it is sent, compared, forgotten.
(() => {
  "use strict";

  if (!window.crypto?.subtle) return; // without a secure context the form sends the file

  const dire = (phrase) => {
    const annonces = document.getElementById("annonces");
    if (annonces) annonces.textContent = phrase;
  };
  const enHexadecimal = (octets) => [...new Uint8Array(octets)].map((o) => o.toString(16).padStart(2, "0")).join("");

  for (const formulaire of document.querySelectorAll("form[data-mp-empreinte]")) {
    const champ = formulaire.querySelector("input[type=file]");
    const cache = formulaire.elements.empreinte;

    const comparer = async () => {
      dire("Calcul de l'empreinte sur votre machine…");
      const octets = await champ.files[0].arrayBuffer();
      cache.value = enHexadecimal(await crypto.subtle.digest("SHA-256", octets));
      champ.value = ""; // the file itself is not sent
      formulaire.submit();
    };

    formulaire.addEventListener("submit", (evenement) => {
      if (!champ.files.length) return;
      evenement.preventDefault();
      comparer().catch(() => {
        cache.value = ""; // the file could not be read here: the server reads it
        formulaire.submit();
      });
    });
    formulaire.addEventListener("dragover", (evenement) => {
      if (![...evenement.dataTransfer.types].includes("Files")) return;
      evenement.preventDefault();
      formulaire.classList.add("mp-survole");
    });
    formulaire.addEventListener("dragleave", (evenement) => {
      if (!formulaire.contains(evenement.relatedTarget)) formulaire.classList.remove("mp-survole");
    });
    formulaire.addEventListener("drop", (evenement) => {
      if (!evenement.dataTransfer.files.length) return;
      evenement.preventDefault();
      formulaire.classList.remove("mp-survole");
      champ.files = evenement.dataTransfer.files;
      formulaire.requestSubmit();
    });
  }
})();
