// Files sent by pieces: dragged or chosen, with their progress, resumed after a cut. Without this file, the form sends them.
(() => {
  "use strict";

  if (!("any" in AbortSignal)) return; // an older browser keeps the form

  const MORCEAU = 256 * 1024;
  const MORCEAU_MAX = 1024 * 1024;
  const PATIENCE = 60_000;
  const ATTENTES = [1, 2, 4, 8, 15];
  const PERDUE = "Connexion perdue\u00a0: l'envoi reprendra tout seul. Gardez cette page ouverte.";
  const EXPIREE = "Votre session a expiré. Reconnectez-vous, puis choisissez de nouveau ce fichier\u00a0: l'envoi reprendra où il en était.";
  const ECHEC = "L'envoi n'a pas abouti. Réessayez dans un moment.";
  const SANS_TYPE = "Choisissez de quelle pièce il s'agit, puis ajoutez les fichiers.";

  class Arret extends Error {}

  const dire = (phrase) => {
    const annonces = document.getElementById("annonces");
    if (annonces) annonces.textContent = phrase;
  };

  // Until the network is back, a moment is past, or nobody waits any more.
  const attendre = (secondes, signal) =>
    new Promise((suite) => {
      const minuterie = setTimeout(finir, secondes * 1000);
      function finir() {
        clearTimeout(minuterie);
        window.removeEventListener("online", finir);
        signal.removeEventListener("abort", finir);
        suite();
      }
      window.addEventListener("online", finir);
      signal.addEventListener("abort", finir);
    });

  class Ligne {
    constructor(liste, nom) {
      this.element = document.createElement("li");
      this.nom = nom;
      this.texte = document.createElement("p");
      this.texte.className = "fr-mb-1v";
      this.barre = document.createElement("progress");
      this.barre.setAttribute("aria-label", `Envoi de ${nom}`);
      this.barre.max = 1;
      this.barre.value = 0;
      this.bouton = document.createElement("button");
      this.bouton.type = "button";
      this.bouton.className = "fr-btn fr-btn--tertiary fr-btn--sm";
      this.bouton.textContent = "Annuler";
      this.bouton.setAttribute("aria-label", `Annuler l'envoi de ${nom}`);
      this.element.append(this.texte, this.barre, this.bouton);
      this.dit(`«\u00a0${nom}\u00a0»\u00a0: en attente`);
      liste.append(this.element);
    }

    dit(phrase) {
      this.texte.textContent = phrase;
    }

    avance(recus, taille) {
      this.barre.value = recus / taille;
      this.dit(`«\u00a0${this.nom}\u00a0»\u00a0: ${Math.floor((100 * recus) / taille)}\u00a0%`);
    }

    echoue(phrase) {
      this.barre.remove();
      this.bouton.remove();
      this.texte.className = "fr-error-text";
      this.texte.setAttribute("role", "alert");
      this.dit(phrase);
    }
  }

  class Envoi {
    constructor(formulaire, fichier, faits, ligne) {
      Object.assign(this, { formulaire, fichier, faits, ligne, morceau: MORCEAU, recus: 0 });
      this.arret = new AbortController();
      this.jeton = formulaire.querySelector("[name=csrfmiddlewaretoken]").value;
      ligne.bouton.addEventListener("click", () => this.arret.abort());
    }

    // One exchange, tried until the network answers. After a cut, the server says from which byte to go on.
    async demander(methode, adresse, corps, entetes = {}) {
      for (let essai = 0; ; essai += 1) {
        try {
          const reponse = await fetch(adresse, {
            method: methode,
            body: corps,
            headers: { "X-CSRFToken": this.jeton, ...entetes },
            signal: AbortSignal.any([this.arret.signal, AbortSignal.timeout(PATIENCE)]),
          });
          if (reponse.status < 500) return reponse;
        } catch {
          if (this.arret.signal.aborted) throw new Arret();
        }
        this.ligne.dit(PERDUE);
        if (!essai) dire(PERDUE);
        await attendre(ATTENTES[Math.min(essai, ATTENTES.length - 1)], this.arret.signal);
        if (methode === "PATCH") return null;
      }
    }

    async ouvrir() {
      const faits = new FormData();
      for (const [nom, valeur] of Object.entries(this.faits)) faits.append(nom, valeur);
      const reponse = await this.demander("POST", this.formulaire.dataset.mpEnvois, faits);
      const dit = await this.lire(reponse);
      this.adresse = dit.adresse;
      this.recus = dit.recus;
    }

    async lire(reponse) {
      if (reponse.redirected || !(reponse.headers.get("content-type") || "").includes("json")) {
        throw new Error(reponse.redirected ? EXPIREE : ECHEC);
      }
      const dit = await reponse.json();
      if (!reponse.ok) throw new Error(dit.erreur || ECHEC);
      return dit;
    }

    async envoyer() {
      await this.ouvrir();
      for (let fini = false; !fini; ) {
        this.ligne.avance(this.recus, this.fichier.size);
        const depart = performance.now();
        const suite = this.fichier.slice(this.recus, this.recus + this.morceau);
        let reponse = await this.demander("PATCH", this.adresse, suite, {
          "Content-Type": "application/offset+octet-stream",
          "Upload-Offset": String(this.recus),
        });
        reponse ??= await this.demander("HEAD", this.adresse);
        if (!reponse.headers.has("Upload-Offset")) await this.lire(reponse);
        this.recus = Number(reponse.headers.get("Upload-Offset"));
        fini = reponse.headers.get("Upload-Complete") === "?1";
        if (performance.now() - depart < 1000) this.morceau = Math.min(2 * this.morceau, MORCEAU_MAX);
      }
    }

    abandonner() {
      if (!this.adresse) return;
      fetch(this.adresse, { method: "DELETE", headers: { "X-CSRFToken": this.jeton }, keepalive: true }).catch(() => {});
    }
  }

  class Depot {
    constructor(formulaire) {
      this.formulaire = formulaire;
      this.liste = document.getElementById("liste-pieces");
      this.suivi = formulaire.querySelector("[data-mp-suivi]");
      this.champ = formulaire.querySelector("input[type=file]");
      this.type = formulaire.elements.type;
      this.file = Promise.resolve();
      this.enCours = 0;
      formulaire.addEventListener("submit", (evenement) => this.soumettre(evenement));
      this.recevoirLesGlisses(formulaire, () => this.type.value);
      this.recevoirLesGlisses(this.liste, (cible) => cible.closest("[data-mp-type]")?.dataset.mpType || this.type.value);
      window.addEventListener("beforeunload", (evenement) => this.enCours && evenement.preventDefault());
    }

    soumettre(evenement) {
      if (!this.champ.files.length || !this.type.value) return; // the server says what is missing
      evenement.preventDefault();
      this.ajouter([...this.champ.files], this.type.value);
      this.champ.value = "";
    }

    recevoirLesGlisses(zone, typeDe) {
      const marquer = (oui) => zone.classList.toggle("mp-survole", oui);
      zone.addEventListener("dragover", (evenement) => {
        if (![...evenement.dataTransfer.types].includes("Files")) return;
        evenement.preventDefault();
        marquer(true);
      });
      zone.addEventListener("dragleave", (evenement) => zone.contains(evenement.relatedTarget) || marquer(false));
      zone.addEventListener("drop", (evenement) => {
        if (!evenement.dataTransfer.files.length) return;
        evenement.preventDefault();
        marquer(false);
        const type = typeDe(evenement.target);
        if (type) return this.ajouter([...evenement.dataTransfer.files], type);
        this.champ.files = evenement.dataTransfer.files;
        this.type.focus();
        dire(SANS_TYPE);
      });
    }

    ajouter(fichiers, type) {
      const libelle = this.formulaire.elements.libelle.value;
      this.suivi.querySelectorAll(".fr-error-text").forEach((erreur) => erreur.parentElement.remove());
      for (const fichier of fichiers) {
        const faits = { nom: fichier.name, taille: fichier.size, repere: fichier.lastModified, type, libelle };
        const envoi = new Envoi(this.formulaire, fichier, faits, new Ligne(this.suivi, fichier.name));
        this.enCours += 1;
        this.file = this.file.then(() => this.mener(envoi));
      }
      this.file = this.file.then(() => this.enCours || this.montrer());
    }

    async mener(envoi) {
      try {
        if (envoi.arret.signal.aborted) throw new Arret();
        await envoi.envoyer();
        envoi.ligne.element.remove();
        this.dernier = envoi.fichier.name;
      } catch (erreur) {
        if (erreur instanceof Arret) {
          envoi.abandonner();
          envoi.ligne.element.remove();
          this.champ.focus();
        } else {
          envoi.ligne.echoue(erreur.message);
        }
      } finally {
        this.enCours -= 1;
      }
    }

    async montrer() {
      if (!this.dernier) return;
      const reponse = await fetch(this.formulaire.dataset.mpListe).catch(() => null);
      if (!reponse?.ok || reponse.redirected) return;
      this.liste.innerHTML = await reponse.text();
      dire(`«\u00a0${this.dernier}\u00a0» est ajouté. La liste des pièces est à jour.`);
      this.dernier = "";
      if (!this.suivi.children.length) this.formulaire.elements.libelle.value = "";
    }
  }

  document.querySelectorAll("form[data-mp-envois]").forEach((formulaire) => new Depot(formulaire));
})();
