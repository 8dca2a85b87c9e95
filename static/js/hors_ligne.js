// Attendance between thick walls: signatures and photos are kept on this phone under identifiers drawn here, and sent when
// the network is back, as often as needed: the server writes each once. The page and its files are kept by the service worker.
(() => {
  "use strict";

  const page = document.getElementById("hors-ligne");
  if (!page) return;
  const donnees = JSON.parse(document.getElementById("hors-ligne-donnees").textContent);
  const { adresses, bornes, compte, session } = donnees;
  const ATTENTES = [2, 5, 15, 30, 60]; // seconds between two tries
  const PATIENCE = 30_000;
  const COTE = 1600; // pixels of a photo's longer side
  const VIGNETTE = 96;
  const PAGES = "mp-hors-ligne-pages";
  const STATIQUES = "mp-hors-ligne-statiques";
  const ECART = "mp-hors-ligne:ecart"; // what our clock says beyond the phone's
  const GARDE = 24 * 3600 * 1000; // a record sent is forgotten after a day

  const ici = (nom) => document.getElementById(`hl-${nom}`);
  const dire = (phrase) => { ici("annonce").textContent = phrase; };
  const projet = (pk) => donnees.projets.find((un) => un.pk === pk);
  const moment = (valeur) => donnees.moments.find((un) => un.valeur === valeur)?.libelle ?? "";
  const pluriel = (nombre, un, des) => `${nombre}\u00a0${nombre > 1 ? des : un}`;
  const heure = (iso) => {
    const quand = new Date(iso);
    return `${quand.getHours()}\u00a0h\u00a0${String(quand.getMinutes()).padStart(2, "0")}`;
  };
  const element = (nom, classe, texte) => {
    const cree = document.createElement(nom);
    if (classe) cree.className = classe;
    if (texte) cree.textContent = texte;
    return cree;
  };
  const bouton = (texte, classe, agir, voix) => {
    const cree = element("button", `fr-btn ${classe}`, texte);
    cree.type = "button";
    if (voix) cree.setAttribute("aria-label", voix);
    cree.addEventListener("click", agir);
    return cree;
  };
  // The instant as this phone says it, with its own offset.
  const instant = () => {
    const quand = new Date();
    const decalage = -quand.getTimezoneOffset();
    const deux = (nombre) => String(Math.trunc(Math.abs(nombre))).padStart(2, "0");
    const local = new Date(quand.getTime() + decalage * 60_000).toISOString().slice(0, -1);
    return `${local}${decalage < 0 ? "-" : "+"}${deux(decalage / 60)}:${deux(decalage % 60)}`;
  };

  // -- What this phone keeps ---------------------------------------------------------------------------------------
  const promesse = (demande) =>
    new Promise((suite, echec) => {
      demande.onsuccess = () => suite(demande.result);
      demande.onerror = () => echec(demande.error);
    });

  let ouverte = null;
  const base = () => {
    ouverte ??= (() => {
      const demande = indexedDB.open("mp-hors-ligne", 1);
      demande.onupgradeneeded = () => demande.result.createObjectStore("saisies", { keyPath: "cle" });
      return promesse(demande);
    })();
    return ouverte;
  };
  const toutes = async () => promesse((await base()).transaction("saisies").objectStore("saisies").getAll());
  // Done once the browser has written it, not before.
  const changer = async (agir) => {
    const transaction = (await base()).transaction("saisies", "readwrite", { durability: "strict" });
    agir(transaction.objectStore("saisies"));
    await new Promise((suite, echec) => {
      transaction.oncomplete = suite;
      transaction.onerror = transaction.onabort = () => echec(transaction.error);
    });
  };
  const garder = (saisie) => changer((saisies) => saisies.put(saisie));
  const ecarter = (cle) => changer((saisies) => saisies.delete(cle));

  const siennes = async () => (await toutes()).filter((saisie) => saisie.compte === compte);
  const enAttente = (saisie) => saisie.etat === "attente";
  const nomDe = (saisie) =>
    saisie.genre === "PHOTO"
      ? `Photo, ${saisie.nom}`
      : `${saisie.nom}, ${moment(saisie.demi_journee) || saisie.demi_journee}, ${saisie.signataire}`;

  // -- What is shown -----------------------------------------------------------------------------------------------
  const choisi = () => page.querySelector('[name="hl-moment"]:checked').value;
  let liste = [];

  async function montrer() {
    const gardees = await toutes();
    liste = gardees.filter((saisie) => saisie.compte === compte);
    const attente = liste.filter(enAttente).length;
    const refusees = liste.filter((saisie) => saisie.etat === "refusee").length;
    const phrases = [attente ? `${attente}\u00a0à envoyer` : "Rien à envoyer"];
    if (refusees) phrases.push(pluriel(refusees, "refusée, à corriger", "refusées, à corriger"));
    ici("compte").textContent = phrases.join(", ");
    ici("compte").dataset.aEnvoyer = attente;
    ici("envoyer").disabled = !attente;
    const etrangeres = gardees.filter((saisie) => saisie.compte !== compte && enAttente(saisie)).length;
    ici("etrangeres").hidden = !etrangeres;
    ici("etrangeres-nombre").textContent = pluriel(etrangeres, "saisie attend", "saisies attendent");
    montrerProjets();
    montrerPhotos();
    montrerGardees();
  }

  function montrerProjets() {
    const demi = choisi();
    const lignes = donnees.projets.map((un) => {
      const saisie = liste.find(
        (s) => s.genre === "PRESENCE" && s.session === session && s.dossier === un.pk && s.demi_journee === demi,
      );
      const notee = donnees.presences[`${un.pk}-${demi}`];
      const ligne = element("li");
      ligne.dataset.projet = un.pk;
      ligne.append(element("strong", "", un.nom), etatDe(saisie, notee));
      if (!notee && !saisie)
        ligne.append(bouton("Signer", "fr-btn--lg", () => ouvrir(un, demi), `Signer pour ${un.nom}, ${moment(demi)}`));
      return ligne;
    });
    ici("projets").replaceChildren(...lignes);
    const signees = liste.filter(
      (s) => s.genre === "PRESENCE" && s.session === session && s.demi_journee === demi && s.etat !== "refusee",
    );
    const notees = Object.entries(donnees.presences).filter(
      ([cle, statut]) =>
        cle.endsWith(`-${demi}`) && statut === "Présent" && !signees.some((s) => cle === `${s.dossier}-${demi}`),
    );
    ici("presents").textContent =
      `${pluriel(signees.length + notees.length, "présent", "présents")} sur ${donnees.projets.length}, ${moment(demi)}`;
  }

  function etatDe(saisie, notee) {
    const etats = {
      attente: ["fr-badge--info", "À envoyer"],
      envoyee: ["fr-badge--success", "Envoyée"],
      refusee: ["fr-badge--error", "Refusée"],
    };
    const [classe, texte] = (saisie && etats[saisie.etat]) || (notee ? ["fr-badge--success", notee] : ["", ""]);
    return texte ? element("span", `fr-badge ${classe}`, texte) : "";
  }

  function montrerPhotos() {
    const lignes = donnees.projets.flatMap((un) => {
      const prises = liste.filter((s) => s.genre === "PHOTO" && s.session === session && s.dossier === un.pk);
      const total = new Set([...un.photos, ...prises.map((s) => s.cle)]).size;
      return total ? [element("li", "", `${un.nom}\u00a0: ${pluriel(total, "photo", "photos")}`)] : [];
    });
    ici("photos").replaceChildren(...lignes);
  }

  function montrerGardees() {
    const restantes = liste.filter((saisie) => saisie.etat !== "envoyee");
    restantes.sort((une, autre) => (une.etat === autre.etat ? 0 : une.etat === "refusee" ? -1 : 1));
    ici("gardees").replaceChildren(...restantes.map(ligneGardee));
    ici("gardees-section").hidden = !restantes.length;
  }

  function ligneGardee(saisie) {
    const ligne = element("li");
    ligne.dataset.etat = saisie.etat;
    const texte = element("div");
    if (saisie.vignette) {
      const vignette = element("img", "mp-apercu");
      vignette.src = saisie.vignette;
      vignette.alt = "";
      texte.append(vignette);
    }
    texte.append(element("p", "fr-mb-0", `${nomDe(saisie)}, ${heure(saisie.prise_le)}`));
    if (saisie.phrase) texte.append(element("p", "fr-error-text fr-mt-1v", saisie.phrase));
    const gestes = element("ul", "fr-btns-group fr-btns-group--inline");
    const ajouter = (cree) => { const item = element("li"); item.append(cree); gestes.append(item); };
    if (saisie.session === session)
      ajouter(bouton("Corriger", "fr-btn--secondary", () => corriger(saisie), `Corriger\u00a0: ${nomDe(saisie)}`));
    ajouter(bouton("Écarter", "fr-btn--tertiary", () => confirmer(saisie), `Écarter\u00a0: ${nomDe(saisie)}`));
    ligne.append(texte, etatDe(saisie), gestes);
    return ligne;
  }

  // -- The door ----------------------------------------------------------------------------------------------------
  const ecart = () => {
    try { return Number(localStorage.getItem(ECART)) || 0; } catch { return 0; }
  };
  let montree = "";

  function montrerPorte() {
    const porte = donnees.porte[choisi()];
    const rang = Math.floor((Date.now() + ecart()) / 1000 / porte.duree) - porte.premiere;
    const code = porte.codes[rang];
    ici("porte").hidden = !code;
    ici("porte-fermee").hidden = Boolean(code);
    if (!code || montree === code) return;
    montree = code;
    ici("chiffres").textContent = [...porte.chiffres[rang]].join("\u00a0");
    ici("qr").replaceChildren(dessiner(globalThis.mpCodeQr(adresses.porte.replace("CODE", code))));
    ici("qr").dataset.code = code;
  }

  function dessiner(rangs) {
    if (!rangs) return element("p", "", "Tapez les 4 chiffres.");
    const espace = "http://www.w3.org/2000/svg";
    const dessin = document.createElementNS(espace, "svg");
    const trait = document.createElementNS(espace, "path");
    const cote = rangs.length + 8;
    dessin.setAttribute("viewBox", `0 0 ${cote} ${cote}`);
    dessin.setAttribute("class", "mp-qr");
    dessin.setAttribute("shape-rendering", "crispEdges");
    trait.setAttribute("fill", "#000");
    trait.setAttribute(
      "d",
      rangs.flatMap((rang, y) => rang.flatMap((noir, x) => (noir ? [`M${x + 4} ${y + 4}h1v1h-1z`] : []))).join(""),
    );
    dessin.append(trait);
    return dessin;
  }

  // -- Signing -----------------------------------------------------------------------------------------------------
  const dialogue = ici("dialogue");
  const formulaire = ici("formulaire");
  let ouverture = null; // {saisie, projet, demi}

  function ouvrir(un, demi, saisie = null) {
    ouverture = { projet: un, demi, saisie };
    const photo = saisie?.genre === "PHOTO";
    ici("dialogue-titre").textContent = photo ? `Photo, ${saisie.nom}` : `${un?.nom ?? saisie.nom}, ${moment(demi)}`;
    ici("corrections").hidden = !saisie;
    ici("correction-moment").hidden = photo;
    ici("qui").hidden = ici("mention").hidden = photo;
    ici("confirmer").textContent = photo ? "Enregistrer" : "Je suis là";
    ici("erreur").hidden = true;
    formulaire.elements.projet.value = un?.pk ?? "";
    formulaire.elements.demi.value = demi;
    proposer(un, saisie?.signataire ?? "");
    dialogue.showModal();
  }

  // Those who may sign for this project, and any other person by name.
  function proposer(un, nom) {
    const gens = un?.gens ?? [];
    const coche = nom ? gens.indexOf(nom) : 0;
    const choix = gens.map((qui, rang) => {
      const groupe = element("div", "fr-radio-group");
      const champ = element("input");
      Object.assign(champ, { type: "radio", name: "qui", id: `hl-qui-${rang}`, value: qui, checked: rang === coche });
      champ.addEventListener("change", () => { formulaire.elements.autre.value = ""; });
      const libelle = element("label", "fr-label", qui);
      libelle.htmlFor = champ.id;
      groupe.append(champ, libelle);
      return groupe;
    });
    ici("gens").replaceChildren(...choix);
    formulaire.elements.autre.value = nom && coche < 0 ? nom : "";
  }

  const corriger = (saisie) => ouvrir(projet(saisie.dossier), saisie.demi_journee ?? choisi(), saisie);

  formulaire.elements.projet.addEventListener("change", () => {
    ouverture.projet = projet(Number(formulaire.elements.projet.value));
    proposer(ouverture.projet, "");
  });
  ici("annuler").addEventListener("click", () => dialogue.close());

  const refuser = (phrase) => {
    ici("erreur").textContent = phrase;
    ici("erreur").hidden = false;
  };

  formulaire.addEventListener("submit", async (evenement) => {
    evenement.preventDefault();
    const { saisie, projet: un } = ouverture;
    const signataire = formulaire.elements.autre.value.trim() || formulaire.querySelector('[name="qui"]:checked')?.value;
    if (!un) return refuser("Choisissez le projet.");
    const faits = { dossier: un.pk, nom: un.nom, etat: "attente", phrase: "" };
    if (saisie?.genre !== "PHOTO") {
      if (!signataire) return refuser("Écrivez le nom de la personne présente.");
      Object.assign(faits, { signataire, demi_journee: formulaire.elements.demi.value });
    }
    try {
      await retenir(saisie ? { ...saisie, ...faits } : { ...nouvelle("PRESENCE"), ...faits });
    } catch (echec) {
      return refuser(echec.message);
    }
    dialogue.close();
    dire(saisie?.genre === "PHOTO" ? `Photo gardée, ${un.nom}.` : `Présence gardée sur ce téléphone, ${un.nom}.`);
    await montrer();
    envoyer();
  });

  const nouvelle = (genre) => ({ cle: crypto.randomUUID(), genre, compte, session, prise_le: instant() });

  async function retenir(saisie) {
    const gardees = await toutes();
    if (gardees.length >= bornes.saisies && !gardees.some((autre) => autre.cle === saisie.cle))
      throw new Error(`Ce téléphone garde déjà ${bornes.saisies} saisies\u00a0: envoyez-les avant d'en ajouter.`);
    try {
      await garder(saisie);
    } catch {
      throw new Error("Ce téléphone n'a plus de place\u00a0: rien n'a été gardé. Libérez de l'espace, puis recommencez.");
    }
  }

  async function confirmer(saisie) {
    if (!window.confirm(`Écarter «\u00a0${nomDe(saisie)}\u00a0»\u00a0? Cette saisie ne sera pas envoyée.`)) return;
    await ecarter(saisie.cle);
    dire("Saisie écartée.");
    await montrer();
  }

  // -- Photos ------------------------------------------------------------------------------------------------------
  const toile = (image, cote) => {
    const echelle = Math.min(1, cote / Math.max(image.width, image.height));
    const cree = document.createElement("canvas");
    cree.width = Math.max(1, Math.round(image.width * echelle));
    cree.height = Math.max(1, Math.round(image.height * echelle));
    cree.getContext("2d").drawImage(image, 0, 0, cree.width, cree.height);
    return cree;
  };

  // Drawn again smaller: it weighs less, and says no more where it was taken.
  async function reduire(fichier) {
    const image = await createImageBitmap(fichier, { imageOrientation: "from-image" });
    const vignette = toile(image, VIGNETTE).toDataURL("image/jpeg", 0.7);
    for (let cote = COTE; cote > VIGNETTE; cote /= 2) {
      const dessin = toile(image, cote);
      const photo = await new Promise((suite) => dessin.toBlob(suite, "image/jpeg", 0.82));
      if (photo && photo.size <= bornes.poids) return { photo, vignette };
    }
    throw new Error("trop lourde");
  }

  ici("ajouter-photos").addEventListener("change", async ({ target }) => {
    const un = projet(Number(ici("projet-photo").value));
    const fichiers = [...target.files];
    target.value = "";
    if (!un) return dire("Choisissez le projet, puis ajoutez la photo.");
    let gardees = 0;
    for (const fichier of fichiers) {
      let reduite;
      try {
        reduite = await reduire(fichier);
      } catch {
        dire(`«\u00a0${fichier.name}\u00a0» n'est pas une photo lisible\u00a0: elle n'est pas gardée.`);
        continue;
      }
      try {
        await retenir({ ...nouvelle("PHOTO"), dossier: un.pk, nom: un.nom, etat: "attente", phrase: "", ...reduite });
        gardees += 1;
      } catch (echec) {
        dire(echec.message);
        break;
      }
    }
    if (gardees) dire(`${pluriel(gardees, "photo gardée", "photos gardées")} sur ce téléphone, ${un.nom}.`);
    await montrer();
    envoyer();
  });

  // -- Sending -----------------------------------------------------------------------------------------------------
  class Deconnecte extends Error {}
  class Panne extends Error {}
  class TropLourd extends Error {}
  class SansAcces extends Error {}

  const demander = async (adresse, options = {}) => {
    let reponse;
    try {
      reponse = await fetch(adresse, { ...options, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    } catch {
      throw new Panne("Gardé sur ce téléphone\u00a0: l'envoi se fera dès le retour du réseau.");
    }
    if (reponse.type === "opaqueredirect" || reponse.status === 401) throw new Deconnecte();
    if (reponse.status === 413) throw new TropLourd();
    if (reponse.status === 403 || reponse.status === 404)
      throw new SansAcces("Vous n'avez plus accès à cette session. Vos saisies restent ici\u00a0: prévenez un agent.");
    if (!reponse.ok) throw new Panne("Le service ne répond pas bien. Tout reste sur ce téléphone, nous réessaierons.");
    try {
      return await reponse.json();
    } catch {
      throw new Panne("La réponse a été coupée. Rien n'est perdu, rien ne partira en double.");
    }
  };

  // Signed in still, and as the same person; the token of the moment.
  async function jeton() {
    const recu = await demander(adresses.jeton, { cache: "no-store" });
    if (recu.compte !== compte) throw new Deconnecte();
    try { localStorage.setItem(ECART, String(recu.maintenant - Date.now())); } catch { /* refused */ }
    return recu.jeton;
  }

  const vers = (saisie, quoi) => adresses.ici.replace(/\/\d+\/$/, `/${saisie.session}/${quoi}/`);

  async function envoyerPresences(lot, csrf) {
    const presences = lot.map(({ cle, dossier, demi_journee, signataire, prise_le }) => ({
      cle, dossier, demi_journee, signataire, prise_le,
    }));
    return demander(vers(lot[0], "presences"), {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ presences }),
    });
  }

  async function envoyerPhoto(saisie, csrf) {
    const corps = new FormData();
    for (const nom of ["cle", "dossier", "prise_le"]) corps.append(nom, saisie[nom]);
    corps.append("photo", saisie.photo, `photo-${saisie.cle.slice(0, 8)}.jpg`);
    return demander(vers(saisie, "photos"), { method: "POST", headers: { "X-CSRFToken": csrf }, body: corps });
  }

  // What the server has is marked so, without the name nor the picture; what it refused keeps all, with the sentence.
  async function ranger(lot, reponses) {
    const dites = new Map(reponses.map((reponse) => [reponse.cle, reponse]));
    const partie = ({ cle, genre, dossier, nom, demi_journee, prise_le, session: sienne }) => ({
      cle, genre, dossier, nom, demi_journee, prise_le, session: sienne, compte, signataire: "", etat: "envoyee", le: Date.now(),
    });
    const repondues = lot.filter(({ cle }) => dites.has(cle));
    await changer((saisies) => {
      for (const saisie of repondues) {
        const dite = dites.get(saisie.cle);
        saisies.put(dite.sort === "REFUSEE" ? { ...saisie, etat: "refusee", phrase: dite.phrase } : partie(saisie));
      }
    });
    return repondues.length;
  }

  // By batches of one session: signatures together, photos one by one.
  function lots(saisies) {
    const parSession = new Map();
    for (const saisie of saisies.filter((s) => s.genre === "PRESENCE"))
      parSession.set(saisie.session, [...(parSession.get(saisie.session) ?? []), saisie]);
    const presences = [...parSession.values()].flatMap((siennes) =>
      Array.from({ length: Math.ceil(siennes.length / bornes.lot) }, (_, rang) =>
        siennes.slice(rang * bornes.lot, (rang + 1) * bornes.lot)),
    );
    return [...presences, ...saisies.filter((s) => s.genre === "PHOTO").map((photo) => [photo])];
  }

  let enCours = false;
  let minuteur = 0;
  let essais = 0;

  async function envoyer() {
    if (enCours) return;
    enCours = true;
    clearTimeout(minuteur);
    try {
      await (navigator.locks ? navigator.locks.request("mp-hors-ligne", vider) : vider());
      essais = 0;
    } catch (echec) {
      rater(echec);
    } finally {
      enCours = false;
      await montrer();
    }
  }

  // One batch, and how many of it were answered. What is too heavy for the road is refused here; the others wait.
  async function expedier(lot, csrf) {
    try {
      const recu = lot[0].genre === "PHOTO" ? await envoyerPhoto(lot[0], csrf) : await envoyerPresences(lot, csrf);
      return await ranger(lot, recu.reponses);
    } catch (echec) {
      if (!(echec instanceof TropLourd)) throw echec;
      return ranger(lot, lot.map(({ cle }) => ({ cle, sort: "REFUSEE", phrase: "Trop lourd pour être envoyé." })));
    }
  }

  async function vider() {
    let envoyees = 0;
    for (let reste = (await siennes()).filter(enAttente); reste.length; reste = (await siennes()).filter(enAttente)) {
      const csrf = await jeton();
      let [repondues, empeche] = [0, null];
      for (const lot of lots(reste)) {
        dire(`Envoi en cours\u00a0: ${pluriel(reste.length - repondues, "saisie", "saisies")}…`);
        try {
          repondues += await expedier(lot, csrf);
        } catch (echec) {
          if (!(echec instanceof SansAcces)) throw echec;
          empeche = echec; // another session's may pass
        }
        await montrer();
      }
      envoyees += repondues;
      if (empeche) throw empeche;
      if (!repondues) throw new Panne("Le service n'a pas tout lu. Tout reste sur ce téléphone, nous réessaierons.");
    }
    ici("deconnecte").hidden = true;
    if (!envoyees) return;
    const refusees = (await siennes()).filter((saisie) => saisie.etat === "refusee").length;
    dire(
      refusees
        ? `Envoi terminé\u00a0: ${pluriel(refusees, "saisie refusée", "saisies refusées")}, à corriger ci-dessous.`
        : `${pluriel(envoyees, "saisie envoyée", "saisies envoyées")}.`,
    );
    await garderLaPage();
  }

  function rater(echec) {
    if (echec instanceof Deconnecte) {
      ici("deconnecte").hidden = false;
      dire("Vous n'êtes plus connecté. Rien n'est perdu\u00a0: connectez-vous, l'envoi reprendra.");
      return;
    }
    dire(echec instanceof Panne || echec instanceof SansAcces ? echec.message : "L'envoi n'a pas abouti. Tout reste sur ce téléphone.");
    minuteur = setTimeout(envoyer, ATTENTES[Math.min(essais, ATTENTES.length - 1)] * 1000);
    essais += 1;
  }

  // -- This page, kept ---------------------------------------------------------------------------------------------
  async function garderLaPage() {
    if (!navigator.onLine) return;
    const reponse = await fetch(adresses.ici, { cache: "no-store", redirect: "manual" });
    if (reponse.status !== 200) return;
    await (await caches.open(PAGES)).put(adresses.ici, reponse);
    const statiques = await caches.open(STATIQUES);
    const noms = performance.getEntriesByType("resource").map((entree) => new URL(entree.name));
    const voulues = new Set(noms.filter((nom) => nom.origin === location.origin && nom.pathname.startsWith("/static/")).map((nom) => nom.pathname));
    const presentes = new Set((await statiques.keys()).map((cle) => new URL(cle.url).pathname));
    const manquantes = [...voulues].filter((chemin) => !presentes.has(chemin));
    await Promise.all(manquantes.map((chemin) => statiques.add(chemin).catch(() => null)));
  }

  async function preparer() {
    await navigator.serviceWorker.register(adresses.travailleur);
    await navigator.serviceWorker.ready;
    navigator.storage?.persist?.();
    await garderLaPage();
    const prete = await (await caches.open(PAGES)).match(adresses.ici);
    ici("prete").hidden = !prete;
    page.dataset.prete = prete ? "oui" : "non";
  }

  async function commencer() {
    const vieilles = (await toutes()).filter((saisie) => saisie.etat === "envoyee" && Date.now() - saisie.le > GARDE);
    for (const saisie of vieilles) await ecarter(saisie.cle);
    for (const un of donnees.projets) {
      for (const choix of [ici("projet-photo"), formulaire.elements.projet]) choix.append(new Option(un.nom, un.pk));
    }
    page.querySelectorAll('[name="hl-moment"]').forEach((radio) =>
      radio.addEventListener("change", () => { montrerProjets(); montrerPorte(); }));
    if (new Date().getHours() >= 13) page.querySelectorAll('[name="hl-moment"]').item(donnees.moments.length - 1).checked = true;
    ici("envoyer").addEventListener("click", () => { essais = 0; envoyer(); });
    window.addEventListener("online", () => { essais = 0; envoyer(); });
    window.addEventListener("offline", () => dire("Pas de réseau\u00a0: tout est gardé sur ce téléphone."));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) { montrerPorte(); envoyer(); } });
    setInterval(montrerPorte, 5000);
    await retirerLesArrivees();
    await montrer();
    montrerPorte();
    page.dataset.etat = "prete";
    jeton().catch((echec) => echec instanceof Deconnecte && rater(echec)).finally(envoyer);
    await preparer();
  }

  // What the served page already tells is not counted twice.
  async function retirerLesArrivees() {
    for (const saisie of await siennes()) {
      const arrivee = saisie.genre === "PRESENCE"
        ? donnees.presences[`${saisie.dossier}-${saisie.demi_journee}`]
        : projet(saisie.dossier)?.photos.includes(saisie.cle);
      if (saisie.etat === "envoyee" && saisie.session === session && arrivee) await ecarter(saisie.cle);
    }
  }

  if ("serviceWorker" in navigator && "indexedDB" in window && "caches" in window && crypto.randomUUID) {
    page.hidden = false;
    commencer().catch(() => dire("Ce navigateur n'a pas pu garder la page\u00a0: utilisez la feuille de présence."));
  } else {
    ici("incapable").hidden = false;
  }
})();
