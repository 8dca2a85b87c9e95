// What is typed in a section is saved as one types, kept in the browser until the server has it, and sent again after a
// cut or an expired session. Everything works without this file: the button saves the whole section.
(() => {
  "use strict";

  const PREFIXE = "mp-brouillon:";
  const PAUSE = 1500; // ms without a key, then it is saved
  const AU_PLUS = 10000; // ms of writing without a pause, then it is saved all the same
  const REESSAI = 5000;
  const GARDE = 7 * 24 * 3600 * 1000; // a copy older than that is forgotten
  const TRANSPORT = ["csrfmiddlewaretoken", "cle_unique", "copie", "reprise", "suite"];

  // A browser may refuse its storage: then the page alone keeps the text.
  const lireCopie = (cle) => {
    try { return JSON.parse(localStorage.getItem(cle)); } catch { return null; }
  };
  const ecrireCopie = (cle, copie) => {
    try { localStorage.setItem(cle, JSON.stringify(copie)); } catch { /* full, or refused */ }
  };
  const oublier = (cle) => {
    try { localStorage.removeItem(cle); } catch { /* refused */ }
  };
  const cles = () => {
    try { return Object.keys(localStorage).filter((cle) => cle.startsWith(PREFIXE)); } catch { return []; }
  };

  // Signing out leaves nothing behind, the pages kept for the offline attendance included.
  const oublierLesPages = () => {
    if ("caches" in window) caches.delete("mp-hors-ligne-pages").catch(() => { /* refused */ });
  };
  document.addEventListener("submit", (evenement) => {
    if (!evenement.target.getAttribute("action")?.includes("/logout/")) return;
    cles().forEach(oublier);
    oublierLesPages();
  });
  if (!document.body.dataset.hxHeaders) oublierLesPages(); // a page served to nobody

  // « ?recu=… »: the server has all that this window had sent.
  const recu = new URLSearchParams(location.search).get("recu");
  for (const cle of cles()) {
    const copie = lireCopie(cle);
    if (!copie || copie.fenetre === recu || Date.now() - copie.le > GARDE) oublier(cle);
  }
  if (recu !== null) {
    const adresse = new URL(location.href);
    adresse.searchParams.delete("recu");
    history.replaceState(null, "", adresse);
  }

  const formulaire = document.querySelector("form[data-mp-brouillon]");
  if (!formulaire) return;

  const cle = `${PREFIXE}${formulaire.dataset.mpBrouillon}:${location.pathname}`;
  const ligne = document.getElementById("etat-saisie");
  const valeur = (nom) => formulaire.elements.namedItem(nom)?.value ?? "";
  const champs = () =>
    [...new FormData(formulaire)].filter(([nom, v]) => typeof v === "string" && !TRANSPORT.includes(nom));
  const signer = () => JSON.stringify(champs().filter(([nom]) => nom !== "version" && nom !== "lu"));

  const dire = (phrase) => {
    const texte = document.querySelector(`#phrases-de-saisie [data-mp-phrase="${phrase}"]`);
    if (texte && ligne.dataset.mpDit !== phrase) ligne.replaceChildren(texte.cloneNode(true));
    ligne.dataset.mpDit = phrase;
  };

  let connue = signer(); // what the server has, as this page knows it
  let envoyee = "";
  let enCours = false;
  let minuteur = 0;
  let depuis = 0;
  let bouton = null; // a button pressed while an autosave was on its way

  const ranger = () =>
    ecrireCopie(cle, { champs: champs(), fenetre: valeur("fenetre"), le: Date.now(), envois: 0 });

  const planifier = (delai) => {
    clearTimeout(minuteur);
    depuis ||= Date.now();
    minuteur = setTimeout(envoyer, Math.max(0, Math.min(delai, depuis + AU_PLUS - Date.now())));
  };

  function envoyer() {
    clearTimeout(minuteur);
    depuis = 0;
    if (enCours || signer() === connue) return;
    if (!navigator.onLine) {
      dire("hors-ligne");
      return;
    }
    htmx.trigger(formulaire, "mp:enregistrer");
  }

  const saisir = (delai) => (evenement) => {
    if (!evenement.target.name) return;
    if (signer() === connue) return;
    ranger();
    if (!navigator.onLine) dire("hors-ligne");
    planifier(delai);
  };
  formulaire.addEventListener("input", saisir(PAUSE));
  formulaire.addEventListener("change", saisir(100));
  window.addEventListener("online", () => planifier(0));
  window.addEventListener("offline", () => { if (signer() !== connue) dire("hors-ligne"); });

  const deCeFormulaire = (evenement) => evenement.detail.elt === formulaire;

  document.addEventListener("htmx:beforeRequest", (evenement) => {
    if (!deCeFormulaire(evenement)) return;
    enCours = true;
    envoyee = signer();
    setTimeout(() => { if (enCours) dire("encours"); }, 1000);
  });
  document.addEventListener("htmx:afterRequest", (evenement) => {
    if (!deCeFormulaire(evenement)) return;
    enCours = false;
    const statut = evenement.detail.xhr.status;
    if (evenement.detail.successful) arriver();
    else if (statut === 401 || statut === 403) dire("session");
    else if (statut === 409) delete ligne.dataset.mpDit;
    else rater();
    if (!bouton) return;
    const presse = bouton;
    bouton = null;
    formulaire.requestSubmit(presse);
  });

  // A tab that nobody looks at does not ask who else writes here.
  document.addEventListener("htmx:beforeRequest", (evenement) => {
    if (document.hidden && evenement.detail.elt.id === "presence") evenement.preventDefault();
  });

  // The server has it: the copy goes, unless something could not be kept or was typed since.
  function arriver() {
    connue = envoyee;
    delete ligne.dataset.mpDit;
    const verdict = ligne.querySelector("[data-mp-saisie]")?.dataset.mpSaisie;
    if (verdict === "enregistree" && signer() === connue) oublier(cle);
    else ranger();
    if (signer() !== connue) planifier(PAUSE);
  }

  // No answer: the text stays here, and goes again by itself.
  function rater() {
    dire(navigator.onLine ? "panne" : "hors-ligne");
    ranger();
    clearTimeout(minuteur);
    minuteur = setTimeout(envoyer, REESSAI);
  }

  formulaire.addEventListener("submit", (evenement) => {
    if (enCours) {
      evenement.preventDefault();
      bouton = evenement.submitter;
      dire("encours");
      return;
    }
    if (!navigator.onLine) {
      evenement.preventDefault();
      ranger();
      dire("hors-ligne");
      return;
    }
    clearTimeout(minuteur);
    ajouter(formulaire, "copie", "1");
    ranger();
  });

  function ajouter(vers, nom, contenu) {
    const champ = document.createElement("input");
    champ.type = "hidden";
    champ.name = nom;
    champ.value = contenu;
    vers.append(champ);
  }

  // What an earlier visit could not send goes now, as it was typed: the server compares it with what stands.
  function renvoyer(copie) {
    ecrireCopie(cle, { ...copie, envois: copie.envois + 1 });
    const envoi = document.createElement("form");
    envoi.method = "post";
    envoi.action = formulaire.action;
    envoi.hidden = true;
    for (const [nom, contenu] of copie.champs) ajouter(envoi, nom, contenu);
    for (const nom of ["csrfmiddlewaretoken", "cle_unique"]) ajouter(envoi, nom, valeur(nom));
    for (const [nom, contenu] of [["copie", "1"], ["reprise", "1"], ["suite", "rester"]]) ajouter(envoi, nom, contenu);
    document.body.append(envoi);
    envoi.submit();
  }

  // A question is about the field that one was in.
  const question = document.querySelector("[data-mp-question]");
  if (question) {
    formulaire.addEventListener("focusin", ({ target }) => {
      const nom = target.labels?.[0]?.firstChild?.textContent.trim();
      if (!nom || !target.name) return;
      const adresse = new URL(question.href);
      adresse.searchParams.set("champ", target.name);
      question.href = adresse;
      question.querySelector("span").textContent = `«\u00a0${nom}\u00a0»`;
    });
  }

  const attente = lireCopie(cle);
  if (attente && attente.fenetre !== valeur("fenetre")) {
    if (attente.envois === 0 && navigator.onLine) {
      renvoyer(attente);
    } else {
      dire("reprise");
      ligne.querySelector("[data-mp-renvoyer]")?.addEventListener("click", () => renvoyer(attente));
    }
  }
})();
